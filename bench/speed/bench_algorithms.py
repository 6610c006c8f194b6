"""Tokens per second on three sketches: the kernel, the plain class, a loop under numba, and datasketches.

The first three give the estimate after every token, and must agree on all of them; datasketches only
updates. The number of tokens is in a benchmark's ``extra_info``, with the rate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from streamssm.algorithms import CountMin, HyperLogLog, MisraGries
from streamssm.bench.speed import sketch_loops as loops
from streamssm.frontends.algorithm import Algorithm, outputs_of

ITEMS = np.random.default_rng(41).zipf(1.2, size=100_000) % (1 << 16)
FEW = ITEMS[:2_000]  # for runs in plain Python


@dataclass(frozen=True)
class Sketch:
    """An algorithm, its loop with the loop's arguments, and its peer's constructor."""

    make: Callable[[], Any]
    loop: Callable[..., None]
    arguments: Callable[[Any], tuple[Any, ...]]
    peer: Callable[[Any], Any]


SKETCHES = {
    "count_min": Sketch(
        lambda: CountMin(1 << 16, width=1024, depth=4, limit=255),
        loops.count_min_loop,
        loops.count_min_arguments,
        lambda datasketches: datasketches.count_min_sketch(4, 1024),
    ),
    "hyper_log_log": Sketch(
        lambda: HyperLogLog(item_bits=32, index_bits=10),
        loops.hyper_log_log_loop,
        loops.hyper_log_log_arguments,
        lambda datasketches: datasketches.hll_sketch(10),
    ),
    "misra_gries": Sketch(
        lambda: MisraGries(1 << 16, 64, limit=65_535),
        loops.misra_gries_loop,
        loops.misra_gries_arguments,
        lambda datasketches: datasketches.frequent_items_sketch(7),
    ),
}

each = pytest.mark.parametrize("name", SKETCHES)


def _timed(benchmark: Any, num_tokens: int, run: Callable[[], Any]) -> Any:
    result = benchmark(run)
    benchmark.extra_info["tokens"] = num_tokens
    if benchmark.stats is not None:
        benchmark.extra_info["tokens_per_s"] = round(num_tokens / benchmark.stats.stats.median)
    return result


def _plain(sketch: Algorithm) -> list[tuple[int, ...]]:
    outputs = []
    for item in FEW.tolist():
        sketch.update(item)
        outputs.append(outputs_of(sketch))
    return outputs


@each
def bench_plain_class(benchmark: Any, name: str) -> None:
    _timed(benchmark, len(FEW), lambda: _plain(SKETCHES[name].make()))


@each
def bench_kernel(benchmark: Any, name: str) -> None:
    program = SKETCHES[name].make().program()
    outputs = _timed(benchmark, len(ITEMS), lambda: program.stream().feed([ITEMS]))
    assert outputs[: len(FEW)].tolist() == [list(row) for row in _plain(SKETCHES[name].make())]


@each
@pytest.mark.parametrize("lanes", [64])
def bench_kernel_lanes(benchmark: Any, name: str, lanes: int) -> None:
    program = SKETCHES[name].make().program()
    rows = np.ascontiguousarray(ITEMS[: len(ITEMS) // lanes * lanes].reshape(lanes, -1).T)
    outputs = _timed(benchmark, rows.size, lambda: program.lanes(lanes).feed([rows]))
    assert (outputs[:, 3] == program.stream().feed([rows[:, 3]])).all()


@each
def bench_numba_loop(benchmark: Any, name: str) -> None:
    loop = pytest.importorskip("numba").njit(SKETCHES[name].loop)
    sketch = SKETCHES[name].make()
    program = sketch.program()
    out = np.zeros((len(ITEMS), len(program.outputs)), np.int64)

    def run() -> None:
        loop(ITEMS, out, *SKETCHES[name].arguments(sketch))

    run()  # compiles
    _timed(benchmark, len(ITEMS), run)
    assert (out == program.stream().feed([ITEMS])).all()


@each
def bench_datasketches_updates(benchmark: Any, name: str) -> None:
    datasketches = pytest.importorskip("datasketches")
    items = ITEMS.tolist()

    def run() -> None:
        update = SKETCHES[name].peer(datasketches).update
        for item in items:
            update(item)

    _timed(benchmark, len(items), run)
