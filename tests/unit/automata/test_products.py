"""Products: every word up to a length, and laws by equivalence."""

from __future__ import annotations

from itertools import product

import pytest

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.holonomy.to_cascade import holonomy
from streamssm.automata.positions import with_positions
from streamssm.automata.products import complement, difference, intersection, union
from streamssm.automata.properties import properties_of
from streamssm.errors import ParameterError
from tests.machines import (
    AB,
    ABAB,
    EVEN_A,
    MOD_4,
    PARITY,
    TOMITA_1,
    TOMITA_3,
    TOMITA_4,
    TOMITA_5,
    TOMITA_6,
    Z60,
)

WORDS = [word for length in range(7) for word in product("01", repeat=length)]


@pytest.mark.parametrize("a, b", [(PARITY, TOMITA_4), (TOMITA_5, TOMITA_6), (TOMITA_1, TOMITA_3)])
def test_words(a: Automaton, b: Automaton) -> None:
    both, either, only = intersection(a, b), union(a, b), difference(a, b)
    inverted = complement(a)
    for word in WORDS:
        x, y = a.accepts(word), b.accepts(word)
        assert (both.accepts(word), either.accepts(word), only.accepts(word)) == (
            x and y,
            x or y,
            x and not y,
        )
        assert inverted.accepts(word) == (not x)
    assert complement(intersection(complement(a), complement(b))).difference(either) is None
    assert both.num_states <= a.num_states * b.num_states


def test_pairs_that_words_lead_to() -> None:
    assert intersection(PARITY, PARITY).num_states == 2
    assert intersection(PARITY, PARITY).state_names == ("0,0", "1,1")


def test_mealy_machines_are_refused() -> None:
    echo = Automaton("echo", ("0", "1"), [[0, 0]], [[0, 1]], ("zero", "one"))  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="is not an acceptor"):
        union(echo, echo)


def test_symbols_must_be_the_same() -> None:
    with pytest.raises(
        ParameterError, match="parity and \\(ab\\)\\* must read the same symbols for a product"
    ):
        intersection(PARITY, AB)


@pytest.mark.parametrize("machine", [EVEN_A, MOD_4, ABAB, TOMITA_3, Z60], ids=lambda machine: machine.name)
def test_positions_make_the_monoid_aperiodic(machine: Automaton) -> None:
    modulus = properties_of(machine).modulus
    assert modulus is not None
    positional = with_positions(machine, modulus)
    assert properties_of(positional).is_aperiodic
    for length in range(7):
        for word in product(machine.symbols, repeat=length):
            letters = [f"{symbol}@{position % modulus}" for position, symbol in enumerate(word)]
            assert positional.accepts(letters) == machine.accepts(word)
    if modulus > 1:
        smaller = max(d for d in range(1, modulus) if modulus % d == 0)
        assert not properties_of(with_positions(machine, smaller)).is_aperiodic


@pytest.mark.parametrize(
    "machine", [EVEN_A, MOD_4, ABAB, TOMITA_3, TOMITA_4], ids=lambda machine: machine.name
)
def test_cascade_and_counter_of_positions(machine: Automaton) -> None:
    modulus = properties_of(machine).modulus
    assert modulus is not None
    cascade = holonomy(with_positions(machine.minimal(), modulus).minimal())
    assert not any(level.groups for level in cascade.levels)
    for length in range(7):
        for word in product(range(machine.num_symbols), repeat=length):
            at = cascade.initial
            for position, symbol in enumerate(word):
                at = int(cascade.next_tuple[at, symbol * modulus + position % modulus])
            accepted = cascade.machine.accepting[cascade.decode[at]]
            assert accepted == machine.accepts([machine.symbols[symbol] for symbol in word])


def test_positions_do_not_help_parity() -> None:
    assert properties_of(PARITY).modulus is None
    for modulus in (1, 2, 3, 4):
        assert not properties_of(with_positions(PARITY, modulus)).is_aperiodic
    with pytest.raises(ParameterError, match="a modulus must be at least 1, not 0"):
        with_positions(PARITY, 0)
