"""The same coordinates in other words: counters that go round, taken apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.cascade import LevelKind
from streamssm.equivalences.state_encoding.encoding import EncodedVariable, StateEncoding

Int64s = NDArray[np.int64]
Part = tuple[EncodedVariable, Int64s]


def variants_of(coordinates: StateEncoding) -> Iterator[StateEncoding]:
    """Yield coordinates, with counters modulo prime powers if these are others, with those of 2^k in bits,
    and with words that are set or hold in bits."""
    yield coordinates
    apart = _taken_apart(coordinates, LevelKind.CYCLIC, _prime_powers)
    if apart.sizes != coordinates.sizes:
        yield apart
    bits = _taken_apart(apart, LevelKind.CYCLIC, _bits)
    if bits.sizes != apart.sizes:
        yield bits
    for found in (apart, bits) if bits.sizes != apart.sizes else (apart,):
        reset = _taken_apart(found, LevelKind.RESET, _reset_bits)
        if reset.sizes != found.sizes:
            yield reset


def _taken_apart(
    coordinates: StateEncoding, kind: LevelKind, parts_of: Callable[[EncodedVariable, Int64s], list[Part]]
) -> StateEncoding:
    parts: list[Part] = []
    for place, word in enumerate(coordinates.words):
        values = coordinates.values[:, place]
        parts += parts_of(word, values) if word.kind is kind else [(word, values)]
    if not parts:
        return coordinates
    words = tuple(word for word, _ in parts)
    return replace(coordinates, words=words, values=np.stack([values for _, values in parts], axis=1))


def _prime_powers(word: EncodedVariable, values: Int64s) -> list[Part]:
    """A counter modulo m is one for each prime power of m (the Chinese remainder theorem)."""
    powers = prime_powers(word.size)
    if len(powers) < 2:
        return [(word, values)]
    return [
        (EncodedVariable(f"{word.name} modulo {power}", power, LevelKind.CYCLIC), values % power)
        for power in powers
    ]


def _bits(word: EncodedVariable, values: Int64s) -> list[Part]:
    """A counter modulo 2^k is k bits, lowest first: each goes over where those below it come round."""
    if word.size < 4 or word.size & (word.size - 1):
        return [(word, values)]
    return [
        (EncodedVariable(f"{word.name} bit {bit}", 2, LevelKind.CYCLIC), values >> bit & 1)
        for bit in range(word.size.bit_length() - 1)
    ]


def _reset_bits(word: EncodedVariable, values: Int64s) -> list[Part]:
    """A word that is set or holds is bits that do."""
    if word.size == 2 or word.counts:
        return [(word, values)]
    return [
        (EncodedVariable(f"{word.name} bit {bit}", 2), values >> bit & 1)
        for bit in range((word.size - 1).bit_length())
    ]


def prime_powers(number: int) -> list[int]:
    """Return the prime powers that a number is the product of.

    >>> prime_powers(360)
    [8, 9, 5]
    """
    found: list[int] = []
    prime = 2
    while number > 1:
        power = 1
        while number % prime == 0:
            number, power = number // prime, power * prime
        found += [power] if power > 1 else []
        prime = prime + 1 if prime * prime <= number or number % (prime + 1) == 0 else max(number, prime + 1)
    return found
