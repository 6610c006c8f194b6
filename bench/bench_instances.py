"""Instances of the library's algorithms at several word widths, for proofs and other measurements.

An algorithm scales if a parameter determines the range of its state or tokens. If words are multiplied, it
stops below 32 bits, at the largest width whose products stay below 2^62. Algorithms that do not scale have
one instance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from streamssm.algorithms import library
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm

WIDTHS = (8, 16, 32)
POLYNOMIALS = {8: 0xE0, 16: 0xA001, 32: 0xEDB88320}  # CRC-8, CRC-16 and CRC-32, bits reversed

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Instance:
    """An algorithm of the library with its parameters; ``word_bits`` is None if it does not scale."""

    algorithm: str
    parameters: Parameters
    word_bits: int | None = None

    def make(self) -> Algorithm:
        return library()[self.algorithm](**self.parameters)


def instances(only: Sequence[str] = (), widths: Sequence[int] = WIDTHS) -> list[Instance]:
    """Return the instances of all algorithms, or of the named ones.

    >>> [instance.parameters for instance in instances(["flip_flop"])]
    [{'values': 256}, {'values': 65536}, {'values': 4294967296}]
    >>> [instance.parameters for instance in instances(["luhn"])]
    [{}]

    Raises
    ------
    ParameterError
        If the library has no algorithm with one of the names.
    """
    known = library()
    for name in only:
        if name not in known:
            raise ParameterError(f"an algorithm must be one of {', '.join(known)}, not {name!r}")
    return [instance for name in (only or known) for instance in _of(name, widths)]


def _of(name: str, widths: Sequence[int]) -> Iterator[Instance]:
    if name not in SCALED:
        yield Instance(name, FIXED.get(name, {}))
        return
    widest = WIDEST.get(name, max(WIDTHS))
    for bits in dict.fromkeys(min(bits, widest) for bits in widths):
        yield Instance(name, SCALED[name](bits), bits)


WIDEST = {"bloom_filter": 28, "moments": 24}

FIXED: dict[str, Parameters] = {
    "pointer_chasing": {"n": 16, "num_functions": 2},
    "stored_composition": {"n": 16, "k": 2},
}

SCALED: dict[str, Callable[[int], Parameters]] = {
    "adding_composition": lambda bits: {"n": 1 << bits, "k": 2},
    "block_composition": lambda bits: {"n": 1 << bits, "k": 2},
    "bloom_filter": lambda bits: {"n": 1 << bits, "size": 32, "hashes": 2},
    "bounded_brackets": lambda bits: {"kinds": 1 << bits, "depth": 5},
    "boyer_moore_majority": lambda bits: {"n": 1 << bits, "limit": (1 << bits) - 1},
    "count_min": lambda bits: {"n": 1 << 16, "width": 16, "depth": 2, "limit": (1 << bits) - 1},
    "crc": lambda bits: {"bits": bits, "polynomial": POLYNOMIALS.get(bits, 1 << bits - 1)},
    "crc_bitwise": lambda bits: {"bits": bits, "polynomial": POLYNOMIALS.get(bits, 1 << bits - 1)},
    "rocksoft_crc": lambda bits: {"width": bits, "poly": 1},
    "dgim": lambda bits: {"window": 1 << bits},
    "equal_blocks": lambda bits: {"letters": 3, "bits": bits},
    "exponential_moving_average": lambda bits: {"n": 1 << bits, "shift": 4, "fraction_bits": 4},
    "flip_flop": lambda bits: {"values": 1 << bits},
    "function_composition": lambda bits: {"n": 1 << bits},
    "hyper_log_log": lambda bits: {"item_bits": bits, "index_bits": 4},
    "longest_run": lambda bits: {"n": 1 << bits, "limit": (1 << bits) - 1},
    "minimum_maximum": lambda bits: {"lo": -(1 << bits - 1), "hi": (1 << bits - 1) - 1},
    "misra_gries": lambda bits: {"n": 1 << bits, "counters": 4, "limit": (1 << bits) - 1},
    "modular_counter": lambda bits: {"modulus": (1 << bits) - 5},
    "moments": lambda bits: {"lo": -(1 << bits - 1), "hi": (1 << bits - 1) - 1, "length": 255},
    "narrative": lambda bits: {"people": 4, "items": 4, "places": 1 << bits},
    "prefix_expressions": lambda bits: {"bits": bits},
    "reservoir_sampling": lambda bits: {
        "n": 1 << bits, "size": 4, "length": (1 << bits - 2) - 1, "bits": bits
    },
    "saturating_counter": lambda bits: {"limit": (1 << bits) - 1},
    "shuffled_brackets": lambda bits: {"kinds": 4, "bits": bits},
    "sliding_sum": lambda bits: {"n": 1 << bits, "window": 4},
    "space_saving": lambda bits: {"n": 1 << bits, "counters": 4, "limit": (1 << bits) - 1},
    "straight_line_code": lambda bits: {"variables": 5, "modulus": 1 << bits},
    "top_k": lambda bits: {"n": 1 << bits, "k": 4},
    "up_down_counter": lambda bits: {"lo": -(1 << bits - 1), "hi": (1 << bits - 1) - 1},
    "xorshift": lambda bits: {"bits": bits},
}  # fmt: skip
