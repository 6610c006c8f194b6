"""Models from update plans: nodes of every variable's gates and of the outputs, allocated to layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.layers.affine_form import AffineForm
from streamssm.equivalences.layers.allocation import Allocation
from streamssm.equivalences.layers.dataflow import UpdateContext
from streamssm.equivalences.layers.emit import Emitter
from streamssm.equivalences.layers.storage import StoredValue
from streamssm.equivalences.layers.updates import LinearUpdate, OneHot, Update
from streamssm.equivalences.program_to_layers import without_checks
from streamssm.equivalences.state_encoding.encoding import StateEncoding
from streamssm.equivalences.state_encoding.output_tables import OutputTables
from streamssm.equivalences.state_encoding.partial_functions import function
from streamssm.equivalences.state_encoding.reads import SYMBOL, AnyPlan, Plans, UpdatePlan, size_of
from streamssm.equivalences.state_encoding.support import groups, minimal_sources
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
    """The fields, registers and outputs of a language's layers."""

    name: str
    fields: tuple[Word, ...]
    registers: tuple[Word, ...]
    output: Graph
    outputs: tuple[int, ...]
    output_names: tuple[str, ...]


@dataclass(frozen=True)
class SymbolDecoder:
    """Decodes the symbol from the token's fields, in lexicographic order as in `token_names`."""

    fields: tuple[Word, ...]

    def node(self, g: GraphBuilder) -> int:
        """Return the symbol's node over the fields."""
        return self.over(g, [g.field(index, word.range) for index, word in enumerate(self.fields)])

    def over(self, g: GraphBuilder, values: Sequence[int]) -> int:
        """Return the symbol's node over nodes of the fields' values."""
        symbol = g.const(0)
        for value, word in zip(values, self.fields, strict=True):
            digit = g.sub(value, g.const(word.range.lo))
            symbol = g.add(g.mul(symbol, g.const(word.range.size)), digit)
        return symbol


@dataclass(frozen=True)
class TransitionKinds:
    """The kind of the delays, and the declared kind of the layers (None: the weakest)."""

    delays: TransitionKind
    label: TransitionKind | None


# outputs


@dataclass(frozen=True, eq=False)
class OutputTable:
    """One output as a table over the variables after the step, and over the symbol if it depends on it."""

    sources: tuple[StoredValue, ...]
    rows: Int64s
    values: Int64s


def output_tables_of(encoding: StateEncoding, outputs: OutputTables) -> tuple[OutputTable, ...]:
    """Return a table for each output, over few variables, the first ones if there is a choice."""
    return tuple(_output_table(encoding, table) for table in outputs.tables)


def _output_table(encoding: StateEncoding, table: Int64s) -> OutputTable:
    variables = [StoredValue(variable, 0) for variable in range(len(encoding.variables))]
    if table.ndim == 1:
        sources, columns, values = variables, encoding.values, table[encoding.state]
    else:
        after = encoding.next_tuple.ravel()
        sources = [SYMBOL, *variables]
        columns = np.column_stack([encoding.symbols, encoding.values[after]])
        values = table[encoding.state[after], encoding.symbols]

    chosen = minimal_sources(columns, values)
    assert chosen is not None  # the tuple determines the state
    order, starts = groups(columns, chosen)
    firsts = order[starts]
    return OutputTable(tuple(sources[c] for c in chosen), columns[firsts][:, chosen], values[firsts])


def output_graph(
    encoding: StateEncoding,
    outputs: OutputTables,
    output_tables: Sequence[OutputTable],
    decoder: SymbolDecoder,
) -> tuple[Graph, tuple[int, ...]]:
    """Return the graph of the outputs over the registers after the step."""
    g = GraphBuilder()
    roots: list[int] = []
    for output_table in output_tables:
        sources = [_output_leaf(g, encoding, source, decoder) for source in output_table.sources]
        sizes = [size_of(encoding, source) for source in output_table.sources]
        node = function(g, sources, sizes, output_table.rows, output_table.values)
        roots.append(node if outputs.begin is None else g.select(g.begin(), g.const(outputs.begin), node))
    return g.finish(roots)


def _output_leaf(
    g: GraphBuilder, encoding: StateEncoding, source: StoredValue, decoder: SymbolDecoder
) -> int:
    if source == SYMBOL:
        return decoder.node(g)
    return g.register(source.register, Range(0, size_of(encoding, source) - 1))


