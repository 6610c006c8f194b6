"""Bounded Dyck languages: slots, heights and automata are one language, and take the bits that they say."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

import streamssm as ss
from streamssm.automata.machine_programs import program_of
from streamssm.bench.dyck_memory import all_agree, measure
from streamssm.equivalences.minimize import minimize
from streamssm.frontends.algorithm import Algorithm
from streamssm.languages.language import Language
from streamssm.languages.suite import END, find
from streamssm.languages.suite.bounded_dyck import (
    BoundedDyck,
    bracket_symbols,
    matching,
    next_brackets,
    num_minimal_states,
    stack_machine,
)
from streamssm.languages.suite.bracket_stacks import BracketSlots, HeightAndSlots, NextOfSlots
from tests.unit.languages.suite.all_words import words_up_to

SMALL = [(kinds, depth) for kinds, depth in product((1, 2, 3), (1, 2, 3)) if kinds**depth < 27] + [(1, 6)]


def ceil_log2(values: int) -> int:
    return (values - 1).bit_length()


@pytest.mark.parametrize(("kinds", "depth"), SMALL)
def test_programs_are_the_automaton(kinds: int, depth: int) -> None:
    machine = stack_machine("dyck", kinds, depth)
    pairs: list[tuple[Callable[[int, int], Algorithm], str]] = [
        (BracketSlots, "recognize"),
        (NextOfSlots, "predict"),
        (HeightAndSlots, "recognize"),
    ]
    for algorithm, mode in pairs:
        program = algorithm(kinds, depth).program()
        for other in (program_of(machine, mode), ss.to_ssm(program, cot="online")):
            report = ss.check(program, other, method="exhaust")
            assert report.equal and report.covers == "every stream"


@pytest.mark.parametrize(("kinds", "depth"), SMALL)
def test_height_and_slots_need_no_thoughts(kinds: int, depth: int) -> None:
    """C's construction: a saturating counter, slots that it sets, and one layer that compares."""
    program = HeightAndSlots(kinds, depth).program()
    model = ss.to_ssm(program, cot="none")
    assert model.num_layers <= 4 and model.memory_bits == program.memory_bits + 2 * ceil_log2(depth + 1)
    report = ss.check(program, model, method="exhaust")
    assert report.equal and report.covers == "every stream"


@pytest.mark.parametrize(("kinds", "depth"), [(1, 1), (1, 9), (2, 3), (3, 4), (4, 3), (7, 2), (8, 3)])
def test_sizes(kinds: int, depth: int) -> None:
    slots, height = BracketSlots(kinds, depth).program(), HeightAndSlots(kinds, depth).program()
    assert slots.memory_bits == depth * ceil_log2(kinds + 1) + 1
    assert height.memory_bits == depth * ceil_log2(kinds) + ceil_log2(depth + 1) + 1
    machine = stack_machine("dyck", kinds, depth)
    states = num_minimal_states(kinds, depth)
    assert machine.num_states == machine.minimal().num_states == states
    assert minimize(slots).num_states == states


def test_stacks_against_the_definition() -> None:
    """Brackets match exactly if taking out neighbours that match leaves nothing."""
    for word in words_up_to("()[]", 6):
        text = "".join(word)
        while (shorter := text.replace("()", "").replace("[]", "")) != text:
            text = shorter
        assert matching(word, 2) == (not text)


@pytest.mark.parametrize(("kinds", "depth"), [(2, 2), (1, 3)])
def test_admissible_symbols(kinds: int, depth: int) -> None:
    """A symbol can come next exactly if some ending of at most ``depth`` brackets makes a member."""
    symbols = bracket_symbols(kinds)
    endings = list(words_up_to(symbols, depth))
    for word in words_up_to(symbols, 4):
        expected = {
            symbol
            for symbol in symbols
            if any(matching((*word, symbol, *ending), kinds, depth) for ending in endings)
        } | ({END} if matching(word, kinds, depth) else set())
        assert next_brackets(word, kinds, depth) == expected


@pytest.mark.parametrize("depth", [5, 10])
def test_eight_kinds(depth: int) -> None:
    language = find(f"bounded_dyck_8_{depth}")
    assert isinstance(language, BoundedDyck) and language.minimal_states == num_minimal_states(8, depth)
    names, predict = (*language.symbols, END), language.program("predict")
    for word in language.members(3, (20, 80)) + language.near_members(3, (20, 80)):
        answers = predict.run(language.alphabet.numbers(word).reshape(-1, 1)).tolist()
        for position in (0, len(word) // 2, len(word) - 1):
            allowed = {name for name, bit in zip(names, answers[position], strict=True) if bit}
            assert allowed == language.admissible(word[: position + 1])


def test_eight_kinds_five_deep_have_a_machine() -> None:
    language = find("bounded_dyck_8_5").language()
    assert isinstance(language, Language) and language.machine.num_states == 37_450


def test_rows() -> None:
    result = measure(2, 3, layers=True)
    assert all_agree(result) and len(result["rows"]) == 6
    assert result["rows"][-1] == {
        "kinds": 2,
        "depth": 3,
        "slots_bits": 6,
        "slots_program_bits": 7,
        "height_bits": 6,
        "layers_bits": 10,
        "num_layers": 4,
        "minimal_states": 16,
        "minimal_bits": 4,
        "minimized_states": 16,
        "cascade_bits": 7,
        "cascade_levels": [3, 3, 3, 2],
    }
    wrong = {"rows": [{**result["rows"][0], "minimized_states": 4}]}
    assert not all_agree(wrong) and all_agree({"rows": [{**wrong["rows"][0], "minimized_states": None}]})
    assert not all_agree({"rows": [{**result["rows"][0], "cascade_levels": [3, 3, 2]}]})
