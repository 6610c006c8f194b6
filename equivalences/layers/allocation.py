"""Where every register and every old value is kept: cells, and the layer of each.

A register stands one layer above the last value that its update reads. What it was one step ago is a
*delay*, which stands one layer above the register, unless the register's next value does not depend on the
register itself: then the delay holds the register too, in its own layer. A register that is a copy of
another one's old value has no word of its own.
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
    """The cells of one layer; ``kind`` is monomial where some of them have one bit per value, complex where
    they are roots of unity, and None where the transition is diagonal and its entries tell the kind."""

    cells: tuple[Storage, ...]
    kind: TransitionKind | None = None


class Allocation:
    """Assigns values to cells and cells to layers."""

    def __init__(self, flow: UpdateContext, updates: Sequence[Update], kind: TransitionKind | None) -> None:
        self.flow = flow
        self.updates = list(updates)
        self.kind = kind
        self.dyadic = kind in DYADIC
        self.copies: dict[int, StoredValue] = {}
        self.starts: dict[StoredValue, int] = {}
        self._depths: dict[StoredValue, int] = {}
        for register in self._in_order():
            self._place_copy(register)

    # values

    def _in_order(self) -> list[int]:
        """Return the copies, those that are copied before those that copy them."""
        found: list[int] = []
        for register in range(len(self.updates)):
            chain: list[int] = []
            at: int = register
            while isinstance(update := self.updates[at], Copy) and at not in found:
                chain.append(at)
                at = update.of
            found += reversed(chain)
        return found

    def _place_copy(self, register: int) -> None:
        """Let a copy be an old value of what it copies, or give it an update of its own."""
        update = self.updates[register]
        assert isinstance(update, Copy)
        word, value = self.flow.registers[register], self.canonical(StoredValue(update.of, 1))
        base = self.flow.registers[value.register]
        fits = base.range.holds(word.init) and self.starts.get(value, word.init) == word.init
        if fits and (value.age + 1) * min(base.bits, 1) <= LONGEST:
            self.copies[register] = value
            self.starts[value] = word.init
        else:
            self.updates[register] = self._assigned(update.of)

    def _assigned(self, of: int) -> LinearUpdate:
        from streamssm.equivalences.layers.affine import AffineForm

        return LinearUpdate(AffineForm(self.flow.g.const(0), self.flow.old(of)), Overflow.ERROR)

    def canonical(self, value: StoredValue) -> StoredValue:
        """Return the value under the name of the register whose cells hold it."""
        copied = self.copies.get(value.register)
        if copied is None or (value.age and not self.dyadic):
            return value
        return self.canonical(StoredValue(copied.register, copied.age + value.age))

    def read_by(self, nodes: Iterable[int]) -> set[StoredValue]:
        """Return the values that nodes of the flow read."""
        count, found = self.flow.num_registers, set[StoredValue]()
        for register in frozenset().union(*(self.flow.reads(node) for node in nodes)):
            new = register >= count
            found.add(self.canonical(StoredValue(register - count, 0) if new else StoredValue(register, 1)))
        return found

    @cached_property
    def wanted(self) -> set[StoredValue]:
        """Every value that is read somewhere, beside a register's own old one in its transition."""
        found = {self.canonical(StoredValue(register, 0)) for register in range(len(self.updates))}
        for register in range(len(self.updates)):
            found |= self.needed_by(register)
        while True:  # a delay of a copy needs the copy
            more = {self.canonical(StoredValue(value.register, 0)) for value in found} - found
            if not more:
                return found
            found |= more

    def needed_by(self, register: int) -> set[StoredValue]:
        return set() if register in self.copies else self.read_by(_nodes(self.updates[register]))

    def age_of(self, register: int) -> int:
        """Return the oldest value of a register that is kept beside its newest."""
        return max((value.age for value in self.wanted if value.register == register), default=0)

    # layers

    def depth(self, value: StoredValue) -> int:
        """Return the layer whose readout gives a value."""
        if value not in self._depths:
            self._depths[value] = self._depth(value)
        return self._depths[value]

    def _depth(self, value: StoredValue) -> int:
        register = value.register
        if value.age and not self._is_merged(register):
            return self.depth(self.canonical(StoredValue(register, 0))) + 1
        return 1 + max((self.depth(v) for v in self.needed_by(register)), default=0)

    def _is_merged(self, register: int) -> bool:
        """Return whether a register lives inside its own delay."""
        update = self.updates[register]
        if register in self.copies or not isinstance(update, LinearUpdate) or not self.age_of(register):
            return False
        return self.flow.g.is_value(update.affine.entry, 0)

    @cached_property
    def levels(self) -> tuple[AllocationLevel, ...]:
        """The layers from the first to the last; one without words where there is nothing to keep."""
        found: dict[int, dict[TransitionKind | None, list[Storage]]] = {}
        for register in range(len(self.updates)):
            for depth, cell in self._cells(register):
                found.setdefault(depth, {}).setdefault(_kind_of(cell), []).append(cell)
        if not found:
            return (AllocationLevel(()),)
        return tuple(level for depth in sorted(found) for level in self._joined(found[depth]))

    def _joined(self, cells: dict[TransitionKind | None, list[Storage]]) -> list[AllocationLevel]:
        """Return the layers of one depth: monomial layers hold diagonal words, too, if monomial is asked
        for."""
        one_hot, roots, others = (
            tuple(cells.get(kind, ())) for kind in (TransitionKind.MONOMIAL, TransitionKind.COMPLEX, None)
        )
        if one_hot and self.kind is TransitionKind.MONOMIAL:
            one_hot, others = one_hot + others, ()
        levels = (
            AllocationLevel(one_hot, TransitionKind.MONOMIAL),
            AllocationLevel(roots, TransitionKind.COMPLEX),
            AllocationLevel(others),
        )
        return [level for level in levels if level.cells]

    def _cells(self, register: int) -> list[tuple[int, Storage]]:
        update, word = self.updates[register], self.flow.registers[register]
        age, own = self.age_of(register), self.canonical(StoredValue(register, 0))
        found: list[tuple[int, Storage]] = []
        if register not in self.copies and not self._is_merged(register):
            assert not isinstance(update, Copy)
            cell = (
                OneHotWords(register, word, update)
                if isinstance(update, OneHot)
                else OwnWord(register, word, update)
            )
            found.append((self.depth(own), cell))
        if age:
            merged = self._is_merged(register)
            assert not merged or isinstance(update, LinearUpdate)
            source = (
                update.affine.increment
                if merged and isinstance(update, LinearUpdate)
                else self.flow.new(register)
            )
            found.append((self.depth(StoredValue(register, 1)), self._delay(register, source, age)))
        return found

    def _delay(self, register: int, source: int, age: int) -> Storage:
        word = self.flow.registers[register]
        starts = [self.starts.get(StoredValue(register, a), word.init) for a in range(1, age + 1)]
        if not self.dyadic:
            return RunCounters(register, source, word, starts[0])
        slots = (word, *(type(word)(word.name, word.range, start) for start in starts))
        return DelayLine(register, source, slots)

    # what a reader should know

    @cached_property
    def register_map(self) -> tuple[tuple[str, str], ...]:
        """Which state words hold each register."""
        found: list[tuple[str, str]] = []
        cells = [cell for level in self.levels for cell in level.cells]
        holders = {value: cell for cell in reversed(cells) for value in cell.values}
        for register, word in enumerate(self.flow.registers):
            for held in holders[self.canonical(StoredValue(register, 0))].words:
                found.append((word.name, held.name))
        return tuple(found)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """One line per delay: what it is for and costs beyond the register itself."""
        found: list[str] = []
        for number, level in enumerate(self.levels, start=1):
            for cell in level.cells:
                if isinstance(cell, DelayLine | RunCounters):
                    name, bits = self.flow.registers[cell.base].name, sum(word.bits for word in cell.words)
                    ages = max(value.age for value in cell.values)
                    steps = "1 step" if ages == 1 else f"{ages} steps"
                    found.append(
                        f"layer {number}: {bits} bits hold {name} and what it was up to {steps} before"
                    )
        return tuple(found)


def _kind_of(cell: Storage) -> TransitionKind | None:
    if isinstance(cell, OneHotWords):
        return TransitionKind.MONOMIAL
    cycles = isinstance(cell, OwnWord) and cell.update.overflow is Overflow.CYCLE
    return TransitionKind.COMPLEX if cycles else None


def _nodes(update: Update) -> tuple[int, ...]:
    if isinstance(update, LinearUpdate):
        return (update.affine.entry, update.affine.increment)
    return update.successors if isinstance(update, OneHot) else ()


def leaves_of(flow: UpdateContext, nodes: Iterable[int]) -> set[int]:
    """Return the token's fields that nodes of the flow read."""
    g = flow.g
    found = (g.nodes[i] for i in reachable(g.nodes, list(nodes)))
    return {node.index for node in found if node.op is Op.FIELD}
