"""Transition monoids: sizes known from books, shortest words, Green's relations by definition."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from streamssm.automata.machine import Automaton
from streamssm.automata.monoid.green import GreenRelations
from streamssm.automata.monoid.powers import length_sets
from streamssm.automata.monoid.transformations import TransitionMonoid, transition_monoid
from streamssm.automata.witnesses import map_of
from streamssm.errors import ParameterError
from tests.machines import AB, ABAB, EVEN_A, FLIP_FLOP, MOD_4, PARITY, S5, T5, TOMITA_3, TOMITA_7, points

SIZES = [(FLIP_FLOP, 3), (PARITY, 2), (AB, 6), (MOD_4, 5), (S5, 120), (T5, 5**5)]


@pytest.mark.parametrize("machine, size", SIZES, ids=lambda value: getattr(value, "name", ""))
def test_sizes(machine: Automaton, size: int) -> None:
    assert len(transition_monoid(machine)) == size


@pytest.mark.parametrize(
    "machine", [FLIP_FLOP, AB, TOMITA_3, ABAB, points("T3", (1, 2, 0), (1, 0, 2), (0, 0, 2))]
)
def test_elements_by_shortest_words(machine: Automaton) -> None:
    """Words in order of length, then of symbols: an element is found at its first."""
    monoid = transition_monoid(machine)
    firsts: dict[tuple[int, ...], tuple[str, ...]] = {}
    length = 0
    while len(firsts) < len(monoid) and length < 12:
        for word in product(machine.symbols, repeat=length):
            firsts.setdefault(map_of(machine, word), word)
        length += 1
    assert [monoid.word(x) for x in range(len(monoid))] == list(firsts.values())
    assert [tuple(row) for row in monoid.elements.tolist()] == list(firsts)


def multiplication(monoid: TransitionMonoid) -> np.ndarray:
    rows = [monoid.numbers(monoid.elements[y][monoid.elements]) for y in range(len(monoid))]
    return np.stack(rows, axis=1)  # [x, y] is x then y


@pytest.mark.parametrize(
    "machine",
    [FLIP_FLOP, AB, TOMITA_3, TOMITA_7, MOD_4, points("T3", (1, 2, 0), (1, 0, 2), (0, 0, 2))],
    ids=lambda machine: machine.name,
)
def test_greens_relations_by_ideals(machine: Automaton) -> None:
    monoid = transition_monoid(machine)
    table, green = multiplication(monoid), GreenRelations(monoid)
    count = range(len(monoid))
    right = [frozenset(table[x].tolist()) for x in count]
    left = [frozenset(table[:, x].tolist()) for x in count]
    both = [frozenset(table[:, sorted(right[x])].ravel().tolist()) for x in count]
    for x, y in product(count, repeat=2):
        assert (green.r[x] == green.r[y]) == (right[x] == right[y])
        assert (green.l[x] == green.l[y]) == (left[x] == left[y])
        assert (green.d[x] == green.d[y]) == (both[x] == both[y])
        assert (green.h[x] == green.h[y]) == (right[x] == right[y] and left[x] == left[y])
    assert monoid.idempotents.tolist() == [table[x, x] == x for x in count]


def test_subgroups_of_the_full_transformation_monoid() -> None:
    green = GreenRelations(transition_monoid(T5))
    found = {str(group.description): group.count for group in green.subgroups}
    # idempotents of rank k: C(5, k) k^(5-k)
    assert found == {"order 120, not solvable": 1, "S4": 20, "S3": 90, "Z2": 80, "trivial": 5}
    assert len(green.subgroups) == 5
    for group in green.subgroups:
        assert len(group.elements) == group.group.order


def test_r_and_j_trivial() -> None:
    for machine, *trivial in (
        (TOMITA_7, True, True, True),
        (FLIP_FLOP, False, True, False),
        (AB, False, False, False),
    ):
        green = GreenRelations(transition_monoid(machine))
        assert [green.is_r_trivial, green.is_l_trivial, green.is_j_trivial] == trivial
        assert green.is_aperiodic


def test_sets_of_words_of_one_length() -> None:
    for machine, period in ((AB, 2), (PARITY, 1), (EVEN_A, 2), (MOD_4, 4)):
        monoid = transition_monoid(machine)
        sets = length_sets(monoid)
        for length in range(min(7, len(sets.sets))):
            words = {map_of(machine, word) for word in product(machine.symbols, repeat=length)}
            present = np.flatnonzero(sets.sets[length]).tolist()
            assert {tuple(monoid.elements[x].tolist()) for x in present} == words
            for x in present:
                assert len(sets.word(length, x)) == length
                assert map_of(machine, sets.word(length, x)) == tuple(monoid.elements[x].tolist())
        assert sets.period == period, machine.name


def test_cap() -> None:
    with pytest.raises(
        ParameterError, match="monoid of T5 must have at most 1,000 elements; max_elements may be"
    ):
        transition_monoid(T5, max_elements=1000)


def test_unreachable_states_do_not_count() -> None:
    machine = Automaton.acceptor("lonely", "a", [[0], [2], [1]], [True, False, False])
    assert len(transition_monoid(machine)) == 1
