"""Product constructions: Boolean operations on DFAs over the same symbols.

Only reachable pairs of states are built; a pair's name is "p,q".
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from streamssm.automata.automaton_class import Automaton, Bools, Int32s
from streamssm.errors import ParameterError


def intersection(a: Automaton, b: Automaton) -> Automaton:
    """Return the DFA of the intersection; errors as in `boolean`."""
    return boolean(f"({a.name}) & ({b.name})", a, b, np.logical_and)


def union(a: Automaton, b: Automaton) -> Automaton:
    """Return the DFA of the union; errors as in `boolean`."""
    return boolean(f"({a.name}) | ({b.name})", a, b, np.logical_or)


def difference(a: Automaton, b: Automaton) -> Automaton:
    """Return the DFA of the words that the first accepts and the second rejects; errors as in `boolean`."""
    return boolean(f"({a.name}) - ({b.name})", a, b, lambda x, y: x & ~y)


def complement(a: Automaton) -> Automaton:
    """Return the DFA of the complement."""
    return Automaton.acceptor(
        f"!({a.name})",
        a.symbols,
        a.next_state,
        ~a.accepting,
        initial=a.initial,
        state_names=a.state_names,
    )


def boolean(name: str, a: Automaton, b: Automaton, combine: Callable[[Bools, Bools], Bools]) -> Automaton:
    """Return the product DFA whose accepting pairs ``combine`` decides.

    Raises
    ------
    ParameterError
        If one is not a DFA, or their symbols differ.

    >>> even = Automaton.acceptor("even", "ab", [[1, 1], [0, 0]], [True, False])
    >>> some = Automaton.acceptor("some a", "ab", [[1, 0], [1, 1]], [False, True])
    >>> both = intersection(even, some)
    >>> both.num_states, both.accepts("ba"), both.accepts("bb")
    (4, True, False)
    """
    pairs, next_state = reachable_pairs(a, b)
    accepting = combine(a.accepting[pairs[:, 0]], b.accepting[pairs[:, 1]])
    return Automaton.acceptor(name, a.symbols, next_state, accepting, state_names=_names(a, b, pairs))


def reachable_pairs(a: Automaton, b: Automaton) -> tuple[Int32s, Int32s]:
    """Return the reachable pairs of states, shape (n, 2), breadth first, and their transitions, shape (n, A).

    Raises
    ------
    ParameterError
        If the symbols differ.
    """
    if a.symbols != b.symbols:
        raise ParameterError(f"{a.name} and {b.name} must read the same symbols for a product")
    number = np.full(a.num_states * b.num_states, -1, dtype=np.int64)
    layer = np.array([a.initial * b.num_states + b.initial], dtype=np.int64)
    number[layer] = 0
    layers, tables, count = [layer], [], 1
    while len(layer):
        p, q = np.divmod(layer, b.num_states)
        targets = a.next_state[p].astype(np.int64) * b.num_states + b.next_state[q]
        flat, firsts = np.unique(targets, return_index=True)
        fresh = flat[np.argsort(firsts)]
        layer = fresh[number[fresh] < 0]
        number[layer] = np.arange(count, count + len(layer))
        count += len(layer)
        tables.append(number[targets])
        layers.append(layer)
    pairs = np.stack(np.divmod(np.concatenate(layers), b.num_states), axis=1)
    return pairs.astype(np.int32), np.concatenate(tables).astype(np.int32)


def _names(a: Automaton, b: Automaton, pairs: Int32s) -> tuple[str, ...]:
    return tuple(f"{a.state_names[p]},{b.state_names[q]}" for p, q in pairs.tolist())
