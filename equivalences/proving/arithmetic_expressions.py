"""Arithmetic expressions: constants, sums, remainders, and bits of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from streamssm.equivalences.proving.expression import (
    Expression,
    Json,
    Naming,
    OfOne,
    Reader,
    Slot,
    States,
    TermStates,
    WordRef,
    Words,
    enclosed,
    integers,
)
from streamssm.equivalences.smt.digit_arithmetic import divmod_terms
from streamssm.equivalences.smt.term import Term
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.errors import FormatError, ParameterError
from streamssm.ir.ranges import Range, around

# Words have at most 60 bits, sums of them a few more; larger numbers in a certificate would only exhaust
# memory.
MAX_BIT_POSITION = 128


@dataclass(frozen=True, slots=True)
class Constant(Expression):
    """A number."""

    number: int

    def term(self, t: Terms, states: TermStates) -> Term:
        return t.const(self.number)

    def value(self, states: States) -> int:
        return self.number

    def range(self, words: Words) -> Range:
        return Range(self.number, self.number)

    def words(self) -> tuple[WordRef, ...]:
        return ()

    def text(self, names: Naming) -> str:
        return str(self.number)

    def to_json(self) -> Json:
        return self.number

    @classmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> Constant:
        return Constant(*integers(parts))


@dataclass(frozen=True, slots=True)
class Plus(OfOne):
    """An expression plus a constant, ``of + amount``."""

    amount: int
    TAG: ClassVar[str] = "plus"
    PARTS: ClassVar[int] = 2
    is_compound: ClassVar[bool] = True

    @property
    def numbers(self) -> tuple[int, ...]:
        return (self.amount,)

    def term(self, t: Terms, states: TermStates) -> Term:
        return t.shifted(self.of.term(t, states), self.amount)

    def value(self, states: States) -> int:
        return self.of.value(states) + self.amount

    def range(self, words: Words) -> Range:
        inner = self.of.range(words)
        return Range(inner.lo + self.amount, inner.hi + self.amount)

    def text(self, names: Naming) -> str:
        sign = "+" if self.amount >= 0 else "-"
        return f"{self.of.text(names)} {sign} {abs(self.amount)}"

    @classmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> Plus:
        return Plus(reader.expression(parts[0]), *integers(parts[1:]))

    def as_shifted_word(self) -> tuple[WordRef, int] | None:
        inner = self.of.as_shifted_word()
        return None if inner is None else (inner[0], inner[1] + self.amount)


@dataclass(frozen=True, slots=True)
class Sum(Expression):
    """A linear combination, ``constant + sum of weight * part``."""

    constant: int
    parts: tuple[tuple[Expression, int], ...]
    TAG: ClassVar[str] = "sum"
    PARTS: ClassVar[int] = 2
    is_compound: ClassVar[bool] = True

    def term(self, t: Terms, states: TermStates) -> Term:
        return t.sum(self.constant, [(part.term(t, states), weight) for part, weight in self.parts])

    def value(self, states: States) -> int:
        return self.constant + sum(weight * part.value(states) for part, weight in self.parts)

    def range(self, words: Words) -> Range:
        lo = hi = self.constant
        for part, weight in self.parts:
            inner = part.range(words)
            ends = (weight * inner.lo, weight * inner.hi)
            lo, hi = lo + min(ends), hi + max(ends)
        return Range(lo, hi)

    def words(self) -> tuple[WordRef, ...]:
        return tuple(word for part, _ in self.parts for word in part.words())

    def text(self, names: Naming) -> str:
        parts = ((enclosed(part, names), weight) for part, weight in self.parts)
        return names.figure(self) or sum_text(self.constant, list(parts))

    def to_json(self) -> Json:
        return [self.TAG, self.constant, [[part.to_json(), weight] for part, weight in self.parts]]

    @classmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> Sum:
        constant, rows = parts
        if not isinstance(rows, list):
            raise FormatError(f"the parts of a sum must be a list, not {rows!r}")
        return Sum(integers([constant])[0], tuple(cls._part(row, reader) for row in rows))

    @staticmethod
    def _part(row: object, reader: Reader) -> tuple[Expression, int]:
        if not isinstance(row, list) or len(row) != 2:
            raise FormatError(f"a part of a sum must be [expression, weight], not {row!r}")
        return reader.expression(row[0]), integers(row[1:])[0]


def sum_text(constant: int, parts: Sequence[tuple[str, int]]) -> str:
    """Return a sum in mathematical notation.

    >>> sum_text(-1, [("x", 1), ("y", -1), ("z", 2)])
    'x - y + 2 z - 1'
    """
    terms = [(text if abs(weight) == 1 else f"{abs(weight)} {text}", weight < 0) for text, weight in parts]
    if constant or not terms:
        terms.append((str(abs(constant)), constant < 0))
    (first, negative), *rest = terms
    return ("-" if negative else "") + first + "".join(f" {'-' if n else '+'} {text}" for text, n in rest)


@dataclass(frozen=True, slots=True)
class Mod(OfOne):
    """A remainder, ``of mod modulus``, never negative."""

    modulus: int
    TAG: ClassVar[str] = "mod"
    PARTS: ClassVar[int] = 2

    def __post_init__(self) -> None:
        if self.modulus < 1:
            raise ParameterError(f"a modulus must be at least 1, not {self.modulus}")

    @property
    def numbers(self) -> tuple[int, ...]:
        return (self.modulus,)

    def term(self, t: Terms, states: TermStates) -> Term:
        return divmod_terms(t, self.of.term(t, states), t.const(self.modulus))[1]

    def value(self, states: States) -> int:
        return self.of.value(states) % self.modulus

    def range(self, words: Words) -> Range:
        return Range(0, self.modulus - 1)

    def text(self, names: Naming) -> str:
        return f"({self.of.text(names)}) mod {self.modulus}"

    @classmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> Mod:
        return Mod(reader.expression(parts[0]), *integers(parts[1:]))


@dataclass(frozen=True, slots=True)
class Bits(OfOne):
    """A run of bits of an expression in two's complement, ``(of >> low) mod 2**count``."""

    low: int
    count: int
    TAG: ClassVar[str] = "bits"
    PARTS: ClassVar[int] = 3

    def __post_init__(self) -> None:
        require_bit_positions(self.low, self.count)

    @property
    def numbers(self) -> tuple[int, ...]:
        return self.low, self.count

    def term(self, t: Terms, states: TermStates) -> Term:
        return t.low_bits(t.shift_right(self.of.term(t, states), self.low), self.count)

    def value(self, states: States) -> int:
        return (self.of.value(states) >> self.low) % (1 << self.count)

    def range(self, words: Words) -> Range:
        return Range(0, (1 << self.count) - 1)

    def text(self, names: Naming) -> str:
        return f"({self.of.text(names)} >> {self.low}) mod {1 << self.count}"

    @classmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> Bits:
        return Bits(reader.expression(parts[0]), *integers(parts[1:]))

    def as_slot(self) -> Slot | None:
        inner = self.of.as_shifted_word()
        return None if inner is None else Slot(*inner, self.low, self.count)


