"""Properties with witnesses: known classes, and words that are really evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.properties import Properties, properties_of
from streamssm.automata.witness_search import even_recurring_word
from streamssm.automata.witnesses import CoprimeOrders, Cycle, RecurringWord, SameLength, WordWitness
from tests.machines import (
    A4_Z5,
    A5,
    AB,
    ABAB,
    D4,
    DYCK_2_3,
    EVEN_A,
    FLIP_FLOP,
    MOD_4,
    PARITY,
    Q8,
    S3,
    S4,
    S5,
    T5,
    TOMITA_1,
    TOMITA_2,
    TOMITA_3,
    TOMITA_4,
    TOMITA_5,
    TOMITA_6,
    TOMITA_7,
    Z60,
    acceptor,
    nested,
)

RESET_MOD_6 = acceptor("(a^6)*", "ab", [[1, 6], [2, 6], [3, 6], [4, 6], [5, 6], [0, 6], [6, 6]], [0])

# machine -> R-trivial, aperiodic, period (0: not quasi-aperiodic), 2-groups only, derived length (-1: none)
KNOWN: list[tuple[Automaton, bool, bool, int, bool, int]] = [
    (TOMITA_1, True, True, 1, True, 0),
    (TOMITA_7, True, True, 1, True, 0),
    (FLIP_FLOP, False, True, 1, True, 0),
    (AB, False, True, 1, True, 0),
    (TOMITA_2, False, True, 1, True, 0),
    (TOMITA_4, False, True, 1, True, 0),
    (DYCK_2_3, False, True, 1, True, 0),
    (nested(12), False, True, 1, True, 0),
    (PARITY, False, False, 0, True, 1),
    (EVEN_A, False, False, 2, True, 1),
    (MOD_4, False, False, 4, True, 1),
    (ABAB, False, False, 4, True, 1),
    (TOMITA_3, False, False, 2, True, 1),
    (TOMITA_5, False, False, 0, True, 1),
    (TOMITA_6, False, False, 0, False, 1),
    (RESET_MOD_6, False, False, 6, False, 1),
    (Z60, False, False, 60, False, 1),
    (D4, False, False, 0, True, 2),
    (Q8, False, False, 0, True, 2),
    (S3, False, False, 0, False, 2),
    (S4, False, False, 0, False, 3),
    (A4_Z5, False, False, 0, False, 2),
    (A5, False, False, 0, False, -1),
    (S5, False, False, 0, False, -1),
    (T5, False, False, 0, False, -1),
]


def without_monoid(properties: Properties) -> Properties:
    """Return the properties with witnesses from loops of images instead of the monoid."""
    properties.__dict__["monoid"] = None
    return properties


@pytest.mark.parametrize("small", [True, False], ids=["monoid", "loops"])
@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case[0].name)
def test_known_classes(case: tuple[Automaton, bool, bool, int, bool, int], small: bool) -> None:
    machine, r_trivial, aperiodic, period, two_groups, length = case
    properties = properties_of(machine)
    properties = properties if small else without_monoid(properties)
    assert properties.is_r_trivial == r_trivial
    assert properties.is_aperiodic == aperiodic
    assert properties.is_quasi_aperiodic == (period > 0) and properties.modulus == (period or None)
    assert properties.has_two_groups_only == two_groups
    assert properties.is_solvable == (length >= 0) and properties.derived_length == (
        None if length < 0 else length
    )
    for holds, witness in (
        (r_trivial, properties.cycle),
        (aperiodic, properties.recurring),
        (two_groups, properties.recurring_oddly),
        (period > 0, properties.same_length),
        (length >= 0, properties.coprime_orders),
    ):
        assert (witness is None) == holds
        if witness is not None:
            assert witness.verify(properties.machine) and witness.text(properties.machine)
    if properties.recurring_oddly is not None:
        assert properties.recurring_oddly.period % 2


def test_shortest_witnesses() -> None:
    parity = properties_of(PARITY)
    assert parity.recurring == RecurringWord((), ("1",), (), 2)
    assert parity.same_length == SameLength(("1",), ("0",))
    assert properties_of(ABAB).recurring == RecurringWord((), ("a", "b"), (), 2)
    assert properties_of(AB).cycle == Cycle((), ("a",), ("b",))


WRONG: list[tuple[Automaton, WordWitness]] = [
    (PARITY, RecurringWord((), ("1",), (), 4)),
    (PARITY, RecurringWord((), ("0",), (), 2)),
    (AB, RecurringWord((), ("a", "b"), (), 2)),
    (MOD_4, RecurringWord((), ("a",), (), 2)),
    (MOD_4, RecurringWord(("b",), ("a",), (), 4)),
    (PARITY, SameLength(("1",), ("0", "0"))),
    (PARITY, SameLength(("1",), ("1",))),
    (PARITY, SameLength(("0",), ("0",))),
    (AB, SameLength(("a", "b"), ("b", "a"))),
    (EVEN_A, SameLength(("a",), ("b",))),
    (S3, CoprimeOrders(tuple(range(6)), ("a",), ("b",), (3, 2, 2))),
    (A5, CoprimeOrders(tuple(range(60)), ("a",), ("b",), (5, 3, 2))),
    (A5, CoprimeOrders(tuple(range(59)), ("b",), ("a", "a"), (3, 5, 2))),
    (TOMITA_7, Cycle((), ("0",), ("1",))),
    (TOMITA_7, Cycle((), ("1",), ())),
]


@pytest.mark.parametrize("machine, witness", WRONG, ids=str)
def test_wrong_witnesses_are_refused(machine: Automaton, witness: WordWitness) -> None:
    assert not witness.verify(machine)


def test_right_witnesses_beside_the_wrong_ones() -> None:
    assert CoprimeOrders(tuple(range(60)), ("b",), ("a", "a"), (3, 5, 2)).verify(A5)
    assert SameLength(("a", "a"), ("b", "b")).verify(S3)
    witness = properties_of(S5).coprime_orders
    assert witness is not None and not replace(witness, orders=(2, 3, 5)).verify(S5)


def test_words_of_even_length() -> None:
    for machine in (PARITY, MOD_4, ABAB, TOMITA_5, TOMITA_6, S3, T5, Z60):
        properties = properties_of(machine)
        witness = even_recurring_word(properties.machine, properties.image_groups)
        assert len(witness.word) % 2 == 0 and witness.verify(properties.machine)


def test_outputs_of_transitions() -> None:
    """A Mealy machine's suffix is not empty, as outputs belong to transitions."""
    toggle = Automaton("toggle", ("press",), [[1], [0]], [[0], [1]], ("on", "off"))  # type: ignore[arg-type]
    properties = properties_of(toggle)
    assert properties.recurring == RecurringWord((), ("press",), ("press",), 2)
    assert properties.recurring is not None and properties.recurring.verify(toggle)


def test_equivalent_states_are_no_evidence() -> None:
    machine = Automaton.acceptor("all", "a", [[1], [0]], [True, True])
    assert properties_of(machine).is_aperiodic
    assert not RecurringWord((), ("a",), (), 2).verify(machine)
