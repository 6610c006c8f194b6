"""Trigger and bounded operators by the registers of Y and S.

    f T g        !(!f S !g)
    O[a,b] f     some of Y^a f, ..., Y^b f
    H[a,b] f     !O[a,b] !f
    f S[a,b] g   O[a,b] g, Y^a(f S g), and H[0,a-1] f
    f T[a,b] g   !(!f S[a,b] !g)

Law: H[0,a-1] f says that f holds at the last a positions; Y^a(f S g) that it holds from there back to a g at
t - a or before, and so to the latest such g; O[a,b] g that this one is not before t - b.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from streamssm.frontends.past_ltl.formula import Apply, Formula, Operator
from streamssm.frontends.past_ltl.formula_memory import FormulaMemory


def trigger(memory: FormulaMemory, part: Apply, f: int, g: int) -> int:
    """Return the node of ``f T g``."""
    graph = memory.graph
    return graph.not_(memory.since(_dual(part, Operator.SINCE), graph.not_(f), graph.not_(g)))


def bounded(memory: FormulaMemory, part: Apply, below: Sequence[int]) -> int:
    """Return the node of a bounded operator."""
    assert part.bounds is not None
    if part.operator in (Operator.ONCE, Operator.SINCE):
        return _existential(memory, part.operands, below, *part.bounds)
    graph = memory.graph
    complements = [graph.not_(node) for node in below]
    operands = _dual(part, Operator.SINCE if len(below) == 2 else Operator.ONCE).operands
    return graph.not_(_existential(memory, operands, complements, *part.bounds))


def _dual(part: Apply, operator: Operator) -> Apply:
    """Return an operator on the negated operands."""
    return Apply(operator, tuple(Apply(Operator.NOT, (operand,)) for operand in part.operands))


def _existential(
    memory: FormulaMemory, operands: Sequence[Formula], below: Sequence[int], low: int, high: int
) -> int:
    graph = memory.graph
    once = _balanced(graph.bit_or, _delays(memory, operands[-1], below[-1], high)[low:])
    if len(below) == 1 or high == 0:
        return once
    f, g = below
    part = Apply(Operator.SINCE, tuple(operands))
    since = _delays(memory, part, memory.since(part, f, g), low)[low]
    recent = _delays(memory, operands[0], f, low - 1) if low else []
    # where f is missing, or there is no such position, Y^a(f S g) is false as well
    return _balanced(graph.bit_and, [once, since, *recent])


def _delays(memory: FormulaMemory, formula: Formula, node: int, count: int) -> list[int]:
    """Return the nodes of f, Y f, ..., Y^count f."""
    nodes = [node]
    for _ in range(count):
        nodes.append(memory.previous(formula, nodes[-1], 0))
        formula = Apply(Operator.PREVIOUS, (formula,))
    return nodes


def _balanced(join: Callable[[int, int], int], nodes: Sequence[int]) -> int:
    """Return all nodes joined, nested to the logarithm of their number."""
    while len(nodes) > 1:
        pairs = [join(*nodes[i : i + 2]) for i in range(0, len(nodes) - 1, 2)]
        nodes = [*pairs, *nodes[len(pairs) * 2 :]]
    return nodes[0]
