"""Words that run behind: the token is delayed instead of the words, so that no word needs old ones.

The first layer keeps the last D + 1 symbols in one word (entry 2^-w). A word that others read runs at least
one step further behind than these: when a reader makes its step, the words before it are known as they were
before that step, or earlier, and are brought forward by the symbols that are kept. The answer brings all of
them forward to the last symbol.

Before the stream begins, words and symbols are those of a path that leads to the initial tuple; if there is
none, of a symbol that changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.layers.affine import AffineForm
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
from streamssm.equivalences.state_encoding.outputs import OutputTables
from streamssm.equivalences.state_encoding.partial_functions import function
from streamssm.equivalences.state_encoding.reads import SYMBOL, MovesOf, UpdatePlan, size_of
from streamssm.equivalences.state_encoding.support import groups, least_moved, moved
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph
from streamssm.ir.ranges import Range
from streamssm.ir.words import register
from streamssm.ssm.formats import Overflow

Int64s = NDArray[np.int64]


def behind(
    coordinates: StateEncoding,
    moves_of: MovesOf,
    answers: OutputTables,
    readings: Sequence[OutputTable],
    letters: SymbolDecoder,
    kinds: TransitionKinds,
) -> Candidate | None:
    """Return layers whose words run behind; None if a word has no moves that serve, or the symbols that are
    kept do not fit a word."""
    classes = classes_of(coordinates)
    small, start = started(reduced(coordinates, classes), len(coordinates.words))
    plans: list[UpdatePlan] = []
    for word in range(len(small.words)):
        plan = _plan(small, word, moves_of)
        if plan is None:
            return None
        plans.append(plan)
    made = _Behind(small, tuple(plans), classes, start, letters)
    if (small.machine.num_symbols - 1).bit_length() * (made.longest + 1) > LONGEST:
        return None
    return made.draft(answers, readings, kinds)


# symbols that move all tuples alike are one


def classes_of(coordinates: StateEncoding) -> Int64s:
    """Return the class of each symbol, numbered by first members."""
    found: dict[bytes, int] = {}
    columns = (np.ascontiguousarray(column).tobytes() for column in coordinates.next_tuple.T)
    return np.array([found.setdefault(column, len(found)) for column in columns], np.int64)


def reduced(coordinates: StateEncoding, classes: Int64s) -> StateEncoding:
    """Return the coordinates over classes of symbols."""
    firsts = [int(np.argmax(classes == number)) for number in range(int(classes.max()) + 1)]
    return _over(coordinates, coordinates.next_tuple[:, firsts])


def _over(coordinates: StateEncoding, next_tuple: NDArray[np.int32]) -> StateEncoding:
    names = tuple(f"class {number}" for number in range(next_tuple.shape[1]))
    count = len(coordinates.values)
    machine = replace(
        coordinates.machine,
        symbols=names,
        next_state=next_tuple,
        output=np.zeros(count, np.int32),
        initial=coordinates.initial,
        state_names=(),
    )
    tuples = np.arange(count, dtype=np.int32)
    return replace(coordinates, machine=machine, next_tuple=machine.next_state, state=tuples)


@dataclass(frozen=True)
class Start:
    """The tuples and symbols before the stream: ``tuples[s]`` is s steps before, and ``symbols[s]`` leads
    from ``tuples[s + 1]`` to ``tuples[s]``."""

    tuples: tuple[int, ...]
    symbols: tuple[int, ...]


def started(coordinates: StateEncoding, steps: int) -> tuple[StateEncoding, Start]:
    """Return a past of some steps; with a symbol more, that changes nothing, where no path is long enough."""
    layers = [np.array([coordinates.initial])]
    for _ in range(steps):
        layers.append(np.flatnonzero(np.isin(coordinates.next_tuple, layers[-1]).any(axis=1)))
    if len(layers[-1]):
        return coordinates, _path(coordinates, steps)
    count = len(coordinates.values)
    still = np.column_stack([coordinates.next_tuple, np.arange(count)]).astype(np.int32)
    extended = _over(coordinates, still)
    return extended, Start((coordinates.initial,) * (steps + 1), (still.shape[1] - 1,) * steps)


def _path(coordinates: StateEncoding, steps: int) -> Start:
    """Return a path of transitions, found backwards; tuples that still lead back far enough are taken."""
    able = [np.ones(len(coordinates.values), bool)]  # with so many steps before them
    for _ in range(steps):
        grown = np.zeros(len(coordinates.values), bool)
        grown[coordinates.next_tuple[able[-1]].ravel()] = True
        able.append(grown)
    tuples, symbols = [coordinates.initial], list[int]()
    for left in reversed(range(steps)):
        hits = (coordinates.next_tuple == tuples[-1]) & able[left][:, None]
        before, symbol = (int(found[0]) for found in np.nonzero(hits))
        tuples.append(before)
        symbols.append(symbol)
    return Start(tuple(tuples), tuple(symbols))


# plans


def _plan(coordinates: StateEncoding, word: int, moves_of: MovesOf) -> UpdatePlan | None:
    """Return how a word moves, by the symbol and old values of words before it."""
    moves = moves_of(coordinates.words[word])
    if moves is None:
        return None
    sources = [SYMBOL, *(StoredValue(other, 1) for other in range(word))]
    columns = np.column_stack(
        [coordinates.symbols, *(coordinates.before(other) for other in range(word))]
    ).reshape(len(coordinates.symbols), word + 1)
    pairs = coordinates.before(word) * moves.size + coordinates.after(word)

    chosen = least_moved(moves, columns, pairs)
    if chosen is None:
        return None
    firsts, masks = moved(moves, columns, pairs, chosen)
    taken = tuple(moves.moves[moves.first(mask)] for mask in masks)
    return UpdatePlan(word, tuple(sources[c] for c in chosen), columns[firsts][:, chosen], taken, moves)


# nodes

Leaves = Callable[[int], int]


@dataclass(frozen=True, eq=False)
class _Behind:
    coordinates: StateEncoding
    plans: tuple[UpdatePlan, ...]
    classes: Int64s
    start: Start
    letters: SymbolDecoder

    @property
    def lags(self) -> tuple[int, ...]:
        """How many steps each word runs behind."""
        found = [0] * len(self.plans)
        for plan in reversed(self.plans):
            for source in plan.sources:
                if source != SYMBOL:
                    found[source.register] = max(found[source.register], found[plan.word] + 1)
        return tuple(found)

    @property
    def longest(self) -> int:
        return max(self.lags, default=0)

    def draft(
        self, answers: OutputTables, readings: Sequence[OutputTable], kinds: TransitionKinds
    ) -> Candidate:
        words, lags, depth = self.coordinates.words, self.lags, self.longest
        kept = [
            register(f"symbol {lag} before" if lag else "symbol", self._symbols, self.start.symbols[lag])
            for lag in range(depth + 1 if depth else 0)
        ]
        held = [
            register(word.name, Range(0, word.size - 1), int(self._values[self.start.tuples[lag], number]))
            for number, (word, lag) in enumerate(zip(words, lags, strict=True))
        ]
        output = self._answered(answers, readings)
        name = answers.machine.name
        frame = UpdateContext(
            EncodingInterface(name, self.letters.fields, (*held, *kept), *output, answers.names)
        )
        updates = [*self._updates(frame), *self._kept(frame, len(kept))]
        return Candidate(frame, Allocation(frame, updates, kinds.delays), kinds)

    @property
    def _values(self) -> Int64s:
        return self.coordinates.values

    @property
    def _symbols(self) -> Range:
        return Range(0, self.coordinates.machine.num_symbols - 1)

    def _class(self, g: GraphBuilder) -> int:
        return g.table(self.letters.node(g), self.classes.tolist())

    def _kept(self, frame: UpdateContext, count: int) -> list[Update]:
        first = len(self.plans)
        copies: list[Update] = [Copy(first + place) for place in range(count - 1)]
        newest = LinearUpdate(AffineForm(frame.g.const(0), self._class(frame.g)), Overflow.ERROR)
        return [newest, *copies] if count else []

    def _updates(self, frame: UpdateContext) -> list[Update]:
        g, first = frame.g, len(self.plans)

        def symbol(lag: int) -> int:
            return frame.new(first + lag) if lag else self._class(g)

        forward = _Forward(g, self, frame.new, symbol)
        found: list[Update] = []
        for plan, lag in zip(self.plans, self.lags, strict=True):
            sources = forward.sources(plan, lag)
            sizes = [size_of(self.coordinates, source) for source in plan.sources]
            found.append(linear(g, plan, sources, sizes))
        return found

    def _answered(
        self, answers: OutputTables, readings: Sequence[OutputTable]
    ) -> tuple[Graph, tuple[int, ...]]:
        g, first = GraphBuilder(), len(self.plans)

        def word(number: int) -> int:
            return g.register(number, Range(0, self.coordinates.words[number].size - 1))

        def symbol(lag: int) -> int:
            return g.register(first + lag, self._symbols)

        forward, roots = _Forward(g, self, word, symbol), list[int]()
        for reading in readings:
            sources = [
                self.letters.node(g) if source == SYMBOL else forward.word(source.register, 0)
                for source in reading.sources
            ]
            sizes = [
                len(self.classes) if source == SYMBOL else size_of(self.coordinates, source)
                for source in reading.sources
            ]
            node = function(g, sources, sizes, reading.rows, reading.values)
            roots.append(node if answers.begin is None else g.select(g.begin(), g.const(answers.begin), node))
        return g.finish(roots)


class _Forward:
    """Brings words forward: the nodes of what they are fewer steps behind than they run."""

    def __init__(self, g: GraphBuilder, made: _Behind, word: Leaves, symbol: Leaves) -> None:
        self.g = g
        self.made = made
        self.leaf = word
        self.symbol = symbol
        self.lags = made.lags
        self.found: dict[tuple[int, int], int] = {}

    def word(self, number: int, lag: int) -> int:
        """Return a word as it is some steps behind."""
        if lag == self.lags[number]:
            return self.leaf(number)
        if (number, lag) not in self.found:
            self.found[number, lag] = self._stepped(number, lag)
        return self.found[number, lag]

    def sources(self, plan: UpdatePlan, lag: int) -> list[int]:
        """Return what a word reads in the step that ends some steps behind."""
        return [
            self.symbol(lag) if source == SYMBOL else self.word(source.register, lag + 1)
            for source in plan.sources
        ]

    def _stepped(self, number: int, lag: int) -> int:
        coordinates, plan = self.made.coordinates, self.made.plans[number]
        columns = [
            coordinates.symbols if source == SYMBOL else coordinates.before(source.register)
            for source in plan.sources
        ]
        rows = np.column_stack([*columns, coordinates.before(number)])
        order, starts = groups(rows, range(rows.shape[1]))
        firsts = order[starts]
        sizes = [size_of(coordinates, source) for source in plan.sources]
        nodes = [*self.sources(plan, lag), self.word(number, lag + 1)]
        return function(
            self.g, nodes, [*sizes, plan.kind.size], rows[firsts], coordinates.after(number)[firsts]
        )
