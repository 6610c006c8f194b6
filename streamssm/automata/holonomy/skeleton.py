"""The skeleton of a holonomy cascade: classes of images, their depths, tiles and groups (THEORY, holonomy).

Two images are in one class if words take each to the other. Words then map the one onto the other point by
point; `onto` holds one such bijection from the class's representative. The *tiles* of an image are its
largest proper subimages. A class's depth is the longest path to it from all states, where a path goes to
what symbols make of an image and to its tiles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.groups.group import PermutationGroup
from streamssm.automata.groups.permutations import Permutation
from streamssm.automata.holonomy.images import MAX_IMAGES, Images, States, images_of
from streamssm.automata.machine import Automaton
from streamssm.automata.strong_components import components


@dataclass(frozen=True, eq=False)
class ImageClass:
    """Images that words take to each other; each is given as a bijection from the representative.

    ``points`` are the representative's states, ``tiles`` its tiles as places in ``points``. ``group`` acts on
    the tiles: what the words do that take the representative to itself.
    """

    depth: int
    points: tuple[int, ...]
    tiles: tuple[States, ...]
    group: PermutationGroup


@dataclass(frozen=True, eq=False)
class Skeleton:
    """The classes of a machine's images of two states and more.

    ``class_of[i]`` is the class of image i (-1 for single states) and ``onto[i]`` the states of the image
    that the class's points go to.
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
        """Return an image's depth; that of single states is below all levels."""
        number = self.class_of[image]
        return self.num_levels if number < 0 else self.classes[number].depth

    @cached_property
    def tiles(self) -> dict[int, tuple[int, ...]]:
        """For each image of two states and more the images that are its tiles, in its class's order."""
        numbers = self.images.numbers
        return {
            image: tuple(
                numbers[frozenset(onto[place] for place in tile)]
                for tile in self.classes[self.class_of[image]].tiles
            )
            for image, onto in self.onto.items()
        }

    def tile_holding(self, image: int, part: int) -> int:
        """Return the first tile of an image that holds a smaller image."""
        wanted = self.images.sets[part]
        return next(k for k, tile in enumerate(self.tiles[image]) if wanted <= self.images.sets[tile])


def skeleton_of(machine: Automaton, *, max_images: int = MAX_IMAGES) -> Skeleton:
    """Return the skeleton of a machine's reachable states; errors as of `images_of`."""
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
    """Return the classes of images of two states and more, those of more states first."""
    sizes = images.sizes
    same = [
        {b for b in row if sizes[b] == sizes[a]} if sizes[a] > 1 else set[int]()
        for a, row in enumerate(images.after)
    ]
    found = [group for group in components(same) if sizes[group[0]] > 1]
    return sorted(found, key=lambda group: (-sizes[group[0]], group[0]))


def _tiles_of(images: Images, of: Iterable[int]) -> list[list[int]]:
    """Return the largest proper subimages of some images, those of more states first."""
    bits, sizes = images.packed(), np.array(images.sizes)
    order = np.argsort(-sizes, kind="stable")
    bits, sizes = bits[order], sizes[order]
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return [order[_largest_inside(bits, sizes, int(place[image]))].tolist() for image in of]


def _largest_inside(bits: NDArray[np.uint64], sizes: NDArray[np.int64], image: int) -> NDArray[np.int64]:
    """Return the largest subsets of a set among sets sorted by falling size."""
    first = int(np.searchsorted(-sizes, -sizes[image], side="right"))
    left = first + np.flatnonzero(~(bits[first:] & ~bits[image]).any(axis=1))
    found = list[int]()
    while len(left):
        if sizes[left[0]] == sizes[left[-1]]:
            return np.concatenate([np.array(found, np.int64), left])
        found.append(int(left[0]))
        left = left[(bits[left] & ~bits[left[0]]).any(axis=1)]
    return np.array(found, np.int64)


def _depths(
    images: Images, members: list[list[int]], class_of: list[int], tiles: list[list[int]]
) -> list[int]:
    """Return for each class the longest path to it; classes come with those of more states first."""
    below = []
    for number, group in enumerate(members):
        targets = {b for a in group for b in images.after[a]} | set(tiles[number])
        below.append({class_of[target] for target in targets} - {number, -1})
    depths = [0] * len(members)
    for part in reversed(components(below)):
        for number in below[part[0]]:
            depths[number] = max(depths[number], depths[part[0]] + 1)
    return depths


def _bijections(images: Images, start: int, class_of: list[int]) -> dict[int, tuple[int, ...]]:
    """Return for each image of a class where the points of its first image go, breadth first."""
    columns = images.machine.next_state.T.tolist()
    found = {start: tuple(sorted(images.sets[start]))}
    waiting = [start]
    for image in waiting:
        for symbol, target in enumerate(images.after[image]):
            if class_of[target] == class_of[start] and target not in found:
                found[target] = tuple(columns[symbol][state] for state in found[image])
                waiting.append(target)
    return found


def _image_class(
    images: Images,
    group: list[int],
    class_of: list[int],
    onto: dict[int, tuple[int, ...]],
    tiles: list[int],
    depth: int,
) -> ImageClass:
    points = onto[group[0]]
    place = {state: number for number, state in enumerate(points)}
    as_places = tuple(frozenset(place[state] for state in images.sets[tile]) for tile in tiles)
    return ImageClass(depth, points, as_places, _group(images, group, class_of, onto, as_places))


def _group(
    images: Images,
    group: list[int],
    class_of: list[int],
    onto: dict[int, tuple[int, ...]],
    tiles: tuple[States, ...],
) -> PermutationGroup:
    """Return what the words do to the tiles that take the representative to itself.

    Each symbol from one image of the class to another, between the bijections, is such a word; together they
    generate the rest.
    """
    columns = images.machine.next_state.T.tolist()
    moves = set[tuple[int, ...]]()
    for image in group:
        for symbol, target in enumerate(images.after[image]):
            if class_of[target] == class_of[group[0]]:
                moves.add(point_map(onto[image], columns[symbol], onto[target]))
    return PermutationGroup.closure([on_tiles(move, tiles) for move in sorted(moves)], len(tiles))


def point_map(source: tuple[int, ...], column: list[int], target: tuple[int, ...]) -> tuple[int, ...]:
    """Return how a symbol from an image onto one of its class moves the representative's points."""
    back = {state: place for place, state in enumerate(target)}
    return tuple([back[column[state]] for state in source])


def on_tiles(move: tuple[int, ...], tiles: tuple[States, ...]) -> Permutation:
    """Return how a map of the points moves tiles."""
    numbers = {tile: number for number, tile in enumerate(tiles)}
    return np.array([numbers[frozenset(move[place] for place in tile)] for tile in tiles], dtype=np.int32)
