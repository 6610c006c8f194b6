"""A program's step on bit-vectors, mirroring `Program.step`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streamssm.equivalences.rechecking.vector_graphs import VectorLeaves, written
from streamssm.equivalences.rechecking.vectors import Bool, Int, Script
from streamssm.ir.ranges import Range
from streamssm.program.program import Program


@dataclass(frozen=True)
class VectorStep:
    """The state and the outputs after one token, and the conditions under which they are wrong.

    Where ``failed`` holds, the interpreter stops with a PrecisionError, and the state and the outputs mean
    nothing. The step mirrors the interpreter only if ``traps`` and ``strays`` are impossible: indices outside
    of their table and divisors of 0; and inputs of gadgets outside the ranges of their lemmas.
    """

    state: tuple[Int, ...]
    outputs: tuple[Int, ...]
    failed: Bool
    traps: tuple[Bool, ...] = ()
    strays: tuple[Bool, ...] = ()


def program_step(s: Script, program: Program, state: Sequence[Int], token: Sequence[Int]) -> VectorStep:
    """Return the registers and the outputs after one token."""
    leaves = VectorLeaves(token, state)
    # All ports are read from the state before the step; only then are the stores applied, in order.
    ports = [node for store in program.stores for node in (store.enable, store.index, store.value)]
    updates = written(s, program.update.nodes, [*program.next_registers, *ports], leaves)
    after = [*(updates[root] for root in program.next_registers), *state[len(program.next_registers) :]]
    for store in program.stores:
        enabled, index = s.nonzero(updates[store.enable]), updates[store.index]
        # A query that is too hard can be split by the values of such an index.
        s.note_index(index)
        leaves.traps.append(s.both([enabled, s.outside(index, Range(0, store.length - 1))]))
        for offset in range(store.length):
            here = s.both([enabled, s.equal(index, s.const(offset))])
            register = store.first + offset
            after[register] = s.choose(here, updates[store.value], after[register])
    failed = s.either([s.outside(value, w.range) for value, w in zip(after, program.registers, strict=True)])
    # Where a register leaves its range the step has failed, so that what confining does there is irrelevant.
    next_state = [s.confined(value, w.range) for value, w in zip(after, program.registers, strict=True)]
    output_leaves = VectorLeaves(token, next_state, leaves.traps)
    outputs = written(s, program.output.nodes, program.outputs, output_leaves)
    return VectorStep(
        tuple(next_state), tuple(outputs[root] for root in program.outputs), failed, tuple(leaves.traps)
    )
