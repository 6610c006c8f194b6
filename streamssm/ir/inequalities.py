"""Inequalities (form <= 0) that hold between an operation's value and its arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from streamssm.ir.graph import Node, Op
from streamssm.ir.linear_form import Linear, LinearForms

Nodes = Sequence[Node]


def _below(own: Linear, forms: LinearForms, node: Node) -> list[Linear]:
    return [own.plus(forms[a], -1) for a in node.args]


def _min(nodes: Nodes, forms: LinearForms, node: Node, own: Linear) -> list[Linear]:
    return _below(own, forms, node)


def _max(nodes: Nodes, forms: LinearForms, node: Node, own: Linear) -> list[Linear]:
    return [form.times(-1) for form in _below(own, forms, node)]


def _and(nodes: Nodes, forms: LinearForms, node: Node, own: Linear) -> list[Linear]:
    positive = [a for a in node.args if nodes[a].range.lo >= 0]
    return [own.plus(forms[a], -1) for a in positive]


def _quotient(divisor: int, whole: Linear, own: Linear) -> list[Linear]:
    low = own.times(divisor).plus(whole, -1)
    return [low, low.times(-1).shifted(1 - divisor)]


def _floordiv(nodes: Nodes, forms: LinearForms, node: Node, own: Linear) -> list[Linear]:
    divisor = nodes[node.args[1]].range
    if not divisor.is_constant or divisor.lo < 1:
        return []
    return _quotient(divisor.lo, forms[node.args[0]], own)


def _shr(nodes: Nodes, forms: LinearForms, node: Node, own: Linear) -> list[Linear]:
    shift = nodes[node.args[1]].range
    return _quotient(1 << shift.lo, forms[node.args[0]], own) if shift.is_constant else []


def _mod(nodes: Nodes, forms: LinearForms, node: Node, own: Linear) -> list[Linear]:
    natural = nodes[node.args[0]].range.lo >= 0 and nodes[node.args[1]].range.lo >= 1
    return [own.plus(forms[node.args[0]], -1)] if natural else []


RULES: dict[Op, Callable[[Nodes, LinearForms, Node, Linear], list[Linear]]] = {
    Op.MIN: _min,
    Op.MAX: _max,
    Op.AND: _and,
    Op.FLOORDIV: _floordiv,
    Op.SHR: _shr,
    Op.MOD: _mod,
}
