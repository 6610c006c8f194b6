"""Random expression graphs over small leaves, for exhaustive comparison with their meaning."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from streamssm.errors import ParameterError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range

WORD_OPS = ("add", "sub", "mul", "min", "max", "bit_and", "bit_or", "bit_xor")
COMPARE_OPS = ("eq", "ne", "lt", "le")


class RandomGraph:
    """A builder filled with random nodes over two registers and two fields."""

    def __init__(self, seed: int, size: int = 14) -> None:
        self.random = random.Random(seed)
        self.g = GraphBuilder()
        self.registers = [self._small_range() for _ in range(2)]
        self.fields = [self._small_range(), BIT]
        self.words = [self.g.register(i, r) for i, r in enumerate(self.registers)]
        self.words += [self.g.field(i, r) for i, r in enumerate(self.fields)]
        self.conditions = [self.words[-1]] if BIT.covers(self.g.range(self.words[-1])) else []
        for _ in range(size):
            try:
                self._grow()
            except ParameterError:
                continue  # grew past 2^62, or divides by zero

    def points(self) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Every (registers, fields)."""
        axes = [range(r.lo, r.hi + 1) for r in (*self.registers, *self.fields)]
        for point in itertools.product(*axes):
            yield point[:2], point[2:]

    def _small_range(self) -> Range:
        lo = self.random.randint(-4, 4)
        return Range(lo, lo + self.random.randint(0, 5))

    def _word(self) -> int:
        if self.random.random() < 0.3:
            return self.g.const(self.random.randint(-4, 6))
        return self.random.choice(self.words)

    def _grow(self) -> None:
        roll = self.random.random()
        if roll < 0.35:
            self.conditions.append(
                getattr(self.g, self.random.choice(COMPARE_OPS))(self._word(), self._word())
            )
        elif roll < 0.45 and self.conditions:
            join = self.g.bit_and if self.random.random() < 0.5 else self.g.bit_or
            self.conditions.append(
                join(self.random.choice(self.conditions), self.random.choice(self.conditions))
            )
        elif roll < 0.65 and self.conditions:
            self.words.append(self.g.select(self.random.choice(self.conditions), self._word(), self._word()))
        elif roll < 0.75:
            self._grow_by_constant()
        else:
            self.words.append(getattr(self.g, self.random.choice(WORD_OPS))(self._word(), self._word()))

    def _grow_by_constant(self) -> None:
        word, k = self._word(), self.random.choice((-3, -1, 1, 2, 3, 5))
        kind = self.random.randrange(5)
        if kind == 0:
            self.words.append(self.g.floordiv(word, self.g.const(k)))
        elif kind == 1:
            self.words.append(self.g.mod(word, self.g.const(k)))
        elif kind == 2:
            self.words.append(self.g.shr(word, self.g.const(abs(k))))
        elif kind == 3:
            values = self.g.range(word)
            table = [self.random.randint(-9, 9) for _ in range(values.size)]
            self.words.append(self.g.table(word, table, values.lo))
        else:
            terms = [(self.random.randint(-3, 3), self._word()) for _ in range(3)]
            self.words.append(self.g.neuron(k, terms, relu=self.random.random() < 0.5))
