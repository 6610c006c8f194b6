"""Streaming programs as textbooks have them in pseudo code, written down without regard to the translator."""

from __future__ import annotations

import random

import streamssm as ss


class MaximumSubarray(ss.Algorithm):
    """Kadane's algorithm (Bentley, Programming Pearls): the greatest sum of neighbours, up to 15."""

    def __init__(self) -> None:
        self.tokens(x=(-4, 4))
        self.ending_here = self.register(16)
        self.so_far = self.register(16)

    def update(self, x: int) -> None:
        self.ending_here = min(15, max(self.ending_here + x, 0))
        self.so_far = max(self.so_far, self.ending_here)

    def output(self) -> int:
        return self.so_far


class QuickFind(ss.Algorithm):
    """Union-find by quick-find (Sedgewick and Wayne, Algorithms): the number of components."""

    def __init__(self, n: int = 4) -> None:
        self.n = n
        self.tokens(p=n, q=n)
        self.id = self.array(n, n, init=range(n))
        self.count = self.register((1, n), init=n)

    def find(self, p: int) -> int:
        return self.id[p]

    def update(self, p: int, q: int) -> None:
        p_id = self.find(p)
        q_id = self.find(q)
        if p_id == q_id:
            return
        for i in range(self.n):
            if self.id[i] == p_id:
                self.id[i] = q_id
        self.count = self.count - 1

    def output(self) -> int:
        return self.count


class CircularQueue(ss.Algorithm):
    """A queue in an array (Cormen et al., Introduction to Algorithms): enqueue and dequeue."""

    def __init__(self, length: int = 3) -> None:
        self.length = length
        self.tokens(dequeue=2, x=3)
        self.q = self.array(3, length)
        self.head = self.register(length)
        self.tail = self.register(length)
        self.taken = self.register(3)

    def update(self, dequeue: int, x: int) -> None:
        if dequeue:
            if self.head != self.tail:
                self.taken = self.q[self.head]
                if self.head == self.length - 1:
                    self.head = 0
                else:
                    self.head += 1
        elif (self.tail + 1) % self.length != self.head:
            self.q[self.tail] = x
            self.tail = (self.tail + 1) % self.length

    def output(self) -> tuple[int, int]:
        return self.taken, (self.tail - self.head) % self.length


class BinaryCounter(ss.Algorithm):
    """INCREMENT of the binary counter (Cormen et al., amortized analysis), with its while loop."""

    def __init__(self, k: int = 4) -> None:
        self.k = k
        self.tokens(event=2)
        self.bits = self.array(2, k)

    def update(self, event: int) -> None:
        if event:
            i = 0
            while i < self.k and self.bits[i] == 1:
                self.bits[i] = 0
                i = i + 1
            if i < self.k:
                self.bits[i] = 1

    def output(self) -> int:
        return sum(self.bits)


class Relaxation(ss.Algorithm):
    """RELAX of Bellman and Ford: distances from vertex 0 along a stream of edges, 9 for infinity."""

    def __init__(self, n: int = 3) -> None:
        self.tokens(u=n, v=n, w=(1, 4))
        self.d = self.array(10, n, init=(0, *(9 for _ in range(n - 1))))

    def update(self, u: int, v: int, w: int) -> None:
        if self.d[v] > self.d[u] + w:
            self.d[v] = self.d[u] + w

    def output(self) -> int:
        return max(self.d)


class HeapOfLargest(ss.Algorithm):
    """The k largest keys in a binary min-heap: replace the root and sink (Sedgewick and Wayne)."""

    def __init__(self, k: int = 3, keys: int = 4) -> None:
        self.k = k
        self.tokens(key=keys)
        self.heap = self.array(keys, k)

    def update(self, key: int) -> None:
        if key <= self.heap[0]:
            return
        self.heap[0] = key
        at = 0
        for _ in range(self.k.bit_length()):
            child = 2 * at + 1
            if child >= self.k:
                break
            if child + 1 < self.k and self.heap[child + 1] < self.heap[child]:
                child += 1
            if self.heap[at] <= self.heap[child]:
                break
            self.heap[at], self.heap[child] = self.heap[child], self.heap[at]
            at = child

    def output(self) -> int:
        return self.heap[0]


