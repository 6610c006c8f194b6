"""Random programs whose registers can be sorted into layers: each update is affine in its own register."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Word
from streamssm.program.program import Program

RANGES = (BIT, BIT, BIT, Range(0, 2), Range(0, 3), Range(-1, 2), Range(0, 4), Range(0, 7))
FIELDS = (BIT, BIT, Range(0, 2), Range(-1, 1))


class Writer:
    """Writes the updates of one program, lowest register first; ``words`` are shuffled before that."""

    def __init__(self, random: Random, num_registers: int) -> None:
        self.random = random
        self.g = GraphBuilder()
        self.fields = [Word(f"t{i}", random.choice(FIELDS)) for i in range(random.randint(1, 2))]
        ranges = [random.choice(RANGES) for _ in range(num_registers)]
        self.words = [Word(f"r{i}", r, random.randint(r.lo, r.hi)) for i, r in enumerate(ranges)]
        self.order = random.sample(range(num_registers), num_registers)
        self.next: dict[int, int] = {}
        self.below: list[tuple[int, Range]] = [
            (self.g.field(i, word.range), word.range) for i, word in enumerate(self.fields)
        ]

    def program(self) -> Program:
        for register in self.order:
            word = self.words[register]
            own = self.g.register(register, word.range)
            self.next[register] = self.update(own, word.range)
            self.below += [(own, word.range), (self.next[register], word.range)]
        update, roots = self.g.finish([self.next[r] for r in range(len(self.words))])
        output, outputs, names = self.outputs()
        return Program("random", tuple(self.fields), tuple(self.words), update, roots, output, outputs, names)

    def outputs(self):
        g = GraphBuilder()
        leaves = [g.register(i, word.range) for i, word in enumerate(self.words)]
        leaves += [g.field(i, word.range) for i, word in enumerate(self.fields)]
        shown = self.random.sample(leaves, self.random.randint(1, min(3, len(leaves))))
        if self.random.random() < 0.3:
            shown[0] = g.select(g.begin(), g.const(5), shown[0])
        graph, roots = g.finish(shown)
        return graph, roots, tuple(f"o{i}" for i in range(len(roots)))

    # words over what is below

    def word(self) -> tuple[int, Range]:
        return self.random.choice(self.below)

    def bit(self, depth: int = 2) -> int:
        g, node = self.g, self.word()[0]
        if depth and self.random.random() < 0.5:
            join = self.random.choice((g.bit_and, g.bit_or, g.bit_xor))
            return join(self.bit(depth - 1), self.bit(depth - 1))
        compare = self.random.choice((g.eq, g.le, g.lt, g.ne))
        return compare(node, g.const(self.random.randint(-1, 3)))

    def inside(self, values: Range) -> int:
        """A word over what is below, in a range."""
        node, found = self.word()
        return node if values.covers(found) else self.g.clamp(node, values)

    # updates

    def update(self, own: int, values: Range) -> int:
        kinds: list[Callable[[int, Range], int]] = [self.hold, self.hold, self.assign, self.count, self.copy]
        if values == BIT:
            kinds += [self.logic, self.logic, self.toggle]
        if values.lo == 0 and values.size & (values.size - 1) == 0:
            kinds += [self.wrap, self.decay]
        return self.random.choice(kinds)(own, values)

    def hold(self, own: int, values: Range) -> int:
        return self.g.select(self.bit(), self.inside(values), own)

    def assign(self, own: int, values: Range) -> int:
        return self.inside(values)

    def copy(self, own: int, values: Range) -> int:
        """What some register below was before the step, where one fits."""
        old = [
            self.g.register(r, self.words[r].range) for r in self.next if values.covers(self.words[r].range)
        ]
        return self.random.choice(old) if old else self.inside(values)

    def count(self, own: int, values: Range) -> int:
        g = self.g
        up = g.clamp(g.add(own, self.inside(Range(-1, 2))), values)
        down = g.select(g.lt(g.const(values.lo), own), g.sub(own, g.const(1)), own)
        return g.select(self.bit(), up, g.select(self.bit(), down, own))

    def wrap(self, own: int, values: Range) -> int:
        g = self.g
        return g.mod(g.add(own, self.inside(Range(-2, 3))), g.const(values.size))

    def decay(self, own: int, values: Range) -> int:
        """Half of itself, and half the range now and then."""
        g = self.g
        return g.add(g.shr(own, g.const(1)), g.select(self.bit(), g.const(values.size // 2), g.const(0)))

    def logic(self, own: int, values: Range) -> int:
        g = self.g
        return self.random.choice((g.bit_or, g.bit_and))(self.bit(), g.bit_and(self.bit(), own))

    def toggle(self, own: int, values: Range) -> int:
        return self.g.bit_xor(own, self.bit())


def random_layered(random: Random, num_registers: int = 4) -> Program:
    """Return a program of 1 to ``num_registers`` registers."""
    return Writer(random, random.randint(1, num_registers)).program()
