"""The skeleton of a holonomy cascade: classes of images, their depths, tiles and groups (THEORY, holonomy).

Two images are equivalent if words map each onto the other. Such words are bijections between them; `onto`
holds one from the class's representative to each image. The *tiles* of an image are its maximal proper
subimages. The depth of a class is the length of the longest path to it from the set of all states, along
the images under symbols and the tiles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.groups.group import PermutationGroup
from streamssm.automata.groups.permutations import Permutation
from streamssm.automata.holonomy.images import MAX_IMAGES, Images, States, images_of
from streamssm.automata.strong_components import components


@dataclass(frozen=True, eq=False)
class ImageClass:
    """A class of equivalent images, described on its representative.

    ``points`` are the representative's states, ``tiles`` its tiles as sets of indices into ``points``.
    ``group`` is the holonomy group: the action on the tiles of the words that map the representative to
    itself.
    """

    depth: int
    points: tuple[int, ...]
    tiles: tuple[States, ...]
    group: PermutationGroup


@dataclass(frozen=True, eq=False)
class Skeleton:
    """The classes of an automaton's images of two states and more.

    ``class_of[i]`` is the class of image i (-1 for singletons), and ``onto[i]`` a bijection from the class's
    points to the states of image i.
    """

    images: Images
    classes: tuple[ImageClass, ...]
    class_of: tuple[int, ...]
    onto: dict[int, tuple[int, ...]]

    @property
    def machine(self) -> Automaton:
        return self.images.machine

    @property
    def num_levels(self) -> int:
        """The number of depths."""
        return 1 + max((c.depth for c in self.classes), default=-1)

    def at_depth(self, depth: int) -> list[ImageClass]:
        """Return the classes of a depth."""
        return [c for c in self.classes if c.depth == depth]

    def depth(self, image: int) -> int:
        """Return an image's depth; the depth of singletons is the number of levels."""
        number = self.class_of[image]
        return self.num_levels if number < 0 else self.classes[number].depth

    @cached_property
    def tiles(self) -> dict[int, tuple[int, ...]]:
        """For each image of two states and more its tiles as images, in the class's order."""
        numbers = self.images.numbers
        return {
            image: tuple(
                numbers[frozenset(onto[point] for point in tile)]
                for tile in self.classes[self.class_of[image]].tiles
            )
            for image, onto in self.onto.items()
        }

    def tile_holding(self, image: int, part: int) -> int:
        """Return the index of the first tile of an image that contains a smaller image."""
        states = self.images.sets[part]
        return next(k for k, tile in enumerate(self.tiles[image]) if states <= self.images.sets[tile])


def skeleton_of(machine: Automaton, *, max_images: int = MAX_IMAGES) -> Skeleton:
    """Return the skeleton of an automaton's reachable part; errors as in `images_of`."""
    images = images_of(machine, max_images=max_images)
    members = _classes(images)
    class_of = [-1] * len(images.sets)
    for number, group in enumerate(members):
        for image in group:
            class_of[image] = number
    tiles = _tiles_of(images, [group[0] for group in members])
    depths = _depths(images, members, class_of, tiles)
    onto: dict[int, tuple[int, ...]] = {}
    classes = []
    for number, group in enumerate(members):
        onto.update(_bijections(images, group[0], class_of))
        classes.append(_image_class(images, group, class_of, onto, tiles[number], depths[number]))
    return Skeleton(images, tuple(classes), tuple(class_of), onto)


def _classes(images: Images) -> list[list[int]]:
    """Return the classes of images of two states and more, by falling size.

    Words never enlarge images, so the strongly connected components of the edges that keep the size suffice.
    """
    sizes = images.sizes
    same = [
        {b for b in row if sizes[b] == sizes[a]} if sizes[a] > 1 else set[int]()
        for a, row in enumerate(images.after)
    ]
    classes = [group for group in components(same) if sizes[group[0]] > 1]
    return sorted(classes, key=lambda group: (-sizes[group[0]], group[0]))


