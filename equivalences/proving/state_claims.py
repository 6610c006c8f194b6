"""Claims about the words of both sides: an equation of two expressions, or a range of one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from streamssm.equivalences.proving.expression import (
    Expression,
    Json,
    Naming,
    Reader,
    States,
    TermStates,
    integers,
)
from streamssm.equivalences.smt.term import Term
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.ranges import Range


class Claim(ABC):
    """A predicate on pairs of states."""

    __slots__ = ()

    TAG: ClassVar[str] = ""  # the first entry of its row in JSON
    PARTS: ClassVar[int] = 0  # the number of entries after the tag

    @abstractmethod
    def condition(self, t: Terms, states: TermStates) -> Term:
        """Return the claim as a condition over the words' terms."""

    @abstractmethod
    def holds(self, states: States) -> bool:
        """Return whether the claim holds, in Python's integers and without the term builder."""

    @abstractmethod
    def text(self, names: Naming) -> str:
        """Return the claim in mathematical notation."""

    @abstractmethod
    def to_json(self) -> Json:
        """Return the claim as a row of a certificate."""

    @classmethod
    @abstractmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> Claim:
        """Return the claim with the given PARTS parts; raise FormatError if they are malformed."""


@dataclass(frozen=True, slots=True)
class Same(Claim):
    """Two expressions are equal."""

    left: Expression
    right: Expression
    TAG: ClassVar[str] = "same"
    PARTS: ClassVar[int] = 2

    def condition(self, t: Terms, states: TermStates) -> Term:
        return t.eq0(t.sub(self.left.term(t, states), self.right.term(t, states)))

    def holds(self, states: States) -> bool:
        return self.left.value(states) == self.right.value(states)

    def text(self, names: Naming) -> str:
        return f"{self.left.text(names)} = {self.right.text(names)}"

    def to_json(self) -> Json:
        return [self.TAG, self.left.to_json(), self.right.to_json()]

    @classmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> Same:
        left, right = parts
        return Same(reader.expression(left), reader.expression(right))


@dataclass(frozen=True, slots=True)
class Within(Claim):
    """An expression lies in a range."""

    of: Expression
    bounds: Range
    TAG: ClassVar[str] = "within"
    PARTS: ClassVar[int] = 3

    def condition(self, t: Terms, states: TermStates) -> Term:
        return lies_within(t, self.of.term(t, states), self.bounds)

    def holds(self, states: States) -> bool:
        return self.bounds.lo <= self.of.value(states) <= self.bounds.hi

    def text(self, names: Naming) -> str:
        return f"{self.bounds.lo} <= {self.of.text(names)} <= {self.bounds.hi}"

    def to_json(self) -> Json:
        return [self.TAG, self.of.to_json(), self.bounds.lo, self.bounds.hi]

    @classmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> Within:
        return Within(reader.expression(parts[0]), Range(*integers(parts[1:])))


def lies_within(t: Terms, term: Term, bounds: Range) -> Term:
    """Return the condition that a term lies in a range."""
    # term - lo >= 0 and hi - term >= 0.
    return t.and_([t.ge0(t.shifted(term, -bounds.lo)), t.ge0(t.sum(bounds.hi, [(term, -1)]))])
