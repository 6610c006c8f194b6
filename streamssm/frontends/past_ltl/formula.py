"""Formulas of past-time linear temporal logic (LTL), immutable, and their text.

A trace is a finite sequence of positions, counted from 0; at each of them some propositions are true. A
formula has a value at every position t, and looks at positions up to t only:

    Y f        f at t - 1, "previously"; false at position 0
    Z f        the same, but true at position 0 ("weak")
    O f        f at some position up to t, "once"
    H f        f at every position up to t, "historically"
    f S g      g at some position up to t, and f at all positions after it up to t, "since"
    f T g      at every position up to t, g there or f at some position after it up to t, "trigger"
    O[a,b] f   f at some position from t - b to t - a; likewise H[a,b] f, f S[a,b] g and f T[a,b] g
    first      t = 0, the same as !Y true
    pos % m == r   t leaves the remainder r by m

and the Boolean operators ``! & ^ | -> <->``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from streamssm.errors import ParameterError
from streamssm.frontends.past_ltl.proposition_names import name_text, require_name

T = TypeVar("T")
_Text = tuple[str, int]  # a subformula's text and the binding strength of its outermost operator


class Operator(str, Enum):
    """An operator; the value is its spelling."""

    NOT = "!"
    AND = "&"
    XOR = "^"
    OR = "|"
    IMPLIES = "->"
    IFF = "<->"
    PREVIOUS = "Y"
    WEAK_PREVIOUS = "Z"
    ONCE = "O"
    HISTORICALLY = "H"
    SINCE = "S"
    TRIGGER = "T"

    @property
    def arity(self) -> int:
        return 1 if self in UNARY else 2


BOUNDED = frozenset({Operator.ONCE, Operator.HISTORICALLY, Operator.SINCE, Operator.TRIGGER})
TEMPORAL = BOUNDED | {Operator.PREVIOUS, Operator.WEAK_PREVIOUS}
BINARY_TEMPORAL = frozenset({Operator.SINCE, Operator.TRIGGER})
UNARY = (TEMPORAL - BINARY_TEMPORAL) | {Operator.NOT}
MAX_BOUND = 1000  # each position of a bound is a bit of memory

# binding strengths: the tighter an operator binds, the higher
BINDING = {
    Operator.IFF: 1,
    Operator.IMPLIES: 2,
    Operator.OR: 3,
    Operator.XOR: 4,
    Operator.AND: 5,
    **dict.fromkeys(BINARY_TEMPORAL, 6),
    **dict.fromkeys(UNARY, 7),
}
ATOM = 8
REMAINDER = 0  # "pos % m == r" gets brackets wherever it is an operand
RIGHT_ASSOCIATIVE = BINARY_TEMPORAL | {Operator.IMPLIES}


class _Formula:
    """The base of all formulas: printing."""

    __slots__ = ()

    def __str__(self) -> str:
        """Return the formula's text, with the fewest parentheses; it parses to an equal formula."""
        return to_text(self)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Proposition(_Formula):
    """A named field of the token that is 1 where the proposition is true."""

    name: str

    def __post_init__(self) -> None:
        require_name(self.name)

    __str__ = _Formula.__str__


@dataclass(frozen=True, slots=True)
class BooleanConstant(_Formula):
    """``true`` or ``false``."""

    value: bool

    __str__ = _Formula.__str__


@dataclass(frozen=True, slots=True)
class First(_Formula):
    """``first``: true at position 0 alone."""

    __str__ = _Formula.__str__


@dataclass(frozen=True, slots=True)
class Position(_Formula):
    """``pos % modulus == remainder``; positions count from 0."""

    modulus: int
    remainder: int

    def __post_init__(self) -> None:
        if self.modulus < 1:
            raise ParameterError(f"the modulus of pos must be at least 1, not {self.modulus}")
        if not 0 <= self.remainder < self.modulus:
            raise ParameterError(
                f"the remainder of pos % {self.modulus} must be from 0 to {self.modulus - 1}, "
                f"not {self.remainder}"
            )

    __str__ = _Formula.__str__


@dataclass(frozen=True, slots=True)
class Apply(_Formula):
    """An operator on one or two formulas; ``bounds`` are its first and last distance into the past."""

    operator: Operator
    operands: tuple[Formula, ...]
    bounds: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if len(self.operands) != self.operator.arity:
            operands = "1 operand" if self.operator.arity == 1 else f"{self.operator.arity} operands"
            raise ParameterError(f"{self.operator.value} takes {operands}, not {len(self.operands)}")
        if self.bounds is not None:
            require_bounds(self.operator, *self.bounds)

    __str__ = _Formula.__str__


