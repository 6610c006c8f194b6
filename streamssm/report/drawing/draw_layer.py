"""One layer of a drawing: its state words with their inputs, and its readout with its inputs.

Indices count the words of a layer, nodes the boxes that are drawn: a run of equal words is one node.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from streamssm.report.drawing.cones import Indices, cones
from streamssm.report.drawing.drawing import DrawnLayer, DrawnSignal, DrawnWord, Reads
from streamssm.report.drawing.spans import ARRAY, NUMBERED, indexed, runs, span, spans
from streamssm.ssm.layers import Layer
from streamssm.ssm.network import ReluNet
from streamssm.ssm.transitions import Entry, MatrixLayout

Nodes = tuple[frozenset[int], frozenset[int]]


def nodes_of(runs_of_indices: Iterable[range]) -> tuple[int, ...]:
    """Return the node of every index, given the runs of indices."""
    return tuple(node for node, run in enumerate(runs_of_indices) for _ in run)


class DrawnOutputs(NamedTuple):
    """Names and roles of a layer's outputs, and the patterns of numbered names."""

    names: tuple[str, ...]
    roles: tuple[str, ...]
    forms: tuple[re.Pattern[str], ...] = (ARRAY,)


class LayerView:
    """A layer, the names of its inputs and their nodes, and the registers that its words hold."""

    def __init__(
        self,
        layer: Layer,
        inputs: tuple[str, ...],
        input_nodes: tuple[int, ...],
        registers: tuple[tuple[str, ...], ...],
    ) -> None:
        self.layer = layer
        self.inputs = inputs
        self.input_nodes = input_nodes
        self.registers = registers
        self.names = tuple(word.name for word in layer.words)
        self.entries = entries_of_rows(layer)
        self.gates = _Wires(layer.gates, 0)
        self.readout = _Wires(layer.readout, layer.state_dim)
        self.word_nodes: tuple[int, ...] = ()  # set once the words are grouped
        self._nodes: dict[tuple[Indices, Indices], Nodes] = {}

    def drawn(self, number: int, outputs: DrawnOutputs) -> tuple[DrawnLayer, tuple[int, ...]]:
        """Return the layer's drawing, and the node of each of its outputs."""
        layer = self.layer
        word_runs = list(runs(self.names, [self._key(row) for row in range(layer.state_dim)]))
        self.word_nodes = nodes_of(word_runs)
        output_runs = list(runs(outputs.names, self._output_keys(outputs), outputs.forms))
        drawn = DrawnLayer(
            number,
            layer.kind.value,
            layer.state_dim,
            layer.precision_bits,
            sum(word.bits for word in layer.words),
            layer.gates.num_relus + layer.readout.num_relus,
            tuple(self._word(run) for run in word_runs),
            self._parts(),
            tuple(self._output(run, outputs) for run in output_runs),
        )
        return drawn, nodes_of(output_runs)

    # state words

    def _increment(self, row: int) -> int:
        return len(self.layer.gates.outputs) - self.layer.state_dim + row

    def _key(self, row: int) -> Any:
        """Return a key that is equal for words that are drawn as one node."""
        entries = {self._read(self.gates, index) for index in self.entries.get(row, ())}
        read = (
            frozenset(entries),
            self._read(self.gates, self._increment(row)),
            self._columns((row,)),
        )
        name = self.names[row]
        form, entry_fraction_bits = self.layer.words[row].format, self.layer.entry_fraction_bits[row]
        return form, entry_fraction_bits, _relative(name, self.registers[row]), read

    def _word(self, run: range) -> DrawnWord:
        word, columns = self.layer.words[run.start], self._columns(run)
        entries = [index for row in run for index in self.entries.get(row, ())]
        return DrawnWord(
            span(self.names[run.start : run.stop]),
            tuple(span(held) for held in zip(*self.registers[run.start : run.stop], strict=True)),
            word.range.lo,
            word.range.hi,
            word.bits * len(run),
            len(run),
            word.format.fraction_bits,
            word.format.overflow.value,
            self.layer.entry_fraction_bits[run.start],
            spans([self.names[column] for column in columns]),
            tuple(dict.fromkeys(self.word_nodes[column] for column in columns)),
            self._reads(self.gates, entries) if entries else None,
            self._reads(self.gates, [self._increment(row) for row in run]),
        )

    def _parts(self) -> tuple[DrawnSignal, ...]:
        """Return the gates of a transition that are not entries of A, grouped by part."""
        free = [(index, entry) for index, entry in enumerate(self.layer.entries) if entry.part != "A"]
        return tuple(
            DrawnSignal(name, "gate", self._reads(self.gates, [index for index, _ in members]))
            for name, members in groupby(free, key=lambda numbered: _part_name(numbered[1]))
        )

    def _columns(self, rows: Iterable[int]) -> Indices:
        """Return the words that a dense transition mixes into rows: its columns that are not always 0."""
        if self.layer.kind.layout is not MatrixLayout.DENSE:
            return ()
        entries = [index for row in rows for index in self.entries[row]]
        mixed = [index for index in entries if self.gates.constants.get(index) != 0]
        return tuple(sorted({self.layer.entries[index].indices[1] for index in mixed}))

    # the readout

    def _output_keys(self, outputs: DrawnOutputs) -> list[Any]:
        return [
            (role, self._passed(index, name), self._read(self.readout, index))
            for index, (name, role) in enumerate(zip(outputs.names, outputs.roles, strict=True))
        ]

    def _output(self, run: range, outputs: DrawnOutputs) -> DrawnSignal:
        slots = [self._slot(index) for index in run]
        passed = span([self.inputs[slot] for slot in slots if slot is not None] or [""]) or None
        name, role = span(outputs.names[run.start : run.stop]), outputs.roles[run.start]
        return DrawnSignal(name, role, self._reads(self.readout, run), passed)

    def _slot(self, index: int) -> int | None:
        """Return the index of the input that an output passes on, or None."""
        slot = self.layer.readout.outputs[index][1] - self.layer.state_dim
        return slot if 0 <= slot < len(self.inputs) else None

    def _passed(self, index: int, name: str) -> Any:
        """Return the input that an output passes on, relative to the output's index."""
        slot = self._slot(index)
        return None if slot is None else (_relative(name, (self.inputs[slot],)), self.input_nodes[slot])

    # dependencies

    def _read(self, wires: _Wires, index: int) -> Any:
        cone = wires.cones[index]
        if cone not in self._nodes:
            words, inputs = cone
            self._nodes[cone] = (
                frozenset(self.word_nodes[word] for word in words),
                frozenset(self.input_nodes[slot] for slot in inputs),
            )
        return self._nodes[cone], wires.constants.get(index)

    def _reads(self, wires: _Wires, indices: Sequence[int]) -> Reads:
        """Return the words and inputs that some outputs of a network read in total."""
        cones_ = {wires.cones[index] for index in indices}
        words = sorted(set().union(*(cone[0] for cone in cones_)))
        inputs = sorted(set().union(*(cone[1] for cone in cones_)))
        constants = {wires.constants.get(index) for index in indices}
        return Reads(
            spans([self.names[word] for word in words]),
            spans([self.inputs[slot] for slot in inputs]),
            constants.pop() if len(constants) == 1 else None,
            tuple(dict.fromkeys(self.word_nodes[word] for word in words)),
            tuple(dict.fromkeys(self.input_nodes[slot] for slot in inputs)),
        )


