"""Recurrences and block maps over arrays of gates: the kernel equals its twin, and bad arrays are refused."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamssm.cext import blockmap as kernel
from streamssm.errors import ParameterError
from streamssm.reference import blockmap as twin

DTYPES = ["int8", "int16", "int32", "int64"]
LEVELS = pytest.mark.parametrize("level", [0, 1, 2])
SEEDS = st.integers(0, 1 << 32)
ERROR, SATURATE, WRAP, CYCLE = range(4)

Array = np.ndarray[Any, Any]


def random_formats(r: Random, dim: int, dtype: str, overflows: list[int], *, places: bool = True) -> Array:
    """Return formats (5, d): narrow ranges and wide ones, mostly of one overflow and one shift."""
    bits = min(np.iinfo(dtype).bits - 1, 58)
    one, shift = r.choice(overflows), r.choice([0, 0, 1, 3]) if places else 0
    rows = []
    for _ in range(dim):
        width = 1 << r.randint(0, r.choice([3, bits]))
        overflow = one if r.random() < 0.8 else r.choice(overflows)
        size = width if overflow == WRAP else r.randint(1, width)
        lo = r.randint(-(1 << bits), (1 << bits) - size) if r.random() < 0.5 else -(size // 2)
        rows.append((lo, lo + size - 1, shift, r.randint(0, 1), overflow))
    found: Array = np.array(rows, dtype=np.int64).reshape(dim, 5).T.copy()
    return found


def random_gates(r: Random, formats: Array, steps: int, dtype: str, entries: list[int]) -> Array:
    """Return gates (T, 2 d) with increments that swing between both ends of the words."""
    info, dim = np.iinfo(dtype), formats.shape[1]
    rows = []
    for _ in range(steps):
        widths = (formats[1] - formats[0]).tolist()
        b = [r.randint(-w - 1, w + 1) // r.choice([1, 2, 8]) for w in widths]
        rows.append([r.choice(entries) for _ in range(dim)] + b)
    return np.clip(np.array(rows, dtype=np.int64).reshape(steps, 2 * dim), info.min, info.max).astype(dtype)


def random_state(r: Random, formats: Array) -> Array:
    return np.array([r.randint(lo, hi) for lo, hi in formats[:2].T.tolist()], dtype=np.int64)


def scanned(module: Any, gates: Array, formats: Array, state: Array, **how: Any) -> tuple[Any, ...]:
    state, out = state.copy(), np.zeros((len(gates), formats.shape[1]), gates.dtype)
    stop = module.scan(gates, formats, state, out, **how)
    return stop, state.tolist(), out[:stop].tolist()


@LEVELS
@pytest.mark.parametrize("dtype", DTYPES)
@given(seed=SEEDS)
def test_diagonal_scan(dtype: str, level: int, seed: int) -> None:
    r = Random(seed)
    dim = r.choice([0, 1, 2, 3, 5, 8, 17, 33, 40, 64, 70])
    formats = random_formats(r, dim, dtype, [ERROR, SATURATE, WRAP])
    gates = random_gates(r, formats, r.choice([0, 1, 5, 64, 130]), dtype, [-2, -1, 0, 1, 1, 2, 3])
    state = random_state(r, formats)
    found = scanned(kernel, gates, formats, state, level=level)
    assert found == scanned(twin, gates, formats, state)


@pytest.mark.parametrize("dtype", DTYPES)
@given(seed=SEEDS)
def test_scan_of_words_that_differ(dtype: str, seed: int) -> None:
    r = Random(seed)
    formats = random_formats(r, 5, dtype, [SATURATE, CYCLE])
    formats[2] = [0, 1, 2, 3, 0]
    gates = random_gates(r, formats, 20, dtype, [-2, 0, 1, 3])
    state = random_state(r, formats)
    assert scanned(kernel, gates, formats, state) == scanned(twin, gates, formats, state)


@pytest.mark.parametrize("layout", ["dense", "monomial", "householder"])
@given(seed=SEEDS)
def test_scan_and_matrix_of_other_layouts(layout: str, seed: int) -> None:
    r = Random(seed)
    dim, reflections = r.randint(1, 4), r.randint(0, 2)
    formats = random_formats(r, dim, "int16", [ERROR, SATURATE, WRAP])
    gates = np.array([layout_row(r, layout, dim, reflections) for _ in range(12)], dtype=np.int64)
    how: Any = {"layout": layout, "reflections": reflections if layout == "householder" else 0}
    state = random_state(r, formats)
    assert scanned(kernel, gates, formats, state, **how) == scanned(twin, gates, formats, state, **how)
    if scanned(twin, gates, formats, state, **how)[0] == len(gates):  # else an entry may not be of its layout
        assert same(kernel.compose_matrix(gates, formats, **how), twin.compose_matrix(gates, formats, **how))


def layout_row(r: Random, layout: str, dim: int, reflections: int) -> list[int]:
    b = [r.randint(-3, 3) for _ in range(dim)]
    if layout == "dense":
        return [r.randint(-2, 2) for _ in range(dim * dim)] + b
    if layout == "monomial":
        return [r.randrange(dim) for _ in range(dim)] + [r.randint(-2, 2) for _ in range(dim)] + b
    factors = []
    for _ in range(reflections):
        v, beta = [r.randint(-1, 1) for _ in range(dim)], 0
        length = sum(part * part for part in v)
        beta = 2 // length if length in (1, 2) else r.choice([0] * 30 + [1])
        factors += [*v, beta]
    return factors + b


def test_householder_with_fraction_bits() -> None:
    """A rotation by Pythagoras: beta = 2 / 25 is no fraction of 2^f, 2 / 4 is."""
    formats = np.array([[-50] * 4, [50] * 4, [1] * 4, [0] * 4, [1] * 4])
    row = [1, 1, 1, 1, 1, 0, 0, 0, 0]
    how: Any = {"layout": "householder", "reflections": 1, "fraction_bits": 1}
    gates, state = np.array([row, row]), np.array([7, 2, -4, 1])
    assert scanned(kernel, gates, formats, state, **how) == scanned(twin, gates, formats, state, **how)
    assert scanned(kernel, gates, formats, state, **how)[2][0] == [4, -1, -7, -2]
    gates[1, 4] = 3
    assert {scanned(module, gates, formats, state, **how)[0] for module in (kernel, twin)} == {1}


def same(a: Array, b: Array) -> bool:
    return bool(a.dtype == b.dtype and a.shape == b.shape and a.tolist() == b.tolist())


@LEVELS
@pytest.mark.parametrize("dtype", DTYPES)
@given(seed=SEEDS)
def test_affine_and_line(dtype: str, level: int, seed: int) -> None:
    r = Random(seed)
    dim = r.choice([0, 1, 3, 9, 17, 40, 64, 67])
    formats = random_formats(r, dim, dtype, [SATURATE], places=False)
    gates = random_gates(r, formats, r.choice([0, 1, 7, 64, 100]), dtype, [-3, -1, 0, 1, 2, 5])
    assert same(kernel.compose_affine(gates, formats, level=level), twin.compose_affine(gates, formats))
    gates = random_gates(r, formats, r.choice([0, 1, 7, 64, 100]), dtype, [-1, 0, 1, 1, 1, 1])
    assert same(kernel.compose_line(gates, formats, level=level), twin.compose_line(gates, formats))


@pytest.mark.parametrize("dtype", DTYPES)
@given(seed=SEEDS)
def test_forms_of_one_word(dtype: str, seed: int) -> None:
    r = Random(seed)
    formats = random_formats(r, 2, dtype, [SATURATE, ERROR])
    shift = int(formats[2, 0])
    powers = [0, *(s << j for s in (1, -1) for j in range(shift + 1))]
    gates = random_gates(r, formats, r.choice([0, 1, 5, 40]), dtype, powers)
    assert same(kernel.compose_shift(gates, formats, 1), twin.compose_shift(gates, formats, 1))
    gates = random_gates(r, formats, r.choice([0, 1, 5, 40]), dtype, [1, 1, 1, 2, -1, 3])
    assert same(kernel.compose_clamp(gates, formats, 0), twin.compose_clamp(gates, formats, 0))


@given(seed=SEEDS)
def test_tables_and_cycles(seed: int) -> None:
    r = Random(seed)
    modes = [r.randint(0, 2), CYCLE]
    formats = np.array([[-3, 0], [4, r.randint(0, 9)], [r.randint(0, 2)] * 2, [0, 1], modes])
    gates = random_gates(r, formats, 9, "int16", [0, 1])
    assert same(kernel.compose_cycle(gates, formats, 1), twin.compose_cycle(gates, formats, 1))
    gates = random_gates(r, formats, 9, "int16", [-3, 2, 0, 5])
    assert same(kernel.compose_table(gates, formats, 0), twin.compose_table(gates, formats, 0))


@LEVELS
@pytest.mark.parametrize("position", [0, 1, 63, 64, 129])
@pytest.mark.parametrize("word", [0, 16, 36])
def test_first_error_is_found_in_any_word_and_tile(level: int, position: int, word: int) -> None:
    formats = np.array([[0] * 37, [9] * 37, [0] * 37, [0] * 37, [ERROR] * 37])
    gates = np.zeros((130, 74), np.int8)
    gates[:, :37] = 1
    gates[position, 37 + word] = 10
    stop, state, _ = scanned(kernel, gates, formats, np.zeros(37, np.int64), level=level)
    assert (stop, set(state)) == (position, {0})


FORMATS = np.array([[0], [7], [0], [0], [SATURATE]])


@pytest.mark.parametrize(
    ("gates", "formats", "message"),
    [
        (np.zeros((2, 3), np.int8), FORMATS, r"gates must be an array \(T, 2\)"),
        (np.zeros((2, 2), np.uint8), FORMATS, "of int8 int16 int32 int64"),
        (np.zeros((2, 2), np.int8), FORMATS * 40, "range that fits int8"),
        (np.zeros((2, 2), np.int8), FORMATS[:4], "formats must have 5 rows"),
        (np.zeros((2, 2), np.int8), FORMATS.astype(float), "formats must be an int64 array"),
        (np.zeros((2, 2), np.int8), np.array([[0], [7], [15], [0], [1]]), "drop 0 to 14 bits"),
        (np.zeros((2, 2), np.int8), np.array([[0], [6], [0], [0], [WRAP]]), "must have 2\\^bits values"),
        (np.zeros((2, 2), np.int8), np.array([[0], [7], [0], [0], [4]]), "known rounding and overflow"),
    ],
)
def test_wrong_arrays(gates: Any, formats: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        kernel.compose_affine(gates, formats)


def test_wrong_states_words_and_layouts() -> None:
    gates, out = np.zeros((2, 2), np.int8), np.zeros((2, 1), np.int8)
    with pytest.raises(ParameterError, match="state must lie in the ranges"):
        kernel.scan(gates, FORMATS, np.array([8]), out)
    with pytest.raises(ParameterError, match="out must be"):
        kernel.scan(gates, FORMATS, np.array([7]), out[:1])
    with pytest.raises(ParameterError, match="word must be one of 1, not 1"):
        kernel.compose_clamp(gates, FORMATS, 1)
    with pytest.raises(ParameterError, match="layout must be one of"):
        kernel.scan(gates, FORMATS, np.array([7]), out, layout="round")
    with pytest.raises(ParameterError, match="level must be"):
        kernel.compose_affine(gates, FORMATS, level=7)


@given(data=st.binary(min_size=24, max_size=240), places=st.integers(0, 60), lo=st.integers(-(2**60), 2**60))
def test_any_gates_end_well(data: bytes, places: int, lo: int) -> None:
    """Promises broken in every way: the results are unspecified, but the calls return."""
    gates = np.frombuffer(data[: len(data) // 16 * 16], np.int64).reshape(-1, 2)
    hi = min(lo + 1000, 2**60)
    for overflow in (ERROR, SATURATE, CYCLE):
        formats = np.array([[lo], [hi], [places], [1], [overflow]])
        kernel.scan(gates, formats, np.array([hi]), np.zeros((len(gates), 1), np.int64))
        for run in (kernel.compose_clamp, kernel.compose_shift, kernel.compose_cycle, kernel.compose_table):
            run(gates, formats, 0)
