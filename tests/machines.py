"""Machines that tests of the algebra share, and the cascades that theory says they have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from streamssm.automata.automaton_class import Automaton


def acceptor(name: str, symbols: str, table: Sequence[Sequence[int]], accepting: Sequence[int]) -> Automaton:
    """Return a DFA that accepts in some states."""
    return Automaton.acceptor(name, symbols, table, [state in accepting for state in range(len(table))])


def counters(name: str, brackets: int, depth: int) -> Automaton:
    """Return bounded Dyck: stacks of up to ``depth`` opening brackets of some kinds; other words are lost."""
    opening, closing = "([{<"[:brackets], ")]}>"[:brackets]
    stacks = [""]
    for stack in stacks:
        if len(stack) < depth:
            stacks.extend(stack + bracket for bracket in opening)
    number = {stack: place for place, stack in enumerate(stacks)}
    lost = len(stacks)
    table = []
    for stack in stacks:
        pushed = [number.get(stack + bracket, lost) for bracket in opening]
        popped = [number[stack[:-1]] if stack.endswith(bracket) else lost for bracket in opening]
        table.append(pushed + popped)
    return acceptor(name, opening + closing, [*table, [lost] * 2 * brackets], [0])


def nested(depth: int) -> Automaton:
    """Return D_n: D_0 is the empty word, D_n = (a D_{n-1} b)*."""
    lost = depth + 1
    table = [[n + 1 if n < depth else lost, n - 1 if n else lost] for n in range(depth + 1)]
    return acceptor(f"D_{depth}", "ab", [*table, [lost, lost]], [0])


def word_problem(name: str, *generators: Sequence[int]) -> Automaton:
    """Return the words of generators whose product is the identity; states are the group's elements."""
    start = tuple(range(len(generators[0])))
    elements, numbers, table = [start], {start: 0}, []
    for element in elements:
        row = []
        for p in generators:
            product = tuple(p[point] for point in element)
            if product not in numbers:
                numbers[product] = len(elements)
                elements.append(product)
            row.append(numbers[product])
        table.append(row)
    return acceptor(name, "abcd"[: len(generators)], table, [0])


def points(name: str, *maps: Sequence[int]) -> Automaton:
    """Return the machine of maps of points; the words that keep point 0 are accepted."""
    return acceptor(name, "abcd"[: len(maps)], np.array(maps).T.tolist(), [0])


FLIP_FLOP = acceptor("flip-flop", "01r", [[0, 1, 0], [0, 1, 1]], [1])
PARITY = acceptor("parity", "01", [[0, 1], [1, 0]], [0])
AB = acceptor("(ab)*", "ab", [[1, 2], [2, 0], [2, 2]], [0])
TOMITA_1 = acceptor("Tomita 1", "01", [[1, 0], [1, 1]], [0])
TOMITA_2 = acceptor("Tomita 2", "01", [[2, 1], [0, 2], [2, 2]], [0])
TOMITA_3 = acceptor("Tomita 3", "01", [[0, 1], [2, 0], [3, 4], [2, 1], [4, 4]], [0, 1, 3])
TOMITA_4 = acceptor("Tomita 4", "01", [[1, 0], [2, 0], [3, 0], [3, 3]], [0, 1, 2])
TOMITA_5 = acceptor("Tomita 5", "01", [[1, 2], [0, 3], [3, 0], [2, 1]], [0])
TOMITA_6 = acceptor("Tomita 6", "01", [[1, 2], [2, 0], [0, 1]], [0])
TOMITA_7 = acceptor("Tomita 7", "01", [[0, 1], [2, 1], [2, 3], [4, 3], [4, 4]], [0, 1, 2, 3])
S3 = word_problem("S3", (1, 2, 0), (1, 0, 2))
S4 = word_problem("S4", (1, 2, 3, 0), (1, 0, 2, 3))
A4 = word_problem("A4", (1, 2, 0, 3), (1, 0, 3, 2))
D4 = word_problem("D4", (1, 2, 3, 0), (3, 2, 1, 0))
Q8 = word_problem("Q8", (1, 2, 3, 0, 5, 6, 7, 4), (4, 7, 6, 5, 2, 1, 0, 3))
A4_Z5 = word_problem("A4 x Z5", (1, 2, 0, 3, 4, 5, 6, 7, 8), (1, 0, 3, 2, 5, 6, 7, 8, 4))
A5 = word_problem("A5", (1, 2, 3, 4, 0), (1, 2, 0, 3, 4))
S5 = word_problem("S5", (1, 2, 3, 4, 0), (1, 0, 2, 3, 4))
Z60 = word_problem("Z60", [*range(1, 60), 0])
T5 = points("T5", (1, 2, 3, 4, 0), (1, 0, 2, 3, 4), (0, 0, 2, 3, 4))
EVEN_A = acceptor("(aa)*", "ab", [[1, 2], [0, 2], [2, 2]], [0])
MOD_4 = acceptor("(aaaa)*", "ab", [[1, 4], [2, 4], [3, 4], [0, 4], [4, 4]], [0])
ABAB = acceptor("(abab)*", "ab", [[1, 4], [4, 2], [3, 4], [4, 0], [4, 4]], [0])
DYCK_1_3 = counters("Dyck-1 depth 3", 1, 3)
DYCK_2_3 = counters("Dyck-2 depth 3", 2, 3)
DYCK_2_4 = counters("Dyck-2 depth 4", 2, 4)

# machine -> level sizes, the groups of its levels, and the level sizes of its split (THEORY, checked oracles)
CASCADES = [
    (FLIP_FLOP, [2], [], [2]),
    (PARITY, [2], ["Z2"], [2]),
    (AB, [2, 2], [], [2, 2]),
    (TOMITA_1, [2], [], [2]),
    (TOMITA_4, [2, 2, 2], [], [2, 2, 2]),
    (TOMITA_7, [2, 2, 2, 2, 2], [], [2, 2, 2, 2, 2]),
    (TOMITA_3, [2, 2, 2, 2], ["Z2"], [2, 2, 2, 2]),
    (TOMITA_5, [4], ["Z2 x Z2"], [2, 2]),
    (TOMITA_6, [3], ["Z3"], [3]),
    (DYCK_1_3, [2, 2, 2, 2], [], [2, 2, 2, 2]),
    (DYCK_2_3, [3, 3, 3, 2], [], [3, 3, 3, 2]),
    (DYCK_2_4, [3, 3, 3, 3, 2], [], [3, 3, 3, 3, 2]),
    (S3, [6], ["S3"], [2, 3]),
    (S4, [24], ["S4"], [2, 3, 2, 2]),
    (A4_Z5, [60], ["order 60, solvable of derived length 2"], [5, 3, 2, 2]),
    (T5, [5, 4, 3, 2], ["order 120, not solvable", "S4", "S3", "Z2"], None),
]
