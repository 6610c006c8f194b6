"""Runtime monitor of one assumption, as a pair of programs whose outputs differ where it fails first.

Both programs make the steps of the original. The first outputs 1 on the token on which the assumption fails,
the second 0. If only other assumptions fail on a token, both stop with an error, so that no stream continues
after a failure. A check of the two programs then searches for a refutation of the assumption.
"""

from __future__ import annotations

import dataclasses

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph, Node
from streamssm.ir.ranges import BIT
from streamssm.ir.words import Array, Word
from streamssm.program.program import Assumption, Program, RangeClaim
from streamssm.program.program_transducer import outside

STOPPED = 2  # outside the alarm register's range, so that storing it is an error


def monitors(program: Program, watched: Assumption) -> tuple[Program, Program]:
    """Return the program that reports failures of an assumption, and the one that does not."""
    return _monitor(program, watched, reports=True), _monitor(program, watched, reports=False)


def _monitor(program: Program, watched: Assumption, *, reports: bool) -> Program:
    step = _Step(program)
    g = step.g
    others = [a.claim for a in program.assumptions if a is not watched]
    fails = step.fails(watched.claim)
    stops = g.const(0)
    for claim in others:
        stops = g.bit_or(stops, step.fails(claim))
    stops = g.bit_and(stops, g.not_(fails))
    alarm = g.select(stops, g.const(STOPPED), fails if reports else g.const(0))
    scalars = [step.nodes[root] for root in program.next_registers]
    ports = [step.nodes[node] for s in program.stores for node in (s.enable, s.index, s.value)]
    update, roots = g.finish([*scalars, alarm, *ports])
    first = len(scalars) + 1
    output, outputs = _Output(program).graph(watched.claim, reports)
    return Program(
        name=program.name,
        fields=program.fields,
        registers=(*program.scalars, Word("alarm", BIT), *program.registers[len(scalars) :]),
        update=update,
        next_registers=roots[:first],
        output=output,
        outputs=outputs,
        output_names=("fails",),
        arrays=tuple(Array(a.name, a.first + 1, a.length) for a in program.arrays),
        stores=tuple(
            dataclasses.replace(store, first=store.first + 1, enable=enable, index=index, value=value)
            for store, enable, index, value in zip(
                program.stores, roots[first::3], roots[first + 1 :: 3], roots[first + 2 :: 3], strict=True
            )
        ),
    )


class _ShiftedBuilder:
    """A builder of graphs over a program's registers, with the arrays shifted by one for the alarm."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.g = GraphBuilder()
        self.fields = [self.g.field(i, word.range) for i, word in enumerate(program.fields)]

    @property
    def alarm(self) -> int:
        return len(self.program.scalars)

    def register(self, index: int) -> int:
        shifted = index + (index >= self.alarm)
        return self.g.register(shifted, self.program.registers[index].range)

    def load(self, index: int, node: Node) -> int:
        first, length = node.load
        return self.g.load(index, first + 1, length, self.program.registers[first].range)

    def failing(self, claim: RangeClaim, begin: int) -> int:
        """Return the condition that an assumption fails."""
        g, fails = self.g, self.g.const(0)
        nodes = g.graft(
            claim.graph,
            registers=self.register,
            fields=self.fields,
            begin=begin,
            load=self.load,
            refined=True,
        )
        for test, value in claim.sites:
            fails = g.bit_or(fails, g.bit_and(nodes[test], outside(g, nodes[value], claim.range)))
        return fails


class _Step(_ShiftedBuilder):
    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self.nodes = self.g.graft(
            program.update,
            registers=self.register,
            fields=self.fields,
            begin=self.g.const(0),
            load=self.load,
            refined=True,
        )

    def fails(self, claim: RangeClaim | None) -> int:
        """Return the condition that an assumption about an update fails."""
        none = self.g.const(0)
        return none if claim is None or claim.after else self.failing(claim, none)


class _Output(_ShiftedBuilder):
    def graph(self, claim: RangeClaim | None, reports: bool) -> tuple[Graph, tuple[int, ...]]:
        """Return the alarm: an assumption about the update failed, or one about the output fails."""
        g = self.g
        alarm = g.register(self.alarm, BIT)
        if claim is not None and claim.after:
            alarm = g.bit_or(alarm, self.failing(claim, g.begin()))
        return g.finish([alarm if reports else g.const(0)])
