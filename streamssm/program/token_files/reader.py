"""Opening a token file: which format it is in, and where to start in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType

from streamssm.errors import FormatError, ParameterError
from streamssm.program.token_files import csv_header, npy
from streamssm.program.token_files.chunks import Chunk, Place
from streamssm.program.token_files.source import BLOCK_BYTES, ByteSource
from streamssm.program.token_files.text import Layout, text_chunks
from streamssm.program.words import Word

FORMATS = ("auto", "npy", "csv", "text")
CHUNK_TOKENS = 1 << 17
BOM = b"\xef\xbb\xbf"


class TokenFile:
    """A file of tokens, or standard input, read once from front to back.

    Notes
    -----
    Memory is constant: one block of about a megabyte at a time, whatever the length.
    """

    def __init__(self, path: str, fields: Sequence[Word], *, format: str = "auto") -> None:
        if format not in FORMATS:
            raise ParameterError(f"the format of tokens must be one of {', '.join(FORMATS)}, not {format!r}")
        if not fields:
            raise ParameterError("tokens in a file must have at least one field, not none")
        self.fields = tuple(fields)
        self._source = ByteSource(path)
        self._place = Place()
        self.name = self._source.name
        try:
            self.format = self._sniffed(path) if format == "auto" else format
            self._start()
        except BaseException:
            self._source.__exit__(None, None, None)
            raise

    def __enter__(self) -> TokenFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._source.__exit__(kind, error, trace)

    @property
    def size(self) -> int | None:
        """Bytes of a regular file; None for a pipe."""
        return self._source.size

    @property
    def place(self) -> Place:
        """The place behind the last chunk that was read."""
        return self._place

    def fingerprint(self, place: Place) -> str:
        """Return a digest of the input's first bytes, up to ``place``: a resumed run knows it by that."""
        return self._source.fingerprint(place.offset)

    def resume(self, place: Place) -> None:
        """Go on from a place that an earlier reading of the same input reached."""
        if place.offset < self._place.offset:
            raise FormatError(f"{self.name}: must not be resumed from byte {place.offset}, inside its header")
        self._source.advance(place.offset)
        self._place = place

    def chunks(self, chunk_tokens: int = CHUNK_TOKENS) -> Iterator[Chunk]:
        """Yield the tokens in order.

        Raises
        ------
        TokenError
            Behind the tokens that stand before the first that does not fit its fields; line, position, field
            and value are named.
        FormatError
            If the file holds no token, is cut short or is damaged.
        """
        for chunk in self._chunks(chunk_tokens):
            self._place = chunk.end
            yield chunk
        if not self._place.position:
            raise FormatError(f"{self.name}: must hold at least one token, not none")

    def _chunks(self, chunk_tokens: int) -> Iterator[Chunk]:
        if self.format == "npy":
            return npy.npy_chunks(self._source, self._header, self.fields, self._place, chunk_tokens)
        return text_chunks(self._source, self._layout, self._place, chunk_tokens)

    def _sniffed(self, path: str) -> str:
        if path.endswith((".npy", ".csv")):
            return path[-3:]
        if self._source.peek(len(npy.MAGIC)) == npy.MAGIC:
            return "npy"
        line = self._source.peek_line(BLOCK_BYTES).decode("utf-8-sig", errors="backslashreplace")
        return "csv" if any(c.isalpha() or c in '_,"' for c in line if c.isascii()) else "text"

    def _start(self) -> None:
        if not self._source.peek(1):
            raise FormatError(f"{self.name}: must hold at least one token, not be empty")
        if self._source.peek(len(BOM)) == BOM:
            self._source.read_exactly(len(BOM))
        columns = tuple(range(len(self.fields)))
        if self.format == "npy":
            self._header = npy.read_header(self._source, self.fields)
        elif self.format == "csv":
            columns = csv_header.read_header(self._source, self.fields)
        self._layout = Layout(self.fields, columns, comma=self.format == "csv")
        self._place = Place(0, self._source.offset, 2 if self.format == "csv" else 1)


def open_tokens(path: str, fields: Sequence[Word], *, format: str = "auto") -> TokenFile:
    """Open a token file; ``-`` is standard input.

    Parameters
    ----------
    path : a ``.npy`` array of shape (T, fields), CSV under a header of field names, or lines of integers
    fields : the words that a token consists of
    format : "npy", "csv" or "text"; "auto" decides by the name and the first bytes
    """
    return TokenFile(path, fields, format=format)
