"""Law: a run that is killed and started again leaves the output of a run that was left alone."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from streamssm.bench.subprocesses import PACKAGE_HOME
from streamssm.limits.streams.composition_streams import CompositionStream
from tests.soak import SOAK

KILLED_RUNS = 50 if SOAK else 3
N = 4096


def start(*words: str | Path) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-m", "streamssm.cli", "run", "function_composition", "--set", f"n={N}"]
    return subprocess.Popen([*program, *map(str, words)], stderr=subprocess.DEVNULL, cwd=PACKAGE_HOME)


@pytest.mark.soak
@pytest.mark.parametrize("form", ["txt", "npy"])
def test_resumed_output_is_identical(tmp_path: Path, form: str) -> None:
    blocks = CompositionStream(N, 25, seed=2).blocks()
    tokens = np.concatenate([np.stack([c.astype(np.uint16) for c in block], axis=1) for block in blocks])
    if form == "npy":
        np.save(tmp_path / "tokens.npy", tokens)
    else:
        lines = (f"{key} {image} {last}\n" for key, image, last in tokens.tolist())
        (tmp_path / "tokens.txt").write_text("".join(lines))
    checkpoint, out = tmp_path / "run.ckpt", tmp_path / "out.txt"
    words: list[str | Path] = [
        "--stream",
        tmp_path / f"tokens.{form}",
        "--checkpoint",
        checkpoint,
        "--every",
        "3000",
        "-o",
    ]
    began = time.perf_counter()
    assert start(*words, tmp_path / "whole.txt").wait() == 0
    seconds = time.perf_counter() - began
    whole, moments = (tmp_path / "whole.txt").read_bytes(), random.Random(7)
    for _ in range(KILLED_RUNS):
        checkpoint.unlink()
        out.unlink(missing_ok=True)
        process = start(*words, out)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(moments.uniform(0.2, 1) * seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert start(*words, out).wait() == 0
        assert out.read_bytes() == whole
