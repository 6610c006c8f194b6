"""Independent re-check of frontier rows, without the search that produced them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.machine_programs import program_of
from streamssm.equivalences.check import check
from streamssm.errors import FormatError
from streamssm.limits.synthesis.answers import Stream
from streamssm.limits.synthesis.engines import ENGINES
from streamssm.limits.synthesis.examples import Examples, must_differ
from streamssm.limits.synthesis.machine_to_model import model_of
from streamssm.limits.synthesis.model_class import ModelClass, Weights
from streamssm.limits.synthesis.reachability import explore
from streamssm.ssm.formats import Overflow
from streamssm.ssm.transitions import TransitionKind

Row = Mapping[str, Any]


def holds(row: Row, machine: Automaton, *, method: str, timeout: float) -> bool | None:
    """Return whether the evidence in a row proves its answer; None if that is undecided.

    The weights of a "yes" are run on every stream. The pairs of a "no" must all be pairs that any model has
    to distinguish, and the named method must find no weights that distinguish all of them.

    Raises
    ------
    FormatError
        If the row is of another language, or a pair of words need not be distinguished.
    """
    if row["language"] != machine.name:
        raise FormatError(f"the row is about {row['language']}, not about {machine.name}")
    model_class = model_class_of(row)
    if row["answer"] == "yes":
        return _recognizes(model_class, weights_of(row), machine)
    if row["answer"] == "no":
        return _is_unmet(model_class, examples_of(row, machine), machine, method, timeout)
    return None


def model_class_of(row: Row) -> ModelClass:
    """Return the model class of a row."""
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


def examples_of(row: Row, machine: Automaton) -> Examples:
    """Return the examples of a row that says no."""

    def word(text: str) -> Stream:
        return tuple(machine.numbers(text).tolist())

    pairs = [(word(one), word(other)) for one, other in row["pairs"]]
    for one, other in pairs:
        if not must_differ(machine, one, other):
            raise FormatError(f"the words {one} and {other} of a pair do not need different states")
    return Examples().with_more(pairs, map(word, row.get("in_range", ())))


def _recognizes(model_class: ModelClass, weights: Weights, machine: Automaton) -> bool:
    ssm = model_of(model_class, weights, explore(model_class, weights, machine).phi, machine)
    return bool(check(program_of(machine), ssm, method="exhaust").equal)


def _is_unmet(
    model_class: ModelClass, examples: Examples, machine: Automaton, method: str, timeout: float
) -> bool | None:
    with ENGINES[method](model_class, machine.num_symbols, time.monotonic() + timeout) as engine:
        result = engine(examples)
    return result.weights is None if result.decided else None
