"""Guesses: what held of all states that were seen, in a few shapes.

The shapes, each with the states seen as its only evidence:

- a register is a linear combination of others and of figures of arrays (all dependencies, by elimination);
- a register's range is narrower than its declared one;
- two words are in an order, or differ, or sum up, by so much at most;
- a combination of up to three registers with weights 1 and -1 leaves one rest by some number.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product

import numpy as np

from streamssm.equivalences.assumptions.features import (
    Column,
    Feature,
    array_figures,
    array_sums,
    array_words,
    declared,
    linear,
    scalars,
    sum_of,
    sums_below,
    word,
)
from streamssm.equivalences.proving.arithmetic_expressions import Constant, Mod
from streamssm.equivalences.proving.candidates import MOST_COLUMNS, congruences
from streamssm.equivalences.proving.expression import Expression
from streamssm.equivalences.proving.linear_relations import Dependency, dependencies
from streamssm.equivalences.proving.state_claims import Claim, Same, Within
from streamssm.ir.ranges import Range
from streamssm.program.program import Program

MOST_FOR_TRIPLES = 12
ANY_STATES = 40
SMALL_GAP = 1  # a bound of a difference up to here is a guess


def guesses(program: Program, states: Sequence[Sequence[int]]) -> Iterator[tuple[Claim, ...]]:
    """Yield what held of all states: one shape, then that and the next, the plainest first."""
    table = np.array([tuple(state) for state in states], dtype=object).reshape(len(states), -1)
    found: dict[Claim, None] = {}
    for shape in SHAPES:
        more = [claim for claim in shape(program, table) if claim not in found]
        found.update(dict.fromkeys(more))
        if more:
            yield tuple(found)


def _equations(program: Program, table: Column) -> Iterator[Claim]:
    """Yield registers as combinations of what stands before them: words of arrays, then figures of them."""
    kinds = [array_words, array_figures, sums_below, scalars]
    if len(program.registers) > MOST_COLUMNS // 2:
        kinds.remove(array_words)
    features = [feature for kind in kinds for feature in kind(program, table)]
    if len(features) > MOST_COLUMNS:
        return
    any_states = _any_states(program)
    elsewhere = [feature for kind in kinds for feature in kind(program, any_states)]
    for found in dependencies(_rows(features)):
        if not all(found.holds(row) for row in _rows(elsewhere)):  # else it says nothing
            yield _equation(program, found, features)


def _rows(features: Sequence[Feature]) -> list[list[int]]:
    columns = [feature.column for feature in features]
    return np.column_stack([np.ones(len(columns[0]), dtype=object), *columns]).tolist() if columns else []


def _any_states(program: Program) -> Column:
    """Return random states, whether they can be reached or not."""
    draw = random.Random(0)
    rows = [[draw.randint(w.range.lo, w.range.hi) for w in program.registers] for _ in range(ANY_STATES)]
    return np.array(rows, dtype=object).reshape(ANY_STATES, -1)


def _equation(program: Program, found: Dependency, features: Sequence[Feature]) -> Claim:
    weights = dict(found.weights)
    constant = weights.pop(0, 0)
    parts = {features[column - 1].expression: weight for column, weight in weights.items()}
    for array in program.arrays:
        words = [word(place) for place in array.places]
        if len({parts.get(part, 0) for part in words}) == 1 and words[0] in parts:
            total = [parts.pop(part) for part in words]
            parts[sum_of(array)] = total[0]
    left = linear(0, [(features[found.column - 1].expression, found.times)])
    return Same(left, linear(constant, list(parts.items())))


def _ranges(program: Program, table: Column) -> Iterator[Claim]:
    """Yield both ends of what each word was, where that is less than its range."""
    groups = [[place] for place in range(len(program.scalars))]
    groups += [list(array.places) for array in program.arrays]
    for group in groups:
        values, seen = program.registers[group[0]].range, table[:, group]
        for place in group:
            yield from _ends(word(place), Range(seen.min(), seen.max()), values)


def _ends(expression: Expression, seen: Range, values: Range) -> Iterator[Claim]:
    if seen.lo > values.lo:
        yield Within(expression, Range(seen.lo, values.hi))
    if seen.hi < values.hi:
        yield Within(expression, Range(values.lo, seen.hi))


def _orders(program: Program, table: Column) -> Iterator[Claim]:
    """Yield bounds of differences and sums: of scalars, of scalars and figures, of neighbours in arrays."""
    single, figures = _moving(scalars(program, table)), _moving(array_figures(program, table))
    for a, b in combinations(single, 2):
        yield from _sum_bounds(program, a, b)
    words = {feature.expression: feature for feature in array_words(program, table)}
    pairs = [*combinations(single, 2), *product(single, figures)]
    for array in program.arrays:
        inner = [words[word(place)] for place in array.places]
        pairs += [*zip(inner, inner[1:], strict=False), *product(inner, single)]
    for a, b in pairs:
        yield from _bounds(program, linear(0, [(a.expression, 1), (b.expression, -1)]), a.column - b.column)


def _moving(features: Sequence[Feature]) -> list[Feature]:
    return [feature for feature in features if not feature.is_constant]


def _bounds(program: Program, expression: Expression, column: Column) -> Iterator[Claim]:
    """Yield that a difference is at least or at most about 0, where it was."""
    seen, values = Range(column.min(), column.max()), declared(program, expression)
    if seen.is_constant:  # an equation, which was found as such
        return
    if -SMALL_GAP <= seen.lo <= SMALL_GAP and seen.lo > values.lo:
        yield Within(expression, Range(seen.lo, values.hi))
    if -SMALL_GAP <= seen.hi <= SMALL_GAP and seen.hi < values.hi:
        yield Within(expression, Range(values.lo, seen.hi))


def _sum_bounds(program: Program, a: Feature, b: Feature) -> Iterator[Claim]:
    """Yield that a sum was less than its parts could make."""
    expression, column = linear(0, [(a.expression, 1), (b.expression, 1)]), a.column + b.column
    yield from _ends(expression, Range(column.min(), column.max()), declared(program, expression))


def _congruences(program: Program, table: Column) -> Iterator[Claim]:
    """Yield combinations that leave one rest by some number."""
    moving = _moving([*scalars(program, table), *array_sums(program, table)])
    moduli = sorted({register.range.size for register in program.scalars} - {1}, reverse=True)
    sizes = (1, 2, 3) if len(moving) <= MOST_FOR_TRIPLES else (1, 2)
    for size in sizes:
        for chosen in combinations(moving, size):
            for signs in product((1, -1), repeat=size - 1):
                yield from _congruent(chosen, (1, *signs), moduli)


def _congruent(chosen: Sequence[Feature], signs: Sequence[int], moduli: Sequence[int]) -> Iterator[Claim]:
    """Yield the rest by the largest number that there is; by a few numbers where nothing ever changed.

    It may take long streams to see a change, as where two places in a ring are first told apart at its end.
    """
    column = sum(feature.column * sign for feature, sign in zip(chosen, signs, strict=True))
    expression = linear(0, [(feature.expression, sign) for feature, sign in zip(chosen, signs, strict=True)])
    if len(set(column)) > 1:
        yield from congruences(expression, column)
    else:
        yield from (Same(Mod(expression, modulus), Constant(int(column[0] % modulus))) for modulus in moduli)


SHAPES: tuple[Callable[[Program, Column], Iterator[Claim]], ...] = (
    _equations,
    _ranges,
    _orders,
    _congruences,
)
