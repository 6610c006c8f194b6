"""Lemmas: a gadget's weights do what its kind means, for every input in the ranges that it claims.

One lemma for each shape: kind, parameters, input ranges and weights. The meaning is the one that kernels run
by, so that a wrong rule of a kind is found too. Nothing is taken from how gadgets are made.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from streamssm.equivalences.proving.cases import equal_by_cases
from streamssm.equivalences.proving.encode_graph import TermLeaves, encode
from streamssm.equivalences.proving.gathers import equal_by_index
from streamssm.equivalences.smt.linear_regions import vanishes
from streamssm.equivalences.smt.solver import Solver
from streamssm.equivalences.smt.term import Term, UnprovenRange
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.errors import StreamSSMError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph
from streamssm.ir.ranges import Range
from streamssm.ssm.gadgets import KINDS
from streamssm.ssm.network import Gadget, Neuron

MOST_CASES = (1 << 8, 1 << 12)  # inputs up to which a lemma tries all: of several words, and of one
MOST_INDICES = 1 << 12  # values of an index up to which a lemma is shown for each of them
FEWEST_WORDS = 4  # inputs of a gadget that is taken to have one

Shape = tuple[str, tuple[int, ...], tuple[Range, ...], tuple[Neuron, ...], Neuron]


@dataclass(frozen=True)
class Meaning:
    """What a gadget's kind claims: a graph whose fields are the gadget's inputs."""

    graph: Graph
    root: int


@dataclass(frozen=True)
class Lemma:
    """A shape, whether its weights were shown to have its kind's meaning, and how."""

    shape: Shape
    meaning: Meaning | None
    how: str
    seconds: float
    digest: str = ""

    @property
    def holds(self) -> bool:
        return self.meaning is not None

    @property
    def name(self) -> str:
        kind, params, values, _, _ = self.shape
        shown = ", ".join(map(str, params[:6])) + (", ..." if len(params) > 6 else "")
        spans = ", ".join(map(str, values[:4])) + (", ..." if len(values) > 4 else "")
        return f"{kind}({shown}) on {spans or 'nothing'}"


class Lemmas:
    """Shows each shape once."""

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self.found: dict[Shape, Lemma] = {}

    def lemma(self, gadget: Gadget, seconds: float | None = None) -> Lemma:
        """Return the lemma about a gadget's shape, shown in so many seconds if it takes the solver."""
        shape = (gadget.kind, gadget.params, gadget.input_ranges, gadget.hidden, gadget.output)
        if shape not in self.found:
            self.found[shape] = self._show(gadget, shape, seconds)
        return self.found[shape]

    def _show(self, gadget: Gadget, shape: Shape, seconds: float | None) -> Lemma:
        start = time.perf_counter()
        meaning = meaning_of(gadget)
        if meaning is None:
            return Lemma(shape, None, "no meaning", time.perf_counter() - start)
        try:
            how, digest = self._compared(gadget, meaning, seconds)
        except UnprovenRange:  # the weights are taken, whatever they mean
            how, digest = "", ""
        return Lemma(shape, meaning if how else None, how or "not shown", time.perf_counter() - start, digest)

    def _compared(self, gadget: Gadget, meaning: Meaning, seconds: float | None) -> tuple[str, str]:
        """Return how weights and meaning were shown to be equal, or an empty text."""
        if prod(values.size for values in gadget.input_ranges) <= MOST_CASES[len(gadget.inputs) == 1]:
            return ("by cases" if equal_by_cases(gadget, meaning.graph, meaning.root) else ""), ""
        terms = Terms()
        inputs = [terms.var(f"x{i}", values) for i, values in enumerate(gadget.input_ranges)]
        if gadget.input_ranges[-1].size <= MOST_INDICES and len(inputs) >= FEWEST_WORDS:
            if equal_by_index(gadget, meaning.graph, meaning.root):
                return "by index", ""
        if _equal_by_form(terms, gadget, meaning, inputs):
            return "by form", ""
        unlike = _unlike(terms, gadget, meaning, inputs)
        if unlike is None:
            return "", ""
        if vanishes(unlike):
            return "by regions", ""
        answer = self.solver.ask([unlike], seconds)
        return ("by solver" if answer.result == "unsat" else ""), answer.digest


def meaning_of(gadget: Gadget) -> Meaning | None:
    """Return what a gadget's kind claims; None where the kind is unknown or not defined there."""
    if gadget.kind not in KINDS:
        return None
    builder = GraphBuilder()
    try:
        fields = [builder.field(i, values) for i, values in enumerate(gadget.input_ranges)]
        node = KINDS[gadget.kind].meaning(builder, gadget.params, fields)
    except (StreamSSMError, IndexError, ValueError, TypeError):
        return None
    graph, (root,) = builder.finish([node])
    return Meaning(graph, root)


def by_weights(terms: Terms, gadget: Gadget, args: Sequence[Term]) -> Term:
    """Return a gadget's signal by its weights."""
    hidden = [
        terms.relu(terms.sum(n.bias, [(args[place], weight) for weight, place in n.terms]))
        for n in gadget.hidden
    ]
    values = [*args, *hidden]
    return terms.sum(gadget.output.bias, [(values[place], weight) for weight, place in gadget.output.terms])


def by_meaning(terms: Terms, meaning: Meaning, args: Sequence[Term], traps: list[Term]) -> Term:
    """Return a gadget's signal by its meaning."""
    return encode(terms, meaning.graph.nodes, [meaning.root], TermLeaves(args, ()), traps)[meaning.root]


def _equal_by_form(terms: Terms, gadget: Gadget, meaning: Meaning, inputs: Sequence[Term]) -> bool:
    traps: list[Term] = []
    return by_meaning(terms, meaning, inputs, traps) is by_weights(terms, gadget, inputs) and not traps


def _unlike(terms: Terms, gadget: Gadget, meaning: Meaning, inputs: Sequence[Term]) -> Term | None:
    traps: list[Term] = []
    meant = by_meaning(terms, meaning, inputs, traps)
    gap = terms.sub(meant, by_weights(terms, gadget, inputs))
    return terms.or_([terms.not_(terms.eq0(gap)), *traps])