@dataclass(frozen=True, slots=True)
class ByBits(OfOne):
    """A table of four values indexed by two bits of an expression: ``values[bit low + 2 * bit high]``."""

    low: int
    high: int
    values: tuple[int, int, int, int]
    TAG: ClassVar[str] = "by bits"
    PARTS: ClassVar[int] = 7
    is_compound: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require_bit_positions(self.low, self.high)

    @property
    def numbers(self) -> tuple[int, ...]:
        return self.low, self.high, *self.values

    def term(self, t: Terms, states: TermStates) -> Term:
        inner = self.of.term(t, states)
        low, high = (t.low_bits(t.shift_right(inner, position), 1) for position in (self.low, self.high))
        cases = [t.const(value) for value in self.values]
        return t.ite(high, t.ite(low, cases[3], cases[2]), t.ite(low, cases[1], cases[0]))

    def value(self, states: States) -> int:
        inner = self.of.value(states)
        low, high = ((inner >> position) % 2 for position in (self.low, self.high))
        return self.values[low + 2 * high]

    def range(self, words: Words) -> Range:
        return around(self.values)

    def text(self, names: Naming) -> str:
        values = ", ".join(map(str, self.values))
        return f"({values}) at bits {self.low} and {self.high} of {self.of.text(names)}"

    @classmethod
    def from_json(cls, parts: Sequence[object], reader: Reader) -> ByBits:
        low, high, first, second, third, fourth = integers(parts[1:])
        return ByBits(reader.expression(parts[0]), low, high, (first, second, third, fourth))


def require_bit_positions(*positions: int) -> None:
    if not all(0 <= position <= MAX_BIT_POSITION for position in positions):
        raise ParameterError(
            f"positions and numbers of bits must be in [0, {MAX_BIT_POSITION}], not {positions}"
        )
