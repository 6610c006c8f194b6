"""An array on a path: its words before the step, and the write ports that the path has used since.

A word at a constant index is looked up; a computed index is compared with those of the ports, as far as they
can meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from streamssm.frontends.python_class.persistent_map import PersistentMap
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ir.words import Array


@dataclass(frozen=True, slots=True)
class ArrayPort:
    """Where ``enable`` is 1, the word at ``index`` becomes ``value``; all three are nodes."""

    enable: int
    index: int
    value: int


@dataclass(slots=True)
class Epoch:
    """The time since a port with a computed index: words found since, by place."""

    port: ArrayPort | None = None
    before: ArrayState | None = None
    found: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Later:
    """A word at a constant index after a store that may not happen; made when it is asked for."""

    port: ArrayPort
    before: ArrayState


class ArrayState:
    """The words of an array at one place of a path; storing gives a new one."""

    __slots__ = ("_before", "_depth", "_epoch", "_g", "_known", "_port", "array", "values")

    def __init__(self, g: GraphBuilder, array: Array, values: Range) -> None:
        self.array = array
        self.values = values
        self._g = g
        self._before: ArrayState | None = None
        self._port: ArrayPort | None = None
        self._depth = 0
        self._epoch = Epoch()
        self._known: PersistentMap[int | Later] = PersistentMap()

    @property
    def places(self) -> Range:
        """The indices."""
        return Range(0, self.array.length - 1)

    def load(self, index: int) -> int:
        """Return the word at an index that lies inside."""
        if self._g.range(index).is_constant:
            return self._word(self._g.range(index).lo)
        newer: list[ArrayPort] = []
        for port in reversed(self.ports()):
            newer.append(port)
            if port.index == index and self._g.is_value(port.enable, 1):
                break
        found = self._first_word(index)
        for port in reversed(newer):
            found = self._after(port, index, found)
        return found

    def stored(self, port: ArrayPort) -> ArrayState:
        """Return the array after a store."""
        made = ArrayState(self._g, self.array, self.values)
        made._before, made._port, made._depth = self, port, self._depth + 1
        if self._g.range(port.index).is_constant:
            place = self._g.range(port.index).lo
            word = port.value if self._g.is_value(port.enable, 1) else Later(port, self)
            made._epoch, made._known = self._epoch, self._known.assigned(place, word)
        else:
            made._epoch = Epoch(port, self)
        return made

    def ports(self, since: ArrayState | None = None) -> list[ArrayPort]:
        """Return the ports used since an earlier place, oldest first, without those that do not count."""
        kept: list[ArrayPort] = []
        overwritten: set[tuple[int, int]] = set()
        for port in self._ports(since):
            if not {(port.index, port.enable), (port.index, self._g.const(1))} & overwritten:
                kept.append(port)
                overwritten.add((port.index, port.enable))
        return kept[::-1]

    def _ports(self, since: ArrayState | None = None) -> Iterator[ArrayPort]:
        """The ports, newest first."""
        at: ArrayState | None = self
        while at is not None and at is not since and at._port is not None:
            yield at._port
            at = at._before

    def _first_word(self, index: int) -> int:
        return self._g.load(index, self.array.first, self.array.length, self.values)

    def _after(self, port: ArrayPort, index: int, old: int) -> int:
        g = self._g
        return g.select(g.bit_and(port.enable, g.eq(port.index, index)), port.value, old)

    def _known_word(self, place: int, index: int) -> int | None:
        known = self._known.get(place)
        if isinstance(known, Later):
            known = self._after(known.port, index, known.before._word(place))
            self._known = self._known.assigned(place, known)
        return self._epoch.found.get(place) if known is None else known

    def _word(self, place: int) -> int:
        """Return the word at a constant index; only ports with a computed one are gone through."""
        later: list[Epoch] = []
        at: ArrayState | None = self
        index = self._g.const(place)
        found: int | None = None
        while at is not None and found is None:
            found = at._known_word(place, index)
            if found is None:
                later.append(at._epoch)
                at = at._epoch.before
        found = self._first_word(index) if found is None else found
        for epoch in reversed(later):
            found = self._after(epoch.port, index, found) if epoch.port else found
            epoch.found[place] = found
        return found


def merged(g: GraphBuilder, condition: int | None, then: ArrayState, other: ArrayState) -> ArrayState:
    """Return an array that is ``then`` where the condition is 1, else ``other``; they share their ports."""
    base = _common(then, other)
    if condition is None or (then is base and other is base):
        return then
    ours, theirs = then.ports(base), other.ports(base)
    found = base
    for port in _shared(g, condition, _Side(then, ours), _Side(other, theirs)):
        found = found.stored(port)
    return found


def _common(a: ArrayState, b: ArrayState) -> ArrayState:
    """Return the last place that both paths have come by."""
    while a is not b:
        later = a if a._depth >= b._depth else b
        assert later._before is not None
        a, b = (a._before, b) if later is a else (a, b._before)  # type: ignore[assignment]
    return a


@dataclass(frozen=True, slots=True)
class _Side:
    memory: ArrayState
    ports: Sequence[ArrayPort]


def _shared(g: GraphBuilder, condition: int, then: _Side, other: _Side) -> Iterator[ArrayPort]:
    """Pair the ports of two branches, of which only one is taken: one port each, in both branches' order.

    Ports at constant indices may be taken in any order; those at the same index are paired first.
    """
    ours, theirs = then.ports, other.ports
    if all(g.range(port.index).is_constant for port in (*ours, *theirs)):
        places = {port.index for port in ours} & {port.index for port in theirs}
        ours, theirs = (
            sorted(side, key=lambda p: (p.index not in places, p.index)) for side in (ours, theirs)
        )
    negated = g.not_(condition)
    for place in range(max(len(ours), len(theirs))):
        if place < min(len(ours), len(theirs)):
            yield _either(g, condition, ours[place], theirs[place])
        elif place < len(ours):
            yield _alone(g, condition, ours[place], other)
        else:
            yield _alone(g, negated, theirs[place], then)


def _either(g: GraphBuilder, condition: int, a: ArrayPort, b: ArrayPort) -> ArrayPort:
    enable = g.select(condition, a.enable, b.enable)
    return ArrayPort(enable, g.select(condition, a.index, b.index), g.select(condition, a.value, b.value))


def _alone(g: GraphBuilder, condition: int, port: ArrayPort, absent: _Side) -> ArrayPort:
    """A word at a constant index keeps what it is without the port; others are disabled."""
    certain = g.is_value(port.enable, 1) and g.range(port.index).is_constant
    if certain and all(g.range(p.index).is_constant for p in absent.ports):
        old = absent.memory.load(port.index)
        return ArrayPort(port.enable, port.index, g.select(condition, port.value, old))
    return ArrayPort(g.bit_and(condition, port.enable), port.index, port.value)
