"""Composition by every method next to the lower bounds: figures, plot, and detected violations."""

from __future__ import annotations

import copy
from math import log2
from typing import Any

import pytest
from click.testing import CliRunner

from streamssm.cli import main
from streamssm.limits.depth.measure import all_correct, bits_of, measure, needed_of
from streamssm.report.plots.depth_plot import plot_svg


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    return measure([2, 4], [1, 2, 4])


def test_memory_is_what_the_formulas_say(result: dict[str, Any]) -> None:
    for n, bits in ((2, 1), (4, 2)):
        for k in (1, 2, 4):
            memory_bits = bits_of(result, n, k)
            assert (
                memory_bits["online"] == 2 * bits
                and memory_bits["layers"] == memory_bits["adding"] == (k + 1) * bits
            )


def test_needed_bits_are_counted(result: dict[str, Any]) -> None:
    """The easy order has 2 N - 1 residuals, tables first N^N for one function."""
    assert needed_of(result, "easy", 4, 2) == round(log2(7), 3)
    assert needed_of(result, "tables first", 4, 1) == log2(4**4)
    assert needed_of(result, "tables first", 4, 4) is None


def test_functions_of_layers(result: dict[str, Any]) -> None:
    assert [row["layers"] for row in result["functions"]] == [1, 2, 3, 4, 5]
    assert all(row["ours"] == row["layers"] - 1 < row["bound"] for row in result["functions"])


def test_too_little_memory_is_not_correct(result: dict[str, Any]) -> None:
    assert all_correct(result)
    planted = copy.deepcopy(result)
    row = next(row for row in planted["rows"] if row["method"] == "online" and row["n"] == 4)
    row["memory_bits"] = 2
    assert not all_correct(planted)


def test_picture_is_the_same_every_time(result: dict[str, Any]) -> None:
    first = plot_svg(result)
    assert first == plot_svg(result) and b"asymptotic" in first


def test_command_line_refuses_another_picture() -> None:
    run = CliRunner().invoke(main, ["limits", "depth", "--n", "2", "--k", "1", "--plot", "x.png"])
    assert run.exit_code == 2 and "--plot must name a .svg file" in run.output
