"""Invariants as people read them."""

from __future__ import annotations

from streamssm.equivalences.invariants.features import (
    SIDE,
    declared,
    nonzero_words,
    sum_below,
    sum_of,
    words_that_are,
)
from streamssm.equivalences.proving.relation import Claim, Expression, shown_sum
from streamssm.program.program import Program


def told(claim: Claim, program: Program) -> str:
    """Return what a claim says about a program's registers."""
    if claim[0] == "same":
        return f"{_text(claim[1], program)} == {_text(claim[2], program)}"
    _, expression, lo, hi = claim
    values = declared(program, expression)
    least, most = lo > values.lo, hi < values.hi
    if _is_difference(expression) and least != most:
        left, right = (_text(part, program) for part, _ in expression[2])
        return f"{_plus(right, lo)} <= {left}" if least else f"{left} <= {_plus(right, hi)}"
    text = _text(expression, program)
    return f"{lo} <= {text}" + (f" <= {hi}" if most else "") if least else f"{text} <= {hi}"


def _is_difference(e: Expression) -> bool:
    return e[0] == "sum" and e[1] == 0 and [weight for _, weight in e[2]] == [1, -1]


def _plus(text: str, amount: int) -> str:
    return f"{text} {'+' if amount > 0 else '-'} {abs(amount)}" if amount else text


def _text(e: Expression, program: Program) -> str:
    if isinstance(e, int):
        return str(e)
    if e[0] == SIDE:
        name: str = program.registers[e[1]].name
        return name
    if e[0] == "mod":
        return f"({_text(e[1], program)}) mod {e[2]}"
    if e[0] == "is":
        return f"[{_text(e[1], program)} = {e[2]}]"
    if e[0] == "when":
        return f"{_text(e[1], program)} {_text(e[2], program)}"
    if e[0] == "positive":
        return f"[{_text(e[1], program)} > 0]"
    if e[0] == "plus":
        return _plus(_text(e[1], program), e[2])
    if e[0] == "not":
        return f"(1 - {_text(e[1], program)})"
    return _figure(e, program) or shown_sum(e[1], [(_part(x, program), weight) for x, weight in e[2]])


def _part(e: Expression, program: Program) -> str:
    text = _text(e, program)
    return f"({text})" if e[0] == "sum" else text


def _figure(e: Expression, program: Program) -> str:
    """Return the name of a figure of a whole array; empty if the sum is none."""
    flag = e[2][0][0] if e[2] else 0
    value = flag[2] if not isinstance(flag, int) and flag[0] == "is" else None
    for array in program.arrays:
        if e == sum_of(array):
            return f"sum of {array.name}"
        for place, scalar in enumerate(program.scalars):
            if e == sum_below(array, place):
                return f"sum of {array.name}[:{scalar.name}]"
        if e == nonzero_words(array):
            return f"number of nonzero words of {array.name}"
        if value is not None and e == words_that_are(array, value):
            return f"number of words of {array.name} that are {value}"
    return ""
