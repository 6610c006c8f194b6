"""E6, first half: a formula becomes a program with one register for each temporal operator.

Law: after token t the program's output is the formula's value at position t of the input trace; before the
first token it is 0.

Cost: one bit for each ``S``, ``O`` and ``H``. One bit for each ``Y f`` and ``Z f``, unless a register holds f
anyway, and a second one if the output itself reads them. A counter of ceil(log2 m) bits for each modulus m of
``pos``. Equal subformulas share their registers, and registers that nothing reads are removed.
Source: past LTL defines exactly the languages that models without thoughts and with nonnegative diagonal
transitions recognize, with one register for each temporal operator (THEORY B1, C1). The recursive evaluation
of past operators with one bit each is Havelund and Rosu, *Synthesizing Monitors for Safety Properties*, 2002.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from streamssm.errors import ParameterError
from streamssm.frontends.past_ltl.bounded_operators import bounded, trigger
from streamssm.frontends.past_ltl.formula import (
    BooleanConstant,
    First,
    Formula,
    Operator,
    Position,
    Proposition,
    fold,
    propositions_of,
)
from streamssm.frontends.past_ltl.formula_memory import FormulaMemory
from streamssm.frontends.past_ltl.proposition_names import require_name
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph, Op
from streamssm.ir.ranges import BIT
from streamssm.ir.words import field
from streamssm.program.program import Program


def to_program(
    formula: Formula | Mapping[str, Formula],
    propositions: Sequence[str] | None = None,
    *,
    name: str | None = None,
) -> Program:
    """Return the program that outputs after each token whether the formula is true there.

    Parameters
    ----------
    formula : one formula; or several, keyed by the names of their output words
    propositions : the token's fields, in this order, each 0 or 1; if None, those of the formula, sorted
    name : of the program; the formula's text if None

    Raises
    ------
    ParameterError
        If a proposition of the formula is not in ``propositions``, or one is listed there twice.

    >>> from streamssm.frontends.past_ltl.formula_parser import parse
    >>> program = to_program(parse("a S (b & Y c)"))
    >>> [word.name for word in program.fields], [word.name for word in program.registers]
    (['a', 'b', 'c'], ['c', 'a S (b & Y c)'])
    >>> program.run([[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 0, 0]]).ravel()
    array([0, 1, 1, 0])
    """
    formulas = dict(formula) if isinstance(formula, Mapping) else {"output": formula}
    names = _propositions(formulas.values(), propositions)
    memory = FormulaMemory()
    values = [_value(part, names, memory) for part in formulas.values()]
    output, outputs = _output(memory, values)
    live = _live(memory, output)
    new_index = {old: new for new, old in enumerate(live)}
    words = tuple(memory.words[index] for index in live)
    update, updates = _renumbered(*memory.graph.finish([memory.updates[index] for index in live]), new_index)
    output, outputs = _renumbered(output, outputs, new_index)
    return Program(
        name=name or "; ".join(map(str, formulas.values())),
        fields=tuple(field(name, BIT) for name in names),
        registers=words,
        update=update,
        next_registers=updates,
        output=output,
        outputs=outputs,
        output_names=tuple(formulas),
    )


def _propositions(formulas: Iterable[Formula], given: Sequence[str] | None) -> tuple[str, ...]:
    used = sorted({name for formula in formulas for name in propositions_of(formula)})
    if given is None:
        return tuple(used)
    names = tuple(map(require_name, given))
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(f"duplicate proposition '{name}'")
    for name in used:
        if name not in names:
            declared = f"declared are {', '.join(names)}" if names else "none are declared"
            raise ParameterError(f"unknown proposition '{name}'; {declared}")
    return names


# the formula's present value, from the token and the registers before the step

BOOLEAN: dict[Operator, Callable[..., int]] = {
    Operator.NOT: GraphBuilder.not_,
    Operator.AND: GraphBuilder.bit_and,
    Operator.XOR: GraphBuilder.bit_xor,
    Operator.OR: GraphBuilder.bit_or,
    Operator.IMPLIES: lambda g, a, b: g.bit_or(g.not_(a), b),
    Operator.IFF: GraphBuilder.eq,
}


def _value(formula: Formula, names: Sequence[str], memory: FormulaMemory) -> int:
    """Return the node of the formula's present value."""
    graph = memory.graph

    def visit(part: Formula, below: tuple[int, ...]) -> int:
        if isinstance(part, Proposition):
            return graph.field(names.index(part.name), BIT)
        if isinstance(part, BooleanConstant):
            return graph.const(int(part.value))
        if isinstance(part, First):
            return graph.not_(memory.previous(BooleanConstant(True), graph.const(1), 0))
        if isinstance(part, Position):
            return graph.eq(memory.position(part.modulus), graph.const(part.remainder))
        if part.bounds is not None:
            return bounded(memory, part, below)
        boolean = BOOLEAN.get(part.operator)
        return boolean(graph, *below) if boolean else TEMPORAL[part.operator](memory, part, *below)

    return fold(formula, visit)


