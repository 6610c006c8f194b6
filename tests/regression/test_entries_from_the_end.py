"""A range of an index that was found again, and is wider, must not count entries from a table's end."""

from __future__ import annotations

import pytest

from streamssm.errors import ParameterError
from streamssm.ir import semantics
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Node, Op
from streamssm.ir.ranges import Range
from streamssm.ssm.gadgets import KINDS

VALUES = (10, 20, 30)


def test_a_table_under_a_fact_has_all_its_values() -> None:
    """The sum's range was proven, and its terms show less than that."""
    g = GraphBuilder()
    x, y, z = (g.field(i, Range(0, 3)) for i in range(3))
    index = g.refine(g.add(x, y), Range(2, 4))
    table = g.table(index, VALUES, 2)
    assert g.bound(table, ((g.lt(z, g.const(2)), True),)) == Range(10, 30)


@pytest.mark.parametrize("reached", [Range(-2, 1), Range(0, 9), Range(-9, 9)])
def test_a_wider_index_adds_no_values_and_loses_none(reached: Range) -> None:
    met = [VALUES[k] for k in range(3) if reached.holds(k)]
    assert semantics.range_of(Op.TABLE, [reached], (0, VALUES)) == Range(met[0], met[-1])


@pytest.mark.parametrize("index", [-1, -3, 3])
def test_an_interpreter_stops_where_there_is_no_entry(index: int) -> None:
    field = Node(Op.FIELD, (), 0, Range(-9, 9))
    for node in (
        Node(Op.TABLE, (0,), (0, VALUES), Range(10, 30)),
        Node(Op.LOAD, (0,), (1, 3), Range(10, 30)),
    ):
        with pytest.raises(IndexError):
            semantics.evaluate([field, node], (0, *VALUES, 7), (index,))
        assert semantics.evaluate([field, node], (0, *VALUES, 7), (2,))[1] == 30


@pytest.mark.parametrize("index", [-1, 2])
def test_a_gather_of_a_constant_place_has_that_place(index: int) -> None:
    g = GraphBuilder()
    words = [g.field(i, Range(0, 3)) for i in range(2)]
    with pytest.raises(ParameterError):
        KINDS["gather"].meaning(g, (0,), [*words, g.const(index)])
