"""Splitting of a holonomy cascade along abelian series, so that all group levels are cyclic.

A tile is encoded by its orbit under the class's group and by the coordinates, along a series with abelian
factors, of a group element that maps the orbit's first tile to the tile. Classes of one depth share levels:
factor i of one class uses the levels of factor i of the others. The orbit's number is stored on cyclic levels
that the class does not use otherwise (resets set them) if they suffice, else on a reset level of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from streamssm.automata.cascade import Cascade, CascadeLevel, LevelKind
from streamssm.automata.groups.description import GroupDescription
from streamssm.automata.groups.permutations import Permutation, then
from streamssm.automata.groups.series import AbelianSeries, series_to_stabiliser
from streamssm.automata.holonomy.building import MAX_CHAINS, HolonomyCascade, build
from streamssm.automata.holonomy.coordinates import Vector
from streamssm.automata.holonomy.skeleton import ImageClass, Skeleton
from streamssm.automata.holonomy.to_cascade import holonomy
from streamssm.errors import ParameterError


def split(cascade: Cascade, *, prime: bool = False, max_chains: int = MAX_CHAINS) -> HolonomyCascade:
    """Return a cascade of reset levels and of cyclic levels of prime power order.

    The levels of one abelian factor have its number and do not read each other; a depth has at most as many
    factors as the longest derived series of its groups.

    Parameters
    ----------
    cascade : as `holonomy` returns; of another cascade, the automaton's holonomy cascade is split
    prime : cyclic levels of prime order: Z4 becomes two levels of size 2 in two factors

    Raises
    ------
    ParameterError
        If a level's group is not solvable; the message names it.

    >>> from streamssm.automata.automaton_class import Automaton
    >>> mod4 = holonomy(Automaton.acceptor("mod 4", "a", [[1], [2], [3], [0]], [True, False, False, False]))
    >>> mod4.sizes, split(mod4).sizes, split(mod4, prime=True).sizes
    ((4,), (4,), (2, 2))
    """
    if not isinstance(cascade, HolonomyCascade):
        cascade = holonomy(cascade.machine)
    levels, coordinates = layout(cascade.skeleton, prime=prime)
    return build(cascade.skeleton, levels, coordinates, max_chains=max_chains)


def layout(
    skeleton: Skeleton, *, prime: bool = False
) -> tuple[list[list[CascadeLevel]], list[OrbitsAndFactors]]:
    """Return the levels of each depth, without building tuples, and the encoding of each class.

    Raises
    ------
    ParameterError
        If a level's group is not solvable; the message names it.
    """
    _require_solvable(skeleton)
    levels: list[list[CascadeLevel]] = []
    coordinates: dict[int, OrbitsAndFactors] = {}
    factors = count()
    for depth in range(skeleton.num_levels):
        class_numbers = [number for number, c in enumerate(skeleton.classes) if c.depth == depth]
        parts = [_Part.of(skeleton.classes[number], prime) for number in class_numbers]
        row, depth_coordinates = _assign_levels(parts, factors)
        levels.append(row)
        coordinates.update(zip(class_numbers, depth_coordinates, strict=True))
    return levels, [coordinates[number] for number in range(len(skeleton.classes))]


def _require_solvable(skeleton: Skeleton) -> None:
    for c in skeleton.classes:
        if not c.group.is_solvable:
            raise ParameterError(
                f"the cascade of {skeleton.machine.name} cannot be split: the group of level {c.depth}, of "
                f"order {c.group.order}, is not solvable"
            )


class _Part:
    """The orbits of a class, and an abelian series of its group."""

    def __init__(self, orbits: list[list[int]], series: AbelianSeries) -> None:
        self.orbits, self.series = orbits, series

    @classmethod
    def of(cls, c: ImageClass, prime: bool) -> _Part:
        orbits = c.group.orbits
        return cls(orbits, series_to_stabiliser(c.group, [orbit[0] for orbit in orbits], prime=prime))


def _assign_levels(
    parts: Sequence[_Part], factors: count[int]
) -> tuple[list[CascadeLevel], list[OrbitsAndFactors]]:
    """Return a depth's levels, and the encoding of each class on them."""
    levels: list[CascadeLevel] = []
    # slots[class][factor] are the levels of the factor's cyclic factors
    slots: list[list[list[int]]] = [[] for _ in parts]
    for number in range(max(len(part.series.factors) for part in parts)):
        sizes = [part.series.sizes[number] if number < len(part.series.sizes) else () for part in parts]
        factor, start = next(factors), len(levels)
        merged = _union(sizes)
        levels.extend(_cyclic(size, factor) for size in merged)
        for row, part_sizes in zip(slots, sizes, strict=True):
            if part_sizes:
                row.append(_matching_levels(merged, part_sizes, start))
    orbit_slots = [
        _unused_levels(levels, row, len(part.orbits)) for row, part in zip(slots, parts, strict=True)
    ]
    if any(row is None for row in orbit_slots):  # one reset level serves all classes without free levels
        most = max(len(p.orbits) for p, row in zip(parts, orbit_slots, strict=True) if row is None)
        levels.append(CascadeLevel(most, LevelKind.RESET))
    coordinates = []
    for part, row, orbit_row in zip(parts, slots, orbit_slots, strict=True):
        coordinates.append(OrbitsAndFactors(part, row, orbit_row or _own_level(part, levels), levels))
    return levels, coordinates


