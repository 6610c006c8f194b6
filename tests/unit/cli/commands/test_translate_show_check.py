"""translate, show and check: what they write, what they print, how they end."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

import streamssm as ss
from tests.unit.cli.command_line import COMPOSE, refusal, streamssm, succeeds


def lines_of(text: str) -> dict[str, str]:
    """Return the lines of the form 'name  text' by name."""
    return {line.split("  ")[1].strip(): line[14:] for line in text.splitlines() if line.startswith("  ")}


def test_model_of_composition_and_back(tmp_path: Path) -> None:
    model, program = tmp_path / "compose.safetensors", tmp_path / "compose.json"
    succeeds("translate", "function_composition", "--set", "n=1024", "-o", model)
    shown = succeeds("show", model)
    for expected in (
        "L = 1",
        "d = 2",
        "p = 10 bits",
        "20 bits (d*p = 20)",
        "1 thought of 20 bits per token",
        "diagonal, entries in {0, 1}",
        "24 weights",
    ):
        assert expected in shown
    succeeds("translate", model, "-o", program)
    assert "20 bits in 2 registers" in succeeds("show", program)


def test_small_thoughts(tmp_path: Path) -> None:
    model = tmp_path / "small.safetensors"
    small = ("translate", "function_composition", "--set", "n=1024", "-o", model, "--cot-bits")
    assert "2 thoughts of 11 bits per token" in succeeds(*small, "11")
    assert "note: hold words: last (1 bit); 1 bit, no order" in succeeds("show", model)
    result = streamssm(*small, "5")
    assert result.exit_code == 2
    assert "cot_bits of FunctionComposition must be at least 6, not 5" in result.output


def test_settings_may_be_words_where_the_class_takes_words() -> None:
    pattern = ("--set", "pattern=10011", "--set", "alphabet=01")
    result = streamssm("check", "knuth_morris_pratt", "model", *pattern, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["memory"]["bits"] == {"a": 3, "b": 3}


def test_json_of_show(tmp_path: Path) -> None:
    model = tmp_path / "compose.safetensors"
    translated = json.loads(succeeds("translate", *COMPOSE, "-o", model, "--json"))
    shown = json.loads(succeeds("show", model, "--json"))
    assert {
        key: shown[key]
        for key in ("memory_bits", "num_layers", "state_dim", "precision_bits", "thought_bits")
    } == {
        "memory_bits": 6,
        "num_layers": 1,
        "state_dim": 2,
        "precision_bits": 3,
        "thought_bits": 6,
    }
    assert translated["file"] == str(model) and translated["parameters"] == shown["parameters"]
    assert sum(gadget["relus"] for gadget in shown["gadgets"]) == shown["relus"]
    every = json.loads(succeeds("show", model, "--json", "--gadgets"))["gadgets"]
    assert sum(gadget["nonzeros"] for gadget in every) == shown["nonzeros"]
    algorithm = json.loads(succeeds("show", *COMPOSE, "--json"))
    assert [register["bits"] for register in algorithm["registers"]] == [3, 3]


def test_show_lists_assumptions(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text(
        "import streamssm as ss\n"
        "class Own(ss.Algorithm):\n"
        "    def __init__(self):\n"
        "        self.tokens(x=2)\n"
        "        self.r = self.register(4)\n"
        "    def update(self, x):\n"
        "        self.r = ss.within(self.r + x, 0, 3)\n"
        "    def output(self):\n"
        "        return self.r\n"
    )
    assert "assumption: " in succeeds("show", f"{path}:Own") and "own.py:7" in succeeds("show", f"{path}:Own")
    result = streamssm("translate", f"{path}:Own", "-o", tmp_path / "own.json")
    assert result.exit_code == 0 and "own.py:7" in result.stderr


def test_module_and_file_name_the_same_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = (
        "from streamssm.algorithms import FunctionComposition\nclass Same(FunctionComposition):\n    pass\n"
    )
    (tmp_path / "a_module_of_ours.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    assert succeeds("show", "a_module_of_ours:Same", "--set", "n=8") == succeeds(
        "show", "a_module_of_ours.py:Same", "--set", "n=8"
    )


@pytest.mark.parametrize("other", ["model", "program", "back"])
def test_check_of_what_is_made_from_it(other: str) -> None:
    shown = json.loads(succeeds("check", *COMPOSE, other, "--json"))
    assert shown["equal"] is True and shown["covers"] == "every stream" and shown["memory"]["equal"] is True


def wrong_model(path: Path) -> None:
    """Save composition's model with the bias of its first ReLU changed by one."""
    model = ss.to_ssm(ss.load(str(path.with_suffix(".json"))))  # type: ignore[arg-type]
    layer = model.layers[0]
    gadgets = list(layer.readout.gadgets)
    index = next(i for i, gadget in enumerate(gadgets) if gadget.hidden)
    first = replace(gadgets[index].hidden[0], bias=gadgets[index].hidden[0].bias + 1)
    gadgets[index] = replace(gadgets[index], hidden=(first, *gadgets[index].hidden[1:]))
    readout = replace(layer.readout, gadgets=tuple(gadgets))
    replace(model, layers=(replace(layer, readout=readout),)).save(str(path))


