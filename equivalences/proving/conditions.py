"""Boolean expressions (positive, equal to a number, negation), and conditional values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from streamssm.equivalences.proving.expression import (
    Condition,
    Expression,
    Json,
    Naming,
    Reader,
    States,
    TermStates,
    WordRef,
    Words,
    enclosed,
    integers,
)
from streamssm.equivalences.smt.term import Term
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.ranges import BIT, Range


@dataclass(frozen=True, slots=True)
class Positive(Condition):
    """The indicator of a positive value, ``[of > 0]``."""

    TAG: ClassVar[str] = "positive"
    PARTS: ClassVar[int] = 1

    def term(self, t: Terms, states: TermStates) -> Term:
        return t.ge0(t.shifted(self.of.term(t, states), -1))

    def value(self, states: States) -> int:
        return int(self.of.value(states) > 0)

    def range(self, words: Words) -> Range:
        return BIT

    def text(self, names: Naming) -> str:
        return f"[{self.of.text(names)} > 0]"

    @classmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> Positive:
        return Positive(reader.expression(parts[0]))


@dataclass(frozen=True, slots=True)
class Is(Condition):
    """The indicator of a value, ``[of = number]``."""

    number: int
    TAG: ClassVar[str] = "is"
    PARTS: ClassVar[int] = 2

    @property
    def numbers(self) -> tuple[int, ...]:
        return (self.number,)

    def term(self, t: Terms, states: TermStates) -> Term:
        return t.eq0(t.shifted(self.of.term(t, states), -self.number))

    def value(self, states: States) -> int:
        return int(self.of.value(states) == self.number)

    def range(self, words: Words) -> Range:
        return BIT

    def text(self, names: Naming) -> str:
        return f"[{self.of.text(names)} = {self.number}]"

    @classmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> Is:
        return Is(reader.expression(parts[0]), *integers(parts[1:]))


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The complement of a bit, ``1 - of``; for other expressions the same difference, which is not a bit."""

    TAG: ClassVar[str] = "not"
    PARTS: ClassVar[int] = 1
    is_compound: ClassVar[bool] = True

    def term(self, t: Terms, states: TermStates) -> Term:
        return t.not_(self.of.term(t, states))

    def value(self, states: States) -> int:
        return 1 - self.of.value(states)

    def range(self, words: Words) -> Range:
        inner = self.of.range(words)
        return Range(1 - inner.hi, 1 - inner.lo)

    def text(self, names: Naming) -> str:
        return f"1 - {enclosed(self.of, names)}"

    @classmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> Not:
        return Not(reader.expression(parts[0]))


@dataclass(frozen=True, slots=True)
class When(Expression):
    """An expression guarded by a condition: its value if the condition is 1, else 0."""

    condition: Condition
    of: Expression
    TAG: ClassVar[str] = "when"
    PARTS: ClassVar[int] = 2

    def term(self, t: Terms, states: TermStates) -> Term:
        # A certificate may negate a word that is not a bit, but `ite` needs one. The comparison with 1 is a
        # bit for any value; for a bit it simplifies to the bit itself.
        holds = t.eq0(t.shifted(self.condition.term(t, states), -1))
        return t.ite(holds, self.of.term(t, states), t.const(0))

    def value(self, states: States) -> int:
        return self.of.value(states) if self.condition.value(states) == 1 else 0

    def range(self, words: Words) -> Range:
        return self.of.range(words).hull(Range(0, 0))

    def words(self) -> tuple[WordRef, ...]:
        return (*self.condition.words(), *self.of.words())

    def text(self, names: Naming) -> str:
        return f"{enclosed(self.condition, names)} {enclosed(self.of, names)}"

    def to_json(self) -> Json:
        return [self.TAG, self.condition.to_json(), self.of.to_json()]

    @classmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> When:
        condition, inner = parts
        return When(reader.condition(condition), reader.expression(inner))
