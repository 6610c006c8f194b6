"""Integers as SMT-LIB bit-vectors, literally: one definition for each operation, without simplification.

Every integer is a signed vector that holds its interval, and an interval follows from those of the operands
by plain interval arithmetic. An operation extends its operands until the exact result fits, so that no
overflow can hide; conditions are of sort Bool.

A value may be *confined* to an interval in which it is not known to lie. What is derived from it is right
only where it does lie there, which the caller has to show: see `Script.confined`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from streamssm.ir.ranges import Range

# Limits beyond which solvers have no chance: bits of a vector, and definitions of a step.
MOST_BITS = 4096
MOST_DEFINITIONS = 1 << 20


class TooLargeError(Exception):
    """A step is too large to be written out in bit-vectors."""


@dataclass(frozen=True, slots=True)
class Int:
    """An integer: its SMT-LIB text, and an interval that contains it."""

    text: str
    lo: int
    hi: int

    @property
    def width(self) -> int:
        return signed_width(self.lo, self.hi)


@dataclass(frozen=True, slots=True)
class Bool:
    """A condition: its SMT-LIB text."""

    text: str


TRUE, FALSE = Bool("true"), Bool("false")


def signed_width(lo: int, hi: int) -> int:
    """Return the bits of a two's-complement vector that holds both ends."""
    width = 1 + max((~lo if lo < 0 else lo).bit_length(), (~hi if hi < 0 else hi).bit_length())
    if width > MOST_BITS:
        raise TooLargeError(f"a vector would need {width} bits")
    return width


def literal(value: int, width: int) -> str:
    return f"(_ bv{value % (1 << width)} {width})"


