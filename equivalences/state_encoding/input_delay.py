"""Input delay (retiming): delaying the token instead of the variables, so that no update reads old values.

The first layer keeps the last D + 1 symbols in one word (entry 2^-w). Each variable has a latency; a variable
that others read lags at least one step behind its readers. When a reader takes its step, its sources are thus
known as they were before that step, or earlier, and are advanced by the symbols that are kept. The output
advances all variables to the last symbol.

Before the stream begins, variables and symbols are those of a path that leads to the initial tuple; if there
is none, those of an additional symbol that changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.layers.affine_form import AffineForm
from streamssm.equivalences.layers.allocation import Allocation
from streamssm.equivalences.layers.dataflow import UpdateContext
from streamssm.equivalences.layers.storage import LONGEST, StoredValue
from streamssm.equivalences.layers.updates import Copy, LinearUpdate, Update
from streamssm.equivalences.state_encoding.build import (
    Candidate,
    EncodingInterface,
    OutputTable,
    SymbolDecoder,
    TransitionKinds,
    linear,
)
from streamssm.equivalences.state_encoding.encoding import StateEncoding
from streamssm.equivalences.state_encoding.output_tables import OutputTables
from streamssm.equivalences.state_encoding.partial_functions import function
from streamssm.equivalences.state_encoding.reads import SYMBOL, FamilyOf, UpdatePlan, size_of
from streamssm.equivalences.state_encoding.support import groups, maps_by_group, minimal_map_sources
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph
from streamssm.ir.ranges import Range
from streamssm.ir.words import register
from streamssm.ssm.formats import Overflow

Int64s = NDArray[np.int64]


def with_input_delay(
    encoding: StateEncoding,
    family_of: FamilyOf,
    outputs: OutputTables,
    output_tables: Sequence[OutputTable],
    decoder: SymbolDecoder,
    kinds: TransitionKinds,
) -> Candidate | None:
    """Return a candidate with delayed input.

    None if the update of a variable is outside its family, or the kept symbols do not fit a word.
    """
    classes = symbol_classes_of(encoding)
    small, start = with_past(over_classes(encoding, classes), len(encoding.variables))
    plans: list[UpdatePlan] = []
    for variable in range(len(small.variables)):
        plan = _update_plan(small, variable, family_of)
        if plan is None:
            return None
        plans.append(plan)
    delayed_encoding = _DelayedEncoding(small, tuple(plans), classes, start, decoder)
    if (small.machine.num_symbols - 1).bit_length() * (delayed_encoding.max_latency + 1) > LONGEST:
        return None
    return delayed_encoding.candidate(outputs, output_tables, kinds)


# symbols that act identically on all tuples are merged: fewer bits have to be kept


def symbol_classes_of(encoding: StateEncoding) -> Int64s:
    """Return the class of each symbol, numbered by first members."""
    class_of: dict[bytes, int] = {}
    columns = (np.ascontiguousarray(column).tobytes() for column in encoding.next_tuple.T)
    return np.array([class_of.setdefault(column, len(class_of)) for column in columns], np.int64)


def over_classes(encoding: StateEncoding, classes: Int64s) -> StateEncoding:
    """Return the encoding over classes of symbols."""
    firsts = [int(np.argmax(classes == number)) for number in range(int(classes.max()) + 1)]
    return _with_transitions(encoding, encoding.next_tuple[:, firsts])


def _with_transitions(encoding: StateEncoding, next_tuple: NDArray[np.int32]) -> StateEncoding:
    names = tuple(f"class {number}" for number in range(next_tuple.shape[1]))
    count = len(encoding.values)
    machine = replace(
        encoding.machine,
        symbols=names,
        next_state=next_tuple,
        output=np.zeros(count, np.int32),
        initial=encoding.initial,
        state_names=(),
    )
    tuples = np.arange(count, dtype=np.int32)
    return replace(encoding, machine=machine, next_tuple=machine.next_state, state=tuples)


@dataclass(frozen=True)
class Start:
    """The tuples and symbols before the stream: ``tuples[s]`` is s steps before, and ``symbols[s]`` leads
    from ``tuples[s + 1]`` to ``tuples[s]``."""

    tuples: tuple[int, ...]
    symbols: tuple[int, ...]


def with_past(encoding: StateEncoding, steps: int) -> tuple[StateEncoding, Start]:
    """Return a past of the given length; if no path is long enough, add a symbol that changes nothing."""
    predecessors = [np.array([encoding.initial])]
    for _ in range(steps):
        predecessors.append(np.flatnonzero(np.isin(encoding.next_tuple, predecessors[-1]).any(axis=1)))
    if len(predecessors[-1]):
        return encoding, _path(encoding, steps)
    count = len(encoding.values)
    with_idle_symbol = np.column_stack([encoding.next_tuple, np.arange(count)]).astype(np.int32)
    extended = _with_transitions(encoding, with_idle_symbol)
    return extended, Start((encoding.initial,) * (steps + 1), (with_idle_symbol.shape[1] - 1,) * steps)


def _path(encoding: StateEncoding, steps: int) -> Start:
    """Return a path of transitions, built backwards along tuples that have a long enough past."""
    reachable_after = [np.ones(len(encoding.values), bool)]  # index: number of steps
    for _ in range(steps):
        successors = np.zeros(len(encoding.values), bool)
        successors[encoding.next_tuple[reachable_after[-1]].ravel()] = True
        reachable_after.append(successors)
    tuples, symbols = [encoding.initial], list[int]()
    for remaining in reversed(range(steps)):
        hits = (encoding.next_tuple == tuples[-1]) & reachable_after[remaining][:, None]
        before, symbol = (int(indices[0]) for indices in np.nonzero(hits))
        tuples.append(before)
        symbols.append(symbol)
    return Start(tuple(tuples), tuple(symbols))


# plans


def _update_plan(encoding: StateEncoding, variable: int, family_of: FamilyOf) -> UpdatePlan | None:
    """Return the plan of a variable's update over the symbol and old values of the variables before it."""
    family = family_of(encoding.variables[variable])
    if family is None:
        return None
    sources = [SYMBOL, *(StoredValue(other, 1) for other in range(variable))]
    columns = np.column_stack(
        [encoding.symbols, *(encoding.before(other) for other in range(variable))]
    ).reshape(len(encoding.symbols), variable + 1)
    pairs = encoding.before(variable) * family.size + encoding.after(variable)

    chosen = minimal_map_sources(family, columns, pairs)
    if chosen is None:
        return None
    firsts, masks = maps_by_group(family, columns, pairs, chosen)
    maps = tuple(family.maps[family.first(mask)] for mask in masks)
    return UpdatePlan(variable, tuple(sources[c] for c in chosen), columns[firsts][:, chosen], maps, family)


