"""Half a run in a separate process: from a snapshot or from the start, to a snapshot or to the end.

    python -m streamssm.bench.worker_process JOB.json

The inputs are the artefacts and their snapshots, as files; nothing else is shared with the previous process.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from streamssm.bench.peak_memory import peak_bytes
from streamssm.bench.tasks import task_named
from streamssm.files import load
from streamssm.program.program import Program
from streamssm.runtime.stream import Stream
from streamssm.ssm.model import SSM


@dataclass(frozen=True)
class WorkerJob:
    """A part of a stream to run, the artefacts to run it on, and the files of their snapshots."""

    task: str
    n: int
    k: int
    seed: int
    start: int
    stop: int
    by: str
    artefacts: dict[str, str]  # name -> file
    snapshots: dict[str, str]  # name -> file: read if start > 0, written otherwise
    result: str

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


def run(job: WorkerJob) -> dict[str, Any]:
    """Run the part on every artefact; return the last outputs and the peak memory of this process."""
    stream = task_named(job.task).stream(job.n, job.k, job.seed)
    artefacts = {name: load(path) for name, path in job.artefacts.items()}
    running = {name: _started(job, name, artefact) for name, artefact in artefacts.items()}
    last: dict[str, list[int]] = {}
    for columns in stream.tokens(job.start, job.stop):
        for name, machine in running.items():
            last[name] = machine.feed(columns)[-1].tolist()
    if job.start == 0:
        for name, machine in running.items():
            Path(job.snapshots[name]).write_bytes(machine.snapshot())
    return {"outputs": last, "peak_bytes": peak_bytes()}


def _started(job: WorkerJob, name: str, artefact: Program | SSM) -> Stream:
    state = artefact.restore(Path(job.snapshots[name]).read_bytes()) if job.start else None
    if isinstance(artefact, SSM):
        return artefact.stream(state, by=job.by)
    return artefact.stream(state)


if __name__ == "__main__":
    job = WorkerJob(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    Path(job.result).write_text(json.dumps(run(job)), encoding="utf-8")
