"""Transition monoids: sizes known from books, and shortest words."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.monoid.powers import length_sets
from streamssm.automata.monoid.transformations import transition_monoid
from streamssm.automata.witnesses import map_of
from streamssm.errors import ParameterError
from tests.machines import AB, ABAB, EVEN_A, FLIP_FLOP, MOD_4, PARITY, S5, T5, TOMITA_3, points

SIZES = [(FLIP_FLOP, 3), (PARITY, 2), (AB, 6), (MOD_4, 5), (S5, 120), (T5, 5**5)]


@pytest.mark.parametrize("machine, size", SIZES, ids=lambda value: getattr(value, "name", ""))
def test_sizes(machine: Automaton, size: int) -> None:
    assert len(transition_monoid(machine)) == size


@pytest.mark.parametrize(
    "machine", [FLIP_FLOP, AB, TOMITA_3, ABAB, points("T3", (1, 2, 0), (1, 0, 2), (0, 0, 2))]
)
def test_elements_by_shortest_words(machine: Automaton) -> None:
    """Words in order of length, then of symbols: each element is listed by its first word."""
    monoid = transition_monoid(machine)
    firsts: dict[tuple[int, ...], tuple[str, ...]] = {}
    length = 0
    while len(firsts) < len(monoid) and length < 12:
        for word in product(machine.symbols, repeat=length):
            firsts.setdefault(map_of(machine, word), word)
        length += 1
    assert [monoid.word(x) for x in range(len(monoid))] == list(firsts.values())
    assert [tuple(row) for row in monoid.elements.tolist()] == list(firsts)


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
        ParameterError, match="monoid of T5 has more than 1,000 elements; increase max_elements"
    ):
        transition_monoid(T5, max_elements=1000)


def test_unreachable_states_do_not_count() -> None:
    machine = Automaton.acceptor("lonely", "a", [[0], [2], [1]], [True, False, False])
    assert len(transition_monoid(machine)) == 1
