"""Regular expressions as items in postfix order, so that deep nesting needs no recursion."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Symbols:
    """Any one of some symbols, given by number; without symbols, the empty language."""

    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Sequence:
    """Concatenation of the last ``count`` operands; the empty word for none."""

    count: int


@dataclass(frozen=True)
class Union:
    """Union of the last ``count`` operands."""

    count: int


@dataclass(frozen=True)
class Intersection:
    """Intersection of the last ``count`` operands."""

    count: int


@dataclass(frozen=True)
class Complement:
    """Complement of the last operand."""


@dataclass(frozen=True)
class Repeat:
    """Repetition of the last operand, from ``least`` to ``most`` times; without a limit if ``most`` is None.

    ``position`` is that of the operator in the text.
    """

    least: int
    most: int | None
    position: int


Item = Symbols | Sequence | Union | Intersection | Complement | Repeat
Expression = tuple[Item, ...]
