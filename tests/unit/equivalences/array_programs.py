"""Small programs with arrays, written port by port; long enough that ports cost less than the array."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Store
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Array, Word
from streamssm.program.program import Program

LENGTH = 5
VALUES, PLACES = Range(-1, 1), Range(0, LENGTH - 1)
FIELDS = (Word("i", PLACES), Word("j", PLACES), Word("v", VALUES, -1), Word("on", BIT))
WORDS = (Word("last", VALUES), *(Word(f"a[{k}]", VALUES, k % 2) for k in range(LENGTH)))

Nodes = Sequence[int]
Ports = Callable[..., Sequence[Nodes]]
Old = Callable[[int], int]


def program(ports: Ports, scalar: Callable[..., int]) -> Program:
    """``ports`` and ``scalar`` make nodes from the builder, its leaves and a function that reads words."""
    g = GraphBuilder()
    leaves = [g.field(k, word.range) for k, word in enumerate(FIELDS)]
    made = ports(g, *leaves, lambda index: g.load(index, 1, LENGTH, VALUES))
    after = scalar(g, *leaves, lambda index: g.load(index, 1, LENGTH, VALUES))
    update, roots = g.finish([after, *(node for port in made for node in port)])
    h = GraphBuilder()
    read = [h.register(0, VALUES), h.register(2, VALUES), h.load(h.field(1, PLACES), 1, LENGTH, VALUES)]
    output, outputs = h.finish(read)
    return Program(
        name="array",
        fields=FIELDS,
        registers=WORDS,
        update=update,
        next_registers=roots[:1],
        output=output,
        outputs=outputs,
        output_names=("last", "second", "read"),
        arrays=(Array("a", 1, LENGTH),),
        stores=tuple(Store(1, LENGTH, *roots[1 + 3 * k : 4 + 3 * k]) for k in range(len(made))),
    )


def _keep(g: GraphBuilder, i: int, j: int, v: int, on: int, old: Old) -> int:
    return g.register(0, VALUES)


def _increased(g: GraphBuilder, word: int) -> int:
    return g.min(g.add(word, g.const(1)), g.const(1))


PROGRAMS: dict[str, Program] = {
    "no port": program(lambda g, i, j, v, on, old: [], lambda g, i, j, v, on, old: old(i)),
    "one port": program(lambda g, i, j, v, on, old: [(g.const(1), i, v)], _keep),
    "a port that may be disabled": program(lambda g, i, j, v, on, old: [(on, i, v)], _keep),
    "read and add": program(
        lambda g, i, j, v, on, old: [(on, i, _increased(g, old(i)))], lambda g, i, j, v, on, old: old(j)
    ),
    "two ports that may meet": program(
        lambda g, i, j, v, on, old: [(g.const(1), i, v), (g.const(1), j, g.neg(v))], _keep
    ),
    "two ports that may meet or be disabled": program(
        lambda g, i, j, v, on, old: [(g.not_(on), i, v), (on, j, g.neg(v))], _keep
    ),
    "a swap": program(
        lambda g, i, j, v, on, old: [(g.const(1), i, old(j)), (g.const(1), j, old(i))],
        lambda g, i, j, v, on, old: old(i),
    ),
    "a swap of fixed words": program(
        lambda g, i, j, v, on, old: [
            (g.const(1), g.const(0), g.register(3, VALUES)),
            (on, g.const(2), g.register(1, VALUES)),
        ],
        _keep,
    ),
    "a fixed word between computed ones": program(
        lambda g, i, j, v, on, old: [(on, i, v), (g.const(1), g.const(3), g.register(0, VALUES))],
        lambda g, i, j, v, on, old: v,
    ),
    "a fixed word before a computed one": program(
        lambda g, i, j, v, on, old: [(on, g.const(3), g.register(0, VALUES)), (g.const(1), i, v)],
        lambda g, i, j, v, on, old: old(j),
    ),
    "more ports than the array is worth": program(
        lambda g, i, j, v, on, old: [(on, i, v), (on, j, old(i)), (g.const(1), j, _increased(g, old(j)))],
        lambda g, i, j, v, on, old: old(j),
    ),
    "a part of the array": program(
        lambda g, i, j, v, on, old: [(on, g.max(i, g.const(2)), old(g.min(j, g.const(2))))],
        lambda g, i, j, v, on, old: old(g.max(j, g.const(3))),
    ),
}
