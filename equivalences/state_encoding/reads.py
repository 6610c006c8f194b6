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
from streamssm.equivalences.state_encoding.support import (
    groups,
    maps_by_group,
    smallest_map_sources,
    smallest_sources,
)
from streamssm.equivalences.state_encoding.word_maps import Masks, UpdateMap, UpdateMaps

Int64s = NDArray[np.int64]

SYMBOL = StoredValue(-1, 0)

FamilyOf = Callable[[EncodedVariable], UpdateMaps | None]  # None: a bit per value, moved anyhow


@dataclass(frozen=True, eq=False)
class UpdatePlan:
    """How a word is moved: on the rows that its sources can have, shape (G, sources), one move each."""

    variable: int
    sources: tuple[StoredValue, ...]
    rows: Int64s
    maps: tuple[UpdateMap, ...]
    family: UpdateMaps


@dataclass(frozen=True, eq=False)
class AnyPlan:
    """How a word with a bit for every value is moved: its next value, on rows of (sources, value before)."""

    variable: int
    sources: tuple[StoredValue, ...]
    rows: Int64s
    before: Int64s
    after: Int64s


Plans = tuple[UpdatePlan | AnyPlan, ...]


def plans_of(encoding: StateEncoding, family_of: FamilyOf, *, deep_first: bool = False) -> Plans | None:
    """Return a plan for every word; None if a word has no moves that serve.

    ``deep_first`` prefers, among delays, those of words in late layers.
    """
    planner = _Planner(encoding, family_of, deep_first)
    plans: list[UpdatePlan | AnyPlan] = []
    for variable in range(len(encoding.variables)):
        plan = planner.plan(variable)
        if plan is None:
            return None
        plans.append(plan)
    return tuple(plans)


class _Planner:
    def __init__(self, encoding: StateEncoding, family_of: FamilyOf, deep_first: bool) -> None:
        self.encoding = encoding
        self.family_of = family_of
        self.sign = -1 if deep_first else 1
        self.depths: list[int] = []
        self.merged: list[bool] = []
        self.paid: set[int] = set()

    def plan(self, variable: int) -> UpdatePlan | AnyPlan | None:
        sources = self._sources(variable)
        columns = np.stack([column_of(self.encoding, source) for source in sources], axis=1)
        family = self.family_of(self.encoding.variables[variable])
        planned = (
            self._any_plan(variable, sources, columns)
            if family is None
            else self._map_plan(variable, family, sources, columns)
        )
        if planned is not None:
            self._record(planned)
        return planned

    def _sources(self, variable: int) -> list[StoredValue]:
        """Return what the word may read, cheapest first."""
        above = sorted(range(variable), key=lambda other: (self.depths[other], other))
        new = [StoredValue(other, 0) for other in above]
        old = sorted((StoredValue(other, 1) for other in above), key=self._price)
        return [SYMBOL, *new, *old]

    def _price(self, old: StoredValue) -> tuple[int, int, int]:
        variable = old.register
        if variable in self.paid:
            return (0, self.depth(old), variable)
        bits = (self.encoding.sizes[variable] - 1).bit_length() * (1 if self.merged[variable] else 2)
        return (bits, self.sign * self.depth(old), variable)

    def depth(self, value: StoredValue) -> int:
        if value == SYMBOL:
            return 0
        return self.depths[value.register] + (value.age and not self.merged[value.register])

    def _record(self, plan: UpdatePlan | AnyPlan) -> None:
        self.depths.append(1 + max((self.depth(source) for source in plan.sources), default=0))
        self.merged.append(
            isinstance(plan, UpdatePlan) and all(update_map.entry == 0 for update_map in plan.maps)
        )
        self.paid |= {source.register for source in plan.sources if source.age}

    # forms

    def _map_plan(
        self, variable: int, family: UpdateMaps, sources: list[StoredValue], columns: Int64s
    ) -> UpdatePlan | None:
        """Return the plan that asks for the fewest delays; one that only sets the word, if that is equal."""
        entries = [0, 1, -1] if family.uniform else [0]
        families = [*map(family.only, entries), *([] if family.uniform else [family])]
        plans = [
            self._smallest_plan(variable, candidate_family, sources, columns) for candidate_family in families
        ]
        return min((p for p in plans if p is not None), key=self._delay_bits, default=None)

    def _delay_bits(self, plan: UpdatePlan) -> int:
        """Return what the delays that a plan asks for would cost, beside those that are there."""
        return sum(self._price(source)[0] for source in plan.sources if source.age)

    def _smallest_plan(
        self, variable: int, family: UpdateMaps, sources: list[StoredValue], columns: Int64s
    ) -> UpdatePlan | None:
        if not family.maps:
            return None
        encoding = self.encoding
        pairs = encoding.before(variable) * family.size + encoding.after(variable)
        chosen = smallest_map_sources(family, columns, pairs)
        if chosen is None:
            return None
        firsts, masks = maps_by_group(family, columns, pairs, chosen)
        maps = tuple(family.maps[number] for number in _selected(family, masks))
        return UpdatePlan(
            variable, tuple(sources[c] for c in chosen), columns[firsts][:, chosen], maps, family
        )

    def _any_plan(self, variable: int, sources: list[StoredValue], columns: Int64s) -> AnyPlan | None:
        encoding = self.encoding
        before, after = encoding.before(variable), encoding.after(variable)
        columns = np.column_stack([columns, before])
        last = columns.shape[1] - 1

        chosen = smallest_sources(columns, after, [last])
        if chosen is None:
            return None
        order, starts = groups(columns, [*chosen, last])
        firsts = order[starts]
        chosen_sources = tuple(sources[c] for c in chosen)
        return AnyPlan(variable, chosen_sources, columns[firsts][:, chosen], before[firsts], after[firsts])


def column_of(encoding: StateEncoding, source: StoredValue) -> Int64s:
    """Return what a source is on every transition, shape (R,)."""
    if source == SYMBOL:
        return encoding.symbols
    return encoding.before(source.register) if source.age else encoding.after(source.register)


def size_of(encoding: StateEncoding, source: StoredValue) -> int:
    """Return the number of values of a source."""
    return encoding.machine.num_symbols if source == SYMBOL else encoding.sizes[source.register]


def _selected(family: UpdateMaps, masks: Masks) -> list[int]:
    """Return a move for each mask: all with one entry where that is possible, since it is a weaker kind."""
    for entry in (0, 1):
        same = family.first_bits(entry) & masks
        if same.any(axis=1).all():
            return [family.first(mask) for mask in same]
    return [family.first(mask) for mask in masks]
