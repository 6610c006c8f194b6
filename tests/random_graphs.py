"""Random programs, made as expression graphs: no source text, so that thousands take seconds.

Tables and arrays are read behind remainders and clamps. Where the token's first field is wide, some
conditions hold for one value of it alone, and the writer knows which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Store
from streamssm.ir.ranges import Range
from streamssm.ir.words import Array, Word
from streamssm.program.program import Program

BIGGEST = 1 << 34  # words beyond it are reduced
SMALL = 1 << 7  # words up to it are multiplied with each other


@dataclass(frozen=True)
class Rare:
    """The condition ``field 0 * factor % 2**bits == rest``, which holds for one value of the field."""

    factor: int
    bits: int
    rest: int

    @property
    def value(self) -> int:
        return self.rest * pow(self.factor, -1, 1 << self.bits) % (1 << self.bits)

    def node(self, g: GraphBuilder) -> int:
        size = 1 << self.bits
        mixed = g.mul(g.field(0, Range(0, size - 1)), g.const(self.factor))
        return g.eq(g.mod(mixed, g.const(size)), g.const(self.rest))


def rare(random: Random, bits: int) -> Rare:
    return Rare(random.randrange(1 << bits - 1, 1 << bits) | 1, bits, random.randrange(1 << bits))


@dataclass
class GraphWriter:
    """Grows one graph: ``pool`` holds what its expressions may read."""

    random: Random
    pool: list[int]
    arrays: list[tuple[Array, Range]]
    bits: int  # of the wide field; 0 where every field is small
    g: GraphBuilder = field(default_factory=GraphBuilder)
    rare: list[Rare] = field(default_factory=list)

    def grow(self, count: int) -> None:
        for _ in range(count):
            made = self._reduced(self.random.choice(EXPRESSIONS)(self))
            if not self.g.range(made).is_constant:
                self.pool.append(made)

    def pick(self) -> int:
        """Return a word, more often one of those that were made last."""
        return self.random.choice(self.pool[-6:] if self.random.random() < 0.6 else self.pool)

    def small(self) -> int:
        word = self.pick()
        if self.g.range(word).size <= SMALL:
            return word
        return self.g.mod(
            word, self.const(self.random.choice((8, 16, 5) if self.g.range(word).size < 1 << 13 else (8, 16)))
        )

    def const(self, value: int) -> int:
        return self.g.const(value)

    def _reduced(self, word: int) -> int:
        values = self.g.range(word)
        if max(abs(values.lo), abs(values.hi)) < BIGGEST:
            return word
        return self.g.mod(word, self.const(64))

    def fitted(self, word: int, values: Range) -> int:
        """Return a word in a range: clamped, or by its remainder."""
        if values.covers(self.g.range(word)):
            return word
        if self.random.random() < 0.5:
            return self.g.clamp(word, values)
        return self.g.add(self.g.mod(word, self.const(values.size)), self.const(values.lo))

    # expressions

    def sum(self) -> int:
        a, b = (
            self.pick(),
            self.pick() if self.random.random() < 0.6 else self.const(self.random.randint(-5, 9)),
        )
        return self.g.add(a, b) if self.random.random() < 0.5 else self.g.sub(a, b)

    def product(self) -> int:
        if self.random.random() < 0.6:
            return self.g.mul(self.small(), self.const(self.random.choice((-3, -1, 2, 3, 4, 5))))
        return self.g.mul(self.small(), self.small())

    def division(self) -> int:
        divisor = self.const(self.random.randint(2, 9))
        if self.random.random() < 0.3:
            divisor = self.g.max(self.small(), self.const(1))
        return (self.g.floordiv if self.random.random() < 0.4 else self.g.mod)(self.small(), divisor)

    def extreme(self) -> int:
        rule = self.g.min if self.random.random() < 0.5 else self.g.max
        return rule(self.pick(), self.pick() if self.random.random() < 0.4 else self._near())

    def _near(self) -> int:
        values = self.g.range(self.pick())
        return self.const(
            self.random.randint(max(values.lo, -9), max(min(values.hi, 12), max(values.lo, -9)))
        )

    def clamp(self) -> int:
        lo = self.random.randint(-3, 2)
        return self.g.clamp(self.pick(), Range(lo, lo + self.random.randint(1, 6)))

    def bits_of(self) -> int:
        rule = self.random.choice((self.g.bit_and, self.g.bit_or, self.g.bit_xor))
        return rule(
            self.small(),
            self.small() if self.random.random() < 0.6 else self.const(self.random.randint(0, 15)),
        )

    def shift(self) -> int:
        most = self.random.randint(1, 3)
        places = self.const(most) if self.random.random() < 0.6 else self.fitted(self.small(), Range(0, most))
        return (self.g.shl if self.random.random() < 0.4 else self.g.shr)(self.small(), places)

    def condition(self) -> int:
        if self.bits and self.random.random() < 0.4:
            return self.seldom()
        rule = self.random.choice((self.g.eq, self.g.ne, self.g.lt, self.g.le))
        return rule(self.pick(), self.pick() if self.random.random() < 0.5 else self._near())

    def seldom(self) -> int:
        """Return a condition that one value of the wide field makes true."""
        if not self.rare or self.random.random() < 0.5:
            self.rare.append(rare(self.random, self.bits))
        return self.random.choice(self.rare).node(self.g)

    def choice(self) -> int:
        return self.g.select(self.condition(), self.small(), self.small())

    def seldom_choice(self) -> int:
        """Return one of a few numbers, most often the one in the middle."""
        values = [self.const(self.random.randint(-4, 6)) for _ in range(3)]
        tests = [self.condition() if not self.bits else self.seldom() for _ in range(2)]
        return self.g.select(tests[0], values[0], self.g.select(tests[1], values[1], values[2]))

    def lookup(self) -> int:
        first, length = self.random.choice((0, 0, 0, -2, 1, 3)), self.random.randint(2, 6)
        values = [self.random.randint(-2, 7) for _ in range(length)]
        index = self.fitted(self.small(), Range(first, first + length - 1))
        return self.g.table(index, values, first)

    def load(self) -> int:
        if not self.arrays:
            return self.lookup()
        array, values = self.random.choice(self.arrays)
        index = self.fitted(self.small(), Range(0, array.length - 1))
        return self.g.load(index, array.first, array.length, values)


EXPRESSIONS: tuple[Callable[[GraphWriter], int], ...] = (
    GraphWriter.sum, GraphWriter.sum, GraphWriter.product, GraphWriter.division, GraphWriter.division,
    GraphWriter.extreme, GraphWriter.extreme, GraphWriter.clamp, GraphWriter.clamp, GraphWriter.bits_of,
    GraphWriter.shift, GraphWriter.condition, GraphWriter.choice, GraphWriter.choice,
    GraphWriter.seldom_choice, GraphWriter.lookup, GraphWriter.lookup, GraphWriter.lookup, GraphWriter.load,
    GraphWriter.load,
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A program, and the rare conditions in it."""

    program: Program
    rare: tuple[Rare, ...]


