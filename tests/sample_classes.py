"""Small algorithms that together use every feature of the translated language."""

from __future__ import annotations

import streamssm as ss

MOVES = ((0, 1), (1, 0), (0, -1), (-1, 0))


class LongestRun(ss.Algorithm):
    """Longest run of 1s, up to a limit: early return, two registers that depend on each other."""

    def __init__(self, limit: int = 5) -> None:
        self.tokens(bit=2)
        self.limit = limit
        self.run = self.register(limit + 1)
        self.longest = self.register(limit + 1)

    def update(self, bit: int) -> None:
        if not bit:
            self.run = 0
            return
        self.run = min(self.run + 1, self.limit)
        self.longest = max(self.longest, self.run)

    def output(self) -> int:
        return self.longest


class Euclid(ss.Algorithm):
    """Repeated differences: assignments that only the facts of their path keep in range."""

    def __init__(self, n: int = 7) -> None:
        self.tokens(x=(1, n))
        self.first = self.register((1, n), init=n)
        self.second = self.register(n + 1)

    def update(self, x: int) -> None:
        if self.second > x:
            self.second = self.second - x
        elif self.first > x:
            self.first = self.first - x
        elif self.first == x:
            self.second = x
        else:
            self.second = x - self.first

    def output(self) -> tuple[int, int]:
        return self.first, self.second


class Extremes(ss.Algorithm):
    """Smallest, largest and widest jump so far: signed ranges, min, max, abs, several outputs."""

    def __init__(self) -> None:
        self.tokens(x=(-3, 4))
        self.lowest = self.register((-3, 4), init=4)
        self.highest = self.register((-3, 4), init=-3)
        self.last = self.register((-3, 4))
        self.jump = self.register(8)

    def update(self, x: int) -> None:
        self.lowest, self.highest = min(self.lowest, x), max((self.highest, x))
        self.jump = max(self.jump, abs(x - self.last))
        self.last = x

    def output(self) -> tuple[int, int, int]:
        return self.lowest, self.highest, self.jump


class Window(ss.Algorithm):
    """Number of 1s among the last bits: shifts and bit operations, a loop in the output."""

    def __init__(self, size: int = 5) -> None:
        self.size = size
        self.mask = (1 << size) - 1
        self.tokens(bit=2)
        self.seen = self.register(1 << size)

    def update(self, bit: int) -> None:
        self.seen = (self.seen << 1 | bit) & self.mask

    def output(self) -> int:
        ones = 0
        for place in range(self.size):
            ones += self.seen >> place & 1
        return ones


class Majority(ss.Algorithm):
    """Boyer and Moore's vote with a count that is assumed to stay below a limit: ss.within."""

    def __init__(self, n: int = 3, limit: int = 4) -> None:
        self.tokens(item=n)
        self.limit = limit
        self.candidate = self.register(n)
        self.count = self.register(limit + 1)

    def update(self, item: int) -> None:
        if self.count == 0:
            self.candidate = item
            self.count = 1
        elif item == self.candidate:
            self.count = ss.within(self.count + 1, 0, self.limit)
        else:
            self.count -= 1

    def output(self) -> int:
        return self.candidate


class BestSum(ss.Algorithm):
    """Largest sum of consecutive values, clamped: clamps as max(min(...)), chained assignment."""

    LIMIT = 9

    def __init__(self) -> None:
        self.tokens(x=(-4, 4))
        self.ending = self.register((-4, self.LIMIT))
        self.best = self.register(self.LIMIT + 1)

    def update(self, x: int) -> None:
        self.ending = ending = min(max(self.ending, 0) + x, BestSum.LIMIT)
        if ending > self.best:
            self.best = ending

    def output(self) -> int:
        return self.best


class FirstFree(ss.Algorithm):
    """Take the first free slot or release one: a loop with break, continue and else."""

    def __init__(self, slots: int = 4) -> None:
        self.slots = slots
        self.tokens(take=2, slot=slots)
        self.used = self.register(1 << slots)
        self.taken = self.register((-1, slots - 1), init=-1)

    def update(self, take: int, slot: int) -> None:
        if not take:
            self.used &= ~(1 << slot)
            self.taken = -1
            return
        for i in range(self.slots):
            if self.used >> i & 1:
                continue
            self.used |= 1 << i
            self.taken = i
            break
        else:
            self.taken = -1

    def output(self) -> tuple[int, int]:
        return self.taken, self.used


class Robot(ss.Algorithm):
    """A walk on a grid with walls: a table of tuples, nested conditions, a register of one value."""

    def __init__(self, wide: int = 4, high: int = 3, blocked: tuple[int, int] | None = (1, 1)) -> None:
        self.tokens(move=len(MOVES))
        self.wide, self.high, self.blocked = wide, high, blocked
        self.x = self.register(wide)
        self.y = self.register(high)
        self.home = self.register((7, 7), init=7)

    def update(self, move: int) -> None:
        dx, dy = MOVES[move]
        x = self.x + dx
        y = self.y + dy
        if not (0 <= x < self.wide and 0 <= y < self.high):
            return
        if self.blocked is not None and x == self.blocked[0] and y == self.blocked[1]:
            return
        self.x = x
        self.y = y

    def output(self) -> int:
        if self.x == self.y == 0:
            return self.home
        return self.x + self.y * self.wide


class Calculator(ss.Algorithm):
    """One register, many operators: conditional expressions, and/or as values, divisions, powers."""

    def __init__(self) -> None:
        self.tokens(operation=8, operand=(-3, 3))
        self.r = self.register((-20, 20), init=1)

    def update(self, operation: int, operand: int) -> None:
        result = self.r
        if operation == 0:
            result += operand
        elif operation == 1:
            result = self.r * operand
        elif operation == 2:
            result = self.r // operand if operand > 0 else -self.r
        elif operation == 3 and operand:
            result %= abs(operand)
        elif operation == 4:
            result = self.r and operand or -(operand**2)
        elif operation == 5:
            result = (self.r >> abs(operand)) ^ ~operand
        elif operation in (6, 9):
            result = (self.r, operand, 2)[operand & 1] << 1
        elif -1 < operand < self.r != 5:
            result = bool(operand) + int(operand not in range(2))
        self.r = max(-20, min(result, 20))

    def output(self) -> int:
        return self.r


class CountedRun(LongestRun):
    """An inherited update under another output."""

    def output(self) -> tuple[int, int]:  # type: ignore[override]
        return self.run, self.longest
