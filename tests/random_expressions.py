"""Random expressions over registers, fields and constants, with a bound of their size."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

BIGGEST = 10**6  # expressions beyond it are reduced


@dataclass(frozen=True)
class Name:
    """A register, field or parameter that expressions may read."""

    text: str
    lo: int
    hi: int

    @property
    def magnitude(self) -> int:
        return max(abs(self.lo), abs(self.hi))


@dataclass(frozen=True)
class Text:
    """An expression and a bound of its absolute value."""

    text: str
    magnitude: int


@dataclass
class ExpressionWriter:
    """Writes expressions over the words that it knows."""

    random: Random
    registers: list[Name] = field(default_factory=list)
    fields: list[Name] = field(default_factory=list)
    local: list[Name] = field(default_factory=list)

    def _readable(self) -> list[Name]:
        return [*self.registers, *self.fields, *self.local]

    def _expression(self, depth: int) -> Text:
        if depth == 0 or self._odds(0.2):
            return self._leaf()
        made: Text = self.random.choice(_EXPRESSIONS)(self, depth)
        return made if made.magnitude < BIGGEST else Text(f"({made.text}) % 61", 61)

    def _leaf(self) -> Text:
        roll = self.random.random()
        if roll < 0.85:
            name = self.random.choice(self._readable())
            return Text(name.text, name.magnitude)
        if roll < 0.95:
            value = self.random.randint(-5, 9)
            return Text(f"({value})" if value < 0 else str(value), abs(value))
        return self.random.choice((Text("self.k", 5), Text("SMALL", 3), Text("TABLE[3]", 7)))

    def _sum(self, depth: int) -> Text:
        a, b = self._expression(depth - 1), self._expression(depth - 1)
        return Text(f"({a.text} {self.random.choice('+-')} {b.text})", a.magnitude + b.magnitude)

    def _product(self, depth: int) -> Text:
        a, b = self._expression(depth - 1), self._expression(depth - 2 if depth > 1 else 0)
        return Text(f"({a.text} * {b.text})", a.magnitude * b.magnitude)

    def _division(self, depth: int) -> Text:
        a, b = self._expression(depth - 1), self._leaf()
        divisor = self.random.choice(
            (str(self.random.randint(1, 7)), f"max({b.text}, 1)", f"(1 + abs({b.text}))")
        )
        if self._odds(0.5):
            return Text(f"({a.text} // {divisor})", a.magnitude + 1)
        return Text(f"({a.text} % {divisor})", 8 + b.magnitude)

    def _extreme(self, depth: int) -> Text:
        parts = [self._expression(depth - 1) for _ in range(self.random.randint(2, 3))]
        name, text = self.random.choice(("min", "max")), ", ".join(p.text for p in parts)
        return Text(f"{name}({text})", max(p.magnitude for p in parts))

    def _unary(self, depth: int) -> Text:
        a = self._expression(depth - 1)
        return Text(
            self.random.choice(("abs({})", "(-{})", "(~{})", "int({})")).format(a.text), a.magnitude + 1
        )

    def _bits(self, depth: int) -> Text:
        a, b = self._expression(depth - 1), self._expression(depth - 1)
        size = 1 << max(a.magnitude, b.magnitude).bit_length()
        return Text(f"({a.text} {self.random.choice('&|^')} {b.text})", size)

    def _shift(self, depth: int) -> Text:
        a, places = self._expression(depth - 1), self.random.randint(0, 3)
        by = str(places) if self._odds(0.6) else f"min(abs({self._leaf().text}), {places})"
        if self._odds(0.5):
            return Text(f"({a.text} << {by})", a.magnitude << places)
        return Text(f"({a.text} >> {by})", a.magnitude + 1)

    def _choice(self, depth: int) -> Text:
        a, b = self._expression(depth - 1), self._expression(depth - 1)
        return Text(f"({a.text} if {self._condition(1)} else {b.text})", max(a.magnitude, b.magnitude))

    def _junction(self, depth: int) -> Text:
        a, b = self._expression(depth - 1), self._expression(depth - 1)
        text = f"({a.text} {self.random.choice(('and', 'or'))} {b.text})"
        return Text(text, max(a.magnitude, b.magnitude))

    def _lookup(self, depth: int) -> Text:
        a = self._expression(depth - 1)
        if self._odds(0.5):
            return Text(f"TABLE[({a.text}) % 5]", 7)
        b = self._expression(depth - 1)
        return Text(f"({b.text}, 3)[({a.text}) & 1]", max(b.magnitude, 3))

    def _condition(self, depth: int) -> str:
        roll = self.random.random()
        if depth and roll < 0.3:
            join = self.random.choice(("and", "or"))
            return f"({self._condition(depth - 1)} {join} {self._condition(depth - 1)})"
        if depth and roll < 0.4:
            return f"not {self._condition(depth - 1)}"
        a, b = self._expression(1).text, self._expression(1).text
        if roll < 0.5:
            return f"{self._leaf().text} < {a} <= {b}"
        if roll < 0.55:
            return f"{a} in (1, {b}, 4)"
        if roll < 0.65:
            return a
        return f"{a} {self.random.choice(('<', '<=', '==', '!=', '>', '>='))} {b}"

    def _odds(self, odds: float) -> bool:
        return self.random.random() < odds


_EXPRESSIONS = (
    ExpressionWriter._sum,
    ExpressionWriter._sum,
    ExpressionWriter._product,
    ExpressionWriter._division,
    ExpressionWriter._extreme,
    ExpressionWriter._unary,
    ExpressionWriter._bits,
    ExpressionWriter._shift,
    ExpressionWriter._choice,
    ExpressionWriter._junction,
    ExpressionWriter._lookup,
)
