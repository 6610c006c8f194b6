"""Bits of words: how many are 1 (popcount), and how many there are up to the highest 1."""

from __future__ import annotations

from collections.abc import Callable

from streamssm.frontends.python_class.sequences import balanced
from streamssm.ir.builder import GraphBuilder

DIGIT_BITS = 8
ONES = tuple(value.bit_count() for value in range(1 << DIGIT_BITS))


def bit_count(g: GraphBuilder, word: int) -> int:
    """Return the number of ones of the word's absolute value, by tables of digits."""
    size = g.abs(word)
    digits = range(0, max(g.range(size).hi.bit_length(), 1), DIGIT_BITS)
    return balanced([_ones(g, g.shr(size, g.const(place))) for place in digits], g.add)


def _ones(g: GraphBuilder, rest: int) -> int:
    digit = g.mod(rest, g.const(1 << DIGIT_BITS))
    return g.table(digit, ONES[: g.range(digit).hi + 1])


def bit_length(g: GraphBuilder, word: int) -> int:
    """Return the length of the word's absolute value in bits: the powers of two that it reaches."""
    size = g.abs(word)
    powers = range(max(g.range(size).hi.bit_length(), 1))
    return balanced([g.le(g.const(1 << place), size) for place in powers], g.add)


WORD_METHODS: dict[str, Callable[[GraphBuilder, int], int]] = {
    "bit_count": bit_count,
    "bit_length": bit_length,
}
