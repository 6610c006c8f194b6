"""A spot check of a proof on both reference interpreters, from related states and from the start.

It uses no term of the prover: the relation is evaluated on integers, and inputs are those that the branches
of either side ask for. It takes seconds at most, and proves nothing: it finds proofs that are wrong.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from streamssm.equivalences.checking.exhaust import pairs_of_ways
from streamssm.equivalences.checking.sides import Side
from streamssm.equivalences.checking.token_sampler import TokenSource
from streamssm.equivalences.checking.witness import StreamOutcome, advance, started
from streamssm.equivalences.rechecking.branch_goals import Input, Values, inputs_for
from streamssm.equivalences.rechecking.obligations import SIDES, declared
from streamssm.equivalences.rechecking.solver_pool import SolverPool
from streamssm.equivalences.rechecking.vector_claims import condition, holds
from streamssm.equivalences.rechecking.vectors import TRUE, Script
from streamssm.ir.words import Word
from streamssm.program.program import Program
from streamssm.runtime.transducer import Transducer
from streamssm.ssm.model import SSM

SECONDS = 1.5
LENGTHS = (1, 2, 4, 8, 16, 32)  # of streams
MOST_STREAMS = 36
MOST_STATES = 20
PARTNER_SECONDS = 0.5


@dataclass(frozen=True)
class Contradiction:
    """What no proof can stand beside: a stream that both sides answer differently, or a step from related
    states after which outputs differ or the relation does not hold."""

    what: str
    stream: tuple[Values, ...] | None = None
    states: tuple[Values, Values] | None = None
    token: Values | None = None


@dataclass
class BranchCheck:
    """Two sides, what they are sides of, and the relation that was shown, as the rows of a certificate."""

    a: Side
    b: Side
    artefacts: tuple[Program | SSM, Program | SSM]
    claims: Sequence[Any]
    seed: int = 0
    seconds: float = SECONDS
    figures: dict[str, Any] = field(default_factory=dict)

    def run(self) -> Contradiction | None:
        """Return a contradiction, None if none was found; ``figures`` say what was tried."""
        self.end = time.monotonic() + self.seconds
        self.ways = pairs_of_ways(self.a, self.b)[0]
        with SolverPool(("bitwuzla",)) as self.pool:
            found = self._inputs()
            return self._by_streams(found) or self._by_states(found)

    def _inputs(self) -> dict[str, list[Input]]:
        """Return inputs of each side that take its branches, in half of the time."""
        found, met, goals = {}, 0, 0
        for number, (label, artefact) in enumerate(zip(SIDES, self.artefacts, strict=True), start=1):
            end = self.end - self.seconds * (4 - number) / 4
            transducer = _readable(artefact)
            found[label], more, of = inputs_for(transducer, self.pool, end, self.seed)
            met, goals = met + more, goals + of
        self.figures["branches"] = f"{met} of {goals} outcomes of comparisons and tables met"
        return found

    # from the start

    def _by_streams(self, inputs: Mapping[str, Sequence[Input]]) -> Contradiction | None:
        solved = list(dict.fromkeys(i.token for found in inputs.values() for i in found))
        tried = 0
        for stream in self._streams(solved):
            if time.monotonic() > self.end - self.seconds / 4:
                break
            tried += 1
            differing = self._walked(stream)
            if differing is not None:
                return Contradiction("the outputs differ", stream=differing)
        self.figures["streams"] = tried
        return None

    def _streams(self, solved: Sequence[Values]) -> Iterator[Iterator[Values]]:
        """Yield each solved token alone, and then longer streams of them among random ones."""
        for token in solved:
            yield iter([token])
        draw = random.Random(self.seed)
        for number in range(MOST_STREAMS):
            length = LENGTHS[number % len(LENGTHS)]
            yield self._mixed(draw, solved, length, number)

    def _mixed(
        self, draw: random.Random, solved: Sequence[Values], length: int, seed: int
    ) -> Iterator[Values]:
        source = TokenSource(self.a.fields, self.seed + seed, 1, self.a.constants | self.b.constants)
        for _ in range(length):
            if solved and draw.random() < 0.5:
                yield draw.choice(solved)
            else:
                live = [np.array(state, dtype=np.int64).reshape(-1, 1) for state in self._live]
                yield tuple(int(column[0]) for column in source.draw(live))

    def _walked(self, stream: Iterator[Values]) -> tuple[Values, ...] | None:
        """Return the stream up to the first difference; None if there is none."""
        now, read = (started(self.a), started(self.b)), list[Values]()
        self._live = [now[0].state, now[1].state]
        for token in stream:
            read.append(token)
            now = self._step((now[0].state, now[1].state), token)
            if not now[0].agrees(now[1]):
                return tuple(read)
            if now[0].error is not None:
                return None
            self._live = [now[0].state, now[1].state]
        return None

    def _step(self, states: tuple[Values, Values], token: Values) -> tuple[StreamOutcome, StreamOutcome]:
        a, b = (
            advance(side.steps[way], StreamOutcome(state), token)
            for side, way, state in zip((self.a, self.b), self.ways, states, strict=True)
        )
        return a, b

    # from related states

    def _by_states(self, inputs: Mapping[str, Sequence[Input]]) -> Contradiction | None:
        tried = 0
        for label, given in self._starts(inputs):
            if time.monotonic() > self.end:
                break
            states = self._related(label, given.state)
            if states is not None:
                tried += 1
                wrong = self._wrong(states, given.token)
                if wrong:
                    return Contradiction(wrong, states=states, token=given.token)
        self.figures["related states"] = tried
        return None

    def _starts(self, inputs: Mapping[str, Sequence[Input]]) -> Iterator[tuple[str, Input]]:
        """Yield inputs that take branches, and then random ones."""
        for label, found in inputs.items():
            yield from ((label, given) for given in found[:MOST_STATES])
        draw = random.Random(self.seed)
        for number in range(MOST_STATES):
            side = (self.a, self.b)[number % 2]
            yield SIDES[number % 2], Input(_drawn(draw, side.words), _drawn(draw, side.fields))

    def _related(self, label: str, state: Values) -> tuple[Values, Values] | None:
        """Return a pair of related states of which one is given; None if none was found."""
        s = Script()
        sides = dict(zip(SIDES, (self.a, self.b), strict=True))
        states = {name: declared(s, name, side.words) for name, side in sides.items()}
        fixed = [s.equal(word, s.const(value)) for word, value in zip(states[label], state, strict=True)]
        related = [condition(s, claim, states) for claim in self.claims]
        answer = self.pool.ask(s.question([*fixed, *related], [TRUE]), PARTNER_SECONDS)
        if answer.result != "sat":
            return None
        values = s.signed(answer.values)
        a, b = (tuple(values[f"{name}{i}"] for i in range(len(side.words))) for name, side in sides.items())
        pair = {label: state}
        return pair.get("a", a), pair.get("b", b)

    def _wrong(self, states: tuple[Values, Values], token: Values) -> str:
        """Return what goes wrong in one step from related states; empty if nothing does."""
        if not self._is_related(states):
            return ""
        try:
            a, b = self._step(states, token)
        except (IndexError, ZeroDivisionError, ValueError) as error:
            return f"an interpreter stops with {type(error).__name__}"
        if not a.agrees(b):
            return "the outputs differ"
        if a.error is None and not self._is_related((a.state, b.state)):
            return "the states after it are not related"
        return ""

    def _is_related(self, states: tuple[Values, Values]) -> bool:
        known = dict(zip(SIDES, states, strict=True))
        return all(holds(claim, known) for claim in self.claims)


def _readable(artefact: Program | SSM) -> Transducer:
    """Return a step whose comparisons can be seen: a model's by what its gadgets are called, as a hint."""
    return artefact.transducer(by="fused") if isinstance(artefact, SSM) else artefact.transducer()


def _drawn(draw: random.Random, words: Sequence[Word]) -> Values:
    return tuple(draw.randint(word.range.lo, word.range.hi) for word in words)