# the model


@dataclass(frozen=True, eq=False)
class Candidate:
    """Layers that are allocated but not yet emitted: their cost is known at a fraction of the time."""

    context: UpdateContext
    allocation: Allocation
    kinds: TransitionKinds

    @property
    def cost(self) -> tuple[int, int]:
        """Memory in bits, and layers."""
        levels = self.allocation.levels
        return sum(
            word.bits for level in levels for storage in level.storages for word in storage.words
        ), len(levels)

    def model(self) -> SSM:
        """Return the model."""
        program = self.context.program
        return without_checks(
            SSM(
                name=program.name,
                fields=program.fields,
                layers=Emitter(self.context, self.allocation, self.kinds.label).layers(),
                output_names=program.output_names,
                register_map=self.allocation.register_map,
                notes=self.allocation.notes,
            )
        )


def build_candidate(
    encoding: StateEncoding,
    plans: Plans,
    outputs: OutputTables,
    output_tables: Sequence[OutputTable],
    decoder: SymbolDecoder,
    kinds: TransitionKinds,
) -> Candidate:
    """Return the candidate whose variables are updated as planned."""
    initial = encoding.values[encoding.initial].tolist()
    registers = tuple(
        register(variable.name, Range(0, variable.size - 1), start)
        for variable, start in zip(encoding.variables, initial, strict=True)
    )
    output = output_graph(encoding, outputs, output_tables, decoder)
    context = UpdateContext(
        EncodingInterface(encoding.machine.name, decoder.fields, registers, *output, outputs.names)
    )
    updates = [_update(context, encoding, plan, decoder) for plan in plans]
    return Candidate(context, Allocation(context, updates, kinds.delays), kinds)


def _update(
    context: UpdateContext, encoding: StateEncoding, plan: UpdatePlan | AnyPlan, decoder: SymbolDecoder
) -> Update:
    sources = [_update_leaf(context, source, decoder) for source in plan.sources]
    sizes = [size_of(encoding, source) for source in plan.sources]
    if isinstance(plan, UpdatePlan):
        return linear(context.g, plan, sources, sizes)
    successors = []
    for value in range(encoding.sizes[plan.variable]):
        selected = plan.before == value
        successors.append(function(context.g, sources, sizes, plan.rows[selected], plan.after[selected]))
    return OneHot(tuple(successors))


def _update_leaf(context: UpdateContext, source: StoredValue, decoder: SymbolDecoder) -> int:
    if source == SYMBOL:
        return decoder.node(context.g)
    return context.old(source.register) if source.age else context.new(source.register)


def linear(g: GraphBuilder, plan: UpdatePlan, sources: Sequence[int], sizes: Sequence[int]) -> LinearUpdate:
    """Return the linear update of a plan over nodes of its sources."""
    entries, increments = np.array(plan.maps, np.int64).reshape(-1, 2).T
    affine = AffineForm(
        function(g, sources, sizes, plan.rows, entries), function(g, sources, sizes, plan.rows, increments)
    )
    return LinearUpdate(affine, _overflow(plan))


def _overflow(plan: UpdatePlan) -> Overflow:
    """Return the overflow mode of a plan; ERROR, the weakest claim, if it never leaves the range."""
    if plan.family.overflow is Overflow.CYCLE:
        return Overflow.CYCLE
    if all(plan.family.stays_inside(update_map) for update_map in plan.maps):
        return Overflow.ERROR
    return plan.family.overflow


def pruned(encoding: StateEncoding, plans: Plans, output_tables: Sequence[OutputTable]) -> StateEncoding:
    """Return the encoding without the variables that no output depends on, directly or transitively."""
    needed: set[int] = set()
    waiting = [
        source.register
        for output_table in output_tables
        for source in output_table.sources
        if source != SYMBOL
    ]
    while waiting:
        variable = waiting.pop()
        if variable not in needed:
            needed.add(variable)
            waiting += [source.register for source in plans[variable].sources if source != SYMBOL]
    retained = sorted(needed)
    return replace(
        encoding,
        variables=tuple(encoding.variables[variable] for variable in retained),
        values=encoding.values[:, retained],
    )
