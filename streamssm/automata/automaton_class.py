"""Automaton: a complete deterministic automaton over named symbols, with outputs.

Shapes: S states, A symbols. Outputs of shape (S,) belong to states (Moore; a DFA's are "accept" and
"reject"), outputs of shape (S, A) to transitions (Mealy).
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
from streamssm.ir.alphabet import Alphabet, SymbolWord, require_distinct
from streamssm.ir.displayed import Displayed, amount, short

Int32s = NDArray[np.int32]
Bools = NDArray[np.bool_]

REJECT, ACCEPT = "reject", "accept"


@dataclass(frozen=True, eq=False)
class Automaton(Displayed):
    """A complete deterministic automaton; symbols and outputs are arbitrary strings.

    ``next_state`` (S, A) holds states, ``output`` indices into ``outputs``: one per state, or one per state
    and symbol. ``state_names`` are for messages, "0", "1", ... by default.

    Law: two automata give the same outputs on every word exactly if their minimal automata are equal (==).

    Raises
    ------
    ParameterError
        If there are no symbols, duplicate symbols, or tables of the wrong shape or with entries out of range.

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
        _ = self.alphabet  # validates the symbols
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
        automaton.reachable(self.next_state, self.initial)  # validates next_state and initial
        if self.output.shape not in ((self.num_states,), self.next_state.shape):
            raise ParameterError(
                f"output must have shape {(self.num_states,)} or {self.next_state.shape}, "
                f"not {self.output.shape}"
            )
        if self.output.min() < 0 or self.output.max() >= len(self.outputs):
            raise ParameterError(f"output must hold indices in [0, {len(self.outputs) - 1}]")
        names = self.state_names or tuple(map(str, range(self.num_states)))
        if len(names) != self.num_states:
            raise ParameterError(
                f"state_names must have {self.num_states} names, one per state, not {len(names)}"
            )
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
        """Return a DFA; ``accepting`` (S,) is the mask of accepting states."""
        return cls(
            name,
            tuple(symbols),
            np.asarray(next_state, dtype=np.int32),
            np.asarray(accepting, dtype=bool).astype(np.int32),
            (REJECT, ACCEPT),
            initial,
            tuple(state_names),
        )

    def __repr__(self) -> str:
        kind = "DFA" if self.is_acceptor else "Moore machine" if self.is_moore else "Mealy machine"
        sizes = f"{amount(self.num_states, 'state')}, {amount(self.num_symbols, 'symbol')}"
        return f"<{kind} {short(self.name)}: {sizes}, {amount(self.memory_bits, 'bit')}>"

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
        """Bits to store a state: ceil(log2 S)."""
        return (self.num_states - 1).bit_length()

    # kinds of output

    @property
    def is_moore(self) -> bool:
        """True if outputs belong to states."""
        return self.output.ndim == 1

    @property
    def is_acceptor(self) -> bool:
        """True if the automaton is a DFA: states accept or reject."""
        return self.is_moore and self.outputs == (REJECT, ACCEPT)

    @cached_property
    def accepting(self) -> Bools:
        """Mask of the accepting states, shape (S,)."""
        if not self.is_acceptor:
            raise ParameterError(
                f"{self.name} is not an acceptor: it gives outputs such as {self.outputs[0]!r}"
            )
        return np.asarray(self.output == 1)

    # words

    @cached_property
    def alphabet(self) -> Alphabet:
        """The alphabet, which converts words to numbers and back."""
        return Alphabet(self.symbols)

    def numbers(self, word: SymbolWord) -> Int32s:
        """Return the numbers of a word's symbols; TokenError for an unknown symbol."""
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
        """Return the automaton with symbols and outputs in another order; outputs may be added.

        Raises
        ------
        ParameterError
            If the symbols are not a permutation of the automaton's, or an output is missing.
        """
        symbols, outputs = tuple(symbols), tuple(outputs)
        if sorted(symbols) != sorted(self.symbols):
            raise ParameterError(
                f"symbols of {self.name} must be {', '.join(self.symbols)} in any order, not "
                f"{', '.join(symbols)}"
            )
        missing = [output for output in self.outputs if output not in outputs]
        if missing:
            raise ParameterError(f"outputs of {self.name} must include {missing[0]!r}")
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
        """Return the automaton as values for JSON; outputs are written by name."""
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

    # equivalence and minimization

    def minimal(self) -> Automaton:
        """Return the minimal automaton (Hopcroft's partition refinement), states numbered breadth first.

        Unused outputs stay in ``outputs``. The name of a state is that of the first state of its block.
        """
        blocks, firsts = automaton.minimize(self.next_state, self.output, self.initial)
        return replace(
            self,
            next_state=blocks[self.next_state[firsts]],
            output=self.output[firsts],
            initial=0,
            state_names=tuple(self.state_names[first] for first in firsts.tolist()),
        )

    def difference(self, other: Automaton) -> tuple[str, ...] | None:
        """Return a shortest distinguishing word, or None if the automata are equivalent (Hopcroft and Karp).

        Raises
        ------
        ParameterError
            If the symbols differ, or a Moore machine is compared with a Mealy machine.
        """
        if self.symbols != other.symbols:
            raise ParameterError(f"{self.name} and {other.name} must read the same symbols to be compared")
        if self.is_moore != other.is_moore:
            raise ParameterError(
                f"{self.name} and {other.name} cannot be compared: one is a Moore, the other a Mealy machine"
            )
        names = {name: number for number, name in enumerate(dict.fromkeys(self.outputs + other.outputs))}
        tables = [
            np.array([names[name] for name in side.outputs], np.int32)[side.output] for side in (self, other)
        ]
        word = automaton.distinguish(
            self.next_state, tables[0], self.initial, other.next_state, tables[1], other.initial
        )
        return None if word is None else tuple(self.symbols[number] for number in word.tolist())
