"""Running an artefact over a file of tokens: where outputs go, with or without checkpoints.

What a run needs is imported before its output is opened, so that nothing but the run can fail then.
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
from streamssm.runtime.resumable import GrowingFile, Saver, forget, resume_point, run_chunks, to_text
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
    "thinks_at_the_end",
]

Write = Callable[[bytes], Any]


@dataclass(frozen=True)
class RunJob:
    """What to run, and what of its outputs goes where."""

    artefact: Program | SSM
    start: Callable[[Sequence[int] | None], Stream]
    output: str
    begin: bool
    last: bool
    chunk_tokens: int


def prepared(
    source: Artefact, by: str | None
) -> tuple[Program | SSM, Callable[[Sequence[int] | None], Stream]]:
    """Return a program or a model, and what starts a stream of it from a state."""
    if isinstance(source, SSM):
        model = source
        return model, lambda state: model.stream(state, by=by or "fused")
    program = source if isinstance(source, Program) else source.program()
    if by is not None:
        raise ParameterError(f"--by {by} is for models, which have weights; {program.name} is a program")
    return program, program.stream


def run_once(job: RunJob, tokens: TokenFile) -> None:
    """Run from the start; an output file appears when everything is written."""
    machine = job.start(None)
    with _opened(job.output) as write:
        _drive(job, tokens, write, machine, None)


def answer_once(job: RunJob, tokens: TokenFile, by: str | None) -> None:
    """Read the stream and let a model think once, at its end."""
    model = job.artefact
    assert isinstance(model, SSM)
    with _opened(job.output) as write, progress_bar("run", tokens.size) as advance:

        def columns() -> Iterator[list[NDArray[Any]]]:
            for chunk in tokens.chunks(job.chunk_tokens):
                yield chunk.columns
                advance(chunk.end.offset)

        answer = np.array([model.answer(columns(), by=by or "fused")], dtype=np.int64)
        write(to_text(answer, output_names(model)))


def thinks_at_the_end(artefact: Program | SSM) -> bool:
    """Return whether an answer in the middle of a stream costs thoughts that nobody reads."""
    return isinstance(artefact, SSM) and artefact.thoughts.on_copy


@contextmanager
def _opened(output: str) -> Iterator[Write]:
    """Yield what writes to standard output, or to a file that appears when everything is written."""
    if output != "-":
        with AtomicFile(output) as file:
            yield file.write
        return

    def write(data: bytes) -> None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    sys.stdout.flush()
    yield write


def run_with_checkpoints(job: RunJob, tokens: TokenFile, path: str, every: int, fresh: bool) -> None:
    """Run from where the checkpoint says, or from the start, and save a checkpoint every so many tokens."""
    found = None if fresh else resume_point(path, job.artefact, tokens)
    growing = None if job.last else GrowingFile(job.output, None if found is None else found.output_bytes)
    if fresh:
        forget(path)
    stream = job.start(None if found is None else job.artefact.restore(found.snapshot))
    if found is not None:
        stream.position = found.position
        click.echo(f"streamssm: going on from token {found.position:,}, as {path} says", err=True)
    saver = Saver(path, every, job.artefact, tokens, growing, tokens.place, found)
    if growing is None:
        with _opened(job.output) as write:
            _drive(job, tokens, write, stream, saver)
        return
    with growing:
        try:
            _drive(job, tokens, growing.write, stream, saver)
        except StreamSSMError:
            growing.roll_back(saver.saved)
            raise


def _drive(job: RunJob, tokens: TokenFile, write: Write, stream: Stream, saver: Saver | None) -> None:
    """Read the tokens to their end and write outputs."""
    names = output_names(job.artefact)
    if job.begin and not job.last and stream.position == 0:
        write(to_text(begin_outputs(job.artefact), names))
    final = None
    with progress_bar("run", tokens.size) as advance:
        for place, outputs in run_chunks(stream, tokens, saver, job.chunk_tokens):
            advance(place.offset)
            if job.last:
                final = outputs[-1:]
            else:
                write(to_text(outputs, names))
    if job.last and final is not None:
        write(to_text(final, names))
    elif saver is not None:
        saver.save(stream, tokens.place)


def output_names(artefact: Program | SSM) -> tuple[str, ...]:
    """Return the names of what the one output numbers; none where outputs are numbers."""
    return artefact.vocabulary.outputs if artefact.vocabulary else ()


def begin_outputs(artefact: Program | SSM) -> NDArray[np.int64]:
    """Return the outputs before the first token, shape (1, W)."""
    return np.array([artefact.begin()], dtype=np.int64)
