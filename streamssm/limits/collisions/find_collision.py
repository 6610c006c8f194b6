"""Search for collisions: two valid streams that lead a model to one state although their answers must differ.

A meet-in-the-middle search at a cut of the stream. In front of the cut, many prefixes are run, and a table
finds pairs of them that leave the model in one state (a birthday search: about 2^(p/2) prefixes suffice for
p bits of state). Behind the cut, continuations are run on the task alone, until one makes the required
answers of such a pair differ. So no half has to be combined with every other half.

A collision proves that the model answers one of the two streams wrong, and so does every model with the same
state updates, whatever its head or its thoughts after the stream (THEORY A3, G14). It says nothing about
other weights. A search without a result proves nothing.
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
# Most collisions take few prefixes at the right cut: every cut is tried with these numbers, then with all.
FEW_STREAMS = (1 << 11, 1 << 14, 1 << 17)
MOST_PAIRS = 1 << 10  # per stage and cut
MOST_ENDINGS = 1 << 6
MOST_CUTS = 24
MOST_TOKENS = 1 << 22  # in the streams of all pairs with all their endings


@dataclass(frozen=True)
class CollisionResult:
    """The result of a search: a collision or None, and the extent of the search.

    ``streams`` is the number of prefixes that were run, ``met`` the number of pairs that met in one state of
    the model with different states of the task.
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
    """Search for two streams of a shape that end in one state of a model and need different answers.

    Parameters
    ----------
    model : without thoughts, or with offline ones, which are never run
    task : gives the required answers
    max_streams : the largest number of prefixes to try at a cut
    progress : called with the number of prefixes tried so far and its maximum

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
    >>> collision = collide(model, task, total_shape(task.fields, 8)).collision
    >>> collision.state, collision.answers[0] != collision.answers[1]
    ((0,), True)
    """
    _require(model, task, shape, max_streams)
    search = _Search(model, task, shape, seed)
    cuts = _cuts(shape.length)
    stages = _stages(max_streams)
    work, done, met = sum(count for count, _ in stages) * len(cuts), 0, 0
    for count, mode in stages:
        for cut in search.most_needed_first(cuts):
            collision, pairs = search.at(cut, count, mode)
            done, met = done + count, met + pairs
            progress(done, work)
            if collision is not None:
                return search.outcome(collision, met)
    return search.outcome(None, met)


def _require(model: SSM, task: Program, shape: StreamShape, max_streams: int) -> None:
    if model.thoughts.mode is ThoughtMode.ONLINE:
        raise ParameterError(
            f"{model.name} has online thoughts, so it cannot be searched for collisions: it is a streaming "
            "algorithm, and the number of residuals bounds its memory (limits residuals)"
        )
    if _field_ranges(model.fields) != _field_ranges(task.fields):
        raise ParameterError(
            f"{model.name} must read the tokens of {task.name}, {_field_ranges(task.fields)}, "
            f"not {_field_ranges(model.fields)}"
        )
    if max_streams < 2:
        raise ParameterError(f"the number of streams must be at least 2, not {max_streams}")
    require_fields(shape, task.fields)


def _field_ranges(fields: Sequence[Word]) -> str:
    return ", ".join(f"{word.name} in {word.range}" for word in fields)


def _cuts(length: int) -> list[int]:
    """Return the cuts after each token, or some of them, spread evenly."""
    count = min(length, MOST_CUTS)
    return sorted({1 + round(index * (length - 1) / max(count - 1, 1)) for index in range(count)})


def _stages(max_streams: int) -> list[tuple[int, PrefixMode]]:
    """Return the stages of a search: the number of prefixes per cut, and how they are chosen.

    The number of pairs grows with the square of the number of prefixes at a cut, so the last stage may jump.
    """
    counts = [*(count for count in FEW_STREAMS if count < max_streams), max_streams]
    return [(counts[0], PrefixMode.NEIGHBORS), *((count, PrefixMode.RANDOM) for count in counts)]


