"""Words that remember where the last telling step led: found one after another, until they tell the state.

With some words chosen, what they hold leaves a set of states possible. A step of a symbol takes that set to
its image. A word is set, to a number for the image, where the image is small, and holds where it is large: so
it narrows what is possible after it. Every choice of where to set gives a word that symbols set or leave
alone; at each turn the choice that narrows most for its bits is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.language_layers.coordinates import Coordinate, Coordinates
from streamssm.languages.machine import Machine

Int64s = NDArray[np.int64]
States = frozenset[int]

MOST_PAIRS = 1 << 14  # of a state and what words hold: more of them is no cheap model
MOST_VALUES = (2, 4, 8, 16)


@dataclass(frozen=True, eq=False)
class Knowledge:
    """The pairs of a state and of what the words hold that the stream can lead to.

    ``values`` is a row of words for each context; ``next_context`` (contexts, A); ``possible`` the states of
    each context. The first context is the initial one.
    """

    sizes: tuple[int, ...]
    values: tuple[tuple[int, ...], ...]
    next_context: tuple[tuple[int, ...], ...]
    possible: tuple[States, ...]

    @property
    def doubt(self) -> float:
        """The bits of the state that are not known, summed over contexts' states, per state."""
        total = sum(len(states) for states in self.possible)
        return sum(len(states) * log2(len(states)) for states in self.possible) / total

    @property
    def is_sure(self) -> bool:
        return all(len(states) == 1 for states in self.possible)


def of_refinement(machine: Machine) -> Coordinates | None:
    """Return coordinates by words that are set or hold; None if no word narrows any more."""
    table = machine.next_state.tolist()
    found = Knowledge(
        (), ((),), ((0,) * machine.num_symbols,), (frozenset(range(machine.num_states)),)
    )
    while not found.is_sure:
        better = [made for made in _refined(found, table, machine.initial) if made.doubt < found.doubt - 1e-9]
        if not better:
            return None
        found = max(better, key=lambda made: (found.doubt - made.doubt) / (made.sizes[-1] - 1).bit_length())
    return _coordinates(machine, found)


def _coordinates(machine: Machine, found: Knowledge) -> Coordinates:
    words = tuple(Coordinate(f"mark {number + 1}", size) for number, size in enumerate(found.sizes))
    states = np.array([next(iter(states)) for states in found.possible], np.int32)
    return Coordinates(
        machine,
        words,
        np.array(found.values, np.int64).reshape(len(states), len(words)),
        np.array(found.next_context, np.int32),
        states,
        0,
    )


def _refined(found: Knowledge, table: list[list[int]], initial: int) -> Iterator[Knowledge]:
    """Yield what is known with one word more."""
    images = [
        [frozenset(table[state][symbol] for state in states) for symbol in range(len(table[0]))]
        for states in found.possible
    ]
    sizes = sorted({len(image) for row in images for image in row})
    for size in sizes:
        for most in MOST_VALUES:
            word = _Word.of(found, images, size, initial, most)
            made = _explored(found, word, table, initial) if word.count > 1 else None
            if made is not None:
                yield made
            if word.count < most:
                break


@dataclass(frozen=True, eq=False)
class _Word:
    """A number for each context and symbol where the word is set, -1 where it holds; and its first value."""

    set_to: list[list[int]]
    start: int
    count: int

    @classmethod
    def of(cls, found: Knowledge, images: list[list[States]], size: int, initial: int, most: int) -> _Word:
        parts = _components(found, images, size)
        sets: dict[int, set[States]] = {}
        for row, targets in zip(images, found.next_context, strict=True):
            for image, target in zip(row, targets, strict=True):
                if len(image) <= size and len(found.possible[target]) > 1:
                    sets.setdefault(parts[target], set()).add(image)
        sets.setdefault(parts[0], set()).add(frozenset([initial]))
        numbers = {part: _numbered(members, most) for part, members in sets.items()}
        set_to = [
            [
                numbers[parts[target]][image]
                if len(image) <= size and len(found.possible[target]) > 1
                else (0 if len(found.possible[target]) == 1 else -1)
                for image, target in zip(row, targets, strict=True)
            ]
            for row, targets in zip(images, found.next_context, strict=True)
        ]
        count = max(max(named.values()) for named in numbers.values()) + 1
        return cls(set_to, numbers[parts[0]][frozenset([initial])], count)


def _components(found: Knowledge, images: list[list[States]], size: int) -> list[int]:
    """Return a number for each context; those that a step leads between where the word holds have one."""
    parent = list(range(len(found.possible)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for context, targets in enumerate(found.next_context):
        for symbol, target in enumerate(targets):
            if len(images[context][symbol]) > size and len(found.possible[target]) > 1:
                parent[root(context)] = root(target)
    return [root(context) for context in range(len(parent))]


def _numbered(sets: set[States], most: int) -> dict[States, int]:
    """Return numbers below ``most`` for sets; those whose union is smallest share one."""
    groups = [(states, [states]) for states in sorted(sets, key=lambda s: (len(s), sorted(s)))]
    while len(groups) > most:
        _, one, other = min(
            (len(groups[i][0] | groups[j][0]) - max(len(groups[i][0]), len(groups[j][0])), i, j)
            for i in range(len(groups))
            for j in range(i)
        )
        joined = (groups[one][0] | groups[other][0], groups[one][1] + groups[other][1])
        groups = [group for place, group in enumerate(groups) if place not in (one, other)] + [joined]
    return {states: number for number, (_, members) in enumerate(groups) for states in members}


def _explored(found: Knowledge, word: _Word, table: list[list[int]], initial: int) -> Knowledge | None:
    """Return what is known with a word more; None if there are too many pairs."""
    start = (0, word.start)
    numbers, order = {start: 0}, [start]
    targets: list[list[int]] = []
    possible: list[set[int]] = [{initial}]
    waiting = [(0, initial)]
    while waiting:
        number, state = waiting.pop()
        context, value = order[number]
        while len(targets) <= number:
            targets.append([])
        if not targets[number]:
            for symbol, target in enumerate(found.next_context[context]):
                given = word.set_to[context][symbol]
                following = (target, value if given < 0 else given)
                if following not in numbers:
                    numbers[following] = len(order)
                    order.append(following)
                    possible.append(set())
                targets[number].append(numbers[following])
        for symbol, target in enumerate(targets[number]):
            after = table[state][symbol]
            if after not in possible[target]:
                possible[target].add(after)
                waiting.append((target, after))
        if len(order) > MOST_PAIRS:
            return None
    return Knowledge(
        (*found.sizes, word.count),
        tuple((*found.values[context], value) for context, value in order),
        tuple(map(tuple, targets)),
        tuple(map(frozenset, possible)),
    )