class RunningMean(ss.Algorithm):
    """Welford's recurrence for the mean (Knuth, Seminumerical Algorithms), with its division."""

    def __init__(self, limit: int = 15) -> None:
        self.limit = limit
        self.tokens(x=16)
        self.n = self.register(limit + 1)
        self.mean = self.register(16)

    def update(self, x: int) -> None:
        if self.n < self.limit:
            self.n += 1
            self.mean = self.mean + (x - self.mean) / self.n  # type: ignore[assignment]

    def output(self) -> int:
        return self.mean


class Horner(ss.Algorithm):
    """Horner's rule modulo a prime: the fingerprint of Rabin and Karp."""

    def __init__(self, base: int = 10, prime: int = 97) -> None:
        self.base = base
        self.prime = prime
        self.tokens(digit=base)
        self.value = self.register(prime)

    def update(self, digit: int) -> None:
        self.value = (self.value * self.base + digit) % self.prime

    def output(self) -> int:
        return self.value


class CountingMedian(ss.Algorithm):
    """The lower median of what was seen, by the counts of counting sort."""

    def __init__(self, keys: int = 3, limit: int = 4) -> None:
        self.keys = keys
        self.limit = limit
        self.tokens(key=keys)
        self.counts = self.array(limit + 1, keys)
        self.total = self.register(keys * limit + 1)

    def update(self, key: int) -> None:
        if self.counts[key] < self.limit:
            self.counts[key] += 1
            self.total += 1

    def output(self) -> int:
        smaller = 0
        for key in range(self.keys):
            smaller += self.counts[key]
            if 2 * smaller >= self.total:
                return key
        return self.keys - 1


class CommonDivisor(ss.Algorithm):
    """Euclid's algorithm as a recursive function (Cormen et al.): the divisor of all numbers so far."""

    def __init__(self) -> None:
        self.tokens(x=(1, 12))
        self.divisor = self.register(13)

    def update(self, x: int) -> None:
        self.divisor = euclid(x, self.divisor)

    def output(self) -> int:
        return self.divisor


def euclid(a: int, b: int) -> int:
    if b == 0:
        return a
    return euclid(b, a % b)


class StackMachine(ss.Algorithm):
    """Reverse Polish notation (Sedgewick and Wayne): push a digit, add, or multiply, modulo 5."""

    def __init__(self, depth: int = 3) -> None:
        self.depth = depth
        self.tokens(operator=3, digit=5)
        self.stack = self.array(5, depth)
        self.size = self.register(depth + 1)

    def push(self, value: int) -> None:
        self.stack[self.size] = value
        self.size += 1

    def pop(self) -> int:
        self.size -= 1
        return self.stack[self.size]

    def update(self, operator: int, digit: int) -> None:
        if operator == 0:
            if self.size < self.depth:
                self.push(digit)
        elif self.size >= 2:
            b = self.pop()
            a = self.pop()
            self.push((a + b) % 5 if operator == 1 else a * b % 5)

    def output(self) -> int:
        if self.size == 0:
            return 0
        return self.stack[self.size - 1]


class AlgorithmR(ss.Algorithm):
    """Reservoir sampling of one item (Knuth, Seminumerical Algorithms), with a library's random numbers."""

    def __init__(self, limit: int = 7) -> None:
        self.limit = limit
        self.tokens(x=8)
        self.seen = self.register(limit + 1)
        self.sample = self.register(8)

    def update(self, x: int) -> None:
        if self.seen < self.limit:
            self.seen += 1
            if random.randrange(self.seen) == 0:
                self.sample = x

    def output(self) -> int:
        return self.sample


class Rule110(ss.Algorithm):
    """The cellular automaton of rule 110 on a ring of cells; a token flips the first cell first."""

    def __init__(self, cells: int = 6) -> None:
        self.cells = cells
        self.tokens(flip=2)
        self.cell = self.array(2, cells, init=1)

    def update(self, flip: int) -> None:
        self.cell[0] ^= flip
        first = self.cell[0]
        left = self.cell[self.cells - 1]
        for i in range(self.cells):
            right = self.cell[i + 1] if i + 1 < self.cells else first
            center = self.cell[i]
            self.cell[i] = 110 >> (4 * left + 2 * center + right) & 1
            left = center

    def output(self) -> int:
        return sum(self.cell)
