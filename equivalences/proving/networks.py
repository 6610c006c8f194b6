"""Networks as terms: a gadget is its meaning where a lemma says so and its inputs stay in the lemma's ranges,
and its weights elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from streamssm.equivalences.proving.lemmas import Lemmas, Meaning, by_meaning, by_weights
from streamssm.equivalences.smt.solver import Solver
from streamssm.equivalences.smt.term import Term
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.ranges import Range
from streamssm.ssm.network import Gadget, ReluNet

RANGE_SECONDS = 2.0


class Ranges:
    """Narrows ranges of terms where the solver shows that they are narrower, under some assumptions."""

    def __init__(self, terms: Terms, solver: Solver, assumed: Sequence[Term]) -> None:
        self.terms = terms
        self.solver = solver
        self.assumed = list(assumed)
        self.shown: list[str] = []
        self._failed: set[tuple[Term, Range, bool]] = set()

    @property
    def seconds(self) -> float:
        """The time for one question."""
        return min(RANGE_SECONDS, self.solver.seconds)

    def within(self, term: Term, values: Range, *, far: bool = True) -> bool:
        """Return whether a term is shown to lie in a range, and narrow it if so; not from afar, only by what
        is near it."""
        if values.covers(term.range):
            return True
        if (term, values, far) in self._failed:
            return False
        t = self.terms
        inside = t.and_([t.ge0(t.shifted(term, -values.lo)), t.ge0(t.sum(values.hi, [(term, -1)]))])
        ask = self.solver.refute if far else self.solver.refute_near
        answer = ask([*self.assumed, t.not_(inside)], self.seconds)
        if answer.result != "unsat":
            self._failed.add((term, values, far))
            return False
        self.shown.append(answer.digest)
        t.narrow(term, values)
        return True


class Network:
    """The signals of a network over given inputs, made when they are asked for."""

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

    def _signal(self, wanted: int) -> Term:
        if wanted not in self._signals:
            for signal in self._missing(wanted):
                self._signals[signal] = self._made(self.net.gadgets[signal - len(self.net.inputs)])
        return self._signals[wanted]

    def _missing(self, wanted: int) -> list[int]:
        missing, ends, first = set[int](), [wanted], len(self.net.inputs)
        while ends:
            signal = ends.pop()
            if signal not in self._signals and signal not in missing:
                missing.add(signal)
                ends.extend(self.net.gadgets[signal - first].inputs)
        return sorted(missing)

    def _made(self, gadget: Gadget) -> Term:
        args = [self._signals[source] for source in gadget.inputs]
        meaning = self._meaning(gadget, args) if gadget.hidden else None
        if meaning is None:
            return by_weights(self.terms, gadget, args)
        return by_meaning(self.terms, meaning, args, self.traps)

    def _meaning(self, gadget: Gadget, args: Sequence[Term]) -> Meaning | None:
        """Return what a gadget was shown to mean for inputs as they are; None where that is not shown.

        Inputs may reach further than the gadget claims, or cannot be shown not to: often it means there what
        it means inside.
        """
        if self._inside(gadget, args, far=False):
            return self.lemmas.lemma(gadget).meaning
        reached = tuple(arg.range.hull(values) for arg, values in zip(args, gadget.input_ranges, strict=True))
        wider = self.lemmas.lemma(replace(gadget, input_ranges=reached), self.ranges.seconds).meaning
        if wider is None and self._inside(gadget, args, far=True):
            return self.lemmas.lemma(gadget).meaning
        return wider

    def _inside(self, gadget: Gadget, args: Sequence[Term], *, far: bool) -> bool:
        return all(
            self.ranges.within(arg, values, far=far)
            for arg, values in zip(args, gadget.input_ranges, strict=True)
        )
