"""Random terms beside the columns of values that they must have, for every rule that makes terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from itertools import product as every
from random import Random

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.smt.smtlib import _Writer, literal, width_of
from streamssm.equivalences.smt.term import Form, Kind, Term, cone
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.ranges import BIT, Range

Column = NDArray[np.int64]
Grown = tuple[Term, Column]

SMALL = ((0, 5), (-3, 4), (0, 1), (-6, -5))  # few enough for all their values
LARGE = ((0, 7), (0, 12), (-4, 3), (0, 1), (0, 1), (-9, 20), (0, 255), (-70, -3))
SAMPLES = 48
MOST = 1 << 40  # no column leaves 64 bits
WEIGHTS = (1, 1, 1, -1, -1, 2, 4, -8, 3, 16, -6)


class Pool:
    """Terms over a few variables, with their values on some rows.

    The rows are all values of small variables, or some of larger ones, or only those on which a linear
    assumption holds. A range of a term's values on the rows is a fact, as ranges that the solver shows are.
    """

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)
        self.t = Terms()
        ranges = SMALL if seed % 2 else LARGE
        rows = list(every(*(range(lo, hi + 1) for lo, hi in SMALL))) if seed % 2 else self._drawn()
        if seed % 3 == 0:
            weights = [self.draw.randint(-2, 2) for _ in ranges]
            middle = sum(w * (lo + hi) // 2 for w, (lo, hi) in zip(weights, ranges, strict=True))
            rows = [row for row in rows if sum(w * x for w, x in zip(weights, row, strict=True)) >= middle]
        self.inputs = [self.t.var(f"v{i}", Range(lo, hi)) for i, (lo, hi) in enumerate(ranges)]
        columns = np.array(rows, dtype=np.int64).reshape(len(rows), len(ranges)).T
        self.columns = {x.name: column for x, column in zip(self.inputs, columns, strict=True)}
        self.found: list[Grown] = [(x, self.columns[x.name]) for x in self.inputs]

    def _drawn(self) -> list[tuple[int, ...]]:
        ends = [tuple(ends) for ends in every(*LARGE[:4])]
        rows = [(*row, *(self.draw.choice(r) for r in LARGE[4:])) for row in self.draw.sample(ends, 8)]
        return rows + [tuple(self.draw.randint(*r) for r in LARGE) for _ in range(SAMPLES)]

    @property
    def num_rows(self) -> int:
        return len(self.found[0][1])

    def grow(self, rules: Mapping[str, Rule], steps: int) -> None:
        names = list(rules)
        for _ in range(steps):
            self.add(rules[self.draw.choice(names)](self))

    def add(self, made: Grown | None) -> None:
        if made is not None and Range(-MOST, MOST).covers(made[0].range):
            self.found.append(made)

    def pick(self, fits: Callable[[Term], bool] = lambda term: True) -> Grown:
        """Return a term that fits, most often a late one; a variable may do if none of them fits."""
        fitting = [made for made in self.found if fits(made[0])]
        return self.draw.choice(fitting[-9:] if self.draw.random() < 0.6 else fitting)

    def word(self) -> Grown:
        return self.pick(lambda term: term.range.size < 1 << 20)

    def condition(self) -> Grown:
        return self.pick(lambda term: BIT.covers(term.range))

    def natural(self) -> Grown:
        return self.pick(lambda term: term.range.lo >= 0)

    def small(self) -> Grown:
        return self.pick(lambda term: term.range.size <= 40)

    def const(self, value: int) -> Grown:
        return self.t.const(value), np.full(self.num_rows, value, dtype=np.int64)

    def equal_word(self, column: Column, values: Range) -> Term:
        """Return a new variable of wide range that has a column's values, as if the solver had shown it."""
        wide = Range(values.lo - self.draw.randint(0, 9), values.hi + self.draw.randint(1, 9))
        found = self.t.var(f"v{len(self.columns)}", wide)
        self.columns[found.name] = column
        return found

    def values(self, roots: Iterable[Term]) -> dict[Term, Column]:
        return columns_of(roots, self.columns, self.num_rows)


