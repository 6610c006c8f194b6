"""Expression graphs as terms: one rule per operation, and the conditions that would crash an interpreter.

The ranges that a graph states are not trusted: terms derive their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from streamssm.equivalences.smt.digit_arithmetic import divmod_terms, product, shift_left, shift_right
from streamssm.equivalences.smt.term import Kind, Term
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.graph import Node, Op, reachable
from streamssm.ir.ranges import BIT, Range


@dataclass
class TermLeaves:
    """The terms of a graph's leaves."""

    fields: Sequence[Term]
    registers: Sequence[Term]
    begin: Term | None = None


def encode(
    terms: Terms, nodes: Sequence[Node], roots: Iterable[int], leaves: TermLeaves, traps: list[Term]
) -> Mapping[int, Term]:
    """Return the terms of the nodes that the roots need; append conditions that crash to ``traps``."""
    encoded: dict[int, Term] = {}
    encoder = _Encoder(terms, leaves, traps)
    for index in reachable(nodes, roots):
        node = nodes[index]
        encoded[index] = encoder.node(node, [encoded[arg] for arg in node.args])
    return encoded


class _Encoder:
    def __init__(self, terms: Terms, leaves: TermLeaves, traps: list[Term]) -> None:
        self.terms = terms
        self.leaves = leaves
        self.traps = traps

    def node(self, node: Node, args: list[Term]) -> Term:
        return _RULES[node.op](self, node, args)

    def inside(self, word: Term, range_: Range) -> Term:
        """Return a word clamped to a range outside of which the interpreter crashes."""
        t = self.terms
        if range_.covers(word.range):
            return word
        # A crash is an obligation of its own, so the value there is free; a clamp keeps the term in range.
        below, above = t.ge0(t.shifted(word, -range_.lo)), t.ge0(t.sum(range_.hi, [(word, -1)]))
        self.traps.append(t.not_(t.and_([below, above])))
        clamped = t.ite(below, t.ite(above, word, t.const(range_.hi)), t.const(range_.lo))
        # A clamp lies in its range for any word, but the normal form may turn it into a sum whose parts do
        # not show that.
        return t.learn(clamped, range_)


def _const(e: _Encoder, node: Node, args: list[Term]) -> Term:
    return e.terms.const(node.index)


def _field(e: _Encoder, node: Node, args: list[Term]) -> Term:
    return e.leaves.fields[node.index]


def _register(e: _Encoder, node: Node, args: list[Term]) -> Term:
    return e.leaves.registers[node.index]


def _begin(e: _Encoder, node: Node, args: list[Term]) -> Term:
    return e.leaves.begin or e.terms.const(0)


def _sum(coefficient: int) -> Callable[[_Encoder, Node, list[Term]], Term]:
    return lambda e, node, args: e.terms.sum(0, [(args[0], 1), (args[1], coefficient)])


def _mul(e: _Encoder, node: Node, args: list[Term]) -> Term:
    return product(e.terms, args[0], args[1])


def _divmod(part: int) -> Callable[[_Encoder, Node, list[Term]], Term]:
    def rule(e: _Encoder, node: Node, args: list[Term]) -> Term:
        word, divisor = args
        if divisor.range.holds(0):
            # Division by 0 becomes a trap; the term then divides by 1 there, as its value does not matter.
            zero = e.terms.eq0(divisor)
            e.traps.append(zero)
            divisor = e.terms.ite(zero, e.terms.const(1), divisor)
            if divisor.range.lo == 0:
                # The divisor is at least 1 by now, but only this spelling has a range that shows it.
                divisor = e.terms.max(divisor, e.terms.const(1))
        return divmod_terms(e.terms, word, divisor)[part]

    return rule


def _extreme(sign: int) -> Callable[[_Encoder, Node, list[Term]], Term]:
    return lambda e, node, args: (e.terms.max if sign > 0 else e.terms.min)(args[0], args[1])


def _eq(e: _Encoder, node: Node, args: list[Term]) -> Term:
    return e.terms.eq0(e.terms.sub(args[0], args[1]))


def _ne(e: _Encoder, node: Node, args: list[Term]) -> Term:
    return e.terms.not_(_eq(e, node, args))


def _lt(e: _Encoder, node: Node, args: list[Term]) -> Term:
    # a < b is b - a - 1 >= 0 over the integers: all comparisons become one kind of term.
    return e.terms.ge0(e.terms.sum(-1, [(args[1], 1), (args[0], -1)]))


def _le(e: _Encoder, node: Node, args: list[Term]) -> Term:
    return e.terms.ge0(e.terms.sub(args[1], args[0]))


def _bitwise(kind: Kind) -> Callable[[_Encoder, Node, list[Term]], Term]:
    return lambda e, node, args: e.terms.bitwise(kind, args[0], args[1])


def _shift(rule: Callable[[Terms, Term, Term], Term]) -> Callable[[_Encoder, Node, list[Term]], Term]:
    return lambda e, node, args: rule(e.terms, args[0], e.inside(args[1], Range(0, 62)))


def _select(e: _Encoder, node: Node, args: list[Term]) -> Term:
    # A select tests for nonzero; a bit is its own truth value.
    condition = args[0] if BIT.covers(args[0].range) else e.terms.truth(args[0])
    return e.terms.ite(condition, args[1], args[2])


def _table(e: _Encoder, node: Node, args: list[Term]) -> Term:
    first, entries = node.table
    index = e.inside(args[0], Range(first, first + len(entries) - 1))
    return e.terms.table(index, first, entries)


def _load(e: _Encoder, node: Node, args: list[Term]) -> Term:
    first, length = node.load
    words = list(e.leaves.registers[first : first + length])
    # A load is a choice among registers: arrays are finite and need no theory of arrays.
    return e.terms.pick(words, e.inside(args[0], Range(0, length - 1)), 0)


def _neuron(e: _Encoder, node: Node, args: list[Term]) -> Term:
    bias, weights, relu = node.neuron
    total = e.terms.sum(bias, zip(args, weights, strict=True))
    return e.terms.relu(total) if relu else total


_RULES: dict[Op, Callable[[_Encoder, Node, list[Term]], Term]] = {
    Op.CONST: _const,
    Op.FIELD: _field,
    Op.REGISTER: _register,
    Op.BEGIN: _begin,
    Op.ADD: _sum(1),
    Op.SUB: _sum(-1),
    Op.MUL: _mul,
    Op.FLOORDIV: _divmod(0),
    Op.MOD: _divmod(1),
    Op.MIN: _extreme(-1),
    Op.MAX: _extreme(1),
    Op.EQ: _eq,
    Op.NE: _ne,
    Op.LT: _lt,
    Op.LE: _le,
    Op.AND: _bitwise(Kind.BITAND),
    Op.OR: _bitwise(Kind.BITOR),
    Op.XOR: _bitwise(Kind.BITXOR),
    Op.SHL: _shift(shift_left),
    Op.SHR: _shift(shift_right),
    Op.SELECT: _select,
    Op.TABLE: _table,
    Op.LOAD: _load,
    Op.NEURON: _neuron,
}