class Script:
    """Definitions in order of creation, and the queries that use them."""

    def __init__(self, max_definitions: int = MOST_DEFINITIONS) -> None:
        self._lines: dict[str, tuple[str, frozenset[str]]] = {}  # each with the names that it uses
        self._names: dict[str, str] = {}  # of texts
        self._variables: dict[str, Int] = {}
        self._indices: dict[str, Int] = {}
        self._most = max_definitions

    def __len__(self) -> int:
        return len(self._lines)

    # leaves

    def const(self, value: int) -> Int:
        return Int(literal(value, signed_width(value, value)), value, value)

    def variable(self, name: str, range_: Range) -> Int:
        """Declare an integer; its range is asserted in every query that uses it."""
        variable = self._variables[name] = Int(name, range_.lo, range_.hi)
        least, most = (literal(end, variable.width) for end in (range_.lo, range_.hi))
        bound = f"(assert (and (bvsle {least} {name}) (bvsle {name} {most})))"
        self._lines[name] = f"(declare-const {name} (_ BitVec {variable.width}))\n{bound}", frozenset()
        return variable

    def flag(self, name: str) -> Int:
        """Declare a variable in [0, 1], once for each name."""
        return self._variables.get(name) or self.variable(name, Range(0, 1))

    # integers

    def add(self, a: Int, b: Int) -> Int:
        return self._binary("bvadd", a, b, a.lo + b.lo, a.hi + b.hi)

    def sub(self, a: Int, b: Int) -> Int:
        return self._binary("bvsub", a, b, a.lo - b.hi, a.hi - b.lo)

    def mul(self, a: Int, b: Int) -> Int:
        """Return ``a * b`` by shift-and-add: the wider factor, once for each bit of the narrower one.

        Solvers compare two such sums readily, but two bvmul circuits hardly ever.
        """
        # A constant factor is a weight of a sum, which solvers handle well.
        for fixed, other in ((a, b), (b, a)):
            if fixed.lo == fixed.hi:
                return self.scaled(other, fixed.lo)
        word, factor = (a, b) if a.width >= b.width else (b, a)
        top, zero = factor.width - 1, self.const(0)
        # In two's complement the top bit weighs -2**top.
        total = self.scaled(self.choose(self._bit(factor, top), word, zero), -(1 << top))
        for bit in range(top):
            part = self.choose(self._bit(factor, bit), word, zero)
            total = self.add(total, self.scaled(part, 1 << bit))
        # The extremes of a product of intervals are at the corners; the sum above cannot leave them.
        ends = [x * y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
        return self.confined(total, Range(min(ends), max(ends)))

    def scaled(self, a: Int, weight: int) -> Int:
        ends = (a.lo * weight, a.hi * weight)
        return self._binary("bvmul", a, self.const(weight), min(ends), max(ends))

    def _bit(self, a: Int, position: int) -> Bool:
        """Return the condition that a bit of the two's complement is set."""
        return self._bool(f"(= ((_ extract {position} {position}) {a.text}) #b1)", a.text)

    def sum(self, constant: int, parts: Iterable[tuple[Int, int]]) -> Int:
        """Return ``constant + sum of weight * value`` in one width: solvers normalize such sums."""
        terms = list(parts)
        ends = [sorted((weight * value.lo, weight * value.hi)) for value, weight in terms]
        lo, hi = constant + sum(low for low, _ in ends), constant + sum(high for _, high in ends)
        # Every partial sum lies between these bounds, in any order of the terms, so that none overflows.
        least = min(0, constant) + sum(min(0, low) for low, _ in ends)
        most = max(0, constant) + sum(max(0, high) for _, high in ends)
        widths = [signed_width(least, most), *(value.width for value, _ in terms)]
        width = max(widths)
        text = literal(constant, width)
        for value, weight in terms:
            text = f"(bvadd {text} (bvmul {_fit(value, width)} {literal(weight, width)}))"
        return self._int(text, lo, hi, *(value.text for value, _ in terms), width=width)

    def negated(self, a: Int) -> Int:
        return self.sub(self.const(0), a)

    def choose(self, condition: Bool, then: Int, other: Int) -> Int:
        lo, hi = min(then.lo, other.lo), max(then.hi, other.hi)
        width = signed_width(lo, hi)
        text = f"(ite {condition.text} {_fit(then, width)} {_fit(other, width)})"
        return self._int(text, lo, hi, condition.text, then.text, other.text)

    def minimum(self, a: Int, b: Int) -> Int:
        # Disjoint intervals decide the comparison.
        if a.hi <= b.lo or b.hi <= a.lo:
            return a if a.hi <= b.lo else b
        choice = self.choose(self.less_equal(a, b), a, b)
        return self.confined(choice, Range(min(a.lo, b.lo), min(a.hi, b.hi)))

    def maximum(self, a: Int, b: Int) -> Int:
        if a.lo >= b.hi or b.lo >= a.hi:
            return a if a.lo >= b.hi else b
        choice = self.choose(self.less_equal(b, a), a, b)
        return self.confined(choice, Range(max(a.lo, b.lo), max(a.hi, b.hi)))

    def floor_divmod(self, a: Int, b: Int) -> tuple[Int, Int]:
        """Return Python's ``a // b`` and ``a % b``; meaningless where b is 0."""
        most, size = max(abs(a.lo), abs(a.hi)), max(abs(b.lo), abs(b.hi))
        width = signed_width(min(a.lo, b.lo, -most - 1), max(a.hi, b.hi, most + 1))
        x, y = _fit(a, width), _fit(b, width)
        # bvsdiv rounds towards 0 and bvsrem has the sign of the dividend. Python rounds down, and its
        # remainder has the sign of the divisor: correct both where remainder and divisor have opposite signs.
        truncated = self._int(f"(bvsdiv {x} {y})", -most - 1, most + 1, a.text, b.text, width=width)
        remainder = self._int(f"(bvsrem {x} {y})", -size, size, a.text, b.text, width=width)
        zero = self.const(0)
        opposite = self.either([
            self.both([self.less(remainder, zero), self.less(zero, b)]),
            self.both([self.less(zero, remainder), self.less(b, zero)]),
        ])  # fmt: skip
        quotient = self.choose(opposite, self.sub(truncated, self.const(1)), truncated)
        remainder = self.choose(opposite, self.add(remainder, b), remainder)
        # A divisor that cannot be 0 bounds the quotient by the corners of the intervals.
        if b.lo > 0 or b.hi < 0:
            ends = [x // y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
            quotient = self.confined(quotient, Range(min(ends), max(ends)))
        return quotient, self.confined(remainder, Range(min(b.lo, 0), max(b.hi, 0)))

    def bitwise(self, operation: str, a: Int, b: Int) -> Int:
        """Return ``a & b``, ``a | b`` or ``a ^ b`` by bvand, bvor or bvxor."""
        width = max(a.width, b.width)
        # Two nonnegative operands have the sign bit 0, and so has every bitwise combination of them.
        lo = 0 if a.lo >= 0 and b.lo >= 0 else -(1 << width - 1)
        return self._binary(operation, a, b, lo, (1 << width - 1) - 1)

    def shift_left(self, a: Int, amount: Int) -> Int:
        # The result would need as many bits as the largest amount.
        if amount.hi > MOST_BITS:
            raise TooLargeError(f"a shift amount could be {amount.hi}, which is too large")
        lo, hi = min(a.lo, a.lo << max(amount.hi, 0)), max(a.hi, a.hi << max(amount.hi, 0))
        width = max(signed_width(lo, hi), amount.width)
        text = f"(bvshl {_fit(a, width)} {_fit(amount, width)})"
        return self._int(text, lo, hi, a.text, amount.text, width=width)

    def shift_right(self, a: Int, amount: Int) -> Int:
        # Shifting by more than MOST_BITS leaves 0 or -1, as shifting by MOST_BITS does.
        ends = [x >> min(max(y, 0), MOST_BITS) for x in (a.lo, a.hi) for y in (amount.lo, amount.hi)]
        lo, hi = min(ends), max(ends)
        width = max(a.width, amount.width)
        text = f"(bvashr {_fit(a, width)} {_fit(amount, width)})"
        return self._int(text, lo, hi, a.text, amount.text, width=width)

    def entry(self, values: Sequence[Int], index: Int, first: int) -> Int:
        """Return ``values[index - first]`` as a balanced tree of choices; outside, the nearest entry."""
        if len(values) == 1:
            return values[0]
        half = len(values) // 2
        below = self.less(index, self.const(first + half))
        left, right = self.entry(values[:half], index, first), self.entry(values[half:], index, first + half)
        return self.choose(below, left, right)

    def note_index(self, index: Int) -> None:
        """Note a variable that selects words: a hard query may be split by its values."""
        if index.text in self._variables:
            self._indices[index.text] = index

    @property
    def indices(self) -> Sequence[Int]:
        """The variables that select words, the one with the fewest values first."""
        return sorted(self._indices.values(), key=lambda index: index.hi - index.lo)

    def confined(self, a: Int, range_: Range) -> Int:
        """Return a value under the assumption that it lies in an interval.

        It is truncated to the bits that the interval needs, so a value outside becomes a different one.
        """
        lo, hi = max(a.lo, range_.lo), min(a.hi, range_.hi)
        # It never lies there, so the caller's assumption is false and any value is right.
        if lo > hi:
            return self.const(range_.lo)
        if (lo, hi) == (a.lo, a.hi):
            return a
        return self._int(_fit(a, signed_width(lo, hi)), lo, hi, a.text)

    def number(self, condition: Bool) -> Int:
        """Return a condition as 0 or 1."""
        return self.choose(condition, self.const(1), self.const(0))

    # conditions

    def equal(self, a: Int, b: Int) -> Bool:
        return self._comparison("=", a, b)

    def less(self, a: Int, b: Int) -> Bool:
        return self._comparison("bvslt", a, b)

    def less_equal(self, a: Int, b: Int) -> Bool:
        return self._comparison("bvsle", a, b)

    def outside(self, a: Int, range_: Range) -> Bool:
        """Return the condition that a value leaves a range."""
        return self.either([self.less(a, self.const(range_.lo)), self.less(self.const(range_.hi), a)])

    def nonzero(self, a: Int) -> Bool:
        return self.negation(self.equal(a, self.const(0)))

    def negation(self, condition: Bool) -> Bool:
        return self._bool(f"(not {condition.text})", condition.text)

    def both(self, conditions: Sequence[Bool]) -> Bool:
        return self._joined("and", conditions, TRUE)

    def either(self, conditions: Sequence[Bool]) -> Bool:
        return self._joined("or", conditions, FALSE)

    def differ(self, a: Bool, b: Bool) -> Bool:
        return self._bool(f"(xor {a.text} {b.text})", a.text, b.text)

    # questions

    def question(self, assumed: Sequence[Bool], asked: Sequence[Bool]) -> str:
        """Return a script that asks whether any of the conditions can hold while all assumed ones do."""
        # Only the cone of influence of the conditions: solvers parse and simplify everything they are given.
        needed = self._needed([condition.text for condition in (*assumed, *asked)])
        lines = [text for name, (text, _) in self._lines.items() if name in needed]
        asserted = [*(c.text for c in assumed), self._either_text(asked)]
        return "\n".join(["(set-logic QF_BV)", *lines, *(f"(assert {text})" for text in asserted)]) + "\n"

    def _either_text(self, conditions: Sequence[Bool]) -> str:
        texts = " ".join(condition.text for condition in conditions)
        return texts if len(conditions) == 1 else f"(or {texts})"

    def _needed(self, roots: Iterable[str]) -> set[str]:
        needed, pending = set[str](), [root for root in roots if root in self._lines]
        while pending:
            name = pending.pop()
            if name not in needed:
                needed.add(name)
                pending.extend(self._lines[name][1] - needed)
        return needed

    def signed(self, values: Mapping[str, int]) -> dict[str, int]:
        """Return the integers that a model's vectors encode; variables not in it get their least value."""
        integers = {}
        for name, variable in self._variables.items():
            value = values.get(name, variable.lo)
            top = 1 << variable.width - 1
            integers[name] = (value & (top << 1) - 1 ^ top) - top
        return integers

    # definitions

    def _binary(self, operation: str, a: Int, b: Int, lo: int, hi: int) -> Int:
        width = max(signed_width(lo, hi), a.width, b.width)
        text = f"({operation} {_fit(a, width)} {_fit(b, width)})"
        return self._int(text, lo, hi, a.text, b.text, width=width)

    def _comparison(self, relation: str, a: Int, b: Int) -> Bool:
        width = max(a.width, b.width)
        return self._bool(f"({relation} {_fit(a, width)} {_fit(b, width)})", a.text, b.text)

    def _joined(self, operation: str, conditions: Sequence[Bool], neutral: Bool) -> Bool:
        if len(conditions) < 2:
            return conditions[0] if conditions else neutral
        texts = [condition.text for condition in conditions]
        return self._bool(f"({operation} {' '.join(texts)})", *texts)

    def _int(self, text: str, lo: int, hi: int, *parts: str, width: int = 0) -> Int:
        """Define an integer by a text of the given width, by default that of its interval."""
        needed = signed_width(lo, hi)
        if width > needed:
            text = f"((_ extract {needed - 1} 0) {text})"
        return Int(self._defined(text, f"(_ BitVec {needed})", parts), lo, hi)

    def _bool(self, text: str, *parts: str) -> Bool:
        return Bool(self._defined(text, "Bool", parts))

    def _defined(self, text: str, sort: str, parts: Sequence[str]) -> str:
        """Return the name of a text, which is defined on its first use."""
        # Equal texts share one definition (common subexpressions).
        if text not in self._names:
            if len(self._lines) == self._most:
                raise TooLargeError(f"a step takes more than {self._most} definitions")
            name = self._names[text] = f"n{len(self._lines)}"
            used = frozenset(part for part in parts if part in self._lines)
            self._lines[name] = f"(define-fun {name} () {sort} {text})", used
        return self._names[text]


def _fit(a: Int, width: int) -> str:
    """Return a value's text sign-extended or truncated to a width."""
    if a.width == width:
        return a.text
    if a.lo == a.hi:
        return literal(a.lo, width)
    if a.width > width:
        return f"((_ extract {width - 1} 0) {a.text})"
    return f"((_ sign_extend {width - a.width}) {a.text})"
