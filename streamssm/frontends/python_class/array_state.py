"""An array on a path: its words before the step, and the stores (write ports) of the path since.

This is the theory of arrays, read over write: a load at a computed index compares it with the indices of the
stores and selects. A word at a constant index is looked up instead, past stores at other constant indices.
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
    """A store: if ``enable`` is 1, the word at ``index`` becomes ``value``; all three are nodes."""

    enable: int
    index: int
    value: int


@dataclass(slots=True)
class Epoch:
    """The time since a store at a computed index, which may have changed any word; ``words`` caches loads."""

    port: ArrayPort | None = None
    before: ArrayState | None = None
    words: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Later:
    """A word at a constant index after a conditional store; its select is built on the first load."""

    port: ArrayPort
    before: ArrayState


class ArrayState:
    """The immutable state of an array at one point of a path; a store gives a new one."""

    __slots__ = ("_before", "_depth", "_epoch", "_g", "_known", "_port", "array", "word_range")

    def __init__(self, g: GraphBuilder, array: Array, word_range: Range) -> None:
        self.array = array
        self.word_range = word_range
        self._g = g
        self._before: ArrayState | None = None
        self._port: ArrayPort | None = None
        self._depth = 0
        self._epoch = Epoch()
        self._known: PersistentMap[int | Later] = PersistentMap()

    @property
    def index_range(self) -> Range:
        """The range of the array's indices."""
        return Range(0, self.array.length - 1)

    def load(self, index: int) -> int:
        """Return the node of the word at an index, which must be in range."""
        if self._g.range(index).is_constant:
            return self._word(self._g.range(index).lo)
        newer: list[ArrayPort] = []
        for port in reversed(self.ports()):
            newer.append(port)
            if port.index == index and self._g.is_value(port.enable, 1):
                break
        word = self._first_word(index)
        for port in reversed(newer):
            word = self._after(port, index, word)
        return word

    def stored(self, port: ArrayPort) -> ArrayState:
        """Return the array after a store."""
        after = ArrayState(self._g, self.array, self.word_range)
        after._before, after._port, after._depth = self, port, self._depth + 1
        if self._g.range(port.index).is_constant:
            position = self._g.range(port.index).lo
            word = port.value if self._g.is_value(port.enable, 1) else Later(port, self)
            after._epoch, after._known = self._epoch, self._known.assigned(position, word)
        else:
            after._epoch = Epoch(port, self)
        return after

    def ports(self, since: ArrayState | None = None) -> list[ArrayPort]:
        """Return the stores since an earlier state, oldest first, without those overwritten by later ones."""
        effective: list[ArrayPort] = []
        overwritten: set[tuple[int, int]] = set()
        for port in self._ports(since):
            if not {(port.index, port.enable), (port.index, self._g.const(1))} & overwritten:
                effective.append(port)
                overwritten.add((port.index, port.enable))
        return effective[::-1]

    def _ports(self, since: ArrayState | None = None) -> Iterator[ArrayPort]:
        """Yield the stores, newest first."""
        at: ArrayState | None = self
        while at is not None and at is not since and at._port is not None:
            yield at._port
            at = at._before

    def _first_word(self, index: int) -> int:
        return self._g.load(index, self.array.first, self.array.length, self.word_range)

    def _after(self, port: ArrayPort, index: int, old: int) -> int:
        g = self._g
        return g.select(g.bit_and(port.enable, g.eq(port.index, index)), port.value, old)

    def _known_word(self, position: int, index: int) -> int | None:
        known = self._known.get(position)
        if isinstance(known, Later):
            known = self._after(known.port, index, known.before._word(position))
            self._known = self._known.assigned(position, known)
        return self._epoch.words.get(position) if known is None else known

    def _word(self, position: int) -> int:
        """Return the word at a constant index; only the stores at computed indices are traversed."""
        later: list[Epoch] = []
        at: ArrayState | None = self
        index = self._g.const(position)
        word: int | None = None
        while at is not None and word is None:
            word = at._known_word(position, index)
            if word is None:
                later.append(at._epoch)
                at = at._epoch.before
        word = self._first_word(index) if word is None else word
        for epoch in reversed(later):
            word = self._after(epoch.port, index, word) if epoch.port else word
            epoch.words[position] = word
        return word


def merged(g: GraphBuilder, condition: int | None, then: ArrayState, other: ArrayState) -> ArrayState:
    """Return the array that is ``then`` if the condition is 1, else ``other``.

    The branches exclude each other, so a store of one can share its port with a store of the other.
    """
    base = _common(then, other)
    if condition is None or (then is base and other is base):
        return then
    ours, theirs = then.ports(base), other.ports(base)
    result = base
    for port in _shared(g, condition, _Side(then, ours), _Side(other, theirs)):
        result = result.stored(port)
    return result


def _common(a: ArrayState, b: ArrayState) -> ArrayState:
    """Return the latest state that both paths have in common."""
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
    """Yield one port for each pair of stores from the two branches, in the order of both branches.

    Stores at constant indices commute, so they may be paired in any order: those at the same index first,
    which need no select for it.
    """
    ours, theirs = then.ports, other.ports
    if all(g.range(port.index).is_constant for port in (*ours, *theirs)):
        shared = {port.index for port in ours} & {port.index for port in theirs}
        ours, theirs = (
            sorted(side, key=lambda p: (p.index not in shared, p.index)) for side in (ours, theirs)
        )
    negated = g.not_(condition)
    for i in range(max(len(ours), len(theirs))):
        if i < min(len(ours), len(theirs)):
            yield _either(g, condition, ours[i], theirs[i])
        elif i < len(ours):
            yield _alone(g, condition, ours[i], other)
        else:
            yield _alone(g, negated, theirs[i], then)


def _either(g: GraphBuilder, condition: int, a: ArrayPort, b: ArrayPort) -> ArrayPort:
    enable = g.select(condition, a.enable, b.enable)
    return ArrayPort(enable, g.select(condition, a.index, b.index), g.select(condition, a.value, b.value))


def _alone(g: GraphBuilder, condition: int, port: ArrayPort, absent: _Side) -> ArrayPort:
    """Return a port for a store that the other branch lacks.

    If all indices are constant, the word keeps the other branch's value; else the port is disabled there.
    """
    certain = g.is_value(port.enable, 1) and g.range(port.index).is_constant
    if certain and all(g.range(p.index).is_constant for p in absent.ports):
        old = absent.memory.load(port.index)
        return ArrayPort(port.enable, port.index, g.select(condition, port.value, old))
    return ArrayPort(g.bit_and(condition, port.enable), port.index, port.value)
