"""Emission of layers from an allocation: the networks of gates and readouts.

The first layer reads the flags and the token. A readout decodes the layer's values and passes on everything
that is live: new and old values of registers, fields of the token, and the flag of the first token. Each
later layer reads what its predecessor passed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from streamssm.equivalences.layers.allocation import Allocation, AllocationLevel, fields_read
from streamssm.equivalences.layers.dataflow import UpdateContext, select_word
from streamssm.equivalences.layers.rewriting import Rewriter
from streamssm.equivalences.layers.storage import DiagonalCell, Gate, OneHotWords, Storage, StoredValue
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Node, Op, reachable
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.layers import Layer
from streamssm.ssm.lowering import NetBuilder, lower
from streamssm.ssm.network import ReluNet, Signal
from streamssm.ssm.transitions import TransitionKind

Carried = StoredValue | int | str  # a register's value, a field by its index, or a flag

WEAKEST_FIRST = (
    TransitionKind.TIME_INVARIANT,
    TransitionKind.ZERO_ONE,
    TransitionKind.DYADIC,
    TransitionKind.SIGNED,
    TransitionKind.DIAGONAL,
)


class Emitter:
    """Emits the layers of an allocation."""

    def __init__(self, context: UpdateContext, allocation: Allocation, kind: TransitionKind | None) -> None:
        self.context = context
        self.allocation = allocation
        self.kind = kind

    def layers(self) -> tuple[Layer, ...]:
        """Return the layers, first to last."""
        levels = self.allocation.levels
        passed = [self._passed(number) for number in range(len(levels))]
        emitted = []
        for number, level in enumerate(levels):
            x = passed[number - 1] if number else self._first
            outgoing = passed[number] if number + 1 < len(levels) else None
            emitted.append(self._layer(level, x, outgoing))
        return tuple(emitted)

    # values between layers

    @property
    def _first(self) -> tuple[Carried, ...]:
        return ("thought", "begin", *range(len(self.context.program.fields)))

    def _passed(self, number: int) -> tuple[Carried, ...]:
        """Return the values live across a layer: known up to it, and read after it."""
        later = self.allocation.levels[number + 1 :]
        known = {
            value
            for level in self.allocation.levels[: number + 1]
            for storage in level.storages
            for value in storage.values
        }
        needs = [node for level in later for storage in level.storages for node in storage.needs]
        values = self.allocation.read_by(needs) | self._read_by_outputs
        fields = fields_read(self.context, needs) | self._fields_of_outputs
        flags = ["begin"] if self._outputs_ask_for_begin else []
        return (*flags, *sorted(fields), *sorted(values & known))

    @cached_property
    def _output_nodes(self) -> list[Node]:
        output = self.context.program.output
        return [output.nodes[i] for i in reachable(output.nodes, self.context.program.outputs)]

    @cached_property
    def _read_by_outputs(self) -> set[StoredValue]:
        canonical, values = self.allocation.canonical, set[StoredValue]()
        for node in self._output_nodes:
            if node.op is Op.REGISTER:
                values.add(canonical(StoredValue(node.index, 0)))
            elif node.op is Op.LOAD:
                first, length = node.load
                values |= {canonical(StoredValue(register, 0)) for register in range(first, first + length)}
        return values

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
            word = self.context.program.fields[carried]
            return Signal(f"x.{word.name}", word.range)
        word = self.context.registers[carried.register]
        return Signal(f"x.{word.name}{_age_text(carried.age)}", word.range)

    # one layer

    def _layer(
        self, level: AllocationLevel, x: Sequence[Carried], outgoing: Sequence[Carried] | None
    ) -> Layer:
        readout = self._readout(level, x, outgoing)
        words = tuple(word for storage in level.storages for word in storage.words)
        monomial = level.kind is TransitionKind.MONOMIAL
        gates_of = self._monomial_gates if monomial else self._diagonal_gates
        kind, gates, fraction_bits = gates_of(level.storages, x)
        kind = kind if monomial else level.kind or kind
        return Layer(words=words, kind=kind, gates=gates, readout=readout, entry_fraction_bits=fraction_bits)

    def _rewriter_over_x(self, x: Sequence[Carried]) -> tuple[GraphBuilder, Rewriter]:
        """Return a builder over the layer's input x, and a rewriter of the context's nodes into it."""
        g, position = GraphBuilder(), {carried: number for number, carried in enumerate(x)}

        def leaf(node: Node) -> int:
            if node.op is Op.FIELD:
                return g.field(position[node.index], node.range)
            (value,) = self.allocation.read_by([self._context_leaf(node)])
            return g.field(position[value], self._signal(value).range)

        return g, Rewriter(g, self.context.g.nodes, leaf)

    def _context_leaf(self, node: Node) -> int:
        return self.context.g.register(node.index, node.range)

    def _diagonal_gates(
        self, storages: Sequence[Storage], x: Sequence[Carried]
    ) -> tuple[TransitionKind, ReluNet, tuple[int, ...]]:
        g, rewriter = self._rewriter_over_x(x)
        rows: list[Gate] = []
        for storage in storages:
            rows += _as_diagonal(storage).gates(g, rewriter.root)
        names = [word.name for storage in storages for word in storage.words]
        roots = [(f"A[{name}]", row.entry) for name, row in zip(names, rows, strict=True)]
        roots += [(f"B[{name}]", row.increment) for name, row in zip(names, rows, strict=True)]
        net = self._network(g, x, roots)
        fraction_bits = tuple(row.fraction_bits for row in rows)
        return self._kind_of([(g.range(row.entry), row.fraction_bits) for row in rows]), net, fraction_bits

    def _kind_of(self, entries: Sequence[tuple[Range, int]]) -> TransitionKind:
        """Return the requested kind if it allows all entries, else the weakest that does."""
        requested = [self.kind] if self.kind in WEAKEST_FIRST else []
        for kind in (*requested, *WEAKEST_FIRST):
            if kind is not None and all(
                kind.allows(entry, fraction_bits) for entry, fraction_bits in entries
            ):
                return kind
        return TransitionKind.DIAGONAL

    def _monomial_gates(
        self, storages: Sequence[Storage], x: Sequence[Carried]
    ) -> tuple[TransitionKind, ReluNet, tuple[int, ...]]:
        """Return gates of a monomial transition: column j has its one entry in row targets[j].

        If all entries are constant, the transition is a constant matrix, which is a weaker kind.
        """
        g, rewriter = self._rewriter_over_x(x)
        targets: list[int] = []
        rows: list[Gate] = []
        for storage in storages:
            first = g.const(len(targets))
            if isinstance(storage, OneHotWords):
                targets += [g.add(first, target) for target in storage.targets(g, rewriter.root)]
                rows += [Gate(g.const(1), g.const(0))] * len(storage.words)
            else:
                storage_rows = _as_diagonal(storage).gates(g, rewriter.root)
                targets += [g.const(len(targets) + offset) for offset in range(len(storage_rows))]
                rows += storage_rows
        names = [word.name for storage in storages for word in storage.words]
        increments = [(f"B[{name}]", row.increment) for name, row in zip(names, rows, strict=True)]
        if all(g.range(node).is_constant for node in (*targets, *(row.entry for row in rows))):
            dense = self._dense_entries(g, targets, rows, names)
            net = self._network(g, x, [*dense, *increments])
            return TransitionKind.TIME_INVARIANT_DENSE, net, tuple(row.fraction_bits for row in rows)
        roots = [(f"target[{name}]", target) for name, target in zip(names, targets, strict=True)]
        roots += [(f"D[{name}]", row.entry) for name, row in zip(names, rows, strict=True)]
        net = self._network(g, x, [*roots, *increments])
        return TransitionKind.MONOMIAL, net, tuple(row.fraction_bits for row in rows)

    def _dense_entries(
        self, g: GraphBuilder, targets: Sequence[int], rows: Sequence[Gate], names: Sequence[str]
    ) -> list[tuple[str, int]]:
        """Return the entries of a constant monomial transition as a dense matrix."""
        ones = {(g.range(target).lo, column) for column, target in enumerate(targets)}
        return [
            (f"A[{names[i]}, {names[j]}]", rows[j].entry if (i, j) in ones else g.const(0))
            for i in range(len(names))
            for j in range(len(names))
        ]

    def _network(self, g: GraphBuilder, x: Sequence[Carried], roots: Sequence[tuple[str, int]]) -> ReluNet:
        net = NetBuilder([self._signal(carried) for carried in x])
        graph, nodes = g.finish([node for _, node in roots])
        named_nodes = [(label, node) for (label, _), node in zip(roots, nodes, strict=True)]
        fields = [net.form(signal) for signal in range(len(x))]
        values = lower(net, graph, named_nodes, {Op.FIELD: fields})
        return net.finish([(label, value) for (label, _), value in zip(named_nodes, values, strict=True)])

    # the readout

    def _readout(
        self, level: AllocationLevel, x: Sequence[Carried], outgoing: Sequence[Carried] | None
    ) -> ReluNet:
        """Return the network of the values that are passed on, or of the outputs in the last layer."""
        g = GraphBuilder()
        words = [word for storage in level.storages for word in storage.words]
        h = [g.register(row, word.range) for row, word in enumerate(words)]
        known = {
            carried: g.field(position, self._signal(carried).range) for position, carried in enumerate(x)
        }
        start = 0
        for storage in level.storages:
            known.update(storage.decoded(g, h[start : start + len(storage.words)]))
            start += len(storage.words)
        if outgoing is None:
            roots = list(zip(self.context.program.output_names, self._outputs(g, known), strict=True))
        else:
            roots = [(self._signal(carried).name.removeprefix("x."), known[carried]) for carried in outgoing]
        signals = [Signal(f"h.{word.name}", word.range) for word in words]
        net = NetBuilder([*signals, *(self._signal(carried) for carried in x)])
        graph, nodes = g.finish([node for _, node in roots])
        forms = [net.form(signal) for signal in range(len(words) + len(x))]
        leaves = {Op.REGISTER: forms[: len(words)], Op.FIELD: forms[len(words) :]}
        named_nodes = [(name, node) for (name, _), node in zip(roots, nodes, strict=True)]
        values = lower(net, graph, named_nodes, leaves)
        return net.finish([(name, value) for (name, _), value in zip(named_nodes, values, strict=True)])

    def _outputs(self, g: GraphBuilder, known: dict[Carried, int]) -> list[int]:
        program, canonical = self.context.program, self.allocation.canonical

        def leaf(node: Node) -> int:
            if node.op is Op.REGISTER:
                return known[canonical(StoredValue(node.index, 0))]
            return known["begin"] if node.op is Op.BEGIN else known[node.index]

        def load(node: Node, index: int) -> int:
            first, length = node.load
            return select_word(
                g,
                index,
                lambda offset: known[canonical(StoredValue(first + offset, 0))],
                Range(0, length - 1),
            )

        rewriter = Rewriter(g, program.output.nodes, leaf, load=load)
        return [rewriter.root(root) for root in program.outputs]


def _as_diagonal(storage: Storage) -> DiagonalCell:
    return storage  # type: ignore[return-value]


def _age_text(age: int) -> str:
    return {0: "", 1: " before"}.get(age, f" {age} before")
