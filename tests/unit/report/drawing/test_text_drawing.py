"""Drawings as text: lines fit, boxes close, names cannot break out."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from streamssm.algorithms import CountMin, FunctionComposition
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.report.drawing.draw_model import drawing_of
from streamssm.report.drawing.text_drawing import in_ascii, text_drawing
from streamssm.ssm.model import SSM
from tests.models import random_model
from tests.unit.report.drawing.hand_made import composition_by_blocks, every_layout, wide_model
from tests.unit.report.drawing.hostile import hostile_model

MODELS = [
    to_ssm(FunctionComposition(1024)),
    to_ssm(FunctionComposition(1024), cot_bits=11),
    to_ssm(CountMin(n=1 << 20, width=64, depth=4, limit=255)),
    composition_by_blocks(16, 3),
    every_layout(),
    wide_model(40, 2),
    hostile_model(),
    *(random_model(seed) for seed in range(30)),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: ascii(model.name)[:20])
@pytest.mark.parametrize("width", [72, 73, 100, 140])
def test_lines_fit_and_boxes_close(model: SSM, width: int) -> None:
    lines = text_drawing(drawing_of(model), width).split("\n")
    looped = model.thoughts.mode.value != "none"
    inner = width - 4 * looped
    for line in lines:
        assert cell_len(line) <= width and line.isprintable()
        if line.startswith(("│", "┌", "└")):
            box = line.removesuffix("  │").removesuffix("  ┐") if looped else line
            assert cell_len(box) == inner and box.endswith(("│", "┐", "┘"))
    assert sum(line.startswith("┌") for line in lines) == model.num_layers
    assert any("◄" in line for line in lines) == looped


def test_a_narrow_terminal_gets_72_columns() -> None:
    drawing = drawing_of(MODELS[0])
    assert text_drawing(drawing, 5) == text_drawing(drawing, 72)


def test_many_words_are_cut() -> None:
    text = text_drawing(drawing_of(wide_model(40, 1)))
    assert "w1_23 " in text and "w1_24 " not in text and "... and 16 more" in text


def test_ascii() -> None:
    text = text_drawing(drawing_of(MODELS[0]))
    assert in_ascii(text).isascii() and len(in_ascii(text)) == len(text)
