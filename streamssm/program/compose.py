"""Program -> transducer: update and output become one graph of the step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from streamssm.program.builder import GraphBuilder
from streamssm.program.transducer import Transducer
from streamssm.program.words import Word

if TYPE_CHECKING:
    from streamssm.program.program import Program


def program_transducer(program: Program) -> Transducer:
    """Return the program's step; an update that is not proven to stay in range is checked while it runs."""
    g = GraphBuilder()
    registers = [g.register(i, word.range) for i, word in enumerate(program.registers)]
    fields = [g.field(i, word.range) for i, word in enumerate(program.fields)]
    zero = g.const(0)
    places = g.graft(program.update, registers=registers, fields=fields, begin=zero, refined=True)
    after = [places[root] for root in program.next_registers]
    error = overflow(g, program.registers, after)
    outputs = g.graft(program.output, registers=after, fields=fields, begin=zero)
    roots = [*after, *(outputs[root] for root in program.outputs), error]
    graph, placed = g.finish(roots)
    count = len(after)
    return Transducer(
        name=program.name,
        fields=program.fields,
        state=program.registers,
        step=graph,
        next_state=placed[:count],
        outputs=placed[count:-1],
        begin_outputs=program.begin(),
        error=None if graph[placed[-1]].range.hi == 0 else placed[-1],
        reference=program.step,
    )


def overflow(g: GraphBuilder, words: Sequence[Word], values: Sequence[int]) -> int:
    """Return the condition that some value leaves its word's range; the constant 0 if that is impossible."""
    error = g.const(0)
    for word, value in zip(words, values, strict=True):
        below = g.lt(value, g.const(word.range.lo))
        above = g.lt(g.const(word.range.hi), value)
        error = g.bit_or(error, g.bit_or(below, above))
    return error
