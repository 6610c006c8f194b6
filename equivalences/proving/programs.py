"""A program's step as terms, read off its update and output graphs."""

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
    """A program as one side of a proof."""

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
        """Return the registers and outputs after a token, as `Program.step` gives them."""
        t, program, traps = context.terms, self.program, list[Term]()
        ports = [node for s in program.stores for node in (s.enable, s.index, s.value)]
        roots = [*program.next_registers, *ports]
        found = encode(t, program.update.nodes, roots, TermLeaves(token, state), traps)
        after = [found[root] for root in program.next_registers]
        after += state[len(after) :]
        for store in program.stores:
            enable, index, value = (found[node] for node in (store.enable, store.index, store.value))
            inside = Range(0, store.length - 1)
            if not inside.covers(index.range):
                traps.append(outside(t, index, inside))
            for place in range(store.length):
                meets = t.and_([t.truth(enable), t.eq0(t.shifted(index, -place))])
                after[store.first + place] = t.ite(meets, value, after[store.first + place])
        failed = t.or_(outside(t, word, w.range) for word, w in zip(after, self.words, strict=True))
        kept = [clamped(t, word, w.range) for word, w in zip(after, self.words, strict=True)]
        shown = encode(t, program.output.nodes, program.outputs, TermLeaves(token, kept), traps)
        return SymbolicStep(tuple(kept), tuple(shown[root] for root in program.outputs), failed, tuple(traps))


def outside(t: Terms, word: Term, values: Range) -> Term:
    """Return the condition that a word leaves a range."""
    return t.or_([t.not_(t.ge0(t.shifted(word, -values.lo))), t.not_(t.ge0(t.sum(values.hi, [(word, -1)])))])


def clamped(t: Terms, word: Term, values: Range) -> Term:
    """Return the word inside its range."""
    if values.covers(word.range):
        return word
    return t.max(t.min(word, t.const(values.hi)), t.const(values.lo))
