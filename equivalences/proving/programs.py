"""Symbolic execution of one step of a program, from its update and output graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streamssm.equivalences.proving.encode_graph import TermLeaves, encode
from streamssm.equivalences.proving.transition_system import Context, SymbolicStep
from streamssm.equivalences.smt.term import Term
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from streamssm.program.program import Program


@dataclass(frozen=True, eq=False)
class ProgramSystem:
    """A program as a transition system."""

    program: Program

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def words(self) -> tuple[Word, ...]:
        return self.program.registers

    @property
    def fields(self) -> tuple[Word, ...]:
        return self.program.fields

    @property
    def digest(self) -> str:
        return self.program.digest

    def step(self, context: Context, state: Sequence[Term], token: Sequence[Term]) -> SymbolicStep:
        """Return the registers and outputs after a token, as `Program.step` does."""
        t, program, traps = context.terms, self.program, list[Term]()
        ports = [node for s in program.stores for node in (s.enable, s.index, s.value)]
        roots = [*program.next_registers, *ports]
        updates = encode(t, program.update.nodes, roots, TermLeaves(token, state), traps)
        after = [updates[root] for root in program.next_registers]
        # Array registers have no update node of their own: they change by stores only.
        after += state[len(after) :]
        # Stores run in order, so a later store to the same element overwrites an earlier one.
        for store in program.stores:
            enable, index, value = (updates[node] for node in (store.enable, store.index, store.value))
            inside = Range(0, store.length - 1)
            if not inside.covers(index.range):
                traps.append(outside(t, index, inside))
            for offset in range(store.length):
                meets = t.and_([t.truth(enable), t.eq0(t.shifted(index, -offset))])
                after[store.first + offset] = t.ite(meets, value, after[store.first + offset])
        # A register out of its range is an error, not a wrap-around.
        failed = t.or_(outside(t, word, w.range) for word, w in zip(after, self.words, strict=True))
        # Where the step fails nothing is claimed about the state. Clamping gives the outputs, which read it,
        # terms within the declared ranges.
        next_state = [clamped(t, word, w.range) for word, w in zip(after, self.words, strict=True)]
        output_terms = encode(t, program.output.nodes, program.outputs, TermLeaves(token, next_state), traps)
        return SymbolicStep(
            tuple(next_state), tuple(output_terms[root] for root in program.outputs), failed, tuple(traps)
        )


def outside(t: Terms, word: Term, range_: Range) -> Term:
    """Return the condition that a word leaves a range."""
    return t.or_([t.not_(t.ge0(t.shifted(word, -range_.lo))), t.not_(t.ge0(t.sum(range_.hi, [(word, -1)])))])


def clamped(t: Terms, word: Term, range_: Range) -> Term:
    """Return a word clamped to a range."""
    if range_.covers(word.range):
        return word
    return t.max(t.min(word, t.const(range_.hi)), t.const(range_.lo))
