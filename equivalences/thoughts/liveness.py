"""Liveness analysis and minimum cut: the values to save while registers are overwritten.

A part that is computed after the input step can read registers that are not yet being written, registers that
are complete (as their new values), and hold words. The hold words are a minimum cut, in bits, between lost
and needed values (max-flow min-cut): functions of the token alone are written on the input step; other values
are sent in front of everything else, as parts of thoughts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from streamssm.equivalences.thoughts.thought_packing import Item, ThoughtPacking
from streamssm.ir.graph import Node, Op
from streamssm.program.program import Program

NEVER = 1 << 60
ENDLESS = NEVER // 2
SCALE = 1 << 10  # breaks ties: a bit sent first costs slightly more than one written on the input step


@dataclass(frozen=True)
class View:
    """The registers that can and cannot be read while the late pieces of an item are computed."""

    complete: dict[int, int]  # node -> the register that holds it as its new value
    lost: frozenset[int]  # registers whose words are overwritten, or partly


class Liveness:
    """Liveness of a program's update graph under one packing."""

    def __init__(self, program: Program, nodes: Sequence[Node], layout: ThoughtPacking) -> None:
        self.program = program
        self.nodes = nodes
        self.layout = layout
        self.targets = {item.target: item for item in layout.items if item.target is not None}

    def late_items(self) -> list[Item]:
        """Return the items with bits that are computed after the input step."""
        return [item for item in self.layout.items if item.bits and self.layout.last(item) > 0]

    def roots(self, item: Item) -> list[int]:
        """Return the nodes that a late item needs."""
        nodes = [part.node for part in item.parts]
        return nodes if item.condition is None or self.layout.first(item) == 0 else [*nodes, item.condition]

    def view(self, item: Item) -> View:
        """Return the view of an item's pieces from the second thought on."""
        start, end = max(1, self.layout.first(item)), self.layout.last(item)
        complete: dict[int, int] = {}
        lost: set[int] = set()
        for other in self.targets.values():
            if not other.bits:
                continue
            if self.layout.first(other) < end:
                lost.update(self._registers(other))
            if isinstance(other.target, int) and self.layout.last(other) < start:
                assert other.result is not None
                complete[other.result] = other.target
        return View(complete, frozenset(lost))

    def _registers(self, item: Item) -> Iterable[int]:
        if isinstance(item.target, tuple):
            return self.program.arrays[item.target[0]].places
        assert item.target is not None
        return (item.target,)

    def is_lost(self, node: Node, view: View) -> bool:
        """Return whether a leaf, or an array that is loaded from, is no longer readable."""
        if node.op is Op.FIELD:
            return True
        if node.op is Op.REGISTER:
            return node.index in view.lost
        return node.op is Op.LOAD and not view.lost.isdisjoint(range(node.load[0], sum(node.load)))


@dataclass
class _FlowNetwork:
    """Residual capacities between node halves: cutting (n, 0) -> (n, 1) holds node n."""

    edges: dict[tuple[int, int], dict[tuple[int, int], int]] = field(default_factory=dict)

    def add(self, a: tuple[int, int], b: tuple[int, int], capacity: int) -> None:
        forward = self.edges.setdefault(a, {})
        forward[b] = max(forward.get(b, 0), capacity)
        self.edges.setdefault(b, {}).setdefault(a, 0)

    def reach(self, start: tuple[int, int]) -> dict[tuple[int, int], tuple[int, int]]:
        predecessor, queue = {start: start}, deque([start])
        while queue:
            current = queue.popleft()
            for neighbor, residual in self.edges[current].items():
                if residual > 0 and neighbor not in predecessor:
                    predecessor[neighbor] = current
                    queue.append(neighbor)
        return predecessor

    def saturate(self, source: tuple[int, int], sink: tuple[int, int]) -> set[tuple[int, int]] | None:
        """Run Edmonds-Karp; return the source's side of a minimum cut, None if the flow is unbounded."""
        while True:
            predecessor = self.reach(source)
            if sink not in predecessor:
                return set(predecessor)
            path, current = [], sink
            while current != source:
                path.append((predecessor[current], current))
                current = predecessor[current]
            amount = min(self.edges[a][b] for a, b in path)
            if amount >= ENDLESS:
                return None
            for a, b in path:
                self.edges[a][b] -= amount
                self.edges[b][a] += amount


SOURCE, SINK = (-1, 0), (-1, 1)


def least_cut(
    live: Liveness, free: Collection[int], of_token: Sequence[bool], max_bits: int
) -> list[int] | None:
    """Return the nodes of least bits to hold for the late items; None if no choice is allowed.

    ``free`` are held already. A node that needs registers may be held if it is a register or has at most
    ``max_bits`` bits.
    """
    network = _FlowNetwork({SOURCE: {}, SINK: {}})
    for item in live.late_items():
        view = live.view(item)
        seen: set[int] = set()
        for root in live.roots(item):
            if _needs(live, view, free, root):
                network.add((root, 1), SINK, NEVER)
            _trace(live, view, free, root, seen, network)
    for a, b in [(a, b) for a, b in _halves(network)]:
        network.add(a, b, _price(live.nodes[a[0]], of_token[a[0]], max_bits))
    reached = network.saturate(SOURCE, SINK)
    if reached is None:
        return None
    return sorted(n for n, half in reached if n >= 0 and half == 0 and (n, 1) not in reached)


def _halves(network: _FlowNetwork) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    nodes = {node for node, _ in network.edges if node >= 0}
    return [((node, 0), (node, 1)) for node in nodes]


def _price(node: Node, of_token: bool, max_bits: int) -> int:
    if of_token:
        return node.range.bits * SCALE
    allowed = node.range.bits <= max_bits or node.op is Op.REGISTER
    return node.range.bits * (SCALE + 1) if allowed else NEVER


def _needs(live: Liveness, view: View, free: Collection[int], node: int) -> bool:
    return node not in free and node not in view.complete and live.nodes[node].op is not Op.CONST


def _trace(
    live: Liveness, view: View, free: Collection[int], root: int, seen: set[int], network: _FlowNetwork
) -> None:
    """Add the paths from lost nodes to a root."""
    waiting = [root]
    while waiting:
        index = waiting.pop()
        if index in seen or not _needs(live, view, free, index):
            continue
        seen.add(index)
        node = live.nodes[index]
        if live.is_lost(node, view):
            network.add(SOURCE, (index, 0), NEVER)
        for arg in node.args:
            if _needs(live, view, free, arg):
                network.add((arg, 1), (index, 0), NEVER)
        waiting.extend(node.args)
