"""Drawings as SVG: well-formed, every word named, nothing on top of anything."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree

import pytest

from streamssm.algorithms import CountMin, FunctionComposition
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.report.drawing.draw_model import drawing_of
from streamssm.report.drawing.labels import plain
from streamssm.report.drawing.svg import svg_drawing
from streamssm.ssm.model import SSM
from tests.models import random_model
from tests.unit.report.drawing.hand_made import composition_by_blocks, every_layout, wide_model
from tests.unit.report.drawing.hostile import hostile_model

SVG = "{http://www.w3.org/2000/svg}"
MODELS = [
    to_ssm(FunctionComposition(1024)),
    to_ssm(CountMin(n=1 << 20, width=64, depth=4, limit=255)),
    composition_by_blocks(16, 2),
    every_layout(),
    wide_model(16, 8),
    wide_model(16, 3, "a_long_name_of_a_register_that_goes_on_and_on_{layer}_{word}"),
    hostile_model(),
    *(random_model(seed) for seed in range(30)),
]
Box = tuple[float, float, float, float]


def box_of(element: ElementTree.Element) -> Box:
    x, y, width, height = (float(element.get(key, "0")) for key in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def apart(a: Box, b: Box) -> bool:
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def inside(a: Box, b: Box) -> bool:
    return b[0] <= a[0] and b[1] <= a[1] and a[2] <= b[2] and a[3] <= b[3]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: ascii(model.name)[:20])
def test_names_are_there_and_boxes_apart(model: SSM) -> None:
    drawing = drawing_of(model)
    page = ElementTree.fromstring(svg_drawing(drawing))
    assert {element.tag.removeprefix(SVG) for element in page.iter()} <= {
        *("svg", "title", "defs", "marker", "path", "rect", "text"),
    }
    boxes = page.findall(f"{SVG}rect")
    cells = [rect for rect in boxes if rect.find(f"{SVG}title") is not None]
    titles = [rect.findtext(f"{SVG}title", "") for rect in cells]
    for layer in drawing.layers:
        for word in layer.words:
            assert any(title.startswith(f"{plain(word.name)} in [") for title in titles)
    whole = box_of(boxes[0])
    assert all(inside(box_of(rect), whole) for rect in boxes)
    assert all(apart(box_of(a), box_of(b)) for a, b in combinations(cells, 2))


@pytest.mark.parametrize("model", MODELS[:7], ids=lambda model: ascii(model.name)[:20])
def test_texts_do_not_share_lines(model: SSM) -> None:
    page = ElementTree.fromstring(svg_drawing(drawing_of(model)))
    places = [(t.get("x"), t.get("y")) for t in page.iter(f"{SVG}text") if t.text]
    assert len(places) == len(set(places))
    assert all(float(text.get("font-size", "0")) >= 12 for text in page.iter(f"{SVG}text"))


def test_registers_and_flows_of_layers() -> None:
    page = ElementTree.fromstring(svg_drawing(drawing_of(composition_by_blocks(16, 2))))
    texts = [text.text for text in page.iter(f"{SVG}text")]
    assert {"register value0", "A ← block, key, v1", "x: thought, begin, block, key, image, v1"} <= set(texts)
