"""Allocation: the storage and the layer of every register and of every old value.

A register is placed one layer above the highest value that its update reads. Its value one step ago needs a
*delay*, one layer above the register, unless the register's next value does not depend on the register
itself: then the delay holds the register too, in the register's layer. A register that copies another
register's old value has no word of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from streamssm.equivalences.layers.dataflow import UpdateContext
from streamssm.equivalences.layers.storage import (
    LONGEST,
    DelayLine,
    OneHotWords,
    OwnWord,
    RunCounters,
    Storage,
    StoredValue,
)
from streamssm.equivalences.layers.updates import Copy, LinearUpdate, OneHot, Update
from streamssm.ir.graph import Op, reachable
from streamssm.ssm.formats import Overflow
from streamssm.ssm.transitions import TransitionKind

DYADIC = (
    None,
    TransitionKind.DYADIC,
    TransitionKind.DIAGONAL,
    TransitionKind.TIME_INVARIANT,
    TransitionKind.TIME_INVARIANT_DENSE,
    TransitionKind.MONOMIAL,
)


@dataclass(frozen=True)
class AllocationLevel:
    """The storage in one layer.

    ``kind`` is monomial if some registers are stored one-hot, complex if they are stored as roots of unity,
    and None if the transition is diagonal: then its entries determine the kind.
    """

    storages: tuple[Storage, ...]
    kind: TransitionKind | None = None


class Allocation:
    """Assigns values to storage, and storage to layers."""

    def __init__(
        self, context: UpdateContext, updates: Sequence[Update], kind: TransitionKind | None
    ) -> None:
        self.context = context
        self.updates = list(updates)
        self.kind = kind
        self.dyadic = kind in DYADIC
        self.copies: dict[int, StoredValue] = {}
        self.starts: dict[StoredValue, int] = {}
        self._depths: dict[StoredValue, int] = {}
        for register in self._copies_in_order():
            self._allocate_copy(register)

    # values

    def _copies_in_order(self) -> list[int]:
        """Return the copies in topological order."""
        ordered: list[int] = []
        for register in range(len(self.updates)):
            chain: list[int] = []
            current: int = register
            while isinstance(update := self.updates[current], Copy) and current not in ordered:
                chain.append(current)
                current = update.source
            ordered += reversed(chain)
        return ordered

    def _allocate_copy(self, register: int) -> None:
        """Alias a copy to an old value of its source, or give it an update of its own.

        An alias must start at the copy's initial value, and the delay must still fit a word, with one more
        slot if the copy's own old value is read.
        """
        update = self.updates[register]
        assert isinstance(update, Copy)
        word, value = self.context.registers[register], self.canonical(StoredValue(update.source, 1))
        base = self.context.registers[value.register]
        fits = base.range.holds(word.init) and self.starts.get(value, word.init) == word.init
        slots = value.age + 1 + (register in self._read_before)
        if fits and slots * min(base.bits, 1) <= LONGEST:
            self.copies[register] = value
            self.starts[value] = word.init
        else:
            self.updates[register] = self._assigned(update.source)

    @cached_property
    def _read_before(self) -> frozenset[int]:
        """The registers whose value before the step is read by the update of another one."""
        return frozenset(
            source
            for register, update in enumerate(self.updates)
            for source in self._sources(update)
            if source != register
        )

    def _sources(self, update: Update) -> frozenset[int]:
        if isinstance(update, Copy):
            return frozenset({update.source})
        return frozenset().union(*(self.context.reads(node) for node in _nodes_of(update)))

    def _assigned(self, source: int) -> LinearUpdate:
        from streamssm.equivalences.layers.affine_form import AffineForm

        return LinearUpdate(AffineForm(self.context.g.const(0), self.context.old(source)), Overflow.ERROR)

    def canonical(self, value: StoredValue) -> StoredValue:
        """Return the value under the name of the register that is stored, with aliases resolved."""
        source_value = self.copies.get(value.register)
        if source_value is None or (value.age and not self.dyadic):
            return value
        return self.canonical(StoredValue(source_value.register, source_value.age + value.age))

    def read_by(self, nodes: Iterable[int]) -> set[StoredValue]:
        """Return the values that nodes of the context read."""
        first_new, values = self.context.num_registers, set[StoredValue]()
        for register in frozenset().union(*(self.context.reads(node) for node in nodes)):
            new = register >= first_new
            values.add(
                self.canonical(StoredValue(register - first_new, 0) if new else StoredValue(register, 1))
            )
        return values

    @cached_property
    def read_values(self) -> set[StoredValue]:
        """Every value that some node reads; a register's own old value in its transition does not count."""
        values = {self.canonical(StoredValue(register, 0)) for register in range(len(self.updates))}
        for register in range(len(self.updates)):
            values |= self.needed_by(register)
        while True:  # to a fixed point: a delay of a copy needs the copy
            missing = {self.canonical(StoredValue(value.register, 0)) for value in values} - values
            if not missing:
                return values
            values |= missing

    def needed_by(self, register: int) -> set[StoredValue]:
        return set() if register in self.copies else self.read_by(_nodes_of(self.updates[register]))

    def age_of(self, register: int) -> int:
        """Return the largest age of a register's values that are read."""
        return max((value.age for value in self.read_values if value.register == register), default=0)

    # layers

    def depth(self, value: StoredValue) -> int:
        """Return the layer whose readout decodes a value."""
        if value not in self._depths:
            self._depths[value] = self._depth(value)
        return self._depths[value]

    def _depth(self, value: StoredValue) -> int:
        register = value.register
        if value.age and not self._is_merged(register):
            return self.depth(self.canonical(StoredValue(register, 0))) + 1
        return 1 + max((self.depth(v) for v in self.needed_by(register)), default=0)

    def _is_merged(self, register: int) -> bool:
        """Return whether a register is stored inside its own delay."""
        update = self.updates[register]
        if register in self.copies or not isinstance(update, LinearUpdate) or not self.age_of(register):
            return False
        return self.context.g.is_value(update.affine.entry, 0)

    @cached_property
    def levels(self) -> tuple[AllocationLevel, ...]:
        """The layers, first to last; a single empty layer if there is no state."""
        by_depth: dict[int, dict[TransitionKind | None, list[Storage]]] = {}
        for register in range(len(self.updates)):
            for depth, storage in self._storages(register):
                by_depth.setdefault(depth, {}).setdefault(_kind_of(storage), []).append(storage)
        if not by_depth:
            return (AllocationLevel(()),)
        return tuple(level for depth in sorted(by_depth) for level in self._joined(by_depth[depth]))

    def _joined(self, storages: dict[TransitionKind | None, list[Storage]]) -> list[AllocationLevel]:
        """Return the layers of one depth; if the kind is monomial, diagonal words join the one-hot layer."""
        one_hot, roots, diagonal = (
            tuple(storages.get(kind, ())) for kind in (TransitionKind.MONOMIAL, TransitionKind.COMPLEX, None)
        )
        if one_hot and self.kind is TransitionKind.MONOMIAL:
            one_hot, diagonal = one_hot + diagonal, ()
        levels = (
            AllocationLevel(one_hot, TransitionKind.MONOMIAL),
            AllocationLevel(roots, TransitionKind.COMPLEX),
            AllocationLevel(diagonal),
        )
        return [level for level in levels if level.storages]

    def _storages(self, register: int) -> list[tuple[int, Storage]]:
        update, word = self.updates[register], self.context.registers[register]
        age, own = self.age_of(register), self.canonical(StoredValue(register, 0))
        placed: list[tuple[int, Storage]] = []
        if register not in self.copies and not self._is_merged(register):
            assert not isinstance(update, Copy)
            storage = (
                OneHotWords(register, word, update)
                if isinstance(update, OneHot)
                else OwnWord(register, word, update)
            )
            placed.append((self.depth(own), storage))
        if age:
            merged = self._is_merged(register)
            assert not merged or isinstance(update, LinearUpdate)
            source = (
                update.affine.increment
                if merged and isinstance(update, LinearUpdate)
                else self.context.new(register)
            )
            placed.append((self.depth(StoredValue(register, 1)), self._delay(register, source, age)))
        return placed

    def _delay(self, register: int, source: int, age: int) -> Storage:
        word = self.context.registers[register]
        starts = [self.starts.get(StoredValue(register, a), word.init) for a in range(1, age + 1)]
        if not self.dyadic:
            return RunCounters(register, source, word, starts[0])
        slots = (word, *(type(word)(word.name, word.range, start) for start in starts))
        return DelayLine(register, source, slots)

    # reports

    @cached_property
    def register_map(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a register and a state word that holds it."""
        pairs: list[tuple[str, str]] = []
        storages = [storage for level in self.levels for storage in level.storages]
        holders = {value: storage for storage in reversed(storages) for value in storage.values}
        for register, word in enumerate(self.context.registers):
            for state_word in holders[self.canonical(StoredValue(register, 0))].words:
                pairs.append((word.name, state_word.name))
        return tuple(pairs)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """One line per delay: its purpose and its memory."""
        lines: list[str] = []
        for number, level in enumerate(self.levels, start=1):
            for storage in level.storages:
                if isinstance(storage, DelayLine | RunCounters):
                    name, bits = (
                        self.context.registers[storage.base].name,
                        sum(word.bits for word in storage.words),
                    )
                    ages = max(value.age for value in storage.values)
                    steps = "1 step" if ages == 1 else f"{ages} steps"
                    lines.append(
                        f"layer {number}: {bits} bits store {name} and its values up to {steps} before"
                    )
        return tuple(lines)


def _kind_of(storage: Storage) -> TransitionKind | None:
    if isinstance(storage, OneHotWords):
        return TransitionKind.MONOMIAL
    cycles = isinstance(storage, OwnWord) and storage.update.overflow is Overflow.CYCLE
    return TransitionKind.COMPLEX if cycles else None


def _nodes_of(update: Update) -> tuple[int, ...]:
    if isinstance(update, LinearUpdate):
        return (update.affine.entry, update.affine.increment)
    return update.successors if isinstance(update, OneHot) else ()


def fields_read(context: UpdateContext, nodes: Iterable[int]) -> set[int]:
    """Return the indices of the token's fields that nodes of the context read."""
    g = context.g
    reached = (g.nodes[i] for i in reachable(g.nodes, list(nodes)))
    return {node.index for node in reached if node.op is Op.FIELD}