def _own_level(part: _Part, levels: Sequence[CascadeLevel]) -> list[int]:
    return [len(levels) - 1] if len(part.orbits) > 1 else []


def _cyclic(size: int, factor: int) -> CascadeLevel:
    group = GroupDescription(size, f"Z{size}", True, True, 1)
    return CascadeLevel(size, LevelKind.CYCLIC, factor, (group,))


def _union(rows: Sequence[Sequence[int]]) -> list[int]:
    """Return the smallest multiset of sizes that contains each row, in the rows' order."""
    sizes: list[int] = []
    for row in rows:
        for size in set(row):
            sizes += [size] * (row.count(size) - sizes.count(size))
    order = {size: position for row in reversed(rows) for position, size in enumerate(row)}
    return sorted(sizes, key=lambda size: (order[size], -size))


def _matching_levels(merged: Sequence[int], sizes: Sequence[int], start: int) -> list[int]:
    """Return a distinct level for each size."""
    free = list(range(len(merged)))
    chosen = []
    for size in sizes:
        index = next(i for i in free if merged[i] == size)
        free.remove(index)
        chosen.append(start + index)
    return chosen


def _unused_levels(
    levels: Sequence[CascadeLevel], used: Sequence[Sequence[int]], orbits: int
) -> list[int] | None:
    """Return levels that a class does not use and that can store its orbit's number, or None."""
    taken = {level for row in used for level in row}
    chosen: list[int] = []
    capacity = 1
    # the largest first, so that few levels suffice
    for level in sorted(set(range(len(levels))) - taken, key=lambda level: (-levels[level].size, level)):
        if capacity >= orbits:
            break
        chosen.append(level)
        capacity *= levels[level].size
    return chosen if capacity >= orbits else None


class OrbitsAndFactors:
    """Encode a tile by its orbit and by an element that maps the orbit's first tile to it."""

    def __init__(
        self, part: _Part, slots: list[list[int]], orbit_slots: list[int], levels: Sequence[CascadeLevel]
    ) -> None:
        self._series, self._slots = part.series, slots
        self._orbit_slots = [(level, levels[level].size) for level in orbit_slots]
        self._zero = [0] * len(levels)
        self._first = [orbit[0] for orbit in part.orbits]
        self._elements: dict[Vector, Permutation] = {}
        self._moved: dict[tuple[Vector, bytes], Vector] = {}
        self._vectors = self._tile_vectors()

    def vector(self, tile: int) -> Vector:
        return self._vectors[tile]

    def tile(self, vector: Vector) -> int:
        return int(self._element(vector)[self._first[self._orbit(vector)]])

    def moved(self, vector: Vector, p: Permutation) -> Vector:
        key = vector, p.tobytes()
        if key not in self._moved:
            self._moved[key] = self._flat(then(self._element(vector), p), self._orbit(vector))
        return self._moved[key]

    def _tile_vectors(self) -> dict[int, Vector]:
        """Return a vector for each tile, breadth first from the orbits' first tiles."""
        vectors = {}
        generators = self._series.groups[0].generators
        for number, first in enumerate(self._first):
            vectors[first] = self._with_orbit(self._zero, number)
            queue = [first]
            for tile in queue:
                for p in generators:
                    if (target := int(p[tile])) not in vectors:
                        vectors[target] = self.moved(vectors[tile], p)
                        queue.append(target)
        return vectors

    def _element(self, vector: Vector) -> Permutation:
        if vector not in self._elements:
            exponents = [tuple(vector[level] for level in row) for row in self._slots]
            self._elements[vector] = self._series.element(exponents)
        return self._elements[vector]

    def _flat(self, p: Permutation, orbit: int) -> Vector:
        vector = list(self._zero)
        for row, exponents in zip(self._slots, self._series.coordinates(p), strict=True):
            for level, exponent in zip(row, exponents, strict=True):
                vector[level] = exponent
        return self._with_orbit(vector, orbit)

    def _with_orbit(self, vector: Sequence[int], orbit: int) -> Vector:
        coordinates = list(vector)
        for level, size in self._orbit_slots:
            orbit, coordinates[level] = divmod(orbit, size)
        return tuple(coordinates)

    def _orbit(self, vector: Vector) -> int:
        number = 0
        for level, size in reversed(self._orbit_slots):
            number = number * size + vector[level]
        return number
