"""Law E1 at the sizes that sketches have: class and model, fused and by weights, put out and keep the same.

``SOAK=10000`` runs a million tokens.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from streamssm.algorithms import CountMin, HyperLogLog, MisraGries
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.frontends.algorithm import Algorithm, outputs_of, state_of
from tests.soak import SOAK

TOKENS = 100 * SOAK
CHUNK = 50_000
ITEMS = np.random.default_rng(41).zipf(1.2, size=TOKENS) % (1 << 16)


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="translates for a minute: tests.cases has smaller sketches")
@pytest.mark.parametrize(
    ("make", "memory_bits", "num_stores"),
    [
        (lambda: CountMin(1 << 16, width=1024, depth=4, limit=255, watched=(1, 2, 500)), 4 * 1024 * 8, 4),
        (lambda: HyperLogLog(item_bits=32, index_bits=10), 1024 * 5 + 33 + 11, 1),
        (lambda: MisraGries(1 << 16, counters=64, limit=65_535), 64 * 32, 65),
    ],
    ids=["count-min", "hyper-log-log", "misra-gries"],
)
def test_law_e1_on_sketches(make: Callable[[], Algorithm], memory_bits: int, num_stores: int) -> None:
    algorithm = make()
    program = algorithm.program()
    model = to_ssm(program)
    assert program.memory_bits == model.memory_bits == memory_bits
    assert len(program.stores) == num_stores
    streams = [program.stream(), model.stream(by="fused"), model.stream(by="weights")]
    for items in np.split(ITEMS, range(CHUNK, TOKENS, CHUNK)):
        expected = []
        for item in items.tolist():
            algorithm.update(item)
            expected.append(outputs_of(algorithm))
        for stream in streams:
            assert np.array_equal(stream.feed([items]), expected)
            assert stream.state == state_of(algorithm)
