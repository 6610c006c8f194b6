"""Building expression graphs: hash-consing, folding, and a proven range for every node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from streamssm.errors import ParameterError
from streamssm.ir import semantics
from streamssm.ir.graph import COMMUTATIVE, COMPARISONS, LEAVES, Attr, Graph, Node, Op, reachable
from streamssm.ir.linear_form import Linear
from streamssm.ir.range_prover import Fact, RangeProver
from streamssm.ir.ranges import BIT, Range, constant, square
from streamssm.ir.simplify import RULES

MAX_MAGNITUDE = 1 << 62

LINEAR = frozenset({Op.ADD, Op.SUB, Op.MUL, Op.SHL})
_NEGATED = {Op.EQ: Op.NE, Op.NE: Op.EQ}


class GraphBuilder:
    """Build nodes: equal nodes are built once (hash-consing), and constants are folded.

    Nodes are referred to by index. Conditions are nodes whose range lies in [0, 1].

    >>> g = GraphBuilder()
    >>> x = g.register(0, Range(0, 255))
    >>> full = g.eq(x, g.const(255))
    >>> g.range(g.select(full, x, g.add(x, g.const(1))))
    Range(lo=1, hi=255)
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._found: dict[tuple[Op, tuple[int, ...], Attr], int] = {}
        self._prover = RangeProver(self.nodes)

    def range(self, node: int) -> Range:
        return self.nodes[node].range

    def bound(self, node: int, facts: Sequence[Fact] = (), *, quick: bool = False) -> Range | None:
        """Return a range of the node wherever all facts hold; None if they cannot hold together.

        A quick answer takes a shorter search, so its range may be wider.
        """
        find = self._prover.quick_bound if quick else self._prover.bound
        return find(node, tuple(facts))

    def difference(self, a: int, b: int) -> Range:
        """Return a range of ``a - b`` from unconditional ranges."""
        return self._prover.difference(a, b)

    def form(self, node: int) -> Linear:
        """Return the node as a constant plus multiples of nodes that are not linear themselves."""
        return self._prover.forms[node]

    def leaves(self, node: int) -> frozenset[int] | None:
        """Return the leaves below a node; None if there are more than a few."""
        return self._prover.leaves(node)

    def is_comparison(self, node: int) -> bool:
        """Return whether a node compares two words."""
        return self.nodes[node].op in COMPARISONS

    def refine(self, node: int, proven: Range) -> int:
        """Narrow a node's range to one that was proven to hold unconditionally."""
        old = self.nodes[node]
        met = old.range.meet(proven)
        if met is None:
            raise ParameterError(f"a proven range must meet the inferred {old.range}, not be {proven}")
        self.nodes[node] = Node(old.op, old.args, old.attr, met)
        return node

    def narrow(self, node: int, proven: Range) -> int:
        """Refine a node, unless it is a leaf, whose range is its word's."""
        return node if self.nodes[node].op in LEAVES else self.refine(node, proven)

    def finish(self, roots: Sequence[int]) -> tuple[Graph, tuple[int, ...]]:
        """Return the nodes that the roots need as a graph, and the indices of the roots in it."""
        indices = reachable(self.nodes, roots)
        index_of = {old: new for new, old in enumerate(indices)}
        nodes = (self.nodes[old] for old in indices)
        graph = Graph(tuple(Node(n.op, tuple(index_of[a] for a in n.args), n.attr, n.range) for n in nodes))
        return graph, tuple(index_of[root] for root in roots)

    def graft(
        self,
        graph: Graph,
        *,
        registers: Callable[[int], int],
        fields: Sequence[int],
        begin: int,
        load: Callable[[int, Node], int],
        refined: bool = False,
    ) -> list[int]:
        """Rebuild another graph here with its leaves replaced; return a copy of each node.

        ``registers`` gives the node that replaces a register, ``load`` the one that replaces a LOAD, from the
        copy of its index. ``refined`` takes over ranges that were proven for the other graph, which is sound
        only if leaves are replaced by words that lie in the same ranges.
        """
        copies: list[int] = []
        for node in graph:
            if node.op is Op.CONST:
                copies.append(self.const(node.index))
            elif node.op is Op.BEGIN:
                copies.append(begin)
            elif node.op is Op.REGISTER:
                copies.append(registers(node.index))
            elif node.op is Op.FIELD:
                copies.append(fields[node.index])
            elif node.op is Op.LOAD:
                copies.append(load(copies[node.args[0]], node))
            else:
                copy = self.apply(node.op, [copies[a] for a in node.args], node.attr)
                copies.append(self.narrow(copy, node.range) if refined else copy)
        return copies

    # leaves

    def const(self, value: int) -> int:
        return self._intern(Op.CONST, (), int(value), constant(int(value)))

    def field(self, index: int, range_: Range) -> int:
        return self._leaf(Op.FIELD, index, range_)

    def register(self, index: int, range_: Range) -> int:
        return self._leaf(Op.REGISTER, index, range_)

    def load(self, index: int, first: int, length: int, range_: Range) -> int:
        """Return the word at ``index`` of the array of registers from ``first`` on, before the step."""
        if not Range(0, length - 1).covers(self.range(index)):
            raise ParameterError(
                f"an array index must lie in {Range(0, length - 1)}, not in {self.range(index)}"
            )
        if range_.is_constant:
            return self.const(range_.lo)
        if self.nodes[index].op is Op.CONST:
            return self.register(first + self.nodes[index].index, range_)
        return self._intern(Op.LOAD, (index,), (first, length), range_)

    def begin(self) -> int:
        return self._intern(Op.BEGIN, (), None, BIT)

    def _leaf(self, op: Op, index: int, range_: Range) -> int:
        if range_.is_constant:
            return self.const(range_.lo)
        return self._intern(op, (), index, range_)

    # words

    def add(self, a: int, b: int) -> int:
        return self.apply(Op.ADD, (a, b))

    def sub(self, a: int, b: int) -> int:
        return self.apply(Op.SUB, (a, b))

    def mul(self, a: int, b: int) -> int:
        return self.apply(Op.MUL, (a, b))

    def floordiv(self, a: int, b: int) -> int:
        return self.apply(Op.FLOORDIV, (a, b))

    def mod(self, a: int, b: int) -> int:
        return self.apply(Op.MOD, (a, b))

    def min(self, a: int, b: int) -> int:
        return self.apply(Op.MIN, (a, b))

    def max(self, a: int, b: int) -> int:
        return self.apply(Op.MAX, (a, b))

    def neg(self, a: int) -> int:
        return self.sub(self.const(0), a)

    def abs(self, a: int) -> int:
        return self.max(a, self.neg(a))

    def clamp(self, a: int, bounds: Range) -> int:
        return self.max(self.min(a, self.const(bounds.hi)), self.const(bounds.lo))

    def bit_and(self, a: int, b: int) -> int:
        return self.apply(Op.AND, (a, b))

    def bit_or(self, a: int, b: int) -> int:
        return self.apply(Op.OR, (a, b))

    def bit_xor(self, a: int, b: int) -> int:
        return self.apply(Op.XOR, (a, b))

    def shl(self, a: int, b: int) -> int:
        return self.apply(Op.SHL, (a, b))

    def shr(self, a: int, b: int) -> int:
        return self.apply(Op.SHR, (a, b))

    # conditions

    def eq(self, a: int, b: int) -> int:
        return self.apply(Op.EQ, (a, b))

    def ne(self, a: int, b: int) -> int:
        return self.apply(Op.NE, (a, b))

    def lt(self, a: int, b: int) -> int:
        return self.apply(Op.LT, (a, b))

    def le(self, a: int, b: int) -> int:
        return self.apply(Op.LE, (a, b))

    def truth(self, a: int) -> int:
        """Return the condition ``a != 0``."""
        return a if BIT.covers(self.range(a)) else self.ne(a, self.const(0))

    def not_(self, a: int) -> int:
        """Return the complement of a condition."""
        node = self.nodes[a]
        if node.op in _NEGATED:
            return self.apply(_NEGATED[node.op], node.args)
        if node.op is Op.LT:
            return self.le(node.args[1], node.args[0])
        if node.op is Op.LE:
            return self.lt(node.args[1], node.args[0])
        return self.sub(self.const(1), a)

    def select(self, condition: int, a: int, b: int) -> int:
        """Return ``a`` where the condition is 1 and ``b`` where it is 0."""
        return self.apply(Op.SELECT, (condition, a, b))

    def table(self, index: int, values: Sequence[int], first: int = 0) -> int:
        """Return ``values[index - first]``; the index's range must lie inside the table."""
        return self.apply(Op.TABLE, (index,), (first, tuple(values)))

    def neuron(self, bias: int, terms: Iterable[tuple[int, int]], *, relu: bool) -> int:
        """Return ``bias + sum(weight * node)`` over terms (weight, node), or its positive part."""
        pairs = tuple(terms)
        attr = (bias, tuple(w for w, _ in pairs), relu)
        return self.apply(Op.NEURON, tuple(node for _, node in pairs), attr)

    # construction

    def apply(self, op: Op, args: Sequence[int], attr: Attr = None) -> int:
        """Return the node of an operation (not a leaf), simplified."""
        if op is Op.NEURON:
            return self._neuron(tuple(args), attr)
        if op in COMMUTATIVE:
            args = sorted(args)
        known = self._found.get((op, tuple(args), attr))
        if known is not None:
            return known
        simpler = self._simplify(op, tuple(args), attr)
        if simpler is not None:
            return simpler
        node = self._intern(op, tuple(args), attr, self._range_of(op, tuple(args), attr))
        return self._linear(node) if op in LINEAR else node

    def _linear(self, node: int) -> int:
        """Narrow a linear node to the range of its whole linear form, in which terms may cancel."""
        proven = self._prover.linear_range(node)
        return self.const(proven.lo) if proven.is_constant else self.narrow(node, proven)

    def _range_of(self, op: Op, args: tuple[int, ...], attr: Attr) -> Range:
        if op is Op.SELECT:
            then = self.bound(args[1], ((args[0], True),), quick=True)
            other = self.bound(args[2], ((args[0], False),), quick=True)
            if then is not None and other is not None:
                return then.hull(other)
            return then or other or self.range(args[1])
        if op in (Op.FLOORDIV, Op.MOD) and self.range(args[1]).holds(0):
            raise ParameterError(f"a divisor must differ from 0, not lie in {self.range(args[1])}")
        if op in (Op.SHL, Op.SHR) and not Range(0, 62).covers(self.range(args[1])):
            raise ParameterError(f"a shift must be by 0 to 62 bits, not {self.range(args[1])}")
        if op is Op.TABLE:
            self._require_inside(args[0], attr)
        if op in (Op.MIN, Op.MAX):
            return self._extreme_range(op, *args)
        if op is Op.MUL and args[0] == args[1]:
            return square(self.range(args[0]))
        return semantics.range_of(op, [self.range(a) for a in args], attr)

    def _extreme_range(self, op: Op, a: int, b: int) -> Range:
        """The larger of two is at least half of their sum: that is what bounds ``max(x, -x)``."""
        total = self._prover.sum(a, b)
        plain = semantics.range_of(op, (self.range(a), self.range(b)), None)
        if op is Op.MAX:
            return Range(max(plain.lo, -(-total.lo // 2)), plain.hi)
        return Range(plain.lo, min(plain.hi, total.hi // 2))

    def _require_inside(self, index: int, attr: Attr) -> None:
        assert isinstance(attr, tuple) and isinstance(attr[1], tuple)
        inside = Range(attr[0], attr[0] + len(attr[1]) - 1) if attr[1] else None
        if inside is None or not inside.covers(self.range(index)):
            raise ParameterError(
                f"a table index must lie in {inside or 'a table that is not empty'}, "
                f"not in {self.range(index)}"
            )

    def _neuron(self, args: tuple[int, ...], attr: Attr) -> int:
        assert isinstance(attr, tuple) and len(attr) == 3
        bias, weights, relu = attr
        total: dict[int, int] = {}
        for weight, arg in zip(weights, args, strict=True):
            if self.range(arg).is_constant:
                bias += weight * self.range(arg).lo
            else:
                total[arg] = total.get(arg, 0) + weight
        remaining = sorted((arg, weight) for arg, weight in total.items() if weight)
        if not remaining:
            return self.const(max(bias, 0) if relu else bias)
        if (
            len(remaining) == 1
            and remaining[0][1] == 1
            and bias == 0
            and not (relu and self.range(remaining[0][0]).lo < 0)
        ):
            return remaining[0][0]
        args, exact = tuple(arg for arg, _ in remaining), (bias, tuple(w for _, w in remaining), relu)
        known = self._found.get((Op.NEURON, args, exact))
        if known is not None:
            return known
        reached = semantics.range_of(Op.NEURON, [self.range(a) for a in args], exact)
        return self._intern(Op.NEURON, args, exact, reached)

    def _intern(self, op: Op, args: tuple[int, ...], attr: Attr, range_: Range) -> int:
        if max(abs(range_.lo), abs(range_.hi)) >= MAX_MAGNITUDE:
            raise ParameterError(
                f"an intermediate value ({op.value}) must stay below 2^62, not reach {range_}"
            )
        if range_.is_constant and op not in LEAVES:
            return self.const(range_.lo)
        key = (op, args, attr)
        index = self._found.setdefault(key, len(self.nodes))
        if index == len(self.nodes):
            self.nodes.append(Node(op, args, attr, range_))
        elif op in LEAVES and self.nodes[index].range != range_:
            raise ParameterError(
                f"{op.value} {attr} must have one range, not {range_} beside {self.range(index)}"
            )
        return index

    def _simplify(self, op: Op, args: tuple[int, ...], attr: Attr) -> int | None:
        if all(self.nodes[a].op is Op.CONST for a in args) and not (op is Op.TABLE or self._traps(op, args)):
            return self.const(semantics.apply(op, [self.nodes[a].index for a in args], attr))
        if op in COMPARISONS:
            return self._decided(op, args)
        rule = RULES.get(op)
        return rule(self, *args) if rule else None

    def _traps(self, op: Op, args: tuple[int, ...]) -> bool:
        divides, shifts = op in (Op.FLOORDIV, Op.MOD), op in (Op.SHL, Op.SHR)
        right = self.nodes[args[-1]].index
        return (divides and right == 0) or (shifts and not 0 <= right <= 62)

    def _decided(self, op: Op, args: tuple[int, ...]) -> int | None:
        """Fold a comparison whose difference has one sign only."""
        gap = self.difference(*args)
        if op in (Op.EQ, Op.NE) and (gap.lo == gap.hi == 0 or not gap.holds(0)):
            return self.const(int((op is Op.EQ) == (gap.lo == gap.hi == 0)))
        last_true, first_false = (-1, 0) if op is Op.LT else (0, 1)
        if op in (Op.LT, Op.LE) and (gap.hi <= last_true or gap.lo >= first_false):
            return self.const(int(gap.hi <= last_true))
        return None

    def is_value(self, node: int, value: int) -> bool:
        """Return whether the node is this constant."""
        return self.nodes[node].op is Op.CONST and self.nodes[node].index == value