def entries_of_rows(layer: Layer) -> dict[int, tuple[int, ...]]:
    """Return the gate outputs that are entries of A, by row."""
    by_row: dict[int, list[int]] = {}
    for index, entry in enumerate(layer.entries):
        if entry.part == "A":
            by_row.setdefault(entry.indices[0], []).append(index)
    return {row: tuple(indices) for row, indices in by_row.items()}


def _part_name(entry: Entry) -> str:
    """Return the name of a part of A, with the number of a reflection."""
    return f"{entry.part}[{entry.indices[0]}]" if entry.part in ("v", "beta") else entry.part


class _Wires:
    """Dependencies of a network's outputs on state words and on x, and the constant outputs."""

    def __init__(self, net: ReluNet, dim: int) -> None:
        output_cones = cones(net)
        split = {cone: _split(cone, dim) for cone in set(output_cones)}
        self.cones = tuple(split[cone] for cone in output_cones)
        fixed = [index for index, cone in enumerate(output_cones) if not cone]
        values = net.evaluate([signal.range.lo for signal in net.inputs]) if fixed else ()
        self.constants = {index: values[index] for index in fixed}


def _split(indices: Indices, dim: int) -> tuple[Indices, Indices]:
    words = bisect_left(indices, dim)
    return indices[:words], tuple(index - dim for index in indices[words:])


def _relative(name: str, others: Sequence[str]) -> tuple[Any, ...]:
    """Return the names of other words, with indices relative to that of the word ``name``."""
    own = indexed(name) or indexed(name, NUMBERED)
    arrays = [(other, indexed(other)) for other in others]
    return tuple(
        (word[0], word[1] - own[1]) if own is not None and word is not None else other
        for other, word in arrays
    )
