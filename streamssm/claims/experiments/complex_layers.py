"""Rotations: solvable groups in as many complex layers as their derived length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.properties import properties_of
from streamssm.claims.evidence import Covers, Evidence, checked, counted
from streamssm.claims.experiment import Experiment
from streamssm.claims.experiments.star_free_layers import shape_of
from streamssm.claims.random_models import ROOTS, ROTATIONS, RandomGate, drawn
from streamssm.equivalences.check import check
from streamssm.equivalences.language_to_ssm import language_to_ssm
from streamssm.languages.language import Language
from streamssm.languages.suite import find
from streamssm.ssm.horizon import DTYPES
from streamssm.ssm.model import SSM
from streamssm.ssm.transitions import TransitionKind

LENGTHS = {"z60": 1, "s3": 2, "a4": 2, "d4": 2, "q8": 2, "a4xz5": 2, "s4": 3}  # derived lengths
PERFECT = {"a5": 60, "s5": 60}  # the orders at which derived subgroups stop
STEPS = 20_000

Permutation = tuple[int, ...]


def word_problem(group: str) -> Language:
    """Return the word problem of a group over its generators, with the product as output."""
    return find(f"word_problem_{group}_generators").language().in_mode("track")


def name_of(group: str) -> str:
    """Return a group's name in the usual notation."""
    return group.upper().replace("X", " x ")


def groups_by_rotations(full: bool) -> Iterator[Evidence]:
    """Word problems of solvable groups in complex layers.

    It fails if a model has more layers than the derived length, or layers of other kinds, or if its exact
    exponents differ from the product on some stream. The horizon in floating point is only measured.
    """
    for group, length in LENGTHS.items():
        language = word_problem(group)
        model = language_to_ssm(language, "complex", mode="track")
        label = f"{name_of(group)}, {shape_of(model)}"
        kinds = {layer.kind for layer in model.layers}
        holds = kinds == {TransitionKind.COMPLEX} and model.num_layers == length
        yield Evidence(f"{label}: rotations alone, and derived length {length}", holds)
        yield checked(label, check(language.program("track"), model, method="exhaust"))
        if group in ("s3", "a4", "s4"):
            yield from _horizons(model, language.machine.num_symbols, STEPS * (10 if full else 1))


def _horizons(model: SSM, symbols: int, steps: int) -> Iterator[Evidence]:
    stream = np.random.default_rng(0).integers(symbols, size=(steps, 1))
    for dtype in DTYPES:
        horizon = model.horizon(stream, dtype)
        yield Evidence(f"{model.name} in {horizon}", horizon.steps is None, Covers.MEASURED)


def derived_series(full: bool) -> Iterator[Evidence]:
    """Derived series by listing elements, compared with the package's permutation groups.

    It fails if they disagree, if a length is not as listed, or if the series of A5 or S5 does not stop at a
    group of 60 elements that is its own derived subgroup.
    """
    for group in (*LENGTHS, *PERFECT):
        machine = word_problem(group).machine
        orders = derived_orders(machine)
        expected = LENGTHS.get(group)
        last_order = 1 if expected else PERFECT[group]
        length = properties_of(machine).derived_length
        holds = orders[-1] == last_order and length == expected == (
            len(orders) - 1 if orders[-1] == 1 else None
        )
        chain = " > ".join(map(str, orders))
        yield Evidence(f"{name_of(group)}: derived subgroups of {chain} elements", holds)


def derived_orders(machine: Automaton) -> list[int]:
    """Return the orders of the derived series of a group until it is stationary, by listing elements."""
    group = _generated([tuple(column) for column in machine.next_state.T.tolist()])
    orders = [len(group)]
    while True:
        group = _generated([_commutator(a, b) for a in group for b in group])
        if len(group) == orders[-1]:
            return orders
        orders.append(len(group))


def _generated(generators: Iterable[Permutation]) -> list[Permutation]:
    distinct = list(dict.fromkeys(generators))
    elements = [tuple(range(len(distinct[0])))]
    seen = set(elements)
    for element in elements:
        for generator in distinct:
            after = _then(element, generator)
            if after not in seen:
                seen.add(after)
                elements.append(after)
    return elements


def _then(first: Permutation, second: Permutation) -> Permutation:
    return tuple(second[point] for point in first)


def _inverse(element: Permutation) -> Permutation:
    return tuple(sorted(range(len(element)), key=element.__getitem__))


def _commutator(a: Permutation, b: Permutation) -> Permutation:
    return _then(_then(_inverse(a), _inverse(b)), _then(a, b))


STACKS: tuple[tuple[RandomGate, ...], ...] = (
    (ROOTS,),
    (ROTATIONS, ROTATIONS),
    (ROTATIONS, ROOTS),
    (ROTATIONS, ROTATIONS, ROTATIONS),
)


def layers_bound_the_derived_length(full: bool) -> Iterator[Evidence]:
    """Random complex models of k layers.

    It fails if a group of their states has a derived length above k, or if none has k.
    """
    count = 1000 if full else 150
    for gates in STACKS:
        samples = drawn(count, gates, 5, most_words=3 - len(gates) or 1, most_values=3)
        lengths = [part.properties.derived_length for part in samples]
        most = max(length for length in lengths if length is not None)
        label = f"{count} random models of {counted(len(gates), 'complex layer')}"
        seen = f"{label}: solvable groups of derived length at most {most}"
        yield Evidence(seen, None not in lengths and most == len(gates), Covers.SOME)


EXPERIMENTS = (
    Experiment(("G1",), "Z60, S3, A4, D4, Q8, A4 x Z5, S4 by rotations", groups_by_rotations),
    Experiment(("G2",), "derived series of nine groups", derived_series),
    Experiment(("G2",), "groups of random complex models", layers_bound_the_derived_length),
)
