"""Human-readable invariants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch

from streamssm.equivalences.assumptions.features import (
    FEW_VALUES,
    declared_range,
    nonzero_words,
    sum_below,
    sum_of,
    words_equal_to,
)
from streamssm.equivalences.proving.arithmetic_expressions import Sum
from streamssm.equivalences.proving.expression import Expression, WordRef
from streamssm.equivalences.proving.state_claims import Claim, Same, Within
from streamssm.ir.words import Array
from streamssm.program.program import Program


@dataclass(frozen=True)
class RegisterNames:
    """The names of a program's registers, and descriptions of aggregates of its arrays."""

    program: Program

    def word(self, ref: WordRef) -> str:
        return self.program.registers[ref.index].name

    def figure(self, total: Expression) -> str:
        """Return the description of an aggregate of a whole array; empty for other expressions."""
        named = (pair for array in self.program.arrays for pair in self._aggregates(array))
        return next((name for aggregate, name in named if aggregate == total), "")

    def _aggregates(self, array: Array) -> Iterator[tuple[Expression, str]]:
        yield sum_of(array), f"sum of {array.name}"
        for index, scalar in enumerate(self.program.scalars):
            yield sum_below(array, index), f"sum of {array.name}[:{scalar.name}]"
        yield nonzero_words(array), f"number of nonzero words of {array.name}"
        range_ = self.program.registers[array.first].range
        if range_.size <= FEW_VALUES:
            for value in range(range_.lo, range_.hi + 1):
                yield words_equal_to(array, value), f"number of words of {array.name} that are {value}"


@singledispatch
def claim_text(claim: Claim, program: Program) -> str:
    """Return a claim about a program's registers as text."""
    raise TypeError(f"a claim must be Same or Within, not {claim!r}")


@claim_text.register
def _(claim: Same, program: Program) -> str:
    names = RegisterNames(program)
    return f"{claim.left.text(names)} == {claim.right.text(names)}"


@claim_text.register
def _(claim: Within, program: Program) -> str:
    names, lo, hi = RegisterNames(program), claim.bounds.lo, claim.bounds.hi
    declared = declared_range(program, claim.of)
    below, above = lo > declared.lo, hi < declared.hi  # a bound that the ranges imply is left out
    pair = _difference(claim.of)
    if pair is not None and below != above:
        left, right = (part.text(names) for part in pair)
        return f"{_plus(right, lo)} <= {left}" if below else f"{left} <= {_plus(right, hi)}"
    text = claim.of.text(names)
    return f"{lo} <= {text}" + (f" <= {hi}" if above else "") if below else f"{text} <= {hi}"


def _difference(e: Expression) -> tuple[Expression, Expression] | None:
    """Return (left, right) if an expression is their difference, else None."""
    if not isinstance(e, Sum) or e.constant or [weight for _, weight in e.parts] != [1, -1]:
        return None
    return e.parts[0][0], e.parts[1][0]


def _plus(text: str, amount: int) -> str:
    return f"{text} {'+' if amount > 0 else '-'} {abs(amount)}" if amount else text
