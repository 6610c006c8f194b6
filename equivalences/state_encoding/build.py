"""From plans to a model: nodes for every word's gates and for the answers, placed and emitted as layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.layers.affine import AffineForm
from streamssm.equivalences.layers.allocation import Allocation
from streamssm.equivalences.layers.dataflow import UpdateContext
from streamssm.equivalences.layers.emit import Emitter
from streamssm.equivalences.layers.storage import StoredValue
from streamssm.equivalences.layers.updates import LinearUpdate, OneHot, Update
from streamssm.equivalences.program_to_layers import without_checks
from streamssm.equivalences.state_encoding.encoding import StateEncoding
from streamssm.equivalences.state_encoding.outputs import OutputTables
from streamssm.equivalences.state_encoding.partial_functions import function
from streamssm.equivalences.state_encoding.reads import SYMBOL, AnyPlan, Plans, UpdatePlan, size_of
from streamssm.equivalences.state_encoding.support import groups, least_function
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word, register
from streamssm.ssm.formats import Overflow
from streamssm.ssm.model import SSM
from streamssm.ssm.transitions import TransitionKind

Int64s = NDArray[np.int64]


@dataclass(frozen=True)
class EncodingInterface:
    """What the layers of a language read, hold and answer."""

    name: str
    fields: tuple[Word, ...]
    registers: tuple[Word, ...]
    output: Graph
    outputs: tuple[int, ...]
    output_names: tuple[str, ...]


@dataclass(frozen=True)
class SymbolDecoder:
    """How the token's fields tell the symbol: lexicographically, as `token_names` counts."""

    fields: tuple[Word, ...]

    def node(self, g: GraphBuilder) -> int:
        """Return the symbol's node over the fields."""
        return self.over(g, [g.field(place, word.range) for place, word in enumerate(self.fields)])

    def over(self, g: GraphBuilder, values: Sequence[int]) -> int:
        """Return the symbol's node over nodes of the fields' values."""
        found = g.const(0)
        for value, word in zip(values, self.fields, strict=True):
            digit = g.sub(value, g.const(word.range.lo))
            found = g.add(g.mul(found, g.const(word.range.size)), digit)
        return found


@dataclass(frozen=True)
class TransitionKinds:
    """Which kind of delays there are, and which kind the layers say they are of (None: the weakest)."""

    delays: TransitionKind
    label: TransitionKind | None


# the answers


@dataclass(frozen=True, eq=False)
class OutputTable:
    """One output word over the words after the step, and over the symbol where the answers ask for it."""

    sources: tuple[StoredValue, ...]
    rows: Int64s
    values: Int64s


def readings_of(coordinates: StateEncoding, answers: OutputTables) -> tuple[OutputTable, ...]:
    """Return what each output word reads: few words, the first ones if there is a choice."""
    return tuple(_reading(coordinates, table) for table in answers.tables)


def _reading(coordinates: StateEncoding, table: Int64s) -> OutputTable:
    words = [StoredValue(word, 0) for word in range(len(coordinates.words))]
    if table.ndim == 1:
        sources, columns, values = words, coordinates.values, table[coordinates.state]
    else:
        after = coordinates.next_tuple.ravel()
        sources = [SYMBOL, *words]
        columns = np.column_stack([coordinates.symbols, coordinates.values[after]])
        values = table[coordinates.state[after], coordinates.symbols]

    chosen = least_function(columns, values)
    assert chosen is not None  # the tuple tells the state
    order, starts = groups(columns, chosen)
    firsts = order[starts]
    return OutputTable(tuple(sources[c] for c in chosen), columns[firsts][:, chosen], values[firsts])


def answered(
    coordinates: StateEncoding, answers: OutputTables, readings: Sequence[OutputTable], letters: SymbolDecoder
) -> tuple[Graph, tuple[int, ...]]:
    """Return the graph of the output words over the registers after the step."""
    g = GraphBuilder()
    roots: list[int] = []
    for reading in readings:
        sources = [_output_leaf(g, coordinates, source, letters) for source in reading.sources]
        sizes = [size_of(coordinates, source) for source in reading.sources]
        node = function(g, sources, sizes, reading.rows, reading.values)
        roots.append(node if answers.begin is None else g.select(g.begin(), g.const(answers.begin), node))
    return g.finish(roots)


