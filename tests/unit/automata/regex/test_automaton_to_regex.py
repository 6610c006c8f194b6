"""Machines as regular expressions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.regex.automaton_to_regex import to_regex
from streamssm.automata.regex.regex_to_automaton import machine_of_regex
from streamssm.errors import ParameterError
from tests.random_machines import machines, regexes
from tests.soak import examples


@settings(max_examples=examples(150), deadline=None)
@given(machines("dfa"))
def test_read_back(machine: Automaton) -> None:
    """Law: to_regex's text is an expression of the machine's language."""
    back = machine_of_regex(to_regex(machine), machine.symbols)
    assert machine.difference(back) is None


@settings(max_examples=examples(50), deadline=None)
@given(regexes())
def test_expressions_read_back(text: str) -> None:
    machine = machine_of_regex(text, "ab")
    assert machine_of_regex(to_regex(machine), "ab") == machine


@pytest.mark.parametrize("text", ["(ab)*", "a?", "[]", "()", "a", "[ab]c", "[^a]", "(b|ab)*a?"])
def test_short_texts(text: str) -> None:
    symbols = "abcd" if "c" in text or "^" in text else "ab"
    shortest = to_regex(machine_of_regex(text, symbols))
    assert len(shortest) <= len(text) and machine_of_regex(shortest, symbols) == machine_of_regex(
        text, symbols
    )


def test_refusals() -> None:
    moore = Automaton("m", ("a",), [[0]], [0], ("x",))  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="is not an acceptor"):
        to_regex(moore)


def test_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamssm.automata.regex.automaton_to_regex.MAX_CHARACTERS", 10)
    with pytest.raises(ParameterError, match="of m has more than 10 characters"):
        to_regex(Automaton.acceptor("m", "ab", [[1, 2], [2, 0], [0, 1]], [True, False, False]))
