"""Algorithms that assume a bound by ss.within: true by an invariant, false, and true beyond what is found."""

from __future__ import annotations

import streamssm as ss


class Occupancy(ss.Algorithm):
    """How many slots are in use: a count beside the slots. ``forgets`` leaves out what a slot held."""

    def __init__(self, n: int = 4, values: int = 5, forgets: bool = False) -> None:
        self.n, self.forgets = n, forgets
        self.tokens(slot=n, value=values)
        self.used = self.register(n + 1)
        self.slots = self.array(values, n)

    def update(self, slot: int, value: int) -> None:
        if value and (self.forgets or self.slots[slot] == 0):
            self.used = ss.within(self.used + 1, 0, self.n)
        if value == 0 and self.slots[slot]:
            self.used = ss.within(self.used - 1, 0, self.n)
        self.slots[slot] = value

    def output(self) -> int:
        return self.used


class RingQueue(ss.Algorithm):
    """How long a queue in a ring is: the pointers say when it is full, ``size`` follows them.

    ``step`` is how far the head moves when the queue is read.
    """

    def __init__(self, n: int = 8, step: int = 1) -> None:
        self.n, self.step = n, step
        self.tokens(push=2)
        self.head = self.register(n)
        self.tail = self.register(n)
        self.size = self.register(n)

    def update(self, push: int) -> None:
        if push and (self.tail + 1) % self.n != self.head:
            self.tail = (self.tail + 1) % self.n
            self.size = ss.within(self.size + 1, 0, self.n - 1)
        elif not push and self.head != self.tail:
            self.head = (self.head + self.step) % self.n
            self.size = ss.within(self.size - 1, 0, self.n - 1)

    def output(self) -> int:
        return self.size


class Stack(ss.Algorithm):
    """The total of a stack; ``keeps`` leaves what was taken off in it."""

    def __init__(self, n: int = 6, values: int = 16, keeps: bool = False) -> None:
        self.n, self.keeps = n, keeps
        self.most = n * (values - 1)
        self.tokens(push=2, x=values)
        self.total = self.register(self.most + 1)
        self.depth = self.register(n + 1)
        self.items = self.array(values, n)

    def update(self, push: int, x: int) -> None:
        if push and self.depth < self.n:
            self.items[self.depth] = x
            self.depth += 1
            self.total = ss.within(self.total + x, 0, self.most)
        elif not push and self.depth > 0:
            self.depth -= 1
            self.total = ss.within(self.total - (0 if self.keeps else self.items[self.depth]), 0, self.most)

    def output(self) -> int:
        return self.total


class Spread(ss.Algorithm):
    """Largest less smallest of the top k, which are kept in order; ``swapped`` changes the ends over."""

    def __init__(self, n: int = 16, k: int = 4, swapped: bool = False) -> None:
        self.n, self.k, self.swapped = n, k, swapped
        self.tokens(x=n)
        self.best = self.array(n, k)

    def update(self, x: int) -> None:
        for i in range(self.k):
            kept = self.best[i]
            self.best[i] = max(kept, x)
            x = min(kept, x)
        if self.swapped:
            self.best[0], self.best[self.k - 1] = self.best[self.k - 1], self.best[0]

    def output(self) -> int:
        return ss.within(self.best[0] - self.best[self.k - 1], 0, self.n - 1)


class Lead(ss.Algorithm):
    """Votes for and against, and the difference, each counted by itself."""

    def __init__(self, limit: int = 7, most: int | None = None) -> None:
        self.limit = limit
        self.most = limit if most is None else most
        self.tokens(up=2)
        self.ups = self.register(limit + 1)
        self.downs = self.register(limit + 1)
        self.lead = self.register((-limit, limit))

    def update(self, up: int) -> None:
        if up and self.ups < self.limit:
            self.ups += 1
            self.lead = ss.within(self.lead + 1, -self.limit, self.most)
        elif not up and self.downs < self.limit:
            self.downs += 1
            self.lead = ss.within(self.lead - 1, -self.limit, self.limit)

    def output(self) -> int:
        return self.lead


class Squares(ss.Algorithm):
    """The square of a counter, by sums of odd numbers: true, by an invariant that is not linear."""

    def __init__(self, n: int = 1 << 20, noise: int = 1 << 16) -> None:
        self.n = n
        self.tokens(x=2, noise=noise)
        self.i = self.register(n)
        self.square = self.register((n - 1) ** 2 + 1)
        self.noise = self.register(noise)

    def update(self, x: int, noise: int) -> None:
        self.noise = noise
        if x and self.i < self.n - 1:
            self.square = ss.within(self.square + 2 * self.i + 1, 0, (self.n - 1) ** 2)
            self.i += 1

    def output(self) -> int:
        return self.square


class Paths(ss.Algorithm):
    """Assumptions that hold because of the path that leads to them: after a return, and in a loop."""

    def __init__(self, n: int = 6) -> None:
        self.n = n
        self.tokens(a=2, b=2)
        self.cells = self.array(n, 3)
        self.count = self.register(n)

    def update(self, a: int, b: int) -> None:
        if a:
            if b:
                self.count = 0
                return
            self.cells[0] = min(self.cells[0] + 1, self.n - 1)
        for i in range(2):
            if self.cells[i] < self.cells[i + 1]:
                continue
            if self.cells[i] == self.n - 1 and b:
                break
            self.cells[i + 1] = ss.within(self.cells[i] - self.cells[i + 1] + a * b, 0, self.n - 1)

    def output(self) -> int:
        return self.count


class Shared(ss.Algorithm):
    """One helper that the update and the output call: it assumes the same of two different moments."""

    def __init__(self, n: int = 5) -> None:
        self.n = n
        self.tokens(x=(0, n - 1))
        self.kept = self.register(n)
        self.twin = self.register(n)
        self.gap = self.register(n)

    def less(self, amount: int) -> int:
        return ss.within(self.kept - amount, 0, self.n - 1)

    def update(self, x: int) -> None:
        self.gap = self.less(self.twin)
        self.kept = x
        self.twin = x

    def output(self) -> int:
        return self.less(self.twin + 1)


class Rules(ss.Algorithm):
    """Moves between four small cells, as a table says: (token, from, to, amount)."""

    def __init__(self, rules: tuple[tuple[int, int, int, int], ...]) -> None:
        self.rules = rules
        self.tokens(x=2)
        self.cells = self.array(4, 4)

    def update(self, x: int) -> None:
        for token, source, target, amount in self.rules:
            if x == token:
                self.cells[target] = ss.within(self.cells[source] + amount, 0, 3)

    def output(self) -> int:
        return self.cells[0]
