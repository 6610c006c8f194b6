"""The composition-series split: a holonomy cascade whose group levels are cyclic.

A class's tiles are told by an orbit of its group and by the coordinates, along a series with abelian
factors, of a group element that takes the orbit's first tile to the tile. Classes of one depth share levels:
factor i of one class lies beside factor i of the others. An orbit's number lies on cyclic levels that the
class has no other use for (a reset sets them) if they suffice, else on a reset level of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from math import prod

from streamssm.automata.cascade import Cascade, CascadeLevel, LevelKind
from streamssm.automata.groups.description import GroupDescription, structure_of
from streamssm.automata.groups.permutations import Permutation, then
from streamssm.automata.groups.series import AbelianSeries, series_to_stabiliser
from streamssm.automata.holonomy.building import MAX_CHAINS, HolonomyCascade, build
from streamssm.automata.holonomy.cascade import holonomy
from streamssm.automata.holonomy.coordinates import Vector
from streamssm.automata.holonomy.skeleton import ImageClass, Skeleton
from streamssm.errors import ParameterError


def split(cascade: Cascade, *, prime: bool = False, max_chains: int = MAX_CHAINS) -> HolonomyCascade:
    """Return a cascade of reset levels and of cyclic levels of prime power order.

    The levels of one abelian factor have its number and do not read each other; there are as many factors
    as the longest derived series of a depth's groups has, or as a shorter series allows.

    Parameters
    ----------
    cascade : as `holonomy` returns; of any other, the machine's holonomy cascade is split
    prime : cyclic levels of prime order: Z4 becomes two levels of size 2 in two factors

    Raises
    ------
    ParameterError
        If a level's group is not solvable; the group is named.

    >>> from streamssm.automata.machine import Machine
    >>> mod4 = holonomy(Machine.acceptor("mod 4", "a", [[1], [2], [3], [0]], [True, False, False, False]))
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
    """Return the levels of a split for each depth, which need no tuples, and each class's coordinates.

    Raises
    ------
    ParameterError
        If a level's group is not solvable; the group is named.
    """
    _require_solvable(skeleton)
    levels: list[list[CascadeLevel]] = []
    coordinates: dict[int, OrbitsAndFactors] = {}
    factors = count()
    for depth in range(skeleton.num_levels):
        places = [place for place, c in enumerate(skeleton.classes) if c.depth == depth]
        parts = [_Part.of(skeleton.classes[place], prime) for place in places]
        row, laid = _laid_out(parts, factors)
        levels.append(row)
        coordinates.update(zip(places, laid, strict=True))
    return levels, [coordinates[place] for place in range(len(skeleton.classes))]


def _require_solvable(skeleton: Skeleton) -> None:
    for c in skeleton.classes:
        if not c.group.is_solvable:
            raise ParameterError(
                f"the group of level {c.depth} of {skeleton.machine.name} must be solvable to be split, not "
                f"{structure_of(c.group)}"
            )


class _Part:
    """A class with its orbits and a series of its group."""

    def __init__(self, orbits: list[list[int]], series: AbelianSeries) -> None:
        self.orbits, self.series = orbits, series

    @classmethod
    def of(cls, c: ImageClass, prime: bool) -> _Part:
        orbits = c.group.orbits
        return cls(orbits, series_to_stabiliser(c.group, [orbit[0] for orbit in orbits], prime=prime))


def _laid_out(
    parts: Sequence[_Part], factors: count[int]
) -> tuple[list[CascadeLevel], list[OrbitsAndFactors]]:
    """Return a depth's levels and each class's coordinates on them."""
    levels: list[CascadeLevel] = []
    slots: list[list[list[int]]] = [[] for _ in parts]  # for each class and factor: the levels of its parts
    for number in range(max(len(part.series.factors) for part in parts)):
        sizes = [part.series.sizes[number] if number < len(part.series.sizes) else () for part in parts]
        factor, start = next(factors), len(levels)
        merged = _union(sizes)
        levels.extend(_cyclic(size, factor) for size in merged)
        for row, wanted in zip(slots, sizes, strict=True):
            if wanted:
                row.append(_places(merged, wanted, start))
    orbit_slots = [_free(levels, row, len(part.orbits)) for row, part in zip(slots, parts, strict=True)]
    if any(row is None for row in orbit_slots):
        most = max(len(p.orbits) for p, row in zip(parts, orbit_slots, strict=True) if row is None)
        levels.append(CascadeLevel(most, LevelKind.RESET))
    laid = []
    for part, row, orbit_row in zip(parts, slots, orbit_slots, strict=True):
        laid.append(OrbitsAndFactors(part, row, orbit_row or _own(part, levels), levels))
    return levels, laid


