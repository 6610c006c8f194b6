"""Machine: a complete deterministic automaton over named symbols, with an output.

Shapes: S states, A symbols. An output of shape (S,) is a state's (Moore; a DFA's is "accept" or "reject"),
one of shape (S, A) is a transition's (Mealy).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from streamssm.cext import automaton
from streamssm.errors import ParameterError
from streamssm.ir.alphabet import Alphabet, SymbolWord
from streamssm.ir.vocabulary import require_distinct

Int32s = NDArray[np.int32]
Bools = NDArray[np.bool_]

REJECT, ACCEPT = "reject", "accept"


@dataclass(frozen=True, eq=False)
class Automaton:
    """A complete deterministic automaton; symbols and outputs are any strings.

    ``next_state`` (S, A) holds states, ``output`` numbers of ``outputs``: one for each state, or one for each
    state and symbol. ``state_names`` are for messages, "0", "1", ... if not given.

    Law: two machines give the same outputs on every word exactly if their minimal machines are equal (==).

    Raises
    ------
    ParameterError
        For no symbols, a symbol given twice, tables of the wrong shape or with entries out of range.

    >>> even = Automaton.acceptor("even", ("a", "b"), [[1, 0], [0, 1]], [True, False])
    >>> even.accepts("abba"), even.accepts("ab")
    (True, False)
    """

    name: str
    symbols: tuple[str, ...]
    next_state: Int32s
    output: Int32s
    outputs: tuple[str, ...]
    initial: int = 0
    state_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _ = self.alphabet  # checks the symbols
        if not self.outputs:
            raise ParameterError(f"{self.name} must have at least one output")
        require_distinct("output", self.outputs)
        for name in ("next_state", "output"):
            table = np.ascontiguousarray(getattr(self, name), dtype=np.int32).copy()
            table.setflags(write=False)
            object.__setattr__(self, name, table)
        if self.next_state.ndim != 2 or self.next_state.shape[1] != len(self.symbols):
            raise ParameterError(
                f"next_state must have a column for each of {len(self.symbols)} symbols, "
                f"not shape {self.next_state.shape}"
            )
        automaton.reachable(self.next_state, self.initial)  # checks both
        if self.output.shape not in ((self.num_states,), self.next_state.shape):
            raise ParameterError(
                f"output must have shape {(self.num_states,)} or {self.next_state.shape}, "
                f"not {self.output.shape}"
            )
        if self.output.min() < 0 or self.output.max() >= len(self.outputs):
            raise ParameterError(f"output must hold numbers of {len(self.outputs)} outputs")
        names = self.state_names or tuple(map(str, range(self.num_states)))
        if len(names) != self.num_states:
            raise ParameterError(f"{self.num_states} states must have as many names, not {len(names)}")
        object.__setattr__(self, "state_names", names)

    @classmethod
    def acceptor(
        cls,
        name: str,
        symbols: Sequence[str],
        next_state: ArrayLike,
        accepting: ArrayLike,
        *,
        initial: int = 0,
        state_names: Sequence[str] = (),
    ) -> Automaton:
        """Return a DFA; ``accepting`` (S,) says which states accept the words that lead there."""
        return cls(
            name,
            tuple(symbols),
            np.asarray(next_state, dtype=np.int32),
            np.asarray(accepting, dtype=bool).astype(np.int32),
            (REJECT, ACCEPT),
            initial,
            tuple(state_names),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Automaton):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        tables = self.next_state.tobytes(), self.output.tobytes(), self.output.ndim
        return (self.symbols, self.outputs, self.initial, *tables)

    # size

    @property
    def num_states(self) -> int:
        return len(self.next_state)

    @property
    def num_symbols(self) -> int:
        return len(self.symbols)

    @property
    def memory_bits(self) -> int:
        """Bits that hold any of the states: ceil(log2 S)."""
        return (self.num_states - 1).bit_length()

    # kinds of output

    @property
    def is_moore(self) -> bool:
        """Whether the output is the state's that a word leads to."""
        return self.output.ndim == 1

    @property
    def is_acceptor(self) -> bool:
        """Whether the machine is a DFA: states accept or reject."""
        return self.is_moore and self.outputs == (REJECT, ACCEPT)

    @cached_property
    def accepting(self) -> Bools:
        """Which states accept, shape (S,)."""
        if not self.is_acceptor:
            raise ParameterError(
                f"{self.name} must be an acceptor to accept words; it gives outputs like {self.outputs[0]!r}"
            )
        return np.asarray(self.output == 1)

    # words

    @cached_property
    def alphabet(self) -> Alphabet:
        """The symbols, which turn words into numbers and back."""
        return Alphabet(self.symbols)

    def numbers(self, word: SymbolWord) -> Int32s:
        """Return the numbers of a word's symbols; TokenError names the first that is no symbol."""
        return self.alphabet.numbers(word)

    # behavior

    def run(self, word: SymbolWord) -> list[str]:
        """Return the output after every symbol of a word."""
        states, _ = automaton.run(self.next_state, None, self.numbers(word), self.initial)
        if self.is_moore:
            return [self.outputs[number] for number in self.output[states].tolist()]
        before = np.concatenate([np.array([self.initial], np.int32), states[:-1]])[: len(states)]
        return [self.outputs[number] for number in self.output[before, self.numbers(word)].tolist()]

    def state_after(self, word: SymbolWord) -> int:
        """Return the state after a word."""
        states, _ = automaton.run(self.next_state, None, self.numbers(word), self.initial)
        return int(states[-1]) if len(states) else self.initial

    def accepts(self, word: SymbolWord) -> bool:
        """Return whether a DFA accepts a word."""
        return bool(self.accepting[self.state_after(word)])

    def renumbered(self, symbols: Sequence[str], outputs: Sequence[str]) -> Automaton:
        """Return the same machine with symbols and outputs in another order; outputs may be added.

        Raises
        ------
        ParameterError
            If the symbols are not the machine's, or an output is missing.
        """
        symbols, outputs = tuple(symbols), tuple(outputs)
        if sorted(symbols) != sorted(self.symbols):
            raise ParameterError(
                f"symbols of {self.name} must be {', '.join(self.symbols)} in any order, not "
                f"{', '.join(symbols)}"
            )
        missing = [output for output in self.outputs if output not in outputs]
        if missing:
            raise ParameterError(f"outputs of {self.name} must have {missing[0]!r} among them")
        columns = self.numbers(symbols)
        numbers = np.array([outputs.index(output) for output in self.outputs], np.int32)
        return replace(
            self,
            symbols=symbols,
            next_state=self.next_state[:, columns],
            output=numbers[self.output if self.is_moore else self.output[:, columns]],
            outputs=outputs,
        )

    # as text

    def to_dict(self) -> dict[str, Any]:
        """Return the machine as values that JSON can hold; outputs stand by name."""
        names = np.array(self.outputs, dtype=object)
        return {
            "kind": "dfa" if self.is_acceptor else "moore" if self.is_moore else "mealy",
            "name": self.name,
            "symbols": list(self.symbols),
            "states": list(self.state_names),
            "initial": self.initial,
            "next_state": self.next_state.tolist(),
            "output": names[self.output].tolist(),
        }

    # comparison and the minimal machine

    def minimal(self) -> Automaton:
        """Return the minimal machine (Hopcroft): reachable states, numbered breadth first, symbols in order.

        Outputs that no reachable state gives stay in ``outputs``. A state is named after the first of its
        states.
        """
        blocks, firsts = automaton.minimise(self.next_state, self.output, self.initial)
        return replace(
            self,
            next_state=blocks[self.next_state[firsts]],
            output=self.output[firsts],
            initial=0,
            state_names=tuple(self.state_names[first] for first in firsts.tolist()),
        )

    def difference(self, other: Automaton) -> tuple[str, ...] | None:
        """Return a shortest word after which the outputs differ; None if none does (Hopcroft and Karp).

        Raises
        ------
        ParameterError
            If the symbols differ, or one machine's outputs are states' and the other's transitions'.
        """
        if self.symbols != other.symbols:
            raise ParameterError(f"{self.name} and {other.name} must read the same symbols to be compared")
        if self.is_moore != other.is_moore:
            raise ParameterError(
                f"{self.name} and {other.name} must both give outputs of states, or both of transitions"
            )
        names = {name: number for number, name in enumerate(dict.fromkeys(self.outputs + other.outputs))}
        tables = [
            np.array([names[name] for name in side.outputs], np.int32)[side.output] for side in (self, other)
        ]
        word = automaton.distinguish(
            self.next_state, tables[0], self.initial, other.next_state, tables[1], other.initial
        )
        return None if word is None else tuple(self.symbols[number] for number in word.tolist())
