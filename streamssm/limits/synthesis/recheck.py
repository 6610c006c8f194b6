"""Rows of a frontier checked again, without the search that made them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from streamssm.automata.machine import Automaton
from streamssm.automata.machine_programs import program_of
from streamssm.equivalences.check import check
from streamssm.errors import FormatError
from streamssm.limits.synthesis.answers import Stream
from streamssm.limits.synthesis.engines import FINDERS
from streamssm.limits.synthesis.examples import Examples, must_differ
from streamssm.limits.synthesis.model import model_of
from streamssm.limits.synthesis.model_class import ModelClass, Weights
from streamssm.limits.synthesis.reachability import explore
from streamssm.ssm.formats import Overflow
from streamssm.ssm.transitions import TransitionKind

Row = Mapping[str, Any]


def holds(row: Row, machine: Automaton, *, method: str, timeout: float) -> bool | None:
    """Return whether a row's answer follows from what the row itself holds; None where that is not known.

    A "yes" by its weights, run on every stream. A "no" by its pairs: each must be one that any model has to
    tell apart, and one question, by the method that is named, must find no weights that do.

    Raises
    ------
    FormatError
        If the row is of another language, or a pair needs no telling apart.
    """
    if row["language"] != machine.name:
        raise FormatError(f"the row must be of {machine.name}, not of {row['language']}")
    setting = setting_of(row)
    if row["answer"] == "yes":
        return _recognises(setting, weights_of(row), machine)
    if row["answer"] == "no":
        return _is_unmet(setting, demands_of(row, machine), machine, method, timeout)
    return None


def setting_of(row: Row) -> ModelClass:
    """Return what a row asks for."""
    return ModelClass(
        row["state_dim"],
        row["precision_bits"],
        TransitionKind(row["transition"]),
        Overflow(row["overflow"]),
        row["fraction_bits"],
        row["full_range"],
    )


def weights_of(row: Row) -> Weights:
    """Return the weights of a row that says yes."""
    given = row["weights"]
    return Weights(
        tuple(given["lows"]),
        tuple(given["tops"]),
        tuple(given["initial"]),
        tuple(map(tuple, given["entries"])),
        tuple(map(tuple, given["increments"])),
    )


def demands_of(row: Row, machine: Automaton) -> Examples:
    """Return the demands of a row that says no."""

    def word(text: str) -> Stream:
        return tuple(machine.numbers(text).tolist())

    pairs = [(word(one), word(other)) for one, other in row["pairs"]]
    for one, other in pairs:
        if not must_differ(machine, one, other):
            raise FormatError(f"a pair of words must need different states, not {one} and {other}")
    return Examples().with_more(pairs, map(word, row.get("in_range", ())))


def _recognises(setting: ModelClass, weights: Weights, machine: Automaton) -> bool:
    ssm = model_of(setting, weights, explore(setting, weights, machine).phi, machine)
    return bool(check(program_of(machine), ssm, method="exhaust").equal)


def _is_unmet(
    setting: ModelClass, demands: Examples, machine: Automaton, method: str, timeout: float
) -> bool | None:
    with FINDERS[method](setting, machine.num_symbols, time.monotonic() + timeout) as finder:
        found = finder(demands)
    return found.weights is None if found.decided else None