def _own(part: _Part, levels: Sequence[CascadeLevel]) -> list[int]:
    return [len(levels) - 1] if len(part.orbits) > 1 else []


def _cyclic(size: int, factor: int) -> CascadeLevel:
    group = GroupDescription(size, f"Z{size}", True, True, 1)
    return CascadeLevel(size, LevelKind.CYCLIC, factor, (group,))


def _union(rows: Sequence[Sequence[int]]) -> list[int]:
    """Return the sizes that hold each row's, in the rows' order."""
    found: list[int] = []
    for row in rows:
        for size in set(row):
            found += [size] * (row.count(size) - found.count(size))
    order = {size: place for row in reversed(rows) for place, size in enumerate(row)}
    return sorted(found, key=lambda size: (order[size], -size))


def _places(merged: Sequence[int], wanted: Sequence[int], start: int) -> list[int]:
    """Return the level for each wanted size, each level once."""
    free = list(range(len(merged)))
    found = []
    for size in wanted:
        place = next(p for p in free if merged[p] == size)
        free.remove(place)
        found.append(start + place)
    return found


def _free(levels: Sequence[CascadeLevel], used: Sequence[Sequence[int]], orbits: int) -> list[int] | None:
    """Return levels that a class does not use and that hold its orbit's number; None if there are none."""
    taken = {place for row in used for place in row}
    found: list[int] = []
    free = sorted((p for p in range(len(levels)) if p not in taken), key=lambda p: -levels[p].size)
    for place in free:
        if prod(levels[p].size for p in found) >= orbits:
            break
        found.append(place)
    return found if prod(levels[p].size for p in found) >= orbits else None


class OrbitsAndFactors:
    """A tile is told by its orbit and by the element that takes the orbit's first tile there."""

    def __init__(
        self, part: _Part, slots: list[list[int]], orbit_slots: list[int], levels: Sequence[CascadeLevel]
    ) -> None:
        self._series, self._slots = part.series, slots
        self._orbit_slots = [(place, levels[place].size) for place in orbit_slots]
        self._zero = [0] * len(levels)
        self._first = [orbit[0] for orbit in part.orbits]
        self._elements: dict[Vector, Permutation] = {}
        self._moved: dict[tuple[Vector, bytes], Vector] = {}
        self._vectors = self._of_tiles()

    def vector(self, tile: int) -> Vector:
        return self._vectors[tile]

    def tile(self, vector: Vector) -> int:
        return int(self._element(vector)[self._first[self._orbit(vector)]])

    def moved(self, vector: Vector, p: Permutation) -> Vector:
        key = vector, p.tobytes()
        if key not in self._moved:
            self._moved[key] = self._flat(then(self._element(vector), p), self._orbit(vector))
        return self._moved[key]

    def _of_tiles(self) -> dict[int, Vector]:
        """Return a vector for each tile, found breadth first from the orbits' first tiles."""
        found = {}
        generators = self._series.groups[0].generators
        for number, first in enumerate(self._first):
            found[first] = self._with_orbit(self._zero, number)
            waiting = [first]
            for tile in waiting:
                for p in generators:
                    if (target := int(p[tile])) not in found:
                        found[target] = self.moved(found[tile], p)
                        waiting.append(target)
        return found

    def _element(self, vector: Vector) -> Permutation:
        if vector not in self._elements:
            exponents = [tuple(vector[place] for place in row) for row in self._slots]
            self._elements[vector] = self._series.element(exponents)
        return self._elements[vector]

    def _flat(self, p: Permutation, orbit: int) -> Vector:
        found = list(self._zero)
        for row, exponents in zip(self._slots, self._series.coordinates(p), strict=True):
            for place, exponent in zip(row, exponents, strict=True):
                found[place] = exponent
        return self._with_orbit(found, orbit)

    def _with_orbit(self, vector: Sequence[int], orbit: int) -> Vector:
        found = list(vector)
        for place, size in self._orbit_slots:
            orbit, found[place] = divmod(orbit, size)
        return tuple(found)

    def _orbit(self, vector: Vector) -> int:
        number = 0
        for place, size in reversed(self._orbit_slots):
            number = number * size + vector[place]
        return number
