"""Programs of an automaton: one register that holds the state, and the outputs of a mode (THEORY, modes).

- *recognize*: whether the word so far is accepted; for Moore and Mealy machines *transduce*: the output's
  number;
- *track*: the state;
- *predict*: for each symbol whether it can come next on the way to an accepted word, and whether the word may
  end here.

Memory: ceil(log2 S) bits. For a Mealy machine S counts the states after `readable`, which splits states whose
last output the state and the last symbol do not determine.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.automaton_class import Automaton, Int32s
from streamssm.errors import ParameterError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ir.vocabulary import Vocabulary
from streamssm.ir.words import field, register
from streamssm.program.program import Program

SYMBOL, STATE = "symbol", "state"
NOTHING = "-"  # the output of a Mealy machine before the first symbol

Output = Callable[[GraphBuilder, int, int], Sequence[int]]  # over the state and the symbol


def program_of(machine: Automaton, mode: str | None = None) -> Program:
    """Return the program of an automaton, whose tokens are numbers of symbols.

    Parameters
    ----------
    mode : "recognize", "track" or "predict" for a DFA, else "transduce" or "track"; if None, the first of
        these

    Raises
    ------
    ParameterError
        If the automaton has no such mode.

    >>> ab = Automaton.acceptor("(ab)*", "ab", [[1, 2], [2, 0], [2, 2]], [True, False, False])
    >>> program_of(ab).run([[0], [1], [0], [0]]).ravel(), program_of(ab, "track").run([[0], [1]]).ravel()
    (array([0, 1, 0, 0]), array([1, 0]))
    >>> program_of(ab, "predict").output_names, program_of(ab, "predict").run([[0], [1]]).tolist()
    (('a', 'b', 'end'), [[0, 1, 0], [1, 0, 1]])
    """
    modes = modes_of(machine)
    mode = next(iter(modes)) if mode is None else mode_named(mode)
    if mode not in modes:
        raise ParameterError(f"mode of {machine.name} must be one of {', '.join(modes)}, not {mode!r}")
    return modes[mode](machine)


def modes_of(machine: Automaton) -> dict[str, Callable[[Automaton], Program]]:
    """Return the modes of an automaton, each with the function that builds its program."""
    if machine.is_acceptor:
        return {"recognize": _recognize, "track": _track, "predict": _predict}
    return {"transduce": _transduce, "track": _track}


@overload
def mode_named(name: str) -> str: ...
@overload
def mode_named(name: None) -> None: ...
def mode_named(name: str | None) -> str | None:
    """Return the mode of a name; the former spelling "recognise" warns, and works for one version."""
    if name != "recognise":
        return name
    warnings.warn(
        "mode 'recognise' is now spelled 'recognize'; the old spelling goes with the next version",
        DeprecationWarning,
        stacklevel=3,
    )
    return "recognize"


def _recognize(machine: Automaton) -> Program:
    return _program(machine, ("accept",), _tables([machine.accepting.astype(int).tolist()]))


def _track(machine: Automaton) -> Program:
    numbers = tuple(map(str, range(machine.num_states)))
    names = (
        ()
        if machine.state_names == numbers or not _are_distinct(machine.state_names)
        else machine.state_names
    )
    return _program(machine, (STATE,), lambda g, state, symbol: [state], names)


def _predict(machine: Automaton) -> Program:
    allowed = live_states(machine)[machine.next_state]  # (S, A)
    columns = [*allowed.T.astype(int).tolist(), machine.accepting.astype(int).tolist()]
    return _program(machine, (*machine.symbols, "end"), _tables(columns))


def _transduce(machine: Automaton) -> Program:
    if machine.is_moore:
        return _program(machine, ("output",), _tables([machine.output.tolist()]), machine.outputs)
    split, after = readable(machine)

    def output(g: GraphBuilder, state: int, symbol: int) -> list[int]:
        output_number = g.table(
            _table_index(g, state, symbol, split.num_symbols), (after + 1).ravel().tolist()
        )
        return [g.select(g.begin(), g.const(0), output_number)]

    return _program(split, ("output",), output, (nothing_beside(machine.outputs), *machine.outputs))


def nothing_beside(outputs: Sequence[str]) -> str:
    """Return a name, distinct from the outputs, for a Mealy machine's output before the first symbol."""
    return NOTHING if NOTHING not in outputs else f"({NOTHING})"


