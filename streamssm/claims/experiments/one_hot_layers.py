"""One-hot encoding of an automaton in a single layer, monomial or dense."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from random import Random

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.machine_programs import SYMBOL, program_of
from streamssm.claims.evidence import Evidence, checked, counted
from streamssm.claims.experiment import Experiment
from streamssm.equivalences.check import check
from streamssm.equivalences.state_encoding import one_hot
from streamssm.equivalences.state_encoding.build import SymbolDecoder
from streamssm.equivalences.state_encoding.output_tables import OutputTables, outputs_of
from streamssm.ir.ranges import Range
from streamssm.ir.words import field
from streamssm.languages.suite import find
from streamssm.ssm.model import SSM
from streamssm.ssm.transitions import TransitionKind

MakesLayer = Callable[[OutputTables, SymbolDecoder], SSM]


def monomial_layers(full: bool) -> Iterator[Evidence]:
    """Automata as one monomial layer; it fails as `_one_layer` does."""
    yield from _all_small(TransitionKind.MONOMIAL, one_hot.monomial)
    yield from _random_ones(TransitionKind.MONOMIAL, one_hot.monomial, full)


def dense_layers(full: bool) -> Iterator[Evidence]:
    """Automata as one dense layer, S5 and A5 among them; it fails as `_one_layer` does."""
    yield from _random_ones(TransitionKind.DENSE, one_hot.dense, full)
    for name in ("word_problem_s3_generators", "dyck_2_depth_3", "mod_6"):
        yield from _one_layer(find(name).language().machine, TransitionKind.DENSE, one_hot.dense)
    rotations = [[1, 2, 0, 3, 4], [0, 1, 3, 4, 2]]
    accepting = [point == 0 for point in range(5)]
    points = Automaton.acceptor("A5 on five points", "ab", np.array(rotations).T, accepting)
    yield from _one_layer(points, TransitionKind.DENSE, one_hot.dense)


def _all_small(kind: TransitionKind, make: MakesLayer) -> Iterator[Evidence]:
    """All automata of two states over two letters, as one piece of evidence."""
    machines = set[Automaton]()
    for table in product((0, 1), repeat=4):
        for accepting in product((False, True), repeat=2):
            machines.add(
                Automaton.acceptor("two states", "ab", np.reshape(table, (2, 2)), accepting).minimal()
            )
    held = sum(all(part.holds for part in _one_layer(machine, kind, make)) for machine in machines)
    seen = (
        f"all {len(machines)} languages of two states over two letters, {kind.value}: {held} on every stream"
    )
    yield Evidence(seen, held == len(machines))


def _random_ones(kind: TransitionKind, make: MakesLayer, full: bool) -> Iterator[Evidence]:
    r = Random(9)
    for states in (3, 4, 5, 6, 8, 10, *((16, 24, 32) if full else ())):
        yield from _one_layer(_random_minimal(r, states), kind, make)


def _random_minimal(r: Random, states: int) -> Automaton:
    """Return a random minimal automaton over two or three letters."""
    while True:
        letters = r.randint(2, 3)
        table = [[r.randrange(states) for _ in range(letters)] for _ in range(states)]
        accepting = [r.random() < 0.5 for _ in range(states)]
        machine = Automaton.acceptor("random", "abc"[:letters], table, accepting).minimal()
        if machine.num_states == states:
            return machine


def _one_layer(machine: Automaton, kind: TransitionKind, make: MakesLayer) -> Iterator[Evidence]:
    """Yield evidence that a single layer of a kind tracks the state of an automaton.

    It fails if there are more layers, or more bits than states, or if the layer's state differs from the
    automaton's on some stream.
    """
    letters = SymbolDecoder((field(SYMBOL, Range(0, machine.num_symbols - 1)),))
    model = make(outputs_of(machine, "track"), letters)
    bits = counted(model.memory_bits, "bit")
    label = f"{machine.name}, {counted(machine.num_states, 'state')}: one {kind.value} layer of {bits}"
    kinds = [layer.kind for layer in model.layers]
    yield Evidence(label, kinds == [kind] and model.memory_bits <= machine.num_states)
    yield checked(label, check(program_of(machine, "track"), model, method="exhaust"))


EXPERIMENTS = (
    Experiment(("G9",), "all automata of 2 states, and random ones, as one monomial layer", monomial_layers),
    Experiment(("D2",), "random automata, Dyck-2 and A5 as one dense layer", dense_layers),
)
