"""Encodings of the tiles of an image class as coordinates on the levels of its depth."""

from __future__ import annotations

from typing import Protocol

from streamssm.automata.groups.permutations import Permutation
from streamssm.automata.holonomy.skeleton import ImageClass

Vector = tuple[int, ...]


class HolonomyCoordinates(Protocol):
    """An encoding of the tiles of one class as vectors of coordinates.

    Law: ``tile(vector(k)) == k`` and ``tile(moved(v, p)) == p[tile(v)]`` for p in the class's group.
    """

    def vector(self, tile: int) -> Vector:
        """Return the canonical vector of a tile, to which resets lead."""

    def tile(self, vector: Vector) -> int:
        """Return the tile that a vector encodes."""

    def moved(self, vector: Vector, p: Permutation) -> Vector:
        """Return the image of a vector under a permutation of the tiles."""


class TileNumbers:
    """One coordinate, the tile's number; tiles are numbered along a full cycle if one generates the group."""

    def __init__(self, of: ImageClass) -> None:
        cycle = of.group.full_cycle
        order = list(range(len(of.tiles)))
        if cycle is not None:
            for index in range(1, len(order)):
                order[index] = int(cycle[order[index - 1]])
        self._tiles = order
        self._numbers = {tile: number for number, tile in enumerate(order)}

    def vector(self, tile: int) -> Vector:
        return (self._numbers[tile],)

    def tile(self, vector: Vector) -> int:
        return self._tiles[vector[0]]

    def moved(self, vector: Vector, p: Permutation) -> Vector:
        return (self._numbers[int(p[self.tile(vector)])],)