def test_difference_ends_with_status_1_and_replays(tmp_path: Path) -> None:
    path = tmp_path / "wrong.safetensors"
    succeeds("translate", *COMPOSE, "-o", path.with_suffix(".json"))
    wrong_model(path)
    result = streamssm("check", *COMPOSE, path, "--json")
    shown = json.loads(result.stdout)
    assert result.exit_code == 1 and shown["equal"] is False and shown["witness"]["shortest"] is True
    program, *words = shlex.split(shown["witness"]["replay"])
    assert program == "streamssm"
    again = streamssm(*words)
    assert again.exit_code == 1 and "DIFFERENT" in again.stdout


def test_same_outputs_with_more_memory_end_with_status_1(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    body = "    def update(self, x):\n        self.r = x\n    def output(self):\n        return self.r\n"
    start = "import streamssm as ss\n"
    for name, values in (("One", 2), ("Two", 4)):
        start += f"class {name}(ss.Algorithm):\n    def __init__(self):\n        self.tokens(x=2)\n"
        start += f"        self.r = self.register({values})\n{body}"
    path.write_text(start)
    result = streamssm("check", f"{path}:One", f"{path}:Two", "--json")
    shown = json.loads(result.stdout)
    assert (result.exit_code, shown["equal"], shown["memory"]["bits"]) == (1, True, {"a": 1, "b": 2})


def test_sampling_is_repeatable() -> None:
    words = (
        "check",
        "function_composition",
        "--set",
        "n=2^20",
        "program",
        "--method",
        "sample",
        "--tokens",
        "5000",
    )
    first, second = (json.loads(succeeds(*words, "--seed", "7", "--json")) for _ in range(2))
    assert first["details"] == second["details"] and first["equal"] is True
    assert "sampled streams" in succeeds(*words)


def test_help_of_every_command() -> None:
    for command in ("translate", "repack", "run", "check", "show", "bench", "bench memory", "bench repack"):
        assert f"Usage: streamssm {command}" in succeeds(*command.split(), "--help")
    assert ss.__version__ in succeeds("--version")


def test_words_of_an_array_are_one_row() -> None:
    shown = succeeds("show", "misra_gries", "--set", "n=16", "--set", "counters=4", "--set", "limit=7")
    assert "items[0..3]    [0, 15]     16      0" in shown


def test_a_replay_line_with_repeated_tokens_is_read() -> None:
    settings = ("--set", "limit=9")
    shown = succeeds("check", "saturating_counter", "model", *settings, "--stream", "1 *12; 0")
    assert "the stream of 13 tokens that was given" in shown


def test_bounded_thoughts(tmp_path: Path) -> None:
    model = tmp_path / "model.safetensors"
    shown = succeeds("translate", *COMPOSE, "--cot-bits", "4", "-o", model)
    assert "2 thoughts of 4 bits per token" in shown
    assert refusal("translate", *COMPOSE, "--cot-bits", "2", "-o", model).startswith("cot_bits of")


def test_layers_and_what_their_delays_cost() -> None:
    words = ("check", "--past-ltl", "O(a & Y O b)", "layers")
    different = streamssm(*words)
    assert different.exit_code == 1
    assert "memory   DIFFERENT: 2 and 4 bits" in different.stdout
    outputs = succeeds(*words, "--outputs-only")
    assert outputs.startswith("outputs  equal: every stream")
    assert "memory   not compared: 2 and 4 bits\n" in outputs and "DIFFERENT" not in outputs


def test_layers_on_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "flip_flop.safetensors"
    words = ("translate", "flip_flop", "--set", "values=4", "--cot", "none", "--transition", "zero-one")
    translated = succeeds(*words, "-o", file)
    assert "L = 2" in translated and "thoughts    none" in translated
    assert "diagonal, entries in {0, 1}" in succeeds("show", file)
    assert "outputs  equal: every stream" in succeeds("check", "flip_flop", file, "--set", "values=4")
