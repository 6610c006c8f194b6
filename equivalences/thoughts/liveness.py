"""What must be held once the token is gone and registers are being overwritten: liveness and a smallest cut.

A part that is computed after the input step may read registers that are not yet being written, registers that
are complete (as their new values), and hold words. The hold words are a cut of least bits between what is
lost and what is still needed: functions of the token alone are written on the input step, other values are
sent in front of everything else, as parts of thoughts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from streamssm.equivalences.thoughts.packing import Item, ThoughtPacking
from streamssm.ir.graph import Node, Op
from streamssm.program.program import Program

NEVER = 1 << 60
ENDLESS = NEVER // 2
SCALE = 1 << 10  # a bit that must be sent first costs a little more than one that the input step writes


@dataclass(frozen=True)
class View:
    """What can be read while the late pieces of an item are computed."""

    complete: dict[int, int]  # node -> the register that holds it as its new value
    lost: frozenset[int]  # registers whose words are overwritten, or partly


class Liveness:
    """Answers for one layout of a program's update graph."""

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
        found = [part.node for part in item.parts]
        return found if item.condition is None or self.layout.first(item) == 0 else [*found, item.condition]

    def view(self, item: Item) -> View:
        """Return what the pieces of an item can read from the second thought on."""
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
        """Return whether a leaf, or an array that is loaded from, cannot be read any more."""
        if node.op is Op.FIELD:
            return True
        if node.op is Op.REGISTER:
            return node.index in view.lost
        return node.op is Op.LOAD and not view.lost.isdisjoint(range(node.load[0], sum(node.load)))


@dataclass
class _Flow:
    """Residual capacities between node halves."""

    edges: dict[tuple[int, int], dict[tuple[int, int], int]] = field(default_factory=dict)

    def add(self, a: tuple[int, int], b: tuple[int, int], capacity: int) -> None:
        forward = self.edges.setdefault(a, {})
        forward[b] = max(forward.get(b, 0), capacity)
        self.edges.setdefault(b, {}).setdefault(a, 0)

    def reach(self, start: tuple[int, int]) -> dict[tuple[int, int], tuple[int, int]]:
        found, ends = {start: start}, deque([start])
        while ends:
            at = ends.popleft()
            for to, left in self.edges[at].items():
                if left > 0 and to not in found:
                    found[to] = at
                    ends.append(to)
        return found

    def saturate(self, source: tuple[int, int], sink: tuple[int, int]) -> set[tuple[int, int]] | None:
        """Push what there is room for; return what the source still reaches, None if room is endless."""
        while True:
            found = self.reach(source)
            if sink not in found:
                return set(found)
            path, at = [], sink
            while at != source:
                path.append((found[at], at))
                at = found[at]
            amount = min(self.edges[a][b] for a, b in path)
            if amount >= ENDLESS:
                return None
            for a, b in path:
                self.edges[a][b] -= amount
                self.edges[b][a] += amount


SOURCE, SINK = (-1, 0), (-1, 1)


def least_cut(live: Liveness, free: Collection[int], of_token: Sequence[bool], most: int) -> list[int] | None:
    """Return the nodes to hold for the late items, of least bits; None if there is no such choice.

    ``free`` are held already. A node that needs registers may be held if it has at most ``most`` bits, or if
    it is a register.
    """
    flow = _Flow({SOURCE: {}, SINK: {}})
    for item in live.late_items():
        view = live.view(item)
        seen: set[int] = set()
        for root in live.roots(item):
            if _needs(live, view, free, root):
                flow.add((root, 1), SINK, NEVER)
            _trace(live, view, free, root, seen, flow)
    for a, b in [(a, b) for a, b in _halves(flow)]:
        flow.add(a, b, _price(live.nodes[a[0]], of_token[a[0]], most))
    reached = flow.saturate(SOURCE, SINK)
    if reached is None:
        return None
    return sorted(n for n, half in reached if n >= 0 and half == 0 and (n, 1) not in reached)


def _halves(flow: _Flow) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    found = {node for node, _ in flow.edges if node >= 0}
    return [((node, 0), (node, 1)) for node in found]


def _price(node: Node, of_token: bool, most: int) -> int:
    if of_token:
        return node.range.bits * SCALE
    allowed = node.range.bits <= most or node.op is Op.REGISTER
    return node.range.bits * (SCALE + 1) if allowed else NEVER


def _needs(live: Liveness, view: View, free: Collection[int], node: int) -> bool:
    return node not in free and node not in view.complete and live.nodes[node].op is not Op.CONST


def _trace(live: Liveness, view: View, free: Collection[int], root: int, seen: set[int], flow: _Flow) -> None:
    """Add the paths from what is lost to a root."""
    ends = [root]
    while ends:
        index = ends.pop()
        if index in seen or not _needs(live, view, free, index):
            continue
        seen.add(index)
        node = live.nodes[index]
        if live.is_lost(node, view):
            flow.add(SOURCE, (index, 0), NEVER)
        for arg in node.args:
            if _needs(live, view, free, arg):
                flow.add((arg, 1), (index, 0), NEVER)
        ends.extend(node.args)