def _output_leaf(
    g: GraphBuilder, coordinates: StateEncoding, source: StoredValue, letters: SymbolDecoder
) -> int:
    if source == SYMBOL:
        return letters.node(g)
    return g.register(source.register, Range(0, size_of(coordinates, source) - 1))


# the model


@dataclass(frozen=True, eq=False)
class Candidate:
    """Layers that are placed and not yet emitted, so that their cost is known."""

    frame: UpdateContext
    placing: Allocation
    kinds: TransitionKinds

    @property
    def cost(self) -> tuple[int, int]:
        """Memory in bits, and layers."""
        levels = self.placing.levels
        return sum(word.bits for level in levels for cell in level.cells for word in cell.words), len(levels)

    def model(self) -> SSM:
        """Return the model."""
        program = self.frame.program
        return without_checks(
            SSM(
                name=program.name,
                fields=program.fields,
                layers=Emitter(self.frame, self.placing, self.kinds.label).layers(),
                output_names=program.output_names,
                register_map=self.placing.register_map,
                notes=self.placing.notes,
            )
        )


def drafted(
    coordinates: StateEncoding,
    plans: Plans,
    answers: OutputTables,
    readings: Sequence[OutputTable],
    letters: SymbolDecoder,
    kinds: TransitionKinds,
) -> Candidate:
    """Return the layers whose words are moved as planned."""
    initial = coordinates.values[coordinates.initial].tolist()
    registers = tuple(
        register(word.name, Range(0, word.size - 1), start)
        for word, start in zip(coordinates.words, initial, strict=True)
    )
    output = answered(coordinates, answers, readings, letters)
    frame = UpdateContext(
        EncodingInterface(coordinates.machine.name, letters.fields, registers, *output, answers.names)
    )
    updates = [_update(frame, coordinates, plan, letters) for plan in plans]
    return Candidate(frame, Allocation(frame, updates, kinds.delays), kinds)


def _update(
    frame: UpdateContext, coordinates: StateEncoding, plan: UpdatePlan | AnyPlan, letters: SymbolDecoder
) -> Update:
    sources = [_leaf(frame, source, letters) for source in plan.sources]
    sizes = [size_of(coordinates, source) for source in plan.sources]
    if isinstance(plan, UpdatePlan):
        return linear(frame.g, plan, sources, sizes)
    successors = []
    for value in range(coordinates.sizes[plan.word]):
        here = plan.before == value
        successors.append(function(frame.g, sources, sizes, plan.rows[here], plan.after[here]))
    return OneHot(tuple(successors))


def _leaf(frame: UpdateContext, source: StoredValue, letters: SymbolDecoder) -> int:
    if source == SYMBOL:
        return letters.node(frame.g)
    return frame.old(source.register) if source.age else frame.new(source.register)


def linear(g: GraphBuilder, plan: UpdatePlan, sources: Sequence[int], sizes: Sequence[int]) -> LinearUpdate:
    """Return the update of a word that is moved as planned, over nodes of its sources."""
    entries, increments = np.array(plan.moves, np.int64).reshape(-1, 2).T
    affine = AffineForm(
        function(g, sources, sizes, plan.rows, entries), function(g, sources, sizes, plan.rows, increments)
    )
    return LinearUpdate(affine, _overflow(plan))


def _overflow(plan: UpdatePlan) -> Overflow:
    """Return what the word does on overflow; nothing is claimed where it never meets its ends."""
    if plan.kind.overflow is Overflow.CYCLE:
        return Overflow.CYCLE
    if all(plan.kind.stays_inside(move) for move in plan.moves):
        return Overflow.ERROR
    return plan.kind.overflow


def pruned(coordinates: StateEncoding, plans: Plans, readings: Sequence[OutputTable]) -> StateEncoding:
    """Return the coordinates without words that no answer needs, in any number of steps."""
    needed: set[int] = set()
    waiting = [source.register for reading in readings for source in reading.sources if source != SYMBOL]
    while waiting:
        word = waiting.pop()
        if word not in needed:
            needed.add(word)
            waiting += [source.register for source in plans[word].sources if source != SYMBOL]
    kept = sorted(needed)
    return replace(
        coordinates,
        words=tuple(coordinates.words[word] for word in kept),
        values=coordinates.values[:, kept],
    )
