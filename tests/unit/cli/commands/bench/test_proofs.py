"""streamssm bench proofs: verdicts both ways, what is left open, and refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streamssm.bench import proofs
from tests.unit.cli.command_line import refusal, streamssm, succeeds

pytest.importorskip("bitwuzla", reason="the extra prove")

XORSHIFT = ("bench", "proofs", "--only", "xorshift", "--bits", "8,12")


def test_verdicts_both_ways() -> None:
    data = json.loads(succeeds(*XORSHIFT, "--only", "luhn", "--json", "-"))
    assert data["solver"].startswith("bitwuzla") and data["timeout"] == 60
    assert [(r["algorithm"], r["word_bits"], r["side"], r["verdict"]) for r in data["rows"]] == [
        (name, bits, side, "proven")
        for name, bits in (("xorshift", 8), ("xorshift", 12), ("luhn", None))
        for side in ("model", "program back")
    ]
    assert all(row["obligations"] >= 3 and row["not_shown"] == [] for row in data["rows"])


def test_table() -> None:
    table = succeeds(*XORSHIFT)
    assert "proofs for every stream, by bitwuzla" in table
    assert table.count("proven") == 4


def test_what_is_not_shown_is_listed() -> None:
    table = succeeds("bench", "proofs", "--only", "hyper_log_log", "--bits", "16", "--timeout", "0.001")
    assert table.count("unknown") == 2
    assert "hyper_log_log, 16 bits, program back: not shown: " in table


def test_what_differs_is_exit_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def proof(*sides: Any) -> dict[str, Any]:
        data = {"verdict": "differs", "seconds": 0, "cpu_seconds": 0, "not_shown": [], "recheck": None}
        return data | dict.fromkeys(("obligations", "lemmas", "cut_points"), 0)

    monkeypatch.setattr(proofs, "proof", proof)
    assert streamssm(*XORSHIFT).exit_code == 1


def test_refusals() -> None:
    assert "an algorithm must be one of" in refusal("bench", "proofs", "--only", "sieve")
    assert refusal("bench", "proofs", "--bits", "0").startswith("--bits must be at least 1")
