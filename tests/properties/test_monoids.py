"""Laws of monoids and their properties on random machines: decided on images, and again on all elements."""

from __future__ import annotations

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.groups.description import describe
from streamssm.automata.groups.group import PermutationGroup
from streamssm.automata.monoid.powers import length_sets, unstable
from streamssm.automata.monoid.transformations import TransitionMonoid, transition_monoid
from streamssm.automata.positions import with_positions
from streamssm.automata.properties import properties_of
from streamssm.languages.classify.classification import classify
from tests.soak import examples
from tests.unit.automata.test_properties import without_monoid


def random_machine(rng: np.random.Generator) -> Automaton:
    """Return a machine of up to six states whose symbols join few of them, so that there are groups."""
    states, symbols = int(rng.integers(2, 7)), int(rng.integers(1, 4))
    columns = []
    for _ in range(symbols):
        column = rng.permutation(states)
        joined = rng.integers(0, states, int(rng.integers(0, 3)))
        column[joined] = rng.integers(0, states, len(joined))
        columns.append(column)
    accepting = rng.integers(0, 2, states)
    return Automaton.acceptor("random", "abc"[:symbols], np.array(columns).T, accepting).minimal()


def maximal_subgroups(monoid: TransitionMonoid) -> list[PermutationGroup]:
    """Return the group H-class of an idempotent e for each image of one, by the definition.

    It consists of the x = e x e that permute the image of e. Idempotents with one image are L-equivalent and
    have isomorphic groups (Green), so one of them suffices.
    """
    elements, groups = monoid.elements, dict[bytes, PermutationGroup]()
    for e in elements:
        points = np.unique(e)
        if np.array_equal(e[e], e) and points.tobytes() not in groups:
            local = elements[(e[elements[:, e]] == elements).all(axis=1)]
            images = np.sort(local[:, points], axis=1)
            units = local[(images == points).all(axis=1)]
            moved = np.searchsorted(points, units[:, points])
            groups[points.tobytes()] = PermutationGroup.of(moved, len(points))
    return list(groups.values())


def test_images_say_what_all_elements_say() -> None:
    rng = np.random.default_rng(9)
    seen = set[tuple[bool, ...]]()
    for _ in range(examples(150)):
        machine = random_machine(rng)
        properties, monoid = properties_of(machine), transition_monoid(machine)
        groups = list(map(describe, maximal_subgroups(monoid)))
        assert properties.is_aperiodic == (unstable(monoid) is None) == all(g.order == 1 for g in groups)
        assert properties.has_two_groups_only == (unstable(monoid, odd=True) is None)
        assert properties.has_two_groups_only == all(g.order & (g.order - 1) == 0 for g in groups)
        assert properties.is_quasi_aperiodic == (length_sets(monoid).group_pair is None)
        assert properties.is_solvable == all(g.is_solvable for g in groups)
        assert properties.is_abelian == all(g.is_abelian for g in groups)
        if properties.is_solvable:
            assert properties.derived_length == max(g.derived_length or 0 for g in groups)
        seen.add(
            (
                properties.is_aperiodic,
                properties.has_two_groups_only,
                properties.is_quasi_aperiodic,
                properties.is_solvable,
            )
        )
    assert len(seen) >= 6


def test_witnesses_are_right() -> None:
    rng = np.random.default_rng(10)
    for number in range(examples(120)):
        properties = properties_of(random_machine(rng))
        if number % 2:
            properties = without_monoid(properties)
        witnesses = (
            properties.recurring,
            properties.recurring_oddly,
            properties.same_length,
            properties.coprime_orders,
            properties.cycle,
        )
        for witness in witnesses:
            assert witness is None or witness.verify(properties.machine)
        assert classify(properties.machine).verify()


def test_positions_take_groups_away_exactly_where_they_should() -> None:
    rng = np.random.default_rng(11)
    helped = 0
    for _ in range(examples(150)):
        properties = properties_of(random_machine(rng))
        for modulus in (1, 2, 3, 4, 6):
            positional = properties_of(with_positions(properties.machine, modulus))
            assert positional.is_aperiodic == (
                properties.modulus is not None and modulus % properties.modulus == 0
            )
            helped += positional.is_aperiodic and not properties.is_aperiodic
    assert helped > 5
