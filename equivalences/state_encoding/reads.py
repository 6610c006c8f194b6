"""Sources of each variable's update: the symbol, new values of earlier variables, and old values if needed.

A new value is free. An old one costs a delay (DESIGN, E2), so a variable reads it only if the symbol and new
values do not determine its update. If the earlier variables are permuted they always do: the old value is the
new one under the inverse permutation.
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
    minimal_map_sources,
    minimal_sources,
)
from streamssm.equivalences.state_encoding.word_maps import Masks, UpdateMap, UpdateMaps

Int64s = NDArray[np.int64]

SYMBOL = StoredValue(-1, 0)

FamilyOf = Callable[[EncodedVariable], UpdateMaps | None]  # None: one-hot, with any update


@dataclass(frozen=True, eq=False)
class UpdatePlan:
    """The update of a variable: a map of its family for each possible row of its sources, (G, sources)."""

    variable: int
    sources: tuple[StoredValue, ...]
    rows: Int64s
    maps: tuple[UpdateMap, ...]
    family: UpdateMaps


@dataclass(frozen=True, eq=False)
class AnyPlan:
    """The update of a one-hot variable: its next value for each row of (sources, value before)."""

    variable: int
    sources: tuple[StoredValue, ...]
    rows: Int64s
    before: Int64s
    after: Int64s


Plans = tuple[UpdatePlan | AnyPlan, ...]


def plans_of(encoding: StateEncoding, family_of: FamilyOf, *, deep_first: bool = False) -> Plans | None:
    """Return a plan for every variable; None if an update is outside the variable's family.

    ``deep_first`` prefers delays of variables in late layers.
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
        """Return the sources that a variable may read, cheapest first."""
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
        """Return the plan with the fewest bits of delays; on a tie, one that only sets the variable."""
        entries = [0, 1, -1] if family.uniform else [0]
        families = [*map(family.only, entries), *([] if family.uniform else [family])]
        plans = [
            self._minimal_plan(variable, candidate_family, sources, columns) for candidate_family in families
        ]
        return min((p for p in plans if p is not None), key=self._delay_bits, default=None)

    def _delay_bits(self, plan: UpdatePlan) -> int:
        """Return the bits of the delays that a plan needs beyond the existing ones."""
        return sum(self._price(source)[0] for source in plan.sources if source.age)

    def _minimal_plan(
        self, variable: int, family: UpdateMaps, sources: list[StoredValue], columns: Int64s
    ) -> UpdatePlan | None:
        if not family.maps:
            return None
        encoding = self.encoding
        pairs = encoding.before(variable) * family.size + encoding.after(variable)
        chosen = minimal_map_sources(family, columns, pairs)
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

        chosen = minimal_sources(columns, after, [last])
        if chosen is None:
            return None
        order, starts = groups(columns, [*chosen, last])
        firsts = order[starts]
        chosen_sources = tuple(sources[c] for c in chosen)
        return AnyPlan(variable, chosen_sources, columns[firsts][:, chosen], before[firsts], after[firsts])


def column_of(encoding: StateEncoding, source: StoredValue) -> Int64s:
    """Return the value of a source on every transition, shape (R,)."""
    if source == SYMBOL:
        return encoding.symbols
    return encoding.before(source.register) if source.age else encoding.after(source.register)


def size_of(encoding: StateEncoding, source: StoredValue) -> int:
    """Return the number of values of a source."""
    return encoding.machine.num_symbols if source == SYMBOL else encoding.sizes[source.register]


def _selected(family: UpdateMaps, masks: Masks) -> list[int]:
    """Return a map for each mask, all with the same entry if possible, since that is a weaker kind."""
    for entry in (0, 1):
        same = family.first_bits(entry) & masks
        if same.any(axis=1).all():
            return [family.first(mask) for mask in same]
    return [family.first(mask) for mask in masks]
