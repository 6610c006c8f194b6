"""DOT graph -> automaton.

- An edge's label is ``input/output`` (a Mealy machine) or the input alone. It is split at the first `` / ``,
  or else at the first ``/``; several inputs of one edge are on separate lines, ``a/0\\nb/1``.
- Without outputs on edges, nodes labeled ``name|output`` or ``name/output`` make a Moore machine. Otherwise
  the graph is a DFA, whose accepting states have the shape ``doublecircle``, or ``peripheries=2``.
- The graph's attribute ``comment=dfa``, ``moore`` or ``mealy`` overrides this choice.
- The initial state is the target of the unlabeled edge from a node without incoming edges
  (``__start0 -> s0``; that node is not a state); without such an edge, the first node.
- Symbols and outputs are numbered in order of appearance, or as the caller says. A state's name is its label.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from streamssm.automata.automaton_class import ACCEPT, REJECT, Automaton, Int32s
from streamssm.automata.dot.dot_graph import DotGraph, DotNode, Edge, parse
from streamssm.automata.dot.dot_labels import START, lines_of, split, split_state
from streamssm.automata.regex.regex_parser import some
from streamssm.errors import FormatError, ParameterError
from streamssm.ir.alphabet import require_distinct

KINDS = ("auto", "mealy", "moore", "dfa")


@dataclass(frozen=True)
class _Transition:
    """A transition for one symbol; ``output`` is None except in a Mealy machine."""

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
    """Return the automaton that a DOT file or text describes.

    Parameters
    ----------
    source : a path, or DOT text, recognized by its braces
    kind : "mealy", "moore" or "dfa"; "auto" decides by the labels
    symbols : the alphabet in order; if None, in order of appearance
    name : if None, the file's name, or for a text the graph's

    Raises
    ------
    FormatError
        For syntax errors (with line and column), nondeterministic or missing transitions (with state, symbol
        and edges), labels that do not fit, or a graph without states.
    ParameterError
        If ``symbols`` has duplicates, or lacks a symbol of the graph.

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
    """Return the DOT text and its name in messages."""
    if isinstance(source, str) and "{" in source:
        return source, "DOT"
    path = os.fspath(source)
    try:
        with open(path, encoding="utf-8-sig") as file:
            return file.read(), path
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise FormatError(f"{path}: is not UTF-8 text") from None


def _name(source: str | os.PathLike[str], graph: DotGraph) -> str:
    if isinstance(source, str) and "{" in source:
        return graph.name or "machine"
    return os.path.splitext(os.path.basename(os.fspath(source)))[0]


