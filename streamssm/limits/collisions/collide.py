"""Collisions: two valid streams that a model cannot tell apart although their answers must differ.

The search meets in the middle, at a cut of the stream. From the front come many prefixes, of which a table
finds those that leave the model in one state (a birthday search: with p bits of state, about 2^(p/2)
prefixes do); from the back come continuations, run on the task alone, that make the required answers of two
such prefixes differ. So neither half is tried with all of the other.

What it shows: the model answers one of the two streams wrong, and so does every model that has the same state
updates, whatever its head or its thoughts after the stream (THEORY A3, G14). What it does not: anything about
other weights. Where nothing is found, nothing is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamssm.cext.collide import CollisionTable
from streamssm.errors import ParameterError, StreamSSMError
from streamssm.ir.words import Word
from streamssm.limits.collisions.collision import Collision, replays
from streamssm.limits.streams.packing import Packer, folded
from streamssm.limits.streams.prefixes import Prefixes, PrefixMode
from streamssm.limits.streams.shapes import StreamShape, require_fields
from streamssm.program.program import Program
from streamssm.runtime.stream import Lanes
from streamssm.runtime.transducer import Transducer
from streamssm.ssm.layers import ThoughtMode
from streamssm.ssm.model import SSM

Tokens = NDArray[np.int64]
States = NDArray[np.int64]
Progress = Callable[[int, int], None]

MAX_STREAMS = 1 << 22
FEW_STREAMS = (1 << 11, 1 << 14, 1 << 17)  # at every cut in turn, before one cut gets all there may be
MOST_PAIRS = 1 << 10  # that are looked at in a stage, per cut
MOST_ENDINGS = 1 << 6
MOST_CUTS = 24
MOST_TOKENS = 1 << 22  # of pairs with all their endings


@dataclass(frozen=True)
class CollisionResult:
    """What a search came to: a collision or None, and how far it went.

    ``streams`` were run; ``met`` pairs of them met in one state of the model, with different states of the
    task.
    """

    model: str
    task: str
    collision: Collision | None
    streams: int
    met: int
    memory_bits: int


def collide(
    model: SSM,
    task: Program,
    shape: StreamShape,
    *,
    max_streams: int = MAX_STREAMS,
    seed: int = 0,
    progress: Progress = lambda done, whole: None,
) -> CollisionResult:
    """Search two streams of a shape that end in one state of a model and need different answers.

    Parameters
    ----------
    model : without thoughts, or with offline ones, which are never asked
    task : gives the required answers
    max_streams : how many prefixes are tried at each cut, at most
    progress : called with the prefixes tried so far and the most there can be

    Raises
    ------
    ParameterError
        If the model has online thoughts, or model and task read different tokens.

    Examples
    --------
    >>> from streamssm.algorithms import ModularCounter
    >>> from streamssm.equivalences.to_ssm import to_ssm
    >>> from streamssm.limits.streams.shapes import total_shape
    >>> task = ModularCounter(5).program()
    >>> model = to_ssm(ModularCounter(4), cot="none")
    >>> found = collide(model, task, total_shape(task.fields, 8)).collision
    >>> found.state, found.answers[0] != found.answers[1]
    ((0,), True)
    """
    _require(model, task, shape, max_streams)
    search = _Search(model, task, shape, seed)
    cuts = _cuts(shape.length)
    stages = _stages(max_streams)
    work, done, met = sum(count for count, _ in stages) * len(cuts), 0, 0
    for count, way in stages:
        for cut in search.most_needed_first(cuts):
            collision, pairs = search.at(cut, count, way)
            done, met = done + count, met + pairs
            progress(done, work)
            if collision is not None:
                return search.outcome(collision, met)
    return search.outcome(None, met)


def _require(model: SSM, task: Program, shape: StreamShape, max_streams: int) -> None:
    if model.thoughts.mode is ThoughtMode.ONLINE:
        raise ParameterError(
            f"{model.name} must have no thoughts, or offline ones, to be searched for collisions, not online "
            "ones: with those it is a streaming algorithm, whose memory residuals bound"
        )
    if _field_ranges(model.fields) != _field_ranges(task.fields):
        raise ParameterError(
            f"{model.name} must read the tokens of {task.name}, {_field_ranges(task.fields)}, "
            f"not {_field_ranges(model.fields)}"
        )
    if max_streams < 2:
        raise ParameterError(f"streams must be at least 2, not {max_streams}")
    require_fields(shape, task.fields)


def _field_ranges(fields: Sequence[Word]) -> str:
    return ", ".join(f"{word.name} in {word.range}" for word in fields)


def _cuts(length: int) -> list[int]:
    """Return the cuts behind a token, or some of them, spread evenly."""
    count = min(length, MOST_CUTS)
    return sorted({1 + round(place * (length - 1) / max(count - 1, 1)) for place in range(count)})


def _stages(max_streams: int) -> list[tuple[int, PrefixMode]]:
    """Return how many prefixes are tried at every cut, one stage after the other, and how they are chosen.

    Pairs grow with the square of the prefixes at one cut, so that the last stage grows by more.
    """
    counts = [*(count for count in FEW_STREAMS if count < max_streams), max_streams]
    return [(counts[0], PrefixMode.NEIGHBOURS), *((count, PrefixMode.RANDOM) for count in counts)]


class _Search:
    """One search: what runs the model and the task, and which cuts are done."""

    def __init__(self, model: SSM, task: Program, shape: StreamShape, seed: int) -> None:
        self.model, self.task, self.shape, self.seed = model, task, shape, seed
        self.listener = model.input_step()
        self.packers = Packer(model.state), Packer(task.registers)
        self.exhausted: set[int] = set()
        self.needed: dict[int, int] = {}  # different labels of the first prefixes at a cut
        self.streams = 0

    def outcome(self, collision: Collision | None, met: int) -> CollisionResult:
        bits = self.model.memory_bits
        return CollisionResult(self.model.name, self.task.name, collision, self.streams, met, bits)

    def at(self, cut: int, count: int, way: PrefixMode) -> tuple[Collision | None, int]:
        """Try so many prefixes at a cut; return a collision, and how many pairs met."""
        if cut in self.exhausted:
            return None, 0
        prefixes = Prefixes.chosen(self.shape, cut, count, way, self.seed)
        if prefixes.way is PrefixMode.ALL:
            self.exhausted.add(cut)
        table, met = CollisionTable(prefixes.count), 0
        for batch in prefixes.batches():
            self.streams += batch.shape[1]
            keys, labels = self._keys(cut, batch)
            if cut not in self.needed:
                self.needed[cut] = len(np.unique(labels))
            pairs = table.insert(keys, labels, MOST_PAIRS)
            met += len(pairs)
            found = self._told_apart(prefixes, pairs)
            if found is not None:
                return found, met
        return None, met

    def most_needed_first(self, cuts: Sequence[int]) -> list[int]:
        """Return cuts where the task tells many prefixes apart first, and later ones before earlier ones."""
        return sorted(cuts, key=lambda cut: (-self.needed.get(cut, 0), -cut))

    # from the front

    def _keys(self, cut: int, prefixes: Tokens) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Return what the model knows behind prefixes, and what the task knows.

        Behind whole streams a readout sees the last token, too, and what matters is the answer.
        """
        states, _ = _run(self.listener, prefixes)
        needed, answers = _run(self.task.transducer(), prefixes)
        keys, labels = self.packers[0].pack(states), self.packers[1].pack(needed)
        if cut == self.shape.length:
            last = prefixes[-1].astype(np.int64).view(np.uint64)
            keys, labels = np.concatenate([keys, last], axis=1), answers.view(np.uint64)
        return folded(keys), folded(labels)

    # from the back

    def _told_apart(self, prefixes: Prefixes, pairs: NDArray[np.int64]) -> Collision | None:
        """Return a collision among pairs of prefixes, if an ending tells one of them apart."""
        if not len(pairs):
            return None
        cut, whole = prefixes.cut, self.shape.length
        pairs = pairs[: max(1, MOST_TOKENS // (whole * MOST_ENDINGS))]
        first, second = prefixes.members(pairs[:, 0]), prefixes.members(pairs[:, 1])
        (states, _), (others, _) = _run(self.listener, first), _run(self.listener, second)
        same = (states == others).all(axis=0)  # keys are hashes where they have more than 64 bits
        if cut == whole:
            same &= (first[-1] == second[-1]).all(axis=1)
        random = np.random.default_rng([self.seed, cut, 1])
        endings = self.shape.some(random, MOST_ENDINGS, cut, whole)
        for pair, ending in self._differing(first, second, endings):
            if same[pair]:
                return self._collision(first[:, pair], second[:, pair], ending)
        return None

    def _differing(self, first: Tokens, second: Tokens, endings: Tokens) -> list[tuple[int, Tokens]]:
        """Return pairs with an ending behind which the required answers differ, cut short where they do."""
        count, width = first.shape[1], endings.shape[1]
        answers = [self._answers(prefixes, endings) for prefixes in (first, second)]
        differ = (answers[0] != answers[1]).any(axis=2)  # (T', pairs x endings)
        if not self.shape.every:
            differ[:-1] = False
        places = differ.any(axis=0).reshape(count, width)
        found = []
        for pair in np.flatnonzero(places.any(axis=1)).tolist():
            ending = int(places[pair].argmax())
            length = int(differ[:, pair * width + ending].argmax()) + 1 if len(endings) else 0
            found.append((pair, endings[:length, ending]))
        return found

    def _answers(self, prefixes: Tokens, endings: Tokens) -> Tokens:
        """Return the required answers (T', pairs x endings, W); behind whole streams the last one."""
        states, answers = _run(self.task.transducer(), prefixes)
        if not len(endings):
            return answers[None]
        width = endings.shape[1]
        lanes = Lanes(self.task.transducer(), prefixes.shape[1] * width)
        lanes.state = np.repeat(states, width, axis=1)
        found: Tokens = lanes.feed(np.tile(endings, (1, prefixes.shape[1], 1)))
        return found

    def _collision(self, first: Tokens, second: Tokens, ending: Tokens) -> Collision:
        """Return a collision that was replayed."""
        streams = [tuple(map(tuple, part.tolist())) for part in (first, second, ending)]
        state, _ = _run(self.listener, first[:, None])
        answers = []
        for part in streams[:2]:
            whole = np.array([*part, *streams[2]], dtype=np.int64)
            answers.append(tuple(self.task.run(whole)[-1].tolist()))
        made = Collision(
            streams[0], streams[1], streams[2], tuple(state[:, 0].tolist()), (answers[0], answers[1])
        )
        if not replays(made, self.model, self.task):
            raise StreamSSMError(
                f"the kernels found a collision of {self.model.name} that does not replay on the reference "
                f"interpreters, behind {streams[0]}: one of them is wrong"
            )
        return made


def _run(transducer: Transducer, prefixes: Tokens) -> tuple[States, Tokens]:
    """Return the states (S, B) behind prefixes (T, B, F), and the last outputs (B, W)."""
    lanes = Lanes(transducer, prefixes.shape[1])
    answers: Tokens = lanes.feed(prefixes)[-1]
    return lanes.state, answers
