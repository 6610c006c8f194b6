"""Words along a chain of congruences: states that symbols never tell apart again are told by a last word.

A congruence is a partition that symbols respect, so that its blocks are the states of a smaller machine. With
words that tell the block, one word more tells the state inside it. A symbol takes block to block, and the
word as the block says; states are numbered inside their blocks so that this is "hold" wherever it can be.
There are no more tuples than states, but for a machine that has no congruences at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from streamssm.automata.cascade import LevelKind
from streamssm.automata.machine import Automaton
from streamssm.equivalences.state_encoding.encoding import EncodedVariable, StateEncoding

Table = list[list[int]]
EncodingOf = Callable[[Automaton], StateEncoding | None]

MOST_STATES = 40  # the search for congruences takes the third power of it, and the chain the fourth


def of_congruences(machine: Automaton, inner_of: EncodingOf, *, last: bool = False) -> StateEncoding | None:
    """Return coordinates by a longest chain of congruences; None where a machine without any has none.

    ``last`` takes the last of several congruences that are equally fine.
    """
    if machine.num_states > MOST_STATES:
        return None
    if machine.num_states == 1:
        one = np.zeros(1, np.int32)
        table = np.zeros((1, machine.num_symbols), np.int32)
        return StateEncoding(machine, (), np.zeros((1, 0), np.int64), table, one, 0)
    table = machine.next_state.tolist()
    blocks = finest(table, last=last)
    if max(blocks) == 0 and machine.num_states > 2:
        return inner_of(machine)
    base = of_congruences(_quotient(machine, blocks), inner_of, last=last)
    return None if base is None else _extended(machine, base, blocks)


def finest(table: Table, *, last: bool = False) -> list[int]:
    """Return the blocks of a congruence that is as fine as any, with the smallest blocks.

    >>> finest([[1], [2], [3], [0]])
    [0, 1, 0, 1]
    """
    best_blocks: list[int] | None = None
    best = (0, 0)
    for pair in combinations(range(len(table)), 2):
        blocks = generated(table, pair)
        rank = (max(blocks), -max(np.bincount(blocks).tolist()))
        if best_blocks is None or rank > best or (last and rank == best):
            best_blocks, best = blocks, rank
    assert best_blocks is not None
    return best_blocks


def generated(table: Table, pair: tuple[int, int]) -> list[int]:
    """Return the blocks of the finest congruence that joins two states, numbered by first members."""
    parent = list(range(len(table)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    waiting = [pair]
    while waiting:
        one, other = map(root, waiting.pop())
        if one != other:
            parent[other] = one
            waiting += zip(table[one], table[other], strict=True)
    names: dict[int, int] = {}
    return [names.setdefault(root(state), len(names)) for state in range(len(table))]


def _quotient(machine: Automaton, blocks: Sequence[int]) -> Automaton:
    numbers = np.array(blocks, np.int32)
    firsts = [blocks.index(block) for block in range(max(blocks) + 1)]
    return replace(
        machine,
        next_state=numbers[machine.next_state[firsts]],
        output=np.zeros(len(firsts), np.int32),
        outputs=machine.outputs[:1],
        initial=int(numbers[machine.initial]),
        state_names=(),
    )


def _extended(machine: Automaton, base: StateEncoding, blocks: list[int]) -> StateEncoding:
    """Return the coordinates of the blocks with a word more."""
    table = machine.next_state.tolist()
    numbers = _numbered(table, blocks)
    indices = {(base.initial, machine.initial): 0}
    order, rows = [(base.initial, machine.initial)], list[list[int]]()
    for number, state in order:
        following = list(zip(base.next_tuple[number].tolist(), table[state], strict=True))
        for pair in following:
            if pair not in indices:
                indices[pair] = len(order)
                order.append(pair)
        rows.append([indices[pair] for pair in following])
    tuples, states = np.array(order).T
    variable = EncodedVariable(
        f"block {len(base.variables) + 1}", max(numbers) + 1, _kind(table, blocks, numbers)
    )
    return StateEncoding(
        machine,
        (*base.variables, variable),
        np.column_stack([base.values[tuples], np.array(numbers)[states]]),
        np.array(rows, np.int32),
        states.astype(np.int32),
        0,
    )


def _numbered(table: Table, blocks: list[int]) -> list[int]:
    """Return a number for each state in its block; symbols keep numbers as far as can be."""
    members: dict[int, list[int]] = {}
    for state, block in enumerate(blocks):
        members.setdefault(block, []).append(state)
    numbers: dict[int, int] = {}
    for block in sorted(members, key=lambda b: -len(members[b])):
        waiting = [block]
        while waiting:
            states = members[waiting.pop()]
            for state in states:
                if state not in numbers:
                    numbers[state] = _free(numbers, states)
            for symbol in range(len(table[0])):
                ends = [table[state][symbol] for state in states]
                if len(set(ends)) == len(ends) > 1 and all(end not in numbers for end in ends):
                    numbers.update(zip(ends, (numbers[state] for state in states), strict=True))
                    waiting.append(blocks[ends[0]])
    return [numbers[state] for state in range(len(table))]


def _free(numbers: dict[int, int], states: list[int]) -> int:
    taken = {numbers[state] for state in states if state in numbers}
    return next(number for number in range(len(states)) if number not in taken)


def _kind(table: Table, blocks: list[int], numbers: list[int]) -> LevelKind:
    """Return how symbols move the numbers of blocks."""
    maps: dict[tuple[int, int], dict[int, int]] = {}
    for state, row in enumerate(table):
        for symbol, after in enumerate(row):
            maps.setdefault((blocks[state], symbol), {})[numbers[state]] = numbers[after]
    nontrivial = [m for m in maps.values() if len(set(m.values())) > 1 and any(a != b for a, b in m.items())]
    size = max(numbers) + 1
    if not nontrivial:
        return LevelKind.RESET
    are_rotations = all(len({(b - a) % size for a, b in m.items()}) == 1 for m in nontrivial)
    return LevelKind.CYCLIC if are_rotations else LevelKind.PERMUTATION