def _are_distinct(names: Sequence[str]) -> bool:
    return all(names) and len(set(names)) == len(names)


def live_states(machine: Automaton) -> NDArray[np.bool_]:
    """Return the mask of live states, from which an accepting state is reachable, shape (S,)."""
    live = machine.accepting.copy()
    while not np.array_equal(live, grown := live | live[machine.next_state].any(axis=1)):
        live = grown
    return np.asarray(live)


def readable(machine: Automaton) -> tuple[Automaton, Int32s]:
    """Split the states of a Mealy machine so that a state and its last symbol determine the last output.

    The readout of a model sees the state after the step and the symbol. A state is split into as many copies
    as the incoming transitions of one symbol have distinct outputs, which is the least possible number.

    Returns
    -------
    machine : an equivalent Mealy machine
    after : int32 array, shape (split states, symbols): the last output; 0 where no transition leads there
    """
    reached = np.zeros((machine.num_states, machine.num_symbols, len(machine.outputs)), bool)
    sources = np.broadcast_to(np.arange(machine.num_symbols), machine.next_state.shape)
    reached[machine.next_state, sources, machine.output] = True
    copies = np.maximum(reached.sum(axis=2).max(axis=1), 1)
    first = np.concatenate([[0], np.cumsum(copies)[:-1]])
    rank = reached.cumsum(axis=2) - 1  # of an output among the outputs of one state and incoming symbol
    variant = rank[machine.next_state, sources, machine.output]
    old = np.repeat(np.arange(machine.num_states), copies)
    after = np.zeros((len(old), machine.num_symbols), np.int32)
    ends = first[machine.next_state] + variant
    after[ends, sources] = machine.output
    split = replace(
        machine,
        next_state=ends[old].astype(np.int32),
        output=machine.output[old],
        initial=int(first[machine.initial]),
        state_names=_split_names(machine, copies),
    )
    return split, after


def _split_names(machine: Automaton, copies: NDArray[np.int64]) -> tuple[str, ...]:
    names: list[str] = []
    for name, count in zip(machine.state_names, copies.tolist(), strict=True):
        names += [name] if count == 1 else [f"{name}.{variant}" for variant in range(count)]
    return tuple(names)


def _tables(columns: Sequence[Sequence[int]]) -> Output:
    return lambda g, state, symbol: [g.table(state, column) for column in columns]


def _program(
    machine: Automaton, output_names: tuple[str, ...], output: Output, output_vocabulary: tuple[str, ...] = ()
) -> Program:
    states, letters = Range(0, machine.num_states - 1), Range(0, machine.num_symbols - 1)
    g = GraphBuilder()
    index = _table_index(g, g.register(0, states), g.field(0, letters), machine.num_symbols)
    update, next_registers = g.finish([g.table(index, machine.next_state.ravel().tolist())])
    g = GraphBuilder()
    roots = output(g, g.register(0, states), g.field(0, letters))
    read, outputs = g.finish(roots)
    return Program(
        name=machine.name,
        fields=(field(SYMBOL, letters),),
        registers=(register(STATE, states, machine.initial),),
        update=update,
        next_registers=next_registers,
        output=read,
        outputs=outputs,
        output_names=output_names,
        vocabulary=Vocabulary(machine.symbols, output_vocabulary),
    )


def _table_index(g: GraphBuilder, state: int, symbol: int, num_symbols: int) -> int:
    return g.add(g.mul(state, g.const(num_symbols)), symbol)
