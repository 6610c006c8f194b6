"""Bytes per second of CRC-32: the kernel, the plain class, a loop under numba, and zlib.

The first three give the check sum after every byte; zlib gives the last one only.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from streamssm.algorithms import Crc, CrcBitwise

DATA = np.random.default_rng(43).integers(0, 256, 1_000_000, dtype=np.uint8)
FEW = DATA[:5_000]  # for runs in plain Python
EXPECTED = zlib.crc32(DATA.tobytes())

each = pytest.mark.parametrize("make", [Crc, CrcBitwise])


def _timed(benchmark: Any, num_tokens: int, run: Callable[[], Any]) -> Any:
    result = benchmark(run)
    benchmark.extra_info["tokens"] = num_tokens
    if benchmark.stats is not None:
        benchmark.extra_info["tokens_per_s"] = round(num_tokens / benchmark.stats.stats.median)
    return result


@each
def bench_crc_plain_class(benchmark: Any, make: Callable[[], Any]) -> None:
    def run() -> int:
        crc, checksum = make(), 0
        for byte in FEW.tolist():
            crc.update(byte)
            checksum = crc.output()
        return checksum

    assert _timed(benchmark, len(FEW), run) == zlib.crc32(FEW.tobytes())


@each
def bench_crc_kernel(benchmark: Any, make: Callable[[], Any]) -> None:
    program = make().program()
    benchmark.extra_info["memory_bits"] = program.memory_bits
    assert _timed(benchmark, len(DATA), lambda: program.stream().feed([DATA]))[-1, 0] == EXPECTED


@each
@pytest.mark.parametrize("lanes", [64])
def bench_crc_kernel_lanes(benchmark: Any, make: Callable[[], Any], lanes: int) -> None:
    program = make().program()
    rows = np.ascontiguousarray(DATA[: len(DATA) // lanes * lanes].reshape(lanes, -1).T)
    checksums = _timed(benchmark, rows.size, lambda: program.lanes(lanes).feed([rows]))
    assert checksums[-1, 3, 0] == zlib.crc32(rows[:, 3].tobytes())


def bench_crc_numba_loop(benchmark: Any) -> None:
    loop = pytest.importorskip("numba").njit(_loop)
    table, out = np.array(Crc().table), np.zeros(len(DATA), np.int64)
    loop(DATA, out, table)  # compiles
    _timed(benchmark, len(DATA), lambda: loop(DATA, out, table))
    assert out[-1] == EXPECTED


def _loop(data: NDArray[np.uint8], out: NDArray[np.int64], table: NDArray[np.int64]) -> None:
    remainder = 0xFFFFFFFF
    for t in range(len(data)):
        remainder = table[(remainder ^ data[t]) & 255] ^ (remainder >> 8)
        out[t] = remainder ^ 0xFFFFFFFF


def bench_crc_zlib(benchmark: Any) -> None:
    data = DATA.tobytes()
    assert _timed(benchmark, len(data), lambda: zlib.crc32(data)) == EXPECTED
