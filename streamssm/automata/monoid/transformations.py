"""The transition monoid: the transformations of the states by words, each with a shortest word.

Shapes: M elements, S states, A symbols. Maps act on the right: state s maps to element[s].
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.automaton_class import Automaton, Int32s
from streamssm.errors import ParameterError

MAX_ELEMENTS = 300_000

Maps = NDArray[Any]


@dataclass(frozen=True, eq=False)
class TransitionMonoid:
    """The transition monoid of an automaton's reachable part, elements numbered breadth first.

    ``elements`` (M, S) are transformations, number 0 the identity; ``right`` (M, A) is the right Cayley
    graph; ``parent`` and ``symbol`` (M,) are the last edge of a shortest word. The monoid of the minimal
    automaton is the syntactic monoid of the language.
    """

    machine: Automaton
    elements: Maps
    right: Int32s
    parent: Int32s
    symbol: Int32s

    def __len__(self) -> int:
        return len(self.elements)

    def word(self, element: int) -> tuple[str, ...]:
        """Return a shortest word of an element."""
        symbols = []
        while element:
            symbols.append(self.machine.symbols[self.symbol[element]])
            element = int(self.parent[element])
        return tuple(reversed(symbols))

    @cached_property
    def _numbers(self) -> dict[bytes, int]:
        return {key: number for number, key in enumerate(_keys(self.elements))}

    def numbers(self, maps: Maps) -> Int32s:
        """Return the numbers of elements given as transformations, shape (n, S)."""
        numbers = [self._numbers[key] for key in _keys(maps.astype(self.elements.dtype))]
        return np.array(numbers, dtype=np.int32)


def transition_monoid(machine: Automaton, *, max_elements: int = MAX_ELEMENTS) -> TransitionMonoid:
    """Return the transition monoid of an automaton's reachable part.

    Raises
    ------
    ParameterError
        If the monoid has more than ``max_elements`` elements.

    >>> ab = Automaton.acceptor("(ab)*", "ab", [[1, 2], [2, 0], [2, 2]], [True, False, False])
    >>> monoid = transition_monoid(ab)
    >>> ["".join(monoid.word(x)) for x in range(len(monoid))]
    ['', 'a', 'b', 'aa', 'ab', 'ba']
    """
    letters = _letters(machine)
    start = np.arange(letters.shape[1], dtype=letters.dtype)[None]
    numbers = {start.tobytes(): 0}
    layers, right, parent, symbol = [start], list[int](), [0], [0]
    while len(layers[-1]):
        products = letters[:, layers[-1]].transpose(1, 0, 2).reshape(-1, letters.shape[1])
        first, fresh = len(numbers) - len(layers[-1]), []
        for row, key in enumerate(_keys(products)):
            number = numbers.setdefault(key, len(numbers))
            right.append(number)
            if number == len(parent):
                fresh.append(row)
                parent.append(first + row // len(letters))
                symbol.append(row % len(letters))
        if len(numbers) > max_elements:
            raise ParameterError(
                f"the transition monoid of {machine.name} has more than {max_elements:,} elements; "
                "increase max_elements"
            )
        layers.append(products[fresh])
    rows = np.array(right, np.int32).reshape(-1, len(letters))
    return TransitionMonoid(
        machine, np.concatenate(layers), rows, np.array(parent, np.int32), np.array(symbol, np.int32)
    )


def compose(first: Maps, second: Maps) -> Maps:
    """Return the products first, then second, row by row."""
    return np.take_along_axis(second, first.astype(np.intp), axis=1)


def _letters(machine: Automaton) -> Maps:
    """Return the transformations of the reachable states by the symbols, states renumbered, shape (A, S)."""
    from streamssm.cext import automaton

    states = np.sort(automaton.reachable(machine.next_state, machine.initial))
    rank = np.zeros(machine.num_states, dtype=np.int64)
    rank[states] = np.arange(len(states))
    small = np.min_scalar_type(len(states) - 1)
    return np.ascontiguousarray(rank[machine.next_state[states]].T.astype(small))


def _keys(maps: Maps) -> list[bytes]:
    """Return each row's bytes."""
    width, raw = maps.shape[1] * maps.itemsize, np.ascontiguousarray(maps).tobytes()
    return [raw[at : at + width] for at in range(0, len(raw), width)]
