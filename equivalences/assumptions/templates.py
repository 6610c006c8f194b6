"""Candidate invariants: instances of templates that hold in all sampled states (in the style of Daikon).

The templates:

- a register is a linear combination of others and of array aggregates (all dependencies, by elimination);
- a register's range is narrower than its declared one;
- two words are ordered, or their difference or sum is bounded;
- a combination of up to three registers with weights 1 and -1 is constant modulo some number.

Source: Ernst et al., *The Daikon system for dynamic detection of likely invariants*, 2007.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product

import numpy as np

from streamssm.equivalences.assumptions.features import (
    Column,
    Feature,
    array_aggregates,
    array_sums,
    array_words,
    declared_range,
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

MOST_FOR_TRIPLES = 12  # features; with more, combinations of three would be too many
NUM_ARBITRARY_STATES = 40
SMALL_GAP = 1  # other bounds of a difference are rarely inductive


def candidate_invariants(program: Program, states: Sequence[Sequence[int]]) -> Iterator[tuple[Claim, ...]]:
    """Yield the claims that hold in all states: for the first template, then for the first two, and so on."""
    table = np.array([tuple(state) for state in states], dtype=object).reshape(len(states), -1)
    candidates: dict[Claim, None] = {}
    for template in TEMPLATES:
        more = [claim for claim in template(program, table) if claim not in candidates]
        candidates.update(dict.fromkeys(more))
        if more:
            yield tuple(candidates)


def _equations(program: Program, table: Column) -> Iterator[Claim]:
    """Yield features as linear combinations of earlier ones: array words, aggregates of arrays, scalars."""
    kinds = [array_words, array_aggregates, sums_below, scalars]
    if len(program.registers) > MOST_COLUMNS // 2:
        kinds.remove(array_words)
    features = [feature for kind in kinds for feature in kind(program, table)]
    if len(features) > MOST_COLUMNS:
        return
    arbitrary = _arbitrary_states(program)
    elsewhere = [feature for kind in kinds for feature in kind(program, arbitrary)]
    for dependency in dependencies(_rows(features)):
        # an equation that holds in arbitrary states, reachable or not, is a tautology of the features
        if not all(dependency.holds(row) for row in _rows(elsewhere)):
            yield _equation(program, dependency, features)


def _rows(features: Sequence[Feature]) -> list[list[int]]:
    columns = [feature.column for feature in features]
    return np.column_stack([np.ones(len(columns[0]), dtype=object), *columns]).tolist() if columns else []


def _arbitrary_states(program: Program) -> Column:
    """Return random states, reachable or not."""
    draw = random.Random(0)
    rows = [
        [draw.randint(w.range.lo, w.range.hi) for w in program.registers] for _ in range(NUM_ARBITRARY_STATES)
    ]
    return np.array(rows, dtype=object).reshape(NUM_ARBITRARY_STATES, -1)


def _equation(program: Program, dependency: Dependency, features: Sequence[Feature]) -> Claim:
    """Return a dependency as a claim, with the sum of an array instead of equally weighted words."""
    weights = dict(dependency.weights)
    constant = weights.pop(0, 0)
    parts = {features[column - 1].expression: weight for column, weight in weights.items()}
    for array in program.arrays:
        words = [word(index) for index in array.places]
        if len({parts.get(part, 0) for part in words}) == 1 and words[0] in parts:
            total = [parts.pop(part) for part in words]
            parts[sum_of(array)] = total[0]
    left = linear(0, [(features[dependency.column - 1].expression, dependency.times)])
    return Same(left, linear(constant, list(parts.items())))


def _ranges(program: Program, table: Column) -> Iterator[Claim]:
    """Yield the observed bounds of each word that are tighter than its range."""
    groups = [[index] for index in range(len(program.scalars))]
    groups += [list(array.places) for array in program.arrays]
    for group in groups:
        # the words of an array share their bounds: a word that was seldom written shows too little
        declared, seen = program.registers[group[0]].range, table[:, group]
        for index in group:
            yield from _ends(word(index), Range(seen.min(), seen.max()), declared)


def _ends(expression: Expression, seen: Range, declared: Range) -> Iterator[Claim]:
    """Yield each end on its own, since one may be inductive without the other."""
    if seen.lo > declared.lo:
        yield Within(expression, Range(seen.lo, declared.hi))
    if seen.hi < declared.hi:
        yield Within(expression, Range(declared.lo, seen.hi))


def _orders(program: Program, table: Column) -> Iterator[Claim]:
    """Yield bounds of differences and sums: of scalars, scalars and aggregates, neighbors in arrays."""
    single, aggregates = _moving(scalars(program, table)), _moving(array_aggregates(program, table))
    for a, b in combinations(single, 2):
        yield from _sum_bounds(program, a, b)
    words = {feature.expression: feature for feature in array_words(program, table)}
    pairs = [*combinations(single, 2), *product(single, aggregates)]
    for array in program.arrays:
        inner = [words[word(index)] for index in array.places]
        pairs += [*zip(inner, inner[1:], strict=False), *product(inner, single)]
    for a, b in pairs:
        yield from _bounds(program, linear(0, [(a.expression, 1), (b.expression, -1)]), a.column - b.column)


def _moving(features: Sequence[Feature]) -> list[Feature]:
    return [feature for feature in features if not feature.is_constant]


def _bounds(program: Program, expression: Expression, column: Column) -> Iterator[Claim]:
    """Yield the observed bounds of a difference that are close to 0."""
    seen, declared = Range(column.min(), column.max()), declared_range(program, expression)
    if seen.is_constant:  # the template of equations covers it
        return
    if -SMALL_GAP <= seen.lo <= SMALL_GAP and seen.lo > declared.lo:
        yield Within(expression, Range(seen.lo, declared.hi))
    if -SMALL_GAP <= seen.hi <= SMALL_GAP and seen.hi < declared.hi:
        yield Within(expression, Range(declared.lo, seen.hi))


def _sum_bounds(program: Program, a: Feature, b: Feature) -> Iterator[Claim]:
    """Yield the observed bounds of a sum that are tighter than those of its parts."""
    expression, column = linear(0, [(a.expression, 1), (b.expression, 1)]), a.column + b.column
    yield from _ends(expression, Range(column.min(), column.max()), declared_range(program, expression))


def _congruences(program: Program, table: Column) -> Iterator[Claim]:
    """Yield combinations that are constant modulo some number."""
    moving = _moving([*scalars(program, table), *array_sums(program, table)])
    moduli = sorted({register.range.size for register in program.scalars} - {1}, reverse=True)
    sizes = (1, 2, 3) if len(moving) <= MOST_FOR_TRIPLES else (1, 2)
    for size in sizes:
        for chosen in combinations(moving, size):
            for signs in product((1, -1), repeat=size - 1):
                yield from _congruent(chosen, (1, *signs), moduli)


def _congruent(chosen: Sequence[Feature], signs: Sequence[int], moduli: Sequence[int]) -> Iterator[Claim]:
    """Yield the congruence with the largest modulus; several moduli if the combination never changed.

    A change may appear in long streams only: two indices into a ring first differ by other than a constant
    when one of them wraps around.
    """
    column = sum(feature.column * sign for feature, sign in zip(chosen, signs, strict=True))
    expression = linear(0, [(feature.expression, sign) for feature, sign in zip(chosen, signs, strict=True)])
    if len(set(column)) > 1:
        yield from congruences(expression, column)
    else:
        yield from (Same(Mod(expression, modulus), Constant(int(column[0] % modulus))) for modulus in moduli)


TEMPLATES: tuple[Callable[[Program, Column], Iterator[Claim]], ...] = (
    _equations,
    _ranges,
    _orders,
    _congruences,
)