def _tiles_of(images: Images, of: Iterable[int]) -> list[list[int]]:
    """Return the maximal proper subimages of some images, by falling size."""
    bits, sizes = images.packed(), np.array(images.sizes)
    order = np.argsort(-sizes, kind="stable")
    bits, sizes = bits[order], sizes[order]
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return [order[_largest_inside(bits, sizes, int(rank[image]))].tolist() for image in of]


def _largest_inside(bits: NDArray[np.uint64], sizes: NDArray[np.int64], image: int) -> NDArray[np.int64]:
    """Return the maximal proper subsets of a set among sets sorted by falling size."""
    first = int(np.searchsorted(-sizes, -sizes[image], side="right"))
    candidates = first + np.flatnonzero(~(bits[first:] & ~bits[image]).any(axis=1))
    largest = list[int]()
    while len(candidates):
        if sizes[candidates[0]] == sizes[candidates[-1]]:  # sets of one size do not contain each other
            return np.concatenate([np.array(largest, np.int64), candidates])
        largest.append(int(candidates[0]))
        candidates = candidates[(bits[candidates] & ~bits[candidates[0]]).any(axis=1)]
    return np.array(largest, np.int64)


def _depths(
    images: Images, members: list[list[int]], class_of: list[int], tiles: list[list[int]]
) -> list[int]:
    """Return for each class the length of the longest path to it."""
    below = []
    for number, group in enumerate(members):
        targets = {b for a in group for b in images.after[a]} | set(tiles[number])
        below.append({class_of[target] for target in targets} - {number, -1})
    depths = [0] * len(members)
    # components() lists a class after all classes that it leads to, so sources come first in reverse
    for part in reversed(components(below)):
        for number in below[part[0]]:
            depths[number] = max(depths[number], depths[part[0]] + 1)
    return depths


def _bijections(images: Images, start: int, class_of: list[int]) -> dict[int, tuple[int, ...]]:
    """Return for each image of a class a bijection from the first image, breadth first."""
    columns = images.machine.next_state.T.tolist()
    bijections = {start: tuple(sorted(images.sets[start]))}
    queue = [start]
    for image in queue:
        for symbol, target in enumerate(images.after[image]):
            if class_of[target] == class_of[start] and target not in bijections:
                bijections[target] = tuple(columns[symbol][state] for state in bijections[image])
                queue.append(target)
    return bijections


def _image_class(
    images: Images,
    group: list[int],
    class_of: list[int],
    onto: dict[int, tuple[int, ...]],
    tiles: list[int],
    depth: int,
) -> ImageClass:
    points = onto[group[0]]
    point_of = {state: number for number, state in enumerate(points)}
    point_tiles = tuple(frozenset(point_of[state] for state in images.sets[tile]) for tile in tiles)
    return ImageClass(depth, points, point_tiles, _group(images, group, class_of, onto, point_tiles))


def _group(
    images: Images,
    group: list[int],
    class_of: list[int],
    onto: dict[int, tuple[int, ...]],
    tiles: tuple[States, ...],
) -> PermutationGroup:
    """Return the holonomy group: the action on the tiles of words that map the representative to itself.

    It is generated by the edges of the class, each composed with the bijections of its two ends (Schreier
    generators of a groupoid's vertex group).
    """
    columns = images.machine.next_state.T.tolist()
    moves = set[tuple[int, ...]]()
    for image in group:
        for symbol, target in enumerate(images.after[image]):
            if class_of[target] == class_of[group[0]]:
                moves.add(point_map(onto[image], columns[symbol], onto[target]))
    return PermutationGroup.closure([on_tiles(move, tiles) for move in sorted(moves)], len(tiles))


def point_map(source: tuple[int, ...], column: list[int], target: tuple[int, ...]) -> tuple[int, ...]:
    """Return the permutation of the representative's points by a symbol between two images of its class."""
    back = {state: point for point, state in enumerate(target)}
    return tuple([back[column[state]] for state in source])


def on_tiles(move: tuple[int, ...], tiles: tuple[States, ...]) -> Permutation:
    """Return the permutation of the tiles that a permutation of the points induces."""
    numbers = {tile: number for number, tile in enumerate(tiles)}
    return np.array([numbers[frozenset(move[point] for point in tile)] for tile in tiles], dtype=np.int32)