Formula = Proposition | BooleanConstant | First | Position | Apply


def require_bounds(operator: Operator, low: int, high: int) -> None:
    """Raise ParameterError unless an operator takes the bounds."""
    if operator not in BOUNDED:
        raise ParameterError(
            f"{operator.value} takes no bounds; O[{high},{high}] f is f, {high} positions ago"
        )
    if not 0 <= low <= high:
        raise ParameterError(f"bounds [a,b] must have 0 <= a <= b, not [{low},{high}]")
    if high > MAX_BOUND:
        raise ParameterError(
            f"a bound must be at most {MAX_BOUND}, not {high}: each position takes a bit of memory"
        )


def operands_of(formula: Formula) -> tuple[Formula, ...]:
    """Return the formulas directly below a formula."""
    return formula.operands if isinstance(formula, Apply) else ()


def subformulas(formula: Formula) -> Iterator[Formula]:
    """Yield every distinct node of a formula once, operands first (postorder without recursion)."""
    seen: set[int] = set()
    stack: list[tuple[Formula, bool]] = [(formula, False)]
    while stack:
        part, expanded = stack.pop()
        if expanded:
            yield part
        elif id(part) not in seen:
            seen.add(id(part))
            stack.append((part, True))
            stack.extend((operand, False) for operand in reversed(operands_of(part)))


def fold(formula: Formula, visit: Callable[[Formula, tuple[T, ...]], T]) -> T:
    """Return ``visit(formula, values of its operands)``, computed bottom-up."""
    values: dict[int, T] = {}
    for part in subformulas(formula):
        values[id(part)] = visit(part, tuple(values[id(operand)] for operand in operands_of(part)))
    return values[id(formula)]


def propositions_of(formula: Formula) -> tuple[str, ...]:
    """Return the names of the propositions in a formula, sorted."""
    return tuple(sorted({part.name for part in subformulas(formula) if isinstance(part, Proposition)}))


def temporal_depth(formula: Formula) -> int:
    """Return the nesting depth of temporal operators; ``first`` and ``pos`` count as one level.

    ``O[a,b] f`` and ``H[a,b] f`` count as b levels, as the Y f to which they expand.

    >>> from streamssm.frontends.past_ltl.formula_parser import parse
    >>> temporal_depth(parse("a S (b & Y c)")), temporal_depth(parse("a & first")), temporal_depth(parse("a"))
    (2, 1, 0)
    """
    return fold(formula, _depth)


def _depth(part: Formula, below: tuple[int, ...]) -> int:
    if not isinstance(part, Apply) or part.bounds is None:
        return max(below, default=0) + _is_level(part)
    low, high = part.bounds
    window = below[-1] + high
    if len(below) == 1 or high == 0:
        return window
    return max(window, max(below) + 1 + low, below[0] + low - 1)


def _is_level(part: Formula) -> bool:
    if isinstance(part, Apply):
        return part.operator in TEMPORAL
    return isinstance(part, First | Position)


# as text


def to_text(formula: Formula) -> str:
    """Return the formula's text; it parses to an equal formula.

    >>> from streamssm.frontends.past_ltl.formula_parser import parse
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
        return f"{_spelling(part)}{space}{inner}", binding
    to_the_right = part.operator in RIGHT_ASSOCIATIVE
    left = _bracketed(below[0], binding + to_the_right)
    right = _bracketed(below[1], binding + (not to_the_right))
    return f"{left} {_spelling(part)} {right}", binding


def _spelling(part: Apply) -> str:
    bounds = "" if part.bounds is None else f"[{part.bounds[0]},{part.bounds[1]}]"
    return part.operator.value + bounds


def _atom(part: Proposition | BooleanConstant | First | Position) -> _Text:
    if isinstance(part, Position):
        return f"pos % {part.modulus} == {part.remainder}", REMAINDER
    if isinstance(part, BooleanConstant):
        return ("true" if part.value else "false"), ATOM
    return (name_text(part.name) if isinstance(part, Proposition) else "first"), ATOM


def _bracketed(operand: _Text, least: int) -> str:
    text, binding = operand
    return text if binding >= least else f"({text})"
