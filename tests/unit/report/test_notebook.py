"""Short representations of values, and their pictures and tables in notebooks."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import streamssm as ss
from streamssm.algorithms import FunctionComposition, ModularCounter
from streamssm.automata.automaton_class import Automaton
from streamssm.ir.displayed import NAME_WIDTH, short
from streamssm.report.drawing.draw_machine import MAX_STATES, MAX_SYMBOLS, machine_drawing
from streamssm.report.notebook import MAX_ROWS

HOSTILE = "<script>&\"'\x00\n\ud800]]>\u202e" * 20
ALTERNATING = ss.Language.from_regex("(ab)*", "ab")


def a_cycle(states: int, symbols: int = 2, name: str = "cycle") -> Automaton:
    steps = [[(state + symbol) % states for symbol in range(symbols)] for state in range(states)]
    return Automaton.acceptor(name, [f"s{i}" for i in range(symbols)], steps, [True] + [False] * (states - 1))


def hostile_machine() -> Automaton:
    table = np.array([[1, 0], [0, 1]], dtype=np.int32)
    texts = (HOSTILE, f"b{HOSTILE}")
    return Automaton(HOSTILE, texts, table, table, texts, 0, texts)


def values() -> dict[str, Any]:
    compose = FunctionComposition(4)
    model, counter = ss.to_ssm(compose), ModularCounter(3)
    return {
        "<FunctionComposition: 2 registers, 4 bits>": compose,
        "<Program FunctionComposition: 2 registers, 4 bits>": compose.program(),
        "<SSM FunctionComposition: L=1, d=2, p=2, 4 bits, online thoughts>": model,
        "<Language (ab)*: 2 symbols, 2 bits>": ALTERNATING,
        "<Language O(a & b): 2 propositions, 1 bit>": ss.Language.from_past_ltl("O (a & b)"),
        "<DFA (ab)*: 3 states, 2 symbols, 2 bits>": ALTERNATING.machine,
        "<Mealy machine ModularCounter: 3 states, 2 tokens, 2 bits>": ss.minimize(counter).machine,
        "<Minimal ModularCounter: 3 states, 2 bits needed of 2>": ss.minimize(counter),
        "<Extraction (ab)*: 3 states, equal on every word>": ss.extract(ALTERNATING),
        "<Classification of (ab)*, recognize: aperiodic, 3 states>": ss.classify(ALTERNATING),
        "<Report: outputs equal on every stream; memory equal (4 bits)>": ss.check(compose, model),
        "<Report: outputs different after 3 tokens; memory different (2 and 3 bits)>": ss.check(
            counter, ModularCounter(5)
        ),
    }


DRAWN = [
    value
    for value in values().values()
    if not isinstance(value, ss.Algorithm) and "proposition" not in repr(value)
]


def test_a_repr_is_one_short_line() -> None:
    assert {repr(value): value for value in values().values()}.keys() == values().keys()
    assert all(len(text) < 100 for text in values())


def test_an_algorithm_before_its_declarations() -> None:
    assert repr(object.__new__(FunctionComposition)) == "<FunctionComposition>"


@given(st.text(max_size=200), st.integers(3, 60))
def test_names_are_cut_in_the_middle(name: str, width: int) -> None:
    line = short(name, width)
    assert line.isprintable() and len(line) == min(len(name), width)
    assert len(name) <= width or line.count("…") >= 1


def test_hostile_names_are_escaped_and_cut() -> None:
    machine = hostile_machine()
    assert repr(machine).isprintable() and len(repr(machine)) < 100
    for value in (machine, ss.Language.from_machine(machine), ss.extract(ss.Language.from_machine(machine))):
        assert repr(value).isprintable() and len(repr(value)) < 100
    picture = machine_drawing(machine)
    assert picture is not None and len(picture) < 30_000 and "<script>" not in picture
    ElementTree.fromstring(picture)


@pytest.mark.parametrize("value", DRAWN, ids=lambda value: type(value).__name__)
def test_pictures_and_tables_are_well_formed(value: Any) -> None:
    kinds = {"Program": "html", "Report": "html", "Classification": "html"}
    kind = kinds.get(type(value).__name__, "svg")
    picture, table = value._repr_svg_(), value._repr_html_()
    assert (picture is None, table is None) == (kind == "html", kind == "svg")
    ElementTree.fromstring(picture or f"<div>{table}</div>")


def test_a_language_is_drawn_as_its_automaton() -> None:
    assert ALTERNATING._repr_svg_() == machine_drawing(ALTERNATING.machine)
    assert ss.Language.from_past_ltl("O (a & b)")._repr_svg_() is None  # not built just for a picture


def test_what_a_picture_shows() -> None:
    picture = machine_drawing(a_cycle(3))
    assert picture is not None
    assert picture.count('marker-end="') == 1 + 6  # the start arrow; no two symbols share an edge
    assert picture.count('fill="#dcfce7"') == 2  # the accepting state is a double circle
    assert machine_drawing(a_cycle(1, 3)).count(">s0, s1, s2<") == 1  # type: ignore[union-attr]


def test_large_machines_and_models_have_no_picture() -> None:
    assert machine_drawing(a_cycle(MAX_STATES)) is not None
    assert machine_drawing(a_cycle(MAX_STATES + 1)) is None
    assert machine_drawing(a_cycle(2, MAX_SYMBOLS)) is not None
    assert machine_drawing(a_cycle(2, MAX_SYMBOLS + 1)) is None
    from streamssm.algorithms import StoredComposition

    program = StoredComposition(512, 1).program()
    assert program._repr_html_().count("<tr>") == 1 + MAX_ROWS
    assert "more rows" in str(program._repr_html_())
    assert ss.to_ssm(program)._repr_svg_() is None


def test_names_have_a_width() -> None:
    assert short(HOSTILE, NAME_WIDTH) == short(HOSTILE) and len(short(HOSTILE)) == NAME_WIDTH
