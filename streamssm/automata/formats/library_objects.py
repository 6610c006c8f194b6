"""Automata of other Python libraries, recognized by their classes' names, without importing the libraries."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.errors import ParameterError


def machine_of_object(automaton: Any, *, name: str | None = None) -> Automaton:
    """Return the automaton of an automata-lib DFA or an AALpy Dfa, MooreMachine or MealyMachine.

    Symbols and outputs are texts of the objects' values. A transition that a DFA of automata-lib lacks
    rejects, as in automata-lib.

    Raises
    ------
    ParameterError
        For other objects, symbols or outputs with one text, and missing transitions of AALpy's automata.
    """
    readers = {
        ("automata", "DFA"): _dfa_of_automata_lib,
        ("aalpy", "Dfa"): _of_aalpy,
        ("aalpy", "MooreMachine"): _of_aalpy,
        ("aalpy", "MealyMachine"): _of_aalpy,
    }
    for base in type(automaton).__mro__:
        reader = readers.get((base.__module__.partition(".")[0], base.__name__))
        if reader is not None:
            return reader(automaton, name or base.__name__)
    kind = f"{type(automaton).__module__}.{type(automaton).__qualname__}"
    raise ParameterError(
        "automaton must be a DFA of automata-lib, or a Dfa, MooreMachine or MealyMachine of AALpy, "
        f"not {kind}: determinize it first, or give its tables to Language.from_dfa"
    )


def _dfa_of_automata_lib(automaton: Any, name: str) -> Automaton:
    symbols = sorted(automaton.input_symbols, key=str)
    states = sorted(automaton.states, key=str)
    number_of = {state: number for number, state in enumerate(states)}
    sink = len(states)
    rows = [
        [number_of.get(automaton.transitions.get(state, {}).get(symbol), sink) for symbol in symbols]
        for state in states
    ]
    accepting = [state in automaton.final_states for state in states]
    if any(sink in row for row in rows):
        rows.append([sink] * len(symbols))
        accepting.append(False)
    return Automaton.acceptor(
        name, _texts("symbol", symbols), rows, accepting, initial=number_of[automaton.initial_state]
    )


def _of_aalpy(automaton: Any, name: str) -> Automaton:
    states = list(automaton.states)
    symbols = sorted({symbol for state in states for symbol in state.transitions}, key=str)
    number_of = {id(state): number for number, state in enumerate(states)}
    if id(automaton.initial_state) not in number_of:
        raise ParameterError(f"the initial state of {name} must be one of its states")
    rows: list[list[int]] = []
    for state in states:
        for symbol in symbols:
            target = state.transitions.get(symbol)
            if target is None or id(target) not in number_of:
                raise ParameterError(
                    f"not complete: state {state.state_id!r} has no transition for {symbol!r}; "
                    "apply make_input_complete of AALpy first"
                )
        rows.append([number_of[id(state.transitions[symbol])] for symbol in symbols])
    texts = _texts("symbol", symbols)
    initial = number_of[id(automaton.initial_state)]
    if hasattr(states[0], "is_accepting"):
        accepting = [bool(state.is_accepting) for state in states]
        return Automaton.acceptor(name, texts, rows, accepting, initial=initial)
    if hasattr(states[0], "output_fun"):
        given = [[state.output_fun[symbol] for symbol in symbols] for state in states]
        flat = [output for row in given for output in row]
    else:
        flat = [state.output for state in states]
    distinct = list(dict.fromkeys(flat))
    numbers = np.array([distinct.index(output) for output in flat], np.int32)
    table = numbers.reshape(len(states), -1) if hasattr(states[0], "output_fun") else numbers
    return Automaton(name, texts, np.array(rows, np.int32), table, _texts("output", distinct), initial)


def _texts(kind: str, values: Iterable[Hashable]) -> tuple[str, ...]:
    """Return the texts of values; ParameterError if two have one text."""
    seen: dict[str, Hashable] = {}
    for value in values:
        text = str(value)
        if text in seen:
            raise ParameterError(
                f"a {kind} must have a text of its own: {seen[text]!r} and {value!r} are alike"
            )
        seen[text] = value
    return tuple(seen)
