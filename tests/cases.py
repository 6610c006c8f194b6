"""The one table of cases that every layer is tested on.

All are small enough to visit every state with every token, but for those marked ``large``. Streams and
outputs were worked out by hand.
"""

from __future__ import annotations

import pytest

from streamssm.algorithms import FunctionComposition, SaturatingCounter, Xorshift
from tests import sample_classes as samples
from tests.case import Case, ones
from tests.composition_cases import COMPOSITION_CASES
from tests.counting_cases import COUNTING_CASES
from tests.streaming_cases import STREAMING_CASES
from tests.tracking_cases import TRACKING_CASES

CASES = (
    Case(
        "composition 1",
        lambda: FunctionComposition(1),
        memory_bits=0,
        tokens=((0, 0, 1), (0, 0, 0)),
        begin=(0,),
        outputs=ones(0, 0),
    ),
    Case(
        "composition 2",
        lambda: FunctionComposition(2),
        memory_bits=2,
        tokens=((0, 1, 1), (0, 1, 0), (1, 0, 1)),
        begin=(0,),
        outputs=ones(1, 1, 0),
    ),
    Case(
        "composition 5",
        lambda: FunctionComposition(5),
        memory_bits=6,
        tokens=((0, 3, 1), (3, 4, 0), (0, 1, 0), (1, 1, 0), (2, 2, 0), (4, 0, 1), (4, 2, 1)),
        begin=(0,),
        outputs=ones(3, 3, 3, 3, 3, 4, 2),
    ),
    Case(
        "composition 1024",
        lambda: FunctionComposition(1024),
        memory_bits=20,
        tokens=((0, 1023, 1), (1023, 512, 0), (0, 1, 1)),
        begin=(0,),
        outputs=ones(1023, 1023, 512),
        large=True,
    ),
    Case(
        "counter 0",
        lambda: SaturatingCounter(0),
        memory_bits=0,
        tokens=ones(1, 0),
        begin=(0,),
        outputs=ones(0, 0),
    ),
    Case(
        "counter 3",
        lambda: SaturatingCounter(3),
        memory_bits=2,
        tokens=ones(1, 0, 1, 1, 1, 0),
        begin=(0,),
        outputs=ones(1, 1, 2, 3, 3, 3),
    ),
    Case(
        "counter 255",
        lambda: SaturatingCounter(255),
        memory_bits=8,
        tokens=ones(1, 1),
        begin=(0,),
        outputs=ones(1, 2),
    ),
    Case(
        "xorshift 9",
        lambda: Xorshift(9),
        memory_bits=9,
        tokens=ones(1, 0, 1),
        begin=(1,),
        outputs=ones(0, 0, 129 ^ 256),  # 1, 1 ^ 128, no carry from >> 9, 129 << 8 cut to 256
    ),
    Case(
        "xorshift 16",
        lambda: Xorshift(16),
        memory_bits=16,
        tokens=ones(0, 0),
        begin=(1,),
        outputs=ones(0x8181, 0x6021),
        large=True,
    ),
    Case(
        "longest run",
        samples.LongestRun,
        memory_bits=6,
        tokens=ones(1, 1, 0, 1, 1, 1, 1, 1, 1, 0),
        begin=(0,),
        outputs=ones(1, 2, 2, 2, 2, 3, 4, 5, 5, 5),
    ),
    Case(
        "counted run",
        lambda: samples.CountedRun(3),
        memory_bits=4,
        tokens=ones(1, 1, 0, 1),
        begin=(0, 0),
        outputs=((1, 1), (2, 2), (0, 2), (1, 2)),
    ),
    Case(
        "euclid",
        samples.Euclid,
        memory_bits=6,
        tokens=ones(4, 3, 5, 2, 1),
        begin=(7, 0),
        outputs=((3, 0), (3, 3), (3, 2), (1, 2), (1, 1)),
    ),
    Case(
        "extremes",
        samples.Extremes,
        memory_bits=12,
        tokens=ones(2, -3, 4),
        begin=(4, -3, 0),
        outputs=((2, 2, 2), (-3, 2, 5), (-3, 4, 7)),
    ),
    Case(
        "window",
        samples.Window,
        memory_bits=5,
        tokens=ones(1, 1, 0, 1, 1, 1, 0),
        begin=(0,),
        outputs=ones(1, 2, 2, 3, 4, 4, 3),
    ),
    Case(
        "majority",
        samples.Majority,
        memory_bits=5,
        tokens=ones(2, 1, 1, 1, 0, 2, 2),
        begin=(0,),
        outputs=ones(2, 2, 1, 1, 1, 1, 2),
        assumes=True,
    ),
    Case(
        "best sum",
        samples.BestSum,
        memory_bits=8,
        tokens=ones(-2, 3, -1, 4, -4, 4, 4),
        begin=(0,),
        outputs=ones(0, 3, 3, 6, 6, 6, 9),
    ),
    Case(
        "first free",
        samples.FirstFree,
        memory_bits=7,
        tokens=((1, 0), (1, 0), (0, 0), (1, 3), (1, 0), (1, 0), (1, 0)),
        begin=(-1, 0),
        outputs=((0, 1), (1, 3), (-1, 2), (0, 3), (2, 7), (3, 15), (-1, 15)),
    ),
    Case(
        "robot",
        samples.Robot,
        memory_bits=4,
        tokens=ones(0, 1, 0, 1, 2, 3, 1, 1),
        begin=(7,),
        outputs=ones(4, 4, 8, 9, 9, 8, 9, 10),
    ),
    Case(
        "calculator",
        samples.Calculator,
        memory_bits=6,
        tokens=((0, 3), (1, -3), (2, 2), (3, -2), (3, 2), (4, -3), (5, 1), (6, 1), (6, 2), (7, 1), (7, 3)),
        begin=(1,),
        # 1+3; 4*-3; -12//2; -6%2; 0%2; 0 -> -9; -9>>1 ^ ~1 = -5 ^ -2; operand<<1; r<<1
        outputs=ones(4, -12, -6, 0, 0, -9, 5, 2, 4, 1, 1),
    ),
    *COMPOSITION_CASES,
    *COUNTING_CASES,
    *STREAMING_CASES,
    *TRACKING_CASES,
)

SMALL_CASES = tuple(case for case in CASES if not case.large)


def each(cases: tuple[Case, ...] = CASES) -> pytest.MarkDecorator:
    """Parametrise a test by ``case``."""
    return pytest.mark.parametrize(
        "case", [pytest.param(case, id=case.name.replace(" ", "-")) for case in cases]
    )
