"""The tuples of a holonomy cascade: chains of tiles, and their transitions.

A tuple encodes a chain of images from the set of all states down to a single state, each a tile of its
predecessor. At the depth of an image in the chain the coordinates encode the chosen tile; at depths that the
chain skips they are 0. A symbol maps the chain to one whose images contain the images of the old ones: where
an image of the new chain equals the symbol's image of the old one, the symbol permutes its tiles; otherwise
the new chain continues with the first tile that contains the symbol's image of the old one (a reset).
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
    """A cascade with the skeleton that it was built from."""

    skeleton: Skeleton


def build(
    skeleton: Skeleton,
    levels: Sequence[Sequence[CascadeLevel]],
    coordinates: Sequence[HolonomyCoordinates],
    *,
    max_chains: int = MAX_CHAINS,
) -> HolonomyCascade:
    """Return the cascade of a skeleton, restricted to reachable tuples; its law is checked on construction.

    Parameters
    ----------
    levels : the levels of each depth
    coordinates : the encoding of the tiles of each class

    Raises
    ------
    ParameterError
        If there are more than ``max_chains`` chains, prefixes included.
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
                f"the cascade of {skeleton.machine.name} ({len(levels)} levels) has more than "
                f"{max_chains:,} reachable chains; increase max_chains"
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
    """The prefix tree of chains of tiles: a node is a chain down to some depth.

    A symbol maps a node to a child of the node that it maps the parent to; each result is memoized.
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
        """Return the chain of the initial state."""
        numbers = self._skeleton.images.numbers
        single, node = numbers[frozenset([self._skeleton.machine.initial])], 0
        for depth, zero in enumerate(self._zeros):
            image = self._nodes[node].image
            at = self._depth_of[image] == depth
            node = self._child(node, self._reset(image, single) if at else zero)
        return node

    def state(self, end: int) -> int:
        """Return the state at the end of a chain."""
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
        """Return the node to which a symbol maps a node."""
        known, path = self._steps[symbol], []
        while node not in known:
            path.append(node)
            node = self._nodes[node].parent
        target = known[node]
        for node in reversed(path):
            target = self._child(target, self._part(self._nodes[node], self._nodes[target].image, symbol))
            known[node] = target
        return target

    def _part(self, node: _Node, image: int, symbol: int) -> Vector:
        """Return the coordinates of the new chain below ``image``, at the depth of the old ``node``."""
        depth = node.depth - 1
        if self._depth_of[image] != depth:
            return self._zeros[depth]
        before = self._nodes[node.parent].image
        after = self._skeleton.images.after[before][symbol]
        if after == image:
            return self._of(image).moved(node.part, self._move(before, symbol))
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
    """A chain down to a depth: its last coordinates, and its last image."""

    parent: int
    depth: int
    part: Vector
    image: int
