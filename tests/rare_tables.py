"""Pairs of programs that read a table, or an array, and differ on two tokens of 2^30.

A register is 2 but after the two tokens, when it is 1 or 4. How the register is computed, how an index is
computed from it, where the table stands and what its first index is: each is one choice of several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Store
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Array, Word
from streamssm.program.program import Program

TOKENS = Range(0, (1 << 30) - 1)
FACTOR, RARE = 265443575, 40503111  # a token x is rare where x * FACTOR mod 2^30 is RARE, or one more
COMMON, LOW, HIGH = 2, 1, 4  # the register's values
LENGTH = 3

Make = Callable[[GraphBuilder, int], int]

# the register after a token, of a table's entries for the first rare token, all others, and the second

WAYS: dict[str, tuple[tuple[int, int, int], Make]] = {
    "max": ((0, 2, 4), lambda g, v: g.max(g.const(1), v)),
    "min": ((1, 2, 6), lambda g, v: g.min(g.const(4), v)),
    "mod": ((8, 5, 11), lambda g, v: g.add(g.const(1), g.mod(v, g.const(4)))),
    "shift": ((0, 2, 6), lambda g, v: g.add(g.const(1), g.shr(v, g.const(1)))),
}

# indices in [0, 3) of the register, and the same in Python

INDICES: dict[str, tuple[Make, Callable[[int], int]]] = {
    "mod": (lambda g, r: g.mod(r, g.const(3)), lambda r: r % 3),
    "mod of a sum": (lambda g, r: g.mod(g.add(r, g.const(6)), g.const(3)), lambda r: r % 3),
    "mod of a difference": (lambda g, r: g.mod(g.sub(r, g.const(6)), g.const(3)), lambda r: r % 3),
    "mod of a clamp": (lambda g, r: g.mod(g.max(r, g.const(1)), g.const(3)), lambda r: r % 3),
    "clamp": (lambda g, r: g.clamp(g.sub(r, g.const(2)), Range(0, 2)), lambda r: min(max(r - 2, 0), 2)),
    "min": (lambda g, r: g.min(g.sub(r, g.const(1)), g.const(2)), lambda r: min(r - 1, 2)),
    "bit": (lambda g, r: g.bit_and(r, g.const(1)), lambda r: r & 1),
    "shift": (lambda g, r: g.shr(r, g.const(1)), lambda r: r >> 1),
    "quotient": (lambda g, r: g.floordiv(g.add(r, g.const(1)), g.const(2)), lambda r: (r + 1) // 2),
    "distance": (lambda g, r: g.abs(g.sub(r, g.const(2))), lambda r: abs(r - 2)),
}


def _update(g: GraphBuilder, way: str) -> tuple[int, int]:
    """Return the register's next value, and whether the token is no rare one."""
    code = g.mod(g.mul(g.field(0, TOKENS), g.const(FACTOR)), g.const(TOKENS.size))
    first, second = (g.eq(code, g.const(RARE + k)) for k in range(2))
    values, made = WAYS[way]
    place = g.select(first, g.const(0), g.select(second, g.const(2), g.const(1)))
    return made(g, g.table(place, values)), g.eq(place, g.const(1))


def entries(index: str, *, changed: bool) -> tuple[int, ...]:
    """Return the entries of a table; changed are those that only a rare token's index meets."""
    place = INDICES[index][1]
    common = place(COMMON)
    rare = {place(LOW), place(HIGH)} - {common}
    found = (0, 3, 4)  # the last is the common one where an index is a remainder
    return tuple(found[common] if changed and k in rare else value for k, value in enumerate(found))


@dataclass(frozen=True)
class Case:
    """One choice of each."""

    position: str
    index: str
    first: int
    way: str

    def __str__(self) -> str:
        return f"{self.position}-{self.index}-{self.first}-{self.way}".replace(" ", "_")

    def pair(self) -> tuple[Program, Program]:
        """Return the two programs."""
        found = [POSITIONS[self.position](self, changed) for changed in (False, True)]
        return found[0], found[1]

    def place(self, g: GraphBuilder, word: int) -> int:
        return g.add(INDICES[self.index][0](g, word), g.const(self.first))

    def entry(self, g: GraphBuilder, word: int, changed: bool) -> int:
        return g.table(self.place(g, word), entries(self.index, changed=changed), self.first)


REGISTER = Word("r", Range(1, 4), COMMON)


