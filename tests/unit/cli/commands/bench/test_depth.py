"""streamssm bench depth: a row per size, number of functions and method, JSON and a picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streamssm.limits.streams.composition_streams import CompositionStream
from tests.unit.cli.command_line import refusal, streamssm, succeeds

SMALL = ("bench", "depth", "--n", "2,4", "--k", "1..2", "--most-words", "4")


def test_figures(tmp_path: Path) -> None:
    figures, picture = tmp_path / "depth.json", tmp_path / "depth.svg"
    table = succeeds(*SMALL, "--json", figures, "--plot", picture)
    rows = [line.split() for line in table.splitlines() if line.strip()[:1] in ("2", "4")]
    assert len(rows) == 16 and all("right" in row for row in rows) and "wrong" not in table
    # N K method, L d p bits, thoughts per token and their bits, ratio
    assert rows[-4][:11] == "4 2 online thoughts 1 2 2 4 1 4 -".split()
    assert rows[-3][:10] == "4 2 K+1 layers 3 1 2 6 0 0".split() and rows[-3][10] == "0.0741"
    assert rows[-1][:13] == "4 2 storing tables (program only) - - - 18 - - -".split()
    assert "asymptotic bound: it does not apply to a single instance" in table
    data = json.loads(figures.read_text())
    assert data["most_words"] == 4 and len(data["rows"]) == 16
    assert all(row["correct"] for row in data["rows"])
    assert picture.read_text().lstrip().startswith("<?xml") and "(bits)" in picture.read_text()


def test_json_alone() -> None:
    data = json.loads(succeeds(*SMALL, "--seed", "3", "--by", "fused", "--json", "-"))
    assert (data["seed"], data["by"]) == (3, "fused")
    assert {row["method"] for row in data["rows"]} == {"online", "layers", "adding", "stored"}


def test_a_wrong_answer_is_shown_and_is_the_exit_status(monkeypatch: pytest.MonkeyPatch) -> None:
    right = CompositionStream.answer
    monkeypatch.setattr(CompositionStream, "answer", lambda stream: 1 - right(stream))
    result = streamssm("bench", "depth", "--n", "2", "--k", "1")
    assert result.exit_code == 1
    assert "wrong: 0, not 1" in result.stdout or "wrong: 1, not 0" in result.stdout


def test_bad_input() -> None:
    assert refusal("bench", "depth", "--k", "0") == "--k must be at least 1, not 0"
    assert refusal("bench", "depth", "--n", "8..4").startswith("--n must be LO..HI")
    assert "--plot must name a .svg file" in refusal("bench", "depth", "--n", "2", "--plot", "depth.gif")
    assert "most-words" in refusal("bench", "depth", "--most-words", "-1")
