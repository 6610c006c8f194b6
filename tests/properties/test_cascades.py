"""Laws of cascades on random machines."""

from __future__ import annotations

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.holonomy.split import split
from streamssm.automata.holonomy.to_cascade import holonomy
from streamssm.errors import ParameterError
from tests.soak import examples
from tests.unit.automata.holonomy.test_holonomy import assert_moves_as_machine


def random_machine(rng: np.random.Generator) -> Automaton:
    states, symbols = int(rng.integers(1, 8)), int(rng.integers(1, 4))
    table, accepting = rng.integers(0, states, (states, symbols)), rng.integers(0, 2, states)
    return Automaton.acceptor("random", "abc"[:symbols], table, accepting).minimal()


def is_aperiodic(machine: Automaton) -> bool:
    """Return whether the powers of every word stabilise: all maps of states, by composing tuples."""
    letters = [tuple(column) for column in machine.next_state.T.tolist()]
    found = {tuple(range(machine.num_states))}
    waiting = list(found)
    for element in waiting:
        for letter in letters:
            product = tuple(letter[state] for state in element)
            if product not in found:
                found.add(product)
                waiting.append(product)
    return all(stabilises(element) for element in found)


def stabilises(element: tuple[int, ...]) -> bool:
    power = element
    for _ in element:
        power = tuple(element[state] for state in power)
    return power == tuple(element[state] for state in power)


def test_cascades_of_random_machines() -> None:
    """All level groups are trivial exactly if the monoid is aperiodic; the cascade is the machine."""
    rng = np.random.default_rng(6)
    aperiodic = 0
    for number in range(examples(400)):
        machine = random_machine(rng)
        cascade = holonomy(machine)
        assert not any(level.groups for level in cascade.levels) == is_aperiodic(machine)
        aperiodic += is_aperiodic(machine)
        assert_moves_as_machine(cascade)
        if number % 4:
            continue
        try:
            both = split(cascade), split(cascade, prime=True)
        except ParameterError:
            assert any(not group.is_solvable for level in cascade.levels for group in level.groups)
            continue
        for found in both:
            assert_moves_as_machine(found)
    assert aperiodic > 20
