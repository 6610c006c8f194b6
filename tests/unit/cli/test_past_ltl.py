"""--past-ltl in the place of WHAT, in every command."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.unit.cli.command_line import refusal, streamssm, succeeds

FORMULA = ("--past-ltl", "a S (b & Y c)")


def test_translate_and_check(tmp_path: Path) -> None:
    model, program = tmp_path / "since.safetensors", tmp_path / "since.json"
    assert "2 bits" in succeeds("translate", *FORMULA, "--cot", "online", "-o", model)
    succeeds("translate", *FORMULA, "-o", program)
    for other in (model, program, "model", "program", "back"):
        assert "equal: every stream" in succeeds("check", *FORMULA, other)
        assert "equal: every stream" in succeeds("check", other, *FORMULA)


def test_show() -> None:
    data = json.loads(succeeds("show", *FORMULA, "--json"))
    assert data["name"] == "a S (b & Y c)"
    assert [word["name"] for word in data["registers"]] == ["c", "a S (b & Y c)"]
    assert [word["name"] for word in data["fields"]] == ["a", "b", "c"]


def test_run_with_propositions_in_an_order() -> None:
    run = ("run", "--past-ltl", "b & Y a", "--stream", "-")
    guessed = streamssm(*run, given=b"1 0\n0 1\n0 1\n")
    assert (guessed.exit_code, guessed.stdout) == (0, "0\n1\n0\n")
    assert "reading the columns as a, b;" in guessed.stderr
    assert succeeds(*run, given=b"b a\n0 1\n1 0\n1 0\n") == "0\n1\n0\n"
    assert succeeds(*run, given=b"b,a\n0,1\n1,0\n1,0\n") == "0\n1\n0\n"
    assert succeeds(*run, "--propositions", "b, a", given=b"0 1\n1 0\n1 0\n") == "0\n1\n0\n"


def test_difference_is_replayed(tmp_path: Path) -> None:
    program = tmp_path / "once.json"
    succeeds("translate", "--past-ltl", "O a", "--propositions", "b,a", "-o", program)
    result = streamssm("check", "--past-ltl", "H a", "--propositions", "b,a", program)
    assert result.exit_code == 1
    _, replay = result.stdout.split("replay: streamssm ")
    assert streamssm(*shlex.split(replay)).exit_code == 1
    assert "--propositions b,a" in replay


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "--past-ltl", "a S"), "formula, line 1, column 4: unexpected end after 'a S'"),
        (
            ("show", "--past-ltl", "a & c", "--propositions", "a,b"),
            "unknown proposition 'c'; declared are a, b",
        ),
        (("show", "--past-ltl", "a", "--propositions", "a,,b"), "a proposition must be a name"),
        (("show", "--past-ltl", "a", "--propositions", "a,a"), "duplicate proposition 'a'"),
        (("show", "--propositions", "a,b"), "--propositions requires --past-ltl"),
        (("show", "luhn", "--past-ltl", "a"), "luhn cannot be combined with --past-ltl"),
        (("show",), "Missing argument 'WHAT' (or one of --regex, --dot, --past-ltl)"),
        (("show", "--past-ltl", "a", "--set", "n=3"), "it takes no --set n"),
        (("check", "--past-ltl", "a", "luhn", "--set", "n=3"), "it takes no --set n"),
        (("check", "--past-ltl", "a"), "Missing argument 'OTHER'"),
        (("check", "luhn"), "Missing argument 'OTHER'"),
        (("check",), "Missing argument 'WHAT'"),
        (("check", "--past-ltl", "a", "luhn", "model"), "unexpected extra argument (model)"),
        (("check", "luhn", "model", "back"), "unexpected extra argument (back)"),
        (("check", "--past-ltl", "a", "luhn"), "both sides must read the same fields"),
    ],
)
def test_bad_input(words: tuple[str, ...], message: str) -> None:
    assert message in refusal(*words)
