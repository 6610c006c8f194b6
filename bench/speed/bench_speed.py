"""Speed of function composition at n = 65,536: the kernels and their alternatives.

    pytest bench --benchmark-enable

``extra_info`` holds ``memory_bits`` and the median of ``million_tokens_per_s``; all on one core.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from streamssm.algorithms import FunctionComposition
from streamssm.cext.program_vm import available_isas
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.limits.streams.composition_streams import CompositionStream

N = 65_536
LANES = 1_024
STREAM_TOKENS = 1 << 21
LANE_TOKENS = 1 << 11
PYTHON_TOKENS = 1 << 16

Columns = list[NDArray[Any]]


@pytest.fixture(scope="module")
def program() -> Any:
    return FunctionComposition(N).program()


@pytest.fixture(scope="module")
def model(program: Any) -> Any:
    return to_ssm(program)


@pytest.fixture(scope="module")
def stream() -> Columns:
    """Return one stream: columns key, image and last in the narrowest dtypes."""
    blocks = CompositionStream(N, STREAM_TOKENS // N).tokens(0, STREAM_TOKENS)
    return [np.concatenate(parts) for parts in zip(*blocks, strict=True)]


@pytest.fixture(scope="module")
def streams() -> Columns:
    """Return many streams, one per lane: columns of shape (T, B)."""
    random = np.random.default_rng(0)
    shape = (LANE_TOKENS, LANES)
    words = [random.integers(N, size=shape, dtype=np.uint16) for _ in range(2)]
    return [*words, random.integers(2, size=shape, dtype=np.uint8)]


def measure(benchmark: Any, run: Callable[[], Any], tokens: int, memory_bits: int) -> Any:
    """Time a run over a number of tokens; return its result."""
    benchmark.extra_info["memory_bits"] = memory_bits
    result = benchmark(run)
    if benchmark.stats is not None:  # None where benchmarks are run once and not timed
        benchmark.extra_info["million_tokens_per_s"] = round(tokens / benchmark.stats.stats.median / 1e6, 2)
    return result


def in_one_stream(benchmark: Any, stream: Columns, started: Any, memory_bits: int) -> None:
    tokens = len(stream[0])
    measure(benchmark, lambda: started.feed(stream), tokens, memory_bits)


def in_lanes(benchmark: Any, streams: Columns, lanes: Any, memory_bits: int) -> None:
    out = np.empty((*streams[0].shape, 1), dtype=np.uint16)
    measure(benchmark, lambda: lanes.feed(streams, out), streams[0].size, memory_bits)


def bench_program_one_stream(benchmark: Any, program: Any, stream: Columns) -> None:
    in_one_stream(benchmark, stream, program.stream(), program.memory_bits)


def bench_program_lanes(benchmark: Any, program: Any, streams: Columns) -> None:
    in_lanes(benchmark, streams, program.lanes(LANES), program.memory_bits)


@pytest.mark.parametrize("by", ["fused", "weights"])
def bench_model_one_stream(benchmark: Any, model: Any, stream: Columns, by: str) -> None:
    in_one_stream(benchmark, stream, model.stream(by=by), model.memory_bits)


@pytest.mark.parametrize("isa", available_isas())
@pytest.mark.parametrize("by", ["fused", "weights"])
def bench_model_lanes(benchmark: Any, model: Any, streams: Columns, by: str, isa: str) -> None:
    in_lanes(benchmark, streams, model.lanes(LANES, by=by, isa=isa), model.memory_bits)


def bench_plain_python_class(benchmark: Any, program: Any, stream: Columns) -> None:
    tokens = list(zip(*(column[:PYTHON_TOKENS].tolist() for column in stream), strict=True))
    algorithm = FunctionComposition(N)

    def run() -> list[int]:
        outputs = []
        for key, image, last in tokens:
            algorithm.update(key, image, last)
            outputs.append(algorithm.output())
        return outputs

    measure(benchmark, run, len(tokens), program.memory_bits)


def bench_numba_loop(benchmark: Any, program: Any, stream: Columns) -> None:
    """Composition written by hand for numba, without validation of tokens."""
    numba = pytest.importorskip("numba")

    @numba.njit  # type: ignore[untyped-decorator]
    def loop(keys: Any, images: Any, lasts: Any, out: Any) -> None:
        value = image = 0
        for t in range(len(keys)):
            if keys[t] == value:
                image = images[t]
            if lasts[t]:
                value = image
            out[t] = value

    out = np.empty(len(stream[0]), dtype=np.int64)
    loop(*stream, out)
    assert np.array_equal(out, program.run(stream)[:, 0])
    measure(benchmark, lambda: loop(*stream, out), len(out), program.memory_bits)
