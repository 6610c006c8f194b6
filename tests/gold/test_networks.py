"""The networks of composition and of a saturating counter as text: a changed gadget or rule shows here."""

from __future__ import annotations

from pathlib import Path

import pytest

from streamssm.algorithms import FunctionComposition, SaturatingCounter
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.frontends.algorithm import Algorithm
from streamssm.ssm.describe import describe

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("name", "made"),
    [("function_composition_8", FunctionComposition(8)), ("saturating_counter_255", SaturatingCounter(255))],
)
def test_networks(name: str, made: Algorithm) -> None:
    (layer,) = to_ssm(made).layers
    gates, readout = (describe(net, weights=True) for net in (layer.gates, layer.readout))
    assert f"gates\n{gates}\n\nreadout\n{readout}\n" == (HERE / f"{name}.txt").read_text()
