"""The first line of a file of tokens: the names of the fields, in any order."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from streamssm.errors import FormatError
from streamssm.ir.words import Word
from streamssm.runtime.token_files.byte_source import ByteSource
from streamssm.runtime.token_files.text_tokens import shown

MAX_HEADER_BYTES = 1 << 20


def read_header(source: ByteSource, fields: Sequence[Word], *, comma: bool = True) -> tuple[int, ...]:
    """Read the header line, names between commas or white space; return the field of each column."""
    line = source.read_exactly(len(source.peek_line(MAX_HEADER_BYTES)))
    text = line.decode("utf-8-sig", errors="backslashreplace").strip()
    columns = _columns(text[:MAX_HEADER_BYTES]) if comma else text.split()
    names = [word.name for word in fields]
    if sorted(columns) != sorted(names):
        raise FormatError(
            f"{source.name} line 1: must be a header with the field names {','.join(names)}, "
            f"not {_wrong(columns, names, text)}"
        )
    return tuple(names.index(column) for column in columns)


def _columns(text: str) -> list[str]:
    """Return the names in a header; none where it is no line of CSV."""
    try:
        return [name.strip() for row in csv.reader([text]) for name in row]
    except csv.Error:
        return []


def _wrong(columns: list[str], names: list[str], text: str) -> str:
    missing = [name for name in names if name not in columns]
    if missing and set(columns) & set(names):
        return f"{shown(text)}: {missing[0]!r} is missing"
    return shown(text)
