"""Random words, states, expressions of every kind, and claims about them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from streamssm.equivalences.proving.arithmetic_expressions import Bits, ByBits, Constant, Mod, Plus, Sum
from streamssm.equivalences.proving.conditions import Is, Not, Positive, When
from streamssm.equivalences.proving.expression import Condition, Expression, WordRef, Words
from streamssm.equivalences.proving.state_claims import Claim, Same, Within
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word

SIDES = ("a", "b")
RANGES = ((0, 1), (0, 3), (-4, 3), (-3, 2), (0, 7), (-6, -3), (2, 5), (-1, 1), (3, 3), (0, 4))


def words(draw: Random, each: int = 2, ranges: tuple[tuple[int, int], ...] = RANGES) -> Words:
    """Return one to ``each`` words a side; more than half of the ranges have a negative end."""
    return {
        side: tuple(Word(f"{side}{i}", Range(*draw.choice(ranges))) for i in range(draw.randint(1, each)))
        for side in SIDES
    }


def state(draw: Random, of: Words) -> dict[str, tuple[int, ...]]:
    return {side: tuple(draw.randint(w.range.lo, w.range.hi) for w in of[side]) for side in SIDES}


class Draw:
    """Draws expressions and claims about some words."""

    def __init__(self, draw: Random, of: Words) -> None:
        self.draw = draw
        self.of = of

    def word(self) -> WordRef:
        side = self.draw.choice(SIDES)
        return WordRef(side, self.draw.randrange(len(self.of[side])))

    def number(self) -> int:
        return self.draw.randint(-9, 9)

    def inner(self, depth: int) -> Expression:
        """Return a word, most often one with a number added, or any expression."""
        kind = self.draw.randrange(4) if depth else self.draw.randrange(2)
        if kind < 2:
            return self.word() if kind else self.raised(self.word())
        return self.expression(self.draw.choice(list(KINDS)), depth - 1)

    def raised(self, word: WordRef) -> Expression:
        """Return a word plus something, often so that it starts at 0."""
        lo = self.of[word.side][word.index].range.lo
        return Plus(word, self.draw.choice((-lo, -lo, self.number())))

    def expression(self, kind: type[Expression], depth: int = 2) -> Expression:
        return KINDS[kind](self, depth)

    def condition(self, depth: int) -> Condition:
        expression = self.expression(self.draw.choice((Positive, Is, Not)), depth)
        assert isinstance(expression, Condition)
        return expression

    def parts(self, depth: int) -> tuple[tuple[Expression, int], ...]:
        return tuple(
            (self.inner(depth), self.draw.choice((1, 1, -1, 2, -3))) for _ in range(self.draw.randint(0, 3))
        )

    def values(self) -> tuple[int, int, int, int]:
        return self.number(), self.number(), self.number(), self.number()

    # claims

    def claim(self) -> Claim:
        return self.draw.choice(CLAIMS)(self)

    def equal_words(self) -> Claim:
        return Same(self.word(), self.word())

    def slot(self) -> Claim:
        """Return that bits of a word are another word: in the form that defines the word, and nearly so."""
        whole, part = self.word(), self.word()
        bits, part_bits = (self.of[word.side][word.index].range.bits for word in (whole, part))
        low = self.draw.randint(0, max(bits - part_bits, 0))
        count = self.draw.choice((part_bits, part_bits, self.draw.randint(0, bits + 1)))
        left = part if self.draw.random() < 0.5 else self.raised(part)
        return Same(left, Bits(self.raised(whole), low, count))

    def definition(self) -> Claim:
        sides = [self.raised(self.word()) if self.draw.random() < 0.5 else self.word(), self.inner(2)]
        self.draw.shuffle(sides)
        return Same(*sides)

    def equation(self) -> Claim:
        return Same(self.inner(2), self.inner(2))

    def constant(self) -> Claim:
        word = self.word()
        values = self.of[word.side][word.index].range
        return Same(word, Constant(self.draw.randint(values.lo, values.hi)))

    def bounds(self) -> Claim:
        inner = self.inner(2)
        values = inner.range(self.of)
        lo = self.draw.randint(values.lo, values.hi)
        return Within(inner, Range(lo, self.draw.randint(lo, values.hi)))


KINDS: dict[type[Expression], Callable[[Draw, int], Expression]] = {
    Constant: lambda d, depth: Constant(d.number()),
    WordRef: lambda d, depth: d.word(),
    Plus: lambda d, depth: Plus(d.inner(depth), d.number()),
    Sum: lambda d, depth: Sum(d.number(), d.parts(depth)),
    Mod: lambda d, depth: Mod(d.inner(depth), d.draw.randint(1, 9)),
    Bits: lambda d, depth: Bits(d.inner(depth), d.draw.randint(0, 3), d.draw.randint(0, 4)),
    ByBits: lambda d, depth: ByBits(d.inner(depth), d.draw.randint(0, 3), d.draw.randint(0, 3), d.values()),
    Positive: lambda d, depth: Positive(d.inner(depth)),
    Is: lambda d, depth: Is(d.inner(depth), d.draw.randint(-3, 3)),
    Not: lambda d, depth: Not(d.inner(depth)),
    When: lambda d, depth: When(d.condition(depth), d.inner(depth)),
}
CLAIMS: tuple[Callable[[Draw], Claim], ...] = (
    Draw.equal_words,
    Draw.slot,
    Draw.slot,
    Draw.definition,
    Draw.definition,
    Draw.equation,
    Draw.constant,
    Draw.bounds,
)
