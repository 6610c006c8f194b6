"""From placed cells to layers: the networks that compute gates, read values back, and pass on what is still
needed.

The first layer reads flags and token; each later one reads what the one before it was asked to pass on: new
and old values of registers, fields of the token, and whether the stream begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from streamssm.equivalences.layers.allocation import Allocation, AllocationLevel, leaves_of
from streamssm.equivalences.layers.dataflow import UpdateContext, chosen
from streamssm.equivalences.layers.rewriting import Rewriter
from streamssm.equivalences.layers.storage import DiagonalCell, Gate, OneHotWords, Storage, StoredValue
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Node, Op, reachable
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.layers import Layer
from streamssm.ssm.lowering import NetBuilder, lower
from streamssm.ssm.network import ReluNet, Signal
from streamssm.ssm.transitions import TransitionKind

Carried = StoredValue | int | str  # a register's value, a field by its place, or a flag

WEAKEST_FIRST = (
    TransitionKind.TIME_INVARIANT,
    TransitionKind.ZERO_ONE,
    TransitionKind.DYADIC,
    TransitionKind.SIGNED,
    TransitionKind.DIAGONAL,
)


class Emitter:
    """Makes the layers of a placing."""

    def __init__(self, flow: UpdateContext, placing: Allocation, kind: TransitionKind | None) -> None:
        self.flow = flow
        self.placing = placing
        self.kind = kind

    def layers(self) -> tuple[Layer, ...]:
        """Return the layers, first to last."""
        levels = self.placing.levels
        passed = [self._passed(number) for number in range(len(levels))]
        found = []
        for number, level in enumerate(levels):
            x = passed[number - 1] if number else self._first
            wanted = passed[number] if number + 1 < len(levels) else None
            found.append(self._layer(level, x, wanted))
        return tuple(found)

    # what flows between layers

    @property
    def _first(self) -> tuple[Carried, ...]:
        return ("thought", "begin", *range(len(self.flow.program.fields)))

    def _passed(self, number: int) -> tuple[Carried, ...]:
        """Return what the layers after one need, and it or those before it know."""
        later = self.placing.levels[number + 1 :]
        known = {
            value
            for level in self.placing.levels[: number + 1]
            for cell in level.cells
            for value in cell.values
        }
        needs = [node for level in later for cell in level.cells for node in cell.needs]
        values = self.placing.read_by(needs) | self._read_by_outputs
        fields = leaves_of(self.flow, needs) | self._fields_of_outputs
        flags = ["begin"] if self._outputs_ask_for_begin else []
        return (*flags, *sorted(fields), *sorted(values & known))

    @cached_property
    def _output_nodes(self) -> list[Node]:
        output = self.flow.program.output
        return [output.nodes[i] for i in reachable(output.nodes, self.flow.program.outputs)]

    @cached_property
    def _read_by_outputs(self) -> set[StoredValue]:
        canonical, found = self.placing.canonical, set[StoredValue]()
        for node in self._output_nodes:
            if node.op is Op.REGISTER:
                found.add(canonical(StoredValue(node.index, 0)))
            elif node.op is Op.LOAD:
                first, length = node.load
                found |= {canonical(StoredValue(register, 0)) for register in range(first, first + length)}
        return found

    @cached_property
    def _fields_of_outputs(self) -> set[int]:
        return {node.index for node in self._output_nodes if node.op is Op.FIELD}

    @cached_property
    def _outputs_ask_for_begin(self) -> bool:
        return any(node.op is Op.BEGIN for node in self._output_nodes)

    def _signal(self, carried: Carried) -> Signal:
        if isinstance(carried, str):
            return Signal(f"x.{carried}", BIT)
        if isinstance(carried, int):
            word = self.flow.program.fields[carried]
            return Signal(f"x.{word.name}", word.range)
        word = self.flow.registers[carried.register]
        return Signal(f"x.{word.name}{_ago(carried.age)}", word.range)

    # one layer

    def _layer(self, level: AllocationLevel, x: Sequence[Carried], passed: Sequence[Carried] | None) -> Layer:
        readout = self._readout(level, x, passed)
        words = tuple(word for cell in level.cells for word in cell.words)
        monomial = level.kind is TransitionKind.MONOMIAL
        made = self._monomial_gates if monomial else self._diagonal_gates
        kind, gates, places = made(level.cells, x)
        kind = kind if monomial else level.kind or kind
        return Layer(words=words, kind=kind, gates=gates, readout=readout, entry_fraction_bits=places)

    def _over_x(self, x: Sequence[Carried]) -> tuple[GraphBuilder, Rewriter]:
        """Return a builder whose fields are the layer's input, and what rebuilds nodes of the flow in it."""
        g, place = GraphBuilder(), {carried: number for number, carried in enumerate(x)}

        def leaf(node: Node) -> int:
            if node.op is Op.FIELD:
                return g.field(place[node.index], node.range)
            (value,) = self.placing.read_by([self._flow_leaf(node)])
            return g.field(place[value], self._signal(value).range)

        return g, Rewriter(g, self.flow.g.nodes, leaf)

    def _flow_leaf(self, node: Node) -> int:
        return self.flow.g.register(node.index, node.range)

    def _diagonal_gates(
        self, cells: Sequence[Storage], x: Sequence[Carried]
    ) -> tuple[TransitionKind, ReluNet, tuple[int, ...]]:
        g, rewriter = self._over_x(x)
        rows: list[Gate] = []
        for cell in cells:
            rows += _as_diagonal(cell).gates(g, rewriter.root)
        names = [word.name for cell in cells for word in cell.words]
        roots = [(f"A[{name}]", row.entry) for name, row in zip(names, rows, strict=True)]
        roots += [(f"B[{name}]", row.increment) for name, row in zip(names, rows, strict=True)]
        net = self._network(g, x, roots)
        places = tuple(row.places for row in rows)
        return self._kind_of([(g.range(row.entry), row.places) for row in rows]), net, places

    def _kind_of(self, entries: Sequence[tuple[Range, int]]) -> TransitionKind:
        """Return the kind that was asked for, or the weakest that allows all entries."""
        asked = [self.kind] if self.kind in WEAKEST_FIRST else []
        for kind in (*asked, *WEAKEST_FIRST):
            if kind is not None and all(kind.allows(entry, places) for entry, places in entries):
                return kind
        return TransitionKind.DIAGONAL

    def _monomial_gates(
        self, cells: Sequence[Storage], x: Sequence[Carried]
    ) -> tuple[TransitionKind, ReluNet, tuple[int, ...]]:
        """Return gates that move bits to the rows that their columns point to, and leave other words."""
        g, rewriter = self._over_x(x)
        targets: list[int] = []
        rows: list[Gate] = []
        for cell in cells:
            first = g.const(len(targets))
            if isinstance(cell, OneHotWords):
                targets += [g.add(first, target) for target in cell.targets(g, rewriter.root)]
                rows += [Gate(g.const(1), g.const(0))] * len(cell.words)
            else:
                made = _as_diagonal(cell).gates(g, rewriter.root)
                targets += [g.const(len(targets) + place) for place in range(len(made))]
                rows += made
        names = [word.name for cell in cells for word in cell.words]
        increments = [(f"B[{name}]", row.increment) for name, row in zip(names, rows, strict=True)]
        if all(g.range(node).is_constant for node in (*targets, *(row.entry for row in rows))):
            dense = self._dense_entries(g, targets, rows, names)
            net = self._network(g, x, [*dense, *increments])
            return TransitionKind.TIME_INVARIANT_DENSE, net, tuple(row.places for row in rows)
        roots = [(f"target[{name}]", target) for name, target in zip(names, targets, strict=True)]
        roots += [(f"D[{name}]", row.entry) for name, row in zip(names, rows, strict=True)]
        net = self._network(g, x, [*roots, *increments])
        return TransitionKind.MONOMIAL, net, tuple(row.places for row in rows)

    def _dense_entries(
        self, g: GraphBuilder, targets: Sequence[int], rows: Sequence[Gate], names: Sequence[str]
    ) -> list[tuple[str, int]]:
        """Return a constant monomial transition, entry by entry."""
        ones = {(g.range(target).lo, column) for column, target in enumerate(targets)}
        return [
            (f"A[{names[i]}, {names[j]}]", rows[j].entry if (i, j) in ones else g.const(0))
            for i in range(len(names))
            for j in range(len(names))
        ]

    def _network(self, g: GraphBuilder, x: Sequence[Carried], roots: Sequence[tuple[str, int]]) -> ReluNet:
        net = NetBuilder([self._signal(carried) for carried in x])
        graph, placed = g.finish([node for _, node in roots])
        named = [(label, node) for (label, _), node in zip(roots, placed, strict=True)]
        fields = [net.form(signal) for signal in range(len(x))]
        values = lower(net, graph, named, {Op.FIELD: fields})
        return net.finish([(label, value) for (label, _), value in zip(named, values, strict=True)])

    # the readout

    def _readout(
        self, level: AllocationLevel, x: Sequence[Carried], passed: Sequence[Carried] | None
    ) -> ReluNet:
        """Return the network that passes values on, or that gives the outputs where nothing is passed."""
        g = GraphBuilder()
        words = [word for cell in level.cells for word in cell.words]
        h = [g.register(row, word.range) for row, word in enumerate(words)]
        known = {carried: g.field(place, self._signal(carried).range) for place, carried in enumerate(x)}
        start = 0
        for cell in level.cells:
            known.update(cell.decoded(g, h[start : start + len(cell.words)]))
            start += len(cell.words)
        if passed is None:
            roots = list(zip(self.flow.program.output_names, self._outputs(g, known), strict=True))
        else:
            roots = [(self._signal(carried).name.removeprefix("x."), known[carried]) for carried in passed]
        signals = [Signal(f"h.{word.name}", word.range) for word in words]
        net = NetBuilder([*signals, *(self._signal(carried) for carried in x)])
        graph, placed = g.finish([node for _, node in roots])
        forms = [net.form(signal) for signal in range(len(words) + len(x))]
        leaves = {Op.REGISTER: forms[: len(words)], Op.FIELD: forms[len(words) :]}
        named = [(name, node) for (name, _), node in zip(roots, placed, strict=True)]
        values = lower(net, graph, named, leaves)
        return net.finish([(name, value) for (name, _), value in zip(named, values, strict=True)])

    def _outputs(self, g: GraphBuilder, known: dict[Carried, int]) -> list[int]:
        program, canonical = self.flow.program, self.placing.canonical

        def leaf(node: Node) -> int:
            if node.op is Op.REGISTER:
                return known[canonical(StoredValue(node.index, 0))]
            return known["begin"] if node.op is Op.BEGIN else known[node.index]

        def load(node: Node, index: int) -> int:
            first, length = node.load
            return chosen(
                g, index, lambda place: known[canonical(StoredValue(first + place, 0))], Range(0, length - 1)
            )

        rewriter = Rewriter(g, program.output.nodes, leaf, load=load)
        return [rewriter.root(root) for root in program.outputs]


def _as_diagonal(cell: Storage) -> DiagonalCell:
    return cell  # type: ignore[return-value]


def _ago(age: int) -> str:
    return {0: "", 1: " before"}.get(age, f" {age} before")
