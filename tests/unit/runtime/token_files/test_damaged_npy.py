"""Array files with any damage: the tokens, or one clear error of our own."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import pytest

from streamssm.errors import FormatError, StreamSSMError
from streamssm.ir import words
from streamssm.ir.ranges import Range
from streamssm.runtime.token_files import open_tokens

FIELDS = tuple(words.field(name, Range(0, 2**59 - 1)) for name in "ab")
TOKENS = np.arange(6).reshape(3, 2)


def array_file(header: str | bytes, data: bytes = TOKENS.astype("<i8").tobytes()) -> bytes:
    """Return a file of version 1.0 with this header, padded with blanks and a newline."""
    text = header if isinstance(header, bytes) else header.ljust(117).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


def head(descr: str = "'<i8'", fortran: str = "False", shape: str = "(3, 2)") -> str:
    return f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}"


def read(path: Path, content: bytes) -> np.ndarray:
    path.write_bytes(content)
    with open_tokens(str(path), FIELDS) as source:
        return np.concatenate([np.stack(chunk.columns, axis=1) for chunk in source.chunks()])


def refusal(path: Path, content: bytes) -> str:
    with pytest.raises(FormatError) as caught:
        read(path, content)
    assert "\n" not in str(caught.value)
    return str(caught.value)[len(f"{path}: ") :]


def numpy_reads(content: bytes) -> np.ndarray | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return np.asarray(np.load(io.BytesIO(content), allow_pickle=False))
        except Exception:  # anything that NumPy raises
            return None


def test_cut_at_every_byte(tmp_path: Path) -> None:
    whole = array_file(head())
    assert np.array_equal(read(tmp_path / "t.npy", whole), TOKENS)
    for size in range(len(whole)):
        refusal(tmp_path / "t.npy", whole[:size])


@pytest.mark.parametrize("mask", [0x01, 0x08, 0x20, 0x80, 0xFF])
def test_every_byte_flipped(tmp_path: Path, mask: int) -> None:
    whole = array_file(head())
    for place in range(len(whole)):
        content = whole[:place] + bytes([whole[place] ^ mask]) + whole[place + 1 :]
        try:
            tokens = read(tmp_path / "t.npy", content)
        except StreamSSMError as error:
            assert "\n" not in str(error)
        else:
            expected = numpy_reads(content)
            assert expected is not None and np.array_equal(tokens, expected)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (head()[:-1], "is damaged"),  # unclosed
        (head(shape="(3, 2"), "is damaged"),
        (head(descr="'<i8"), "is damaged"),
        ("'''", "is damaged"),
        ("(" * 100, "is damaged"),
        (head().replace("}", "\n'x': 1}"), "is damaged"),
        (head(shape="(-3, 2)"), "is damaged"),
        (head(shape="(3.0, 2)"), "is damaged"),
        (head(shape="(True, 2)"), "is damaged"),
        (head(shape="[3, 2]"), "is damaged"),
        (head(fortran="0"), "is damaged"),
        (head(descr="'<q8q'"), "is damaged"),
        (head(descr="'<i3'"), "is damaged"),
        (head(descr="'__import__'"), "is damaged"),
        (head(descr="print(1)"), "is damaged"),
        (head(descr="'|O'"), "must be an array of integers, not of object"),
        (head(descr="'<f8'"), "must be an array of integers, not of float64"),
        (head(descr="'<M8[ns]'"), "must be an array of integers, not of datetime64[ns]"),
        (head(descr="[('a', '<i8'), ('b', '<i8')]"), "must be an array of integers, not of records"),
        (head(fortran="True"), "must be in C order"),
        (head(shape="(3000000000000, 2)"), "has 176 bytes instead of"),
        (head(shape=f"({10**40}, 2)"), "has 176 bytes instead of"),
        (head(shape="(3, 2, 1)"), "must have the shape (tokens, 2)"),
        (head(shape="()"), "must have the shape (tokens, 2)"),
        (b"", "is damaged"),
        (b"\xff" * 118, "is damaged"),
    ],
)
def test_damaged_headers(tmp_path: Path, header: str | bytes, message: str) -> None:
    assert message in refusal(tmp_path / "t.npy", array_file(header))


def test_big_endian_and_python_2(tmp_path: Path) -> None:
    swapped = array_file(head(descr="'>i8'"), TOKENS.astype(">i8").tobytes())
    assert np.array_equal(read(tmp_path / "t.npy", swapped), TOKENS)
    assert np.array_equal(read(tmp_path / "t.npy", array_file(head(shape="(3L, 2L)"))), TOKENS)


def test_huge_header(tmp_path: Path) -> None:
    content = b"\x93NUMPY\x02\x00" + b"\xff\xff\xff\xff" + b" " * 1000
    assert "is damaged" in refusal(tmp_path / "t.npy", content)
