"""The table of formal languages: rows that hold, failures that are message, and the picture."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from click.testing import CliRunner

from streamssm.bench.languages import KINDS, LOG_PRECISION, failures, measure
from streamssm.cli import main
from streamssm.languages.suite import load_all
from streamssm.report.plots.languages_plot import LISTS, plot_svg

NAMES = ["parity", "tomita_3", "tomita_6", "ab_star", "dyck_1", "word_problem_a5_generators"]


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    return measure(NAMES[:5])


def answers(result: dict[str, Any], name: str) -> dict[str, str]:
    row = next(row for row in result["rows"] if row["name"] == name)
    return {kind: cell["answer"] for kind, cell in row["cells"].items()}


def test_every_yes_is_a_model_that_is_equal(result: dict[str, Any]) -> None:
    assert failures(result) == []
    cells = [cell for row in result["rows"] for cell in row["cells"].values()]
    assert all((cell["answer"] in ("yes", LOG_PRECISION)) == (cell["equal"] is True) for cell in cells)
    assert {cell["covers"] for cell in cells if cell["equal"]} == {"every stream"}


def test_answers_are_those_of_theory(result: dict[str, Any]) -> None:
    parity = answers(result, "parity")
    assert [kind for kind in KINDS if parity[kind] == "no"] == [
        "time-invariant",
        "zero-one",
        "dyadic",
        "mixed",
    ]
    assert answers(result, "tomita_3")["mixed"] == answers(result, "tomita_3")["signed"] == "yes"
    assert answers(result, "tomita_6")["signed"] == "no" and answers(result, "tomita_6")["complex"] == "yes"
    assert set(answers(result, "ab_star").values()) == {"yes", "open"}
    assert answers(result, "dyck_1") == {"mixed": LOG_PRECISION, "online thoughts": LOG_PRECISION}


def test_nonsolvable_groups_are_conditional() -> None:
    (row,) = measure(["word_problem_a5_generators"], ["signed", "complex", "online thoughts"])["rows"]
    by_kind = {kind: cell["answer"] for kind, cell in row["cells"].items()}
    assert by_kind == {"signed": "no", "complex": "no unless TC0 = NC1", "online thoughts": "yes"}
    assert row["cells"]["complex"]["verified"] and row["class"] == "not solvable"


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("signed", {"equal": False}, "parity, signed: the model differs"),
        ("signed", {"equal": None, "reason": "none is known"}, "parity, signed: none is known"),
        ("zero-one", {"verified": False}, "parity, zero-one: the witness does not verify"),
    ],
)
def test_what_does_not_hold_is_told(
    result: dict[str, Any], kind: str, change: dict[str, Any], message: str
) -> None:
    planted = copy.deepcopy(result)
    planted["rows"][0]["cells"][kind].update(change)
    assert failures(planted) == [message]


def test_every_language_has_a_place_in_the_picture(result: dict[str, Any]) -> None:
    everything = measure(kinds=[])
    assert {row["class"] for row in everything["rows"]} <= {*LISTS}
    assert {row["name"] for row in everything["rows"]} == {*load_all()}
    picture = plot_svg(result)
    assert picture == plot_svg(result)


def test_command_line() -> None:
    run = CliRunner().invoke(
        main, ["bench", "languages", "--only", "parity", "--kinds", "signed", "--json", "-"]
    )
    assert run.exit_code == 0
    assert json.loads(run.output)["rows"][0]["cells"]["signed"]["memory_bits"] == 1
    wrong = CliRunner().invoke(main, ["bench", "languages", "--kinds", "sign"])
    assert wrong.exit_code == 2 and "--kinds must be among" in wrong.output
