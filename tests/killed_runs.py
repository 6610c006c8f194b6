"""Kill checkpointed runs at random moments, resume each and compare: ``python tests/killed_runs.py COUNT``.

Every run is a fork of this process, which has imported everything, so that it starts within milliseconds and
kills fall on reading, writing, checkpoints and the end alike.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from streamssm.cli import main, running  # noqa: F401  forks find the modules loaded
from streamssm.limits.streams.composition_streams import CompositionStream

N = 64
ENDINGS = ("txt", "npy", "csv", "jsonl")
MOST_KILLS = 3  # of one run, before it may finish


def fork(words: Sequence[str]) -> int:
    """Start the command line in a child process; return its pid."""
    pid = os.fork()
    if pid:
        return pid
    try:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        main(list(words), standalone_mode=True)
    except SystemExit as end:
        os._exit(int(end.code or 0))
    finally:
        os._exit(70)


def ended(words: Sequence[str]) -> int:
    """Run a command to its end; return its exit code."""
    return os.waitstatus_to_exitcode(os.waitpid(fork(words), 0)[1])


def killed(words: Sequence[str], seconds: float) -> bool:
    """Run a command and kill it after some time; return whether it had not ended by itself."""
    pid = fork(words)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def write_tokens(folder: Path) -> None:
    blocks = CompositionStream(N, 40, seed=2).blocks()
    tokens = np.concatenate([np.stack([c.astype(np.uint16) for c in block], axis=1) for block in blocks])
    np.save(folder / "tokens.npy", tokens)
    np.savetxt(folder / "tokens.txt", tokens, fmt="%d")


def kill_runs(folder: Path, count: int, seed: int) -> tuple[int, int]:
    """Kill ``count`` runs up to three times each; return how many kills hit and outputs are equal."""
    write_tokens(folder)
    moments, hits, equal = random.Random(seed), 0, 0
    whole, seconds = {}, {}
    for ending in ENDINGS:
        words = command(folder, ending, "npy", folder / f"whole.{ending}", folder / f"whole.{ending}.ckpt")
        began = time.perf_counter()
        assert ended(words) == 0
        seconds[ending] = time.perf_counter() - began
        whole[ending] = (folder / f"whole.{ending}").read_bytes()
    for index in range(count):
        ending, form = ENDINGS[index % len(ENDINGS)], ("txt", "npy")[index // len(ENDINGS) % 2]
        out, checkpoint = folder / f"out.{ending}", folder / "run.ckpt"
        out.unlink(missing_ok=True)
        checkpoint.unlink(missing_ok=True)
        words = command(folder, ending, form, out, checkpoint)
        for _ in range(moments.randint(1, MOST_KILLS)):
            hits += killed(words, moments.uniform(0, 1.1) * seconds[ending])
        equal += ended(words) == 0 and out.read_bytes() == whole[ending]
    return hits, equal


def command(folder: Path, ending: str, form: str, out: Path, checkpoint: Path) -> list[str]:
    source = ["run", "function_composition", "--set", f"n={N}", "--stream", str(folder / f"tokens.{form}")]
    return [*source, "-o", str(out), "--checkpoint", str(checkpoint), "--every", "100"]


def run(count: int, seed: int = 7) -> int:
    """Print the counts; return an exit code."""
    with tempfile.TemporaryDirectory() as folder:
        hits, equal = kill_runs(Path(folder), count, seed)
    print(f"{count} runs, {hits} kills: {equal} outputs equal, {count - equal} different")
    return int(equal != count)


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
