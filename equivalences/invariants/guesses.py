"""Guesses: what held of all states that were seen, in a few shapes.

The shapes, each with the states seen as its only evidence:

- a register is a linear combination of others and of figures of arrays (all dependencies, by elimination);
- a register's range is narrower than its declared one;
- two words are in an order, or differ, or sum up, by so much at most;
- a combination of two or three registers with weights 1 and -1 is constant modulo 2 or a register's size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product

import numpy as np

from streamssm.equivalences.invariants.dependencies import Dependency, dependencies
from streamssm.equivalences.invariants.features import (
    Column,
    Feature,
    array_figures,
    array_words,
    linear,
    scalars,
)
from streamssm.equivalences.proving.relation import Claim, same, within
from streamssm.program.program import Program
from streamssm.program.ranges import Range

MOST_COLUMNS = 160  # of an elimination
MOST_FOR_TRIPLES = 12
SMALL_GAP = 1  # a bound of a difference up to here is a guess


def guesses(program: Program, states: Sequence[Sequence[int]]) -> tuple[Claim, ...]:
    """Return what held of all states, the plainest shapes first."""
    table = np.array([tuple(state) for state in states], dtype=object).reshape(len(states), -1)
    found = (claim for shape in SHAPES for claim in shape(program, table))
    return tuple(dict.fromkeys(found))


def _equations(program: Program, table: Column) -> Iterator[Claim]:
    """Yield registers as combinations of what stands before them: figures of arrays, then words."""
    features = [*array_figures(program, table), *array_words(program, table), *scalars(program, table)]
    if len(features) > MOST_COLUMNS:
        features = [*array_figures(program, table), *scalars(program, table)]
    if len(features) > MOST_COLUMNS:
        return
    rows = np.column_stack([np.ones(len(table), dtype=object), *(f.column for f in features)]).tolist()
    for found in dependencies(rows):
        yield _equation(found, features)


def _equation(found: Dependency, features: Sequence[Feature]) -> Claim:
    weights = dict(found.weights)
    constant = weights.pop(0, 0)
    parts = [(features[column - 1].expression, weight) for column, weight in weights.items()]
    left = linear(0, [(features[found.column - 1].expression, found.times)])
    return same(left, linear(constant, parts))


def _ranges(program: Program, table: Column) -> Iterator[Claim]:
    """Yield both ends of what each word was, where that is less than its range."""
    groups = [[place] for place in range(len(program.scalars))]
    groups += [list(array.places) for array in program.arrays]
    for group in groups:
        values, seen = program.registers[group[0]].range, table[:, group]
        for place in group:
            yield from _ends(("a", place), Range(seen.min(), seen.max()), values)


def _ends(expression: Claim, seen: Range, values: Range) -> Iterator[Claim]:
    if seen.lo > values.lo:
        yield within(expression, Range(seen.lo, values.hi))
    if seen.hi < values.hi:
        yield within(expression, Range(values.lo, seen.hi))


def _orders(program: Program, table: Column) -> Iterator[Claim]:
    """Yield bounds of differences and sums: of scalars, of scalars and figures, of neighbours in arrays."""
    single, figures = _moving(scalars(program, table)), _moving(array_figures(program, table))
    for a, b in [*combinations(single, 2), *product(single, figures)]:
        yield from _bounds(program, linear(0, [(a.expression, 1), (b.expression, -1)]), a.column - b.column)
        yield from _sum_bounds(program, a, b)
    words = {feature.expression: feature for feature in array_words(program, table)}
    for array in program.arrays:
        inner = [words["a", place] for place in array.places]
        pairs = [*zip(inner, inner[1:], strict=False), *product(inner, single)]
        for a, b in pairs:
            yield from _bounds(
                program, linear(0, [(a.expression, 1), (b.expression, -1)]), a.column - b.column
            )


def _moving(features: Sequence[Feature]) -> list[Feature]:
    return [feature for feature in features if not feature.is_constant]


def _bounds(program: Program, expression: Claim, column: Column) -> Iterator[Claim]:
    """Yield that a difference is at least or at most about 0, where it was."""
    seen, declared = Range(column.min(), column.max()), _declared(program, expression)
    if -SMALL_GAP <= seen.lo <= SMALL_GAP and seen.lo > declared.lo:
        yield within(expression, Range(seen.lo, declared.hi))
    if -SMALL_GAP <= seen.hi <= SMALL_GAP and seen.hi < declared.hi:
        yield within(expression, Range(declared.lo, seen.hi))


def _sum_bounds(program: Program, a: Feature, b: Feature) -> Iterator[Claim]:
    """Yield that a sum was less than its parts could make."""
    expression, column = linear(0, [(a.expression, 1), (b.expression, 1)]), a.column + b.column
    yield from _ends(expression, Range(column.min(), column.max()), _declared(program, expression))


def _declared(program: Program, expression: Claim) -> Range:
    """Return what an expression can be, going by the registers' ranges."""
    if isinstance(expression, int):
        return Range(expression, expression)
    if expression[0] == "a":
        return program.registers[expression[1]].range
    if expression[0] != "sum":
        return Range(0, 1)
    lo = hi = expression[1]
    for part, weight in expression[2]:
        values = _declared(program, part)
        ends = (weight * values.lo, weight * values.hi)
        lo, hi = lo + min(ends), hi + max(ends)
    return Range(lo, hi)


def _congruences(program: Program, table: Column) -> Iterator[Claim]:
    """Yield combinations that are constant modulo a number, and are not constant by themselves."""
    moving = _moving([*scalars(program, table), *array_figures(program, table)])
    moduli = sorted({2, *(word.range.size for word in program.registers)} - {1})
    sizes = (1, 2, 3) if len(moving) <= MOST_FOR_TRIPLES else (1, 2)
    for size in sizes:
        for chosen in combinations(moving, size):
            for signs in product((1, -1), repeat=size - 1):
                yield from _congruent(chosen, (1, *signs), moduli)


def _congruent(chosen: Sequence[Feature], signs: Sequence[int], moduli: Sequence[int]) -> Iterator[Claim]:
    column = sum(feature.column * sign for feature, sign in zip(chosen, signs, strict=True))
    if (column == column[0]).all():
        return
    expression = linear(0, [(feature.expression, sign) for feature, sign in zip(chosen, signs, strict=True)])
    for modulus in moduli:
        rests = column % modulus
        if (rests == rests[0]).all():
            yield same(("mod", expression, modulus), int(rests[0]))


SHAPES: tuple[Callable[[Program, Column], Iterator[Claim]], ...] = (
    _equations,
    _ranges,
    _orders,
    _congruences,
)
