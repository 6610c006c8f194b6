"""Lowering of an expression graph to gadgets: one rule per operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from streamssm.errors import ParameterError
from streamssm.ir.graph import Graph, Node, Op
from streamssm.ir.linear_form import Linear
from streamssm.ir.ranges import BIT, Range, constant
from streamssm.ssm.lowering.bitwise import bitwise, shift_left, shift_right
from streamssm.ssm.lowering.comparisons import at_least, both, choose, differ, either, equal, extreme
from streamssm.ssm.lowering.digits import divmod_constant
from streamssm.ssm.lowering.lower_arrays import load
from streamssm.ssm.lowering.multiplication import divmod_words, product
from streamssm.ssm.lowering.network_builder import NetBuilder, NetworkValue

Rule = Callable[[NetBuilder, Node, Sequence[NetworkValue]], Linear]
Leaves = Mapping[Op, Sequence[Linear] | Mapping[int, Linear]]


def lower(
    net: NetBuilder, graph: Graph, roots: Sequence[tuple[str, int]], leaves: Leaves
) -> list[NetworkValue]:
    """Add gadgets that compute the roots of a graph; return one word per root.

    Parameters
    ----------
    roots : (label, node); a gadget carries the label of the first root that needs it
    leaves : the forms of the FIELD, REGISTER and BEGIN leaves, by their index

    Raises
    ------
    ParameterError
        If an intermediate value could pass 2^62; it names the gadget.
    """
    values: dict[int, NetworkValue] = {}
    for label, root in roots:
        net.label = label
        for index in _missing(graph, root, values):
            values[index] = _lower_node(net, graph[index], values, leaves)
    return [values[root] for _, root in roots]


def _missing(graph: Graph, root: int, values: Mapping[int, NetworkValue]) -> list[int]:
    """Return the nodes that a root needs and that have no value yet, in topological order."""
    missing, pending = set[int](), [root]
    while pending:
        index = pending.pop()
        if index not in missing and index not in values:
            missing.add(index)
            pending.extend(graph[index].args)
    return sorted(missing)


def _lower_node(net: NetBuilder, node: Node, values: dict[int, NetworkValue], leaves: Leaves) -> NetworkValue:
    if node.range.is_constant:
        return NetworkValue(Linear(node.range.lo), node.range)
    if node.op in leaves:
        form = leaves[node.op][0 if node.op is Op.BEGIN else node.index]
    elif node.op is Op.LOAD:
        first, length = node.load
        words = [leaves[Op.REGISTER][register] for register in range(first, first + length)]
        form = load(net, words, values[node.args[0]], node.range)
    else:
        form = RULES[node.op](net, node, [values[arg] for arg in node.args])
    return net.value(form, node.range)


def _add(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    return args[0].form.plus(args[1].form)


def _sub(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    return args[0].form.plus(args[1].form, -1)


def _mul(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    return product(net, args[0], args[1])


def _divmod(net: NetBuilder, args: Sequence[NetworkValue]) -> tuple[Linear, Linear]:
    word, divisor = args
    if divisor.form.terms:
        return divmod_words(net, word, divisor)
    return divmod_constant(net, word, divisor.form.constant)


def _floordiv(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    return _divmod(net, args)[0]


def _mod(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    return _divmod(net, args)[1]


def _min(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    return extreme(net, "min", args[0], args[1])


def _max(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    return extreme(net, "max", args[0], args[1])


def _eq(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    return equal(net, args[0].form.plus(args[1].form, -1))


def _ne(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    return equal(net, args[0].form.plus(args[1].form, -1), kind="ne")


def _lt(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    return at_least(net, args[1].form.plus(args[0].form, -1), 1)


def _le(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    return at_least(net, args[1].form.plus(args[0].form, -1))


_CONDITIONS = {Op.AND: both, Op.OR: either, Op.XOR: differ}


def _bitwise(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    if all(BIT.covers(arg.range) for arg in args):
        return _CONDITIONS[node.op](net, args[0].form, args[1].form)
    return bitwise(net, node.op.value, args[0], args[1])


def _shl(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    return shift_left(net, args[0], args[1])


def _shr(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    return shift_right(net, args[0], args[1])


def _select(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    return choose(net, args[0].form, args[1], args[2])


def _table(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    first, entries = node.table
    return lookup(net, args[0], entries, first)


def lookup(net: NetBuilder, index: NetworkValue, entries: Sequence[int], first: int) -> Linear:
    """Return ``entries[index - first]``, considering only the entries that the index can reach."""
    signal = net.signal(index.form) if not index.form.terms else net.word(index)
    range_, inside = net.range(signal), Range(first, first + len(entries) - 1)
    if not inside.covers(range_):  # a slice would count a negative index from the end
        raise ParameterError(f"a table's index must be in {inside}, not in {range_}")
    reachable = entries[range_.lo - first : range_.hi - first + 1]
    return net.emit("table", (range_.lo, *reachable), (signal,))


def _neuron(net: NetBuilder, node: Node, args: Sequence[NetworkValue]) -> Linear:
    bias, weights, relu = node.neuron
    total = Linear(bias)
    for weight, arg in zip(weights, args, strict=True):
        total = total.plus(arg.form, weight)
    return extreme(net, "max", net.value(total), NetworkValue(Linear(0), constant(0))) if relu else total


RULES: dict[Op, Rule] = {
    Op.ADD: _add,
    Op.SUB: _sub,
    Op.MUL: _mul,
    Op.FLOORDIV: _floordiv,
    Op.MOD: _mod,
    Op.MIN: _min,
    Op.MAX: _max,
    Op.EQ: _eq,
    Op.NE: _ne,
    Op.LT: _lt,
    Op.LE: _le,
    Op.AND: _bitwise,
    Op.OR: _bitwise,
    Op.XOR: _bitwise,
    Op.SHL: _shl,
    Op.SHR: _shr,
    Op.SELECT: _select,
    Op.TABLE: _table,
    Op.NEURON: _neuron,
}
