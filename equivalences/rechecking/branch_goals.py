"""Inputs that take the branches of a step: found by chance where that is enough, by a solver where it is not.

Random tokens hardly ever meet ``x * c % m == k``. A goal is an outcome of a comparison, the two sides of one
being equal, or an entry of a table: the values that an artefact treats in a special way, solved for.
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
MOST_ENTRIES = 16  # of a table whose entries all are goals; of larger ones the ends are
TRIED = 32  # random inputs
GOAL_SECONDS = 0.5

Values = tuple[int, ...]


@dataclass(frozen=True)
class Input:
    """A state and a token that reach a goal."""

    state: Values
    token: Values


@dataclass(frozen=True)
class Goal:
    """The two arguments of a comparison differ by ``gap``'s sign, or a table is read at an index."""

    node: int
    sign: int = 0  # of first - second argument
    index: int | None = None


def goals_of(nodes: Sequence[Node], needed: Sequence[int]) -> Iterator[Goal]:
    """Yield the goals of a step, equalities first."""
    for place in needed:
        node = nodes[place]
        if node.op in COMPARISONS:
            yield from (Goal(place, sign) for sign in (0, 1, -1))
        elif node.op is Op.TABLE:
            first, entries = node.table
            ends = (first, first + len(entries) - 1)
            every = range(first, first + len(entries))
            yield from (Goal(place, index=i) for i in (every if len(entries) <= MOST_ENTRIES else ends))


def is_met(goal: Goal, node: Node, values: Sequence[int]) -> bool:
    if goal.index is not None:
        return values[node.args[0]] == goal.index
    gap = values[node.args[0]] - values[node.args[1]]
    return (gap > 0) - (gap < 0) == goal.sign


def inputs_for(
    transducer: Transducer, pool: SolverPool, end: float, seed: int
) -> tuple[list[Input], int, int]:
    """Return inputs that meet goals which random ones did not, and how many goals were met, of how many."""
    nodes = transducer.step.nodes
    goals = list(goals_of(nodes, reachable(nodes, transducer.roots)))
    left = _not_met(transducer, goals, end, seed)
    found: list[Input] = []
    try:
        found = list(_solved(transducer, left, pool, end))
    except TooLargeError:
        pass  # the random ones have to do
    return found, len(goals) - len(left) + len(found), len(goals)


def _not_met(transducer: Transducer, goals: list[Goal], end: float, seed: int) -> list[Goal]:
    draw, nodes = random.Random(seed), transducer.step.nodes
    for _ in range(TRIED):
        if not goals or time.monotonic() > end:
            break
        state, token = (_drawn(draw, words) for words in (transducer.state, transducer.fields))
        try:
            values = semantics.evaluate(nodes, state, token)
        except (IndexError, ZeroDivisionError, ValueError):
            continue  # a state that no stream need reach
        goals = [goal for goal in goals if not is_met(goal, nodes[goal.node], values)]
    return goals


def _drawn(draw: random.Random, words: Sequence[Word]) -> Values:
    return tuple(draw.randint(word.range.lo, word.range.hi) for word in words)


def _solved(transducer: Transducer, goals: Sequence[Goal], pool: SolverPool, end: float) -> Iterator[Input]:
    """Yield an input for each goal for which the solver finds one in time."""
    s, nodes = Script(), transducer.step.nodes
    state, token = declared(s, "s", transducer.state), declared(s, "x", transducer.fields)
    values = written(s, nodes, transducer.roots, VectorLeaves(token, state)) if goals else {}
    for goal in goals:
        left = min(GOAL_SECONDS, end - time.monotonic())
        if left <= 0:
            return
        answer = pool.ask(s.question((), [_condition(s, goal, nodes[goal.node], values)]), left)
        if answer.result == "sat":
            found = s.signed(answer.values)
            yield Input(_taken(found, "s", len(state)), _taken(found, "x", len(token)))


def _condition(s: Script, goal: Goal, node: Node, values: dict[int, Int]) -> Bool:
    first = values[node.args[0]]
    if goal.index is not None:
        return s.equal(first, s.const(goal.index))
    second = values[node.args[1]]
    if goal.sign == 0:
        return s.equal(first, second)
    return s.less(second, first) if goal.sign > 0 else s.less(first, second)


def _taken(values: dict[str, int], label: str, count: int) -> Values:
    return tuple(values[f"{label}{i}"] for i in range(count))
