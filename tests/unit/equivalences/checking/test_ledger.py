"""The memory ledger adds up words of both sides, matched by name."""

from __future__ import annotations

from streamssm.equivalences.checking.ledger import ledger
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word

A = [Word("x", Range(0, 9)), Word("y", Range(-1, 1))]


def test_words_are_matched_by_name_whatever_their_order() -> None:
    both = ledger(A, A[::-1])
    assert [(row.name, row.bits_a, row.bits_b) for row in both.rows] == [("x", 4, 4), ("y", 2, 2)]
    assert both.equal


def test_a_word_of_one_side_counts_for_that_side() -> None:
    both = ledger(A, [A[0], Word("z", Range(7, 7))])
    assert [(row.name, row.bits_a, row.bits_b) for row in both.rows] == [
        ("x", 4, 4),
        ("y", 2, 0),
        ("z", 0, 0),
    ]
    assert (both.bits_a, both.bits_b, both.equal) == (6, 4, False)


def test_another_cut_of_the_same_bits_is_equal_memory() -> None:
    assert ledger([Word("x", Range(0, 15))], [Word("a", Range(0, 3)), Word("b", Range(0, 3))]).equal
