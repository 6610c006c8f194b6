"""streamssm limits: what each command prints, its exit status, and its refusals in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from streamssm.algorithms import BlockComposition
from streamssm.cli.commands.limits import command as group
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.limits.collisions import insufficient
from streamssm.limits.collisions.insufficient import InsufficientClaim
from streamssm.limits.communication import communication
from streamssm.limits.streams.orders import parse_order, shape_of
from tests.unit.cli.command_line import refusal, streamssm, succeeds

COMPOSE = ("block_composition", "--set", "n=4", "--set", "k=2")
COUNT = ("saturating_counter", "modular_counter", "--set", "limit=3", "--set", "modulus=8")
INSUFFICIENT = "streamssm.limits.collisions.insufficient.too_little_memory:FirstImages"


def parsed(*words: str | Path, status: int = 0) -> dict[str, Any]:
    result = streamssm("limits", *words, "--json")
    assert (result.exit_code, result.stderr) == (status, "")
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def test_commands_are_found_by_being_there() -> None:
    assert {"collide", "communication", "insufficient", "residuals"} <= set(group.list_commands(None))  # type: ignore[arg-type]
    for name in group.list_commands(None):  # type: ignore[arg-type]
        assert succeeds("limits", name, "--help").startswith("Usage:")


# communication


def test_communication_counts_bits() -> None:
    data = parsed("communication", *COMPOSE, "--parties", "3")
    assert data["equal"] and data["tokens"] == 9
    assert [row["message_bits"] for row in data["rounds"]] == [[4, 4]] * 3
    assert (data["said_bits"], data["delivered_bits"], data["n"], data["ratio"]) == (24, 36, 4, 0.0741)
    text = succeeds("limits", "communication", *COMPOSE, "--parties", "3")
    rows = [line.split() for line in text.splitlines() if line.strip()[:1] in ("1", "2", "3")]
    assert [row[-7:] for row in rows] == [
        "1 2 4 4 4 8 12".split()
    ] * 3  # d p message 2dp (d^2+d)p said delivered
    assert "does not apply to a single instance" in text and "equal to those of a plain run" in text


def test_communication_of_other_streams(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.csv"
    tokens.write_text("block,key,image\n0,0,3\n1,3,2\n2,2,1\n")
    data = parsed("communication", *COMPOSE, "--parties", "3", "--stream", tokens)
    assert (data["tokens"], data["answer"]) == (3, [1])
    counted = parsed(
        "communication", "saturating_counter", "--set", "limit=9", "--length", "50", "--seed", "2"
    )
    assert counted["tokens"] == 50 and counted["ratio"] is None
    assert counted["rounds"][0]["maps"] == ["clamped line"]


def test_communication_that_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(communication.Transcript, "equal", property(lambda data: False))
    result = streamssm("limits", "communication", *COMPOSE)
    assert result.exit_code == 1 and "NOT equal to those" in result.stdout


def test_communication_refusals(tmp_path: Path) -> None:
    command = ("limits", "communication")
    assert refusal(*command, *COMPOSE, "--parties", "10") == (
        "parties must be at most 9, the number of tokens, not 10"
    )
    assert "each other in a cycle" in refusal(*command, "function_composition", "--set", "n=4")
    assert "the tables of composition fix it; leave it out" in refusal(*command, *COMPOSE, "--length", "5")
    assert "cannot be combined with --stream" in refusal(
        *command, *COMPOSE, "--length", "5", "--stream", "x.csv"
    )
    assert "cannot be read" in refusal(*command, *COMPOSE, "--stream", tmp_path / "none.csv")


# residuals


def test_residuals_in_orders() -> None:
    data = parsed("residuals", "stored_composition", "--set", "n=3", "--set", "k=2", "--order", "all:2")
    counts = {row["order"]: row["residuals"] for row in data["orders"]}
    assert counts == {
        "x,f1,f2": 5,
        "x,f2,f1": 75,
        "f1,x,f2": 27,
        "f1,f2,x": 65,
        "f2,x,f1": 75,
        "f2,f1,x": 129,
    }
    assert all(row["exact"] and row["right"] == row["streams"] == 2187 for row in data["orders"])


def test_residuals_beside_memory() -> None:
    text = succeeds(
        "limits", "residuals", "function_composition", "--set", "n=3", "--order", "x,f1", "--order", "f1,x"
    )
    lines = [line for line in text.splitlines() if ",f1 " in line or "f1,x " in line]
    assert (
        "right on all 81 streams" in lines[0] and lines[0].split()[:6] == "x,f1 f1(0) 5 2.32 4 1.72".split()
    )
    assert (
        "wrong on 36 of 81 streams" in lines[1] and lines[1].split()[:6] == "f1,x f1(2) 27 4.75 4 -".split()
    )


def test_residuals_of_a_sample() -> None:
    words = (
        "residuals",
        "stored_composition",
        "--set",
        "n=8",
        "--set",
        "k=1",
        "--order",
        "f1,x",
        "--sample",
        "300",
    )
    (row,) = parsed(*words)["orders"]
    assert (row["residuals"], row["exact"], row["sampled_prefixes"]) == (300, False, 300)
    text = succeeds("limits", *words)
    assert "at least 300" in text and "among 300 random prefixes" in text and "probability of 10^-6" in text


def test_residuals_of_all_streams() -> None:
    data = parsed("residuals", "modular_counter", "--set", "modulus=5")
    assert (data["counts"], data["residuals"], data["memory_bits"]) == ([1, 2, 3, 4, 5], 5, 3)
    text = succeeds("limits", "residuals", "modular_counter", "--set", "modulus=5")
    assert "memory needed at one cut: at least 2.32 bits (all prefixes of one length, all cont" in text


def test_residuals_refusals() -> None:
    command = ("limits", "residuals")
    stored = ("stored_composition", "--set", "n=5", "--set", "k=2", "--order", "f1,f2,x")
    assert "Covered are all prefixes of up to" in refusal(*command, *stored, "--budget", "5000")
    assert "is not an equivalence relation" in refusal(*command, *stored, "--keys", "free")
    assert "has no block orders: it is not a composition task" in refusal(
        *command, "modular_counter", "--set", "modulus=5", "--order", "x,f1"
    )
    assert "name x, f1, ... fK once each" in refusal(*command, *stored[:-1], "f1,f2")
    assert "must be in [1, 4], not 9" in refusal(*command, *stored[:-1], "all:9")
    assert "--sample requires --order" in refusal(
        *command, "modular_counter", "--set", "modulus=5", "--sample", "9"
    )
    assert "cannot be combined with" in refusal(*command, *stored, "--budget", "9", "--sample", "9")
    assert "raise max_transitions (100), or take smaller parameters" in refusal(
        *command, "function_composition", "--set", "n=4", "--budget", "100"
    )


# collide


def test_a_collision_is_the_exit_status() -> None:
    data = parsed("collide", *COUNT, "--thoughts", "1,5000", status=1)
    assert data["collision"]["state"] == [3] and data["replays"]
    assert data["verdict"] == "a collision refutes one model's heads and offline thoughts, never a class"
    assert [row["thoughts"] for row in data["thinking"]] == [1, 5000]
    assert all(row["model_says"][0] == row["model_says"][1] for row in data["thinking"])
    result = streamssm("limits", "collide", *COUNT)
    assert result.exit_code == 1 and "after 1,000,000 thoughts at the end it says" in result.stdout
    assert "never a class" in result.stdout and "both times" in result.stdout


def test_a_collision_in_an_order() -> None:
    task = ("stored_composition", "--set", "n=16", "--set", "k=1", "--set", "stored=3", "--order", "f1,x")
    data = parsed("collide", INSUFFICIENT, *task, "--streams", "4000", "--thoughts", "3", status=1)
    whole = data["collision"]["first"] + data["collision"]["ending"]
    assert data["memory_bits"] == 12 and [token[:2] for token in whole] == [
        *([1, key] for key in range(16)),
        [0, 0],
    ]


def test_no_collision() -> None:
    words = ("collide", "block_composition", *COMPOSE, "--order", "x,f1,f2", "--streams", "500")
    assert parsed(*words)["collision"] is None
    assert "this shows nothing" in succeeds("limits", *words)


def test_collide_refusals() -> None:
    command = ("limits", "collide")
    assert "cannot be combined with" in refusal(*command, *COUNT, "--order", "x,f1", "--length", "4")
    assert "has no block orders: it is not a composition task" in refusal(*command, *COUNT, "--order", "x,f1")
    assert "each other in a cycle" in refusal(
        *command, "function_composition", "modular_counter", "--set", "n=4", "--set", "modulus=8"
    )
    assert "must read the tokens of" in refusal(
        *command, "saturating_counter", "flip_flop", "--set", "limit=3", "--set", "values=2"
    )
    assert "Missing argument" in refusal(*command, "saturating_counter", "--set", "limit=3")


# insufficient


def test_insufficient(monkeypatch: pytest.MonkeyPatch) -> None:
    models = insufficient.claims()
    some = (models[1], models[5])
    monkeypatch.setattr(insufficient, "claims", lambda: some)
    data = parsed("insufficient")
    assert [row["lacks"] for row in data["claims"]] == ["memory", "layers"]
    assert all(row["collision"] for row in data["claims"])
    text = succeeds("limits", "insufficient")
    assert "never a class" in text and "not found" not in text


def test_insufficient_that_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    program = BlockComposition(2, 1).program()
    shape = shape_of(parse_order("x,f1"), program.name, program.fields)
    right = InsufficientClaim("right", "nothing", to_ssm(program, cot="none"), program, shape, "2 bits")
    monkeypatch.setattr(insufficient, "claims", lambda: (right,))
    result = streamssm("limits", "insufficient")
    assert result.exit_code == 1 and "not found" in result.stdout
