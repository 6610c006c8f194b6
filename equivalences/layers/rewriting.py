"""Rewriting of graphs, simplified under path conditions.

In ``select(c, x, y)`` the node x matters only where c holds, and y only where it does not; in ``p and q`` the
condition q matters only where p holds. Conditions that are decided by their path are removed, and with them
the reads of registers that they contained.

Law: a rewritten node has the value of the original for all values of the leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from streamssm.frontends.python_class.path_condition import PathCondition
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import COMPARISONS, Node, Op
from streamssm.ir.ranges import BIT

# Both bounds keep rewriting fast: beyond them branches are rebuilt without path conditions.
FUEL = 4096  # branches with a path condition of their own, per root
DEEPEST = 64  # nesting of such branches

Leaf = Callable[[Node], int]


class Where:
    """A program path: its facts, the nodes that are constant on it, and a memo of nodes rebuilt under it."""

    __slots__ = ("facts", "known", "memo")

    def __init__(self, facts: PathCondition, known: Mapping[int, int]) -> None:
        self.facts = facts
        self.known = known
        self.memo: dict[int, int] = {}

    def assuming(self, g: GraphBuilder, condition: int, truth: bool) -> Where:
        """Return the path extended by a condition that holds, or does not."""
        return Where(
            self.facts.with_fact((condition, truth)), {**self.known, **_consequences(g, condition, truth)}
        )


class Rewriter:
    """Rebuilds the nodes of a graph (of ``g`` itself, or of another one) in ``g``.

    ``leaf`` maps a REGISTER, FIELD or BEGIN of the source to a node of ``g``; ``load`` maps a LOAD and its
    rebuilt index to one; ``replacements`` maps nodes of the source to nodes of ``g`` that replace them.
    """

    def __init__(
        self,
        g: GraphBuilder,
        source: Sequence[Node],
        leaf: Leaf,
        *,
        load: Callable[[Node, int], int] | None = None,
        replacements: Mapping[int, int] | None = None,
    ) -> None:
        self.g = g
        self.source = source
        self.leaf = leaf
        self.load = load
        self.replacements = replacements or {}
        self.anywhere = Where(PathCondition(g), {})
        self.fuel = FUEL
        self.depth = 0
        self._on_registers: dict[int, bool] = {}

    def root(self, node: int, where: Where | None = None) -> int:
        """Return a rebuilt node, with fresh fuel."""
        self.fuel = FUEL
        return self.at(node, where or self.anywhere)

    def at(self, node: int, where: Where) -> int:
        """Return a node rebuilt under a path condition."""
        plain = self.fuel <= 0 or self.depth >= DEEPEST
        self.depth += 1
        waiting = [node]
        while waiting:  # an explicit stack: graphs may be deeper than Python's recursion limit
            index = waiting[-1]
            missing = [a for a in self._args_here(index, plain) if a not in where.memo]
            if index in where.memo or not missing:
                waiting.pop()
            if index not in where.memo and not missing:
                where.memo[index] = self._decided(self._rebuilt(index, where, plain), where)
            waiting.extend(missing if index not in where.memo else ())
        self.depth -= 1
        return where.memo[node]

    def _args_here(self, index: int, plain: bool) -> tuple[int, ...]:
        """Return the arguments that are needed under the node's own path condition."""
        node = self.source[index]
        if index in self.replacements:
            return ()
        if node.op is Op.SELECT and not plain:
            return node.args[:1]
        return () if self._is_junction(node) and not plain else node.args

    def _is_junction(self, node: Node) -> bool:
        return node.op in (Op.AND, Op.OR) and all(BIT.covers(self.source[a].range) for a in node.args)

    def _rebuilt(self, index: int, where: Where, plain: bool) -> int:
        node = self.source[index]
        if index in self.replacements:
            return self.replacements[index]
        if node.op is Op.CONST:
            return self.g.const(node.index)
        if node.op in (Op.REGISTER, Op.FIELD, Op.BEGIN):
            return self.leaf(node)
        if node.op is Op.SELECT and not plain:
            return self._select(node, where)
        if self._is_junction(node) and not plain:
            return self._junction(node, where)
        args = [where.memo[arg] for arg in node.args]
        if node.op is Op.LOAD and self.load is not None:
            return self.load(node, args[0])
        rebuilt = self.g.apply(node.op, args, node.attr)
        return self.g.narrow(rebuilt, node.range) if self.g.range(rebuilt).meet(node.range) else rebuilt

    # path conditions

    def _select(self, node: Node, where: Where) -> int:
        condition = where.memo[node.args[0]]
        if self.g.range(condition).is_constant:
            return self.at(node.args[1] if self.g.range(condition).lo else node.args[2], where)
        then = self.at(node.args[1], self.assuming(where, condition, True))
        other = self.at(node.args[2], self.assuming(where, condition, False))
        return self.g.select(condition, then, other)

    def _junction(self, node: Node, where: Where) -> int:
        """Rebuild each operand where its predecessors leave the result open; on the token first."""
        parts = sorted(self._parts(node, node.op), key=self._weight)
        truth, result, path = node.op is Op.AND, self.g.const(int(node.op is Op.AND)), where
        for part in parts:
            rebuilt = self.at(part, path)
            result = self.g.apply(node.op, (result, rebuilt))
            if self.g.range(result).is_constant and self.g.range(result).lo != truth:
                return result
            if not self.g.range(rebuilt).is_constant:
                path = self.assuming(path, rebuilt, truth)
        return result

    def _parts(self, node: Node, op: Op) -> list[int]:
        parts: list[int] = []
        for arg in node.args:
            argument = self.source[arg]
            nested = argument.op is op and self._is_junction(argument) and arg not in self.replacements
            parts += self._parts(argument, op) if nested else [arg]
        return parts

    def _weight(self, index: int) -> tuple[bool, int]:
        """Return a sort key: conditions on the token before those on registers."""
        return self._reads_registers(index), index

    def _reads_registers(self, index: int) -> bool:
        """Return whether a node's cone contains a register, memoized by an explicit stack."""
        waiting = [index]
        while waiting:
            current = waiting[-1]
            node = self.source[current]
            missing = [arg for arg in node.args if arg not in self._on_registers]
            if missing and current not in self.replacements:
                waiting.extend(missing)
                continue
            is_register = node.op in (Op.REGISTER, Op.LOAD) or current in self.replacements
            self._on_registers[current] = is_register or any(self._on_registers[arg] for arg in node.args)
            waiting.pop()
        return self._on_registers[index]

    def assuming(self, where: Where, condition: int, truth: bool) -> Where:
        """Return the path extended by a condition; the same path if the fuel is used up."""
        if self.g.range(condition).is_constant or self.fuel <= 0:
            return where
        self.fuel -= 1
        return where.assuming(self.g, condition, truth)

    def _decided(self, rebuilt: int, where: Where) -> int:
        """Return the constant that the path implies for a node, or the node itself."""
        if rebuilt in where.known:
            return self.g.const(where.known[rebuilt])
        node = self.g.nodes[rebuilt]
        if node.op not in COMPARISONS or not where.facts.size:
            return rebuilt
        facts = where.facts.about(rebuilt)
        bounds = self.g.bound(rebuilt, facts, quick=True) if facts else None
        return self.g.const(bounds.lo) if bounds is not None and bounds.is_constant else rebuilt


def _consequences(g: GraphBuilder, condition: int, truth: bool) -> dict[int, int]:
    """Return the nodes that a condition makes constant where it holds, or does not."""
    node, constants = g.nodes[condition], {condition: int(truth)}
    if node.op in (Op.EQ, Op.NE) and truth == (node.op is Op.EQ):
        for one, other in (node.args, node.args[::-1]):
            if g.range(other).is_constant:
                constants[one] = g.range(other).lo
    elif node.op is Op.SUB and g.is_value(node.args[0], 1):
        constants.update(_consequences(g, node.args[1], not truth))
    elif node.op in (Op.AND, Op.OR) and truth == (node.op is Op.AND):
        if all(BIT.covers(g.range(arg)) for arg in node.args):
            for arg in node.args:
                constants.update(_consequences(g, arg, truth))
    return constants
