"""The int methods ``bit_count`` (popcount) and ``bit_length``, as graphs."""

from __future__ import annotations

from collections.abc import Callable

from streamssm.frontends.python_class.sequences import balanced
from streamssm.ir.builder import GraphBuilder

DIGIT_BITS = 8
ONES = tuple(value.bit_count() for value in range(1 << DIGIT_BITS))


def bit_count(g: GraphBuilder, word: int) -> int:
    """Return the population count of the word's absolute value, by a table for each base-256 digit."""
    size = g.abs(word)
    digits = range(0, max(g.range(size).hi.bit_length(), 1), DIGIT_BITS)
    return balanced([_ones(g, g.shr(size, g.const(position))) for position in digits], g.add)


def _ones(g: GraphBuilder, shifted: int) -> int:
    digit = g.mod(shifted, g.const(1 << DIGIT_BITS))
    return g.table(digit, ONES[: g.range(digit).hi + 1])


def bit_length(g: GraphBuilder, word: int) -> int:
    """Return the bit length of the word's absolute value: the number of powers of two up to it."""
    size = g.abs(word)
    powers = range(max(g.range(size).hi.bit_length(), 1))
    return balanced([g.le(g.const(1 << position), size) for position in powers], g.add)


WORD_METHODS: dict[str, Callable[[GraphBuilder, int], int]] = {
    "bit_count": bit_count,
    "bit_length": bit_length,
}
