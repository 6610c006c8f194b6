"""Cases of algorithms that count without bound: a part of the table in `tests.cases`."""

from __future__ import annotations

from streamssm.algorithms import EqualBlocks, PrefixExpressions, ShuffledBrackets
from tests.case import Case, ones

COUNTING_CASES = (
    Case(
        "shuffled brackets",
        lambda: ShuffledBrackets(2, 1),
        memory_bits=4,
        tokens=ones(0, 2, 1, 3, 0, 0, 1),  # ( [ ) ] ( ( )
        begin=(1,),
        outputs=ones(0, 0, 0, 1, 0, 2, 2),
    ),
    Case(
        "equal blocks of two letters",
        lambda: EqualBlocks(2, 1),
        memory_bits=4,
        tokens=ones(0, 1, 1, 0),
        begin=(1,),
        outputs=ones(0, 1, 0, 0),
    ),
    Case(
        "equal blocks of four letters",
        lambda: EqualBlocks(4, 2),
        memory_bits=8,
        tokens=ones(0, 0, 1, 1, 2, 2, 3, 3, 3),
        begin=(1,),
        outputs=ones(0, 0, 0, 0, 0, 0, 0, 1, 0),
    ),
    Case(
        "prefix expressions",
        lambda: PrefixExpressions((0, 1, 3), 2),
        memory_bits=4,
        tokens=ones(2, 0, 1, 2, 0, 2),  # 3, 2, 2, 4 arguments are missing
        begin=(0,),
        outputs=ones(0, 0, 0, 2, 2, 2),
    ),
)
