"""Every algorithm of the library is proven equal to its model and to the program back from the model."""

from __future__ import annotations

import pytest

from streamssm.bench.bench_instances import Instance, instances
from streamssm.bench.proofs import PROVEN, measure
from tests.soak import SOAK

pytest.importorskip("bitwuzla", reason="the extra prove")

SLOW = {"chess_board", "crc_bitwise"}
WANTED = [i for i in instances(widths=(8, 16, 32) if SOAK else (8,)) if SOAK or i.algorithm not in SLOW]


@pytest.mark.soak
@pytest.mark.parametrize("instance", WANTED, ids=lambda i: f"{i.algorithm}-{i.word_bits}")
def test_both_ways(instance: Instance) -> None:
    rows = measure([instance], timeout=60.0, recheck=False)["rows"]
    assert [row["verdict"] for row in rows] == [PROVEN, PROVEN], rows
