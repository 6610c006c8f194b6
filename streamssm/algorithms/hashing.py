"""Hash functions of exact integer operations, which translate to models.

No intermediate value reaches 2^62, which limits the width of the factors of a product.
"""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least, between

PRODUCT_BITS = 62  # a product stays below 2^62
MIXED_BITS = 40  # the widest argument of `mixed`


def spread(x: int, multiplier: int, offset: int, word_bits: int, bits: int) -> int:
    """Hash a word to ``bits`` bits by multiply-add-shift, a pairwise independent family.

    Law: over a uniform multiplier and offset in ``[0, 2^word_bits)``, any two different x of at most
    ``word_bits - bits + 1`` bits map to every pair of values with the same probability (Dietzfelbinger 1996).

    >>> spread(3, multiplier=5, offset=1, word_bits=4, bits=2)
    0
    """
    return (multiplier * x + offset) % (1 << word_bits) >> (word_bits - bits)


def spread_bits(item_bits: int, bits: int) -> int:
    """Return the word width that `spread` needs for items of ``item_bits`` bits.

    Raises
    ------
    ParameterError
        If the product of an item and a multiplier could reach 2^61.
    """
    word_bits = max(max(item_bits, 1) + bits - 1, 1)
    between("the width of item * multiplier in bits", item_bits + word_bits, 1, PRODUCT_BITS - 1)
    return word_bits


def mixed(x: int, bits: int, multipliers: tuple[int, ...]) -> int:
    """Permute the words of ``bits`` bits pseudorandomly, by alternating xorshift and multiplication.

    Law: a bijection of ``[0, 2^bits)`` for odd multipliers, so different words have different hashes.

    >>> sorted(mixed(x, 3, (5, 3)) for x in range(8))
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    x ^= x >> (bits + 1) // 2
    for multiplier in multipliers:
        x = x * multiplier % (1 << bits)
        x ^= x >> (bits + 1) // 2
    return x


def odd_multipliers(seed: int, count: int, bits: int) -> tuple[int, ...]:
    """Draw odd multipliers for `mixed`, as wide as the limit on products with ``bits`` bits allows."""
    return tuple(value | 1 for value in draw(seed, count, max(min(bits, PRODUCT_BITS - bits), 1)))


def draw(seed: int, count: int, bits: int) -> tuple[int, ...]:
    """Return pseudorandom numbers of at most 64 bits, reproducible on every platform (SplitMix64).

    >>> draw(1, 2, 16)
    (37130, 48875)
    """
    drawn, state = [], at_least("seed", seed, 0)
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) % (1 << 64)
        z = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 % (1 << 64)
        z = (z ^ z >> 27) * 0x94D049BB133111EB % (1 << 64)
        drawn.append((z ^ z >> 31) >> (64 - bits))
    return tuple(drawn)
