"""The normal form keeps values and ranges, and makes equal what is written in different ways."""

from __future__ import annotations

from random import Random

import pytest

from streamssm.equivalences.proving.sat_sweeping import SatSweep
from streamssm.equivalences.smt.digit_arithmetic import product
from streamssm.equivalences.smt.evaluation import values_of
from streamssm.equivalences.smt.linear_regions import vanishes
from streamssm.equivalences.smt.solver import Solver
from streamssm.equivalences.smt.term import Kind, Term, far_from
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.ranges import BIT, Range
from tests.soak import examples

pytest.importorskip("bitwuzla", reason="the extra prove")


class Grower:
    """Grows random terms beside what they must be worth."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)
        self.t = Terms()
        widths = ((0, 7), (0, 12), (-4, 3), (0, 1), (0, 1), (-9, 20))
        self.inputs = [self.t.var(f"v{i}", Range(lo, hi)) for i, (lo, hi) in enumerate(widths)]
        self.samples = [[self.draw.randint(x.range.lo, x.range.hi) for x in self.inputs] for _ in range(24)]
        self.pool = [(x, [row[i] for row in self.samples]) for i, x in enumerate(self.inputs)]

    def grow(self, steps: int) -> None:
        for _ in range(steps):
            entry = getattr(self, self.draw.choice(RULES))()
            if entry is not None and entry[0].range.hi < 1 << 40 and entry[0].range.lo > -(1 << 40):
                self.pool.append(entry)

    def pick(self) -> tuple[Term, list[int]]:
        return self.draw.choice(self.pool[-12:] if self.draw.random() < 0.7 else self.pool)

    def condition(self) -> tuple[Term, list[int]]:
        conditions = [entry for entry in self.pool if BIT.covers(entry[0].range)]
        return self.draw.choice(conditions)

    def natural(self) -> tuple[Term, list[int]]:
        return self.draw.choice([entry for entry in self.pool if entry[0].range.lo >= 0])

    def sum(self):
        parts = [
            (self.pick(), self.draw.choice((1, 1, -1, 2, 4, -8, 3))) for _ in range(self.draw.randint(1, 3))
        ]
        constant = self.draw.randint(-9, 9)
        values = [constant + sum(w * v[k] for (_, v), w in parts) for k in range(len(self.samples))]
        return self.t.sum(constant, [(x, w) for (x, _), w in parts]), values

    def ge0(self):
        x, v = self.sum()
        return self.t.ge0(x), [int(value >= 0) for value in v]

    def eq0(self):
        (x, v), (y, w) = self.pick(), self.pick()
        return self.t.eq0(self.t.sub(x, y)), [int(p == q) for p, q in zip(v, w, strict=True)]

    def ite(self):
        (c, u), (x, v), (y, w) = self.condition(), self.pick(), self.pick()
        return self.t.ite(c, x, y), [p if test else q for test, p, q in zip(u, v, w, strict=True)]

    def and_(self):
        (x, v), (y, w) = self.condition(), self.condition()
        return self.t.and_([x, self.t.not_(y)]), [int(p and not q) for p, q in zip(v, w, strict=True)]

    def max(self):
        (x, v), (y, w) = self.pick(), self.pick()
        return self.t.max(x, y), [max(p, q) for p, q in zip(v, w, strict=True)]

    def min(self):
        (x, v), (y, w) = self.pick(), self.pick()
        return self.t.min(x, y), [min(p, q) for p, q in zip(v, w, strict=True)]

    def extract(self):
        (x, v), low, bits = self.natural(), self.draw.randint(0, 4), self.draw.randint(1, 4)
        return self.t.extract(x, low, bits), [p >> low & (1 << bits) - 1 for p in v]

    def low_bits(self):
        (x, v), bits = self.pick(), self.draw.randint(0, 4)
        return self.t.low_bits(x, bits), [p % (1 << bits) for p in v]

    def shift_right(self):
        (x, v), amount = self.pick(), self.draw.randint(0, 4)
        return self.t.shift_right(x, amount), [p >> amount for p in v]

    def bitwise(self):
        (x, v), (y, w) = self.pick(), self.pick()
        kind = self.draw.choice((Kind.BITAND, Kind.BITOR, Kind.BITXOR))
        rule = {Kind.BITAND: int.__and__, Kind.BITOR: int.__or__, Kind.BITXOR: int.__xor__}[kind]
        return self.t.bitwise(kind, x, y), [rule(p, q) for p, q in zip(v, w, strict=True)]

    def table(self):
        x, v = self.pick()
        if x.range.size > 64:
            return None
        entries = tuple(self.draw.randint(-9, 9) for _ in range(x.range.size))
        return self.t.table(x, x.range.lo, entries), [entries[p - x.range.lo] for p in v]

    def product(self):
        (x, v), (y, w) = self.pick(), self.pick()
        if max(x.range.size, y.range.size) > 1 << 12:
            return None
        return product(self.t, x, y), [p * q for p, q in zip(v, w, strict=True)]


RULES = (
    "sum", "sum", "ge0", "ge0", "eq0", "ite", "ite", "and_", "max", "min", "extract", "low_bits",
    "shift_right", "bitwise", "table", "product",
)  # fmt: skip


def require_values(grower: Grower, terms: list[Term], expected: list[list[int]]) -> None:
    for k, row in enumerate(grower.samples):
        values = values_of(terms, {f"v{i}": value for i, value in enumerate(row)})
        assert all(term.range.holds(value) for term, value in values.items())
        assert [values[term] for term in terms] == [column[k] for column in expected]


@pytest.mark.soak
def test_values_and_ranges() -> None:
    for seed in range(examples(150)):
        grower = Grower(seed)
        grower.grow(40)
        require_values(grower, [x for x, _ in grower.pool], [v for _, v in grower.pool])


@pytest.mark.soak
def test_the_solver_reads_the_same() -> None:
    with Solver(60) as solver:
        for seed in range(examples(25)):
            grower = Grower(seed)
            grower.grow(30)
            t, row = grower.t, grower.samples[0]
            given = [t.eq0(t.shifted(x, -v)) for x, v in zip(grower.inputs, row, strict=True)]
            unlike = t.or_(t.not_(t.eq0(t.shifted(x, -v[0]))) for x, v in grower.pool)
            assert solver.ask([*given, unlike]).result == "unsat"
            assert solver.ask(given).result == "sat"


@pytest.mark.soak
def test_what_vanishes_is_zero() -> None:
    num_shown = 0
    for seed in range(examples(60)):
        grower = Grower(seed)
        grower.grow(25)
        for x, v in grower.pool:
            for y, w in grower.pool[-6:]:
                if x is not y and vanishes(grower.t.sub(x, y), 16):
                    assert v == w
                    num_shown += 1
    assert num_shown


@pytest.mark.soak
def test_conditions_that_vanish_are_never_true() -> None:
    num_shown = 0
    for seed in range(examples(20)):
        grower = Grower(seed)
        grower.grow(25)
        bits = [(x, v) for x, v in grower.pool if BIT.covers(x.range) and not x.is_const][-8:]
        for x, v in bits:
            for y, w in bits:
                either = [(grower.t.and_([x, y]), [a and b for a, b in zip(v, w, strict=True)])]
                either.append(
                    (grower.t.and_([x, grower.t.not_(y)]), [a > b for a, b in zip(v, w, strict=True)])
                )
                for condition, values in either:
                    if not condition.is_const and vanishes(condition):
                        assert not any(values)
                        num_shown += 1
    assert num_shown


def test_choices_and_equalities_that_cancel() -> None:
    """Sums over an array after a store, less what the store changed: a thing that only cuts can show."""
    t = Terms()
    words = [t.var(f"w{i}", Range(0, 9)) for i in range(6)]
    index, value = t.var("place", Range(0, 5)), t.var("value", Range(0, 9))
    hits = [t.eq0(t.shifted(index, -i)) for i in range(6)]
    after = [t.ite(hit, value, word) for hit, word in zip(hits, words, strict=True)]
    old = t.pick(words, index, 0)
    total = t.sum(0, [*((w, 1) for w in after), *((w, -1) for w in words), (old, 1), (value, -1)])
    assert vanishes(t.not_(t.eq0(total))) and not vanishes(t.not_(t.eq0(t.shifted(total, 1))))
    flags = [t.not_(t.eq0(w)) for w in words], [t.not_(t.eq0(w)) for w in after]
    gap = [(t.not_(t.eq0(old)), 1), (t.not_(t.eq0(value)), -1)]
    count = t.sum(0, [*((f, 1) for f in flags[1]), *((f, -1) for f in flags[0]), *gap])
    assert vanishes(t.not_(t.eq0(count))) and not vanishes(t.not_(t.eq0(t.sum(0, [(count, 1), gap[0]]))))


@pytest.mark.soak
def test_joining_terms_changes_no_value() -> None:
    with Solver(5) as solver:
        for seed in range(examples(6)):
            grower = Grower(seed)
            grower.grow(25)
            terms = [x for x, _ in grower.pool]
            first, second = SatSweep(grower.t, solver, (), 10.0).run(terms[::2], terms[1::2])
            require_values(grower, [*first, *second], [v for _, v in grower.pool[::2] + grower.pool[1::2]])


@pytest.mark.soak
def test_what_is_near_shows_nothing_wrong() -> None:
    """Conditions that hold somewhere are never refuted, however little of them is told."""
    shown = 0
    with Solver(5) as solver:
        for seed in range(examples(12)):
            grower = Grower(seed)
            grower.grow(40)
            for condition, values in [entry for entry in grower.pool if BIT.covers(entry[0].range)][6:]:
                for steps in (1, 2, 4):
                    answer = solver.ask([condition], 5.0, far_from([condition], steps))
                    assert answer.result != "unsat" or not any(values)
                    shown += answer.result == "unsat"
    assert shown


def test_digits_come_off_and_together() -> None:
    t = Terms()
    x = t.var("x", Range(0, 255))
    rest, digits = x, []
    for bit in range(7, -1, -1):
        digit = t.ge0(t.shifted(rest, -(1 << bit)))
        assert digit is t.extract(x, bit, 1)
        digits.append((digit, 1 << bit))
        rest = t.sum(0, [(rest, 1), (digit, -(1 << bit))])
    assert rest is t.const(0)
    assert t.sum(0, digits) is x


def test_the_upper_bits_come_off_an_exclusive_or() -> None:
    t = Terms()
    x, y = (t.var(name, Range(0, 255)) for name in "xy")
    both = t.bitwise(Kind.BITXOR, x, y)
    for bits in (1, 3):
        upper = t.extract(both, 8 - bits, bits)
        assert t.sum(1, [(both, 3), (upper, -3 << 8 - bits)]) is t.sum(1, [(t.extract(both, 0, 8 - bits), 3)])


def test_exclusive_or_is_one_form() -> None:
    t = Terms()
    x, y, z = (t.var(name, Range(0, 255)) for name in "xyz")
    one = t.bitwise(Kind.BITXOR, t.bitwise(Kind.BITXOR, x, y), z)
    two = t.bitwise(Kind.BITXOR, x, t.bitwise(Kind.BITXOR, z, y))
    assert one is two
    assert t.bitwise(Kind.BITXOR, one, z) is t.bitwise(Kind.BITXOR, x, y)


def test_what_is_known_of_a_product_is_known_of_sums() -> None:
    t = Terms()
    x, y = t.var("x", Range(-8, 7)), t.var("y", Range(0, 200))
    square = product(t, x, x)
    assert square.range == Range(0, 64)
    assert t.sum(-3, [(square, 1), (y, 1)]).range == Range(-3, 261)
    assert t.sum(0, [(square, -2), (y, 1)]).range == Range(-128, 200)
    assert t.min(t.sum(0, [(square, 1), (y, 1)]), t.const(264)) is t.sum(0, [(square, 1), (y, 1)])
    assert product(t, x, t.shifted(y, -100)).range == Range(-800, 800)


def test_a_choice_of_equal_values_is_none() -> None:
    t = Terms()
    x, c = t.var("x", Range(0, 9)), t.var("c", BIT)
    assert t.ite(c, t.ite(c, x, t.const(3)), x) is x
    assert t.max(x, t.const(4)) is t.max(t.const(4), x)
    assert t.max(t.const(0), t.shifted(x, -4)).range == Range(0, 5)
