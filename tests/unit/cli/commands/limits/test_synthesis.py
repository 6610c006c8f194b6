"""streamssm limits synthesize and frontier: answers, exit status, files, refusals in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import streamssm as ss
from streamssm.limits.synthesis import engines
from tests.unit.cli.command_line import files_in, refusal, streamssm, succeeds

ASK = ("limits", "synthesize")


def test_yes_with_weights_and_a_model(tmp_path: Path) -> None:
    model = tmp_path / "ab.safetensors"
    printed = succeeds(*ASK, "tomita_2", "-d", "1", "-p", "3", "-o", model)
    assert printed.startswith("tomita_2, d = 1, p = 3, zero-one, saturate\n  yes: ")
    assert "h[0] = (" in printed and "1: A = (1), B = (" in printed
    saved = ss.load(str(model))
    assert isinstance(saved, ss.SSM)
    assert (saved.state_dim, saved.precision_bits, saved.num_layers) == (1, 3, 1)
    assert saved.run([[1], [0], [1]])[:, 0].tolist() == [0, 1, 0]


def test_no_with_words() -> None:
    printed = succeeds(*ASK, "tomita_2", "-d", "4", "-p", "1")
    assert "no: no weights fit 6 words of at most 3 symbols, with 2 pairs to distinguish" in printed
    data = json.loads(succeeds(*ASK, "tomita_2", "-d", "4", "-p", "1", "--json"))
    assert (data["answer"], data["length"], len(data["pairs"])) == ("no", 3, 2)
    assert "weights" not in data


def test_no_file_without_a_model(tmp_path: Path) -> None:
    succeeds(*ASK, "parity", "-d", "1", "-p", "1", "-o", tmp_path / "parity.safetensors")
    assert files_in(tmp_path) == []


def test_a_formula_and_a_class() -> None:
    formula = ("--past-ltl", "a S b", "-d", "1", "-p", "1", "--transition", "time-invariant")
    assert "  yes: " in succeeds(*ASK, *formula)
    assert "  no: " in succeeds(*ASK, *formula, "--overflow", "wrap")
    data = json.loads(succeeds(*ASK, "--past-ltl", "Y a", "-d", "1", "-p", "1", "--json"))
    assert data["answer"] == "no"
    assert "  yes: " in succeeds(*ASK, "mod-4", "-d", "1", "-p", "2", "--overflow", "wrap")


def test_unknown_is_told_by_the_exit_status() -> None:
    result = streamssm(*ASK, "tomita_5", "-d", "1", "-p", "4", "--method", "enumerate", "--timeout", "1e-6")
    assert result.exit_code == 1
    assert "  unknown: out of time before the end of the enumeration" in result.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("tomita_2", "-p", "1"), "Missing option '--state-dim'"),
        (("tomita_2", "-d", "0", "-p", "1"), "0 is not in the range"),
        (("tomita_2", "-d", "3", "-p", "6"), "state_dim * precision_bits must be at most 12"),
        (("tomita_2", "-d", "1", "-p", "1", "--transition", "dense"), "'dense' is not one of"),
        (("tomita_2", "-d", "1", "-p", "1", "--fraction-bits", "1"), "must be in [0, 0], not 1"),
        (("tomita_2", "-d", "1", "-p", "1", "--timeout", "0"), "0.0 is not in the range"),
        (("misra_gries", "-d", "1", "-p", "1"), "needs --set"),
        (("function_composition", "--set", "n=4", "-d", "1", "-p", "1"), "must have one output word, a bit"),
        (("tomita_2", "-d", "1", "-p", "1", "-o", "no/such/x.safetensors"), "no/such/x.safetensors"),
        (
            ("ab_d_bc", "-d", "2", "-p", "4", "--method", "enumerate"),
            "there are 65,610,000 machines of one word",
        ),
    ],
)
def test_refusals(words: tuple[str, ...], message: str) -> None:
    assert message in refusal(*ASK, *words)


def test_a_missing_solver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "is_installed", lambda: False)
    line = refusal(*ASK, "parity", "-d", "1", "-p", "1", "--method", "solver")
    assert line == "method 'solver' needs bitwuzla: pip install streamssm[prove]"


def test_frontier(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    rows, picture = tmp_path / "frontier.json", tmp_path / "frontier.svg"
    few = ("limits", "frontier", "--bits", "3", "--language", "tomita_2", "--language", "parity")
    printed = succeeds(*few, "--json", rows, "--plot", picture)
    assert "  tomita_2, zero-one, saturate, 3 bits: yes 1x3; no 3x1\n" in printed
    data = json.loads(rows.read_text())
    assert len(data["rows"]) == 2 * 3 * 5 and len(data["repacked"]) == 2
    assert picture.read_bytes().startswith(b"<?xml")
    assert json.loads(succeeds(*few, "--json", "-")) == data


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--language", "latin"), "--language must be one of tomita_1, "),
        (("--plot", "x.png"), "--plot must name a .svg file, not 'x.png'"),
        (("--bits", "9"), "9 is not in the range"),
        (("--json", "no/such/folder/x.json"), "no/such/folder/x.json"),
    ],
)
def test_refusals_of_the_frontier(words: tuple[str, ...], message: str) -> None:
    assert message in refusal("limits", "frontier", *words)
