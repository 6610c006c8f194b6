"""A regular expression in postfix order: operands first, so that depth costs no recursion."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Symbols:
    """One symbol out of some, by their numbers; none for the empty language."""

    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Sequence:
    """The last ``count`` operands one after another; the empty word for none."""

    count: int


@dataclass(frozen=True)
class Union:
    """Any of the last ``count`` operands."""

    count: int


@dataclass(frozen=True)
class Intersection:
    """All of the last ``count`` operands at once."""

    count: int


@dataclass(frozen=True)
class Complement:
    """Whatever the last operand is not."""


@dataclass(frozen=True)
class Repeat:
    """The last operand, from ``least`` to ``most`` times; None for as often as one likes.

    ``position`` is where the text says so.
    """

    least: int
    most: int | None
    position: int


Item = Symbols | Sequence | Union | Intersection | Complement | Repeat
Expression = tuple[Item, ...]
