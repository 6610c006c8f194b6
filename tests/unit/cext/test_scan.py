"""Diagonal recurrences in floating point: the kernel and its twin agree bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streamssm.cext import scan as kernel
from streamssm.errors import ParameterError
from streamssm.reference import scan as twin

KINDS = pytest.mark.parametrize("dtype", [np.complex64, np.complex128])


def numbers(rng: np.random.Generator, *shape: int) -> Any:
    """Return numbers of every size, some not finite."""
    found = rng.normal(size=(*shape, 2)) * 10.0 ** rng.integers(-30, 30, size=(*shape, 2))
    odd = rng.choice([0.0, -0.0, np.inf, np.nan], size=(*shape, 2))
    found = np.where(rng.random(size=(*shape, 2)) < 0.02, odd, found)
    return found[..., 0] + 1j * found[..., 1]


@KINDS
@pytest.mark.parametrize("shape", [(0, 1), (1, 0), (1, 1), (50, 3), (300, 7)])
def test_kernel_and_twin_give_the_same_bits(dtype: Any, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    with np.errstate(all="ignore"):
        for a in (numbers(rng, *shape), np.exp(1j * rng.normal(size=shape))):
            each_of = (a, numbers(rng, *shape), numbers(rng, shape[1]))
            given = [array.astype(dtype) for array in each_of]
            found, wanted = kernel.diagonal(*given), twin.diagonal(*given)
            assert found.dtype == wanted.dtype == dtype
            nan = np.isnan(kernel.parts(wanted))
            assert np.array_equal(np.isnan(kernel.parts(found)), nan)
            bits = [np.where(nan, 0, kernel.parts(each)).tobytes() for each in (found, wanted)]
            assert bits[0] == bits[1]


@KINDS
def test_chunks_give_the_bits_of_the_whole(dtype: Any) -> None:
    rng = np.random.default_rng(4)
    a = np.exp(1j * rng.normal(size=(100, 2))).astype(dtype)
    b, state = np.zeros_like(a), np.ones(2, dtype)
    whole = kernel.diagonal(a, b, state)
    first = kernel.diagonal(a[:37], b[:37], state)
    rest = kernel.diagonal(a[37:], b[37:], first[-1])
    assert np.concatenate([first, rest]).tobytes() == whole.tobytes()
    assert state.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"a": np.zeros((2, 1))}, r"complex64 or complex128 of shape \(any, any\), not float64"),
        ({"a": np.zeros(2, complex)}, r"a must be an array of .* of shape \(any, any\)"),
        ({"b": np.zeros((3, 1), complex)}, r"b must be an array of complex128 of shape \(2, 1\)"),
        ({"b": np.zeros((2, 1), np.complex64)}, "b must be an array .* not complex64"),
        ({"state": np.zeros(2, complex)}, r"state must be an array of complex128 of shape \(1\)"),
        ({"state": [1j]}, "not list"),
    ],
)
def test_wrong_arrays(change: dict[str, Any], message: str) -> None:
    good = {"a": np.ones((2, 1), complex), "b": np.ones((2, 1), complex), "state": np.ones(1, complex)}
    with pytest.raises(ParameterError, match=message):
        kernel.diagonal(**{**good, **change})
