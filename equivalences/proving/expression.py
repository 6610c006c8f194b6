"""Expressions over the words of two sides: everything that one kind of them has to know of itself.

Relations and invariants are made of them. Each kind is one class with its meaning twice, as a term and on
plain integers; the second is written without the first, so that either is a check of the other.

Shapes: a state is a row of words for each side, ``{"a": (...), "b": (...)}``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeAlias, TypeVar

from streamssm.equivalences.smt.term import Term
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.errors import FormatError
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word

Entry = TypeVar("Entry", covariant=True)


class Indexed(Protocol[Entry]):
    """The words of one side, by number: a sequence, or a dict where only some are known."""

    def __getitem__(self, index: int, /) -> Entry: ...


Json: TypeAlias = "int | str | list[Json]"
Words = Mapping[str, Sequence[Word]]
States = Mapping[str, Indexed[int]]
TermStates = Mapping[str, Indexed[Term]]


class Naming(Protocol):
    """The names of words, and of sums that have a name of their own, in a text for people."""

    def word(self, ref: WordRef) -> str: ...

    def figure(self, total: Expression) -> str:
        """Return the name of a sum; empty where it has none."""
        ...


class Reader(Protocol):
    """Reads the parts of an expression from JSON; FormatError where they are none."""

    def expression(self, row: object) -> Expression: ...

    def condition(self, row: object) -> Condition: ...


class Expression(ABC):
    """An integer that depends on the words of both sides."""

    __slots__ = ()

    TAG: ClassVar[str] = ""  # how a row of this kind starts in JSON
    PARTS: ClassVar[int] = 0  # how many parts follow there
    is_compound: ClassVar[bool] = False  # whether its text needs parentheses inside of another one

    @abstractmethod
    def term(self, t: Terms, states: TermStates) -> Term:
        """Return the expression as a term over the words' terms."""

    @abstractmethod
    def value(self, states: States) -> int:
        """Return the expression's value, in Python's integers and without the term builder."""

    @abstractmethod
    def range(self, words: Words) -> Range:
        """Return a range of the values while every word is in its own range."""

    @abstractmethod
    def words(self) -> tuple[WordRef, ...]:
        """Return the words that the expression reads."""

    @abstractmethod
    def text(self, names: Naming) -> str:
        """Return the expression as people read it."""

    @abstractmethod
    def to_json(self) -> Json:
        """Return the expression as a certificate holds it."""

    @classmethod
    @abstractmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> Expression:
        """Return the expression of a row's PARTS parts; FormatError unless they are well-formed."""

    def as_shifted_word(self) -> tuple[WordRef, int] | None:
        """Return (word, amount) where the expression is ``word + amount``, else None."""
        return None

    def as_slot(self) -> Slot | None:
        """Return the bits of one word that the expression is, else None."""
        return None


@dataclass(frozen=True, slots=True)
class WordRef(Expression):
    """A word of a side, by its number."""

    side: str
    index: int

    def term(self, t: Terms, states: TermStates) -> Term:
        return states[self.side][self.index]

    def value(self, states: States) -> int:
        return states[self.side][self.index]

    def range(self, words: Words) -> Range:
        return words[self.side][self.index].range

    def words(self) -> tuple[WordRef, ...]:
        return (self,)

    def text(self, names: Naming) -> str:
        return names.word(self)

    def to_json(self) -> Json:
        return [self.side, self.index]

    @classmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> WordRef:
        """Return the word of a whole row, which starts with its side."""
        side, *index = parts
        if not isinstance(side, str) or len(index) != 1:
            raise FormatError(f"a word must be [side, number], not {list(parts)!r}")
        return WordRef(side, *integers(index))

    def as_shifted_word(self) -> tuple[WordRef, int]:
        return self, 0


@dataclass(frozen=True, slots=True)
class Slot:
    """Bits of a word: ``(word + raised >> low) mod 2**count``."""

    word: WordRef
    raised: int
    low: int
    count: int


@dataclass(frozen=True, slots=True)
class OfOne(Expression):
    """An expression made of another one and of numbers."""

    of: Expression

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers, as JSON has them after the inner expression."""
        return ()

    def words(self) -> tuple[WordRef, ...]:
        return self.of.words()

    def to_json(self) -> Json:
        return [self.TAG, self.of.to_json(), *self.numbers]


@dataclass(frozen=True, slots=True)
class Condition(OfOne):
    """An expression that asks something of another one: 1 where it holds, else 0."""


def integers(parts: Sequence[object]) -> list[int]:
    """Return the parts, which must be integers; True and 1.0 are none."""
    found = [part for part in parts if type(part) is int]
    if len(found) != len(parts):
        raise FormatError(f"these must be integers: {list(parts)!r}")
    return found


def enclosed(e: Expression, names: Naming) -> str:
    """Return the text of a part of another expression."""
    return f"({e.text(names)})" if e.is_compound else e.text(names)
