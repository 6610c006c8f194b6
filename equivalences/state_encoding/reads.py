"""What each word reads: the symbol, new values of words before it, and old ones where nothing else serves.

A new value costs nothing. An old one costs a delay (DESIGN, E2); so a word reads it only where the symbol and
new values do not tell how the word moves. For words that are permuted they always do: the old value is the
new one, taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.layers.storage import StoredValue
from streamssm.equivalences.state_encoding.encoding import EncodedVariable, StateEncoding
from streamssm.equivalences.state_encoding.support import groups, least_function, least_moved, moved
from streamssm.equivalences.state_encoding.word_maps import Masks, UpdateMap, UpdateMaps

Int64s = NDArray[np.int64]

SYMBOL = StoredValue(-1, 0)

MovesOf = Callable[[EncodedVariable], UpdateMaps | None]  # None: a bit per value, moved anyhow


@dataclass(frozen=True, eq=False)
class UpdatePlan:
    """How a word is moved: on the rows that its sources can have, shape (G, sources), one move each."""

    word: int
    sources: tuple[StoredValue, ...]
    rows: Int64s
    moves: tuple[UpdateMap, ...]
    kind: UpdateMaps


@dataclass(frozen=True, eq=False)
class AnyPlan:
    """How a word with a bit for every value is moved: its next value, on rows of (sources, value before)."""

    word: int
    sources: tuple[StoredValue, ...]
    rows: Int64s
    before: Int64s
    after: Int64s


Plans = tuple[UpdatePlan | AnyPlan, ...]


def plans_of(coordinates: StateEncoding, moves_of: MovesOf, *, deep_first: bool = False) -> Plans | None:
    """Return a plan for every word; None if a word has no moves that serve.

    ``deep_first`` prefers, among delays, those of words in late layers.
    """
    planner = _Planner(coordinates, moves_of, deep_first)
    found: list[UpdatePlan | AnyPlan] = []
    for word in range(len(coordinates.words)):
        plan = planner.plan(word)
        if plan is None:
            return None
        found.append(plan)
    return tuple(found)


class _Planner:
    def __init__(self, coordinates: StateEncoding, moves_of: MovesOf, deep_first: bool) -> None:
        self.coordinates = coordinates
        self.moves_of = moves_of
        self.sign = -1 if deep_first else 1
        self.depths: list[int] = []
        self.merged: list[bool] = []
        self.paid: set[int] = set()

    def plan(self, word: int) -> UpdatePlan | AnyPlan | None:
        sources = self._sources(word)
        columns = np.stack([column_of(self.coordinates, source) for source in sources], axis=1)
        moves = self.moves_of(self.coordinates.words[word])
        made = (
            self._any(word, sources, columns) if moves is None else self._moved(word, moves, sources, columns)
        )
        if made is not None:
            self._note(made)
        return made

    def _sources(self, word: int) -> list[StoredValue]:
        """Return what the word may read, cheapest first."""
        above = sorted(range(word), key=lambda other: (self.depths[other], other))
        new = [StoredValue(other, 0) for other in above]
        old = sorted((StoredValue(other, 1) for other in above), key=self._price)
        return [SYMBOL, *new, *old]

    def _price(self, old: StoredValue) -> tuple[int, int, int]:
        word = old.register
        if word in self.paid:
            return (0, self.depth(old), word)
        bits = (self.coordinates.sizes[word] - 1).bit_length() * (1 if self.merged[word] else 2)
        return (bits, self.sign * self.depth(old), word)

    def depth(self, value: StoredValue) -> int:
        if value == SYMBOL:
            return 0
        return self.depths[value.register] + (value.age and not self.merged[value.register])

    def _note(self, plan: UpdatePlan | AnyPlan) -> None:
        self.depths.append(1 + max((self.depth(source) for source in plan.sources), default=0))
        self.merged.append(isinstance(plan, UpdatePlan) and all(move.entry == 0 for move in plan.moves))
        self.paid |= {source.register for source in plan.sources if source.age}

    # forms

    def _moved(
        self, word: int, moves: UpdateMaps, sources: list[StoredValue], columns: Int64s
    ) -> UpdatePlan | None:
        """Return the plan that asks for the fewest delays; one that only sets the word, if that is equal."""
        entries = [0, 1, -1] if moves.uniform else [0]
        kinds = [*map(moves.only, entries), *([] if moves.uniform else [moves])]
        plans = [self._least(word, kind, sources, columns) for kind in kinds]
        return min((p for p in plans if p is not None), key=self._delay_bits, default=None)

    def _delay_bits(self, plan: UpdatePlan) -> int:
        """Return what the delays that a plan asks for would cost, beside those that are there."""
        return sum(self._price(source)[0] for source in plan.sources if source.age)

    def _least(
        self, word: int, moves: UpdateMaps, sources: list[StoredValue], columns: Int64s
    ) -> UpdatePlan | None:
        if not moves.moves:
            return None
        coordinates = self.coordinates
        pairs = coordinates.before(word) * moves.size + coordinates.after(word)
        chosen = least_moved(moves, columns, pairs)
        if chosen is None:
            return None
        firsts, masks = moved(moves, columns, pairs, chosen)
        taken = tuple(moves.moves[number] for number in _taken(moves, masks))
        return UpdatePlan(word, tuple(sources[c] for c in chosen), columns[firsts][:, chosen], taken, moves)

    def _any(self, word: int, sources: list[StoredValue], columns: Int64s) -> AnyPlan | None:
        coordinates = self.coordinates
        before, after = coordinates.before(word), coordinates.after(word)
        columns = np.column_stack([columns, before])
        last = columns.shape[1] - 1

        chosen = least_function(columns, after, [last])
        if chosen is None:
            return None
        order, starts = groups(columns, [*chosen, last])
        firsts = order[starts]
        taken = tuple(sources[c] for c in chosen)
        return AnyPlan(word, taken, columns[firsts][:, chosen], before[firsts], after[firsts])


def column_of(coordinates: StateEncoding, source: StoredValue) -> Int64s:
    """Return what a source is on every transition, shape (R,)."""
    if source == SYMBOL:
        return coordinates.symbols
    return coordinates.before(source.register) if source.age else coordinates.after(source.register)


def size_of(coordinates: StateEncoding, source: StoredValue) -> int:
    """Return the number of values of a source."""
    return coordinates.machine.num_symbols if source == SYMBOL else coordinates.sizes[source.register]


def _taken(moves: UpdateMaps, masks: Masks) -> list[int]:
    """Return a move for each mask: all with one entry where that is possible, since it is a weaker kind."""
    for entry in (0, 1):
        same = moves.first_bits(entry) & masks
        if same.any(axis=1).all():
            return [moves.first(mask) for mask in same]
    return [moves.first(mask) for mask in masks]
