"""The proof obligations of a relation, as violations that solvers have to show impossible.

The initial states are related, which is evaluated. From every pair of related states and for every token: no
side traps, both stop with an error or neither does, and if they do not stop, all outputs are equal and the
states are related again. By induction over the tokens, the two sides then agree on every stream.
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
    """An obligation: none of the conditions ``wrong`` can hold while all of ``assumed`` do."""

    name: str
    assumed: tuple[Bool, ...]
    wrong: tuple[Bool, ...]


@dataclass(frozen=True)
class Questions:
    """The obligations of one step of two sides from related states.

    ``strays`` says that no input of a gadget leaves the range of its lemma: if one may, the obligations are
    not about the weights, and have to be written without lemmas.
    """

    script: Script
    strays: RestatedObligation
    obligations: tuple[RestatedObligation, ...]


def words_of(side: Program | SSM) -> Sequence[Word]:
    return side.state if isinstance(side, SSM) else side.registers


def questions(
    a: Program | SSM, b: Program | SSM, claims: Sequence[Any], meaning_of: MeaningOf, max_definitions: int
) -> Questions:
    """Return the queries about a relation, given as the rows of a certificate.

    Raises
    ------
    TooLargeError
        If it takes more than ``max_definitions`` definitions.
    """
    s = Script(max_definitions)
    sides = dict(zip(SIDES, (a, b), strict=True))
    states = {label: declared(s, label, words_of(side)) for label, side in sides.items()}
    token = declared(s, "x", a.fields)
    # The induction hypothesis: every claim of the relation before the step.
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
    # Once both sides are shown to fail together, side a stands for both.
    going = (*related, s.negation(a.failed))
    obligations = [
        RestatedObligation("indices, divisors and shifts exist", related, (*a.traps, *b.traps)),
        RestatedObligation("both stop with an error, or neither", related, (s.differ(a.failed, b.failed),)),
    ]
    outputs = zip(a.outputs, b.outputs, strict=True)
    unequal = tuple(s.negation(s.equal(x, y)) for x, y in outputs)
    obligations.append(RestatedObligation("outputs are equal", going, unequal))
    after = {"a": a.state, "b": b.state}
    # The induction step: the claims again, about the states after it.
    broken = tuple(s.negation(condition(s, claim, after)) for claim in claims)
    obligations.append(RestatedObligation("the relation is kept", going, broken))
    # An obligation without violations, as of a system without outputs, is trivially met.
    return [obligation for obligation in obligations if obligation.wrong]
