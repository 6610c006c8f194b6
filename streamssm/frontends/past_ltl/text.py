"""Formula -> text, with the fewest parentheses."""

from __future__ import annotations

from streamssm.frontends.past_ltl.formula import (
    UNARY,
    Apply,
    Constant,
    First,
    Formula,
    Operator,
    Position,
    Proposition,
    fold,
)

# the tighter an operator binds, the higher
BINDING = {
    Operator.IFF: 1,
    Operator.IMPLIES: 2,
    Operator.OR: 3,
    Operator.XOR: 4,
    Operator.AND: 5,
    Operator.SINCE: 6,
    **dict.fromkeys(UNARY, 7),
}
ATOM = 8
REMAINDER = 0  # "pos % m == r" is bracketed wherever it is an operand
RIGHT_ASSOCIATIVE = frozenset({Operator.IMPLIES, Operator.SINCE})

_Text = tuple[str, int]


def to_text(formula: Formula) -> str:
    """Return the formula's text; it parses to an equal formula.

    >>> from streamssm.frontends.past_ltl.parser import parse
    >>> to_text(parse("(a) S ((b) and (Y (c or d)))"))
    'a S (b & Y(c | d))'
    """
    return fold(formula, _text)[0]


def _text(part: Formula, below: tuple[_Text, ...]) -> _Text:
    if not isinstance(part, Apply):
        return _atom(part)
    binding = BINDING[part.operator]
    if part.operator in UNARY:
        inner = _bracketed(below[0], binding)
        space = "" if part.operator is Operator.NOT or inner.startswith("(") else " "
        return f"{part.operator.value}{space}{inner}", binding
    to_the_right = part.operator in RIGHT_ASSOCIATIVE
    left = _bracketed(below[0], binding + to_the_right)
    right = _bracketed(below[1], binding + (not to_the_right))
    return f"{left} {part.operator.value} {right}", binding


def _atom(part: Proposition | Constant | First | Position) -> _Text:
    if isinstance(part, Position):
        return f"pos % {part.modulus} == {part.remainder}", REMAINDER
    if isinstance(part, Constant):
        return ("true" if part.value else "false"), ATOM
    return (part.name if isinstance(part, Proposition) else "first"), ATOM


def _bracketed(operand: _Text, least: int) -> str:
    text, binding = operand
    return text if binding >= least else f"({text})"
