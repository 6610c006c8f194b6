"""Cases of check sums, pattern matching and state tracking: a part of the table in `tests.cases`."""

from __future__ import annotations

from streamssm.algorithms import (
    AhoCorasick,
    BoundedBrackets,
    ChessBoard,
    Crc,
    CrcBitwise,
    FlipFlop,
    KnuthMorrisPratt,
    Luhn,
    Narrative,
    PermutationTracking,
    PointerChasing,
    RocksoftCrc,
    StraightLineCode,
)
from streamssm.algorithms.chess_board import LETTERS, uci_token
from tests.case import Case, ones


def squares(*ranks: str) -> tuple[int, ...]:
    """Return a board that is drawn as one looks at it, rank 8 first."""
    return tuple(LETTERS.index(letter) for rank in reversed(ranks) for letter in rank)


BLACK_SIDE = ("rnbqkbnr", "pppppppp", "........", "........")
AFTER_A5 = ("rnbqkbnr", ".ppppppp", "........", "p.......")

TRACKING_CASES = (
    Case(
        "crc 3",  # by eight shifts 7 goes to 5, 0 to 0, 1 to 6
        lambda: Crc(3, 0b110),
        memory_bits=3,
        tokens=ones(0, 5, 1),
        begin=(0,),
        outputs=ones(2, 7, 1),
    ),
    Case(
        "crc bitwise 3",
        lambda: CrcBitwise(3, 0b110),
        memory_bits=3,
        tokens=ones(0, 5, 1),
        begin=(0,),
        outputs=ones(2, 7, 1),
    ),
    Case(
        "rocksoft crc 3",  # modulo x^3 + x + 1 a byte multiplies by x^8 = x, and 1 adds x^3 = 3: 1, 2, 7, 5
        lambda: RocksoftCrc(3, 0b011, init=1, refout=1, xorout=2),
        memory_bits=3,
        tokens=ones(0, 1, 0),
        begin=(6,),
        outputs=ones(0, 5, 7),
    ),
    Case(
        "crc 32",
        Crc,
        memory_bits=32,
        tokens=ones(*b"123"),
        begin=(0,),
        outputs=ones(0x83DCEFB7, 0x4F5344CD, 0x884863D2),
        large=True,
    ),
    Case(
        "knuth morris pratt",
        lambda: KnuthMorrisPratt("abab", "ab"),
        memory_bits=3,
        tokens=ones(0, 1, 0, 1, 0, 1, 1, 0),
        begin=(0,),
        outputs=ones(0, 0, 0, 1, 0, 1, 0, 0),
    ),
    Case(
        "knuth morris pratt of three letters",
        lambda: KnuthMorrisPratt("aabaac", "abc"),
        memory_bits=3,
        tokens=ones(0, 0, 1, 0, 0, 1, 0, 0, 2, 0),
        begin=(0,),
        outputs=ones(0, 0, 0, 0, 0, 0, 0, 0, 1, 0),
    ),
    Case(
        "aho corasick",
        lambda: AhoCorasick(("ab", "aab", "ba"), "ab"),
        memory_bits=3,
        tokens=ones(0, 0, 1, 0, 1, 1),
        begin=(0,),
        outputs=ones(0, 0, 3, 4, 1, 0),
    ),
    Case(
        "luhn",
        Luhn,
        memory_bits=8,
        tokens=ones(7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 3),
        begin=(1,),
        outputs=ones(0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1),  # 79927398 is valid too: 50
    ),
    Case(
        "flip flop",
        lambda: FlipFlop(3),
        memory_bits=3,
        tokens=((0, 2), (1, 1), (2, 2), (2, 1), (0, 0)),
        begin=(0, 1),
        outputs=((2, 1), (2, 1), (2, 1), (2, 0), (0, 0)),
    ),
    Case(
        "brackets of two kinds",
        lambda: BoundedBrackets(2, 3),
        memory_bits=6,
        tokens=((0, 0), (1, 0), (1, 1), (1, 1), (0, 0)),
        begin=(0,),
        outputs=ones(1, 2, 1, -1, -1),
    ),
    Case(
        "brackets of one kind",
        lambda: BoundedBrackets(1, 2),
        memory_bits=2,
        tokens=((0, 0), (0, 0), (0, 1), (0, 0), (0, 0), (0, 1)),
        begin=(0,),
        outputs=ones(1, 2, 1, 2, -1, -1),
    ),
    Case(
        "permutations of three",
        lambda: PermutationTracking(3),
        memory_bits=6,
        tokens=ones(1, 3, 5),  # (0, 2, 1), (1, 2, 0), (2, 1, 0)
        begin=(0, 1, 2),
        outputs=((0, 2, 1), (1, 0, 2), (1, 2, 0)),
    ),
    Case(
        "straight line code",
        lambda: StraightLineCode(2, 3),
        memory_bits=4,
        tokens=((0, 0, 0, 2), (1, 1, 0, 0), (3, 0, 1, 0), (2, 0, 1, 1), (3, 1, 1, 0)),
        begin=(0, 0),
        outputs=((2, 0), (2, 2), (1, 2), (2, 1), (2, 2)),
    ),
    Case(
        "narrative",
        lambda: Narrative(people=2, items=1, places=2),
        memory_bits=5,
        tokens=(
            (1, 0, 0, 0, 0),  # person 0 takes it,
            (0, 0, 0, 1, 0),  # carries it to place 1:
            (4, 0, 0, 0, 0),
            (3, 0, 0, 0, 1),  # person 1 is elsewhere,
            (0, 0, 0, 0, 0),  # and so person 0 brings it:
            (4, 0, 0, 0, 0),
            (3, 0, 0, 0, 1),  # now it is given,
            (0, 1, 0, 1, 0),  # and carried away;
            (2, 0, 0, 0, 0),  # person 0 has nothing to drop:
            (4, 0, 0, 0, 0),
            (2, 1, 0, 0, 0),  # person 1 drops it,
            (0, 1, 0, 0, 0),  # and leaves it there:
            (4, 0, 0, 0, 0),
        ),
        begin=(0,),
        outputs=ones(0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1),
    ),
    Case(
        "pointer chasing",
        lambda: PointerChasing(3),
        memory_bits=8,
        tokens=((1, 0, 2), (1, 2, 1), (0, 0, 0), (0, 1, 2), (1, 2, 0), (0, 0, 2)),
        begin=(0,),
        outputs=ones(0, 0, 2, 1, 1, 0),
    ),
    Case(
        "pointer chasing through two functions",
        lambda: PointerChasing(2, 2),
        memory_bits=5,
        tokens=((1, 0, 1), (2, 1, 1), (0, 0, 0), (0, 1, 1), (2, 0, 1), (0, 0, 1)),
        begin=(0,),
        outputs=ones(0, 0, 1, 0, 0, 1),
    ),
    Case(
        "chess board",
        ChessBoard,
        memory_bits=256,
        tokens=(uci_token("g1f3"), uci_token("a7a5"), uci_token("b2a1q")),
        begin=squares(*BLACK_SIDE, "........", "........", "PPPPPPPP", "RNBQKBNR"),
        outputs=(
            squares(*BLACK_SIDE, "........", ".....N..", "PPPPPPPP", "RNBQKB.R"),
            squares(*AFTER_A5, "........", ".....N..", "PPPPPPPP", "RNBQKB.R"),
            squares(*AFTER_A5, "........", ".....N..", "P.PPPPPP", "QNBQKB.R"),
        ),
        large=True,
    ),
)
