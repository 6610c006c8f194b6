"""Memory against the size of the input: of an algorithm, its model, the program back from it, and of tables.

Each memory is measured, not declared: the run is stopped in the middle, the state is written as a snapshot of
exactly that many bits, and another process that gets nothing else resumes from it to the right answer.

The result is a dict for JSON: ``task``, ``k``, ``seed``, ``by`` and ``rows``, one per n:

    n, tokens, expected          size, stream length, the answer by direct evaluation of the functions
    algorithm, model, program_back
        memory_bits, snapshot_bytes, bits_per_log2_n (None for n = 1), answer, correct
    tables_bits                  to store the functions: k * n * ceil(log2 n)
    stopped_at, peak_bytes, seconds
"""

from __future__ import annotations

import json
import math
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from streamssm.bench.subprocesses import run_module
from streamssm.bench.tasks import BenchTask, task_named
from streamssm.bench.worker_process import WorkerJob
from streamssm.equivalences.ssm_to_program import to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import StreamSSMError
from streamssm.files import load
from streamssm.program.program import Program
from streamssm.ssm.model import SSM

SIDES = ("algorithm", "model", "program_back")


def measure(
    task: str,
    sizes: Sequence[int],
    *,
    k: int,
    seed: int = 0,
    by: str = "weights",
    done: Callable[[int], None] = lambda tokens: None,
) -> dict[str, Any]:
    """Measure the memory at every size.

    Parameters
    ----------
    task : name of a task, "function_composition"
    sizes : the values of n
    k : number of composed functions
    by : how models are run, "weights" or "fused"
    done : called with the number of tokens read so far
    """
    bench_task = task_named(task)
    rows, tokens = [], 0
    for n in sizes:
        rows.append(_row(task, bench_task, n, k, seed, by))
        tokens += rows[-1]["tokens"]
        done(tokens)
    return {"task": task, "k": k, "seed": seed, "by": by, "rows": rows}


def all_correct(result: dict[str, Any]) -> bool:
    """Return whether every resumed run gave the right answer."""
    return all(row[side]["correct"] for row in result["rows"] for side in SIDES)


def _row(name: str, task: BenchTask, n: int, k: int, seed: int, by: str) -> dict[str, Any]:
    began = time.perf_counter()
    stream = task.stream(n, k, seed)
    middle = max(1, stream.length // 2)
    with tempfile.TemporaryDirectory(prefix="streamssm-") as folder:
        artefacts = _save_artefacts(task, n, Path(folder))
        halves = [
            WorkerJob(
                task=name,
                n=n,
                k=k,
                seed=seed,
                start=start,
                stop=stop,
                by=by,
                artefacts={side: _file(folder, side) for side in SIDES},
                snapshots={side: str(Path(folder, f"{side}.snapshot")) for side in SIDES},
                result=str(Path(folder, f"from-{start}.json")),
            )
            for start, stop in ((0, middle), (middle, stream.length))
        ]
        first, second = (_in_new_process(job, Path(folder)) for job in halves)
        sizes = {side: Path(halves[0].snapshots[side]).stat().st_size for side in SIDES}
    expected = stream.answer()
    return {
        "n": n,
        "tokens": stream.length,
        "expected": expected,
        **{side: _side(artefacts[side], sizes[side], n, second["outputs"][side], expected) for side in SIDES},
        "tables_bits": stream.table_bits,
        "stopped_at": middle,
        "peak_bytes": max(first["peak_bytes"], second["peak_bytes"]),
        "seconds": round(time.perf_counter() - began, 3),
    }


def _save_artefacts(task: BenchTask, n: int, folder: Path) -> dict[str, Program | SSM]:
    """Save the algorithm's program, its model and the program back from it; return them as loaded again."""
    program = task.algorithm(n).program()
    program.save(_file(folder, "algorithm"))
    to_ssm(program).save(_file(folder, "model"))
    to_program(load(_file(folder, "model"))).save(_file(folder, "program_back"))
    return {side: load(_file(folder, side)) for side in SIDES}


def _file(folder: str | Path, side: str) -> str:
    return str(Path(folder, side + (".safetensors" if side == "model" else ".json")))


def _side(
    artefact: Program | SSM, snapshot_bytes: int, n: int, outputs: list[int], expected: int
) -> dict[str, Any]:
    bits = artefact.memory_bits
    if snapshot_bytes != (bits + 7) // 8:
        raise StreamSSMError(
            f"internal error: a snapshot of {bits} bits has {snapshot_bytes} bytes, not {(bits + 7) // 8}"
        )
    return {
        "memory_bits": bits,
        "snapshot_bytes": snapshot_bytes,
        "bits_per_log2_n": round(bits / math.log2(n), 6) if n > 1 else None,
        "answer": outputs[0],
        "correct": outputs == [expected],
    }


def _in_new_process(job: WorkerJob, folder: Path) -> dict[str, Any]:
    path = folder / f"job-{job.start}.json"
    job.save(path)
    doing = f"ran tokens {job.start} to {job.stop} at n = {job.n}"
    run_module("streamssm.bench.worker_process", str(path), doing=doing)
    result: dict[str, Any] = json.loads(Path(job.result).read_text(encoding="utf-8"))
    return result
