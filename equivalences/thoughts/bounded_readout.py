"""The readout of a model with bounded thoughts: the next thought's bits, and the outputs after the last."""

from __future__ import annotations

from collections.abc import Callable

from streamssm.equivalences.thoughts.bounded_words import Words, rebuild
from streamssm.equivalences.thoughts.liveness import Liveness, View
from streamssm.equivalences.thoughts.thought_packing import Item, ThoughtPiece
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Node, Op
from streamssm.ir.ranges import Range
from streamssm.ssm.lowering import NetBuilder, lower
from streamssm.ssm.network import ReluNet


class BoundedReadout:
    """One expression over h and x for all steps; the phase selects the part that matters."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.plan = words.plan
        self.layout = words.schedule.layout
        self.g = GraphBuilder()
        self.h = [self.g.register(position, signal.range) for position, signal in enumerate(words.h)]
        self.x = words.x_nodes(self.g)
        self.live = Liveness(words.program, words.nodes, self.layout)
        self.shift = {array.first: words.row(array.first) for array in words.program.arrays}
        self.hold_nodes = {
            hold.node: self.h[len(words.program.scalars) + k] for k, hold in enumerate(words.holds)
        }
        self.early: dict[int, int] = {}
        self.late: dict[str, dict[int, int]] = {item.name: {} for item in self.layout.items}
        self.blocks = self.layout.blocks()
        self.next_phase = self._next_phase()

    def net(self) -> ReluNet:
        g, last = self.g, self.layout.num_thoughts - 1
        ready = g.bit_or(self.x.begin, self.x.at(last))
        roots = [("ready", ready), ("phase", self.next_phase)]
        roots += [(f"bit {position}", bit) for position, bit in enumerate(self._bits())]
        roots += zip(self.words.program.output_names, self._outputs(), strict=True)
        graph, nodes = g.finish([node for _, node in roots])
        net = NetBuilder((*self.words.h, *self.words.x))
        state = [net.form(signal) for signal in range(len(self.h))]
        x = [net.form(signal) for signal in range(len(self.h), len(net.inputs))]
        named = list(zip([name for name, _ in roots], nodes, strict=True))
        values = lower(net, graph, named, {Op.REGISTER: state, Op.FIELD: x})
        return net.finish((name, value) for (name, _), value in zip(roots, values, strict=True))

    # the next thought

    def _next_phase(self) -> int:
        """Return the number of the next thought."""
        g = self.g
        phase = g.min(g.add(self.x.phase, g.const(1)), g.const(self.layout.num_thoughts - 1))
        for number, block in enumerate(self.blocks[:-1], start=1):
            if self.blocks[number].item is not None or block.item is not None:
                ends = g.eq(self.x.phase, g.const(block.last))
                phase = g.select(ends, self._enter(number, late=True), phase)
        return g.select(self.x.thought, phase, self._enter(0, late=False))

    def _enter(self, number: int, *, late: bool) -> int:
        """Return the first thought of a block, or of a later block if this one is skipped."""
        block = self.blocks[number]
        start = self.g.const(block.first)
        if block.item is None or block.item.condition is None:
            return start
        test = self._value(block.item, block.item.condition, late=late)
        next_block = self._enter(number + 1, late=late)
        return self.g.select(test, *((start, next_block) if block.item.sense else (next_block, start)))

    def _entered(self, thought: int) -> bool:
        """Return whether the input step may jump directly to a thought."""
        for block in self.blocks:
            if block.first == thought:
                return True
            if block.item is None:
                return False
        return False

    def _value(self, item: Item, node: int, *, late: bool) -> int:
        """Return a node of the update over the values that a late step can read, or the input step."""
        nodes, g = self.words.nodes, self.g
        if not late:
            return rebuild(nodes, node, g, self._early, self.early, self.shift)
        return rebuild(nodes, node, g, self._late(item), self.late[item.name], self.shift)

    def _bits(self) -> list[int]:
        bits = [self.g.const(0)] * self.layout.limb
        for item in self.layout.items:
            for piece in self.layout.pieces[item.name]:
                self._send(item, piece, bits)
        return bits

    def _send(self, item: Item, piece: ThoughtPiece, bits: list[int]) -> None:
        """Select a piece's bits where its thought is the next one."""
        g = self.g
        is_next = g.eq(self.next_phase, g.const(piece.thought))
        offsets = []
        for part in item.parts:
            value = self._value(item, part.node, late=piece.thought > 0)
            if piece.thought > 0 and self._entered(piece.thought):
                at_once = self._value(item, part.node, late=False)
                value = g.select(self.x.thought, value, at_once)
            offset_value = g.sub(value, g.const(part.range_.lo))
            offsets += [g.bit_and(g.shr(offset_value, g.const(k)), g.const(1)) for k in range(part.bits)]
        for position in range(piece.count):
            offset = piece.offset + position
            bits[offset] = g.select(is_next, offsets[piece.low + position], bits[offset])

    def _leaf(self, node: Node) -> int | None:
        if node.op is Op.FIELD:
            return self.x.fields[node.index]
        return self.h[self.words.row(node.index)] if node.op is Op.REGISTER else None

    def _early(self, index: int) -> int | None:
        """Return the leaf that the input step reads directly."""
        return self._leaf(self.words.nodes[index])

    def _late(self, item: Item) -> Callable[[int], int | None]:
        """Return a map to the values that late steps read: hold words, and intact or complete registers."""
        view: View = self.live.view(item)
        own = {part.node for part in item.parts} if item in self.words.schedule.sent else set()

        def known(index: int) -> int | None:
            node = self.words.nodes[index]
            if index in self.hold_nodes and index not in own:
                return self.hold_nodes[index]
            if index in view.complete:
                return self.h[self.words.row(view.complete[index])]
            assert not self.live.is_lost(node, view), "lost values are held"
            return self._leaf(node)

        return known

    # outputs

    def _outputs(self) -> list[int]:
        g, program = self.g, self.words.program
        fields = dict(zip(self.plan.carried, self._carried(), strict=True))
        nodes = g.graft(
            program.output,
            registers=lambda register: self.h[self.words.row(register)],
            fields=[fields.get(field_index, 0) for field_index in range(len(program.fields))],
            begin=self.x.begin,
            load=lambda index, node: g.load(index, self.shift[node.load[0]], node.load[1], node.range),
        )
        return [nodes[root] for root in program.outputs]

    def _carried(self) -> list[int]:
        for item in self.layout.items:
            if item.name == "carried":
                (piece,) = self.layout.pieces[item.name]
                bits = self.x.bits[piece.offset : piece.offset + piece.count]
                return self.words.decoded(self.g, item, bits)
        return [self.g.const(self._field(index).lo) for index in self.plan.carried]

    def _field(self, index: int) -> Range:
        return self.words.program.fields[index].range
