"""Models as they are drawn in a terminal: what a drawing says of them, and where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from streamssm.algorithms import CountMin, FunctionComposition
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.report.drawing.draw_model import drawing_of
from streamssm.report.drawing.text_drawing import text_drawing
from streamssm.ssm.model import SSM
from tests.unit.report.drawing.hand_made import composition_by_blocks, every_layout

HERE = Path(__file__).parent
MODELS = {
    "function_composition_1024": to_ssm(FunctionComposition(1024)),
    "count_min_4_1024": to_ssm(CountMin(n=1 << 20, width=1024, depth=4, limit=255)),
    "composition_by_blocks_16_2": composition_by_blocks(16, 2),
    "every_layout": every_layout(),
}


@pytest.mark.parametrize(("name", "model"), MODELS.items(), ids=MODELS)
def test_drawings(name: str, model: SSM) -> None:
    drawn = text_drawing(drawing_of(model))
    assert f"{drawn}\n" == (HERE / f"{name}.drawing.txt").read_text(encoding="utf-8")
