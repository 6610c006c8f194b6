"""Every kind of bad input is refused in one line with status 2, and leaves nothing half-written."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from streamssm.bench.subprocesses import PACKAGE_HOME
from tests.unit.cli.command_line import COMPOSE, files_in, refusal, succeeds


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    succeeds("translate", *COMPOSE, "-o", path)
    return path


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    path = tmp_path / "tokens.txt"
    path.write_text("0 3 1\n3 5 1\n")
    return path


def own_class(folder: Path, update: str, registers: str = "self.r = self.register(4)") -> str:
    """Write a class to a file; return how the command line names it."""
    lines = [
        "import streamssm as ss",
        "class Own(ss.Algorithm):",
        "    def __init__(self):",
        "        self.tokens(x=(-4, 4))",
        f"        {registers}",
        "    def update(self, x):",
        *(f"        {line}" for line in update.splitlines()),
        "    def output(self):",
        "        return self.r",
    ]
    path = folder / "own.py"
    path.write_text("\n".join(lines) + "\n")
    return f"{path}:Own"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "function_compositoin"), "did you mean function_composition?"),
        (("show", "quicksort"), "the library has"),
        (("show", "function_composition"), "function_composition needs --set n=..."),
        (("show", *COMPOSE, "--set", "m=3"), "function_composition has no parameter 'm'; it has n"),
        (("show", *COMPOSE, "--set", "n=9"), "--set n is given twice"),
        (("show", "function_composition", "--set", "n=many"), "must be an integer"),
        (
            ("show", "function_composition", "--set", "n=2^99"),
            "--set n must fit in 64 bits, and 2^99 does not",
        ),
        (("show", "function_composition", "--set", "n"), "--set must be NAME=VALUE"),
        (("show", "function_composition", "--set", "n=0"), "n must be at least 1, not 0"),
        (("show", "function_composition", "--set", "n=-5"), "n must be at least 1, not -5"),
        (("show", "missing.json"), "missing.json: no such file"),
        (("show", "missing.safetensors"), "missing.safetensors: no such file"),
        (("show", "missing.py:Class"), "missing.py: no such file"),
        (("show", "own.py"), "add the name of a class, as in own.py:Class"),
        (("show", "no_such_module_at_all:Class"), "'no_such_module_at_all' cannot be imported"),
        (("show", "json:JSONDecoder"), "'JSONDecoder' is not a streamssm.Algorithm"),
        (("show",), "Missing argument 'WHAT'"),
        (("shew", "x"), "there is no command 'shew'; did you mean 'show'?"),
        (("show", "x", "--color"), "No such option"),
        (("check", *COMPOSE, "quicksort"), "unknown algorithm or language 'quicksort'"),
        (("check", *COMPOSE, "model", "--tokens", "0"), "0 is not in the range x>=1"),
        (("check", *COMPOSE, "model", "--stream", "0 3"), "3 fields"),
        (("check", *COMPOSE, "model", "--stream", "0 3 9"), "field 'last' must be in [0, 1], not 9"),
        (("check", *COMPOSE, "model", "--stream", "0 3 x"), "part 0 of the stream: a field must be"),
        (("bench", "memory", "--n", "16..8"), "1 <= LO <= HI"),
        (("bench", "memory", "--n", "0"), "--n must be at least 1, not 0"),
        (
            ("bench", "memory", "--task", "sorting"),
            "the task must be one of function_composition, not 'sorting'",
        ),
        (("bench", "memory", "--n", "16", "--plot", "memory.gif"), "--plot must name a .svg file"),
    ],
)
def test_words_that_mean_nothing(words: tuple[str, ...], message: str) -> None:
    assert message in refusal(*words)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must hold at least one token, not be empty"),
        ("\n\n", "must hold at least one token, not none"),
        ("0 3 1\n3 9 1\n", "line 2 (token 1): field 'image' must be in [0, 7], not 9"),
        ("0 3 1\n\n3 -1 1\n", "line 3 (token 1): field 'image' must be in [0, 7], not -1"),
        ("0 3 1\n3 5\n", "line 2 (token 1): a token must have 3 fields (key, image, last), not 2"),
        ("0 3 1 1\n", "line 1 (token 0): a token must have 3 fields (key, image, last), not 4"),
        ("0 3 1.0\n", "line 1 (token 0): field 'last' must be an integer in [0, 1], not '1.0'"),
        ("0 3 99999999999999999999999\n", "field 'last' must be in [0, 1], not 99999999999999999999999"),
        ("key,image\n0,3\n", "line 1: must be a header with the field names key,image,last"),
        ("key,image,first\n0,3,1\n", "'last' is missing"),
    ],
)
@pytest.mark.parametrize("checkpoint", [False, True])
def test_tokens_that_do_not_fit(tmp_path: Path, text: str, message: str, checkpoint: bool) -> None:
    stream = tmp_path / "tokens"
    stream.write_text(text)
    more = ("--checkpoint", tmp_path / "run.ckpt") if checkpoint else ()
    told = refusal("run", *COMPOSE, "--stream", stream, "-o", tmp_path / "out.txt", *more)
    assert told.startswith(str(stream)) and message in told
    assert files_in(tmp_path) == ["tokens"]


def test_standard_input_is_named() -> None:
    assert refusal("run", *COMPOSE, "--stream", "-", given=b"0 9 0\n") == (
        "standard input line 1 (token 0): field 'image' must be in [0, 7], not 9"
    )
    assert refusal("run", *COMPOSE, "--stream", "-", given=b"").startswith("standard input: must hold")


def test_missing_stream(tmp_path: Path) -> None:
    assert (
        refusal("run", *COMPOSE, "--stream", tmp_path / "no")
        == f"{tmp_path}/no: cannot be read: No such file or directory"
    )
    assert refusal("run", *COMPOSE, "--stream", tmp_path).endswith("cannot be read: Is a directory")


@pytest.mark.parametrize("length", [0, 4, 100, -1])
def test_model_cut_short(model: Path, length: int) -> None:
    model.write_bytes(model.read_bytes()[:length])
    assert refusal("show", model).startswith(f"{model}: ")


def test_model_with_any_byte_changed(model: Path) -> None:
    whole = model.read_bytes()
    for offset in range(0, len(whole), 37):
        model.write_bytes(whole[:offset] + bytes([whole[offset] ^ 0x55]) + whole[offset + 1 :])
        assert refusal("run", model, "--stream", "-", given=b"0 3 1\n")


def test_program_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "program.json"
    succeeds("translate", *COMPOSE, "-o", path)
    path.write_bytes(path.read_bytes()[:-20])
    assert refusal("show", path).startswith(f"{path}: must be")


def test_model_for_another_size(model: Path) -> None:
    message = refusal("check", "function_composition", model, "--set", "n=16")
    assert "field 'key'" in message and "[0, 15]" in message and "[0, 7]" in message


def test_settings_of_a_saved_model(model: Path) -> None:
    assert (
        refusal("show", model, "--set", "n=8")
        == f"{model} was saved with its parameters, so it takes no --set n"
    )


def test_setting_that_no_side_of_a_check_takes(model: Path) -> None:
    assert "has no parameter 'm'" in refusal("check", *COMPOSE, model, "--set", "m=1")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-o", "no/such/folder/out.safetensors"), "no/such/folder/out.safetensors: cannot be written"),
        (("-o", "out.bin"), "-o must end in .safetensors or .json"),
        (("-o", "out.json", "--to", "ssm"), "-o must end in .safetensors"),
        (("-o", "out.safetensors", "--cot", "none"), "the updates of value <- image <- value"),
        (("-o", "out.safetensors", "--cot", "none", "--transition", "x"), "transition must be one of auto"),
        (("-o", "out.safetensors", "--transition", "dyadic"), "applies to layers only"),
    ],
)
def test_translations_that_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in refusal("translate", *COMPOSE, *words)
    assert files_in(tmp_path) == []


def test_output_in_no_folder(tmp_path: Path, tokens: Path) -> None:
    out = tmp_path / "no" / "out.txt"
    assert refusal("run", *COMPOSE, "--stream", tokens, "-o", out).startswith(f"{out}: cannot be written")
    assert refusal("run", *COMPOSE, "--stream", tokens, "-o", out, "--checkpoint", tmp_path / "c").startswith(
        str(out)
    )
    assert files_in(tmp_path) == ["tokens.txt"]


def test_checkpoint_needs_a_file(tokens: Path, tmp_path: Path) -> None:
    assert "--checkpoint requires -o FILE" in refusal(
        "run", *COMPOSE, "--stream", tokens, "--checkpoint", tmp_path / "c"
    )


def test_files_that_would_overwrite_each_other(tokens: Path, tmp_path: Path) -> None:
    before = tokens.read_text()
    words = ("run", *COMPOSE, "--stream", tokens)
    assert refusal(*words, "-o", tokens) == f"--stream and -o are the same file, {tokens}"
    assert "--stream and --checkpoint" in refusal(*words, "-o", tmp_path / "out", "--checkpoint", tokens)
    assert "-o and --checkpoint" in refusal(*words, "-o", tmp_path / "out", "--checkpoint", tmp_path / "out")
    assert tokens.read_text() == before


def test_weights_of_a_program(tokens: Path) -> None:
    assert "--by weights applies to models only" in refusal(
        "run", *COMPOSE, "--stream", tokens, "--by", "weights"
    )


@pytest.mark.parametrize(
    ("update", "message"),
    [
        ("while x: x -= 1", "own.py:7"),
        ("self.r = x % (x - 4)", "own.py:7"),
        ("self.r = self.r + 1", "own.py:7"),
        ("self.r = open(x)", "own.py:7"),
    ],
)
def test_class_that_cannot_be_translated(tmp_path: Path, update: str, message: str) -> None:
    what = own_class(tmp_path, update)
    assert message in refusal("translate", what, "-o", tmp_path / "own.safetensors")
    assert not (tmp_path / "own.safetensors").exists()


@pytest.mark.parametrize(
    "text", ["import nothing_like_it\n", "1 +\n", "1 / 0\n", "x = None\n", "\0", "raise SystemExit(7)"]
)
def test_file_that_is_no_python_of_ours(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.py"
    path.write_text(text)
    assert refusal("show", f"{path}:Own").startswith(str(path))


def test_class_whose_constructor_raises(tmp_path: Path) -> None:
    what = own_class(tmp_path, "pass", registers="self.r = [][1]")
    assert "cannot be constructed: IndexError" in refusal("show", what)


class TestCheckpoints:
    @pytest.fixture
    def run(self, tmp_path: Path, tokens: Path) -> list[str | Path]:
        return ["--stream", tokens, "-o", tmp_path / "out.txt", "--checkpoint", tmp_path / "run.ckpt"]

    def test_of_another_program(self, tmp_path: Path, run: list[str | Path]) -> None:
        succeeds("run", *COMPOSE, *run)
        before = (tmp_path / "out.txt").read_bytes()
        message = refusal("run", "function_composition", "--set", "n=16", *run)
        assert message.startswith(
            f"{tmp_path}/run.ckpt: is a checkpoint of another program or model than FunctionComposition"
        )
        assert (tmp_path / "out.txt").read_bytes() == before

    def test_over_another_input(self, tmp_path: Path, run: list[str | Path], tokens: Path) -> None:
        succeeds("run", *COMPOSE, *run)
        tokens.write_text("0 4 1\n4 5 1\n")
        assert "was saved over another input" in refusal("run", *COMPOSE, *run)
        tokens.write_text("0 4 1\n")
        assert "ends at byte 6" in refusal("run", *COMPOSE, *run)

    def test_of_an_output_that_is_gone(self, tmp_path: Path, run: list[str | Path]) -> None:
        succeeds("run", *COMPOSE, *run)
        (tmp_path / "out.txt").write_text("")
        assert "has 0 bytes, fewer than the 4 that the checkpoint counts" in refusal("run", *COMPOSE, *run)

    def test_with_any_byte_changed(self, tmp_path: Path, run: list[str | Path]) -> None:
        succeeds("run", *COMPOSE, *run)
        path = tmp_path / "run.ckpt"
        whole = path.read_bytes()
        for offset in range(0, len(whole), 11):
            path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 1]) + whole[offset + 1 :])
            message = refusal("run", *COMPOSE, *run)
            assert message.startswith(f"{path}: ") and "--fresh" in message or "another version" in message

    def test_packed_words_out_of_range(self, tmp_path: Path) -> None:
        stream = tmp_path / "tokens.txt"
        stream.write_text("0 3 1\n")
        words = (
            "run",
            "function_composition",
            "--set",
            "n=5",
            "--stream",
            stream,
            "-o",
            tmp_path / "out.txt",
        )
        succeeds(*words, "--checkpoint", tmp_path / "run.ckpt")
        path = tmp_path / "run.ckpt"
        body = path.read_bytes()[: -hashlib.sha256().digest_size]
        assert body[-1] == 0b011_011
        body = body[:-1] + bytes([0b111_011])
        path.write_bytes(body + hashlib.sha256(body).digest())
        assert refusal(*words, "--checkpoint", path).startswith(f"{path}: ")


def test_no_traceback_from_a_real_process(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "streamssm.cli", "run", *COMPOSE, "--stream", "-"],
        input=b"0 3 1\n1 2 3 4\n",
        capture_output=True,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        cwd=PACKAGE_HOME,
    )
    assert (done.returncode, done.stdout) == (2, b"3\n")
    assert done.stderr.count(b"\n") == 1 and b"line 2 (token 1)" in done.stderr
