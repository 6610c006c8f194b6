"""The frontier of width and precision: the committed file equals the command's result, row by row."""

from __future__ import annotations

import json
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from streamssm.equivalences.smt.solver import is_installed
from streamssm.limits.synthesis import synthesize
from streamssm.limits.synthesis.frontier import MODELS, differences, frontier, row_of, splits
from streamssm.limits.synthesis.frontier_recheck import holds, model_class_of
from streamssm.limits.synthesis.machines import num_machines
from streamssm.limits.synthesis.repacked import repacked
from streamssm.limits.synthesis.target_languages import machines
from streamssm.report.plots.frontier_plot import plot_svg
from tests.soak import SOAK

FILE = Path(__file__).parents[4] / "docs" / "frontier.json"
EVERY = 1 if SOAK else 29  # rows of the committed frontier that are checked again
Row = dict[str, Any]


@cache
def committed() -> Any:
    return json.loads(FILE.read_text())


def answer(language: str, kind: str, overflow: str, d: int, p: int) -> str:
    (match,) = [row for row in committed()["rows"] if _key(row) == (language, kind, overflow, d, p)]
    return str(match["answer"])


def _key(row: Row) -> tuple[Any, ...]:
    return tuple(row[key] for key in ("language", "transition", "overflow", "state_dim", "precision_bits"))


def test_every_row_is_there_once() -> None:
    models = [(kind.value, overflow.value) for kind, overflow in MODELS]
    expected = [(name, *model, *split) for name, model, split in product(machines(), models, splits(6))]
    assert [_key(row) for row in committed()["rows"]] == expected
    assert len(machines()) >= 12 and committed()["max_bits"] == 6


@pytest.mark.parametrize("number", range(0, len(machines()) * len(MODELS) * len(splits(6)), EVERY))
def test_rows_hold(number: int) -> None:
    """A yes by its weights on every stream; a no by its words, asked by the method that did not find them."""
    row = committed()["rows"][number]
    machine = machines()[row["language"]]
    count = num_machines(model_class_of(row), machine.num_symbols)
    few = count is not None and count <= (10**6 if SOAK else 50_000)
    method = "enumerate" if row["method"] == "solver" and few else "solver"
    if method == "solver" and not is_installed():
        method = "enumerate" if few else pytest.skip("bitwuzla is not installed")
    expected = None if row["answer"] == "unknown" else True
    assert holds(row, machine, method=method, timeout=600) is expected


@pytest.mark.skipif(not SOAK, reason="makes the whole frontier again: SOAK=1, about ten minutes")
def test_the_frontier_is_what_is_committed() -> None:
    recomputed = frontier(machines(), timeout=committed()["timeout_seconds"])
    assert [(_key(row), row["answer"]) for row in recomputed["rows"]] == [
        (_key(row), row["answer"]) for row in committed()["rows"]
    ]
    assert recomputed["repacked"] == committed()["repacked"]


@pytest.mark.parametrize("number", range(0, len(machines()) * len(MODELS) * len(splits(6)), 5 * EVERY))
def test_rows_are_made_again(number: int) -> None:
    row = committed()["rows"][number]
    machine, searched_class = machines()[row["language"]], model_class_of(row)
    if (num_machines(searched_class, machine.num_symbols) or 10**9) > 20_000:
        pytest.skip("takes long; the soak makes every row again")
    assert json.loads(json.dumps(row_of(synthesize(machine, searched_class).to_dict()))) == row


def test_differences_are_those_of_the_rows() -> None:
    """Equal memory, different answers: width and precision are not interchangeable (THEORY A5)."""
    assert committed()["differences"] == differences(committed()["rows"])
    for difference in committed()["differences"]:
        sides = [(split, side) for side in ("yes", "no") for split in difference[side]]
        for (d, p), side in sides:
            assert d * p == difference["bits"]
            assert (
                answer(difference["language"], difference["transition"], difference["overflow"], d, p) == side
            )
    named = {
        (difference["language"], difference["transition"], difference["bits"])
        for difference in committed()["differences"]
    }
    assert ("tomita_2", "zero-one", 3) in named  # precision does it
    assert ("tomita_5", "signed", 2) in named  # width does it


def test_what_is_known() -> None:
    for split in splits(6):
        assert answer("parity", "zero-one", "saturate", *split) != "yes"  # THEORY B2, C2: at no (d, p)
        assert answer("parity", "signed", "saturate", *split) == "yes"
        assert answer("parity", "zero-one", "wrap", *split) == "yes"
    for split, expected in {(1, 3): "yes", (2, 2): "yes", (1, 2): "no", (2, 1): "no", (4, 1): "no"}.items():
        assert answer("tomita_2", "zero-one", "saturate", *split) == expected
    for split, expected in {(2, 2): "yes", (4, 1): "no", (1, 3): "no"}.items():
        assert answer("d_2", "zero-one", "saturate", *split) == expected


def test_with_thoughts_only_the_product_counts() -> None:
    """THEORY A6: every (d, p) with enough bits is built; among them all where the answers differ without."""
    by_language = {row["language"]: row for row in committed()["repacked"]}
    assert list(by_language) == list(machines())
    for name, row in by_language.items():
        assert row["memory_bits"] == machines()[name].memory_bits
        for split in splits(6):
            side = "yes" if split[0] * split[1] >= row["memory_bits"] else "no"
            assert list(split) in row[side] and list(split) not in row[{"yes": "no", "no": "yes"}[side]]
    for difference in committed()["differences"]:
        assert all(
            split in by_language[difference["language"]]["yes"]
            for split in difference["yes"] + difference["no"]
        )


@pytest.mark.parametrize("name", ["tomita_2", "d_3"] if not SOAK else list(machines()))
def test_repacked_models_are_built(name: str) -> None:
    (row,) = [row for row in committed()["repacked"] if row["language"] == name]
    assert repacked(machines()[name], splits(6)) == row


def test_differences_need_both_answers() -> None:
    def row(d: int, p: int, answer: str, language: str = "x") -> Row:
        keys = {"language": language, "transition": "t", "overflow": "o"}
        return {**keys, "state_dim": d, "precision_bits": p, "answer": answer}

    rows = [row(1, 2, "yes"), row(2, 1, "no"), row(1, 3, "yes"), row(3, 1, "unknown"), row(2, 1, "no", "y")]
    assert differences(rows) == [
        {"language": "x", "transition": "t", "overflow": "o", "bits": 2, "yes": [[1, 2]], "no": [[2, 1]]}
    ]


def test_picture() -> None:
    pytest.importorskip("matplotlib")
    drawn = plot_svg(committed())
    assert drawn == plot_svg(committed())
    assert drawn.startswith(b"<?xml")