def random_program(random: Random, *, wide: bool) -> Made:
    """Return a random program; where it is not wide, its states can all be visited."""
    bits = random.choice((12, 14, 16, 20, 28)) if wide else 0
    fields = _fields(random, bits)
    scalars, arrays = _registers(random), _arrays(random, wide)
    words = [*scalars, *(word for _, inner in arrays for word in inner)]
    first, placed = len(scalars), list[tuple[Array, Range]]()
    for name, inner in arrays:
        placed.append((Array(name, first, len(inner)), inner[0].range))
        first += len(inner)
    update = GraphWriter(random, [], placed, bits)
    update.pool += [update.g.field(i, f.range) for i, f in enumerate(fields)]
    update.pool += [update.g.register(i, w.range) for i, w in enumerate(scalars)]
    update.grow(random.randint(2, 8))
    roots = [update.fitted(update.pick(), word.range) for word in scalars]
    ports = [_ports(update, array, values) for array, values in placed if random.random() < 0.9]
    output = GraphWriter(random, [], placed, bits, rare=list(update.rare))
    output.pool += [output.g.register(i, w.range) for i, w in enumerate(scalars)]
    if random.random() < 0.3:
        output.pool += [output.g.field(i, f.range) for i, f in enumerate(fields)]
    output.grow(random.randint(1, 5))
    shown = [output.pool[-1 - i % len(output.pool)] for i in range(random.choice((1, 1, 2, 3)))]
    graph, kept = update.g.finish([*roots, *(node for port in ports for node in port[2:])])
    shown_graph, outputs = output.g.finish(shown)
    stores = [Store(*port[:2], *kept[len(roots) + 3 * i :][:3]) for i, port in enumerate(ports)]
    made = Program(
        "random", tuple(fields), tuple(words), graph, kept[: len(roots)], shown_graph, outputs,
        tuple(f"y{i}" for i in range(len(outputs))), tuple(a for a, _ in placed), tuple(stores),
    )  # fmt: skip
    return Made(made, tuple(output.rare if wide else ()))


def _fields(random: Random, bits: int) -> list[Word]:
    if bits:
        more = [Word("y", Range(-2, 5), -2)] if random.random() < 0.4 else []
        return [Word("x", Range(0, (1 << bits) - 1)), *more]
    lows = [random.randint(-3, 1) for _ in range(random.randint(1, 2))]
    return [Word(f"x{i}", Range(lo, lo + random.randint(1, 6)), lo) for i, lo in enumerate(lows)]


def _registers(random: Random) -> list[Word]:
    found = []
    for i in range(random.randint(1, 3)):
        lo = random.choice((0, 0, 1, -2, -4))
        values = Range(lo, lo + random.choice((1, 2, 3, 3, 6, 9)))
        found.append(Word(f"r{i}", values, random.randint(values.lo, values.hi)))
    return found


def _arrays(random: Random, wide: bool) -> list[tuple[str, list[Word]]]:
    if random.random() < 0.6:
        return []
    length, lo = random.randint(2, 5 if wide else 3), random.choice((0, 0, -1, 2))
    values = Range(lo, lo + random.choice((1, 2) if not wide else (1, 3, 6)))
    inits = [random.randint(values.lo, values.hi) for _ in range(length)]
    return [("a", [Word(f"a[{i}]", values, init) for i, init in enumerate(inits)])]


def _ports(w: GraphWriter, array: Array, values: Range) -> tuple[int, int, int, int, int]:
    """Return what a store is made of: the array's place, whether, where and what it writes."""
    enable = w.condition() if w.random.random() < 0.6 else w.const(1)
    index = w.fitted(w.small(), Range(0, array.length - 1))
    return array.first, array.length, enable, index, w.fitted(w.pick(), values)
