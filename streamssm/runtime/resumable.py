"""Runs over token files: checkpoints from which a killed run resumes.

Law: a run that is killed at any moment and started again leaves the output of a run that was left alone.

The output file is flushed to the disk before the checkpoint that counts its bytes is replaced, so a resumed
run truncates it to that count and continues from there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import FormatError, ParameterError
from streamssm.runtime.atomic_file import unwritable
from streamssm.runtime.checkpoint import Checkpoint, load_checkpoint
from streamssm.runtime.lock import require_only_writer
from streamssm.runtime.output_files import OutputEncoder
from streamssm.runtime.stream import Stream
from streamssm.runtime.token_files import Place, TokenFile

EVERY_TOKENS = 1_000_000


class Runnable(Protocol):
    """A Program or an SSM, as far as a run needs it."""

    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> str: ...
    def snapshot(self, state: Any) -> bytes: ...
    def restore(self, data: bytes) -> tuple[int, ...]: ...


def resume_point(path: str, artefact: Runnable, tokens: TokenFile) -> Checkpoint | None:
    """Return the checkpoint to resume from, or None if there is none yet; the input is advanced to it.

    Raises
    ------
    FormatError
        If the file is not a checkpoint, is damaged, or belongs to another artefact or another input.
    """
    if not os.path.lexists(path):
        return None
    checkpoint = load_checkpoint(path)
    if checkpoint.digest != artefact.digest:
        raise FormatError(
            f"{path}: is a checkpoint of another program or model than {artefact.name} as it is now; "
            "start again with --fresh"
        )
    try:
        artefact.restore(checkpoint.snapshot)
    except FormatError as error:
        raise FormatError(f"{path}: {error}") from None
    place = Place(checkpoint.position, checkpoint.offset, checkpoint.line)
    tokens.resume(place)
    if tokens.fingerprint(place) != checkpoint.fingerprint:
        raise FormatError(
            f"{path}: was saved over another input than {tokens.name}; start again with --fresh"
        )
    return checkpoint


class GrowingFile:
    """An output file that a checkpointed run appends to; ``committed`` bytes are from before a resumption.

    A fresh run replaces what was there, but only with its first outputs. A header that has the number of rows
    is rewritten before each checkpoint and at the end. Two runs never write one file at a time.
    """

    def __init__(self, path: str, committed: int | None, encoder: OutputEncoder) -> None:
        self.path = path
        self.encoder = encoder
        self.size = committed or 0
        self._file: BinaryIO | None = None
        if os.path.lexists(path) and not os.path.isfile(path):
            raise ParameterError(f"{path}: must be a regular file, so that a resumed run can append to it")
        if committed is not None:
            self._reopen(committed)

    def _reopen(self, committed: int) -> None:
        size = 0
        try:
            self._file = open(self.path, "r+b")  # noqa: SIM115
            size = os.fstat(self._file.fileno()).st_size
        except FileNotFoundError:
            if not committed:
                return
        except OSError as error:
            raise unwritable(self.path, error) from None
        if size < committed:
            raise FormatError(
                f"{self.path}: has {size} bytes, fewer than the {committed} that the checkpoint counts; "
                "start again with --fresh"
            )
        if self._file is not None:
            require_only_writer(self.path, self._file.fileno())
            if committed:
                self.encoder.require_header(self.path, self._file.read(len(self.encoder.header())))
        self.cut(committed)

    def write(self, outputs: NDArray[np.int64]) -> None:
        """Append outputs, shape (T, W), after a header where there is none yet."""
        data = self.encoder.rows(outputs) if self.size else self.encoder.header() + self.encoder.rows(outputs)
        try:
            if self._file is None:
                self._file = self._created()
            self._file.write(data)
        except OSError as error:
            raise unwritable(self.path, error) from None
        self.size += len(data)

    def _created(self) -> BinaryIO:
        """Return the file, empty; what was in it is lost only once it is known that nobody else writes it."""
        file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666), "r+b")
        try:
            require_only_writer(self.path, file.fileno())
            file.truncate()
        except BaseException:
            file.close()
            raise
        return file

    def sync(self) -> None:
        """Flush everything written so far to the disk, under a header that counts its rows."""
        if self._file is not None:
            try:
                self._count_rows(self._file)
                self._file.flush()
                os.fsync(self._file.fileno())
            except OSError as error:
                raise unwritable(self.path, error) from None

    def _count_rows(self, file: BinaryIO) -> None:
        if self.encoder.counts_rows and self.size:
            file.seek(0)
            file.write(self.encoder.header(self.encoder.num_rows(self.size)))
            file.seek(self.size)

    def cut(self, size: int) -> None:
        """Truncate the file to ``size`` bytes."""
        self.size = size
        if self._file is not None:
            self._file.seek(size)
            self._file.truncate()
            self._count_rows(self._file)

    def __enter__(self) -> GrowingFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def roll_back(self, saved: Checkpoint | None) -> None:
        """Truncate the file to the last checkpoint; remove it if there is no checkpoint."""
        if saved is not None:
            self.cut(saved.output_bytes)
        elif self._file is not None:
            os.unlink(self.path)


@dataclass
class Saver:
    """Writes a checkpoint at the first chunk's end that is ``every`` tokens or more after the last."""

    path: str
    every: int
    artefact: Runnable
    tokens: TokenFile
    output: GrowingFile | None
    last: Place
    saved: Checkpoint | None = None

    def due(self, place: Place) -> bool:
        return place.position - self.last.position >= self.every

    def save(self, stream: Stream, place: Place) -> None:
        if self.output is not None:
            self.output.sync()
        self.saved = Checkpoint(
            digest=self.artefact.digest,
            position=place.position,
            offset=place.offset,
            line=place.line,
            fingerprint=self.tokens.fingerprint(place),
            output_bytes=0 if self.output is None else self.output.size,
            snapshot=self.artefact.snapshot(stream.state),
        )
        self.saved.save(self.path)
        self.last = place


def run_chunks(
    stream: Stream, tokens: TokenFile, saver: Saver | None, chunk_tokens: int
) -> Iterator[tuple[Place, NDArray[np.int64]]]:
    """Yield the place after every chunk and its outputs; save a checkpoint where one is due.

    A checkpoint is only saved when another token follows, so that a resumed run always has an output to give;
    the caller saves the one at the end.
    """
    place = tokens.place
    for chunk in tokens.chunks(chunk_tokens):
        if saver is not None and saver.due(place):
            saver.save(stream, place)
        outputs = stream.feed(chunk.columns)
        place = chunk.end
        yield place, outputs


def forget(path: str) -> None:
    """Remove a checkpoint, if there is one."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise unwritable(path, error) from None
