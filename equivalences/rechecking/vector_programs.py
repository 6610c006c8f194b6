"""A program's step as vectors, as `Program.step` takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streamssm.equivalences.rechecking.vector_graphs import VectorLeaves, written
from streamssm.equivalences.rechecking.vectors import Bool, Int, Script
from streamssm.ir.ranges import Range
from streamssm.program.program import Program


@dataclass(frozen=True)
class VectorStep:
    """One token: the state and the outputs after it, and what can go wrong on the way.

    Where ``failed`` holds the interpreter stops with a PrecisionError, and the state and the outputs mean
    nothing. ``traps`` and ``strays`` have to be impossible for all of this to be what the interpreter does:
    indices that leave their table and divisors that are 0; inputs of gadgets outside the ranges of their
    lemmas.
    """

    state: tuple[Int, ...]
    outputs: tuple[Int, ...]
    failed: Bool
    traps: tuple[Bool, ...] = ()
    strays: tuple[Bool, ...] = ()


def program_step(s: Script, program: Program, state: Sequence[Int], token: Sequence[Int]) -> VectorStep:
    """Return the registers and the outputs after one token."""
    leaves = VectorLeaves(token, state)
    ports = [node for store in program.stores for node in (store.enable, store.index, store.value)]
    found = written(s, program.update.nodes, [*program.next_registers, *ports], leaves)
    after = [*(found[root] for root in program.next_registers), *state[len(program.next_registers) :]]
    for store in program.stores:
        enabled, index = s.nonzero(found[store.enable]), found[store.index]
        s.note_index(index)
        leaves.traps.append(s.both([enabled, s.outside(index, Range(0, store.length - 1))]))
        for place in range(store.length):
            here = s.both([enabled, s.equal(index, s.const(place))])
            register = store.first + place
            after[register] = s.choose(here, found[store.value], after[register])
    failed = s.either([s.outside(value, w.range) for value, w in zip(after, program.registers, strict=True)])
    kept = [s.confined(value, w.range) for value, w in zip(after, program.registers, strict=True)]
    shown = VectorLeaves(token, kept, leaves.traps)
    outputs = written(s, program.output.nodes, program.outputs, shown)
    return VectorStep(
        tuple(kept), tuple(outputs[root] for root in program.outputs), failed, tuple(leaves.traps)
    )
