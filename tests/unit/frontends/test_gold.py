"""Gold text of expression graphs: a change in the translation shows as a readable diff."""

from __future__ import annotations

from pathlib import Path

import pytest

from streamssm.algorithms import FunctionComposition, Luhn
from streamssm.frontends.algorithm import Algorithm
from streamssm.ir.graph import Graph, Op
from streamssm.program.program import Program
from tests.sample_classes import Euclid, FirstFree

GOLD = Path(__file__).parents[2] / "gold"


def graph_lines(graph: Graph, program: Program) -> list[str]:
    """Return one line per node: its index, operation, arguments and range."""
    names = {Op.REGISTER: program.registers, Op.FIELD: program.fields}
    lines = []
    for index, node in enumerate(graph):
        label = (
            names[node.op][node.index].name
            if node.op in names
            else ""
            if node.attr is None
            else str(node.attr)
        )
        args = " ".join(f"%{arg}" for arg in node.args)
        lines.append(" ".join(filter(None, (f"%{index} = {node.op.value}", label, args, f"in {node.range}"))))
    return lines


def text_of(program: Program) -> str:
    lines = ["update", *graph_lines(program.update, program)]
    pairs = zip(program.registers, program.next_registers, strict=True)
    lines += [f"{word.name}' = %{root}" for word, root in pairs]
    lines += ["output", *graph_lines(program.output, program)]
    lines += [f"{name} = %{root}" for name, root in zip(program.output_names, program.outputs, strict=True)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("function_composition_1024", FunctionComposition(1024)),
        ("euclid_7", Euclid(7)),
        ("luhn", Luhn()),
        ("first_free_2", FirstFree(2)),
    ],
)
def test_graph_is_as_recorded(name: str, algorithm: Algorithm) -> None:
    assert text_of(algorithm.program()) == (GOLD / f"{name}.graph.txt").read_text()
