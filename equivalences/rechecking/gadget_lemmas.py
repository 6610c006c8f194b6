"""Lemmas about gadgets: weights and claimed semantics agree on all inputs in its stated ranges.

A few inputs are checked exhaustively, on Python's integers. More of them are a query to both solvers; if
these have no answer and the last input has few values, the query is split by its values.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import product
from math import prod

from streamssm.equivalences.rechecking.solver_pool import SolverPool
from streamssm.equivalences.rechecking.vector_graphs import VectorLeaves, written
from streamssm.equivalences.rechecking.vector_networks import Meaning, by_weights, claimed_meaning
from streamssm.equivalences.rechecking.vectors import Script
from streamssm.ir import semantics
from streamssm.ir.ranges import Range
from streamssm.ssm.network import Gadget

# Inputs that are checked exhaustively, or values of one input by which a query is split.
MOST_CASES = 1 << 12

Shape = tuple[object, ...]


@dataclass
class GadgetLemmas:
    """Decides each shape of gadget once; ``by`` collects the solvers that answered each query."""

    pool: SolverPool
    seconds: float  # for one question
    end: float  # of all questions, on the monotonic clock
    by: list[tuple[str, ...]] = field(default_factory=list)
    _by_shape: dict[Shape, Meaning | None] = field(default_factory=dict)

    def meaning_of(self, gadget: Gadget) -> Meaning | None:
        """Return a gadget's semantics if its lemma holds, else None."""
        # Everything that the lemma depends on, so that repeated gadgets are decided once.
        shape = (gadget.kind, gadget.params, gadget.input_ranges, gadget.hidden, gadget.output)
        if shape not in self._by_shape:
            meaning = claimed_meaning(gadget)
            self._by_shape[shape] = meaning if meaning is not None and self._holds(gadget, meaning) else None
        return self._by_shape[shape]

    def __len__(self) -> int:
        """Return the number of lemmas that hold."""
        return sum(1 for meaning in self._by_shape.values() if meaning is not None)

    def _holds(self, gadget: Gadget, meaning: Meaning) -> bool:
        if prod(range_.size for range_ in gadget.input_ranges) <= MOST_CASES:
            return _agree_everywhere(gadget, meaning)
        verdict = self._ask(question(gadget, meaning, gadget.input_ranges))
        return verdict if verdict is not None else self._by_one_input(gadget, meaning)

    def _ask(self, script: str) -> bool | None:
        answer = self.pool.ask(script, min(self.seconds, self.end - time.monotonic()))
        # None is "unknown": the caller may split the query, and otherwise the lemma counts as not shown.
        if answer.result == "unknown":
            return None
        self.by.append(answer.by)
        return answer.result == "unsat"

    def _by_one_input(self, gadget: Gadget, meaning: Meaning) -> bool:
        """Decide the lemma by case splitting on the last input, which is the index if there is one."""
        *others, fixed = gadget.input_ranges
        if fixed.size > MOST_CASES:
            return False
        cases = (Range(value, value) for value in range(fixed.lo, fixed.hi + 1))
        return all(self._ask(question(gadget, meaning, (*others, case))) for case in cases)


def question(gadget: Gadget, meaning: Meaning, ranges: tuple[Range, ...]) -> str:
    """Return the query whether weights and semantics can differ on the given ranges of the inputs."""
    s = Script()
    inputs = [
        s.const(range_.lo) if range_.is_constant else s.variable(f"x{i}", range_)
        for i, range_ in enumerate(ranges)
    ]
    graph, root = meaning
    leaves = VectorLeaves(inputs, ())
    meant = written(s, graph.nodes, [root], leaves)[root]
    differ = s.negation(s.equal(meant, by_weights(s, gadget, inputs)))
    # Semantics that crash on some input do not agree with the weights there.
    return s.question((), [*leaves.traps, differ])


def _agree_everywhere(gadget: Gadget, meaning: Meaning) -> bool:
    graph, root = meaning
    for values in product(*(range(r.lo, r.hi + 1) for r in gadget.input_ranges)):
        try:
            if semantics.evaluate(graph.nodes, (), values)[root] != gadget(values):
                return False
        except (IndexError, ZeroDivisionError, ValueError):
            return False
    return True
