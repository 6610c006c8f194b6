"""What has to be impossible for a relation to be a proof, as questions to a solver.

The relation holds of the initial states, which is looked up. From every pair of states that it relates, and
for every token: no side traps, both stop with an error or neither does, and where they do not stop all
outputs are equal and every claim of the relation holds again. Then, by induction over the tokens, the two
sides answer every stream alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from streamssm.equivalences.rechecking.vector_claims import condition
from streamssm.equivalences.rechecking.vector_models import model_step
from streamssm.equivalences.rechecking.vector_networks import MeaningOf
from streamssm.equivalences.rechecking.vector_programs import VectorStep, program_step
from streamssm.equivalences.rechecking.vectors import Bool, Int, Script
from streamssm.ir.words import Word
from streamssm.program.program import Program
from streamssm.ssm.model import SSM

SIDES = ("a", "b")


@dataclass(frozen=True)
class RestatedObligation:
    """Something that must be impossible: one of ``wrong`` in related states that are ``assumed``."""

    name: str
    assumed: tuple[Bool, ...]
    wrong: tuple[Bool, ...]


@dataclass(frozen=True)
class Questions:
    """Two sides' step from related states.

    ``strays`` are inputs of gadgets outside the ranges of their lemmas: if one is possible, the obligations
    are not about the weights, and have to be written without lemmas.
    """

    script: Script
    strays: RestatedObligation
    obligations: tuple[RestatedObligation, ...]


def words_of(side: Program | SSM) -> Sequence[Word]:
    return side.state if isinstance(side, SSM) else side.registers


def questions(
    a: Program | SSM, b: Program | SSM, claims: Sequence[Any], meaning_of: MeaningOf, most: int
) -> Questions:
    """Return what has to be asked about a relation, given as the rows of a certificate.

    Raises
    ------
    TooLargeError
        If it takes more than ``most`` definitions.
    """
    s = Script(most)
    sides = dict(zip(SIDES, (a, b), strict=True))
    states = {label: declared(s, label, words_of(side)) for label, side in sides.items()}
    token = declared(s, "x", a.fields)
    related = tuple(condition(s, claim, states) for claim in claims)
    steps = [_step(s, side, states[label], token, meaning_of) for label, side in sides.items()]
    return Questions(
        s,
        RestatedObligation("inputs of gadgets lie in the ranges of their lemmas", related, _strays(steps)),
        tuple(_obligations(s, steps, claims, related)),
    )


def declared(s: Script, label: str, words: Sequence[Word]) -> list[Int]:
    """Return a variable for each word: label0, label1, ..."""
    return [s.variable(f"{label}{i}", word.range) for i, word in enumerate(words)]


def _step(
    s: Script, side: Program | SSM, state: Sequence[Int], token: Sequence[Int], meaning_of: MeaningOf
) -> VectorStep:
    if isinstance(side, SSM):
        return model_step(s, side, state, token, meaning_of)
    return program_step(s, side, state, token)


def _strays(steps: Sequence[VectorStep]) -> tuple[Bool, ...]:
    return tuple(stray for step in steps for stray in step.strays)


def _obligations(
    s: Script, steps: Sequence[VectorStep], claims: Sequence[Any], related: tuple[Bool, ...]
) -> list[RestatedObligation]:
    a, b = steps
    going = (*related, s.negation(a.failed))
    found = [
        RestatedObligation("indices, divisors and shifts exist", related, (*a.traps, *b.traps)),
        RestatedObligation("both stop with an error, or neither", related, (s.differ(a.failed, b.failed),)),
    ]
    outputs = zip(a.outputs, b.outputs, strict=True)
    unequal = tuple(s.negation(s.equal(x, y)) for x, y in outputs)
    found.append(RestatedObligation("outputs are equal", going, unequal))
    after = {"a": a.state, "b": b.state}
    broken = tuple(s.negation(condition(s, claim, after)) for claim in claims)
    found.append(RestatedObligation("the relation is kept", going, broken))
    return [obligation for obligation in found if obligation.wrong]