def _read(shown: Callable[[GraphBuilder, int, int], int]) -> Callable[[Case, bool], Program]:
    """Return how a program is made that shows something of an entry of the table and the register."""

    def made(case: Case, changed: bool) -> Program:
        g, h = GraphBuilder(), GraphBuilder()
        update, roots = g.finish([_update(g, case.way)[0]])
        r = h.register(0, REGISTER.range)
        output, outputs = h.finish([shown(h, case.entry(h, r, changed), r)])
        return Program(str(case), _FIELDS, (REGISTER,), update, roots, output, outputs, ("out",))

    return made


_FIELDS = (Word("x", TOKENS),)


def _written(shown: Callable[[GraphBuilder, int, int], int]) -> Callable[[Case, bool], Program]:
    """Return how a program is made that reads the table in its update, and shows another register."""

    def made(case: Case, changed: bool) -> Program:
        g, h = GraphBuilder(), GraphBuilder()
        after = _update(g, case.way)[0]
        update, roots = g.finish([after, shown(g, case.entry(g, after, changed), after)])
        kept = Range(-5, 4)
        output, outputs = h.finish([h.register(1, kept)])
        words = (REGISTER, Word("s", kept))
        return Program(str(case), _FIELDS, words, update, roots, output, outputs, ("out",))

    return made


def _array(case: Case, store: Callable[[GraphBuilder, int, int], list[int]], shown: Make) -> Program:
    """Return a program with an array, a port of (enable, index, value), and an output of the register."""
    g, h = GraphBuilder(), GraphBuilder()
    after, common = _update(g, case.way)
    update, roots = g.finish([after, *store(g, after, common)])
    output, outputs = h.finish([shown(h, h.register(0, REGISTER.range))])
    words = (REGISTER, *(Word(f"a[{k}]", BIT) for k in range(LENGTH)))
    arrays, stores = (Array("a", 1, LENGTH),), (Store(1, LENGTH, *roots[1:]),)
    return Program(str(case), _FIELDS, words, update, roots[:1], output, outputs, ("out",), arrays, stores)


def _port(case: Case, changed: bool) -> Program:
    """Write 1 at the index; where it is changed, not after rare tokens."""
    index, place = INDICES[case.index]
    seen = {place(LOW), place(HIGH)} - {place(COMMON)}
    return _array(
        case,
        lambda g, after, common: [common if changed else g.const(1), index(g, after), g.const(1)],
        lambda h, r: h.register(1 + min(seen), BIT),
    )


def _load(case: Case, changed: bool) -> Program:
    """Read the index, where only the common one's word is written; changed is to read that one always."""
    index, place = INDICES[case.index]
    return _array(
        case,
        lambda g, after, common: [g.const(1), g.const(place(COMMON)), g.const(1)],
        lambda h, r: h.load(h.const(place(COMMON)) if changed else index(h, r), 1, LENGTH, BIT),
    )


OTHER = (7, -7, 5, 2, -2)

POSITIONS: dict[str, Callable[[Case, bool], Program]] = {
    "output": _read(lambda g, entry, r: entry),
    "condition": _read(lambda g, entry, r: g.select(g.lt(entry, g.const(4)), g.const(-5), r)),
    "equality": _read(lambda g, entry, r: g.eq(entry, g.const(3))),
    "arm": _read(lambda g, entry, r: g.select(g.eq(r, g.const(3)), g.const(9), entry)),
    "operand": _read(lambda g, entry, r: g.sub(g.mul(entry, g.const(3)), r)),
    "product": _read(lambda g, entry, r: g.mul(entry, g.add(entry, r))),
    "index of a table": _read(lambda g, entry, r: g.table(entry, OTHER)),
    "clamped": _read(lambda g, entry, r: g.clamp(entry, Range(1, 3))),
    "update": _written(lambda g, entry, r: entry),
    "condition of an update": _written(lambda g, entry, r: g.select(g.lt(entry, g.const(4)), g.const(-5), r)),
    "port": _port,
    "load": _load,
}


def cases() -> Iterator[Case]:
    """Yield every position with every index that tells the two programs apart, first indices in turn."""
    firsts, ways = (0, 1, -2, -3, 5), tuple(WAYS)
    for number, (position, index) in enumerate(product(POSITIONS, INDICES)):
        case = Case(position, index, firsts[number % 5], ways[number % 4])
        if differs(case):
            yield case


def tokens() -> tuple[int, int, int]:
    """Return a common token and the two rare ones."""
    inverse = pow(FACTOR, -1, TOKENS.size)
    return 0, RARE * inverse % TOKENS.size, (RARE + 1) * inverse % TOKENS.size


def differs(case: Case) -> bool:
    """Return whether the reference interpreter tells the two programs apart, by a rare token and no other."""
    a, b = case.pair()
    common, *rare = ([p.step(p.initial, (x,))[1] for p in (a, b)] for x in tokens())
    return common[0] == common[1] and any(x != y for x, y in rare)