# nodes

Leaves = Callable[[int], int]


@dataclass(frozen=True, eq=False)
class _DelayedEncoding:
    encoding: StateEncoding
    plans: tuple[UpdatePlan, ...]
    classes: Int64s
    start: Start
    decoder: SymbolDecoder

    @property
    def latencies(self) -> tuple[int, ...]:
        """The latency of each variable, in steps."""
        steps_behind = [0] * len(self.plans)
        for plan in reversed(self.plans):
            for source in plan.sources:
                if source != SYMBOL:
                    steps_behind[source.register] = max(
                        steps_behind[source.register], steps_behind[plan.variable] + 1
                    )
        return tuple(steps_behind)

    @property
    def max_latency(self) -> int:
        return max(self.latencies, default=0)

    def candidate(
        self, outputs: OutputTables, output_tables: Sequence[OutputTable], kinds: TransitionKinds
    ) -> Candidate:
        variables, latencies, depth = self.encoding.variables, self.latencies, self.max_latency
        symbol_registers = [
            register(
                f"symbol {latency} before" if latency else "symbol",
                self._symbols,
                self.start.symbols[latency],
            )
            for latency in range(depth + 1 if depth else 0)
        ]
        variable_registers = [
            register(
                variable.name,
                Range(0, variable.size - 1),
                int(self._values[self.start.tuples[latency], number]),
            )
            for number, (variable, latency) in enumerate(zip(variables, latencies, strict=True))
        ]
        output = self._output_graph(outputs, output_tables)
        name = outputs.machine.name
        context = UpdateContext(
            EncodingInterface(
                name, self.decoder.fields, (*variable_registers, *symbol_registers), *output, outputs.names
            )
        )
        updates = [*self._updates(context), *self._symbol_updates(context, len(symbol_registers))]
        return Candidate(context, Allocation(context, updates, kinds.delays), kinds)

    @property
    def _values(self) -> Int64s:
        return self.encoding.values

    @property
    def _symbols(self) -> Range:
        return Range(0, self.encoding.machine.num_symbols - 1)

    def _class(self, g: GraphBuilder) -> int:
        return g.table(self.decoder.node(g), self.classes.tolist())

    def _symbol_updates(self, context: UpdateContext, count: int) -> list[Update]:
        first = len(self.plans)
        copies: list[Update] = [Copy(first + offset) for offset in range(count - 1)]
        newest = LinearUpdate(AffineForm(context.g.const(0), self._class(context.g)), Overflow.ERROR)
        return [newest, *copies] if count else []

    def _updates(self, context: UpdateContext) -> list[Update]:
        g, first = context.g, len(self.plans)

        def symbol(latency: int) -> int:
            return context.new(first + latency) if latency else self._class(g)

        forward = _Forward(g, self, context.new, symbol)
        updates: list[Update] = []
        for plan, latency in zip(self.plans, self.latencies, strict=True):
            sources = forward.sources(plan, latency)
            sizes = [size_of(self.encoding, source) for source in plan.sources]
            updates.append(linear(g, plan, sources, sizes))
        return updates

    def _output_graph(
        self, outputs: OutputTables, output_tables: Sequence[OutputTable]
    ) -> tuple[Graph, tuple[int, ...]]:
        g, first = GraphBuilder(), len(self.plans)

        def variable(number: int) -> int:
            return g.register(number, Range(0, self.encoding.variables[number].size - 1))

        def symbol(latency: int) -> int:
            return g.register(first + latency, self._symbols)

        forward, roots = _Forward(g, self, variable, symbol), list[int]()
        for output_table in output_tables:
            sources = [
                self.decoder.node(g) if source == SYMBOL else forward.variable(source.register, 0)
                for source in output_table.sources
            ]
            sizes = [
                len(self.classes) if source == SYMBOL else size_of(self.encoding, source)
                for source in output_table.sources
            ]
            node = function(g, sources, sizes, output_table.rows, output_table.values)
            roots.append(node if outputs.begin is None else g.select(g.begin(), g.const(outputs.begin), node))
        return g.finish(roots)


