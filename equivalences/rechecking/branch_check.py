"""A spot check of a proof with both reference interpreters, from the initial and from related states.

It uses no term of the prover: the relation is evaluated on integers, and inputs are chosen to cover the
branches of either side. It takes seconds at most and proves nothing, but it can refute a wrong proof.
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
    """A refutation of a proof: a stream on which the two sides differ, or a step from related states after
    which outputs differ or the relation is violated."""

    difference: str
    stream: tuple[Values, ...] | None = None
    states: tuple[Values, Values] | None = None
    token: Values | None = None


@dataclass
class BranchCheck:
    """The spot check of a relation between two sides, given as the rows of a certificate."""

    a: Side
    b: Side
    artefacts: tuple[Program | SSM, Program | SSM]
    claims: Sequence[Any]
    seed: int = 0
    seconds: float = SECONDS
    figures: dict[str, Any] = field(default_factory=dict)

    def run(self) -> Contradiction | None:
        """Return a contradiction, or None; ``figures`` counts what was tried."""
        self.end = time.monotonic() + self.seconds
        self.modes = pairs_of_ways(self.a, self.b)[0]
        with SolverPool(("bitwuzla",)) as self.pool:
            inputs = self._inputs()
            # Streams first: a differing stream is evidence that a user can replay.
            return self._by_streams(inputs) or self._by_states(inputs)

    def _inputs(self) -> dict[str, list[Input]]:
        """Return inputs that cover the branches of each side, within half of the time."""
        inputs, num_met, num_goals = {}, 0, 0
        for number, (label, artefact) in enumerate(zip(SIDES, self.artefacts, strict=True), start=1):
            # Side a gets the first quarter of the time, side b the second; streams and states get the others.
            end = self.end - self.seconds * (4 - number) / 4
            transducer = _readable(artefact)
            inputs[label], more, of = inputs_for(transducer, self.pool, end, self.seed)
            num_met, num_goals = num_met + more, num_goals + of
        self.figures["branches"] = f"{num_met} of {num_goals} outcomes of comparisons and tables met"
        return inputs

    # from the start

    def _by_streams(self, inputs: Mapping[str, Sequence[Input]]) -> Contradiction | None:
        solved = list(dict.fromkeys(i.token for side_inputs in inputs.values() for i in side_inputs))
        tried = 0
        for stream in self._streams(solved):
            if time.monotonic() > self.end - self.seconds / 4:
                break
            tried += 1
            differing = self._first_difference(stream)
            if differing is not None:
                return Contradiction("the outputs differ", stream=differing)
        self.figures["streams"] = tried
        return None

    def _streams(self, solved: Sequence[Values]) -> Iterator[Iterator[Values]]:
        """Yield each solved token alone, then longer streams that mix them with random tokens."""
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
            # Solved tokens take rare branches; random ones move the state to where these matter.
            if solved and draw.random() < 0.5:
                yield draw.choice(solved)
            else:
                live = [np.array(state, dtype=np.int64).reshape(-1, 1) for state in self._live]
                yield tuple(int(column[0]) for column in source.draw(live))

    def _first_difference(self, stream: Iterator[Values]) -> tuple[Values, ...] | None:
        """Return the stream up to the first difference; None if there is none."""
        outcomes, read = (started(self.a), started(self.b)), list[Values]()
        self._live = [outcomes[0].state, outcomes[1].state]
        for token in stream:
            read.append(token)
            outcomes = self._step((outcomes[0].state, outcomes[1].state), token)
            if not outcomes[0].agrees(outcomes[1]):
                return tuple(read)
            if outcomes[0].error is not None:
                return None
            self._live = [outcomes[0].state, outcomes[1].state]
        return None

    def _step(self, states: tuple[Values, Values], token: Values) -> tuple[StreamOutcome, StreamOutcome]:
        a, b = (
            advance(side.steps[mode], StreamOutcome(state), token)
            for side, mode, state in zip((self.a, self.b), self.modes, states, strict=True)
        )
        return a, b

    # from related states

    def _by_states(self, inputs: Mapping[str, Sequence[Input]]) -> Contradiction | None:
        tried = 0
        for label, start in self._starts(inputs):
            if time.monotonic() > self.end:
                break
            states = self._related(label, start.state)
            if states is not None:
                tried += 1
                wrong = self._violation(states, start.token)
                if wrong:
                    return Contradiction(wrong, states=states, token=start.token)
        self.figures["related states"] = tried
        return None

    def _starts(self, inputs: Mapping[str, Sequence[Input]]) -> Iterator[tuple[str, Input]]:
        """Yield inputs that cover branches, then random ones."""
        for label, side_inputs in inputs.items():
            yield from ((label, start) for start in side_inputs[:MOST_STATES])
        draw = random.Random(self.seed)
        for number in range(MOST_STATES):
            side = (self.a, self.b)[number % 2]
            yield SIDES[number % 2], Input(_drawn(draw, side.words), _drawn(draw, side.fields))

    def _related(self, label: str, state: Values) -> tuple[Values, Values] | None:
        """Return a pair of related states with the given one on side ``label``; None if none was found."""
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

    def _violation(self, states: tuple[Values, Values], token: Values) -> str:
        """Return a description of a violation by one step from related states; empty if there is none."""
        # The solver only proposes the states; the relation is evaluated again, on integers.
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
    """Return a step whose comparisons are visible: a model's by its gadgets' semantics, only as a hint."""
    return artefact.transducer(by="fused") if isinstance(artefact, SSM) else artefact.transducer()


def _drawn(draw: random.Random, words: Sequence[Word]) -> Values:
    return tuple(draw.randint(word.range.lo, word.range.hi) for word in words)
