"""The building blocks of experiments: random models, one-bit models, constant matrices, formulas."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np
import pytest

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.machine_programs import program_of
from streamssm.claims import random_models as random
from streamssm.claims.constant_matrix import rounding_parity
from streamssm.claims.experiments.gates import interval_of
from streamssm.claims.formulas import PROPOSITIONS, random_formula
from streamssm.claims.one_bit_layers import search
from streamssm.claims.random_models import RandomGate
from streamssm.equivalences.check import check
from streamssm.equivalences.state_encoding.build import SymbolDecoder
from streamssm.equivalences.state_encoding.one_hot import constant_matrix
from streamssm.equivalences.state_encoding.output_tables import outputs_of
from streamssm.languages.language import Language
from streamssm.limits.synthesis.model_class import ModelClass
from streamssm.limits.synthesis.synthesize import synthesize
from streamssm.ssm.formats import Overflow
from streamssm.ssm.textbook import running_parity
from streamssm.ssm.transitions import TransitionKind

STACKS = [
    [random.ZERO_ONE, random.SIGNED],
    [random.REAL, random.DYADIC.wrapping()],
    [random.ROOTS, random.NONNEGATIVE],
    [random.INVARIANT, random.LINEAR],
]


@pytest.mark.parametrize("gates", STACKS, ids=str)
def test_a_random_models_machine_gives_its_outputs(gates: list[RandomGate]) -> None:
    stream = np.random.default_rng(0).integers(2, size=(200, 1))
    for one in random.drawn(10, gates, 3, most_words=2):
        numbers = one.machine.run("".join(map(str, stream.ravel().tolist())))
        assert numbers == [str([value]) for value in one.model.run(stream)[:, 0].tolist()]
        assert [layer.kind for layer in one.model.layers] == [gate.kind for gate in gates]


def test_a_seed_draws_the_same_models() -> None:
    first, second = ([one.model for one in random.drawn(5, STACKS[0], seed)] for seed in (4, 4))
    assert first == second
    assert first != [one.model for one in random.drawn(5, STACKS[0], 5)]


def small_machines() -> set[Automaton]:
    """Every minimal acceptor of two states over two letters."""
    return {
        Automaton.acceptor("small", "ab", np.reshape(table, (2, 2)), accepting).minimal()
        for table in product((0, 1), repeat=4)
        for accepting in product((False, True), repeat=2)
    }


@pytest.mark.parametrize("gate", [random.ZERO_ONE, random.SIGNED, random.ZERO_ONE.wrapping()], ids=str)
def test_listed_models_are_those_that_synthesis_finds(gate: RandomGate) -> None:
    for machine in small_machines():
        model_class = ModelClass(1, 1, gate.kind, Overflow(gate.overflow))
        assert search(machine, [gate])[1] is synthesize(machine, model_class).exists, machine.next_state


def test_a_second_layer_does_more_than_one() -> None:
    """The last two letters are both a: this takes a layer that delays another layer's word."""
    twice = Automaton.acceptor("ends in aa", "ab", [[1, 0], [2, 0], [2, 0]], [False, False, True])
    assert not search(twice, [random.ZERO_ONE])[1]
    thrice = Automaton.acceptor("odd, then odd", "a", [[1], [2], [3], [0]], [True, False, False, False])
    assert not search(thrice, [random.SIGNED])[1]
    assert search(thrice, [random.SIGNED, random.SIGNED])[1]


def test_a_constant_matrix_that_saturates_does_any_automaton() -> None:
    r = Random(2)
    for states in (1, 2, 3, 5, 7):
        table = [[r.randrange(states) for _ in range(2)] for _ in range(states)]
        machine = Automaton.acceptor("random", "ab", table, [True] * states, initial=r.randrange(states))
        program = program_of(machine, "track")
        model = constant_matrix(outputs_of(machine, "track"), SymbolDecoder(program.fields))
        assert [layer.kind for layer in model.layers] == [TransitionKind.TIME_INVARIANT_DENSE]
        stays = [state for state, row in enumerate(table) if {*row} == {state}]
        assert model.memory_bits == 1 + sum(after not in stays[:1] for row in table for after in row)
        assert check(program, model, method="exhaust").covers == "every stream"


def test_a_constant_matrix_that_rounds_does_parity() -> None:
    model = rounding_parity()
    assert {word.format.overflow for word in model.state_words} == {Overflow.ERROR}
    assert check(running_parity(), model, method="exhaust").covers == "every stream"


def test_the_interval_of_gates_is_read_off_the_weights() -> None:
    r = Random(5)
    for gate, least, most in ((random.DYADIC, 0, 1), (random.UNIT, -1, 1), (random.REAL, -2, 2)):
        intervals = [interval_of(random.random_model(r, [gate])) for _ in range(40)]
        assert min(low for low, _ in intervals) == least and max(high for _, high in intervals) == most


def test_formulas_nest_and_are_read() -> None:
    r = Random(0)
    for depth in range(5):
        text = random_formula(r, depth)
        assert Language.from_past_ltl(text, PROPOSITIONS).propositions == PROPOSITIONS
