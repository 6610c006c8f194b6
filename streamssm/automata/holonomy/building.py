"""The tuples of a holonomy cascade: chains of tiles, and how symbols move them.

A tuple stands for a chain of images, all states first, each a tile of the one before it, a single state
last. At the depth of an image in the chain the coordinates tell the tile; at depths that the chain leaves
out they are 0. A symbol takes the chain to one whose images hold the old ones' images: where an image of
the new chain is what the symbol makes of the old chain's, the tile moves along (a permutation), otherwise
the new chain goes on with the first tile that holds what the symbol makes of the old image (a constant).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from streamssm.automata.cascade import Cascade, CascadeLevel
from streamssm.automata.groups.permutations import Permutation
from streamssm.automata.holonomy.coordinates import HolonomyCoordinates, Vector
from streamssm.automata.holonomy.skeleton import Skeleton, on_tiles, point_map
from streamssm.errors import ParameterError

MAX_CHAINS = 3_000_000  # about 1 GB


@dataclass(frozen=True, eq=False)
class HolonomyCascade(Cascade):
    """A cascade with the skeleton that it was made of."""

    skeleton: Skeleton


def build(
    skeleton: Skeleton,
    levels: Sequence[Sequence[CascadeLevel]],
    coordinates: Sequence[HolonomyCoordinates],
    *,
    max_chains: int = MAX_CHAINS,
) -> HolonomyCascade:
    """Return the cascade of a skeleton: the tuples that can be reached, checked on construction.

    Parameters
    ----------
    levels : for each depth
    coordinates : for each class

    Raises
    ------
    ParameterError
        If there are more than ``max_chains`` chains of any depth.
    """
    chains = Chains(skeleton, coordinates, [(0,) * len(row) for row in levels])
    ends = [chains.first()]
    numbers = {ends[0]: 0}
    next_tuple = []
    for end in ends:
        row = []
        for symbol in range(skeleton.machine.num_symbols):
            after = chains.step(end, symbol)
            number = numbers.setdefault(after, len(ends))
            if number == len(ends):
                ends.append(after)
            row.append(number)
        next_tuple.append(row)
        if chains.count > max_chains:
            raise ParameterError(
                f"the cascade of {skeleton.machine.name}, {len(levels)} levels deep, must have at most "
                f"{max_chains:,} chains of coordinates that can be reached; max_chains may be larger"
            )
    return HolonomyCascade(
        skeleton.machine,
        tuple(level for row in levels for level in row),
        np.array([chains.values(end) for end in ends], np.int32).reshape(len(ends), -1),
        np.array(next_tuple, np.int32),
        np.array([chains.state(end) for end in ends], np.int32),
        0,
        skeleton,
    )


class Chains:
    """The tree of chains of tiles that start alike: a node is a chain down to some depth.

    What a symbol makes of a node is a node of the same depth below what it makes of the node's parent; each
    is computed once.
    """

    def __init__(
        self, skeleton: Skeleton, coordinates: Sequence[HolonomyCoordinates], zeros: list[Vector]
    ) -> None:
        self._skeleton = skeleton
        self._coordinates = coordinates
        self._zeros = zeros
        self._depth_of = [skeleton.depth(image) for image in range(len(skeleton.class_of))]
        self._columns = skeleton.machine.next_state.T.tolist()
        self._nodes = [_Node(-1, 0, (), 0)]
        self._children: dict[tuple[int, Vector], int] = {}
        self._steps: list[dict[int, int]] = [{0: 0} for _ in self._columns]
        self._moves: dict[tuple[int, int], Permutation] = {}

    @property
    def count(self) -> int:
        """The number of nodes so far."""
        return len(self._nodes)

    def first(self) -> int:
        """Return a chain that ends at the initial state."""
        numbers = self._skeleton.images.numbers
        single, node = numbers[frozenset([self._skeleton.machine.initial])], 0
        for depth, zero in enumerate(self._zeros):
            image = self._nodes[node].image
            at = self._depth_of[image] == depth
            node = self._child(node, self._reset(image, single) if at else zero)
        return node

    def state(self, end: int) -> int:
        """Return the state that a chain ends at."""
        (state,) = self._skeleton.images.sets[self._nodes[end].image]
        return state

    def values(self, end: int) -> list[int]:
        """Return the coordinates of a chain."""
        parts, node = [], self._nodes[end]
        while node.depth:
            parts.append(node.part)
            node = self._nodes[node.parent]
        return [value for part in reversed(parts) for value in part]

    def step(self, node: int, symbol: int) -> int:
        """Return what a symbol makes of a node."""
        known, path = self._steps[symbol], []
        while node not in known:
            path.append(node)
            node = self._nodes[node].parent
        found = known[node]
        for node in reversed(path):
            found = self._child(found, self._part(self._nodes[node], self._nodes[found].image, symbol))
            known[node] = found
        return found

    def _part(self, old: _Node, image: int, symbol: int) -> Vector:
        """Return how the new chain, come to an image, goes on beside the old one's node."""
        depth = old.depth - 1
        if self._depth_of[image] != depth:
            return self._zeros[depth]
        before = self._nodes[old.parent].image
        after = self._skeleton.images.after[before][symbol]
        if after == image:
            return self._of(image).moved(old.part, self._move(before, symbol))
        return self._reset(image, after)

    def _reset(self, image: int, part: int) -> Vector:
        return self._of(image).vector(self._skeleton.tile_holding(image, part))

    def _move(self, image: int, symbol: int) -> Permutation:
        key = image, symbol
        if key not in self._moves:
            onto, target = self._skeleton.onto, self._skeleton.images.after[image][symbol]
            tiles = self._skeleton.classes[self._skeleton.class_of[image]].tiles
            move = point_map(onto[image], self._columns[symbol], onto[target])
            self._moves[key] = on_tiles(move, tiles)
        return self._moves[key]

    def _child(self, node: int, part: Vector) -> int:
        number = self._children.setdefault((node, part), len(self._nodes))
        if number == len(self._nodes):
            image, depth = self._nodes[node].image, self._nodes[node].depth
            if self._depth_of[image] == depth:
                image = self._skeleton.tiles[image][self._of(image).tile(part)]
            self._nodes.append(_Node(node, depth + 1, part, image))
        return number

    def _of(self, image: int) -> HolonomyCoordinates:
        return self._coordinates[self._skeleton.class_of[image]]


class _Node(NamedTuple):
    """A chain down to a depth: the last coordinates, and the image that it has come to."""

    parent: int
    depth: int
    part: Vector
    image: int
