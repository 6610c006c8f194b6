"""Opening a token file: detecting its format, and finding its first token."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType

from streamssm.errors import FormatError, ParameterError
from streamssm.ir.vocabulary import Vocabulary
from streamssm.ir.words import Word
from streamssm.runtime.token_files import csv_header, npy
from streamssm.runtime.token_files.byte_source import BLOCK_BYTES, ByteSource
from streamssm.runtime.token_files.chunks import Chunk, Place
from streamssm.runtime.token_files.symbols import symbol_chunks
from streamssm.runtime.token_files.text_tokens import TextLayout, text_chunks

FORMATS = ("auto", "npy", "csv", "text", "symbols")
CHUNK_TOKENS = 1 << 17
BOM = b"\xef\xbb\xbf"


class TokenFile:
    """A file of tokens, or standard input, read once from front to back.

    Notes
    -----
    Memory is constant: one block of about a megabyte at a time, whatever the length.
    """

    def __init__(
        self,
        path: str,
        fields: Sequence[Word],
        *,
        format: str = "auto",
        vocabulary: Vocabulary | None = None,
        allow_empty: bool = False,
    ) -> None:
        if format not in FORMATS:
            raise ParameterError(f"the format of tokens must be one of {', '.join(FORMATS)}, not {format!r}")
        if not fields:
            raise ParameterError("tokens in a file must have at least one field, not none")
        if format == "symbols" and vocabulary is None:
            raise ParameterError("tokens must have names to be read as symbols, and they are numbers")
        self.vocabulary = vocabulary
        self._allow_empty = allow_empty
        self.has_header = False
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
        """The place after the last chunk that was read."""
        return self._place

    def fingerprint(self, place: Place) -> str:
        """Return a digest of the input's first bytes, up to ``place``, which identifies the input."""
        return self._source.fingerprint(place.offset)

    def resume(self, place: Place) -> None:
        """Continue from a place that an earlier run over the same input reached."""
        if place.offset < self._place.offset:
            raise FormatError(f"{self.name}: cannot be resumed from byte {place.offset}, inside its header")
        self._source.advance(place.offset)
        self._place = place

    def chunks(self, chunk_tokens: int = CHUNK_TOKENS) -> Iterator[Chunk]:
        """Yield the tokens in order.

        Raises
        ------
        TokenError
            After all tokens before the first that does not fit its fields; line, position, field and value
            are named.
        FormatError
            If the file has no tokens and ``allow_empty`` is false, or it is cut short or damaged.
        """
        for chunk in self._chunks(chunk_tokens):
            self._place = chunk.end
            yield chunk
        if not self._place.position and not self._allow_empty:
            raise FormatError(f"{self.name}: must hold at least one token, not none")

    def _chunks(self, chunk_tokens: int) -> Iterator[Chunk]:
        if self.format == "npy":
            return npy.npy_chunks(self._source, self._header, self.fields, self._place, chunk_tokens)
        if self.format == "symbols" and self.vocabulary is not None:
            return symbol_chunks(self._source, self.vocabulary, self._place, chunk_tokens)
        return text_chunks(self._source, self._layout, self._place, chunk_tokens)

    def _sniffed(self, path: str) -> str:
        if path.endswith((".npy", ".csv")):
            return path[-3:]
        if self._source.peek(len(npy.MAGIC)) == npy.MAGIC:
            return "npy"
        if self.vocabulary is not None:
            return "symbols"
        return "csv" if _names_fields(self._first_line()) and not self._has_words() else "text"

    def _first_line(self) -> str:
        return self._source.peek_line(BLOCK_BYTES).decode("utf-8-sig", errors="backslashreplace")

    def _has_words(self) -> bool:
        """Return whether the first line is a header of names between white space, not commas."""
        return sorted(self._first_line().split()) == sorted(word.name for word in self.fields)

    def _start(self) -> None:
        empty = not self._source.peek(1)
        if empty and not self._allow_empty:
            raise FormatError(f"{self.name}: must hold at least one token, not be empty")
        if self._source.peek(len(BOM)) == BOM:
            self._source.read_exactly(len(BOM))
        columns = tuple(range(len(self.fields)))
        if self.format == "npy":
            self._header = npy.read_header(self._source, self.fields)
        elif not empty and (self.format == "csv" or (self.format == "text" and self._has_words())):
            columns = csv_header.read_header(self._source, self.fields, comma=self.format == "csv")
            self.has_header = True
        self._layout = TextLayout(self.fields, columns, comma=self.format == "csv")
        self._place = Place(0, self._source.offset, 2 if self.has_header else 1)


def _names_fields(line: str) -> bool:
    """Return whether a line is a header and not a line of integers."""
    return any(c.isalpha() or c in '_,"' for c in line if c.isascii())


def open_tokens(
    path: str,
    fields: Sequence[Word],
    *,
    format: str = "auto",
    vocabulary: Vocabulary | None = None,
    allow_empty: bool = False,
) -> TokenFile:
    """Open a token file; ``-`` is standard input.

    Parameters
    ----------
    path : a ``.npy`` array of shape (T, fields), CSV under a header of field names, lines of integers, with
        or without a header of field names between white space, or names of symbols
    fields : the words that a token consists of
    format : "npy", "csv", "text" or "symbols"; "auto" decides by the name and the first bytes, and takes
        symbols for text where there is a vocabulary
    vocabulary : the names of the symbols, where tokens have them
    allow_empty : whether a file without tokens is the empty stream, and not an error
    """
    return TokenFile(path, fields, format=format, vocabulary=vocabulary, allow_empty=allow_empty)
