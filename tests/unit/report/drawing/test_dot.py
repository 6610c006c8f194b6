"""Drawings for Graphviz: every edge joins nodes that are declared, names stay in their quotes."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from streamssm.algorithms import FunctionComposition
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.report.drawing.dot import dot_drawing
from streamssm.report.drawing.draw_model import drawing_of
from streamssm.ssm.model import SSM
from tests.models import random_model
from tests.unit.report.drawing.hand_made import composition_by_blocks, every_layout
from tests.unit.report.drawing.hostile import hostile_model

STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
MODELS = [
    to_ssm(FunctionComposition(8)),
    composition_by_blocks(16, 2),
    every_layout(),
    hostile_model(),
    *(random_model(seed) for seed in range(40)),
]


def parsed(text: str) -> tuple[set[str], list[tuple[str, str]]]:
    """Return the nodes and the edges of a drawing, whose every line is one statement."""
    assert text.isascii() or text.replace("\n", "").isprintable()
    bare = STRING.sub('""', text)
    assert bare.count("{") == bare.count("}") and bare.startswith('digraph "" {')
    nodes, edges = list[str](), list[tuple[str, str]]()
    for line in bare.splitlines():
        if node := re.match(r"\s*([xhya]\d+(?:_\d+)?) \[", line):
            nodes.append(node[1])
        if edge := re.match(r"\s*(\w+) -> (\w+)( \[[^\]]*\])?$", line):
            edges.append((edge[1], edge[2]))
        assert ("->" in line) == bool(edge)
    assert len(nodes) == len(set(nodes))
    return set(nodes), edges


@pytest.mark.parametrize("model", MODELS, ids=lambda model: ascii(model.name)[:20])
def test_edges_join_declared_nodes(model: SSM) -> None:
    nodes, edges = parsed(dot_drawing(drawing_of(model)))
    assert {end for edge in edges for end in edge} <= nodes
    assert sum(node.startswith("h") for node in nodes) == sum(len(x.words) for x in drawing_of(model).layers)


def test_edges_of_composition() -> None:
    text = dot_drawing(drawing_of(to_ssm(FunctionComposition(8))))
    _, edges = parsed(text)
    assert {("x0", "h1_0"), ("x5", "h1_0"), ("h1_0", "y1_3"), ("y1_1", "x5"), ("y1_2", "x6")} <= set(edges)
    assert ("x6", "h1_0") not in edges and text.count("style=dashed") == 2


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize("model", MODELS[:4], ids=lambda model: ascii(model.name)[:20])
def test_graphviz_reads_it(model: SSM) -> None:
    text = dot_drawing(drawing_of(model)).encode()
    result = subprocess.run(["dot", "-Tplain"], input=text, capture_output=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, b"")