class _Reader:
    """Interpret a graph as an automaton; ``where`` is the graph's name in messages."""

    def __init__(self, graph: DotGraph, where: str, kind: str) -> None:
        self.graph = graph
        self.where = where
        self.edges_from = Counter(edge.source for edge in graph.edges)
        self.edges_to = Counter(edge.target for edge in graph.edges)
        starts = [edge for edge in graph.edges if self._is_start(edge)]
        if len(starts) > 1:
            first, second, *_ = starts
            raise self._fault(
                second.line, f"the initial state is marked twice: line {first.line} has an unlabeled edge too"
            )
        self.start = starts[0] if starts else None
        marker = None if self.start is None else self.start.source
        self.states = [node for name, node in graph.nodes.items() if name != marker]
        if not self.states:
            raise FormatError(f"{where}: the graph has no states")
        edges = [edge for edge in graph.edges if edge is not self.start]
        self.kind = self._kind(edges) if kind == "auto" else kind
        self.transitions = [transition for edge in edges for transition in self._transitions(edge)]

    def _is_start(self, edge: Edge) -> bool:
        if edge.source.startswith(START):
            return True
        alone = not self.edges_to[edge.source] and self.edges_from[edge.source] == 1
        return alone and not _label(edge)

    def _fault(self, line: int, message: str) -> FormatError:
        return FormatError(f"{self.where}, line {line}: {message}")

    # DFA, Moore or Mealy

    def _kind(self, edges: Sequence[Edge]) -> str:
        comment = self.graph.attributes.get("comment", "")
        if comment in KINDS[1:]:
            return comment
        if any(_accepts(node) for node in self.states):
            return "dfa"
        labels = [part for edge in edges for part in lines_of(_label(edge))]
        if labels and all(split(label) for label in labels):
            return "mealy"
        outputs = [split_state(_label(node)) is not None for node in self.states]
        if all(outputs):
            return "moore"
        if any(map(split, labels)):
            raise self._missing_output(edges)
        return "dfa"

    def _missing_output(self, edges: Sequence[Edge]) -> FormatError:
        bare = next(edge for edge in edges if not all(map(split, lines_of(_label(edge)) or [""])))
        return self._fault(
            bare.line,
            f"{_edge_text(bare)} must be labeled input/output like other edges, not {_label(bare)!r}",
        )

    def _transitions(self, edge: Edge) -> Iterator[_Transition]:
        parts = lines_of(_label(edge))
        if not parts:
            raise self._fault(edge.line, f"{_edge_text(edge)} has no label: label it with its symbol")
        for part in parts:
            pair = split(part) if self.kind == "mealy" else None
            if self.kind == "mealy" and (pair is None or not pair[0]):
                raise self._fault(edge.line, f"{_edge_text(edge)} must be labeled input/output, not {part!r}")
            symbol, output = pair or (part, None)
            yield _Transition(edge.source, edge.target, symbol, output, edge.line)

    # tables

    def machine(self, name: str, symbols: Sequence[str] | None) -> Automaton:
        names = self._symbols(symbols)
        numbers = {symbol: number for number, symbol in enumerate(names)}
        state_of = {node.name: state for state, node in enumerate(self.states)}
        table: list[list[_Transition | None]] = [[None] * len(names) for _ in self.states]
        for transition in self.transitions:
            row, number = table[state_of[transition.source]], numbers[transition.symbol]
            earlier = row[number]
            if earlier is not None:
                raise self._duplicate_edge(earlier, transition)
            row[number] = transition
        rows = [self._complete(node, names, row) for node, row in zip(self.states, table, strict=True)]
        output, outputs = self._outputs(rows)
        return Automaton(
            name=name,
            symbols=names,
            next_state=np.array(
                [[state_of[transition.target] for transition in row] for row in rows], np.int32
            ),
            output=output,
            outputs=outputs,
            initial=0 if self.start is None else state_of[self.start.target],
            state_names=self._names(),
        )

    def _symbols(self, given: Sequence[str] | None) -> tuple[str, ...]:
        symbols = dict.fromkeys(transition.symbol for transition in self.transitions)
        if not symbols:
            raise FormatError(f"{self.where}: no edge has a symbol: label the edges")
        if given is None:
            return tuple(symbols)
        require_distinct("symbol", given)
        for transition in self.transitions:
            if transition.symbol not in given:
                raise self._fault(
                    transition.line,
                    f"a symbol must be one of {some(tuple(given))}, not {transition.symbol!r}",
                )
        return tuple(given)

    def _duplicate_edge(self, first: _Transition, second: _Transition) -> FormatError:
        edge = f"the edge of state {first.source!r} for {first.symbol!r}"
        if (first.target, first.output) == (second.target, second.output):
            return self._fault(second.line, f"{edge} is a duplicate of the one in line {first.line}")
        leads = [
            f"to {transition.target!r}"
            + ("" if transition.output is None else f" with output {transition.output!r}")
            for transition in (first, second)
        ]
        return self._fault(
            second.line,
            f"not deterministic: {edge} leads {leads[0]} (line {first.line}) and {leads[1]}",
        )

    def _complete(
        self, node: DotNode, names: Sequence[str], row: Sequence[_Transition | None]
    ) -> list[_Transition]:
        missing = [name for name, transition in zip(names, row, strict=True) if transition is None]
        if missing:
            raise self._fault(
                node.line,
                f"not complete: state {node.name!r} has no edge for {some(missing)}",
            )
        return [transition for transition in row if transition is not None]

    def _outputs(self, rows: Sequence[Sequence[_Transition]]) -> tuple[Int32s, tuple[str, ...]]:
        if self.kind == "dfa":
            return np.array([_accepts(node) for node in self.states], np.int32), (REJECT, ACCEPT)
        given: list[list[str]] | list[str]
        given = [[str(transition.output) for transition in row] for row in rows]
        flat = [output for row in given for output in row]
        if self.kind == "moore":
            given = flat = [self._state_output(node) for node in self.states]
        numbers = {output: number for number, output in enumerate(dict.fromkeys(flat))}
        shape = (len(rows),) if self.kind == "moore" else (len(rows), len(rows[0]))
        return np.array([numbers[output] for output in flat], np.int32).reshape(shape), tuple(numbers)

    def _state_output(self, node: DotNode) -> str:
        pair = split_state(_label(node))
        if pair is None:
            raise self._fault(node.line, f"state {node.name!r} must be labeled name|output")
        return pair[1]

    def _names(self) -> tuple[str, ...]:
        """Return the states' labels if they are distinct and not empty, else the names of the nodes."""
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


def _edge_text(edge: Edge) -> str:
    return f"edge {edge.source!r} -> {edge.target!r}"
