"""Mealy machines of programs: tokens of several fields, and a tuple of output words per transition.

Shapes: S states, A tokens. Tokens are all combinations of the fields' values in lexicographic order, numbered
from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.shortest_words import shortest_word
from streamssm.cext import automaton
from streamssm.errors import ParameterError
from streamssm.ir.displayed import Displayed, amount, short
from streamssm.ir.vocabulary import Vocabulary
from streamssm.ir.words import Word
from streamssm.program.program import Tokens
from streamssm.runtime.stream import columns_of, token_error

Int32s = NDArray[np.int32]
Values = tuple[int, ...]
Token = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Mealy(Displayed):
    """A complete deterministic Mealy machine.

    Law: two machines give the same outputs on every stream exactly if their minimal machines are equal (==).

    ``next_state`` (S, A) holds states, ``output`` (S, A) indices of rows of ``outputs`` (rows, output words).
    ``begin`` is the output before the first token. It is read only once, at the start, so it does not
    distinguish states: a later state equivalent to the initial state is merged with it. Machines with
    different ``begin`` differ on the empty stream. ``vocabulary`` names tokens and outputs in texts.
    """

    name: str
    fields: tuple[Word, ...]
    output_names: tuple[str, ...]
    next_state: Int32s
    output: Int32s
    outputs: NDArray[np.int64]
    begin: Values
    initial: int = 0
    vocabulary: Vocabulary | None = None

    def __post_init__(self) -> None:
        automaton.reachable(self.next_state, self.initial)  # validates next_state and initial
        if self.next_state.shape[1:] != (self.num_tokens,):
            raise ParameterError(
                f"next_state must have a column for each of {self.num_tokens} tokens, "
                f"not shape {self.next_state.shape}"
            )
        numbers = self.output
        if numbers.shape != self.next_state.shape or numbers.min() < 0 or numbers.max() >= len(self.outputs):
            raise ParameterError(
                f"output must be indices in [0, {len(self.outputs) - 1}], of shape {self.next_state.shape}"
            )
        if self.outputs.shape[1:] != (len(self.output_names),) or len(self.begin) != len(self.output_names):
            raise ParameterError(
                f"outputs and begin must have {len(self.output_names)} words, one per output name"
            )
        for table in (self.next_state, self.output, self.outputs):
            table.setflags(write=False)

    def __repr__(self) -> str:
        sizes = f"{amount(self.num_states, 'state')}, {amount(self.num_tokens, 'token')}"
        return f"<Mealy machine {short(self.name)}: {sizes}, {amount(self.memory_bits, 'bit')}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mealy):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        tables = self.next_state.tobytes(), self.output.tobytes(), self.outputs.tobytes()
        return (self.fields, self.begin, self.initial, *tables)

    # size

    @property
    def num_states(self) -> int:
        return len(self.next_state)

    @property
    def num_tokens(self) -> int:
        """The number of distinct tokens; 1 without fields."""
        total = 1
        for word in self.fields:
            total *= word.range.size
        return total

    @property
    def memory_bits(self) -> int:
        """Bits to store a state: ceil(log2 S)."""
        return (self.num_states - 1).bit_length()

    def token_text(self, number: int) -> str:
        """Return a token as text: the symbol's name, or its values."""
        if self.vocabulary is not None:
            return self.vocabulary.symbol(number)
        return " ".join(map(str, self.token(number))) or "-"

    def output_text(self, values: Sequence[int]) -> str:
        """Return an output as text: its name, or its values."""
        if self.vocabulary is not None and len(values) == 1:
            return self.vocabulary.output(int(values[0]))
        return " ".join(map(str, values)) or "-"

    # tokens by number

    def token(self, number: int) -> Token:
        """Return the token with a number."""
        values: list[int] = []
        for word in reversed(self.fields):
            number, digit = divmod(number, word.range.size)
            values.append(word.range.lo + digit)
        return tuple(values[::-1])

    def token_numbers(self, stream: Tokens) -> Int32s:
        """Return the numbers of a stream's tokens; TokenError for the first token out of range."""
        columns, length = columns_of(self.fields, stream)
        numbers = np.zeros(length, dtype=np.int64)
        for word, column in zip(self.fields, columns, strict=True):
            wrong = np.flatnonzero((column < word.range.lo) | (column > word.range.hi))
            if len(wrong):
                raise token_error(word, column[wrong[0]], int(wrong[0]))
            numbers = numbers * word.range.size + (column.astype(np.int64) - word.range.lo)
        return numbers.astype(np.int32)

    # behavior

    def run(self, stream: Tokens, state: int | None = None) -> list[Values]:
        """Return the output after every token, from the initial or a given state."""
        numbers = self._trajectory(stream, state)[1]
        return [tuple(words) for words in self.outputs[numbers].tolist()]

    def state_after(self, stream: Tokens, state: int | None = None) -> int:
        """Return the state after a stream, from the initial or a given state."""
        start = self.initial if state is None else self._state("state", state)
        states = self._trajectory(stream, start)[0]
        return int(states[-1]) if len(states) else start

    def _trajectory(self, stream: Tokens, state: int | None) -> tuple[Int32s, Int32s]:
        start = self.initial if state is None else self._state("state", state)
        return automaton.run(self.next_state, self.output, self.token_numbers(stream), start)

    def stream_to(self, state: int) -> tuple[Token, ...]:
        """Return a shortest stream from the initial state to a state."""
        word = shortest_word(self.next_state, self.initial, self._state("state", state))
        if word is None:
            raise ParameterError(f"state {state} is not reachable from the initial state")
        return self._tokens(word)

    def _tokens(self, word: Iterable[int]) -> tuple[Token, ...]:
        return tuple(map(self.token, word))

    def distinguish(self, state_a: int, state_b: int) -> tuple[Token, ...] | None:
        """Return a shortest stream that distinguishes two states, or None if they are equivalent.

        Raises
        ------
        ParameterError
            If a number is not that of a state.
        """
        a, b = self._state("state_a", state_a), self._state("state_b", state_b)
        word = automaton.distinguish(self.next_state, self.output, a, self.next_state, self.output, b)
        return None if word is None else self._tokens(word.tolist())

    def difference(self, other: Mealy) -> tuple[Token, ...] | None:
        """Return a shortest stream that distinguishes two machines, or None if they are equivalent.

        It is empty if the machines' ``begin`` differs.

        Raises
        ------
        ParameterError
            If the machines read different tokens.
        """
        if [word.range for word in self.fields] != [word.range for word in other.fields]:
            raise ParameterError(f"{self.name} and {other.name} must read the same tokens to be compared")
        if self.begin != other.begin:
            return ()
        if self.outputs.shape[1] != other.outputs.shape[1]:
            raise ParameterError(
                f"{self.name} and {other.name} cannot be compared: their numbers of output words differ"
            )
        both = np.concatenate([self.outputs, other.outputs])
        _, row_numbers = np.unique(both, axis=0, return_inverse=True)
        numbers: Int32s = row_numbers.reshape(-1).astype(np.int32)
        tables = numbers[self.output], numbers[len(self.outputs) + other.output]
        word = automaton.distinguish(
            self.next_state, tables[0], self.initial, other.next_state, tables[1], other.initial
        )
        return None if word is None else self._tokens(word.tolist())

    def _state(self, name: str, state: int) -> int:
        if not 0 <= state < self.num_states:
            raise ParameterError(f"{name} must be a state in [0, {self.num_states - 1}], not {state}")
        return int(state)

    # minimization

    def minimal(self) -> tuple[Mealy, Int32s, Int32s]:
        """Return the minimal machine, the block of each state, and a representative of each block.

        Partition refinement (Hopcroft). Blocks are numbered breadth first from the initial state, and outputs
        by first use in the table, so that equivalent machines have equal minimal machines. The block of an
        unreachable state is -1.
        """
        block_of, firsts = automaton.minimize(self.next_state, self.output, self.initial)
        output, used = _renumber_by_first_use(self.output[firsts], len(self.outputs))
        minimal = replace(
            self,
            next_state=block_of[self.next_state[firsts]],
            output=output,
            outputs=self.outputs[used],
            initial=0,
        )
        return minimal, block_of, firsts


def _renumber_by_first_use(output: Int32s, count: int) -> tuple[Int32s, Int32s]:
    """Renumber a table's entries by first use; return it, and the old number of each new one."""
    flat = output.ravel()
    first = np.full(count, flat.size)
    first[flat[::-1]] = np.arange(flat.size - 1, -1, -1)  # backwards, as the last assignment to an index wins
    used = np.argsort(first, kind="stable")[: int((first < flat.size).sum())].astype(np.int32)
    renamed = np.empty(count, np.int32)
    renamed[used] = np.arange(len(used), dtype=np.int32)
    return renamed[output], used
