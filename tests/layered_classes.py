"""Algorithms that need no thoughts, each with what its layers cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamssm as ss


class Previous(ss.Algorithm):
    """What came one token ago: a copy of an old value."""

    def __init__(self, values, first=0, last=0):
        self.tokens(x=values)
        self.last = self.register(values, init=last)
        self.before = self.register(values, init=first)

    def update(self, x):
        self.before = self.last
        self.last = x

    def output(self):
        return self.before


class Roomy(ss.Algorithm):
    """Reads a register and a copy of its old value that has room for more."""

    def __init__(self):
        self.tokens(x=3)
        self.last = self.register(3)
        self.copy = self.register(8)
        self.both = self.register(4)

    def update(self, x):
        if self.copy == 2 and self.last == 1:
            self.both = min(self.both + 1, 3)
        self.copy = self.last
        self.last = x

    def output(self):
        return self.both, self.copy


class DelayLine(ss.Algorithm):
    """What came five tokens ago."""

    def __init__(self, values):
        self.tokens(x=values)
        self.a = self.register(values, init=1)
        self.b = self.register(values)
        self.c = self.register(values, init=values - 1)
        self.d = self.register(values)
        self.e = self.register(values)
        self.f = self.register(values, init=1)

    def update(self, x):
        self.f, self.e, self.d, self.c, self.b, self.a = self.e, self.d, self.c, self.b, self.a, x

    def output(self):
        return self.f


class Rose(ss.Algorithm):
    """Whether a value ever grew from one token to the next: an old value that is compared."""

    def __init__(self, values, init=0):
        self.tokens(x=values)
        self.last = self.register(values, init=init)
        self.rose = self.register(2)

    def update(self, x):
        if x > self.last:
            self.rose = 1
        self.last = x

    def output(self):
        return self.rose


class HeldBefore(ss.Algorithm):
    """Counts when a held value comes again: the old value of a register that depends on itself."""

    def __init__(self, values, init=0):
        self.tokens(x=values, hold=2)
        self.held = self.register(values, init=init)
        self.same = self.register(4)

    def update(self, x, hold):
        if x == self.held and self.same < 3:
            self.same += 1
        if hold:
            self.held = x

    def output(self):
        return self.same, self.held


class Wide(ss.Algorithm):
    """The old value of a word of 40 bits, half of which comes with each token."""

    def __init__(self):
        self.tokens(x=1 << 40)
        self.last = self.register(1 << 40, init=(1 << 39) + 5)
        self.before = self.register(1 << 40, init=3)

    def update(self, x):
        self.before = self.last
        self.last = x

    def output(self):
        return self.before


class CountedBy(ss.Algorithm):
    """A saturating counter up to 5, written in five ways."""

    def __init__(self):
        self.tokens(up=2)
        self.a = self.register(6)
        self.b = self.register(6)
        self.c = self.register(6)
        self.d = self.register((-5, 0))
        self.e = self.register(6, init=5)

    def update(self, up):
        self.a = min(self.a + up, 5)
        if up and self.b < 5:
            self.b += 1
        if self.c != 5:
            self.c += up
        self.d = max(self.d - up, -5)
        self.e = max(self.e - 1, 0) if up else self.e

    def output(self):
        return self.a, self.b, self.c, self.d, self.e


class WrappedBy(ss.Algorithm):
    """A counter modulo 8, written in four ways."""

    def __init__(self):
        self.tokens(up=3)
        self.a = self.register(8)
        self.b = self.register(8)
        self.c = self.register(8)
        self.d = self.register(8, init=3)

    def update(self, up):
        self.a = (self.a + up) % 8
        self.b = self.b + up & 7
        if up == 2:
            self.c = 0 if self.c == 7 else self.c + 1
        self.d = (self.d - up) % 8

    def output(self):
        return self.a, self.b, self.c, self.d


class Parity(ss.Algorithm):
    """Whether the number of 1s is odd."""

    def __init__(self):
        self.tokens(x=2)
        self.odd = self.register(2)

    def update(self, x):
        self.odd ^= x

    def output(self):
        return self.odd


class Average(ss.Algorithm):
    """Decaying sums: floor and nearest, and with a factor of 3/4."""

    def __init__(self):
        self.tokens(x=4)
        self.low = self.register(7)
        self.near = self.register(8)
        self.three = self.register(16)

    def update(self, x):
        self.low = (self.low >> 1) + x
        self.near = min((self.near + 1 >> 1) + x, 7)
        self.three = (3 * self.three >> 2) + x

    def output(self):
        return self.low, self.near, self.three


class Clock(ss.Algorithm):
    """The position modulo m, which no token changes."""

    def __init__(self, m):
        self.m = m
        self.tokens(x=2)
        self.place = self.register(m)

    def update(self, x):
        self.place = (self.place + 1) % self.m

    def output(self):
        return self.place


class Turns(ss.Algorithm):
    """A counter modulo 3 that tokens drive: no diagonal of integers does it."""

    def __init__(self):
        self.tokens(x=3)
        self.place = self.register(3)

    def update(self, x):
        self.place = (self.place + x) % 3

    def output(self):
        return self.place


class Inlined(ss.Algorithm):
    """Reads new values of registers that were assigned before it in the same update, and an old one."""

    def __init__(self):
        self.tokens(x=4)
        self.last = self.register(4, init=2)
        self.peak = self.register(2)
        self.count = self.register(4)

    def update(self, x):
        if self.last == 3 and x == 0:
            self.peak = 1
        if self.peak and self.count < 3:
            self.count += 1
        self.last = x

    def output(self):
        return self.count


class Bits(ss.Algorithm):
    """One-bit registers in Boolean terms: set, reset, hold and toggle."""

    def __init__(self):
        self.tokens(a=2, b=2)
        self.once = self.register(2)
        self.always = self.register(2, init=1)
        self.since = self.register(2, init=1)
        self.flips = self.register(2)

    def update(self, a, b):
        self.once = self.once | a
        self.always = self.always and b
        self.since = b or (a and self.since)
        self.flips = self.flips ^ (a & b)

    def output(self):
        return self.once, self.always, self.since, self.flips


class Cells(ss.Algorithm):
    """An array with a write port and a read port, and the sum of what was read."""

    def __init__(self):
        self.tokens(place=3, value=4, write=2)
        self.cells = self.array(4, 3)
        self.read = self.register(4)

    def update(self, place, value, write):
        self.read = self.cells[place]
        if write:
            self.cells[place] = value

    def output(self):
        return self.read, self.cells[1]


@dataclass(frozen=True)
class LayeredCase:
    """An algorithm, its layers and memory with automatic transitions, and within {0, 1} where that is
    possible."""

    make: Callable[[], ss.Algorithm]
    layers: int
    bits: int
    kinds: tuple[str, ...]
    zero_one: tuple[int, int] | None = None  # layers, bits
    large: bool = False

    @property
    def name(self) -> str:
        return type(self.make()).__name__


LAYERED_CASES = (
    LayeredCase(lambda: Previous(2), 1, 2, ("time-invariant",), (1, 4)),
    LayeredCase(lambda: Previous(2, first=1), 1, 2, ("time-invariant",), (1, 4)),
    LayeredCase(lambda: Previous(2, last=1), 1, 2, ("time-invariant",), (1, 4)),
    LayeredCase(lambda: Previous(5, first=4, last=3), 1, 6, ("time-invariant",), (1, 12)),
    LayeredCase(Roomy, 2, 8, ("time-invariant", "time-invariant")),
    LayeredCase(lambda: DelayLine(2), 1, 6, ("time-invariant",), (5, 20)),
    LayeredCase(lambda: DelayLine(3), 1, 12, ("time-invariant",), (5, 40)),
    LayeredCase(lambda: Rose(3), 2, 5, ("time-invariant", "zero-one"), (2, 9)),
    LayeredCase(lambda: Rose(4, init=3), 2, 5, ("time-invariant", "zero-one"), (2, 9)),
    LayeredCase(lambda: HeldBefore(2), 3, 5, ("zero-one", "time-invariant", "time-invariant"), (3, 7)),
    LayeredCase(
        lambda: HeldBefore(3, init=1), 3, 8, ("zero-one", "time-invariant", "time-invariant"), (3, 12)
    ),
    LayeredCase(Wide, 1, 80, ("time-invariant",), (1, 160), large=True),
    LayeredCase(CountedBy, 1, 15, ("time-invariant",), (1, 15)),
    LayeredCase(WrappedBy, 1, 12, ("time-invariant",), (1, 12)),
    LayeredCase(Parity, 1, 1, ("signed",), (1, 1)),
    LayeredCase(Average, 1, 10, ("time-invariant",)),
    LayeredCase(lambda: Clock(8), 1, 3, ("time-invariant",), (1, 3)),
    LayeredCase(lambda: Clock(5), 1, 5, ("time-invariant-dense",)),
    LayeredCase(Inlined, 3, 7, ("time-invariant", "zero-one", "time-invariant"), (3, 11)),
    LayeredCase(Bits, 1, 4, ("signed",), (1, 4)),
    LayeredCase(Cells, 3, 20, ("zero-one", "time-invariant", "time-invariant")),
)
