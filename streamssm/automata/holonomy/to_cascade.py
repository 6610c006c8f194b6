"""The holonomy cascade of an automaton: one level per depth of its skeleton."""

from __future__ import annotations

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.cascade import CascadeLevel, LevelKind
from streamssm.automata.groups.description import describe
from streamssm.automata.holonomy.building import MAX_CHAINS, HolonomyCascade, build
from streamssm.automata.holonomy.coordinates import TileNumbers
from streamssm.automata.holonomy.images import MAX_IMAGES
from streamssm.automata.holonomy.skeleton import ImageClass, Skeleton, skeleton_of


def holonomy(
    machine: Automaton, *, max_images: int = MAX_IMAGES, max_chains: int = MAX_CHAINS
) -> HolonomyCascade:
    """Return the holonomy cascade of an automaton, whose levels are permuted or reset by symbols.

    A level holds the number of a tile; it is cyclic if its groups only add to that number. All levels are
    resets exactly if the transition monoid is aperiodic. Minimize the automaton first for a small cascade.

    Law: the cascade simulates the automaton; level i reads the symbol and levels 0..i-1 (checked)

    Raises
    ------
    ParameterError
        If there are more than ``max_images`` images of the states, or ``max_chains`` chains of tiles.

    >>> ab = Automaton.acceptor("(ab)*", "ab", [[1, 2], [2, 0], [2, 2]], [True, False, False])
    >>> holonomy(ab).sizes, [level.kind.value for level in holonomy(ab).levels]
    ((2, 2), ['reset', 'reset'])

    Notes
    -----
    THEORY, "Holonomy in short". Cost: images x (symbols x states + images x states/64) for the skeleton,
    tuples x symbols x levels for the tables.
    """
    skeleton = skeleton_of(machine, max_images=max_images)
    coordinates = [TileNumbers(c) for c in skeleton.classes]
    return build(skeleton, [[level] for level in levels_of(skeleton)], coordinates, max_chains=max_chains)


def levels_of(skeleton: Skeleton) -> list[CascadeLevel]:
    """Return the levels of a skeleton's holonomy cascade, without building its tuples."""
    return [_level(skeleton.at_depth(depth), depth) for depth in range(skeleton.num_levels)]


def _level(classes: list[ImageClass], depth: int) -> CascadeLevel:
    size = max(len(c.tiles) for c in classes)
    groups = [c.group for c in classes if c.group.order > 1]
    described = tuple(dict.fromkeys(map(describe, groups)))
    if not groups:
        return CascadeLevel(size, LevelKind.RESET)
    if all(group.degree == size and group.full_cycle is not None for group in groups):
        return CascadeLevel(size, LevelKind.CYCLIC, depth, described)
    return CascadeLevel(size, LevelKind.PERMUTATION, None, described)
