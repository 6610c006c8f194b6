"""Cases of the library's streaming algorithms: the part of the table that `tests.cases` takes in.

Hashes were worked out by hand too: each comment says where the items go.
"""

from __future__ import annotations

from streamssm.algorithms import (
    DGIM,
    BloomFilter,
    BoyerMooreMajority,
    CountMin,
    ExponentialMovingAverage,
    HyperLogLog,
    LongestRun,
    MinimumMaximum,
    MisraGries,
    ModularCounter,
    Moments,
    ReservoirSampling,
    SlidingSum,
    SpaceSaving,
    TopK,
    UpDownCounter,
)
from tests.case import Case, ones

STREAMING_CASES = (
    Case(
        "boyer moore",
        lambda: BoyerMooreMajority(3, 2),
        memory_bits=4,
        tokens=ones(2, 1, 1, 1, 1, 0, 0, 0),
        begin=(0,),
        outputs=ones(2, 2, 1, 1, 1, 1, 1, 0),
    ),
    Case(
        "misra gries",
        lambda: MisraGries(3, 2, limit=2),
        memory_bits=8,
        tokens=ones(2, 2, 1, 2, 0, 0, 1),
        begin=(0, 0),
        outputs=((2, 1), (2, 2), (2, 2), (2, 2), (2, 1), (2, 1), (2, 0)),
    ),
    Case(
        "space saving",
        lambda: SpaceSaving(3, 2, limit=2),
        memory_bits=8,
        tokens=ones(2, 2, 1, 0, 0, 1),
        begin=(0, 0),
        outputs=((2, 1), (2, 2), (2, 2), (2, 2), (2, 2), (1, 2)),
    ),
    Case(
        "count min",  # rows send 0, 1, 2, 3 to 1, 0, 1, 0 and to 0, 0, 1, 1
        lambda: CountMin(4, width=2, depth=2, limit=2, watched=(0, 1)),
        memory_bits=8,
        tokens=ones(0, 1, 1, 2, 1),
        begin=(0, 0),
        outputs=((1, 0), (1, 1), (1, 2), (2, 2), (2, 2)),
    ),
    Case(
        "bloom filter",  # 0, 1, 2, 3 have the bits 2 and 1, 0 and 1, 2 and 0, 0 and 0
        lambda: BloomFilter(4, size=4, hashes=2),
        memory_bits=5,
        tokens=ones(0, 1, 0, 2, 3),
        begin=(0,),
        outputs=ones(0, 0, 1, 1, 1),
    ),
    Case(
        "hyper log log",  # 0 to 7 hash to 0, 5, 2, 7, 4, 1, 6, 3
        lambda: HyperLogLog(3, 1),
        memory_bits=10,
        tokens=ones(0, 1, 0, 2, 3, 4, 5, 6, 7),
        begin=(0,),
        # ranks 3 and 0: 2 ln 2; then 3 and 2: 11 // 3; then 3 and 3: 11 // 2
        outputs=ones(1, 3, 3, 3, 3, 5, 5, 5, 5),
    ),
    Case(
        "reservoir",  # the generator goes 9, 2, 14, 10, 3: places 0, 2, 1, 0
        lambda: ReservoirSampling(2, size=2, length=3, bits=4),
        memory_bits=8,
        tokens=ones(1, 0, 1, 1, 0, 0),
        begin=(0, 0),
        outputs=((1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (0, 0)),
    ),
    Case(
        "dgim",
        lambda: DGIM(3),
        memory_bits=14,
        tokens=ones(1, 1, 0, 1, 1, 1, 0, 0, 0),
        begin=(0,),
        outputs=ones(1, 2, 2, 2, 2, 2, 2, 1, 0),
    ),
    Case(
        "minimum maximum",
        lambda: MinimumMaximum(-1, 2),
        memory_bits=4,
        tokens=ones(0, 1, -1),
        begin=(2, -1),
        outputs=((0, 0), (0, 1), (-1, 1)),
    ),
    Case(
        "top k",
        lambda: TopK(4, 3),
        memory_bits=6,
        tokens=ones(1, 3, 2, 2, 0),
        begin=(0, 0, 0),
        outputs=((1, 0, 0), (3, 1, 0), (3, 2, 1), (3, 2, 2), (3, 2, 2)),
    ),
    Case(
        "sliding sum",
        lambda: SlidingSum(3, 2),
        memory_bits=8,
        tokens=ones(2, 1, 2, 0, 0),
        begin=(0,),
        outputs=ones(2, 3, 3, 2, 0),
        assumes=True,
    ),
    Case(
        "moments",
        lambda: Moments(-2, 1, length=2),
        memory_bits=9,
        tokens=ones(-2, 1, 1),
        begin=(0, 0, 0),
        outputs=((1, -2, 4), (2, -1, 5), (2, -1, 5)),
    ),
    Case(
        "moving average",
        lambda: ExponentialMovingAverage(4, shift=1, fraction_bits=2),
        memory_bits=4,
        tokens=ones(3, 3, 0, 0),
        begin=(0,),
        outputs=ones(6, 9, 4, 2),
    ),
    Case(
        "longest run of any",
        lambda: LongestRun(3, 3),
        memory_bits=6,
        tokens=ones(1, 1, 0, 2, 2, 2, 2),
        begin=(0,),
        outputs=ones(1, 2, 2, 2, 2, 3, 3),
    ),
    Case(
        "modular counter",
        lambda: ModularCounter(3),
        memory_bits=2,
        tokens=ones(1, 0, 1, 1),
        begin=(0,),
        outputs=ones(1, 1, 2, 0),
    ),
    Case(
        "up down counter",
        lambda: UpDownCounter(-1, 2),
        memory_bits=2,
        tokens=ones(-1, -1, 1, 1, 1, 1),
        begin=(0,),
        outputs=ones(-1, -1, 0, 1, 2, 2),
    ),
    Case(
        "misra gries 8",
        lambda: MisraGries(1 << 16, 8, limit=65_535),
        memory_bits=256,
        tokens=ones(7, 65_535, 7),
        begin=(0, 0),
        outputs=((7, 1), (7, 1), (7, 2)),
        large=True,
    ),
    Case(
        "count min 4 x 32",
        lambda: CountMin(1 << 16, width=32, depth=4, limit=255, watched=(9,)),
        memory_bits=1024,
        tokens=ones(9, 8, 9),
        begin=(0,),
        outputs=ones(1, 1, 2),
        large=True,
    ),
    Case(
        "hyper log log 16",  # 1, 3, 5 take ranks 15, 3, 1 of 16: 16 ln(16 / 15), ...
        lambda: HyperLogLog(16, 4),
        memory_bits=4 * 16 + 17 + 5,
        tokens=ones(1, 3, 1, 5),
        begin=(0,),
        outputs=ones(1, 2, 2, 3),
        large=True,
    ),
)
