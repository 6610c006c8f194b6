"""Tokens as a NumPy array file: integers of any width, shape (T, fields), or (T,) for one field."""

from __future__ import annotations

import io
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
_LENGTH_BYTES = {1: 2, 2: 4}


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
            f"{source.name}: must have {expected} bytes for the shape {shape} of {dtype}, not {source.size}"
        )
    return header


def _parse_head(source: ByteSource) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    fixed = source.read_exactly(len(MAGIC) + 2)
    try:
        major = np.lib.format.read_magic(io.BytesIO(fixed))[0]
        size = source.read_exactly(_LENGTH_BYTES[major])
        if int.from_bytes(size, "little") > MAX_HEADER_BYTES:
            raise ValueError
        body = io.BytesIO(size + source.read_exactly(int.from_bytes(size, "little")))
        read = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(body)
    except (
        ValueError,
        KeyError,
        TypeError,
        SyntaxError,
        EOFError,
        RecursionError,
        MemoryError,
        OverflowError,
    ):
        raise FormatError(
            f"{source.name}: must be a whole .npy file of integers, not a damaged or other one"
        ) from None
    return shape, fortran, dtype


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
                f"{source.name}: must hold {header.length} tokens, "
                f"but ends within token {start.position + len(data) // row}"
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
