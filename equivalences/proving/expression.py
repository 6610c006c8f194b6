"""The interface of expressions over the words of two sides, of which relations and invariants are composed.

Each kind of expression is one class with its semantics given twice, as a term and on plain integers. The two
are written independently, so that each checks the other.

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
    """The words of one side, by index: a sequence, or a dict while only some are known."""

    def __getitem__(self, index: int, /) -> Entry: ...


Json: TypeAlias = "int | str | list[Json]"
Words = Mapping[str, Sequence[Word]]
States = Mapping[str, Indexed[int]]
TermStates = Mapping[str, Indexed[Term]]


class Naming(Protocol):
    """The names of words, and of sums with a name of their own, in human-readable text."""

    def word(self, ref: WordRef) -> str: ...

    def figure(self, total: Expression) -> str:
        """Return the name of a sum; empty if it has none."""
        ...


class Reader(Protocol):
    """Reads parts of an expression from JSON; raises FormatError if they are malformed."""

    def expression(self, row: object) -> Expression: ...

    def condition(self, row: object) -> Condition: ...


class Expression(ABC):
    """An integer that depends on the words of both sides."""

    __slots__ = ()

    TAG: ClassVar[str] = ""  # the first entry of its row in JSON
    PARTS: ClassVar[int] = 0  # the number of entries after the tag
    is_compound: ClassVar[bool] = False  # whether its text needs parentheses inside another one

    @abstractmethod
    def term(self, t: Terms, states: TermStates) -> Term:
        """Return the expression as a term over the words' terms."""

    @abstractmethod
    def value(self, states: States) -> int:
        """Return the expression's value, in Python's integers and without the term builder."""

    @abstractmethod
    def range(self, words: Words) -> Range:
        """Return a range of the values, given the ranges of the words."""

    @abstractmethod
    def words(self) -> tuple[WordRef, ...]:
        """Return the words that the expression reads."""

    @abstractmethod
    def text(self, names: Naming) -> str:
        """Return the expression in mathematical notation."""

    @abstractmethod
    def to_json(self) -> Json:
        """Return the expression as a row of a certificate."""

    @classmethod
    @abstractmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> Expression:
        """Return the expression with the given PARTS parts; raise FormatError if they are malformed."""

    def as_shifted_word(self) -> tuple[WordRef, int] | None:
        """Return (word, amount) if the expression is ``word + amount``, else None."""
        return None

    def as_slot(self) -> Slot | None:
        """Return the slot if the expression is a run of bits of one word, else None."""
        return None


@dataclass(frozen=True, slots=True)
class WordRef(Expression):
    """A word of a side, by its index."""

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
        """Return the word of a whole row, [side, index]."""
        side, *index = parts
        if not isinstance(side, str) or len(index) != 1:
            raise FormatError(f"a word must be [side, number], not {list(parts)!r}")
        return WordRef(side, *integers(index))

    def as_shifted_word(self) -> tuple[WordRef, int]:
        return self, 0


@dataclass(frozen=True, slots=True)
class Slot:
    """A run of bits of a raised word: ``(word + raised >> low) mod 2**count``."""

    word: WordRef
    raised: int
    low: int
    count: int


@dataclass(frozen=True, slots=True)
class OfOne(Expression):
    """An expression with one inner expression and numeric parameters."""

    of: Expression

    @property
    def numbers(self) -> tuple[int, ...]:
        """The parameters, in the order in which JSON lists them after the inner expression."""
        return ()

    def words(self) -> tuple[WordRef, ...]:
        return self.of.words()

    def to_json(self) -> Json:
        return [self.TAG, self.of.to_json(), *self.numbers]


@dataclass(frozen=True, slots=True)
class Condition(OfOne):
    """A Boolean expression about an inner one: 1 if it is true, else 0."""


def integers(parts: Sequence[object]) -> list[int]:
    """Return the parts, which must be integers."""
    # `type`, not isinstance: True is an int in Python, but not in a certificate.
    numbers = [part for part in parts if type(part) is int]
    if len(numbers) != len(parts):
        raise FormatError(f"these must be integers: {list(parts)!r}")
    return numbers


def enclosed(e: Expression, names: Naming) -> str:
    """Return the text of an operand, in parentheses if needed."""
    return f"({e.text(names)})" if e.is_compound else e.text(names)
