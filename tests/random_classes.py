"""Random algorithms, written as source text, that translate and whose states can all be visited.

Every assignment is kept in its register's range by a clamp, a modulo, or facts of its path.
"""

from __future__ import annotations

import linecache
import zlib
from dataclasses import dataclass, field
from random import Random
from typing import Any

from streamssm.frontends.algorithm import Algorithm
from tests.random_expressions import ExpressionWriter, Name

HEADER = """\
SMALL = 3
TABLE = (4, -1, 2, 7, 0)


class Random(Algorithm):
"""


@dataclass
class Writer(ExpressionWriter):
    """Writes one class; ``transitions`` bounds the number of states times the number of tokens.

    A ``risky`` class assigns some expressions as they are: it may be refused, but must not be wrong.
    """

    transitions: int = 0
    risky: bool = False
    lines: list[str] = field(default_factory=list)
    fresh: int = 0

    def source(self) -> str:
        self._declare()
        self._line(1, f"def update(self, {', '.join(f.text for f in self.fields)}):")
        if self._odds(0.2):
            self._line(2, '"""Do something."""')
        self._block(2, self.random.randint(3, 8), depth=0)
        self.local.clear()
        self._line(1, "def output(self):")
        self._write_output()
        return HEADER + "\n".join(self.lines) + "\n"

    # declarations

    def _declare(self) -> None:
        room = self.transitions
        for i in range(self.random.randint(1, 2)):
            self.fields.append(self._word(f"t{i}", room, (2, 3, 6)))
            room //= self._size(self.fields[-1])
        for i in range(self.random.randint(1, 6)):
            self.registers.append(self._word(f"self.r{i}", room, (2, 3, 5, 7, 12, 40)))
            room //= self._size(self.registers[-1])
        self._line(1, "def __init__(self):")
        self._line(2, f"self.tokens({', '.join(f'{f.text}=({f.lo}, {f.hi})' for f in self.fields)})")
        for r in self.registers:
            init = self.random.randint(r.lo, r.hi)
            self._line(2, f"{r.text} = self.register(({r.lo}, {r.hi}), init={init})")
        self._line(2, f"self.k = {self.random.randint(-3, 5)}")
        self._line(2, "self.pair = (2, 5)")

    def _word(self, text: str, room: int, sizes: tuple[int, ...]) -> Name:
        largest = min(room, self.random.choice(sizes))
        size = 1 if self._odds(0.05) else self.random.randint(min(2, largest), largest)
        lo = 0 if self._odds(0.5) else self.random.randint(-size - 2, 4)
        return Name(text, lo, lo + size - 1)

    @staticmethod
    def _size(name: Name) -> int:
        return name.hi - name.lo + 1

    # statements

    def _block(self, indent: int, count: int, depth: int) -> None:
        known = len(self.local)
        for _ in range(count):
            self._statement(indent, depth)
        del self.local[known:]  # a local set on one path only must not be used later

    def _statement(self, indent: int, depth: int) -> None:
        kinds = [self._assign] * 4 + [self._guarded, self._countdown, self._difference, self._set_local]
        if depth < 3:
            kinds += [self._if] * 3 + [self._early_return, self._loop, self._swap]
        self.random.choice(kinds)(indent, depth)

    def _assign(self, indent: int, depth: int) -> None:
        r = self.random.choice(self.registers)
        self._line(indent, f"{r.text} = {self._fitted(r)}")

    def _fitted(self, r: Name) -> str:
        """An expression that lies in the register's range on every path."""
        if self.risky and self._odds(0.4):
            return self._expression(1).text
        inside = [n for n in self._readable() if r.lo <= n.lo and n.hi <= r.hi]
        roll = self.random.random()
        if inside and roll < 0.25:
            return self.random.choice(inside).text
        value = self._expression(2).text
        if roll < 0.6:
            return (
                f"min(max({value}, {r.lo}), {r.hi})"
                if self._odds(0.7)
                else f"max({r.lo}, min({r.hi}, {value}))"
            )
        if roll < 0.95:
            return f"({value}) % {self._size(r)}" + (f" + {r.lo}" if r.lo else "")
        return str(self.random.randint(r.lo, r.hi))

    def _guarded(self, indent: int, depth: int) -> None:
        """Assign an expression under a test that it fits."""
        r = self.random.choice(self.registers)
        value = self._expression(2).text
        self._line(indent, f"if {r.lo} <= {value} <= {r.hi}:")
        self._line(indent + 1, f"{r.text} = {value}")
        if self._odds(0.4):
            self._line(indent, f"elif {value} > {r.hi}:")
            self._line(indent + 1, f"{r.text} = {r.hi}")

    def _countdown(self, indent: int, depth: int) -> None:
        r = self.random.choice(self.registers)
        if self._odds(0.5):
            self._line(indent, f"if {r.text} < {r.hi}{self._also()}:")
            self._line(indent + 1, f"{r.text} += 1")
        else:
            self._line(indent, f"if {r.lo} < {r.text}{self._also()}:")
            self._line(indent + 1, f"{r.text} -= 1")

    def _also(self) -> str:
        return f" and {self._condition(1)}" if self._odds(0.3) else ""

    def _difference(self, indent: int, depth: int) -> None:
        """A difference that its own comparison keeps nonnegative."""
        pairs = [(a, b) for a in self.registers for b in self._readable() if a.text != b.text]
        pairs = [(a, b) for a, b in pairs if a.lo <= 1 and b.hi - a.lo <= a.hi]
        if not pairs:
            return self._assign(indent, depth)
        a, b = self.random.choice(pairs)
        self._line(indent, f"if {a.text} < {b.text}:")
        self._line(indent + 1, f"{a.text} = {b.text} - {a.text}")
        return None

    def _set_local(self, indent: int, depth: int) -> None:
        value = self._expression(3)
        self.fresh += 1
        name = Name(f"x{self.fresh}", -value.magnitude, value.magnitude)
        self._line(indent, f"{name.text} = {value.text}")
        if self._odds(0.3):
            self._line(indent, f"{name.text} -= {self.random.randint(0, 3)}")
            name = Name(name.text, name.lo - 3, name.hi)
        self.local.append(name)

    def _swap(self, indent: int, depth: int) -> None:
        pairs = [(a, b) for a in self.registers for b in self.registers if a.text < b.text]
        pairs = [(a, b) for a, b in pairs if (a.lo, a.hi) == (b.lo, b.hi)]
        if not pairs:
            return self._assign(indent, depth)
        a, b = self.random.choice(pairs)
        self._line(indent, f"{a.text}, {b.text} = {b.text}, {a.text}")
        return None

    def _if(self, indent: int, depth: int) -> None:
        self._line(indent, f"if {self._condition(2)}:")
        self._block(indent + 1, self.random.randint(1, 2), depth + 1)
        while self._odds(0.35):
            self._line(indent, f"elif {self._condition(2)}:")
            self._block(indent + 1, 1, depth + 1)
        if self._odds(0.5):
            self._line(indent, "else:")
            self._block(indent + 1, self.random.randint(1, 2), depth + 1)

    def _early_return(self, indent: int, depth: int) -> None:
        self._line(indent, f"if {self._condition(2)}:")
        if self._odds(0.5):
            self._assign(indent + 1, depth)
        self._line(indent + 1, "return")

    def _loop(self, indent: int, depth: int) -> None:
        self.fresh += 1
        name = Name(f"i{self.fresh}", 0, 4)
        over = self.random.choice(
            (f"range({self.random.randint(0, 4)})", "range(1, SMALL)", "self.pair", "range(4, 0, -2)")
        )
        self._line(indent, f"for {name.text} in {over}:")
        known = len(self.local)
        self.local.append(Name(name.text, 0, 5))
        self._block(indent + 1, 1, depth + 2)
        if self._odds(0.6):
            self._line(indent + 1, f"if {self._condition(1)}:")
            self._assign(indent + 2, depth)
            self._line(indent + 2, self.random.choice(("break", "continue")))
            self._block(indent + 1, 1, depth + 2)
        del self.local[known:]
        if self._odds(0.3):
            self._line(indent, "else:")
            self._block(indent + 1, 1, depth + 2)

    # output

    def _write_output(self) -> None:
        known, self.fields = self.fields, []
        words = [self._expression(2).text for _ in range(self.random.randint(1, 3))]
        text = words[0] if len(words) == 1 else f"({', '.join(words)})"
        if self._odds(0.3):
            self._line(2, f"if {self._condition(1)}:")
            others = [self._leaf().text for _ in words]
            self._line(3, f"return {others[0] if len(others) == 1 else ', '.join(others)}")
        self._line(2, f"return {text}")
        self.fields = known

    def _line(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)


def random_source(random: Random, transitions: int = 20_000, *, risky: bool = False) -> str:
    """Return the source of a module with one class, ``Random``."""
    return Writer(random, transitions=transitions, risky=risky).source()


def class_from(source: str, name: str = "random") -> type[Algorithm]:
    """Return the class of a source, which stays readable to the translator; its text is ``cls.source``."""
    file = f"<{name} {zlib.crc32(source.encode()):08x}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    space: dict[str, Any] = {"Algorithm": Algorithm, "__name__": "tests.random_source"}
    exec(compile(source, file, "exec"), space)
    cls: type[Algorithm] = space["Random"]
    cls.source = source  # type: ignore[attr-defined]
    return cls


def random_class(seed: int, transitions: int = 20_000) -> type[Algorithm]:
    """Return the random class of a seed: no arguments, at most ``transitions`` states times tokens."""
    return class_from(random_source(Random(seed), transitions), name=f"random {seed}")
