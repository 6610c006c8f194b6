"""streamssm classify: verdicts as text and as JSON, and refusals in one line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.cli.command_line import refusal, succeeds

DOT = 'digraph g { s0 -> s1 [label="go / ok"]; s1 -> s0 [label="go / no"]; }'


def test_regex() -> None:
    text = succeeds("classify", "--regex", "(ab)*", "--alphabet", "ab")
    assert text.startswith("(ab)*, recognize: aperiodic\n  states      3, 6 elements in the monoid\n")
    assert "words that were run" not in text


def test_names_of_the_suite() -> None:
    text = succeeds("classify", "word-problem-a5")
    assert "no unless TC0 = NC1   D1" in text
    assert "words form a group that is not solvable: " in text
    data = json.loads(succeeds("classify", "tomita_3", "--json"))
    assert (data["class"], data["modulus"], data["groups"]) == ("quasi-aperiodic, 2-groups", 2, ["Z2"])
    answers = {verdict["kind"]: verdict["answer"] for verdict in data["verdicts"]}
    assert answers["zero-one"] == "no" and answers["mixed"] == answers["signed"] == "yes"


def test_formulas_and_algorithms() -> None:
    data = json.loads(succeeds("classify", "--past-ltl", "a S b", "--json"))
    assert data["unsaturated"]["answer"] == "conjectured: no"
    data = json.loads(succeeds("classify", "modular_counter", "--set", "modulus=2", "--json"))
    assert data["class"] == "2-groups"


def test_dot_and_modes(tmp_path: Path) -> None:
    path = tmp_path / "machine.dot"
    path.write_text(DOT)
    data = json.loads(succeeds("classify", "--dot", path, "--json"))
    assert data["mode"] == "transduce" and data["symbols"] == ["go"]
    witness = next(verdict["witness"] for verdict in data["verdicts"] if verdict["witness"])
    assert witness["word"] in (["go"], ["go", "go"])
    data = json.loads(succeeds("classify", "--dot", path, "--mode", "track", "--json"))
    assert data["mode"] == "track"


def test_refusals() -> None:
    assert refusal("classify", "dyck_1").startswith(
        "dyck_1 is not regular (its program counts), so it cannot be classified"
    )
    assert refusal("classify", "function_composition", "--set", "n=4").endswith(
        "is not an acceptor: it must have one output word, a bit"
    )
    assert "more than 3 images" in refusal("classify", "tomita_4", "--max-images", "3")
    assert refusal("classify", "tomita_9").startswith("unknown algorithm or language 'tomita_9'")
