"""Scheduling of writes for thoughts of a given size, with the least bits of hold words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from math import factorial

from streamssm.equivalences.thoughts.liveness import Liveness, least_cut
from streamssm.equivalences.thoughts.plan import ThoughtLayout
from streamssm.equivalences.thoughts.thought_packing import Item, Part, ThoughtPacking, pack_items
from streamssm.errors import ParameterError
from streamssm.ir.graph import Node, Op

ALL_ORDERS = 720  # up to 6! orders of writes are enumerated; beyond that, single moves of the written order


@dataclass(frozen=True)
class Schedule:
    """A packing with the nodes to hold: functions of the token, and of registers (sent first)."""

    layout: ThoughtPacking
    of_token: tuple[int, ...]
    sent: tuple[Item, ...]
    hold_bits: int
    all_orders: bool = True

    @property
    def cost(self) -> tuple[int, int]:
        return self.hold_bits, self.layout.num_thoughts

    @property
    def held(self) -> tuple[int, ...]:
        """Every node that is held: functions of the token, then the nodes of sent items."""
        return (*self.of_token, *(item.parts[0].node for item in self.sent))


class Scheduler:
    """Finds schedules for the update of a plan."""

    def __init__(self, plan: ThoughtLayout) -> None:
        self.plan = plan
        self.nodes: Sequence[Node] = plan.g.nodes
        self.groups = list(_groups(plan))
        self.with_conditions = [_conditional(plan, group) for group in self.groups]
        self.carried = _carried(plan)
        self.token_only = _token_only(self.nodes)
        self.total_bits = sum(item.bits for group in self.groups for item in group)
        self.total_bits += sum(item.bits for item in self.carried)

    def schedule(self, thought_bits: int) -> Schedule:
        """Return the schedule of least hold bits for thoughts of at most ``thought_bits``.

        Raises
        ------
        ParameterError
            If there are too few bits; the message names the least number.
        """
        schedule = self._find(thought_bits)
        if schedule is not None:
            return schedule
        larger = range(thought_bits + 1, self.total_bits + 1)
        least = next(bits for bits in larger if self._find(bits, any_order=True))
        raise ParameterError(
            f"cot_bits of {self.plan.program.name} must be at least {least}, not {thought_bits}: "
            "one limb plus the number of the thought"
        )

    def _find(self, thought_bits: int, *, any_order: bool = False) -> Schedule | None:
        """Return the best schedule over all limb sizes; the largest limb need not hold the fewest bits."""
        best: Schedule | None = None
        for limb in range(thought_bits, 0, -1):
            if limb + (-(-self.total_bits // limb) - 1).bit_length() <= thought_bits:
                best = self._best(limb, thought_bits, best)
                if best is not None and (any_order or best.hold_bits == 0):
                    break
        if best is None or best.hold_bits == 0 or factorial(len(self.groups)) <= ALL_ORDERS:
            return best
        return replace(best, all_orders=False)

    def _best(self, limb: int, thought_bits: int, best: Schedule | None) -> Schedule | None:
        for order in self._orders():
            schedule = self._schedule_order(order, limb)
            if schedule is None or schedule.layout.thought_bits > thought_bits:
                continue
            if best is None or schedule.cost < best.cost:
                best = schedule
            if best.hold_bits == 0:
                break
        return best

    def _orders(self) -> Iterator[list[Item]]:
        """Yield orders of the items, without conditions and with them."""
        yield from self._orders_of(self.groups)
        if self.with_conditions != self.groups:
            yield from self._orders_of(self.with_conditions)

    def _orders_of(self, groups: list[tuple[Item, ...]]) -> Iterator[list[Item]]:
        """Yield all orders of some groups, or the written order with one group moved to each position."""
        if factorial(len(groups)) <= ALL_ORDERS:
            for order in permutations(groups):
                yield [item for group in order for item in group]
            return
        yield [item for group in groups for item in group]
        for start in range(len(groups)):
            rest = groups[:start] + groups[start + 1 :]
            for end in range(len(groups)):
                moved = [*rest[:end], groups[start], *rest[end:]]
                yield [item for group in moved for item in group]

    def _schedule_order(self, order: Sequence[Item], limb: int) -> Schedule | None:
        max_bits = limb
        while True:
            schedule = self._with_holds(order, limb, max_bits)
            if schedule is None:
                return None
            derived = [item.bits for item in schedule.sent if not self._is_register(item.parts[0].node)]
            if sum(derived) <= limb:
                return schedule
            max_bits = max(derived) - 1

    def _with_holds(self, order: Sequence[Item], limb: int, max_bits: int) -> Schedule | None:
        """Hold more nodes to a fixed point: items that are sent first delay everything after them."""
        sent: dict[int, Item] = {}
        while True:
            held_items = sorted(sent.values(), key=lambda item: self._is_register(item.parts[0].node))
            layout = pack_items(held_items, [*order, *self.carried], limb)
            if layout is None:
                return None
            live = Liveness(self.plan.program, self.nodes, layout)
            cut = least_cut(live, sent, self.token_only, max_bits)
            if cut is None:
                return None
            missing = [node for node in cut if not self.token_only[node]]
            if not missing:
                bits = sum(self.nodes[node].range.bits for node in (*cut, *sent))
                return Schedule(layout, tuple(cut), tuple(held_items), bits)
            for node in missing:
                sent[node] = Item(f"hold {node}", (Part(node, self.nodes[node].range),), cuttable=True)

    def _is_register(self, node: int) -> bool:
        return self.nodes[node].op is Op.REGISTER


def _groups(plan: ThoughtLayout) -> Iterator[tuple[Item, ...]]:
    """Yield the units of ordering: a scalar by itself, an array's words or ports together."""
    for row, slot in enumerate(plan.scalars):
        if slot.word.bits:
            yield (Item(slot.word.name, (Part(slot.node, slot.word.range),), True, row, slot.node),)
    for number, array in enumerate(plan.arrays):
        if array.words:
            yield tuple(
                Item(slot.word.name, (Part(slot.node, slot.word.range),), True, register, slot.node)
                for register, slot in zip(array.array.places, array.words, strict=True)
                if slot.word.bits
            )
        elif array.ports:
            yield tuple(
                Item(
                    f"{array.array.name} port {k}",
                    tuple(Part(slot.node, slot.word.range) for slot in port.slots),
                    False,
                    (number, k - 1),
                )
                for k, port in enumerate(array.ports, start=1)
            )


