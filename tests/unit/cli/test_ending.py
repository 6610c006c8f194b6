"""How commands end that do not come to their end: interrupted, terminated, or nobody reads."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from streamssm.bench.subprocesses import PACKAGE_HOME
from tests.unit.cli.command_line import files_in, streamssm

RUN = [sys.executable, "-m", "streamssm.cli", "run", "function_composition", "--set", "n=8", "--stream", "-"]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_by_a_signal(tmp_path: Path, number: signal.Signals, status: int) -> None:
    process = subprocess.Popen(
        [*RUN, "-o", str(tmp_path / "out.txt")],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=PACKAGE_HOME,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # background jobs ignore it
    )
    assert process.stdin is not None
    process.stdin.write(b"0 3 1\n" * 20_000)
    process.stdin.flush()
    while not sum(path.stat().st_size for path in tmp_path.iterdir()) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(number)
    _, message = process.communicate(timeout=60)
    assert process.returncode == status
    assert files_in(tmp_path) == []
    assert message.strip() == (b"streamssm: error: interrupted" if number == signal.SIGINT else b"")


def test_nobody_reads(tmp_path: Path) -> None:
    (tmp_path / "tokens.txt").write_text("0 3 1\n" * 300_000)
    command = [*RUN[:-1], str(tmp_path / "tokens.txt")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=PACKAGE_HOME)
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline() == b"3\n"
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 141
    process.stderr.close()


def test_outputs_come_as_tokens_do() -> None:
    process = subprocess.Popen(RUN, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PACKAGE_HOME)
    assert process.stdin is not None and process.stdout is not None
    for value in (3, 5):
        process.stdin.write(f"{0 if value == 3 else 3} {value} 1\n".encode())
        process.stdin.flush()
        assert process.stdout.readline() == f"{value}\n".encode()
    process.stdin.close()
    assert process.wait() == 0
    process.stdout.close()


def test_fault_of_ours_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise KeyError("some\nkey")

    monkeypatch.setattr("streamssm.cli.resolve.resolve", broken)
    result = streamssm("show", "function_composition")
    assert result.exit_code == 70 and result.stderr.count("\n") == 1 and "KeyError" in result.stderr
    monkeypatch.setenv("STREAMSSM_DEBUG", "1")
    assert isinstance(streamssm("show", "function_composition").exception, KeyError)
