"""Update maps: the self-maps of a state word in one step, by kind of transition.

A word holds 0..n-1. An update map is ``x -> overflow(entry x + increment)``; the kind determines the possible
entries and the overflow handling.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streamssm.ssm.formats import Overflow

Int64s = NDArray[np.int64]
Masks = NDArray[np.uint64]


class UpdateMap(NamedTuple):
    """``x -> overflow(entry x + increment)``."""

    entry: int
    increment: int


@dataclass(frozen=True)
class UpdateMaps:
    """The family of update maps of a word with ``size`` values, in order of preference.

    ``uniform``: all maps of one plan must have the same entry.

    .first(resets.allowing([(0, 1), (1, 1)]))]
    UpdateMap(entry=0, increment=1)
    """

    size: int
    overflow: Overflow
    maps: tuple[UpdateMap, ...]
    uniform: bool = False

    @cached_property
    def images(self) -> Int64s:
        """The image of every value under every map, shape (maps, size)."""
        entry, increment = np.array(self.maps, np.int64).T
        raw = entry[:, None] * np.arange(self.size) + increment[:, None]
        if self.overflow is Overflow.SATURATE:
            return np.asarray(np.clip(raw, 0, self.size - 1))
        return np.asarray(raw % self.size)

    @cached_property
    def masks(self) -> Masks:
        """Bit sets of the maps that take one value to another, shape (size * size, 64-bit blocks)."""
        bitsets = np.zeros((self.size * self.size, (len(self.maps) + 63) // 64), np.uint64)
        for number, image in enumerate(self.images):
            pairs = np.arange(self.size) * self.size + image
            bitsets[pairs, number // 64] |= np.uint64(1 << number % 64)
        return bitsets

    def allowing(self, pairs: Iterable[tuple[int, int]]) -> Masks:
        """Return the mask of the maps that take each first value to its second."""
        indices = [before * self.size + after for before, after in pairs]
        return np.asarray(np.bitwise_and.reduce(self.masks[indices], axis=0))

    def first(self, mask: Masks) -> int:
        """Return the first map of a nonempty mask."""
        number = int(np.flatnonzero(mask)[0])
        bits = int(mask[number])
        return number * 64 + (bits & -bits).bit_length() - 1

    def first_bits(self, entry: int) -> Masks:
        """Return the mask of all maps with one entry."""
        mask = np.zeros(self.masks.shape[1], np.uint64)
        for number, update_map in enumerate(self.maps):
            if update_map.entry == entry:
                mask[number // 64] |= np.uint64(1 << number % 64)
        return mask

    def only(self, entry: int) -> UpdateMaps:
        """Return the family restricted to one entry."""
        return UpdateMaps(
            self.size,
            self.overflow,
            tuple(update_map for update_map in self.maps if update_map.entry == entry),
        )

    def stays_inside(self, update_map: UpdateMap) -> bool:
        """Return whether a map takes no value out of range."""
        ends = (update_map.increment, update_map.entry * (self.size - 1) + update_map.increment)
        return min(ends) >= 0 and max(ends) < self.size


def saturating(size: int) -> UpdateMaps:
    """Return the maps with entries 0 and 1: hold, set, and saturated counting up or down."""
    shifts = [UpdateMap(1, sign * by) for by in range(1, size) for sign in (1, -1)]
    return UpdateMaps(size, Overflow.SATURATE, (UpdateMap(1, 0), *_constants(size), *shifts))


def signed(size: int) -> UpdateMaps:
    """Return the maps with entries -1, 0 and 1."""
    turned = tuple(
        UpdateMap(-1, by) for by in sorted(range(1, 2 * size - 2), key=lambda by: abs(by - size + 1))
    )
    return UpdateMaps(size, Overflow.SATURATE, (*saturating(size).maps, *turned))


def cyclic(size: int, overflow: Overflow) -> UpdateMaps:
    """Return the maps of a root of unity, or of a word that wraps around: hold, set, and rotate."""
    return UpdateMaps(
        size, overflow, (UpdateMap(1, 0), *_constants(size), *(UpdateMap(1, by) for by in range(1, size)))
    )


def _constants(size: int) -> tuple[UpdateMap, ...]:
    return tuple(UpdateMap(0, value) for value in range(size))
