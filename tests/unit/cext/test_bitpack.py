"""Packed words: the kernel equals its twin, nothing is lost, and every bad bit is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamssm.cext import bitpack as kernel
from streamssm.errors import FormatError, ParameterError
from streamssm.reference import bitpack as twin

MODULES = pytest.mark.parametrize("module", [kernel, twin])
INT64 = st.integers(-(2**63), 2**63 - 1)


def ints(*values: int) -> Any:
    return np.array(values, dtype=np.int64)


@st.composite
def words(draw: st.DrawFn) -> tuple[int, int, int]:
    """Draw (value, lo, bits) with the value in range."""
    bits, lo = draw(st.integers(0, 64)), draw(INT64)
    return draw(st.integers(lo, min(lo + (1 << bits) - 1, 2**63 - 1))), lo, bits


@given(rows=st.lists(words(), max_size=40))
def test_round_trip(rows: list[tuple[int, int, int]]) -> None:
    values, lo, bits = (ints(*column) for column in (zip(*rows, strict=True) if rows else ((), (), ())))
    data = kernel.pack(values, lo, bits)
    assert len(data) == (int(bits.sum()) + 7) // 8
    assert data == twin.pack(values, lo, bits)
    for module in (kernel, twin):
        assert module.unpack(data, lo, bits, values).tolist() == values.tolist()


@given(data=st.binary(max_size=12), rows=st.lists(words(), max_size=6))
def test_any_bytes(data: bytes, rows: list[tuple[int, int, int]]) -> None:
    hi, lo, bits = (ints(*column) for column in (zip(*rows, strict=True) if rows else ((), (), ())))
    found = []
    for module in (kernel, twin):
        try:
            found.append(module.unpack(data, lo, bits, hi).tolist())
        except FormatError as error:
            found.append(str(error))
    assert found[0] == found[1]


@MODULES
@pytest.mark.parametrize("value", [-3, 6])
def test_word_out_of_range_is_not_packed(module: Any, value: int) -> None:
    with pytest.raises(ParameterError, match=rf"word 1 must lie in \[-2, 5\], not be {value}"):
        module.pack(ints(0, value), ints(0, -2), ints(4, 3))


@MODULES
def test_zero_bits_hold_one_value(module: Any) -> None:
    assert module.pack(ints(7), ints(7), ints(0)) == b""
    with pytest.raises(ParameterError, match="word 0 must lie in"):
        module.pack(ints(8), ints(7), ints(0))


@MODULES
def test_least_significant_bit_first(module: Any) -> None:
    assert module.pack(ints(1, 0, 3, -1), ints(0, 0, 0, -2), ints(1, 2, 2, 9)) == bytes([0b00111001, 0])


@MODULES
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x05", "must take 2 bytes, not 1"),
        (b"\x05\x00\x00", "must take 2 bytes, not 3"),
        (b"\x07\x00", r"packed word 0 must lie in \[0, 6\], not be 7"),
        (b"\x06\xff", r"packed word 1 must lie in \[-1, 2\], not be"),
        (b"\x06\x04", "bits after the last packed word must be 0"),
    ],
)
def test_bad_bytes(module: Any, data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        module.unpack(data, ints(0, -1), ints(3, 7), ints(6, 2))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ((ints(1), ints(0), ints(65)), r"bits must lie in \[0, 64\]"),
        ((ints(1), ints(0), ints(-1)), r"bits must lie in \[0, 64\]"),
        ((ints(1), ints(0, 0), ints(1)), "lo must be an int64 array"),
        ((np.array([1.0]), ints(0), ints(1)), "values must be an int64 array"),
    ],
)
def test_wrong_arrays(arrays: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        kernel.pack(*arrays)
