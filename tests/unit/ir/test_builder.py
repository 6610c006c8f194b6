"""Graph builder: folding keeps meanings, ranges hold, facts are sound."""

from __future__ import annotations

import pytest

from streamssm.errors import ParameterError
from streamssm.ir import semantics
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from tests.unit.ir.graphs import RandomGraph

BYTE = Range(0, 255)


@pytest.mark.parametrize("seed", range(150))
def test_every_node_stays_in_its_range(seed):
    made = RandomGraph(seed)
    for registers, fields in made.points():
        values = semantics.evaluate(made.g.nodes, registers, fields)
        for value, node in zip(values, made.g.nodes, strict=True):
            assert node.range.holds(value), (node, value, registers, fields)


@pytest.mark.parametrize("seed", range(100))
def test_bounds_under_facts_hold_wherever_the_facts_do(seed):
    made = RandomGraph(seed, size=18)
    facts = [(c, made.random.random() < 0.5) for c in made.conditions]
    chosen = tuple(made.random.sample(facts, min(3, len(facts))))
    bounds = {word: made.g.bound(word, chosen) for word in made.words}
    for registers, fields in made.points():
        values = semantics.evaluate(made.g.nodes, registers, fields)
        if all(bool(values[condition]) is truth for condition, truth in chosen):
            for word, bound in bounds.items():
                assert bound is not None and bound.holds(values[word])


def _two():
    g = GraphBuilder()
    return g, g.register(0, BYTE), g.register(1, BYTE)


def test_a_difference_is_bounded_by_its_comparison():
    g, x, y = _two()
    assert g.bound(g.sub(x, y), ((g.lt(y, x), True),)) == Range(1, 255)
    assert g.bound(g.sub(x, y), ((g.le(x, y), True),)) == Range(-255, 0)
    assert g.bound(g.sub(x, y), ((g.lt(x, y), False),)) == Range(0, 255)


def test_a_sum_is_bounded_by_a_fact_over_two_registers():
    g, x, y = _two()
    total = g.add(x, y)
    fits = g.le(total, g.const(9))
    assert g.bound(total, ((fits, True),)) == Range(0, 9)
    assert g.bound(x, ((fits, True),)) == Range(0, 9)


def test_a_difference_is_bounded_by_its_comparison_however_deep_the_words_are():
    g, x, y = _two()
    for step in range(60):
        x, y = g.mod(g.mul(x, y), g.const(200 + step)), g.mod(g.mul(y, g.add(x, y)), g.const(300 + step))
    for factor in (1, 64):
        many = g.mul(g.const(factor), y)
        assert g.bound(g.sub(x, many), ((g.le(many, x), True),)).lo == 0
        assert g.bound(g.sub(x, many), ((g.lt(x, many), True),)).hi == -1


def test_not_equal_moves_an_end_of_a_range():
    g, x, _ = _two()
    assert g.bound(x, ((g.ne(x, g.const(255)), True),)) == Range(0, 254)
    assert g.bound(x, ((g.eq(x, g.const(0)), False),)) == Range(1, 255)


def test_a_disjunction_is_split_into_cases():
    g, x, y = _two()
    either = g.bit_or(g.lt(x, g.const(3)), g.lt(x, g.const(7)))
    assert g.bound(x, ((either, True),)) == Range(0, 6)
    both = g.bit_and(g.lt(g.const(3), x), g.lt(x, y))
    assert g.bound(x, ((both, True),)) == Range(4, 254)


def test_a_select_is_split_and_its_condition_used():
    g, x, y = _two()
    lower = g.select(g.lt(x, y), x, y)
    assert g.bound(g.sub(x, lower)) == BYTE
    assert g.bound(lower, ((g.lt(x, y), True), (g.lt(x, g.const(4)), True))) == Range(0, 3)


def test_a_word_less_one_is_no_complement():
    g = GraphBuilder()
    x = g.register(1, Range(1, 2))
    two = g.sub(x, g.const(1))
    assert g.range(g.select(two, g.sub(x, g.const(2)), x)) == BIT


def test_contradicting_facts_leave_nothing():
    g, x, y = _two()
    assert g.bound(x, ((g.lt(x, y), True), (g.lt(y, x), True))) is None


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda g, x, y: g.abs(g.sub(x, y)), BYTE),
        (lambda g, x, y: g.sub(x, g.min(x, y)), BYTE),
        (lambda g, x, y: g.sub(g.max(x, y), y), BYTE),
        (lambda g, x, y: g.mod(x, g.const(10)), Range(0, 9)),
        (lambda g, x, y: g.sub(x, g.mul(g.const(10), g.floordiv(x, g.const(10)))), Range(0, 9)),
        (lambda g, x, y: g.select(g.lt(x, g.const(255)), g.add(x, g.const(1)), x), BYTE),
        (lambda g, x, y: g.select(g.lt(x, y), g.sub(y, x), g.sub(x, y)), BYTE),
    ],
)
def test_what_people_write_stays_in_a_byte(make, expected):
    g, x, y = _two()
    found = g.bound(make(g, x, y))
    assert found is not None and expected.covers(found)


def test_equal_nodes_are_made_once():
    g, x, y = _two()
    assert g.add(x, y) == g.add(y, x)
    assert g.eq(x, y) == g.eq(y, x)
    assert g.sub(x, y) != g.sub(y, x)


def test_conditions_negate_to_conditions():
    g, x, y = _two()
    for condition in (g.eq(x, y), g.lt(x, y), g.bit_and(g.lt(x, y), g.eq(x, g.const(3)))):
        assert g.not_(g.not_(condition)) == condition
        assert g.range(g.not_(condition)) == BIT


def test_a_divisor_that_may_be_zero_is_refused():
    g, x, y = _two()
    with pytest.raises(ParameterError, match=r"a divisor must differ from 0, not lie in \[0, 255\]"):
        g.floordiv(x, y)


def test_a_table_index_outside_is_refused():
    g, x, _ = _two()
    with pytest.raises(ParameterError, match=r"a table index must lie in \[0, 2\], not in \[0, 255\]"):
        g.table(x, (1, 2, 3))


def test_values_past_62_bits_are_refused():
    g = GraphBuilder()
    x = g.register(0, Range(0, 2**40))
    with pytest.raises(ParameterError, match=r"must stay below 2\^62"):
        g.mul(x, x)
