"""Detectors of faults of the prover that concern gadgets: what weights were shown to mean, and where."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from streamssm.algorithms import BoyerMooreMajority, FunctionComposition, SlidingSum
from streamssm.equivalences.proving.lemmas import Lemmas
from streamssm.equivalences.proving.networks import Network, Ranges
from streamssm.equivalences.smt.evaluation import values_of
from streamssm.equivalences.smt.solver import Solver
from streamssm.equivalences.smt.term import Term
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.ir import semantics
from streamssm.ir.ranges import Range
from streamssm.ssm.gadgets import make_gadget
from streamssm.ssm.network import Gadget, Neuron, ReluNet, Signal
from tests.value_detectors import seeds

TRIED = 30  # inputs of a gadget
DIGIT = Range(0, 9)


def known_gadgets() -> list[Gadget]:
    """Return gadgets of many kinds, one of them with too many inputs to try all."""
    gather = make_gadget("gather", (0,), tuple(range(5)), (DIGIT, DIGIT, DIGIT, DIGIT, Range(0, 3)))
    programs = [
        made.program() for made in (FunctionComposition(4), BoyerMooreMajority(3, 3), SlidingSum(4, 3))
    ]
    nets = [net for p in programs for layer in to_ssm(p).layers for net in (layer.gates, layer.readout)]
    return [gather, *(gadget for net in nets for gadget in net.gadgets if gadget.hidden)]


def changed(draw: Random, gadget: Gadget) -> Gadget:
    """Return a gadget one of whose numbers is 1 larger or smaller, and which claims what it did."""
    place, by = draw.randrange(len(gadget.hidden) + 1), draw.choice((-1, 1))
    if place == len(gadget.hidden):
        return replace(gadget, output=_changed(draw, gadget.output, by))
    hidden = [*gadget.hidden]
    hidden[place] = _changed(draw, hidden[place], by)
    return replace(gadget, hidden=tuple(hidden))


def _changed(draw: Random, neuron: Neuron, by: int) -> Neuron:
    place = draw.randint(-1, len(neuron.terms) - 1)
    if place < 0:
        return replace(neuron, bias=neuron.bias + by)
    terms = [*neuron.terms]
    terms[place] = (terms[place][0] + by, terms[place][1])
    return replace(neuron, terms=tuple(terms))


def drawn(draw: Random, ranges: tuple[Range, ...]) -> tuple[int, ...]:
    return tuple(draw.randint(values.lo, values.hi) for values in ranges)


def lemmas(seconds: float) -> str:
    """Require that a changed gadget has the meaning that a lemma gives it."""
    gadgets = known_gadgets()
    with Solver(0.3) as solver:
        for seed in seeds(seconds):
            draw = Random(seed)
            gadget = changed(draw, draw.choice((gadgets[0], draw.choice(gadgets))))
            meaning = Lemmas(solver).lemma(gadget).meaning
            for _ in range(TRIED if meaning is not None else 0):
                assert meaning is not None
                values = drawn(draw, gadget.input_ranges)
                if semantics.evaluate(meaning.graph.nodes, (), values)[meaning.root] != gadget(values):
                    return f"gadget {seed}: {gadget.kind} means something else at {values}"
    return ""


def outside_of_claims(seconds: float) -> str:
    """Require that a changed gadget is what its weights are on inputs that it claims nothing about."""
    gadgets = known_gadgets()
    with Solver(0.3) as solver:
        for seed in seeds(seconds):
            draw = Random(seed)
            whole = draw.choice(gadgets)
            claimed = tuple(Range(r.lo, draw.randint(r.lo, r.hi)) for r in whole.input_ranges)
            wrong = _unlike(
                draw, solver, whole.input_ranges, replace(changed(draw, whole), input_ranges=claimed)
            )
            if wrong:
                return f"gadget {seed}: {wrong}"
    return ""


def _unlike(draw: Random, solver: Solver, ranges: tuple[Range, ...], gadget: Gadget) -> str:
    """Return inputs in some ranges on which a gadget as a term is not what its weights say."""
    gadget = replace(gadget, inputs=tuple(range(len(ranges))))
    net = ReluNet(
        tuple(Signal(f"x{i}", values) for i, values in enumerate(ranges)), (gadget,), (("y", len(ranges)),)
    )
    t, traps = Terms(), list[Term]()
    inputs = [t.var(f"x{i}", values) for i, values in enumerate(ranges)]
    (found,) = Network(t, net, inputs, Lemmas(solver), Ranges(t, solver, ()), traps).outputs()
    for _ in range(TRIED):
        values = drawn(draw, ranges)
        terms = values_of([found, *traps], {f"x{i}": value for i, value in enumerate(values)})
        if terms[found] != gadget(values) and not any(terms[trap] for trap in traps):
            return f"{gadget.kind} is not {terms[found]} at {values}"
    return ""
