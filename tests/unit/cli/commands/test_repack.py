"""streamssm repack and bench repack: what they write and print, what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.command_line import COMPOSE, files_in, refusal, succeeds

SHAPE = ("--state-dim", "6", "--precision", "1")


def test_a_model_and_what_becomes_one(tmp_path: Path) -> None:
    model, packed, again = (tmp_path / f"{name}.safetensors" for name in ("model", "packed", "again"))
    succeeds("translate", *COMPOSE, "-o", model)
    shown = succeeds("repack", model, *SHAPE, "-o", packed)
    for expected in (
        "d = 6",
        "p = 1 bit",
        "6 bits (d*p = 6)",
        "1 thought of 6 bits per token",
        "value: packed[0..2]",
    ):
        assert expected in shown
    succeeds("repack", *COMPOSE, *SHAPE, "-o", again)
    assert packed.read_bytes() == again.read_bytes()
    data = json.loads(succeeds("check", model, packed, "--json"))
    assert (data["equal"], data["covers"]) == (True, "every stream")
    assert data["memory"]["bits"] == {"a": 6, "b": 6}
    assert "packed[0..2]" in succeeds("show", packed)


def test_json_names_the_words_of_each_register(tmp_path: Path) -> None:
    data = json.loads(succeeds("repack", *COMPOSE, *SHAPE, "-o", tmp_path / "m.safetensors", "--json"))
    assert data["register_map"] == {"value": "packed[0..2]", "image": "packed[3..5]"}
    assert (data["state_dim"], data["precision_bits"], data["memory_bits"]) == (6, 1, 6)


def test_refusals_leave_no_file(tmp_path: Path) -> None:
    layers = tmp_path / "layers.safetensors"
    succeeds("translate", "--past-ltl", "O a", "--cot", "none", "-o", layers)
    packed = tmp_path / "packed.safetensors"
    shape = ("--state-dim", "1", "--precision", "5", "-o", packed)
    assert refusal("repack", *COMPOSE, *shape) == (
        "the 6 bits of FunctionComposition do not fit 1 word of 5 bits: "
        "state_dim must be at least 2 or precision_bits at least 6"
    )
    assert "width and precision are not interchangeable (THEORY A5)" in refusal("repack", layers, *shape)
    assert refusal("repack", *COMPOSE, *SHAPE, "-o", tmp_path / "p.json").startswith(
        "-o must end in .safetensors"
    )
    assert files_in(tmp_path) == ["layers.safetensors"]


def test_table_of_composition() -> None:
    n = ("function_composition", "--set", "n=1024")
    rows = json.loads(succeeds("bench", "repack", *n, "--json", "-"))["rows"]
    shapes = [(row["state_dim"], row["precision_bits"]) for row in rows]
    assert shapes == [(1, 20), (2, 10), (4, 5), (5, 4), (10, 2), (20, 1)]
    assert all(row["memory_bits"] == row["thought_bits"] == 20 for row in rows)
    assert all(row["depth"] <= row["relus"] < row["nonzeros"] < row["parameters"] for row in rows)
    table = succeeds("bench", "repack", *COMPOSE)
    assert "FunctionComposition repacked" in table and "depth of phi" in table


def test_shapes_are_proven_equal() -> None:
    pytest.importorskip("bitwuzla", reason="the extra prove")
    n = ("function_composition", "--set", "n=1024", "--prove")
    rows = json.loads(succeeds("bench", "repack", *n, "--json", "-"))["rows"]
    assert [row["verdict"] for row in rows] == ["proven"] * 6
    assert all(row["seconds"] > 0 for row in rows)
    table = succeeds("bench", "repack", *COMPOSE, "--prove")
    assert "equal" in table and table.count("proven") == 4


def test_a_model_of_no_memory_has_one_shape() -> None:
    (row,) = json.loads(succeeds("bench", "repack", "function_composition", "--set", "n=1", "--json", "-"))[
        "rows"
    ]
    assert (row["state_dim"], row["precision_bits"], row["memory_bits"]) == (1, 0, 0)
