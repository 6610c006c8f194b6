"""Programs built by hand, for tests below the front ends."""

from __future__ import annotations

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Word
from streamssm.program.program import Program


def compose(n: int) -> Program:
    """Function composition in the easy order: value, image; token (key, image, last)."""
    g, values = GraphBuilder(), Range(0, n - 1)
    value, image = g.register(0, values), g.register(1, values)
    key, given, last = g.field(0, values), g.field(1, values), g.field(2, BIT)
    image_after = g.select(g.eq(key, value), given, image)
    value_after = g.select(last, image_after, value)
    update, after = g.finish([value_after, image_after])
    h = GraphBuilder()
    output, outputs = h.finish([h.register(0, values)])
    return Program(
        name="compose",
        fields=(Word("key", values), Word("image", values), Word("last", BIT)),
        registers=(Word("value", values), Word("image", values)),
        update=update,
        next_registers=after,
        output=output,
        outputs=outputs,
        output_names=("value",),
    )


def parity_machine() -> Program:
    """A program whose output reads the token and knows the beginning: parity, 2 at the beginning."""
    g = GraphBuilder()
    update, after = g.finish([g.bit_xor(g.register(0, BIT), g.field(0, BIT))])
    h = GraphBuilder()
    shown = h.select(h.begin(), h.const(2), h.add(h.register(0, BIT), h.mul(h.const(4), h.field(0, BIT))))
    output, outputs = h.finish([shown])
    return Program(
        name="parity",
        fields=(Word("bit", BIT),),
        registers=(Word("odd", BIT),),
        update=update,
        next_registers=after,
        output=output,
        outputs=outputs,
        output_names=("odd",),
    )
