"""Outputs as text, CSV, TSV, JSON lines or a NumPy array, in parts, in constant memory.

T = outputs, W = words of an output.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import FormatError, ParameterError

OutputFormat = Literal["text", "csv", "tsv", "jsonl", "npy"]
_FORMATS: dict[str, OutputFormat] = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".npy": "npy"}
_NPY_HEADER_BYTES = 128  # with room for any number of rows, so that it can be rewritten


@dataclass(frozen=True)
class OutputEncoder:
    """Outputs as bytes: a header, then rows.

    ``names`` are those of the output words; ``value_names`` those of the values of the only word, or empty.
    A NumPy array holds the numbers of named values; its header has the number of rows, so it is rewritten
    whenever that changes.
    """

    format: OutputFormat
    names: tuple[str, ...]
    value_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.format == "npy" and not self.names:
            raise ParameterError("outputs without words cannot be written as .npy; use another ending")
        if self.format == "jsonl" and len(set(self.names)) < len(self.names):
            raise ParameterError(
                f"outputs with one name twice ({', '.join(self.names)}) cannot be written as .jsonl; use .csv"
            )

    @classmethod
    def for_path(cls, path: str, names: Sequence[str], value_names: Sequence[str] = ()) -> OutputEncoder:
        """Return the encoder for a file, by its ending; text for any other ending and standard output."""
        ending = os.path.splitext(path)[1].lower()
        return cls(_FORMATS.get(ending, "text"), tuple(names), tuple(value_names))

    @property
    def counts_rows(self) -> bool:
        """True if the header has the number of rows."""
        return self.format == "npy"

    def header(self, num_rows: int = 0) -> bytes:
        """Return the bytes before the first row."""
        if self.format == "npy":
            return _npy_header(num_rows, len(self.names))
        return self._table([self.names]) if self.format in ("csv", "tsv") else b""

    def rows(self, outputs: NDArray[np.int64]) -> bytes:
        """Return outputs, shape (T, W), as T rows."""
        if not len(outputs):
            return b""
        if self.format == "text":
            return to_text(outputs, self.value_names)
        if self.format == "npy":
            return np.ascontiguousarray(outputs, dtype="<i8").tobytes()
        values: list[list[int | str]] = outputs.tolist()
        if self.value_names:
            values = [[self.value_names[int(row[0])]] for row in values]
        if self.format == "jsonl":
            lines = (
                json.dumps(dict(zip(self.names, row, strict=True)), ensure_ascii=False) for row in values
            )
            return "".join([f"{line}\n" for line in lines]).encode()
        return self._table(values)

    def num_rows(self, size: int) -> int:
        """Return the number of rows of an array file of ``size`` bytes."""
        return (size - _NPY_HEADER_BYTES) // (8 * len(self.names))

    def require_header(self, path: str, start: bytes) -> None:
        """Raise FormatError unless a file begins as this encoder's files do."""
        header = self.header()
        if self.counts_rows:
            rows = start[:_NPY_HEADER_BYTES].partition(b"'shape': (")[2].partition(b",")[0]
            header = self.header(int(rows)) if rows.isdigit() else header
        if not start.startswith(header):
            raise FormatError(
                f"{path}: does not begin as the {self.format} file of a killed run; start again with --fresh"
            )

    def _table(self, rows: Sequence[Sequence[int | str]]) -> bytes:
        text = io.StringIO()
        delimiter = "," if self.format == "csv" else "\t"
        csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
        return text.getvalue().encode()


def to_text(outputs: NDArray[np.int64], names: Sequence[str] = ()) -> bytes:
    """Return outputs, shape (T, W), as T lines of W integers, or of the names that they number."""
    if not len(outputs):
        return b""
    if names:
        labels = [" ".join(name.splitlines()) for name in names]
        return "".join([f"{labels[value]}\n" for value in outputs[:, 0].tolist()]).encode()
    if outputs.shape[1] == 1:
        lines = [str(value) for value in outputs[:, 0].tolist()]
    else:
        lines = [" ".join(map(str, row)) for row in outputs.tolist()]
    return ("\n".join(lines) + "\n").encode()


def _npy_header(num_rows: int, num_words: int) -> bytes:
    text = f"{{'descr': '<i8', 'fortran_order': False, 'shape': ({num_rows}, {num_words}), }}"
    prefix = b"\x93NUMPY\x01\x00" + (_NPY_HEADER_BYTES - 10).to_bytes(2, "little")
    return prefix + text.ljust(_NPY_HEADER_BYTES - 11).encode() + b"\n"