def _conditional(plan: ThoughtLayout, group: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the group with a condition if its register either keeps its value or takes a new one."""
    item = group[0]
    if len(group) > 1 or not isinstance(item.target, int):
        return group
    node, range_ = plan.g.nodes[item.parts[0].node], item.parts[0].range_
    if node.op is Op.SELECT:
        for sense, (sent, other) in ((True, node.args[1:]), (False, node.args[:0:-1])):
            old = plan.g.nodes[other]
            if old.op is Op.REGISTER and old.index == item.target and range_.covers(plan.g.range(sent)):
                parts = (Part(sent, range_),)
                return (replace(item, parts=parts, condition=node.args[0], sense=sense),)
    return group


def _carried(plan: ThoughtLayout) -> list[Item]:
    fields = [plan.program.fields[index] for index in plan.carried]
    nodes = [plan.g.field(index, word.range) for index, word in zip(plan.carried, fields, strict=True)]
    parts = tuple(Part(node, word.range) for node, word in zip(nodes, fields, strict=True))
    return [Item("carried", parts, False)] if any(part.bits for part in parts) else []


def _token_only(nodes: Sequence[Node]) -> list[bool]:
    token_only: list[bool] = []
    for node in nodes:
        reads = node.op in (Op.REGISTER, Op.LOAD)
        token_only.append(not reads and all(token_only[arg] for arg in node.args))
    return token_only
