"""Speed of linear recurrences: 64 words driven by arrays of gates, and whole models layer by layer.

    pytest bench/speed/bench_scan.py --benchmark-enable

``extra_info`` holds the median of ``billion_updates_per_s`` (a word, a step) or ``million_tokens_per_s``.
Peers compute the same recurrence; lfilter knows constant entries only, in floating point.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from streamssm.cext import blockmap
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from streamssm.ssm.formats import NumberFormat, Overflow
from streamssm.ssm.model import SSM, StateWord, TransitionKind
from streamssm.ssm.network import Signal
from streamssm.ssm.textbook.parts import FLAGS, Nodes, layer

DIM = 64
IN_CACHE = 1 << 11  # steps: 384 KiB of int8 gates and states
IN_MEMORY = 1 << 17
TOKENS = 1 << 18
LAYERS = (1, 2, 4, 8)
SATURATE = 1

Array = NDArray[Any]
STEPS = pytest.mark.parametrize("steps", [IN_CACHE, IN_MEMORY])
DTYPES = pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64"])


def measure(benchmark: Any, run: Callable[[], Any], count: int, unit: str, scale: float) -> None:
    benchmark(run)
    if benchmark.stats is not None:  # None where benchmarks are run once and not timed
        benchmark.extra_info[unit] = round(count / benchmark.stats.stats.median / scale, 3)


def updates(benchmark: Any, run: Callable[[], Any], steps: int) -> None:
    measure(benchmark, run, steps * DIM, "billion_updates_per_s", 1e9)


def gates_of(steps: int, dtype: str) -> tuple[Array, Array, Array]:
    """Return gates (T, 2 d) with entries in {-1, 0, 1}, formats that saturate at +-100, and room."""
    random = np.random.default_rng(0)
    entries = random.integers(-1, 2, (steps, DIM), dtype=np.int8)
    increments = random.integers(-50, 51, (steps, DIM), dtype=np.int8)
    gates = np.concatenate([entries, increments], axis=1).astype(dtype)
    formats = np.array([[-100], [100], [0], [0], [SATURATE]], dtype=np.int64).repeat(DIM, axis=1)
    return gates, formats, np.empty((steps, DIM), dtype=dtype)


@STEPS
@DTYPES
def bench_scan_kernel(benchmark: Any, dtype: str, steps: int) -> None:
    gates, formats, out = gates_of(steps, dtype)
    state = np.zeros(DIM, dtype=np.int64)
    updates(benchmark, lambda: blockmap.scan(gates, formats, state, out), steps)


@STEPS
@DTYPES
def bench_block_map_line(benchmark: Any, dtype: str, steps: int) -> None:
    gates, formats, _ = gates_of(steps, dtype)
    updates(benchmark, lambda: blockmap.compose_line(gates, formats), steps)


@STEPS
@DTYPES
def bench_block_map_affine(benchmark: Any, dtype: str, steps: int) -> None:
    gates, formats, _ = gates_of(steps, dtype)
    updates(benchmark, lambda: blockmap.compose_affine(gates, formats), steps)


@pytest.mark.parametrize("form", ["clamp", "shift"])
def bench_block_map_of_a_word(benchmark: Any, form: str) -> None:
    gates, formats, _ = gates_of(IN_CACHE, "int8")
    compose = getattr(blockmap, f"compose_{form}")
    updates(benchmark, lambda: [compose(gates, formats, word) for word in range(DIM)], IN_CACHE)


# peers


@STEPS
@pytest.mark.parametrize("dtype", ["int8", "int64"])
def bench_numba_loop(benchmark: Any, dtype: str, steps: int) -> None:
    numba = pytest.importorskip("numba")

    @numba.njit  # type: ignore[untyped-decorator]
    def loop(gates: Any, state: Any, out: Any) -> None:
        for t in range(gates.shape[0]):
            for i in range(state.shape[0]):
                h = gates[t, i] * state[i] + gates[t, state.shape[0] + i]
                state[i] = min(max(h, -100), 100)
                out[t, i] = state[i]

    gates, formats, out = gates_of(steps, dtype)
    loop(gates, np.zeros(DIM, dtype=np.int64), out)
    expected = np.empty_like(out)
    blockmap.scan(gates, formats, np.zeros(DIM, dtype=np.int64), expected)
    assert np.array_equal(out, expected)
    state = np.zeros(DIM, dtype=np.int64)
    updates(benchmark, lambda: loop(gates, state, out), steps)


@STEPS
def bench_scipy_lfilter(benchmark: Any, steps: int) -> None:
    """Constant entries, float64, no clamp."""
    signal = pytest.importorskip("scipy.signal")
    increments = gates_of(steps, "int8")[0][:, DIM:].astype(np.float64)
    updates(benchmark, lambda: signal.lfilter([1.0], [1.0, -0.5], increments, axis=0), steps)


def bench_numpy_loop(benchmark: Any) -> None:
    gates, _, out = gates_of(IN_CACHE, "int64")

    def loop() -> None:
        h = np.zeros(DIM, dtype=np.int64)
        for t in range(len(gates)):
            np.multiply(gates[t, :DIM], h, out=h)
            h += gates[t, DIM:]
            np.clip(h, -100, 100, out=h)
            out[t] = h

    updates(benchmark, loop, IN_CACHE)


# models


def counted(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
    """Return gates that add a nonzero input to the state, and reset the state for input 0."""
    return [g.ne(node, g.const(0)) for node in x], x


def signs(g: GraphBuilder, h: Nodes, x: Nodes) -> Nodes:
    return [g.clamp(word, Range(-1, 1)) for word in h]


def stack(num_layers: int, dim: int = 1) -> SSM:
    """Return layers of saturating counters, each driven by the one below."""
    form = NumberFormat(Range(-100, 100), overflow=Overflow.SATURATE)
    fields = tuple(Word(f"x{i}", Range(-1, 1), -1) for i in range(dim))
    names = [word.name for word in fields]
    below = [Signal(name, Range(-1, 1)) for name in names]
    first = layer(
        [*FLAGS, *below],
        [StateWord(f"h0_{i}", form) for i in range(dim)],
        TransitionKind.ZERO_ONE,
        lambda g, x: counted(g, x[2:]),
        signs,
        names,
    )
    later = [
        layer(
            below,
            [StateWord(f"h{number}_{i}", form) for i in range(dim)],
            TransitionKind.ZERO_ONE,
            counted,
            signs,
            names,
        )
        for number in range(1, num_layers)
    ]
    return SSM("stack", fields, (first, *later), tuple(names))


def columns(dim: int, *shape: int) -> list[Array]:
    random = np.random.default_rng(0)
    return [random.integers(-1, 2, shape, dtype=np.int8) for _ in range(dim)]


def tokens_per_second(benchmark: Any, run: Callable[[], Any], tokens: int) -> None:
    measure(benchmark, run, tokens, "million_tokens_per_s", 1e6)


@pytest.mark.parametrize("dim", [1, 16])
@pytest.mark.parametrize("num_layers", LAYERS)
@pytest.mark.parametrize("blocks", [None, 1, 2])
def bench_model(benchmark: Any, blocks: int | None, num_layers: int, dim: int) -> None:
    """One stream: token by token, or layer by layer in blocks."""
    stream, tokens = stack(num_layers, dim).stream(blocks=blocks), columns(dim, TOKENS)
    tokens_per_second(benchmark, lambda: stream.feed(tokens), TOKENS)


@pytest.mark.parametrize("num_layers", LAYERS)
def bench_model_lanes(benchmark: Any, num_layers: int) -> None:
    """1,024 streams side by side."""
    lanes, tokens = stack(num_layers).lanes(1024), columns(1, TOKENS >> 10, 1024)
    out = np.empty((TOKENS >> 10, 1024, 1), dtype=np.int8)
    tokens_per_second(benchmark, lambda: lanes.feed(tokens, out), TOKENS)