class _Forward:
    """Advances variables: nodes of their values at smaller latencies than their own."""

    def __init__(
        self, g: GraphBuilder, delayed_encoding: _DelayedEncoding, variable: Leaves, symbol: Leaves
    ) -> None:
        self.g = g
        self.delayed_encoding = delayed_encoding
        self.leaf = variable
        self.symbol = symbol
        self.latencies = delayed_encoding.latencies
        self.nodes: dict[tuple[int, int], int] = {}

    def variable(self, number: int, latency: int) -> int:
        """Return a variable's value at a latency."""
        if latency == self.latencies[number]:
            return self.leaf(number)
        if (number, latency) not in self.nodes:
            self.nodes[number, latency] = self._stepped(number, latency)
        return self.nodes[number, latency]

    def sources(self, plan: UpdatePlan, latency: int) -> list[int]:
        """Return the sources that a variable reads in the step at a latency."""
        return [
            self.symbol(latency) if source == SYMBOL else self.variable(source.register, latency + 1)
            for source in plan.sources
        ]

    def _stepped(self, number: int, latency: int) -> int:
        encoding, plan = self.delayed_encoding.encoding, self.delayed_encoding.plans[number]
        columns = [
            encoding.symbols if source == SYMBOL else encoding.before(source.register)
            for source in plan.sources
        ]
        rows = np.column_stack([*columns, encoding.before(number)])
        order, starts = groups(rows, range(rows.shape[1]))
        firsts = order[starts]
        sizes = [size_of(encoding, source) for source in plan.sources]
        nodes = [*self.sources(plan, latency), self.variable(number, latency + 1)]
        return function(
            self.g, nodes, [*sizes, plan.family.size], rows[firsts], encoding.after(number)[firsts]
        )
