"""The groups of a machine's images: what the words that keep a set of states do to its states.

Every group in the transition monoid is one of these, and each of these is an image of one in the monoid, so
they decide every property of the monoid's groups without its elements; images are often far fewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import gcd, lcm

import numpy as np

from streamssm.automata.groups.description import GroupDescription, describe
from streamssm.automata.groups.group import PermutationGroup
from streamssm.automata.groups.permutations import Permutation, commute, inverse, order_of, power, then
from streamssm.automata.holonomy.skeleton import Skeleton
from streamssm.automata.machine import Automaton

Numbers = tuple[int, ...]  # a word as numbers of symbols


@dataclass(frozen=True, eq=False)
class Loop:
    """A word that keeps an image, and what it does to the image's places."""

    word: Numbers
    permutation: Permutation

    def __mul__(self, other: Loop) -> Loop:
        return Loop(self.word + other.word, then(self.permutation, other.permutation))

    def __pow__(self, exponent: int) -> Loop:
        return Loop(self.word * exponent, power(self.permutation, exponent))


@dataclass(frozen=True, eq=False)
class ImageGroup:
    """An image's states and the loops that generate the group of its places."""

    machine: Automaton
    states: tuple[int, ...]
    loops: tuple[Loop, ...]

    @cached_property
    def group(self) -> PermutationGroup:
        """The group, on places of ``states``."""
        return PermutationGroup.closure([loop.permutation for loop in self.loops], len(self.states))

    @cached_property
    def description(self) -> GroupDescription:
        """What the group is."""
        return describe(self.group)

    @cached_property
    def step(self) -> tuple[Permutation, int] | None:
        """A permutation c and a length d so that a loop's word, k d long, does c^k; None if there are none.

        There are exactly if no two loops of one length differ.
        """
        c, d = np.arange(len(self.states), dtype=np.int32), 0
        for loop in self.loops:
            c, d = _bezout(c, d, loop.permutation, len(loop.word))
        fits = all(np.array_equal(power(c, len(loop.word) // d), loop.permutation) for loop in self.loops)
        return (c, d) if fits else None

    @property
    def modulus(self) -> int:
        """The least m so that loops whose length m divides do nothing; 1 for trivial groups.

        A loop k d long does c^k: m must divide k d only where the order of c divides k.
        """
        if self.group.order == 1 or self.step is None:
            return 1
        c, d = self.step
        modulus = order_of(c)
        while (common := gcd(modulus, d)) > 1:
            modulus, d = modulus * common, d // common
        return modulus

    def same_length(self) -> tuple[Loop, Loop]:
        """Return two loops of one length that differ, where `step` is None."""
        for i, a in enumerate(self.loops):
            for b in self.loops[:i]:
                if not commute(a.permutation, b.permutation):
                    return a * b, b * a
                common = gcd(len(a.word), len(b.word))
                first, second = a ** (len(b.word) // common), b ** (len(a.word) // common)
                if not np.array_equal(first.permutation, second.permutation):
                    return first, second
        raise ValueError("loops of one length do the same")


def image_groups(skeleton: Skeleton) -> list[ImageGroup]:
    """Return the groups of a skeleton's classes of images, those of more states first."""
    members: dict[int, list[int]] = {}
    for image in skeleton.onto:
        members.setdefault(skeleton.class_of[image], []).append(image)
    return [_image_group(skeleton, images) for _, images in sorted(members.items())]


def modulus_of(groups: list[ImageGroup]) -> int:
    """Return how many positions must be told apart for all groups to be gone."""
    return lcm(*(group.modulus for group in groups))


def _image_group(skeleton: Skeleton, images: list[int]) -> ImageGroup:
    """Return the loops through each edge of a class, out and back by shortest words; each kind once."""
    start = images[0]
    after, inside = skeleton.images.after, set(images)
    out = _paths_out(after, start, inside)
    back = _paths_back(after, start, inside)
    points = skeleton.classes[skeleton.class_of[start]].points
    edges = [(out[a] + (s,), b) for a in images for s, b in enumerate(after[a]) if b in inside]
    words = [word + back[b] for word, b in edges] + [out[a] + back[a] for a in images if a != start]
    columns = skeleton.machine.next_state.T.tolist()
    point_of = {state: number for number, state in enumerate(points)}
    loops = dict[tuple[int, bytes], Loop]()
    for word in words:
        moved = list(points)
        for symbol in word:
            moved = [columns[symbol][state] for state in moved]
        p = np.array([point_of[state] for state in moved], dtype=np.int32)
        loops.setdefault((len(word), p.tobytes()), Loop(word, p))
    return ImageGroup(skeleton.machine, points, tuple(loops.values()))


def _paths_out(after: list[list[int]], start: int, inside: set[int]) -> dict[int, Numbers]:
    paths: dict[int, Numbers] = {start: ()}
    waiting = [start]
    for image in waiting:
        for symbol, target in enumerate(after[image]):
            if target in inside and target not in paths:
                paths[target] = (*paths[image], symbol)
                waiting.append(target)
    return paths


def _paths_back(after: list[list[int]], start: int, inside: set[int]) -> dict[int, Numbers]:
    before: dict[int, list[tuple[int, int]]] = {image: [] for image in inside}
    for image in sorted(inside):
        for symbol, target in enumerate(after[image]):
            if target in inside:
                before[target].append((symbol, image))
    paths: dict[int, Numbers] = {start: ()}
    waiting = [start]
    for image in waiting:
        for symbol, source in before[image]:
            if source not in paths:
                paths[source] = (symbol, *paths[image])
                waiting.append(source)
    return paths


def _bezout(c: Permutation, d: int, p: Permutation, length: int) -> tuple[Permutation, int]:
    """Return the product of powers of two elements at the greatest common divisor of their lengths."""
    while length:
        quotient = d // length
        c, d, p, length = p, length, then(c, inverse(power(p, quotient))), d - quotient * length
    return c, d
