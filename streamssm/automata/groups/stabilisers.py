"""A chain of stabilisers (Schreier and Sims): a permutation group in little memory, with membership.

Link i holds the orbit of its base point under the permutations that fix the base points before it, and for
each point of the orbit one that takes the base point there. Cost: orbits x degree numbers a link.
"""

from __future__ import annotations

import numpy as np

from streamssm.automata.groups.permutations import Permutation, inverse, is_identity, then


class StabiliserChain:
    """The group that the permutations added so far generate."""

    def __init__(self, degree: int) -> None:
        self._degree = degree
        self._base = -1
        self._generators: list[Permutation] = []
        self._to: dict[int, Permutation] = {}
        self._back: dict[int, Permutation] = {}
        self._below: StabiliserChain | None = None

    @property
    def order(self) -> int:
        """The number of permutations."""
        order, link = 1, self._first
        while link is not None:
            order, link = order * len(link._to), link._next
        return order

    @property
    def _first(self) -> StabiliserChain | None:
        return self if self._generators else None

    @property
    def _next(self) -> StabiliserChain | None:
        return self._below._first if self._below is not None else None

    def sift(self, p: Permutation) -> Permutation:
        """Return what is left of a permutation; the identity exactly if the group holds it."""
        link = self._first
        while link is not None:
            back = link._back.get(int(p[link._base]))
            if back is None:
                return p
            p, link = then(p, back), link._next
        return p

    def __contains__(self, p: Permutation) -> bool:
        return is_identity(self.sift(p))

    def coset(self, p: Permutation) -> Permutation:
        """Return the one permutation that stands for all h p with h of the group."""
        link = self._first
        while link is not None:
            points = np.fromiter(link._to, np.int64, len(link._to))
            lowest = int(points[np.argmin(p[points])])
            p, link = then(link._to[lowest], p), link._next
        return p

    def add(self, p: Permutation) -> bool:
        """Make the group hold a permutation; return whether it is new."""
        rest = self.sift(p)
        if is_identity(rest):
            return False
        self._extend(rest if self._generators else p)
        return True

    def _extend(self, p: Permutation) -> None:
        if not self._generators:
            self._base = int(np.argmax(p != np.arange(self._degree)))
            self._enter(self._base, np.arange(self._degree, dtype=np.int32))
            self._below = StabiliserChain(self._degree)
        self._generators.append(p)
        known = len(self._to)
        for place, point in enumerate(points := list(self._to)):
            for generator in self._generators if place >= known else [p]:
                target = int(generator[point])
                if target not in self._to:
                    self._enter(target, then(self._to[point], generator))
                    points.append(target)
                else:
                    self._add_below(then(then(self._to[point], generator), self._back[target]))

    def _enter(self, point: int, p: Permutation) -> None:
        self._to[point], self._back[point] = p, inverse(p)

    def _add_below(self, p: Permutation) -> None:
        if self._below is not None:
            self._below.add(p)
