"""Tokens as a NumPy array file: integers of any width, shape (T, fields), or (T,) for one field."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import FormatError
from streamssm.ir.words import Word
from streamssm.runtime.token_files.byte_source import BLOCK_BYTES, ByteSource
from streamssm.runtime.token_files.chunks import Chunk, Place, fitting
from streamssm.runtime.token_files.text_tokens import count_fields

MAGIC = b"\x93NUMPY"
MAX_HEADER_BYTES = 10_000  # of an array of integers; NumPy reads no longer ones either
_LENGTH_BYTES = {1: 2, 2: 4, 3: 4}
_DTYPE = re.compile(r"[<>=|]?[?a-zA-Z]\d{0,4}(\[\w{1,8}\])?")


@dataclass(frozen=True)
class Header:
    """The header of an array file; its numbers begin at byte ``start``."""

    dtype: np.dtype[Any]
    length: int
    start: int

    def row_bytes(self, num_fields: int) -> int:
        return self.dtype.itemsize * num_fields


def read_header(source: ByteSource, fields: tuple[Word, ...]) -> Header:
    """Read the head of an array file, and check that its numbers can be tokens."""
    shape, fortran, dtype = _parse_head(source)
    names = [word.name for word in fields]
    if dtype.kind not in "iub":
        raise FormatError(f"{source.name}: must be an array of integers, not of {dtype}")
    if not (len(shape) == 2 and shape[1] == len(fields)) and not (len(shape) == len(fields) == 1):
        raise FormatError(
            f"{source.name}: must have the shape (tokens, {len(fields)}) "
            f"for {count_fields(names)}, not {shape}"
        )
    if fortran and min(len(shape), len(fields)) > 1 and shape[0] > 1:
        raise FormatError(
            f"{source.name}: must be in C order, token after token, not in Fortran order "
            "(np.ascontiguousarray changes it)"
        )
    header = Header(dtype, int(shape[0]), source.offset)
    expected = header.start + header.length * header.row_bytes(len(fields))
    if source.size is not None and source.size != expected:
        raise FormatError(
            f"{source.name}: has {source.size} bytes instead of the {expected} for the shape {shape} "
            f"of {dtype}; it is cut short or damaged"
        )
    return header


def _parse_head(source: ByteSource) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Read the header without NumPy's reader, which lets errors of Python's tokenizer through."""
    fixed = source.read_exactly(len(MAGIC) + 2)
    size_bytes = _LENGTH_BYTES.get(fixed[-2]) if len(fixed) == len(MAGIC) + 2 else None
    if fixed[: len(MAGIC)] != MAGIC or size_bytes is None or fixed[-1] != 0:
        raise _damaged(source)
    size = int.from_bytes(source.read_exactly(size_bytes), "little")
    text = source.read_exactly(size) if size <= MAX_HEADER_BYTES else b""
    header = _literal(text) if len(text) == size else None
    if not isinstance(header, dict) or header.keys() != {"descr", "fortran_order", "shape"}:
        raise _damaged(source)
    shape, fortran, descr = header["shape"], header["fortran_order"], header["descr"]
    if not isinstance(shape, tuple) or not all(type(length) is int and length >= 0 for length in shape):
        raise _damaged(source)
    if not isinstance(fortran, bool):
        raise _damaged(source)
    return shape, fortran, _dtype(source, descr)


def _literal(text: bytes) -> Any:
    """Return the literal that a header spells, None if it spells none; Python 2 wrote lengths as ``3L``."""
    if not text.endswith(b"\n") or b"\0" in text:
        return None
    try:
        return ast.literal_eval(re.sub(r"(\d)L\b", r"\1", text.decode("utf-8")).strip())
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def _dtype(source: ByteSource, descr: Any) -> np.dtype[Any]:
    if isinstance(descr, list):
        raise FormatError(f"{source.name}: must be an array of integers, not of records")
    if not isinstance(descr, str) or not _DTYPE.fullmatch(descr):
        raise _damaged(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged header may spell a deprecated type
            return np.dtype(descr)
    except (TypeError, ValueError):
        raise _damaged(source) from None


def _damaged(source: ByteSource) -> FormatError:
    return FormatError(
        f"{source.name}: the header is not that of a .npy file, or it is damaged; write the file with np.save"
    )


def npy_chunks(
    source: ByteSource, header: Header, fields: tuple[Word, ...], place: Place, chunk_tokens: int
) -> Iterator[Chunk]:
    """Yield the tokens from ``place`` on; the source must be at that offset."""
    row = header.row_bytes(len(fields))
    rows = max(1, min(chunk_tokens, BLOCK_BYTES // row))
    while place.position < header.length:
        start = place
        count = min(rows, header.length - start.position)
        data = source.read_exactly(count * row)
        if len(data) < count * row:
            raise FormatError(
                f"{source.name}: has fewer than the {header.length} tokens of its header; "
                f"it ends within token {start.position + len(data) // row}"
            )

        def place_after(index: int, start: Place = start) -> Place:
            return Place(start.position + index, start.offset + index * row, start.line)

        def where(index: int, start: Place = start) -> str:
            return f"{source.name} token {start.position + index}"

        yield from fitting(fields, _columns(data, header, len(fields)), place_after, where, chunk_tokens)
        place = place_after(count)


def _columns(data: bytes, header: Header, num_fields: int) -> list[NDArray[Any]]:
    array = np.frombuffer(data, dtype=header.dtype).reshape(-1, num_fields)
    array = (
        array.view(np.uint8)
        if header.dtype.kind == "b"
        else array.astype(header.dtype.newbyteorder("="), copy=False)
    )
    return [array[:, number] for number in range(num_fields)]
