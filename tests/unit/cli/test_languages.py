"""--regex, --dot, --alphabet and --mode in the place of WHAT, in every command; streams of symbols."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

import streamssm as ss
from tests.unit.cli.command_line import refusal, streamssm, succeeds

REGEX = ("--regex", "(ab)*", "--alphabet", "ab")
PROTOCOLS = Path(__file__).parents[3] / "examples" / "protocols"
TCP = PROTOCOLS / "TCP_Linux_Client.dot"


def test_run_words() -> None:
    assert succeeds("run", *REGEX, "--stream", "-", given=b"ab a\nb") == "0\n1\n0\n1\n"
    assert succeeds("run", *REGEX, "--stream", "-", "--format", "text", given=b"0\n1\n") == "0\n1\n"
    assert succeeds("run", *REGEX, "--mode", "predict", "--stream", "-", given=b"a") == "0 1 0\n"
    assert succeeds("run", *REGEX, "--mode", "track", "--stream", "-", given=b"ab") == "1\n0\n"
    long = ("--regex", "<SYN> <ACK>*", "--alphabet", "SYN,ACK")
    assert succeeds("run", *long, "--stream", "-", given=b"SYN ACK\nSYN") == "1\n1\n0\n"


def test_run_a_protocol(tmp_path: Path) -> None:
    session, model = tmp_path / "session.txt", tmp_path / "tcp.safetensors"
    session.write_text("CONNECT\nSYN+ACK(V,V,0)\nRCV\n")
    answers = "-\nSYN(FRESH,ZERO,0)\nACK(NEXT,NEXT,0)\nTIMEOUT\n"
    succeeds("translate", TCP, "-o", model)
    for what in ((TCP,), ("--dot", TCP), (model,)):
        assert succeeds("run", *what, "--stream", session, "--begin") == answers
    assert succeeds("run", TCP, "--stream", session, "--last") == "TIMEOUT\n"
    checkpoint, out = tmp_path / "c", tmp_path / "out.txt"
    for _ in range(2):
        streamssm("run", TCP, "--stream", session, "-o", out, "--checkpoint", checkpoint, "--every", "1")
    assert "-\n" + out.read_text() == answers


def test_every_command(tmp_path: Path) -> None:
    model, program = tmp_path / "m.safetensors", tmp_path / "p.json"
    assert "symbols are 0 a, 1 b" in succeeds("translate", *REGEX, "-o", model)
    assert "equal: every stream" in succeeds("check", *REGEX, model, "--outputs-only")
    assert "symbols are 0 a, 1 b" in succeeds("translate", *REGEX, "--cot", "online", "-o", model)
    succeeds("translate", *REGEX, "-o", program)
    for other in (model, program, "model", "back"):
        assert "equal: every stream" in succeeds("check", *REGEX, other)
    assert "minimal     3 states" in succeeds("minimize", *REGEX)
    assert json.loads(succeeds("show", *REGEX, "--json"))["names"]["symbols"] == ["a", "b"]
    assert json.loads(succeeds("show", model, "--json"))["names"]["symbols"] == ["a", "b"]
    assert '[label="a / 0"]' in succeeds("minimize", model, "--to-dot", "-")


def test_machines_are_compared_by_names(tmp_path: Path) -> None:
    other, model = tmp_path / "other.dot", tmp_path / "tcp.safetensors"
    lines = [line for line in TCP.read_text().splitlines() if line.strip()]
    states, edges = lines[:16], lines[16:-1]
    other.write_text("\n".join([*states, *edges[::-1], "}"]))
    assert ss.Language.from_dot(other).symbols != ss.Language.from_dot(TCP).symbols
    assert "equal: every stream" in succeeds("check", TCP, other)
    succeeds("translate", TCP, "--cot", "online", "-o", model)
    assert "equal: every stream" in succeeds("check", other, model)
    assert "equal: every stream" in succeeds("check", model, other)


def test_a_difference_is_shown_and_replayed_by_names(tmp_path: Path) -> None:
    late = tmp_path / "late.dot"
    late.write_text(
        TCP.read_text().replace(
            's0 -> s0  [label="RST(V,V,0)/TIMEOUT"]', 's0 -> s0 [label="RST(V,V,0)/LATE"]'
        )
    )
    result = streamssm("check", TCP, late)
    assert result.exit_code == 1
    assert "output TIMEOUT" in result.stdout and "output LATE" in result.stdout
    _, replay = result.stdout.split("replay: streamssm ")
    assert streamssm(*shlex.split(replay)).exit_code == 1
    assert streamssm("check", TCP, late, "--stream", "CONNECT; RST(V,V,0) *2").exit_code in (0, 1)
    assert streamssm("check", TCP, late, "--stream", "RST(V,V,0)").exit_code == 1


def test_extract(tmp_path: Path) -> None:
    model = tmp_path / "m.safetensors"
    succeeds("translate", *REGEX, "-o", model)
    result = streamssm("extract", model, "--to", "regex")
    assert result.stdout == "(ab)*\n"
    assert result.stderr == "streamssm: (ab)*: a DFA of 3 states, right for every word\n"
    learned = json.loads(streamssm("extract", model, "--learn", "--to", "json").stdout)
    assert (learned["kind"], len(learned["states"]), learned["learned"]["queries"] > 10) == ("dfa", 3, True)
    dot = tmp_path / "tcp.dot"
    streamssm("extract", TCP, "-o", dot)
    assert "equal: every stream" in succeeds("check", TCP, dot)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("show", "--regex", "a"),
            "--regex requires --alphabet, such as --alphabet ab",
        ),
        (("show", "--alphabet", "ab"), "--alphabet requires --regex or --dot"),
        (
            ("show", "function_composition", "--mode", "track"),
            "--mode applies to languages only; function_composition is not one",
        ),
        (("show", "--regex", "a", "--alphabet", "a", "--dot", "x"), "--regex cannot be combined with --dot"),
        (("show", "luhn", *REGEX), "luhn cannot be combined with --regex"),
        (("show", "--regex", "a(", "--alphabet", "ab"), "regex, line 1, column 2: '(' is not closed"),
        (("show", "--regex", "a", "--alphabet", "aa"), "a symbol must be given once, not 'a' 2 times"),
        (("show", "--regex", "", "--alphabet", ""), "an alphabet must have at least one symbol"),
        (("show", "--dot", "none.dot"), "none.dot: cannot be read"),
        (
            ("show", *REGEX, "--mode", "transduce"),
            "must be one of recognize, track, predict, not 'transduce'",
        ),
        (("show", *REGEX, "--set", "n=3"), "(ab)* has no parameters, so it takes no --set n"),
        (("show", str(TCP), "--set", "n=3"), "it takes no --set n"),
        (("show", "--dot", str(TCP), "--mode", "predict"), "must be one of transduce, track, not 'predict'"),
        (
            ("show", "--dot", str(TCP), "--alphabet", "ab"),
            "a symbol must be one of a, b, not 'ACK+RST(V,V,0)'",
        ),
        (("run", *REGEX, "--stream", "-"), "line 1 (token 2): a symbol must be one of a, b, not 'c'"),
        (("check", *REGEX, "model", "--stream", "a; x"), "a symbol must be one of a, b, not 'x'"),
        (("extract", str(TCP), "--to", "regex"), "is not an acceptor: it gives outputs such as"),
        (("extract", str(TCP), "--kind", "dfa"), "TCP_Linux_Client is not a DFA: its output "),
    ],
)
def test_bad_input(words: tuple[str, ...], message: str) -> None:
    assert message in refusal(*words, given=b"abc")


def test_a_mode_is_replayed() -> None:
    result = streamssm("check", *REGEX, "--mode", "track", "--regex", "(ab)*", "luhn")
    assert result.exit_code == 2
    assert ss.Language.from_regex("(ab)*", "ab").in_mode("track").program().output_names == ("state",)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (("check", "tomita-3", "model", "--mode", "track"), "outputs  equal: every stream"),
        (("check", "dyck_1", "model", "--set", "counter_bits=2"), "outputs  equal: every stream"),
        (
            ("check", "an_bn", "program", "--mode", "predict", "--set", "counter_bits=2"),
            "outputs  equal: every",
        ),
        (("show", "an_bn", "--set", "counter_bits=3"), "language an_bn"),
    ],
)
def test_suite_names_are_what(words: tuple[str, ...], first: str) -> None:
    assert succeeds(*words).startswith(first)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "parity", "--set", "counter_bits=2"), "parity has no parameter 'counter_bits'"),
        (("show", "an_bn", "--set", "bits=2"), "an_bn has no parameter 'bits'"),
        (("show", "an_bn", "--mode", "track"), "track"),
        (("show", "tomita3"), "did you mean tomita_3?"),
    ],
)
def test_suite_names_that_do_not_fit(words: tuple[str, ...], message: str) -> None:
    assert message in refusal(*words, given=b"")
