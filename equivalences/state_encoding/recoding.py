"""Recoding of variables: modular counters as prime powers or bits, reset variables as bits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.cascade import LevelKind
from streamssm.equivalences.state_encoding.encoding import EncodedVariable, StateEncoding

Int64s = NDArray[np.int64]
Part = tuple[EncodedVariable, Int64s]


def variants_of(encoding: StateEncoding) -> Iterator[StateEncoding]:
    """Yield the encoding and its variants that differ from it.

    Variants have counters modulo prime powers; counters modulo 2^k as bits; and reset variables as bits.
    """
    yield encoding
    factored = _split(encoding, LevelKind.CYCLIC, _prime_powers)
    if factored.sizes != encoding.sizes:
        yield factored
    bits = _split(factored, LevelKind.CYCLIC, _bits)
    if bits.sizes != factored.sizes:
        yield bits
    for base in (factored, bits) if bits.sizes != factored.sizes else (factored,):
        reset_bits = _split(base, LevelKind.RESET, _reset_bits)
        if reset_bits.sizes != base.sizes:
            yield reset_bits


def _split(
    encoding: StateEncoding, kind: LevelKind, parts_of: Callable[[EncodedVariable, Int64s], list[Part]]
) -> StateEncoding:
    parts: list[Part] = []
    for index, variable in enumerate(encoding.variables):
        values = encoding.values[:, index]
        parts += parts_of(variable, values) if variable.kind is kind else [(variable, values)]
    if not parts:
        return encoding
    variables = tuple(variable for variable, _ in parts)
    return replace(encoding, variables=variables, values=np.stack([values for _, values in parts], axis=1))


def _prime_powers(variable: EncodedVariable, values: Int64s) -> list[Part]:
    """Split a counter modulo m into one per prime power of m (Chinese remainder theorem)."""
    powers = prime_powers(variable.size)
    if len(powers) < 2:
        return [(variable, values)]
    return [
        (EncodedVariable(f"{variable.name} modulo {power}", power, LevelKind.CYCLIC), values % power)
        for power in powers
    ]


def _bits(variable: EncodedVariable, values: Int64s) -> list[Part]:
    """Split a counter modulo 2^k into k bits, lowest first: each flips on the carry from those below it."""
    if variable.size < 4 or variable.size & (variable.size - 1):
        return [(variable, values)]
    return [
        (EncodedVariable(f"{variable.name} bit {bit}", 2, LevelKind.CYCLIC), values >> bit & 1)
        for bit in range(variable.size.bit_length() - 1)
    ]


def _reset_bits(variable: EncodedVariable, values: Int64s) -> list[Part]:
    """Split a reset variable (set or hold) into reset bits."""
    if variable.size == 2 or variable.counts:
        return [(variable, values)]
    return [
        (EncodedVariable(f"{variable.name} bit {bit}", 2), values >> bit & 1)
        for bit in range((variable.size - 1).bit_length())
    ]


def prime_powers(number: int) -> list[int]:
    """Return the prime powers of a number's factorization.

    >>> prime_powers(360)
    [8, 9, 5]
    """
    powers: list[int] = []
    prime = 2
    while number > 1:
        power = 1
        while number % prime == 0:
            number, power = number // prime, power * prime
        powers += [power] if power > 1 else []
        prime = prime + 1 if prime * prime <= number or number % (prime + 1) == 0 else max(number, prime + 1)
    return powers
