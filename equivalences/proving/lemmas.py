"""Lemmas: the weights of a gadget compute the semantics of its kind for every input in its stated ranges.

There is one lemma for each shape: kind, parameters, input ranges and weights. The semantics are those that
the kernels evaluate, so that a wrong rule of a kind is detected as well. How gadgets are built is not
trusted.
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

# Lemmas about at most this many inputs are checked exhaustively: for gadgets of several words, and of one.
MOST_CASES = (1 << 8, 1 << 12)
# Case splitting on an index is tried for at most this many values of it,
MOST_INDICES = 1 << 12
# and for gadgets of at least this many inputs: those with fewer select nothing.
FEWEST_WORDS = 4

Shape = tuple[str, tuple[int, ...], tuple[Range, ...], tuple[Neuron, ...], Neuron]


@dataclass(frozen=True)
class Meaning:
    """The semantics of a gadget's kind: a graph whose fields are the gadget's inputs."""

    graph: Graph
    root: int


@dataclass(frozen=True)
class Lemma:
    """A shape, its semantics if its weights were shown to compute them, and the method of proof."""

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
        kind, params, ranges, _, _ = self.shape
        shown = ", ".join(map(str, params[:6])) + (", ..." if len(params) > 6 else "")
        spans = ", ".join(map(str, ranges[:4])) + (", ..." if len(ranges) > 4 else "")
        return f"{kind}({shown}) on {spans or 'nothing'}"


class Lemmas:
    """Decides the lemma of each shape once."""

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self.by_shape: dict[Shape, Lemma] = {}

    def lemma(self, gadget: Gadget, seconds: float | None = None) -> Lemma:
        """Return the lemma about a gadget's shape; a query to the solver may take ``seconds``."""
        # Everything that the lemma depends on, so that repeated gadgets are decided once.
        shape = (gadget.kind, gadget.params, gadget.input_ranges, gadget.hidden, gadget.output)
        if shape not in self.by_shape:
            self.by_shape[shape] = self._show(gadget, shape, seconds)
        return self.by_shape[shape]

    def _show(self, gadget: Gadget, shape: Shape, seconds: float | None) -> Lemma:
        start = time.perf_counter()
        meaning = meaning_of(gadget)
        if meaning is None:
            return Lemma(shape, None, "no meaning", time.perf_counter() - start)
        try:
            how, digest = self._compare(gadget, meaning, seconds)
        # Without a lemma the gadget is encoded by its weights, which is always right.
        except UnprovenRange:
            how, digest = "", ""
        return Lemma(shape, meaning if how else None, how or "not shown", time.perf_counter() - start, digest)

    def _compare(self, gadget: Gadget, meaning: Meaning, seconds: float | None) -> tuple[str, str]:
        """Return the method that showed weights and semantics equal (empty if none), and a query digest."""
        # Cheapest method first: all cases, case splitting on an index, normal forms, regions, then the
        # solver.
        if prod(range_.size for range_ in gadget.input_ranges) <= MOST_CASES[len(gadget.inputs) == 1]:
            return ("by cases" if equal_by_cases(gadget, meaning.graph, meaning.root) else ""), ""
        terms = Terms()
        inputs = [terms.var(f"x{i}", range_) for i, range_ in enumerate(gadget.input_ranges)]
        if gadget.input_ranges[-1].size <= MOST_INDICES and len(inputs) >= FEWEST_WORDS:
            if equal_by_index(gadget, meaning.graph, meaning.root):
                return "by index", ""
        if _equal_by_form(terms, gadget, meaning, inputs):
            return "by form", ""
        unlike = _differ(terms, gadget, meaning, inputs)
        if unlike is None:
            return "", ""
        if vanishes(unlike):
            return "by regions", ""
        answer = self.solver.ask([unlike], seconds)
        return ("by solver" if answer.result == "unsat" else ""), answer.digest


def meaning_of(gadget: Gadget) -> Meaning | None:
    """Return the semantics of a gadget's kind; None if the kind is unknown or undefined on these inputs."""
    if gadget.kind not in KINDS:
        return None
    builder = GraphBuilder()
    try:
        fields = [builder.field(i, range_) for i, range_ in enumerate(gadget.input_ranges)]
        node = KINDS[gadget.kind].meaning(builder, gadget.params, fields)
    except (StreamSSMError, IndexError, ValueError, TypeError):
        return None
    graph, (root,) = builder.finish([node])
    return Meaning(graph, root)


def by_weights(terms: Terms, gadget: Gadget, args: Sequence[Term]) -> Term:
    """Return a gadget's signal by its weights."""
    # The definition of a gadget: one layer of ReLUs, then a linear output.
    hidden = [
        terms.relu(terms.sum(n.bias, [(args[source], weight) for weight, source in n.terms]))
        for n in gadget.hidden
    ]
    signals = [*args, *hidden]
    output = gadget.output
    return terms.sum(output.bias, [(signals[source], weight) for weight, source in output.terms])


def by_meaning(terms: Terms, meaning: Meaning, args: Sequence[Term], traps: list[Term]) -> Term:
    """Return a gadget's signal by its semantics."""
    return encode(terms, meaning.graph.nodes, [meaning.root], TermLeaves(args, ()), traps)[meaning.root]


def _equal_by_form(terms: Terms, gadget: Gadget, meaning: Meaning, inputs: Sequence[Term]) -> bool:
    traps: list[Term] = []
    return by_meaning(terms, meaning, inputs, traps) is by_weights(terms, gadget, inputs) and not traps


def _differ(terms: Terms, gadget: Gadget, meaning: Meaning, inputs: Sequence[Term]) -> Term | None:
    traps: list[Term] = []
    meant = by_meaning(terms, meaning, inputs, traps)
    gap = terms.sub(meant, by_weights(terms, gadget, inputs))
    # Semantics that crash on some input differ from the weights there.
    return terms.or_([terms.not_(terms.eq0(gap)), *traps])
