"""streamssm run: any way in and any way out gives the outputs of the program, and a killed run goes on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from streamssm.algorithms import FunctionComposition
from streamssm.limits.streams.composition_streams import CompositionStream
from tests.unit.cli.command_line import files_in, refusal, streamssm, succeeds

N = 50
COMPOSE = ("function_composition", "--set", f"n={N}")


@pytest.fixture(scope="module")
def tokens() -> np.ndarray:
    blocks = CompositionStream(n=N, k=5, seed=3).blocks()
    return np.concatenate(
        [np.stack([column.astype(np.int64) for column in block], axis=1) for block in blocks]
    )


@pytest.fixture(scope="module")
def expected(tokens: np.ndarray) -> str:
    """The outputs of the plain Python class, one line per token."""
    algorithm, lines = FunctionComposition(N), []
    for token in tokens.tolist():
        algorithm.update(*token)
        lines.append(f"{algorithm.output()}\n")
    return "".join(lines)


@pytest.fixture
def text(tmp_path: Path, tokens: np.ndarray) -> Path:
    path = tmp_path / "tokens.txt"
    np.savetxt(path, tokens, fmt="%d")
    return path


@pytest.mark.parametrize("form", ["text", "npy", "csv"])
def test_every_format_gives_the_outputs_of_the_class(
    tmp_path: Path, tokens: np.ndarray, expected: str, form: str
) -> None:
    path = tmp_path / f"tokens.{form}"
    if form == "npy":
        np.save(path, tokens.astype(np.uint8))
    elif form == "csv":
        np.savetxt(path, tokens[:, ::-1], fmt="%d", delimiter=",", header="last,image,key", comments="")
    else:
        np.savetxt(path, tokens, fmt="%d")
    assert succeeds("run", *COMPOSE, "--stream", path) == expected
    assert succeeds("run", *COMPOSE, "--stream", "-", given=path.read_bytes()) == expected
    assert succeeds("run", *COMPOSE, "--stream", path, "--last") == expected.splitlines()[-1] + "\n"


@pytest.mark.parametrize("ending", ["safetensors", "json"])
def test_saved_artefacts_run_alike(tmp_path: Path, text: Path, expected: str, ending: str) -> None:
    saved = tmp_path / f"saved.{ending}"
    succeeds("translate", *COMPOSE, "-o", saved)
    for by in ["--by=weights", "--by=fused"] if ending == "safetensors" else [""]:
        assert succeeds("run", saved, "--stream", text, *filter(None, [by])) == expected


def test_output_before_the_first_token(text: Path, expected: str) -> None:
    assert succeeds("run", *COMPOSE, "--stream", text, "--begin") == "0\n" + expected


EMPTY_STREAMS = {"tokens.txt": b"", "tokens.csv": b"", "blank.txt": b"\n \n", "header.csv": b"a\n"}


@pytest.mark.parametrize("name", EMPTY_STREAMS)
def test_begin_answers_for_the_empty_word(tmp_path: Path, name: str) -> None:
    stream = tmp_path / name
    stream.write_bytes(EMPTY_STREAMS[name])
    run = ("run", "--past-ltl", "H a", "--stream", stream)
    assert succeeds(*run, "--begin") == succeeds(*run, "--begin", "--last") == "0\n"
    for words in ([], ["--last"]):
        assert "must hold at least one token" in refusal(*run, *words)


@pytest.mark.parametrize(("pattern", "output"), [("(ab)*", "1\n"), ("a+", "0\n"), ("a?", "1\n")])
def test_begin_says_whether_the_empty_word_is_accepted(tmp_path: Path, pattern: str, output: str) -> None:
    run = ("run", "--regex", pattern, "--alphabet", "ab", "--stream", "-")
    assert succeeds(*run, "--begin", given=b"") == succeeds(*run, "--begin", "--last", given=b"\n") == output
    assert "must hold at least one token" in refusal(*run, given=b"")


def test_empty_arrays_and_damaged_ones(tmp_path: Path) -> None:
    np.save(tmp_path / "none.npy", np.zeros((0, 1), np.int64))
    (tmp_path / "damaged.npy").write_bytes(b"")
    run = ("run", "--past-ltl", "H a", "--begin", "--stream")
    assert succeeds(*run, tmp_path / "none.npy") == "0\n"
    assert "write the file with np.save" in refusal(*run, tmp_path / "damaged.npy")


def test_empty_stream_with_a_checkpoint_is_answered_once(tmp_path: Path) -> None:
    stream, output = tmp_path / "tokens.txt", tmp_path / "out.txt"
    stream.write_bytes(b"")
    run = ("run", "--regex", "(ab)*", "--alphabet", "ab", "--stream", stream, "--begin")
    for _ in range(2):
        streamssm(*run, "-o", output, "--checkpoint", tmp_path / "run.ckpt")
        assert output.read_text() == "1\n"
    stream.write_bytes(b"a b\n")
    assert streamssm(*run, "-o", output, "--checkpoint", tmp_path / "run.ckpt").exit_code == 0
    assert output.read_text() == "1\n0\n1\n"


def test_output_file_appears_whole(tmp_path: Path, text: Path, expected: str) -> None:
    succeeds("run", *COMPOSE, "--stream", text, "-o", tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text() == expected
    assert files_in(tmp_path) == ["out.txt", "tokens.txt"]


def test_output_formats(tmp_path: Path, text: Path, expected: str) -> None:
    values = [int(line) for line in expected.split()]
    for ending in ("npy", "csv", "jsonl", "tsv"):
        succeeds("run", *COMPOSE, "--stream", text, "-o", tmp_path / f"out.{ending}")
    array = np.load(tmp_path / "out.npy")
    assert (array.dtype, array.shape, array[:, 0].tolist()) == (np.int64, (len(values), 1), values)
    assert (tmp_path / "out.csv").read_text() == (tmp_path / "out.tsv").read_text() == "output\n" + expected
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [{"output": value} for value in values]
    succeeds("run", *COMPOSE, "--stream", text, "--last", "-o", tmp_path / "last.npy")
    assert np.load(tmp_path / "last.npy").tolist() == [[values[-1]]]


def test_device_is_written_and_not_replaced(text: Path) -> None:
    succeeds("run", *COMPOSE, "--stream", text, "-o", "/dev/null")
    assert Path("/dev/null").is_char_device()


class TestCheckpoints:
    @pytest.fixture
    def words(self, tmp_path: Path) -> list[str | Path]:
        return ["-o", tmp_path / "out.txt", "--checkpoint", tmp_path / "run.ckpt", "--every", "7"]

    def interrupted(self, tokens: np.ndarray, text: Path, stop: int, *words: str | Path) -> None:
        """Run up to a token that does not fit, as a killed run leaves things; then repair the stream."""
        lines = text.read_bytes().splitlines(keepends=True)
        text.write_bytes(b"".join([*lines[:stop], b"0 0 9\n", *lines[stop + 1 :]]))
        assert streamssm("run", *COMPOSE, "--stream", text, *words).exit_code == 2
        text.write_bytes(b"".join(lines))

    @pytest.mark.parametrize("stop", [0, 1, 7, 8, 100, 250])
    @pytest.mark.parametrize("more", [[], ["--begin"]])
    def test_resumed_run_equals_one_left_alone(
        self,
        tokens: np.ndarray,
        text: Path,
        expected: str,
        tmp_path: Path,
        words: list[str | Path],
        stop: int,
        more: list[str],
    ) -> None:
        self.interrupted(tokens, text, stop, *words, *more)
        with (tmp_path / "out.txt").open("a") as file:
            file.write("what a killed run wrote after its checkpoint")
        result = streamssm("run", *COMPOSE, "--stream", text, *words, *more)
        assert result.exit_code == 0
        assert (tmp_path / "out.txt").read_text() == "0\n" * len(more) + expected
        assert files_in(tmp_path) == ["out.txt", "run.ckpt", "tokens.txt"]

    def test_from_standard_input(
        self, tokens: np.ndarray, text: Path, expected: str, tmp_path: Path, words: list[str | Path]
    ) -> None:
        self.interrupted(tokens, text, 100, *words)
        result = streamssm("run", *COMPOSE, "--stream", "-", *words, given=text.read_bytes())
        assert result.exit_code == 0
        assert "resuming at token 98" in result.stderr
        assert (tmp_path / "out.txt").read_text() == expected

    def test_last_output_only(self, tokens: np.ndarray, text: Path, expected: str, tmp_path: Path) -> None:
        words: list[str | Path] = ["--last", "--checkpoint", tmp_path / "run.ckpt", "--every", "7"]
        self.interrupted(tokens, text, 100, *words)
        for _ in range(2):
            result = streamssm("run", *COMPOSE, "--stream", text, *words)
            assert (result.exit_code, result.stdout) == (0, expected.splitlines()[-1] + "\n")

    def test_finished_run_goes_on_when_the_stream_grows(
        self, text: Path, expected: str, tmp_path: Path, words: list[str | Path]
    ) -> None:
        whole = text.read_bytes()
        text.write_bytes(b"".join(whole.splitlines(keepends=True)[:30]))
        for content in (None, None, whole):
            if content is not None:
                text.write_bytes(content)
            assert streamssm("run", *COMPOSE, "--stream", text, *words).exit_code == 0
        assert (tmp_path / "out.txt").read_text() == expected

    @pytest.mark.parametrize("ending", ["npy", "csv", "tsv", "jsonl", "txt"])
    @pytest.mark.parametrize("stop", [3, 7, 100])
    def test_every_output_format_is_resumed(
        self, tokens: np.ndarray, text: Path, tmp_path: Path, ending: str, stop: int
    ) -> None:
        succeeds("run", *COMPOSE, "--stream", text, "--begin", "-o", tmp_path / f"whole.{ending}")
        out = tmp_path / f"out.{ending}"
        words: list[str | Path] = [
            "--begin",
            "-o",
            out,
            "--checkpoint",
            tmp_path / "run.ckpt",
            "--every",
            "7",
        ]
        self.interrupted(tokens, text, stop, *words)
        if ending == "npy" and stop > 7:
            assert len(np.load(out)) == stop // 7 * 7 + 1  # valid after an error, too
        with out.open("ab") as file:
            file.write(b"what a killed run wrote after its checkpoint")
        assert streamssm("run", *COMPOSE, "--stream", text, *words).exit_code == 0
        assert out.read_bytes() == (tmp_path / f"whole.{ending}").read_bytes()

    def test_output_of_another_format_is_not_continued(
        self, tokens: np.ndarray, text: Path, tmp_path: Path, words: list[str | Path]
    ) -> None:
        self.interrupted(tokens, text, 100, *words)
        (tmp_path / "out.txt").rename(tmp_path / "out.csv")
        words[1] = tmp_path / "out.csv"
        assert "does not begin as the csv file" in refusal("run", *COMPOSE, "--stream", text, *words)

    def test_fresh_start(self, text: Path, expected: str, tmp_path: Path, words: list[str | Path]) -> None:
        (tmp_path / "run.ckpt").write_text("something else")
        (tmp_path / "out.txt").write_text("something longer than the outputs\n" * 1000)
        succeeds("run", *COMPOSE, "--stream", text, *words, "--fresh")
        assert (tmp_path / "out.txt").read_text() == expected

    def test_weights_go_on_where_fused_stopped(
        self, tokens: np.ndarray, text: Path, expected: str, tmp_path: Path, words: list[str | Path]
    ) -> None:
        model = tmp_path / "model.safetensors"
        succeeds("translate", *COMPOSE, "-o", model)
        lines = text.read_bytes().splitlines(keepends=True)
        text.write_bytes(b"".join(lines[:99]))
        succeeds("run", model, "--by", "fused", "--stream", text, *words)
        text.write_bytes(b"".join(lines))
        assert streamssm("run", model, "--by", "weights", "--stream", text, *words).exit_code == 0
        assert (tmp_path / "out.txt").read_text() == expected
