"""Time and memory of a translation against the number of array words.

One algorithm writes a single word per token, the other reads and writes every word. Each size is measured in
a separate process, from the class to the program, to the model, and to the fused step that the kernels run.

The result is a dict for JSON: ``rows``, one per algorithm and size:

    algorithm, words, memory_bits, seconds (program, model, step), total_seconds, peak_bytes
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from streamssm.bench.peak_memory import peak_bytes
from streamssm.bench.subprocesses import run_module
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.frontends.algorithm import Algorithm


class Histogram(Algorithm):
    """Count values, each up to 255: one load and one store per token."""

    def __init__(self, words: int) -> None:
        self.tokens(value=words)
        self.counts = self.array(256, words)

    def update(self, value: int) -> None:
        self.counts[value] = min(self.counts[value] + 1, 255)

    def output(self) -> int:
        return self.counts[0]


class Aging(Algorithm):
    """Count values, and lower all counts by one on request: every word is read and written."""

    def __init__(self, words: int) -> None:
        self.tokens(value=words, age=2)
        self.counts = self.array(256, words)

    def update(self, value: int, age: int) -> None:
        for index in range(len(self.counts)):
            if age:
                self.counts[index] = max(self.counts[index] - 1, 0)
            elif value == index:
                self.counts[index] = min(self.counts[index] + 1, 255)

    def output(self) -> int:
        return self.counts[0]


ALGORITHMS: dict[str, Callable[[int], Algorithm]] = {"one word": Histogram, "every word": Aging}


def measure(sizes: Sequence[int], done: Callable[[int], None] = lambda words: None) -> dict[str, Any]:
    """Measure the translation of both algorithms at every number of array words."""
    rows: list[dict[str, Any]] = []
    for name in ALGORITHMS:
        for words in sizes:
            rows.append(_in_new_process(name, words))
            done(sum(row["words"] for row in rows))
    return {"rows": rows}


def _in_new_process(name: str, words: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        doing = f"translated {words} words"
        run_module("streamssm.bench.translation_worker", name, str(words), str(result), doing=doing)
        row: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return row


def measure_one(name: str, words: int) -> dict[str, Any]:
    """Measure one algorithm at one size, in this process."""
    started = [time.perf_counter()]
    program = ALGORITHMS[name](words).program()
    started.append(time.perf_counter())
    model = to_ssm(program)
    started.append(time.perf_counter())
    model.transducer(by="fused")
    started.append(time.perf_counter())
    parts = [end - start for start, end in zip(started, started[1:], strict=False)]
    return {
        "algorithm": name,
        "words": words,
        "memory_bits": model.memory_bits,
        "seconds": dict(zip(("program", "model", "step"), parts, strict=True)),
        "total_seconds": sum(parts),
        "peak_bytes": peak_bytes(),
    }
