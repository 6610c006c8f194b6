"""check and show --assumptions: what they print, and how they end."""

from __future__ import annotations

import json
import re

import pytest

from streamssm.equivalences.smt import solver
from tests.unit.cli.command_line import refusal, streamssm, succeeds

pytest.importorskip("bitwuzla", reason="the extra prove")

RING = ("sliding_sum", "--set", "n=2^16", "--set", "window=16")
FALSE = ("tests.assuming_classes:Lead", "--set", "limit=3", "--set", "most=2")


def test_a_proof_names_the_invariant() -> None:
    text = succeeds("check", *RING, "--assumptions")
    assert re.search(r"^proved: \S*sliding_sum.py:\d+: 0 <= self.total .* \(by an invariant, ", text, re.M)
    assert "  invariant: total == sum of values" in text.splitlines()


def test_a_failure_ends_with_1_and_a_stream() -> None:
    result = streamssm("check", *FALSE, "--assumptions")
    assert result.exit_code == 1, result.output
    assert "  a shortest stream: 1 *3" in result.stdout.splitlines()
    assert "  raises: a value must lie within [-3, 2], not be 3" in result.stdout.splitlines()


def test_json() -> None:
    data = json.loads(streamssm("check", *FALSE, "--assumptions", "--json").stdout)
    assert data["holds"] is False
    assert [row["verdict"] for row in data["findings"]] == ["refuted", "proved"]


def test_a_formula_assumes_nothing() -> None:
    assert succeeds("check", "--past-ltl", "O a", "--assumptions").strip().endswith("assumes nothing")


def test_show_says_what_is_not_proven_and_what_is() -> None:
    assert "(not proven; try --assumptions)" in succeeds("show", *RING)
    assert "(proved: total == sum of values)" in succeeds("show", *RING, "--assumptions")
    data = json.loads(succeeds("show", *RING, "--assumptions", "--json"))["assumptions"]
    assert [row["verdict"] for row in data] == ["proved"]
    assert isinstance(json.loads(succeeds("show", *RING, "--json"))["assumptions"][0], str)


def test_options_about_two_sides_are_refused() -> None:
    for option in (("--method", "sample"), ("--by", "fused"), ("--stream", "1"), ("--outputs-only",)):
        text = refusal("check", *RING, "--assumptions", *option)
        assert f"{option[0]} compares two sides: it cannot be combined with --assumptions" in text
    assert "unexpected extra argument (model)" in refusal("check", *RING, "model", "--assumptions")
    assert "Missing argument 'OTHER'" in refusal("check", *RING)


def test_without_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "is_installed", lambda: False)
    assert "a check of assumptions needs bitwuzla: pip install streamssm[prove]" in refusal(
        "check", *RING, "--assumptions"
    )
