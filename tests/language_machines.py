"""Machines of small languages and groups, with what THEORY.md says that layers for them may cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.automaton_class import Automaton


def nested(depth: int) -> Automaton:
    """Return D_n = (a D_{n-1} b)*, D_0 the empty word; also Dyck-1 of that depth."""
    dead = depth + 1
    live = [[d + 1, d - 1 if d else dead] for d in range(depth + 1)]
    return Automaton.acceptor(f"D_{depth}", "ab", [*live, [dead, dead]], [True] + [False] * dead)


def brackets(kinds: int, depth: int) -> Automaton:
    """Return Dyck words over kinds of brackets, of bounded depth."""
    stacks: list[tuple[int, ...]] = [()]
    rows: list[list[tuple[int, ...] | None]] = []
    for stack in stacks:
        row: list[tuple[int, ...] | None] = []
        for kind in range(kinds):
            row.append((*stack, kind) if len(stack) < depth else None)
            row.append(stack[:-1] if stack[-1:] == (kind,) else None)
        stacks += [s for s in row if s is not None and s not in stacks]
        rows.append(row)
    dead = len(stacks)
    table = [[dead if s is None else stacks.index(s) for s in row] for row in rows]
    symbols = [f"{way}{kind}" for kind in range(kinds) for way in ("open", "close")]
    table.append([dead] * len(symbols))
    return Automaton.acceptor(f"dyck {kinds}, {depth}", symbols, table, [True] + [False] * dead)


def repeated(word: str, symbols: str) -> Automaton:
    """Return (word)*."""
    dead = len(word)
    table = [[(i + 1) % dead if s == letter else dead for s in symbols] for i, letter in enumerate(word)]
    table.append([dead] * len(symbols))
    return Automaton.acceptor(f"({word})*", symbols, table, [True] + [False] * dead).minimal()


def word_problem(name: str, generators: Sequence[Sequence[int]]) -> Automaton:
    """Return the words whose product is the identity."""
    elements: list[tuple[int, ...]] = [tuple(range(len(generators[0])))]
    rows: list[list[tuple[int, ...]]] = []
    for element in elements:
        row = [tuple(generator[point] for point in element) for generator in generators]
        elements += [e for e in dict.fromkeys(row) if e not in elements]
        rows.append(row)
    table = [[elements.index(e) for e in row] for row in rows]
    accepting = [i == 0 for i in range(len(elements))]
    return Automaton.acceptor(name, "abc"[: len(generators)], table, accepting)


MACHINES = {
    machine.name: machine
    for machine in (
        Automaton.acceptor("flip-flop", "01i", [[0, 1, 0], [0, 1, 1]], [False, True]),
        Automaton.acceptor("Tomita 1", "01", [[1, 0], [1, 1]], [True, False]),
        Automaton.acceptor("parity", "01", [[0, 1], [1, 0]], [True, False]),
        Automaton.acceptor("Tomita 2", "01", [[2, 1], [0, 2], [2, 2]], [True, False, False]),
        Automaton.acceptor(
            "Tomita 3", "01", [[0, 1], [2, 0], [3, 4], [2, 1], [4, 4]], [True, True, False, True, False]
        ),
        Automaton.acceptor("Tomita 4", "01", [[1, 0], [2, 0], [3, 0], [3, 3]], [True, True, True, False]),
        Automaton.acceptor("Tomita 5", "01", [[1, 2], [0, 3], [3, 0], [2, 1]], [True, False, False, False]),
        Automaton.acceptor("Tomita 6", "01", [[1, 2], [2, 0], [0, 1]], [True, False, False]),
        Automaton.acceptor(
            "Tomita 7", "01", [[0, 1], [2, 1], [2, 3], [4, 3], [4, 4]], [True, True, True, True, False]
        ),
        nested(1),
        nested(2),
        nested(3),
        nested(12),
        brackets(2, 3),
        repeated("aa", "a"),
        repeated("abab", "ab"),
        Automaton.acceptor("mod 6", "01", [[i, (i + 1) % 6] for i in range(6)], [True] + [False] * 5),
        word_problem("S3", [(1, 0, 2), (1, 2, 0)]),
        word_problem("D4", [(1, 2, 3, 0), (0, 3, 2, 1)]),
        word_problem("Q8", [(1, 2, 3, 0, 5, 6, 7, 4), (4, 7, 6, 5, 2, 1, 0, 3)]),
        word_problem("A4", [(1, 2, 0, 3), (1, 0, 3, 2)]),
        word_problem("S4", [(1, 2, 3, 0), (1, 0, 2, 3)]),
        word_problem("A5", [(1, 2, 3, 4, 0), (1, 2, 0, 3, 4)]),
    )
}


def random_machine(seed: int) -> Automaton:
    """Return a minimal machine of up to 7 states; in half of them many symbols stay or lead on."""
    rng = np.random.default_rng(seed)
    states, symbols = int(rng.integers(2, 8)), int(rng.integers(1, 4))
    table: NDArray[np.int64] = rng.integers(0, states, (states, symbols))
    here = np.arange(states)[:, None]
    if rng.random() < 0.3:
        table = np.maximum(table, here)
    elif rng.random() < 0.3:
        table = np.where(rng.random(table.shape) < 0.4, here, table)
    letters = tuple("abc"[:symbols])
    if rng.random() < 0.3:
        output = rng.integers(0, 3, table.shape).astype(np.int32)
        return Automaton(f"mealy {seed}", letters, table.astype(np.int32), output, ("x", "y", "z")).minimal()
    return Automaton.acceptor(f"dfa {seed}", letters, table, rng.integers(0, 2, states) == 1).minimal()
