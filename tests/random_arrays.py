"""Random algorithms with arrays and a helper method, on top of those with scalars only."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tests.random_classes import HEADER, Writer
from tests.random_expressions import Name, Text


@dataclass(frozen=True)
class Words(Name):
    """An array: its words are in [lo, hi]."""

    length: int


@dataclass
class ArrayWriter(Writer):
    """Writes one class with an array or two, and calls of a method that may change its registers."""

    arrays: list[Words] = field(default_factory=list)
    calls: bool = False  # whether the helper may be called here

    def source(self) -> str:
        self._declare()
        self._line(1, f"def update(self, {', '.join(f.text for f in self.fields)}):")
        self.calls = True
        self._block(2, self.random.randint(3, 7), depth=0)
        self.calls = False
        self.local.clear()
        self._write_helper()
        self._line(1, "def output(self):")
        self._write_output()
        return HEADER + "\n".join(self.lines) + "\n"

    def _declare(self) -> None:
        room = self.transitions
        for i in range(self.random.randint(1, 2)):
            length, size = self.random.randint(1, 3), self.random.randint(2, 3)
            lo = self.random.choice((0, 0, -1))
            if size**length * 12 <= room:
                self.arrays.append(Words(f"self.a{i}", lo, lo + size - 1, length))
                room //= size**length
        self.transitions = room
        super()._declare()
        for a in self.arrays:
            init = self.random.randint(a.lo, a.hi)
            inits = str(init) if self._odds(0.5) else str((init,) * a.length)
            self._line(2, f"{a.text} = self.array(({a.lo}, {a.hi}), {a.length}, init={inits})")

    def _leaf(self) -> Text:
        if self.arrays and self._odds(0.3):
            a = self.random.choice(self.arrays)
            if self._odds(0.2):
                name = self.random.choice(("sum", "min", "max"))
                return Text(f"{name}({a.text})", a.magnitude * a.length)
            return Text(self._word_of(a), a.magnitude)
        return super()._leaf()

    def _word_of(self, a: Words) -> str:
        if self._odds(0.3):
            return f"{a.text}[{self.random.randrange(a.length)}]"
        return f"{a.text}[{super()._leaf().text} % {a.length}]"

    def _statement(self, indent: int, depth: int) -> None:
        roll = self.random.random()
        if self.arrays and roll < 0.35:
            kinds = [self._store, self._store, self._exchange, self._guarded_store]
            self.random.choice(kinds + [self._scan] * (depth < 3))(indent, depth)
        elif self.calls and roll < 0.5:
            self._call(indent, depth)
        else:
            super()._statement(indent, depth)

    def _store(self, indent: int, depth: int) -> None:
        a = self.random.choice(self.arrays)
        self._line(indent, f"{self._word_of(a)} = {self._fitted(a)}")

    def _exchange(self, indent: int, depth: int) -> None:
        a = self.random.choice(self.arrays)
        one, other = self._word_of(a), self._word_of(a)
        self._line(indent, f"{one}, {other} = {other}, {one}")

    def _guarded_store(self, indent: int, depth: int) -> None:
        a, index = self.random.choice(self.arrays), self._expression(1).text
        self._line(indent, f"if 0 <= {index} < {a.length}:")
        self._line(indent + 1, f"{a.text}[{index}] = {self._fitted(a)}")

    def _scan(self, indent: int, depth: int) -> None:
        a = self.random.choice(self.arrays)
        self.fresh += 1
        word, place = f"w{self.fresh}", f"p{self.fresh}"
        self._line(indent, f"for {place}, {word} in enumerate({a.text}):")
        known = len(self.local)
        self.local += [Name(word, a.lo, a.hi), Name(place, 0, a.length - 1)]
        self._block(indent + 1, 1, depth + 2)
        if self._odds(0.5):
            self._line(indent + 1, f"if {self._condition(1)}:")
            self._line(indent + 2, f"{a.text}[{place}] = {self._fitted(a)}")
            self._line(indent + 2, self.random.choice(("break", "continue", "pass")))
        del self.local[known:]

    def _call(self, indent: int, depth: int) -> None:
        called = f"self.help(({self._expression(1).text}) % 7)"
        roll = self.random.random()
        if roll < 0.3:
            self._line(indent, called)
        elif roll < 0.6 or depth > 2:
            self.fresh += 1
            self._line(indent, f"x{self.fresh} = {called} + {self._leaf().text} * {called}")
            self.local.append(Name(f"x{self.fresh}", -(10**4), 10**4))
        else:
            join = self.random.choice(("and", "or"))
            self._line(indent, f"if {self._condition(1)} {join} {called} > 1:")
            self._block(indent + 1, 1, depth + 1)

    def _early_return(self, indent: int, depth: int) -> None:
        if self.calls:
            return super()._early_return(indent, depth)
        self._line(indent, f"if {self._condition(1)}:")
        self._line(indent + 1, "return v")
        return None

    def _write_helper(self) -> None:
        known, self.fields = self.fields, [Name("v", 0, 6)]
        self._line(1, "def help(self, v, by=3):")
        self._block(2, self.random.randint(1, 3), depth=2)
        if self._odds(0.4):
            self._line(2, f"if {self._condition(1)}:")
            self._line(3, "return by")
        self._line(2, f"return ({self._expression(1).text}) % 9")
        self.fields = known
        self.local.clear()


def random_array_source(random: Random, transitions: int = 20_000, *, risky: bool = False) -> str:
    """Return the source of a module with one class, ``Random``, that has arrays and a helper."""
    return ArrayWriter(random, transitions=transitions, risky=risky).source()
