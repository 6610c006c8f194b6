"""Stacks of bounded depth as streaming algorithms, for brackets of several kinds.

A token is one field, ``symbol``: 2 i opens a bracket of kind i, 2 i + 1 closes one.
"""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm


class BracketSlots(Algorithm):
    """Hold the stack in ``depth`` slots, top first; a slot is empty or holds a kind.

    Law: the output is 1 if the brackets so far match and at most ``depth`` were open at once, else 0.

    Notes
    -----
    Memory: ``depth * ceil(log2(kinds + 1))`` bits for the slots, and a bit for failure; without that bit the
    output is still right on prefixes of members.
    """

    def __init__(self, kinds: int = 2, depth: int = 3) -> None:
        self.kinds, self.depth = at_least("kinds", kinds, 1), at_least("depth", depth, 1)
        self.tokens(symbol=2 * kinds)
        self.slots = self.array(kinds + 1, depth)  # 0 is empty
        self.failed = self.register(2)

    def update(self, symbol: int) -> None:
        if not self.fits(symbol):
            self.failed = 1
        if symbol % 2:
            for i in range(self.depth - 1):
                self.slots[i] = self.slots[i + 1]
            self.slots[self.depth - 1] = 0
        else:
            for i in range(self.depth - 1, 0, -1):
                self.slots[i] = self.slots[i - 1]
            self.slots[0] = symbol // 2 + 1

    def fits(self, symbol: int) -> bool:
        """Return whether a symbol can come next."""
        if symbol % 2:
            return self.slots[0] == symbol // 2 + 1
        return self.slots[self.depth - 1] == 0

    def output(self) -> int:
        return int(not self.failed and self.slots[0] == 0)


class NextOfSlots(BracketSlots):
    """Predict: 1 for each symbol that can come next, and for the end, else 0."""

    def output(self) -> tuple[int, ...]:  # type: ignore[override]
        return tuple(int(not self.failed and self.allows(index)) for index in range(2 * self.kinds + 1))

    def allows(self, index: int) -> bool:
        """Return whether a symbol can come next; the index after the last symbol is the end of the word."""
        if index == 2 * self.kinds:
            return self.slots[0] == 0
        return self.fits(index)


class HeightAndSlots(Algorithm):
    """Hold the number of open brackets and the kind of each; slots above the height keep old values.

    Law: as `BracketSlots`. No register depends on a later one, so layers without thoughts suffice: the height
    saturates at its ends, and a slot is set when the height reaches it.

    Notes
    -----
    Memory: ``depth * ceil(log2 kinds) + ceil(log2(depth + 1))`` bits, and a bit for failure.
    """

    def __init__(self, kinds: int = 2, depth: int = 3) -> None:
        self.depth = at_least("depth", depth, 1)
        self.tokens(symbol=2 * at_least("kinds", kinds, 1))
        self.height = self.register(depth + 1)
        self.open = self.array(kinds, depth)
        self.failed = self.register(2)

    def update(self, symbol: int) -> None:
        kind = symbol // 2
        closing = symbol % 2
        height = self.height
        if closing:
            if height == 0 or self.open[max(height - 1, 0)] != kind:
                self.failed = 1
        elif height == self.depth:
            self.failed = 1
        self.height = max(min(height + 1 - 2 * closing, self.depth), 0)
        for i in range(self.depth):
            if not closing and self.height == i + 1:
                self.open[i] = kind

    def output(self) -> int:
        return int(not self.failed and self.height == 0)
