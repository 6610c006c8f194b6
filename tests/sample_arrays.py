"""Small algorithms with arrays, helper methods and functions, each for a feature of the language."""

from __future__ import annotations

import streamssm as ss
from streamssm.frontends.algorithm import Algorithm


class Store(Algorithm):
    """Write and read words at computed indices."""

    def __init__(self, length=3, values=3):
        self.tokens(i=length, j=length, v=values, write=2)
        self.read = self.register(values)
        self.a = self.array(values, length, init=1)

    def update(self, i, j, v, write):
        if write:
            self.a[i] = v
        self.read = self.a[j]

    def output(self):
        return self.read, self.a[0], self.a[self.read % len(self.a)]


class TwoWrites(Algorithm):
    """Two writes that may meet; the later one counts."""

    def __init__(self):
        self.tokens(i=3, j=3)
        self.a = self.array(4, 3, init=(0, 1, 2))

    def update(self, i, j):
        self.a[i] = (self.a[j] + 1) % 4
        self.a[j] = self.a[i] // 2

    def output(self):
        return tuple(self.a)


class Swap(Algorithm):
    """Swap two words, which may be one, and their neighbour with the first."""

    def __init__(self):
        self.tokens(i=3, j=3)
        self.a = self.array((-1, 1), 3, init=(-1, 0, 1))

    def update(self, i, j):
        self.a[i], self.a[j] = self.a[j], self.a[i]
        self.a[0], self.a[(i + 1) % 3] = self.a[(i + 1) % 3], self.a[0]

    def output(self):
        return self.a[0], self.a[1], self.a[2]


class Misra(Algorithm):
    """Misra-Gries with few counters: exclusive branches over a loop of constant indices."""

    def __init__(self, counters=2, keys=3, most=2):
        self.k = counters
        self.most = most
        self.tokens(x=keys)
        self.keys = self.array(keys, counters)
        self.counts = self.array(most + 1, counters)

    def update(self, x):
        for i in range(self.k):
            if self.counts[i] and self.keys[i] == x:
                if self.counts[i] < self.most:
                    self.counts[i] += 1
                return
        for i in range(self.k):
            if self.counts[i] == 0:
                self.keys[i] = x
                self.counts[i] = 1
                return
        for i in range(self.k):
            self.counts[i] -= 1

    def output(self):
        key, count = self.pair(ss.argmax(self.counts))
        return key, count

    def pair(self, i):
        return self.keys[i], self.counts[i]


class TopTwo(Algorithm):
    """Keep the largest values in order, by swaps in a loop."""

    def __init__(self, k=3, values=4):
        self.k = k
        self.tokens(x=values)
        self.top = self.array(values, k)

    def update(self, x):
        for i in range(self.k):
            if x > self.top[i]:
                self.top[i], x = x, self.top[i]

    def output(self):
        return tuple(self.top)


class Exclusive(Algorithm):
    """Branches that write different words, some of them twice, some after a computed index."""

    def __init__(self):
        self.tokens(i=3, c=2, d=2)
        self.a = self.array(3, 3)
        self.b = self.array(2, 2)

    def update(self, i, c, d):
        if c:
            self.a[i] = 1
            self.a[0] = self.a[i] + self.a[1] % 2
        elif d:
            self.a[2] = self.a[i]
            self.a[1] = 2
            self.a[2] = (self.a[2] + 1) % 3
            self.b[c] = 1
        else:
            self.b[i % 2] = 1 - self.b[i // 2]
            if i == 2:
                return
            self.a[i + 1] = 0
        self.b[1] = self.b[0] ^ d

    def output(self):
        return self.a[0], self.a[1], self.a[2], self.b[0], self.b[1]


class Guarded(Algorithm):
    """Indices that only the path keeps inside."""

    def __init__(self):
        self.tokens(x=4, pop=2)
        self.height = self.register(4)
        self.stack = self.array(4, 3)

    def update(self, x, pop):
        if pop:
            if self.height > 0:
                self.height -= 1
                self.stack[self.height] = 0
        elif self.height < 3:
            self.stack[self.height] = x
            self.height += 1

    def output(self):
        if self.height == 0:
            return 0
        return self.stack[self.height - 1]


class Scans(Algorithm):
    """Everything that goes over a whole array."""

    def __init__(self):
        self.tokens(i=3, x=(-2, 2))
        self.a = self.array((-2, 2), 3, init=(1, -2, 0))
        self.found = self.register(4)

    def update(self, i, x):
        self.a[i] = x
        self.found = 3
        for place, word in enumerate(self.a):
            if word == x:
                self.found = place
                break
        for left, right in zip(self.a, reversed(self.a)):  # noqa: B905
            if left < right:
                self.a[1] = left
        for word in self.a:
            self.a[2] = min(word, self.a[2])

    def output(self):
        a = self.a
        return sum(a), min(a), max(a), ss.argmin(a), ss.argmax(a), 2 in a, self.found, len(a)


class Helpers(Algorithm):
    """Methods that change registers, inside expressions too; functions, defaults, early returns."""

    STEP = 3

    def __init__(self):
        self.tokens(x=4, c=2)
        self.r = self.register(8)
        self.a = self.array(4, 2)

    def update(self, x, c):
        if c and self.bump(x) > 2 or x == 3:
            self.a[self.bump(1) % 2] = self.last(by=x)
        y = self.bump(x) if c else self.twice(x)
        y += self.bump(amount=y % 3)
        self.a[1] = capped(y)
        self.clear(x)

    def bump(self, amount=2):
        """Add to the register, modulo 8; return it."""
        self.r = (self.r + amount) % 8
        if self.r == 0:
            return 7
        return self.r

    def clear(self, x):
        if x != 1:
            return
        self.a[0] = 0

    def last(self, *, by):
        return self.a[by % 2] if by > 1 else capped(by, most=self.STEP)

    @staticmethod
    def twice(x):
        return 2 * x

    @classmethod
    def step(cls):
        return cls.STEP

    def output(self):
        return self.r, self.a[0], self.a[1], self.last(by=2) + self.step() + total(self)


def capped(value, most=2):
    for limit in range(most):
        if value <= limit:
            return limit
    return most


def total(helpers):
    return sum(helpers.a)


class Bits(Algorithm):
    """Popcount, length in bits, and shifts by words."""

    def __init__(self, lo=-70, hi=600):
        self.tokens(x=(lo, hi), k=3)
        self.ones = self.register(11)
        self.length = self.register(11)
        self.shifted = self.register(41)

    def update(self, x, k):
        self.ones = x.bit_count()
        self.length = x.bit_length()
        self.shifted = (x >> k).bit_count() << k

    def output(self):
        return self.ones, self.length, self.shifted


SAMPLES = (Store, TwoWrites, Swap, Misra, TopTwo, Exclusive, Guarded, Scans, Helpers)
