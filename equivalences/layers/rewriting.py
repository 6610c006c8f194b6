"""Rebuild nodes elsewhere, simplified by what is known where they are used.

Below ``select(c, x, y)`` the word x counts only where c holds, and y only where it does not; in ``p and q``
the condition q counts only where p holds. Conditions that are decided there vanish, and with them what they
would have read.

Law: what is rebuilt has the value of the original, whatever the leaves hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from streamssm.frontends.python_class.path_condition import PathCondition
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import COMPARISONS, Node, Op
from streamssm.ir.ranges import BIT

FUEL = 4096  # branches that are looked at on their own, for one root; the others are rebuilt as they are
DEEPEST = 64  # and so are those inside that many others

Leaf = Callable[[Node], int]


class Where:
    """What is known at one place: facts, and the words that they make constant."""

    __slots__ = ("facts", "known", "memo")

    def __init__(self, facts: PathCondition, known: Mapping[int, int]) -> None:
        self.facts = facts
        self.known = known
        self.memo: dict[int, int] = {}

    def assuming(self, g: GraphBuilder, condition: int, truth: bool) -> Where:
        """Return the place where a condition holds, or does not."""
        return Where(
            self.facts.with_fact((condition, truth)), {**self.known, **_consequences(g, condition, truth)}
        )


class Rewriter:
    """Rebuilds the nodes of a graph (of ``g`` itself, or of another one) in ``g``.

    ``leaf`` gives what takes the place of a REGISTER, FIELD or BEGIN; ``load`` that of an array's word at a
    node of ``g``; ``instead`` are nodes of the source that are not rebuilt but replaced.
    """

    def __init__(
        self,
        g: GraphBuilder,
        source: Sequence[Node],
        leaf: Leaf,
        *,
        load: Callable[[Node, int], int] | None = None,
        instead: Mapping[int, int] | None = None,
    ) -> None:
        self.g = g
        self.source = source
        self.leaf = leaf
        self.load = load
        self.instead = instead or {}
        self.anywhere = Where(PathCondition(g), {})
        self.fuel = FUEL
        self.depth = 0
        self._on_registers: dict[int, bool] = {}

    def root(self, node: int, where: Where | None = None) -> int:
        """Return a node rebuilt, with fresh fuel."""
        self.fuel = FUEL
        return self.at(node, where or self.anywhere)

    def at(self, node: int, where: Where) -> int:
        """Return a node rebuilt for one place."""
        plain = self.fuel <= 0 or self.depth >= DEEPEST
        self.depth += 1
        waiting = [node]
        while waiting:  # arguments without recursion: graphs may be deep
            index = waiting[-1]
            missing = [a for a in self._args_here(index, plain) if a not in where.memo]
            if index in where.memo or not missing:
                waiting.pop()
            if index not in where.memo and not missing:
                where.memo[index] = self._decided(self._made(index, where, plain), where)
            waiting.extend(missing if index not in where.memo else ())
        self.depth -= 1
        return where.memo[node]

    def _args_here(self, index: int, plain: bool) -> tuple[int, ...]:
        """Return the arguments that count wherever the node itself does."""
        node = self.source[index]
        if index in self.instead:
            return ()
        if node.op is Op.SELECT and not plain:
            return node.args[:1]
        return () if self._is_junction(node) and not plain else node.args

    def _is_junction(self, node: Node) -> bool:
        return node.op in (Op.AND, Op.OR) and all(BIT.covers(self.source[a].range) for a in node.args)

    def _made(self, index: int, where: Where, plain: bool) -> int:
        node = self.source[index]
        if index in self.instead:
            return self.instead[index]
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
        made = self.g.apply(node.op, args, node.attr)
        return self.g.narrow(made, node.range) if self.g.range(made).meet(node.range) else made

    # places

    def _select(self, node: Node, where: Where) -> int:
        condition = where.memo[node.args[0]]
        if self.g.range(condition).is_constant:
            return self.at(node.args[1] if self.g.range(condition).lo else node.args[2], where)
        then = self.at(node.args[1], self.assuming(where, condition, True))
        other = self.at(node.args[2], self.assuming(where, condition, False))
        return self.g.select(condition, then, other)

    def _junction(self, node: Node, where: Where) -> int:
        """Rebuild each part where those before it leave the whole open, those that read less first."""
        parts = sorted(self._parts(node, node.op), key=self._weight)
        truth, found, place = node.op is Op.AND, self.g.const(int(node.op is Op.AND)), where
        for part in parts:
            made = self.at(part, place)
            found = self.g.apply(node.op, (found, made))
            if self.g.range(found).is_constant and self.g.range(found).lo != truth:
                return found
            if not self.g.range(made).is_constant:
                place = self.assuming(place, made, truth)
        return found

    def _parts(self, node: Node, op: Op) -> list[int]:
        found: list[int] = []
        for arg in node.args:
            inner = self.source[arg]
            nested = inner.op is op and self._is_junction(inner) and arg not in self.instead
            found += self._parts(inner, op) if nested else [arg]
        return found

    def _weight(self, index: int) -> tuple[bool, int]:
        """Order conditions on the token before those on registers."""
        return self._reads_registers(index), index

    def _reads_registers(self, index: int) -> bool:
        """Return whether a node needs a register, by what is known of its arguments."""
        open_ends = [index]
        while open_ends:
            at = open_ends[-1]
            node = self.source[at]
            missing = [arg for arg in node.args if arg not in self._on_registers]
            if missing and at not in self.instead:
                open_ends.extend(missing)
                continue
            own = node.op in (Op.REGISTER, Op.LOAD) or at in self.instead
            self._on_registers[at] = own or any(self._on_registers[arg] for arg in node.args)
            open_ends.pop()
        return self._on_registers[index]

    def assuming(self, where: Where, condition: int, truth: bool) -> Where:
        """Return the place where a condition is decided; the same place when the fuel is used up."""
        if self.g.range(condition).is_constant or self.fuel <= 0:
            return where
        self.fuel -= 1
        return where.assuming(self.g, condition, truth)

    def _decided(self, made: int, where: Where) -> int:
        """Return the constant that a word is known to be here, if it is."""
        if made in where.known:
            return self.g.const(where.known[made])
        node = self.g.nodes[made]
        if node.op not in COMPARISONS or not where.facts.size:
            return made
        facts = where.facts.about(made)
        found = self.g.bound(made, facts, quick=True) if facts else None
        return self.g.const(found.lo) if found is not None and found.is_constant else made


def _consequences(g: GraphBuilder, condition: int, truth: bool) -> dict[int, int]:
    """Return the words that are constant where a condition holds, or does not."""
    node, found = g.nodes[condition], {condition: int(truth)}
    if node.op in (Op.EQ, Op.NE) and truth == (node.op is Op.EQ):
        for one, other in (node.args, node.args[::-1]):
            if g.range(other).is_constant:
                found[one] = g.range(other).lo
    elif node.op is Op.SUB and g.is_value(node.args[0], 1):
        found.update(_consequences(g, node.args[1], not truth))
    elif node.op in (Op.AND, Op.OR) and truth == (node.op is Op.AND):
        if all(BIT.covers(g.range(arg)) for arg in node.args):
            for arg in node.args:
                found.update(_consequences(g, arg, truth))
    return found
