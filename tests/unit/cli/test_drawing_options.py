"""show draws models: in the text, and as files that appear whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.unit.cli.command_line import COMPOSE, files_in, refusal, succeeds


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    succeeds("translate", *COMPOSE, "-o", path)
    return path


def test_text_stands_before_the_tables(model: Path) -> None:
    shown = succeeds("show", model)
    box, table = shown.index("│   value  [0, 7]"), shown.index("layer 1: state words")
    assert shown.index("outputs     output") < box < shown.index("thought of 6 bits per token ─") < table
    assert "│" not in succeeds("show", *COMPOSE)


def test_files(model: Path, tmp_path: Path) -> None:
    dot, svg = tmp_path / "model.dot", tmp_path / "model.svg"
    assert succeeds("show", model, "--to-dot", dot, "--svg", svg) == succeeds("show", model)
    assert dot.read_text().startswith('digraph "FunctionComposition" {')
    assert ElementTree.fromstring(svg.read_bytes()).tag.endswith("svg")
    assert files_in(tmp_path) == ["model.dot", "model.safetensors", "model.svg"]
    assert succeeds("show", model, "--to-dot", "-") == dot.read_text()
    assert succeeds("show", model, "--svg", "-") == svg.read_text()


def test_json(model: Path, tmp_path: Path) -> None:
    svg = tmp_path / "model.svg"
    drawing = json.loads(succeeds("show", model, "--json", "--svg", svg))["drawing"]
    (layer,) = drawing["layers"]
    assert [word["increment"]["inputs"] for word in layer["words"]] == [["next value"], ["next image"]]
    assert layer["outputs"][3] == {
        "name": "output",
        "role": "output",
        "reads": {"words": ["value"], "inputs": [], "constant": None},
        "passed": None,
    }
    assert svg.exists() and "drawing" not in json.loads(succeeds("show", *COMPOSE, "--json"))


@pytest.mark.parametrize("option", ["--to-dot", "--svg"])
def test_refusals(option: str, model: Path, tmp_path: Path) -> None:
    line = refusal("show", *COMPOSE, option, tmp_path / "x")
    assert line.startswith(f"{option} draws models only") and "streamssm translate" in line
    assert "there is no folder" in refusal("show", model, option, tmp_path / "no" / "x")
    assert "it is a folder" in refusal("show", model, option, tmp_path)
    assert "can be written to standard output" in refusal("show", model, option, "-", "--json")
    assert files_in(tmp_path) == ["model.safetensors"]


def test_a_failed_drawing_leaves_the_old_file(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    svg = tmp_path / "model.svg"
    svg.write_text("before")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert "No space left" in refusal("show", model, "--svg", svg)
    assert svg.read_text() == "before" and files_in(tmp_path) == ["model.safetensors", "model.svg"]
