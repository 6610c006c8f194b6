"""Tokens as text: one per line, integers separated by blanks, or by commas under a header.

A block of whole lines is checked and read by a few passes of NumPy; a faulty block is read again line by
line, to find the error and its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import FormatError, TokenError
from streamssm.ir.words import Word
from streamssm.runtime.token_files.byte_source import BLOCK_BYTES, ByteSource
from streamssm.runtime.token_files.chunks import Chunk, Place, fitting

MAX_DIGITS = 18  # any such number fits 64 bits
SHOWN = 40  # characters of bad text in a message

_BLANK, _NEWLINE, _COMMA, _DIGIT, _MINUS = range(5)
_CLASSES = bytearray(256)
_CLASSES[ord("\n")] = _NEWLINE
_CLASSES[ord(",")] = _COMMA
_CLASSES[ord("-")] = _MINUS
for _digit in b"0123456789":
    _CLASSES[_digit] = _DIGIT
_CLASS_TABLE = bytes(_CLASSES)
_COMMA_TO_BLANK = bytes.maketrans(b",", b" ")


@dataclass(frozen=True)
class TextLayout:
    """The layout of a line: the fields in the order of its columns, and their separator."""

    fields: tuple[Word, ...]
    order: tuple[int, ...]  # column -> field
    comma: bool

    @property
    def allowed(self) -> bytes:
        return b"0123456789- \t\r\n" + (b"," if self.comma else b"")

    @property
    def max_line_bytes(self) -> int:
        return max(BLOCK_BYTES, 64 * len(self.fields))


@dataclass(frozen=True)
class _Block:
    values: NDArray[np.int64]  # (T, columns)
    ends: NDArray[np.int64]  # bytes of the block up to the end of each token's line
    lines: NDArray[np.int64]  # each token's line, counted from the first of the block


def text_chunks(source: ByteSource, layout: TextLayout, place: Place, chunk_tokens: int) -> Iterator[Chunk]:
    """Yield the tokens from ``place`` on; the source must be at that offset."""
    rest = b""
    while True:
        data = source.read()
        block = rest + data if data else rest + b"\n" * bool(rest)
        cut = block.rfind(b"\n") + 1
        block, rest = block[:cut], block[cut:]
        if len(rest) > layout.max_line_bytes:
            raise FormatError(f"{source.name} line {place.line}: must be one token, not {len(rest)} bytes")
        if block:
            line, end = place.line + block.count(b"\n"), source.offset - len(rest)
            for chunk in _block_chunks(source.name, layout, block, place, end, chunk_tokens):
                yield chunk
                place = chunk.end
            place = Place(place.position, end, line)
        if not data:
            return


def _block_chunks(
    name: str, layout: TextLayout, data: bytes, place: Place, end: int, chunk_tokens: int
) -> Iterator[Chunk]:
    block = _parse(layout, data)
    wrong = None
    if block is None:
        block, wrong = _parse_slowly(name, layout, data, place)
    columns = [block.values[:, layout.order.index(field)] for field in range(len(layout.fields))]

    def place_after(count: int) -> Place:
        return Place(
            place.position + count,
            min(place.offset + int(block.ends[count - 1]), end),  # the last line may lack its end
            place.line + int(block.lines[count - 1]) + 1,
        )

    def where(index: int) -> str:
        return _where(name, place.line + int(block.lines[index]), place.position + index)

    yield from fitting(layout.fields, columns, place_after, where, chunk_tokens)
    if wrong is not None:
        raise wrong


def _where(name: str, line: int, position: int) -> str:
    return f"{name} line {line} (token {position})"


def _parse(layout: TextLayout, data: bytes) -> _Block | None:
    """Return the tokens of whole lines, or None unless every line is a token or blank."""
    if data.translate(None, layout.allowed):
        return None
    kind = np.frombuffer(data.translate(_CLASS_TABLE), dtype=np.uint8)
    in_value = kind >= _DIGIT
    edges = np.flatnonzero(in_value[1:] != in_value[:-1]) + 1
    edges = np.concatenate(([0], edges)) if in_value[0] else edges
    starts, stops = edges[::2], edges[1::2]  # a block ends with a newline, so every value stops
    newlines = np.flatnonzero(kind == _NEWLINE)
    counts = np.diff(np.searchsorted(starts, newlines), prepend=0)
    width = len(layout.fields)
    tokens = np.flatnonzero(counts)
    if not np.all(counts[tokens] == width) or (len(starts) and int((stops - starts).max()) > MAX_DIGITS):
        return None
    if b"-" in data and not _minus_signs_lead(kind):
        return None
    if layout.comma:
        if not _commas_separate(kind, starts, newlines, counts, width):
            return None
        data = data.translate(_COMMA_TO_BLANK)
    values = np.fromstring(data, dtype=np.int64, sep=" ") if len(starts) else np.empty(0, dtype=np.int64)
    return _Block(values.reshape(-1, width), newlines[tokens] + 1, tokens)


def _minus_signs_lead(kind: NDArray[np.uint8]) -> bool:
    at = np.flatnonzero(kind == _MINUS)
    before = np.concatenate((np.zeros(1, np.uint8), kind))[at]
    return bool(np.all(before < _DIGIT) and np.all(kind[at + 1] == _DIGIT))


def _commas_separate(
    kind: NDArray[np.uint8],
    starts: NDArray[np.int64],
    newlines: NDArray[np.int64],
    counts: NDArray[np.int64],
    width: int,
) -> bool:
    """Return whether the only commas are single ones between two values of a line."""
    commas = np.flatnonzero(kind == _COMMA)
    per_line = np.diff(np.searchsorted(commas, newlines), prepend=0)
    if not np.array_equal(per_line, np.where(counts > 0, width - 1, 0)):
        return False
    gaps = np.diff(np.searchsorted(commas, starts).reshape(-1, width), axis=1)
    return bool(np.all(gaps == 1))


def _parse_slowly(
    name: str, layout: TextLayout, data: bytes, place: Place
) -> tuple[_Block, TokenError | None]:
    """Read line by line up to the first that is not a token; return the tokens before it, and its error."""
    rows: list[list[int]] = []
    ends: list[int] = []
    lines: list[int] = []
    wrong, end = None, 0
    for number, line in enumerate(data.split(b"\n")[:-1]):
        end += len(line) + 1
        text = line.decode("utf-8", errors="backslashreplace").strip(" \t\r")
        if not text:
            continue
        try:
            row = _token(layout, text)
        except TokenError as error:
            wrong = TokenError(f"{_where(name, place.line + number, place.position + len(rows))}: {error}")
            break
        rows.append(row)
        ends.append(end)
        lines.append(number)
    values = np.array(rows, dtype=np.int64).reshape(-1, len(layout.fields))
    return _Block(values, np.array(ends, dtype=np.int64), np.array(lines, dtype=np.int64)), wrong


def _token(layout: TextLayout, text: str) -> list[int]:
    parts = [part.strip(" \t\r") for part in text.split(",")] if layout.comma else text.split()
    names = [layout.fields[field].name for field in layout.order]
    if len(parts) != len(names):
        raise TokenError(f"a token must have {count_fields(names)}, not {len(parts)}")
    return [_integer(layout.fields[field], part) for field, part in zip(layout.order, parts, strict=True)]


def _integer(word: Word, text: str) -> int:
    digits = text[1:] if text[:1] == "-" else text
    if not (digits.isascii() and digits.isdigit()):
        raise TokenError(f"field '{word.name}' must be an integer in {word.range}, not {shown(text)}")
    significant = digits.lstrip("0") or "0"
    value = int(significant[: MAX_DIGITS + 2]) * (-1 if text[:1] == "-" else 1)
    if not word.range.holds(value):
        raise TokenError(f"field '{word.name}' must be in {word.range}, not {shown(text, quote=False)}")
    return value


def count_fields(names: Sequence[str]) -> str:
    """Return the number of fields with their names."""
    return f"{len(names)} field{'s' * (len(names) != 1)} ({', '.join(names)})"


def shown(text: str, *, quote: bool = True) -> str:
    """Return text that fits a message of one line."""
    short = text if len(text) <= SHOWN else text[:SHOWN] + "..."
    return repr(short) if quote else short
