"""Lemmas about gadgets: weights and claimed meaning agree on all inputs in the ranges that the gadget states.

Few inputs are all tried, on Python's integers. More of them are a question to both solvers; where these have
no answer and one input has few values, it is asked once for each of them.
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

MOST_CASES = 1 << 12  # inputs that are tried, or values of one input that is fixed in turn

Shape = tuple[object, ...]


@dataclass
class GadgetLemmas:
    """Decides each shape of gadget once; ``by`` collects which solvers answered each question."""

    pool: SolverPool
    seconds: float  # for one question
    end: float  # of all questions, on the monotonic clock
    by: list[tuple[str, ...]] = field(default_factory=list)
    _found: dict[Shape, Meaning | None] = field(default_factory=dict)

    def meaning_of(self, gadget: Gadget) -> Meaning | None:
        """Return a gadget's meaning where its lemma holds."""
        shape = (gadget.kind, gadget.params, gadget.input_ranges, gadget.hidden, gadget.output)
        if shape not in self._found:
            meaning = claimed_meaning(gadget)
            self._found[shape] = meaning if meaning is not None and self._holds(gadget, meaning) else None
        return self._found[shape]

    def __len__(self) -> int:
        """Return how many lemmas hold."""
        return sum(1 for meaning in self._found.values() if meaning is not None)

    def _holds(self, gadget: Gadget, meaning: Meaning) -> bool:
        if prod(values.size for values in gadget.input_ranges) <= MOST_CASES:
            return _agree_everywhere(gadget, meaning)
        found = self._asked(question(gadget, meaning, gadget.input_ranges))
        return found if found is not None else self._by_one_input(gadget, meaning)

    def _asked(self, script: str) -> bool | None:
        answer = self.pool.ask(script, min(self.seconds, self.end - time.monotonic()))
        if answer.result == "unknown":
            return None
        self.by.append(answer.by)
        return answer.result == "unsat"

    def _by_one_input(self, gadget: Gadget, meaning: Meaning) -> bool:
        """Return whether the lemma holds for each value of the last input, the index if there is one."""
        *others, fixed = gadget.input_ranges
        if fixed.size > MOST_CASES:
            return False
        cases = (Range(value, value) for value in range(fixed.lo, fixed.hi + 1))
        return all(self._asked(question(gadget, meaning, (*others, case))) for case in cases)


def question(gadget: Gadget, meaning: Meaning, ranges: tuple[Range, ...]) -> str:
    """Return the question whether weights and meaning can differ on some ranges of the inputs."""
    s = Script()
    inputs = [
        s.const(values.lo) if values.is_constant else s.variable(f"x{i}", values)
        for i, values in enumerate(ranges)
    ]
    graph, root = meaning
    leaves = VectorLeaves(inputs, ())
    meant = written(s, graph.nodes, [root], leaves)[root]
    differ = s.negation(s.equal(meant, by_weights(s, gadget, inputs)))
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
