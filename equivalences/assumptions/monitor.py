"""A program that watches one assumption, and one that does not: they differ where it fails first.

Both do what the program does. The first gives 1 on the token on which the assumption fails, the second 0. On
a token on which only others fail both stop with an error: no stream goes on behind a failure.
"""

from __future__ import annotations

import dataclasses

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph, Node
from streamssm.ir.ranges import BIT
from streamssm.ir.words import Array, Word
from streamssm.program.program import Assumption, Program, RangeClaim
from streamssm.program.to_transducer import outside

STOPPED = 2  # outside the alarm's range


def monitors(program: Program, watched: Assumption) -> tuple[Program, Program]:
    """Return the program that watches an assumption, and the one that does not."""
    return _monitor(program, watched, speaks=True), _monitor(program, watched, speaks=False)


def _monitor(program: Program, watched: Assumption, *, speaks: bool) -> Program:
    step = _Step(program)
    g = step.g
    others = [a.claim for a in program.assumptions if a is not watched]
    mine = step.fails(watched.claim)
    stops = g.const(0)
    for claim in others:
        stops = g.bit_or(stops, step.fails(claim))
    stops = g.bit_and(stops, g.not_(mine))
    alarm = g.select(stops, g.const(STOPPED), mine if speaks else g.const(0))
    scalars = [step.places[root] for root in program.next_registers]
    ports = [step.places[node] for s in program.stores for node in (s.enable, s.index, s.value)]
    update, roots = g.finish([*scalars, alarm, *ports])
    first = len(scalars) + 1
    output, outputs = _Output(program).graph(watched.claim, speaks)
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


class _Moved:
    """A builder whose graphs read a program's registers, of which the arrays are moved by one."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.g = GraphBuilder()
        self.fields = [self.g.field(i, word.range) for i, word in enumerate(program.fields)]

    @property
    def alarm(self) -> int:
        return len(self.program.scalars)

    def register(self, index: int) -> int:
        moved = index + (index >= self.alarm)
        return self.g.register(moved, self.program.registers[index].range)

    def load(self, index: int, node: Node) -> int:
        first, length = node.load
        return self.g.load(index, first + 1, length, self.program.registers[first].range)

    def failing(self, claim: RangeClaim, begin: int) -> int:
        """Return the condition that an assumption fails."""
        g, found = self.g, self.g.const(0)
        places = g.graft(
            claim.graph,
            registers=self.register,
            fields=self.fields,
            begin=begin,
            load=self.load,
            refined=True,
        )
        for test, value in claim.sites:
            found = g.bit_or(found, g.bit_and(places[test], outside(g, places[value], claim.range)))
        return found


class _Step(_Moved):
    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self.places = self.g.graft(
            program.update,
            registers=self.register,
            fields=self.fields,
            begin=self.g.const(0),
            load=self.load,
            refined=True,
        )

    def fails(self, claim: RangeClaim | None) -> int:
        """Return the condition that an assumption of an update fails."""
        none = self.g.const(0)
        return none if claim is None or claim.after else self.failing(claim, none)


class _Output(_Moved):
    def graph(self, claim: RangeClaim | None, speaks: bool) -> tuple[Graph, tuple[int, ...]]:
        """Return the alarm, or that an assumption of an output fails."""
        g = self.g
        found = g.register(self.alarm, BIT)
        if claim is not None and claim.after:
            found = g.bit_or(found, self.failing(claim, g.begin()))
        return g.finish([found if speaks else g.const(0)])