class _Search:
    """The state of one search: the prepared model and task, and the cuts whose prefixes were all tried."""

    def __init__(self, model: SSM, task: Program, shape: StreamShape, seed: int) -> None:
        self.model, self.task, self.shape, self.seed = model, task, shape, seed
        self.listener = model.input_step()
        self.packers = Packer(model.state), Packer(task.registers)
        self.exhausted: set[int] = set()
        self.needed: dict[int, int] = {}  # cut -> number of task states after the first batch of prefixes
        self.streams = 0

    def outcome(self, collision: Collision | None, met: int) -> CollisionResult:
        bits = self.model.memory_bits
        return CollisionResult(self.model.name, self.task.name, collision, self.streams, met, bits)

    def at(self, cut: int, count: int, mode: PrefixMode) -> tuple[Collision | None, int]:
        """Try ``count`` prefixes at a cut; return a collision or None, and the number of pairs that met."""
        if cut in self.exhausted:
            return None, 0
        prefixes = Prefixes.chosen(self.shape, cut, count, mode, self.seed)
        if prefixes.mode is PrefixMode.ALL:
            self.exhausted.add(cut)
        table, met = CollisionTable(prefixes.count), 0
        for batch in prefixes.batches():
            self.streams += batch.shape[1]
            keys, labels = self._keys(cut, batch)
            if cut not in self.needed:
                self.needed[cut] = len(np.unique(labels))
            pairs = table.insert(keys, labels, MOST_PAIRS)
            met += len(pairs)
            confirmed = self._first_distinguished(prefixes, pairs)
            if confirmed is not None:
                return confirmed, met
        return None, met

    def most_needed_first(self, cuts: Sequence[int]) -> list[int]:
        """Sort cuts by the number of prefixes that the task distinguishes, largest and latest first."""
        return sorted(cuts, key=lambda cut: (-self.needed.get(cut, 0), -cut))

    # from the front

    def _keys(self, cut: int, prefixes: Tokens) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Return hashes of the model's states (keys) and of the task's states (labels) after prefixes.

        A readout also sees the last token. So after whole streams the key includes that token, and the label
        is the answer.
        """
        states, _ = _run(self.listener, prefixes)
        needed, answers = _run(self.task.transducer(), prefixes)
        keys, labels = self.packers[0].pack(states), self.packers[1].pack(needed)
        if cut == self.shape.length:
            last = prefixes[-1].astype(np.int64).view(np.uint64)
            keys, labels = np.concatenate([keys, last], axis=1), answers.view(np.uint64)
        return folded(keys), folded(labels)

    # from the back

    def _first_distinguished(self, prefixes: Prefixes, pairs: NDArray[np.int64]) -> Collision | None:
        """Return a collision among pairs of prefixes if a continuation distinguishes one of them."""
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
        """Return the pairs whose required answers differ, each with the shortest ending that shows it."""
        count, width = first.shape[1], endings.shape[1]
        answers = [self._answers(prefixes, endings) for prefixes in (first, second)]
        differ = (answers[0] != answers[1]).any(axis=2)  # (T', pairs x endings)
        if not self.shape.every:
            differ[:-1] = False
        differs = differ.any(axis=0).reshape(count, width)
        distinguished = []
        for pair in np.flatnonzero(differs.any(axis=1)).tolist():
            ending = int(differs[pair].argmax())
            length = int(differ[:, pair * width + ending].argmax()) + 1 if len(endings) else 0
            distinguished.append((pair, endings[:length, ending]))
        return distinguished

    def _answers(self, prefixes: Tokens, endings: Tokens) -> Tokens:
        """Return the required answers (T', pairs x endings, W); of whole streams only the last one."""
        states, answers = _run(self.task.transducer(), prefixes)
        if not len(endings):
            return answers[None]
        width = endings.shape[1]
        lanes = Lanes(self.task.transducer(), prefixes.shape[1] * width)
        lanes.state = np.repeat(states, width, axis=1)
        required: Tokens = lanes.feed(np.tile(endings, (1, prefixes.shape[1], 1)))
        return required

    def _collision(self, first: Tokens, second: Tokens, ending: Tokens) -> Collision:
        """Return a collision, once it replays on the reference interpreters."""
        streams = [tuple(map(tuple, part.tolist())) for part in (first, second, ending)]
        state, _ = _run(self.listener, first[:, None])
        answers = []
        for part in streams[:2]:
            whole = np.array([*part, *streams[2]], dtype=np.int64)
            answers.append(tuple(self.task.run(whole)[-1].tolist()))
        collision = Collision(
            streams[0], streams[1], streams[2], tuple(state[:, 0].tolist()), (answers[0], answers[1])
        )
        if not replays(collision, self.model, self.task):
            raise StreamSSMError(
                f"internal error: a collision of {self.model.name} found by the kernels, after {streams[0]}, "
                "does not replay on the reference interpreters"
            )
        return collision


def _run(transducer: Transducer, prefixes: Tokens) -> tuple[States, Tokens]:
    """Return the states (S, B) after prefixes (T, B, F), and the last outputs (B, W)."""
    lanes = Lanes(transducer, prefixes.shape[1])
    answers: Tokens = lanes.feed(prefixes)[-1]
    return lanes.state, answers
