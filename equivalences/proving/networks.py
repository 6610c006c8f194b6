"""ReLU networks as terms, gadget by gadget.

A gadget is encoded by its semantics if a lemma shows that its weights compute them and its inputs are shown
to stay in the lemma's ranges; otherwise by its weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from streamssm.equivalences.proving.lemmas import Lemmas, Meaning, by_meaning, by_weights
from streamssm.equivalences.smt.solver import Solver
from streamssm.equivalences.smt.term import Term
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.ranges import Range
from streamssm.ssm.network import Gadget, ReluNet

# A range is an optimization: without it a gadget is encoded by its weights. It may not cost much time.
RANGE_SECONDS = 2.0


class Ranges:
    """Proves ranges of terms under some assumptions and records them in the terms."""

    def __init__(self, terms: Terms, solver: Solver, assumed: Sequence[Term]) -> None:
        self.terms = terms
        self.solver = solver
        self.assumed = list(assumed)
        self.shown: list[str] = []
        self._failed: set[tuple[Term, Range, bool]] = set()

    @property
    def seconds(self) -> float:
        """The time limit of one query."""
        return min(RANGE_SECONDS, self.solver.seconds)

    def within(self, term: Term, range_: Range, *, far: bool = True) -> bool:
        """Return whether a term is shown to lie in a range, and narrow it if so.

        With ``far=False``, only the definitions near the term are used, which is quick but shows less.
        """
        if range_.covers(term.range):
            return True
        # A failed attempt is not repeated: gadgets share inputs.
        if (term, range_, far) in self._failed:
            return False
        t = self.terms
        inside = t.and_([t.ge0(t.shifted(term, -range_.lo)), t.ge0(t.sum(range_.hi, [(term, -1)]))])
        # Refutation: the range holds if leaving it contradicts the assumptions.
        ask = self.solver.refute if far else self.solver.refute_near
        answer = ask([*self.assumed, t.not_(inside)], self.seconds)
        if answer.result != "unsat":
            self._failed.add((term, range_, far))
            return False
        self.shown.append(answer.digest)
        # Sound for the whole proof: the range holds in all related states, and every obligation assumes that.
        t.narrow(term, range_)
        return True


class Network:
    """The signals of a network over given inputs, encoded lazily: most steps read only some outputs."""

    def __init__(
        self,
        terms: Terms,
        net: ReluNet,
        inputs: Sequence[Term],
        lemmas: Lemmas,
        ranges: Ranges,
        traps: list[Term],
    ) -> None:
        self.terms = terms
        self.net = net
        self.lemmas = lemmas
        self.ranges = ranges
        self.traps = traps
        self._signals: dict[int, Term] = dict(enumerate(inputs))

    def outputs(self, start: int = 0, stop: int | None = None) -> list[Term]:
        """Return some of the outputs."""
        return [self._signal(signal) for _, signal in self.net.outputs[start:stop]]

    def _signal(self, target: int) -> Term:
        if target not in self._signals:
            for signal in self._missing(target):
                self._signals[signal] = self._encode(self.net.gadgets[signal - len(self.net.inputs)])
        return self._signals[target]

    def _missing(self, target: int) -> list[int]:
        missing, pending, first = set[int](), [target], len(self.net.inputs)
        while pending:
            signal = pending.pop()
            if signal not in self._signals and signal not in missing:
                missing.add(signal)
                pending.extend(self.net.gadgets[signal - first].inputs)
        # Gadgets read lower signals only, so the order of numbers is topological.
        return sorted(missing)

    def _encode(self, gadget: Gadget) -> Term:
        args = [self._signals[source] for source in gadget.inputs]
        # Without hidden neurons the weights are a linear form already: semantics could not be simpler.
        meaning = self._meaning(gadget, args) if gadget.hidden else None
        if meaning is None:
            return by_weights(self.terms, gadget, args)
        return by_meaning(self.terms, meaning, args, self.traps)

    def _meaning(self, gadget: Gadget, args: Sequence[Term]) -> Meaning | None:
        """Return a gadget's semantics if they are shown for the ranges of its inputs, else None.

        Inputs may exceed the ranges that the gadget states, or cannot be shown to stay inside. Often the
        semantics are right on the wider ranges as well, so a lemma about these is tried before an expensive
        query.
        """
        if self._inputs_in_range(gadget, args, far=False):
            return self.lemmas.lemma(gadget).meaning
        widened = tuple(arg.range.hull(range_) for arg, range_ in zip(args, gadget.input_ranges, strict=True))
        widened_meaning = self.lemmas.lemma(
            replace(gadget, input_ranges=widened), self.ranges.seconds
        ).meaning
        if widened_meaning is None and self._inputs_in_range(gadget, args, far=True):
            return self.lemmas.lemma(gadget).meaning
        return widened_meaning

    def _inputs_in_range(self, gadget: Gadget, args: Sequence[Term], *, far: bool) -> bool:
        return all(
            self.ranges.within(arg, range_, far=far)
            for arg, range_ in zip(args, gadget.input_ranges, strict=True)
        )
