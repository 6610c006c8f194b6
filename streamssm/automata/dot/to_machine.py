"""Graph -> machine: what its nodes and edges mean.

- An edge's label is ``input/output`` (a Mealy machine) or the input alone. It is split at the first `` / ``,
  or else at the first ``/``; several inputs of one edge stand on lines of their own, ``a/0\\nb/1``.
- Without outputs at edges, nodes labelled ``name|output`` or ``name/output`` make a Moore machine. Otherwise
  it is a DFA, whose accepting states have the shape ``doublecircle``, or ``peripheries=2``.
- The graph's attribute ``comment=dfa``, ``moore`` or ``mealy`` says which of the three it is, where labels
  leave that open.
- The machine starts where the edge without a label leads that comes from a node to which no edge leads
  (``__start0 -> s0``; that node is no state); if there is none, in the first node.
- Symbols and outputs are numbered as they are met, or as the caller says. A state is named by its label.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from streamssm.automata.dot.graph import DotGraph, DotNode, Edge, parse
from streamssm.automata.dot.labels import START, lines_of, split, split_state
from streamssm.automata.machine import ACCEPT, REJECT, Automaton, Int32s
from streamssm.automata.regex.parser import some
from streamssm.errors import FormatError, ParameterError
from streamssm.ir.vocabulary import require_distinct

KINDS = ("auto", "mealy", "moore", "dfa")


@dataclass(frozen=True)
class _Move:
    """An edge's one input: from which state to which, and what is given on the way, if it is."""

    source: str
    target: str
    symbol: str
    output: str | None
    line: int


def machine_of_dot(
    source: str | os.PathLike[str],
    *,
    kind: str = "auto",
    symbols: Sequence[str] | None = None,
    name: str | None = None,
) -> Automaton:
    """Return the machine of a DOT file, or of a text in its language.

    Parameters
    ----------
    source : a path, or a text, which has braces
    kind : "mealy", "moore" or "dfa"; "auto" decides by the labels
    symbols : the machine's, in this order; as they are met if None
    name : the file's if None; for a text, the graph's

    Raises
    ------
    FormatError
        For errors of syntax (line and column are named), a symbol that a state has two edges for or none
        (state, symbol and edges are named), a label that does not fit, or no state at all.
    ParameterError
        For ``symbols`` that are given twice, or do not hold all that there are.

    >>> flip = machine_of_dot('digraph flip { a -> b [label="x/0"]; b -> a [label="x/1"]; }')
    >>> flip.run(["x", "x", "x"]), flip.state_names
    (['0', '1', '0'], ('a', 'b'))
    """
    if kind not in KINDS:
        raise ParameterError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    text, where = _read(source)
    graph = parse(text, where)
    return _Reader(graph, where, kind).machine(name or _name(source, graph), symbols)


def _read(source: str | os.PathLike[str]) -> tuple[str, str]:
    """Return a text and what to call it in messages."""
    if isinstance(source, str) and "{" in source:
        return source, "DOT"
    path = os.fspath(source)
    try:
        with open(path, encoding="utf-8-sig") as file:
            return file.read(), path
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise FormatError(f"{path}: must be text in UTF-8") from None


def _name(source: str | os.PathLike[str], graph: DotGraph) -> str:
    if isinstance(source, str) and "{" in source:
        return graph.name or "machine"
    return os.path.splitext(os.path.basename(os.fspath(source)))[0]