TEMPORAL: dict[Operator, Callable[..., int]] = {
    Operator.PREVIOUS: lambda memory, part, f: memory.previous(part.operands[0], f, 0),
    Operator.WEAK_PREVIOUS: lambda memory, part, f: memory.previous(part.operands[0], f, 1),
    Operator.ONCE: lambda memory, part, f: memory.since(part, memory.graph.const(1), f),
    Operator.HISTORICALLY: FormulaMemory.historically,
    Operator.SINCE: FormulaMemory.since,
    Operator.TRIGGER: trigger,
}


# the output, from the token and the registers after the step


def _output(memory: FormulaMemory, values: Sequence[int]) -> tuple[Graph, tuple[int, ...]]:
    """Return a graph of the values, 0 before the first token, and its roots."""
    g = GraphBuilder()
    after = _read_after(memory, values, g)
    started = g.not_(g.begin())
    return g.finish([g.bit_and(started, after[value]) for value in values])


def _read_after(memory: FormulaMemory, values: Sequence[int], g: GraphBuilder) -> dict[int, int]:
    """Rebuild nodes over the registers after the step; old values that they read get delay registers."""
    nodes, needed, built = memory.graph.nodes, set(values), dict[int, int]()
    for index in reversed(range(len(nodes))):
        leaf = _leaf_after(memory, index, g) if index in needed else None
        if leaf is not None:
            built[index] = leaf
        elif index in needed:
            needed.update(nodes[index].args)
    for index in sorted(needed - built.keys()):
        node = nodes[index]
        built[index] = g.apply(node.op, [built[a] for a in node.args], node.attr)
    return built


def _leaf_after(memory: FormulaMemory, index: int, g: GraphBuilder) -> int | None:
    """Return a node's value if it can be read directly: a constant, a field, or a register's content."""
    node = memory.graph.nodes[index]
    if node.op is Op.CONST:
        return g.const(node.index)
    if node.op is Op.FIELD:
        return g.field(node.index, node.range)
    holder = memory.holder(index)
    if holder is None and node.op is Op.REGISTER:
        holder = memory.delay_of(node.index)
    return None if holder is None else g.register(holder, memory.words[holder].range)


# liveness


def _live(memory: FormulaMemory, output: Graph) -> list[int]:
    """Return the live registers: read by the output, or by the update of a live one."""
    live = {node.index for node in output if node.op is Op.REGISTER}
    stack = [memory.updates[index] for index in live]
    seen: set[int] = set()
    while stack:
        index = stack.pop()
        if index in seen:
            continue
        seen.add(index)
        node = memory.graph.nodes[index]
        stack.extend(node.args)
        if node.op is Op.REGISTER:
            live.add(node.index)
            stack.append(memory.updates[node.index])
    return sorted(live)


def _renumbered(
    graph: Graph, roots: tuple[int, ...], new_index: Mapping[int, int]
) -> tuple[Graph, tuple[int, ...]]:
    """Return a graph with its registers renumbered, and its roots."""
    nodes = (replace(node, attr=new_index[node.index]) if node.op is Op.REGISTER else node for node in graph)
    return Graph(tuple(nodes)), roots
