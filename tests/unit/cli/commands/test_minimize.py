"""streamssm minimize: figures as text and as JSON, the machine as DOT, and every refusal in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.command_line import files_in, refusal, succeeds

DGIM = ("minimize", "dgim", "--set", "window=4")


def test_figures() -> None:
    assert succeeds(*DGIM) == (
        "DGIM, run as program\n"
        "  reachable   2,580 states; memory declared: 20 bits\n"
        "  minimal     11 states; memory needed: 4 bits\n"
    )
    assert "1 state; memory needed: 0 bits" in succeeds("minimize", "modular_counter", "--set", "modulus=1")


def test_json() -> None:
    assert json.loads(succeeds(*DGIM, "--json")) == {
        "name": "DGIM",
        "ran": "program",
        "tokens": 2,
        "reachable_states": 2580,
        "minimal_states": 11,
        "declared_bits": 20,
        "needed_bits": 4,
    }


@pytest.mark.parametrize("by", ["fused", "weights"])
def test_a_saved_model_and_dot(tmp_path: Path, by: str) -> None:
    model, dot = tmp_path / "counter.safetensors", tmp_path / "counter.dot"
    succeeds("translate", "modular_counter", "--set", "modulus=3", "-o", model)
    assert "3 states" in succeeds("minimize", model, "--to-dot", dot, "--by", by)
    printed = succeeds("minimize", "modular_counter", "--set", "modulus=3", "--to-dot", "-")
    assert dot.read_text() == printed
    assert '  s2 -> s0 [label="1 / 0"]\n' in printed


def test_a_formula() -> None:
    assert "2 states; memory needed: 1 bit\n" in succeeds("minimize", "--past-ltl", "O a")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--max-transitions", "100"), "raise max_transitions (100)"),
        (("--max-transitions", "1"), "DGIM has 2 tokens: raise max_transitions (1) to at least that"),
        (("--max-transitions", "0"), "0 is not in the range"),
        (("--by", "magic"), "'magic' is not one of"),
        (("--to-dot", "-", "--json"), "only one of --to-dot -, --json can be written to standard output"),
        (("--to-dot", "no/such/folder/x.dot"), "no/such/folder/x.dot"),
    ],
)
def test_refusals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in refusal(*DGIM, *words)
    assert files_in(tmp_path) == []
