"""streamssm run: read a stream of tokens, write the output after each."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.options import set_option, what_argument
from streamssm.cli.render import progress_bar
from streamssm.errors import ParameterError, StreamSSMError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from streamssm.cli.resolve import Artefact
    from streamssm.cli.settings import Settings
    from streamssm.program.program import Program
    from streamssm.program.resumable import Saver
    from streamssm.program.stream import Stream
    from streamssm.program.token_files import TokenFile
    from streamssm.ssm.model import SSM

    Write = Callable[[bytes], Any]


@dataclass(frozen=True)
class Job:
    """What to run, and what of its outputs goes where."""

    artefact: Program | SSM
    start: Callable[[Sequence[int] | None], Stream]
    output: str
    begin: bool
    last: bool
    chunk_tokens: int


@click.command("run")
@what_argument
@set_option
@click.option(
    "--stream", required=True, metavar="FILE", help="The tokens: .npy, CSV or text; - is standard input."
)
@click.option(
    "-o", "--output", default="-", metavar="FILE", help="Where the outputs go; standard output if not given."
)
@click.option(
    "--by",
    type=click.Choice(["fused", "weights"]),
    help="How a model runs: by its gadgets' meaning (the default) or by its weights.",
)
@click.option(
    "--format",
    "token_format",
    type=click.Choice(["auto", "npy", "csv", "text"]),
    default="auto",
    show_default=True,
    help="How the tokens are written.",
)
@click.option("--begin", is_flag=True, help="Write the output before the first token too.")
@click.option("--last", is_flag=True, help="Write the output after the last token only.")
@click.option(
    "--checkpoint", metavar="FILE", help="Save the run's progress in FILE, and go on from it if it is there."
)
@click.option(
    "--every",
    type=click.IntRange(min=1),
    default=1_000_000,
    show_default=True,
    metavar="TOKENS",
    help="How often to save it.",
)
@click.option("--fresh", is_flag=True, help="Start again, whatever the checkpoint says.")
def command(
    what: str,
    settings: Settings,
    stream: str,
    output: str,
    by: str | None,
    token_format: str,
    begin: bool,
    last: bool,
    checkpoint: str | None,
    every: int,
    fresh: bool,
) -> None:
    """Run WHAT over a stream; write one line per token, the words of its output.

    The stream may be of any length; memory is constant. With --checkpoint a run that was killed goes on where
    it stood when the same command is given again, and its output file ends up as if it had never stopped. A
    stream on standard input is then given again from its start, and what was read before is skipped.

    \b
    streamssm run function_composition --set n=1024 --stream tokens.csv -o answers.txt
    streamssm run compose.safetensors --by weights --stream tokens.npy --last
    generate | streamssm run my_algorithm.py:Parity --stream -
    streamssm run compose.json --stream tokens.txt -o answers.txt --checkpoint run.ckpt
    """
    from streamssm.cli.resolve import resolve
    from streamssm.program.token_files import open_tokens
    from streamssm.program.token_files.reader import CHUNK_TOKENS

    if checkpoint and output == "-" and not last:
        raise ParameterError("--checkpoint needs -o FILE, so that a resumed run can go on in it (or --last)")
    _require_different_files(stream, output, checkpoint)
    artefact, start = prepared(resolve(what, settings), by)
    job = Job(artefact, start, output, begin, last, min(CHUNK_TOKENS, every) if checkpoint else CHUNK_TOKENS)
    with open_tokens(stream, artefact.fields, format=token_format) as tokens:
        if checkpoint is None:
            with _opened(output) as write:
                _drive(job, tokens, write, job.start(None), None)
        else:
            _run_with_checkpoints(job, tokens, checkpoint, every, fresh)


def _require_different_files(stream: str, output: str, checkpoint: str | None) -> None:
    """Refuse to write over the stream, or the checkpoint over the output."""
    named = {"--stream": stream, "-o": output, "--checkpoint": checkpoint}
    paths = {option: os.path.realpath(path) for option, path in named.items() if path not in (None, "-")}
    regular = {
        option: path for option, path in paths.items() if os.path.isfile(path) or not os.path.exists(path)
    }
    for first, second in itertools.combinations(regular, 2):
        if regular[first] == regular[second]:
            raise ParameterError(f"{first} and {second} must be different files, not both {named[first]}")


def prepared(
    source: Artefact, by: str | None
) -> tuple[Program | SSM, Callable[[Sequence[int] | None], Stream]]:
    """Return a program or a model, and what starts a stream of it from a state."""
    from streamssm.frontends.algorithm import Algorithm
    from streamssm.ssm.model import SSM

    if isinstance(source, SSM):
        model = source
        return model, lambda state: model.stream(state, by=by or "fused")
    program = source.program() if isinstance(source, Algorithm) else source
    if by is not None:
        raise ParameterError(f"--by {by} is for models, which have weights; {program.name} is a program")
    return program, program.stream


@contextmanager
def _opened(output: str) -> Iterator[Write]:
    """Yield what writes to standard output, or to a file that appears when everything is written."""
    from streamssm.program.atomic import AtomicFile

    if output != "-":
        with AtomicFile(output) as file:
            yield file.write
        return

    def write(data: bytes) -> None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    sys.stdout.flush()
    yield write


def _run_with_checkpoints(job: Job, tokens: TokenFile, path: str, every: int, fresh: bool) -> None:
    from streamssm.program.resumable import GrowingFile, Saver, forget, resume_point

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


def _drive(job: Job, tokens: TokenFile, write: Write, stream: Stream, saver: Saver | None) -> None:
    """Read the tokens to their end and write outputs."""
    from streamssm.program.resumable import run_chunks, to_text

    if job.begin and not job.last and stream.position == 0:
        write(to_text(begin_outputs(job.artefact)))
    final = None
    with progress_bar("run", tokens.size) as advance:
        for place, outputs in run_chunks(stream, tokens, saver, job.chunk_tokens):
            advance(place.offset)
            if job.last:
                final = outputs[-1:]
            else:
                write(to_text(outputs))
    if job.last and final is not None:
        write(to_text(final))
    elif saver is not None:
        saver.save(stream, tokens.place)


def begin_outputs(artefact: Program | SSM) -> NDArray[np.int64]:
    """Return the outputs before the first token, shape (1, W)."""
    import numpy as np

    return np.array([artefact.begin()], dtype=np.int64)