class _Reader:
    """A graph being understood; ``where`` names it in messages."""

    def __init__(self, graph: DotGraph, where: str, kind: str) -> None:
        self.graph = graph
        self.where = where
        self.edges_from = Counter(edge.source for edge in graph.edges)
        self.edges_to = Counter(edge.target for edge in graph.edges)
        starts = [edge for edge in graph.edges if self._is_start(edge)]
        if len(starts) > 1:
            first, second, *_ = starts
            raise self._fault(second.line, f"one edge must say where to start: line {first.line} has one too")
        self.start = starts[0] if starts else None
        marker = None if self.start is None else self.start.source
        self.states = [node for name, node in graph.nodes.items() if name != marker]
        if not self.states:
            raise FormatError(f"{where}: a machine must have at least one state")
        edges = [edge for edge in graph.edges if edge is not self.start]
        self.kind = self._kind(edges) if kind == "auto" else kind
        self.moves = [move for edge in edges for move in self._moves(edge)]

    def _is_start(self, edge: Edge) -> bool:
        if edge.source.startswith(START):
            return True
        alone = not self.edges_to[edge.source] and self.edges_from[edge.source] == 1
        return alone and not _label(edge)

    def _fault(self, line: int, message: str) -> FormatError:
        return FormatError(f"{self.where}, line {line}: {message}")

    # what kind of machine it is

    def _kind(self, edges: Sequence[Edge]) -> str:
        said = self.graph.attributes.get("comment", "")
        if said in KINDS[1:]:
            return said
        if any(_accepts(node) for node in self.states):
            return "dfa"
        labels = [part for edge in edges for part in lines_of(_label(edge))]
        if labels and all(split(label) for label in labels):
            return "mealy"
        outputs = [split_state(_label(node)) is not None for node in self.states]
        return "moore" if all(outputs) else "dfa" if not any(map(split, labels)) else self._mixed(edges)

    def _mixed(self, edges: Sequence[Edge]) -> str:
        bare = next(edge for edge in edges if not all(map(split, lines_of(_label(edge)) or [""])))
        raise self._fault(
            bare.line,
            f"{_shown(bare)} must be labelled input/output as other edges are, not {_label(bare)!r}",
        )

    def _moves(self, edge: Edge) -> Iterator[_Move]:
        parts = lines_of(_label(edge))
        if not parts:
            raise self._fault(edge.line, f"{_shown(edge)} must have a label, the symbol that it is for")
        for part in parts:
            pair = split(part) if self.kind == "mealy" else None
            if self.kind == "mealy" and (pair is None or not pair[0]):
                raise self._fault(edge.line, f"{_shown(edge)} must be labelled input/output, not {part!r}")
            symbol, output = pair or (part, None)
            yield _Move(edge.source, edge.target, symbol, output, edge.line)

    # tables

    def machine(self, name: str, symbols: Sequence[str] | None) -> Automaton:
        names = self._symbols(symbols)
        numbers = {symbol: number for number, symbol in enumerate(names)}
        places = {node.name: place for place, node in enumerate(self.states)}
        table: list[list[_Move | None]] = [[None] * len(names) for _ in self.states]
        for move in self.moves:
            row, number = table[places[move.source]], numbers[move.symbol]
            before = row[number]
            if before is not None:
                raise self._twice(before, move)
            row[number] = move
        rows = [self._complete(node, names, row) for node, row in zip(self.states, table, strict=True)]
        output, outputs = self._outputs(rows)
        return Automaton(
            name=name,
            symbols=names,
            next_state=np.array([[places[move.target] for move in row] for row in rows], np.int32),
            output=output,
            outputs=outputs,
            initial=0 if self.start is None else places[self.start.target],
            state_names=self._names(),
        )

    def _symbols(self, given: Sequence[str] | None) -> tuple[str, ...]:
        found = dict.fromkeys(move.symbol for move in self.moves)
        if not found:
            raise FormatError(f"{self.where}: a machine must have at least one symbol, and no edge has one")
        if given is None:
            return tuple(found)
        require_distinct("symbol", given)
        for move in self.moves:
            if move.symbol not in given:
                raise self._fault(
                    move.line, f"a symbol must be one of {some(tuple(given))}, not {move.symbol!r}"
                )
        return tuple(given)

    def _twice(self, first: _Move, second: _Move) -> FormatError:
        edge = f"the edge of state {first.source!r} for {first.symbol!r}"
        if (first.target, first.output) == (second.target, second.output):
            return self._fault(second.line, f"{edge} must be given once: line {first.line} has it too")
        leads = [
            f"to {move.target!r}" + ("" if move.output is None else f" with output {move.output!r}")
            for move in (first, second)
        ]
        return self._fault(
            second.line,
            f"a machine must be deterministic: {edge} leads {leads[0]} (line {first.line}) and {leads[1]}",
        )

    def _complete(self, node: DotNode, names: Sequence[str], row: Sequence[_Move | None]) -> list[_Move]:
        missing = [name for name, move in zip(names, row, strict=True) if move is None]
        if missing:
            raise self._fault(
                node.line,
                f"a machine must be complete: state {node.name!r} has no edge for {some(missing)}",
            )
        return [move for move in row if move is not None]

    def _outputs(self, rows: Sequence[Sequence[_Move]]) -> tuple[Int32s, tuple[str, ...]]:
        if self.kind == "dfa":
            return np.array([_accepts(node) for node in self.states], np.int32), (REJECT, ACCEPT)
        given: list[list[str]] | list[str]
        given = [[str(move.output) for move in row] for row in rows]
        flat = [output for row in given for output in row]
        if self.kind == "moore":
            given = flat = [self._of_state(node) for node in self.states]
        numbers = {output: number for number, output in enumerate(dict.fromkeys(flat))}
        shape = (len(rows),) if self.kind == "moore" else (len(rows), len(rows[0]))
        return np.array([numbers[output] for output in flat], np.int32).reshape(shape), tuple(numbers)

    def _of_state(self, node: DotNode) -> str:
        pair = split_state(_label(node))
        if pair is None:
            raise self._fault(node.line, f"state {node.name!r} must be labelled name|output")
        return pair[1]

    def _names(self) -> tuple[str, ...]:
        """Return what states are called by their labels, if that tells them apart, else by their nodes."""
        labels = [" ".join(lines_of(_label(node))) for node in self.states]
        if self.kind == "moore":
            labels = [(split_state(label) or (label,))[0] for label in labels]
        if all(labels) and len(set(labels)) == len(labels):
            return tuple(labels)
        return tuple(node.name for node in self.states)


# labels


def _label(part: DotNode | Edge) -> str:
    return part.attributes.get("label", "")


def _accepts(node: DotNode) -> bool:
    return "doublecircle" in node.attributes.get("shape", "") or node.attributes.get("peripheries") == "2"


def _shown(edge: Edge) -> str:
    return f"edge {edge.source!r} -> {edge.target!r}"
