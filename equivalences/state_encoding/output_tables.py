"""Outputs of a model in each mode, as tables over states, or over states and last symbols."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.machine_programs import STATE, live_states, mode_named, modes_of, readable
from streamssm.errors import ParameterError

Int64s = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class OutputTables:
    """The machine whose state is stored, and a table for each output.

    A table has shape (S,), over the state after the step; or (S, A), over the state after the step and the
    symbol, where ``begin`` is the output before the first token.
    """

    machine: Automaton
    names: tuple[str, ...]
    tables: tuple[Int64s, ...]
    begin: int | None = None


def outputs_of(machine: Automaton, mode: str | None = None) -> OutputTables:
    """Return the outputs of a minimal machine in a mode, by default its first one.

    Raises
    ------
    ParameterError
        If the machine has no such mode.
    """
    modes = tuple(modes_of(machine))
    mode = modes[0] if mode is None else mode_named(mode)
    if mode not in modes:
        raise ParameterError(f"mode of {machine.name} must be one of {', '.join(modes)}, not {mode!r}")
    if mode == "track":
        return OutputTables(machine, (STATE,), (np.arange(machine.num_states),))
    if mode == "recognize":
        return OutputTables(machine, ("accept",), (machine.accepting.astype(np.int64),))
    if mode == "predict":
        return _predictions(machine)
    return _transductions(machine)


def _predictions(machine: Automaton) -> OutputTables:
    allowed = live_states(machine)[machine.next_state].astype(np.int64)
    return OutputTables(machine, (*machine.symbols, "end"), (*allowed.T, machine.accepting.astype(np.int64)))


def _transductions(machine: Automaton) -> OutputTables:
    if machine.is_moore:
        return OutputTables(machine, ("output",), (machine.output.astype(np.int64),))
    split, after = readable(machine)
    return OutputTables(split, ("output",), (after.astype(np.int64) + 1,), 0)  # 0: no output yet
