"""How the tiles of a class are told by the coordinates of a depth's levels."""

from __future__ import annotations

from typing import Protocol

from streamssm.automata.groups.permutations import Permutation
from streamssm.automata.holonomy.skeleton import ImageClass

Vector = tuple[int, ...]


class HolonomyCoordinates(Protocol):
    """Vectors of coordinates that stand for the tiles of one class.

    Law: ``tile(vector(k)) == k`` and ``tile(moved(v, p)) == p[tile(v)]`` for p in the class's group.
    """

    def vector(self, tile: int) -> Vector:
        """Return the vector that a reset to a tile sets."""

    def tile(self, vector: Vector) -> int:
        """Return the tile that a vector stands for."""

    def moved(self, vector: Vector, p: Permutation) -> Vector:
        """Return the vector after a permutation of the tiles."""


class TileNumbers:
    """A tile is told by its number; powers of a full cycle, if the group is made of them, add to it."""

    def __init__(self, of: ImageClass) -> None:
        cycle = of.group.full_cycle
        order = list(range(len(of.tiles)))
        if cycle is not None:
            for place in range(1, len(order)):
                order[place] = int(cycle[order[place - 1]])
        self._tiles = order
        self._numbers = {tile: number for number, tile in enumerate(order)}

    def vector(self, tile: int) -> Vector:
        return (self._numbers[tile],)

    def tile(self, vector: Vector) -> int:
        return self._tiles[vector[0]]

    def moved(self, vector: Vector, p: Permutation) -> Vector:
        return (self._numbers[int(p[self.tile(vector)])],)
