"""Test inputs for branch coverage of a step: random ones first, then by a solver (symbolic execution).

Random tokens hardly ever satisfy ``x * c % m == k``. A goal is an outcome of a comparison (less, equal or
greater) or an entry of a table: the values that an artefact treats specially.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streamssm.equivalences.rechecking.obligations import declared
from streamssm.equivalences.rechecking.solver_pool import SolverPool
from streamssm.equivalences.rechecking.vector_graphs import VectorLeaves, written
from streamssm.equivalences.rechecking.vectors import Bool, Int, Script, TooLargeError
from streamssm.ir import semantics
from streamssm.ir.graph import Node, Op, reachable
from streamssm.ir.words import Word
from streamssm.runtime.transducer import Transducer

COMPARISONS = (Op.EQ, Op.NE, Op.LT, Op.LE)
# All entries of a table of at most this size are goals; of a larger one only the first and the last.
MOST_ENTRIES = 16
# Random inputs that are tried before the solver.
TRIED = 32
GOAL_SECONDS = 0.5

Values = tuple[int, ...]


@dataclass(frozen=True)
class Input:
    """A state and a token that reach a goal."""

    state: Values
    token: Values


@dataclass(frozen=True)
class Goal:
    """A sign of the difference of a comparison's arguments, or an index at which a table is read."""

    node: int
    sign: int = 0  # of first - second argument
    index: int | None = None


def goals_of(nodes: Sequence[Node], needed: Sequence[int]) -> Iterator[Goal]:
    """Yield the goals of a step, equalities first."""
    for index in needed:
        node = nodes[index]
        if node.op in COMPARISONS:
            # Equality first: it is the outcome that random inputs hardly ever meet.
            yield from (Goal(index, sign) for sign in (0, 1, -1))
        elif node.op is Op.TABLE:
            first, entries = node.table
            ends = (first, first + len(entries) - 1)
            every = range(first, first + len(entries))
            yield from (Goal(index, index=i) for i in (every if len(entries) <= MOST_ENTRIES else ends))


def is_met(goal: Goal, node: Node, values: Sequence[int]) -> bool:
    if goal.index is not None:
        return values[node.args[0]] == goal.index
    gap = values[node.args[0]] - values[node.args[1]]
    return (gap > 0) - (gap < 0) == goal.sign


def inputs_for(
    transducer: Transducer, pool: SolverPool, end: float, seed: int
) -> tuple[list[Input], int, int]:
    """Return inputs for goals that random inputs missed, the number of goals met, and of all goals."""
    nodes = transducer.step.nodes
    goals = list(goals_of(nodes, reachable(nodes, transducer.roots)))
    unmet = _not_met(transducer, goals, end, seed)
    inputs: list[Input] = []
    try:
        inputs = list(_solved(transducer, unmet, pool, end))
    except TooLargeError:
        # The step is too large for the solver: random coverage has to suffice.
        pass
    return inputs, len(goals) - len(unmet) + len(inputs), len(goals)


def _not_met(transducer: Transducer, goals: list[Goal], end: float, seed: int) -> list[Goal]:
    draw, nodes = random.Random(seed), transducer.step.nodes
    for _ in range(TRIED):
        if not goals or time.monotonic() > end:
            break
        state, token = (_random_values(draw, words) for words in (transducer.state, transducer.fields))
        try:
            values = semantics.evaluate(nodes, state, token)
        except (IndexError, ZeroDivisionError, ValueError):
            # A random state that crashes may be unreachable.
            continue
        goals = [goal for goal in goals if not is_met(goal, nodes[goal.node], values)]
    return goals


def _random_values(draw: random.Random, words: Sequence[Word]) -> Values:
    return tuple(draw.randint(word.range.lo, word.range.hi) for word in words)


def _solved(transducer: Transducer, goals: Sequence[Goal], pool: SolverPool, end: float) -> Iterator[Input]:
    """Yield an input for each goal that the solver reaches in time."""
    s, nodes = Script(), transducer.step.nodes
    state, token = declared(s, "s", transducer.state), declared(s, "x", transducer.fields)
    values = written(s, nodes, transducer.roots, VectorLeaves(token, state)) if goals else {}
    for goal in goals:
        seconds = min(GOAL_SECONDS, end - time.monotonic())
        if seconds <= 0:
            return
        # A state need not be reachable: a goal only asks for some state and token.
        answer = pool.ask(s.question((), [_condition(s, goal, nodes[goal.node], values)]), seconds)
        if answer.result == "sat":
            solution = s.signed(answer.values)
            yield Input(_values_of(solution, "s", len(state)), _values_of(solution, "x", len(token)))


def _condition(s: Script, goal: Goal, node: Node, values: dict[int, Int]) -> Bool:
    first = values[node.args[0]]
    if goal.index is not None:
        return s.equal(first, s.const(goal.index))
    second = values[node.args[1]]
    if goal.sign == 0:
        return s.equal(first, second)
    return s.less(second, first) if goal.sign > 0 else s.less(first, second)


def _values_of(values: dict[str, int], label: str, count: int) -> Values:
    return tuple(values[f"{label}{i}"] for i in range(count))
