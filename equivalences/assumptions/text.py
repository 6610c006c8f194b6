"""Invariants as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch

from streamssm.equivalences.assumptions.features import (
    FEW_VALUES,
    declared,
    nonzero_words,
    sum_below,
    sum_of,
    words_that_are,
)
from streamssm.equivalences.proving.arithmetic_expressions import Sum
from streamssm.equivalences.proving.expression import Expression, WordRef
from streamssm.equivalences.proving.state_claims import Claim, Same, Within
from streamssm.ir.words import Array
from streamssm.program.program import Program


@dataclass(frozen=True)
class RegisterNames:
    """A program's registers by their names alone, and figures of its arrays in words."""

    program: Program

    def word(self, ref: WordRef) -> str:
        return self.program.registers[ref.index].name

    def figure(self, total: Expression) -> str:
        """Return the name of a figure of a whole array; empty if the sum is none."""
        named = (pair for array in self.program.arrays for pair in self._figures(array))
        return next((name for figure, name in named if figure == total), "")

    def _figures(self, array: Array) -> Iterator[tuple[Expression, str]]:
        yield sum_of(array), f"sum of {array.name}"
        for place, scalar in enumerate(self.program.scalars):
            yield sum_below(array, place), f"sum of {array.name}[:{scalar.name}]"
        yield nonzero_words(array), f"number of nonzero words of {array.name}"
        values = self.program.registers[array.first].range
        if values.size <= FEW_VALUES:
            for value in range(values.lo, values.hi + 1):
                yield words_that_are(array, value), f"number of words of {array.name} that are {value}"


@singledispatch
def told(claim: Claim, program: Program) -> str:
    """Return what a claim says about a program's registers."""
    raise TypeError(f"a claim must be Same or Within, not {claim!r}")


@told.register
def _(claim: Same, program: Program) -> str:
    names = RegisterNames(program)
    return f"{claim.left.text(names)} == {claim.right.text(names)}"


@told.register
def _(claim: Within, program: Program) -> str:
    names, lo, hi = RegisterNames(program), claim.bounds.lo, claim.bounds.hi
    values = declared(program, claim.of)
    least, most = lo > values.lo, hi < values.hi
    pair = _difference(claim.of)
    if pair is not None and least != most:
        left, right = (part.text(names) for part in pair)
        return f"{_plus(right, lo)} <= {left}" if least else f"{left} <= {_plus(right, hi)}"
    text = claim.of.text(names)
    return f"{lo} <= {text}" + (f" <= {hi}" if most else "") if least else f"{text} <= {hi}"


def _difference(e: Expression) -> tuple[Expression, Expression] | None:
    """Return the two expressions of which one is the difference, else None."""
    if not isinstance(e, Sum) or e.constant or [weight for _, weight in e.parts] != [1, -1]:
        return None
    return e.parts[0][0], e.parts[1][0]


def _plus(text: str, amount: int) -> str:
    return f"{text} {'+' if amount > 0 else '-'} {abs(amount)}" if amount else text