Rule = Callable[[Pool], Grown | None]


def columns_of(roots: Iterable[Term], inputs: Mapping[str, Column], num_rows: int) -> dict[Term, Column]:
    """Return the columns of all terms that the roots are made of, by what each kind is defined to be."""
    found: dict[Term, Column] = {}
    for term in cone(roots):
        if term.kind is Kind.VAR:
            found[term] = inputs[term.name]
        elif term.kind is Kind.CONST:
            found[term] = np.full(num_rows, term.value, dtype=np.int64)
        else:
            found[term] = _DEFINITIONS[term.kind](term, [found[arg] for arg in term.args])
    return found


def column_of(form: Form, columns: Mapping[Term, Column], num_rows: int) -> Column:
    return summed(form[0], ((weight, columns[atom]) for atom, weight in form[1]), num_rows)


def summed(constant: int, parts: Iterable[tuple[int, Column]], num_rows: int) -> Column:
    """Return a constant plus multiples of columns."""
    total: Column = np.full(num_rows, constant, dtype=np.int64)
    for weight, column in parts:
        total += weight * column
    return total


def _sum(term: Term, args: list[Column]) -> Column:
    constant, weights = term.weights
    return summed(constant, zip(weights, args, strict=True), len(args[0]))


def _and(term: Term, args: list[Column]) -> Column:
    assert all(((x == 0) | (x == 1)).all() for x in args)
    return reduce(np.minimum, args)


def _ite(term: Term, args: list[Column]) -> Column:
    assert ((args[0] == 0) | (args[0] == 1)).all()
    return np.where(args[0] == 1, args[1], args[2])


def _extract(term: Term, args: list[Column]) -> Column:
    assert (args[0] >= 0).all()
    low, bits = term.bit_slice
    return args[0] // (1 << low) % (1 << bits)


def _table(term: Term, args: list[Column]) -> Column:
    first, entries = term.entries
    assert ((args[0] >= first) & (args[0] < first + len(entries))).all()
    return np.array(entries, dtype=np.int64)[args[0] - first]


_DEFINITIONS: dict[Kind, Callable[[Term, list[Column]], Column]] = {
    Kind.SUM: _sum,
    Kind.GE0: lambda term, args: (args[0] >= 0).astype(np.int64),
    Kind.EQ0: lambda term, args: (args[0] == 0).astype(np.int64),
    Kind.AND: _and,
    Kind.ITE: _ite,
    Kind.EXTRACT: _extract,
    Kind.BITAND: lambda term, args: args[0] & args[1],
    Kind.BITOR: lambda term, args: args[0] | args[1],
    Kind.BITXOR: lambda term, args: reduce(np.bitwise_xor, args),
    Kind.TABLE: _table,
}


def require_exact(pool: Pool, made: Iterable[Grown]) -> None:
    """Require that terms have their columns, and that every term below them stays in its range."""
    wanted = list(made)
    columns = pool.values([term for term, _ in wanted])
    for term, column in columns.items():
        assert term.range.lo <= column.min() and column.max() <= term.range.hi, term
    for term, column in wanted:
        assert (columns[term] == column).all(), term


def script_of(pool: Pool, made: Iterable[Grown], row: int) -> str:
    """Return SMT-LIB text that can be satisfied only if some term is unlike its column on a row."""
    writer = _Writer(frozenset())
    writer.script([])
    columns = pool.values([term for term, _ in made])
    for term in columns:
        writer._define(term)
    fixed, unlike = list[str](), list[str]()
    for term, column in columns.items():
        if term.kind is not Kind.CONST:
            equal = f"(= {writer.names[term]} {literal(int(column[row]), width_of(term.range))})"
            (fixed if term.kind is Kind.VAR else unlike).append(equal)
    lines = [*writer.lines, *(f"(assert {equal})" for equal in fixed)]
    lines.append(f"(assert (not (and true true {' '.join(unlike)})))")
    return "\n".join(lines) + "\n"
