"""The expression graph: words computed from registers and token fields.

A graph is a tuple of nodes in topological order; a node refers to earlier ones by their index. Conditions are
words that hold 0 or 1. Every node carries a range that holds unconditionally, whatever the registers and
fields are within theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from streamssm.ir.ranges import Range


class Op(str, Enum):
    """The operation of a node on arguments ``a, b, c``: integers throughout, Python's ``//`` and ``%``."""

    CONST = "const"  # attr: the value
    FIELD = "field"  # attr: index of the token's field
    REGISTER = "register"  # attr: index of the register
    BEGIN = "begin"  # 1 before the first token, else 0; in outputs only
    ADD = "add"
    SUB = "sub"
    MUL = "mul"
    FLOORDIV = "floordiv"
    MOD = "mod"
    MIN = "min"
    MAX = "max"
    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    AND = "and"
    OR = "or"
    XOR = "xor"
    SHL = "shl"
    SHR = "shr"
    SELECT = "select"  # a ? b : c, a in {0, 1}
    TABLE = "table"  # attr: (first index, values); values[a - first]
    LOAD = "load"  # attr: (first register, length) of an array; the array's word at a
    NEURON = "neuron"  # attr: (bias, weights, relu); bias + weights . args, then max(0, .) if relu


LEAVES = frozenset({Op.CONST, Op.FIELD, Op.REGISTER, Op.BEGIN})
COMMUTATIVE = frozenset({Op.ADD, Op.MUL, Op.MIN, Op.MAX, Op.EQ, Op.NE, Op.AND, Op.OR, Op.XOR})
COMPARISONS = frozenset({Op.EQ, Op.NE, Op.LT, Op.LE})

TableAttr = tuple[int, tuple[int, ...]]
LoadAttr = tuple[int, int]
NeuronAttr = tuple[int, tuple[int, ...], bool]
Attr = int | TableAttr | LoadAttr | NeuronAttr | None


@dataclass(frozen=True, slots=True)
class Node:
    """One word: ``op`` applied to the nodes ``args``."""

    op: Op
    args: tuple[int, ...]
    attr: Attr
    range: Range

    @property
    def index(self) -> int:
        """The value of a CONST, the index of a FIELD or REGISTER."""
        assert isinstance(self.attr, int)
        return self.attr

    @property
    def table(self) -> TableAttr:
        assert isinstance(self.attr, tuple) and len(self.attr) == 2 and isinstance(self.attr[1], tuple)
        return self.attr[0], self.attr[1]

    @property
    def load(self) -> LoadAttr:
        assert isinstance(self.attr, tuple) and len(self.attr) == 2 and isinstance(self.attr[1], int)
        return self.attr[0], self.attr[1]

    @property
    def neuron(self) -> NeuronAttr:
        assert isinstance(self.attr, tuple) and len(self.attr) == 3
        return self.attr


@dataclass(frozen=True, slots=True)
class Store:
    """A write port: where ``enable`` is 1, the array's word at ``index`` becomes ``value``.

    ``first`` and ``length`` name the registers of the array; the others are nodes of the step, computed from
    the words before it. Stores happen in order: of two that meet, the later one counts.
    """

    first: int
    length: int
    enable: int
    index: int
    value: int


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in topological order."""

    nodes: tuple[Node, ...] = ()

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __getitem__(self, index: int) -> Node:
        return self.nodes[index]


def reachable(nodes: Iterable[Node], roots: Iterable[int]) -> list[int]:
    """Return the indices of the nodes that the roots need, in topological order."""
    table = list(nodes)
    needed = bytearray(len(table))
    for root in roots:
        needed[root] = 1
    for index in range(len(table) - 1, -1, -1):
        if needed[index]:
            for arg in table[index].args:
                needed[arg] = 1
    return [index for index, flag in enumerate(needed) if flag]
