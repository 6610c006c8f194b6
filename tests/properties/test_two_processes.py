"""Law: two processes with one checkpoint leave the output of one run; a killed run, resumed, does as well."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from streamssm.bench.subprocesses import PACKAGE_HOME
from tests.soak import SOAK

TOKENS = "".join(f"{i * 7 % 50} {i * 13 % 50} {int(i % 50 == 49)}\n" for i in range(20_000))
REPETITIONS = 100 if SOAK else 8
KILLED_RUNS = 1000 if SOAK else 24


def start(*words: str | Path) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-m", "streamssm.cli", "run", "function_composition", "--set", "n=50"]
    return subprocess.Popen([*program, *map(str, words)], stderr=subprocess.PIPE, cwd=PACKAGE_HOME)


@pytest.mark.soak
def test_two_processes_with_one_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "tokens.txt").write_text(TOKENS)
    stream, checkpoint = tmp_path / "tokens.txt", tmp_path / "run.ckpt"
    assert start("--stream", stream, "-o", tmp_path / "whole.txt").wait() == 0
    whole = (tmp_path / "whole.txt").read_bytes()
    refused = 0
    for _ in range(REPETITIONS):
        checkpoint.unlink(missing_ok=True)
        (tmp_path / "out.txt").unlink(missing_ok=True)
        words = ("--stream", stream, "-o", tmp_path / "out.txt", "--checkpoint", checkpoint, "--every", "50")
        pair = [start(*words), start(*words)]
        messages = [process.communicate()[1].decode() for process in pair]
        codes = [process.returncode for process in pair]
        assert 0 in codes and set(codes) <= {0, 2}, messages
        for process, other, message in zip(pair, reversed(pair), messages, strict=True):
            if process.returncode == 2:
                refused += 1
                assert "is using this checkpoint" in message and message.count("\n") == 1
                assert f"process {other.pid} " in message or "another process" in message
        assert (tmp_path / "out.txt").read_bytes() == whole
        assert not (tmp_path / "run.ckpt.lock").exists()
    assert refused  # the two did overlap


@pytest.mark.soak
def test_killed_runs_resume_to_equal_outputs() -> None:
    done = subprocess.run(
        [sys.executable, Path(__file__).parents[1] / "killed_runs.py", str(KILLED_RUNS)],
        capture_output=True,
        text=True,
        check=False,
        cwd=PACKAGE_HOME,
    )
    assert f"{KILLED_RUNS} outputs equal, 0 different" in done.stdout, done.stdout + done.stderr
    assert int(done.stdout.split()[2]) > KILLED_RUNS // 2  # kills that hit
