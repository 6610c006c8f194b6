"""The DFA of a program with few reachable states."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.automaton_class import Automaton, Int32s
from streamssm.cext.explore import Tabulator
from streamssm.errors import ParameterError
from streamssm.ir.words import Word
from streamssm.program.program import Program
from streamssm.runtime.execution import compiled

MAX_TRANSITIONS = 10**8  # about 2 GB of memory
SLICE_TRANSITIONS = 1 << 22


def machine_of(
    program: Program, symbols: Sequence[str] | None = None, *, max_transitions: int = MAX_TRANSITIONS
) -> Automaton:
    """Return the DFA of a program whose only output is a bit.

    Its symbols are the program's tokens, named by `token_names` by default.

    Raises
    ------
    ParameterError
        If the program's output is not one bit, or it has too many reachable states x tokens.

    >>> from streamssm.frontends.past_ltl.formula_parser import parse
    >>> from streamssm.frontends.past_ltl.to_program import to_program
    >>> once = machine_of(to_program(parse("O a"))).minimal()
    >>> once.symbols, once.num_states, once.accepts(["{}", "{a}", "{}"])
    (('{}', '{a}'), 2, True)
    """
    _require_bit(program)
    symbols = tuple(symbols or token_names(program))
    search = _explore(program, len(symbols), max_transitions)
    next_state, output = search.tables()
    accepting = search.outputs()[:, 0][output]  # (S, A), after the step
    return _moore_acceptor(program, symbols, next_state, accepting)


def token_names(program: Program) -> tuple[str, ...]:
    """Return the names of all tokens, in lexicographic order of their values.

    Without a vocabulary, a token of bits is named by the set of fields that are 1, "{a,b}", and other tokens
    by their values, "0 3 1".
    """
    return program.vocabulary.symbols if program.vocabulary else token_names_of(program.fields, program.name)


def token_names_of(fields: Sequence[Word], reader: str) -> tuple[str, ...]:
    """Return names for the tokens of some fields; ``reader`` is the name of their program, for messages."""
    total = 1
    for word in fields:
        total *= word.range.size
        if total > MAX_TRANSITIONS:
            raise ParameterError(
                f"{reader} has more than {MAX_TRANSITIONS:,} tokens: too many for an automaton"
            )
    values = np.array(np.unravel_index(np.arange(total), [w.range.size for w in fields] or [1])).T
    names = [word.name for word in fields]
    if all(word.range.lo == 0 and word.range.hi == 1 for word in fields):
        return tuple(
            "{" + ",".join(name for name, bit in zip(names, row, strict=False) if bit) + "}"
            for row in values.tolist()
        )
    lows = [word.range.lo for word in fields]
    return tuple(" ".join(str(lo + v) for lo, v in zip(lows, row, strict=False)) for row in values.tolist())


def _require_bit(program: Program) -> None:
    ranges = [program.output.nodes[root].range for root in program.outputs]
    if len(ranges) != 1 or ranges[0].lo < 0 or ranges[0].hi > 1:
        raise ParameterError(f"{program.name} is not an acceptor: it must have one output word, a bit")


def _explore(program: Program, num_tokens: int, max_transitions: int) -> Tabulator:
    search = Tabulator(
        compiled(program.transducer()).machine,
        state_lo=np.array([w.range.lo for w in program.registers], np.int64),
        state_bits=np.array([w.bits for w in program.registers], np.int64),
        initial=np.array(program.initial, np.int64),
        field_lo=np.array([w.range.lo for w in program.fields], np.int64),
        field_hi=np.array([w.range.hi for w in program.fields], np.int64),
        max_states=max(1, max_transitions // num_tokens),
    )
    while (status := search.expand(SLICE_TRANSITIONS)) == "running":
        pass
    if status != "closed":
        raise ParameterError(
            f"{program.name} has {num_tokens:,} tokens and more than {search.states - 1:,} reachable states, "
            "too many for an automaton: choose smaller parameters"
        )
    return search


def _moore_acceptor(
    program: Program, symbols: tuple[str, ...], next_state: Int32s, accepting: NDArray[np.int64]
) -> Automaton:
    """Return the Moore form of a table with outputs on transitions: states are (state, last output)."""
    states, num_symbols = next_state.shape
    pairs = 2 * next_state + accepting.astype(np.int32)
    begin = int(program.begin()[0])
    return Automaton.acceptor(
        program.name,
        symbols,
        np.repeat(pairs, 2, axis=0),
        np.tile([False, True], states),
        initial=begin,  # states are numbered from the initial one
    )
