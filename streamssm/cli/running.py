"""Running an artefact over a file of tokens, with or without checkpoints.

Everything is imported at the top, before an output file is opened, so that only the run itself can fail then.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from numpy.typing import NDArray

from streamssm.cli.render import progress_bar
from streamssm.errors import ParameterError, StreamSSMError
from streamssm.program.program import Program
from streamssm.runtime.atomic_file import AtomicFile
from streamssm.runtime.lock import FileLock
from streamssm.runtime.output_files import OutputEncoder
from streamssm.runtime.resumable import GrowingFile, Saver, forget, resume_point, run_chunks
from streamssm.runtime.stream import Stream
from streamssm.runtime.token_files import TokenFile
from streamssm.runtime.token_files.reader import CHUNK_TOKENS
from streamssm.ssm.model import SSM

if TYPE_CHECKING:
    from streamssm.cli.resolve import Artefact

__all__ = [
    "CHUNK_TOKENS",
    "RunJob",
    "answer_once",
    "prepared",
    "run_once",
    "run_with_checkpoints",
    "thinks_offline",
]

Write = Callable[[NDArray[np.int64]], Any]


@dataclass(frozen=True)
class RunJob:
    """An artefact to run, and the outputs to write."""

    artefact: Program | SSM
    start: Callable[[Sequence[int] | None], Stream]
    output: str
    begin: bool
    last: bool
    chunk_tokens: int

    @property
    def encoder(self) -> OutputEncoder:
        """The encoder of the outputs, by the ending of the output file."""
        return OutputEncoder.for_path(self.output, self.artefact.output_names, value_names(self.artefact))


def prepared(
    artefact: Artefact, by: str | None
) -> tuple[Program | SSM, Callable[[Sequence[int] | None], Stream]]:
    """Return a program or a model, and a function that starts a stream of it from a state."""
    if isinstance(artefact, SSM):
        model = artefact
        return model, lambda state: model.stream(state, by=by or "fused")
    program = artefact if isinstance(artefact, Program) else artefact.program()
    if by is not None:
        raise ParameterError(f"--by {by} applies to models only; {program.name} is a program")
    return program, program.stream


def run_once(job: RunJob, tokens: TokenFile) -> None:
    """Run from the start; the output file appears when it is complete."""
    machine = job.start(None)
    with _opened(job) as write:
        _write_begin(job, write)
        _drive(job, tokens, write, machine, None)


def answer_once(job: RunJob, tokens: TokenFile, by: str | None) -> None:
    """Read the stream, then run the whole chain of thought once."""
    model = job.artefact
    assert isinstance(model, SSM)
    with _opened(job) as write, progress_bar("run", tokens.size) as advance:

        def columns() -> Iterator[list[NDArray[Any]]]:
            for chunk in tokens.chunks(job.chunk_tokens):
                yield chunk.columns
                advance(chunk.end.offset)

        answer = np.array([model.answer(columns(), by=by or "fused")], dtype=np.int64)
        write(answer)


def thinks_offline(artefact: Program | SSM) -> bool:
    """Return whether the model thinks offline, so that only the last output is worth its thoughts."""
    return isinstance(artefact, SSM) and artefact.thoughts.on_copy


@contextmanager
def _opened(job: RunJob) -> Iterator[Write]:
    """Yield a function that writes outputs to standard output or to a file, which appears when complete."""
    encoder = job.encoder
    if job.output == "-":
        sys.stdout.flush()
        yield lambda outputs: _print(encoder.rows(outputs))
        return
    with AtomicFile(job.output) as file:
        file.write(encoder.header())
        num_rows = 0

        def write(outputs: NDArray[np.int64]) -> None:
            nonlocal num_rows
            num_rows += len(outputs)
            file.write(encoder.rows(outputs))

        yield write
        if encoder.counts_rows:
            file.seek(0)
            file.write(encoder.header(num_rows))


def _print(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def run_with_checkpoints(job: RunJob, tokens: TokenFile, path: str, every: int, fresh: bool) -> None:
    """Resume from a checkpoint or run from the start, and save a checkpoint every ``every`` tokens.

    Another run that uses the same checkpoint at the same time is refused.
    """
    with FileLock(path):
        _run_locked(job, tokens, path, every, fresh)


def _run_locked(job: RunJob, tokens: TokenFile, path: str, every: int, fresh: bool) -> None:
    checkpoint = None if fresh else resume_point(path, job.artefact, tokens)
    output_bytes = None if checkpoint is None else checkpoint.output_bytes
    growing = None if job.last else GrowingFile(job.output, output_bytes, job.encoder)
    if fresh:
        forget(path)
    stream = job.start(None if checkpoint is None else job.artefact.restore(checkpoint.snapshot))
    if checkpoint is not None:
        stream.position = checkpoint.position
        click.echo(f"streamssm: resuming at token {checkpoint.position:,} from {path}", err=True)
    saver = Saver(path, every, job.artefact, tokens, growing, tokens.place, checkpoint)
    if growing is None:
        with _opened(job) as write:
            _drive(job, tokens, write, stream, saver)
        return
    with growing:
        try:
            if checkpoint is None:
                _write_begin(job, growing.write)
            _drive(job, tokens, growing.write, stream, saver)
        except StreamSSMError:
            growing.roll_back(saver.saved)
            raise


def _write_begin(job: RunJob, write: Write) -> None:
    """Write the output before the first token, if it is one of the outputs."""
    if job.begin and not job.last:
        write(begin_outputs(job.artefact))


def _drive(job: RunJob, tokens: TokenFile, write: Write, stream: Stream, saver: Saver | None) -> None:
    """Read all tokens and write outputs."""
    # of an empty stream, which --begin allows, the last output is the one before the first token
    final = begin_outputs(job.artefact) if job.begin and stream.position == 0 else None
    with progress_bar("run", tokens.size) as advance:
        for position, outputs in run_chunks(stream, tokens, saver, job.chunk_tokens):
            advance(position.offset)
            if job.last:
                final = outputs[-1:]
            else:
                write(outputs)
    if job.last and final is not None:
        write(final)
    elif saver is not None:
        saver.save(stream, tokens.place)


def value_names(artefact: Program | SSM) -> tuple[str, ...]:
    """Return the names of the values of the only output; empty if outputs are plain numbers."""
    return artefact.vocabulary.outputs if artefact.vocabulary else ()


def begin_outputs(artefact: Program | SSM) -> NDArray[np.int64]:
    """Return the outputs before the first token, shape (1, W)."""
    return np.array([artefact.begin()], dtype=np.int64)
