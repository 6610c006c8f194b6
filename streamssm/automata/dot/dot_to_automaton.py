"""DOT graph -> automaton. docs/FORMATS.md lists the dialects, and what is refused.

- An edge's label is ``input/output`` (a Mealy machine) or the input alone. It is split at the first `` / ``,
  or else at the first ``/``; several inputs of one edge are on separate lines, ``a/0\\nb/1``. In HTML labels,
  cells and line breaks separate input and output.
- Inputs are symbols, lists of symbols separated by commas, guards over propositions, or bit vectors;
  `machine_of_dot` takes the only reading that gives a complete deterministic machine, or refuses.
- Without outputs on edges, nodes labeled ``name|output`` or ``name/output`` make a Moore machine. Otherwise
  the graph is a DFA, whose accepting states have the shape ``doublecircle``, or ``peripheries=2``.
- The graph's attribute ``comment=dfa``, ``moore`` or ``mealy``, which `to_dot` writes, overrides this
  choice, and then labels are taken as they stand.
- The initial state is found by `streamssm.automata.dot.start`.
- Symbols and outputs are numbered in order of appearance, or as the caller says. A state's name is its label.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from streamssm.automata.automaton_class import ACCEPT, REJECT, Automaton, Int32s
from streamssm.automata.dot.dot_graph import DotGraph, DotNode, Edge, parse
from streamssm.automata.dot.dot_labels import decoded, lines_of, pairs_of, state_pair, text_of
from streamssm.automata.dot.start import start_of
from streamssm.automata.guards import (
    MAX_PROPOSITIONS,
    WORD_CONSTANTS,
    Guard,
    assignments_of,
    columns_of,
    parse_guard,
    symbol_of,
    vectors_of,
)
from streamssm.automata.regex.regex_parser import some
from streamssm.errors import FormatError, ParameterError
from streamssm.ir.alphabet import require_distinct

KINDS = ("auto", "mealy", "moore", "dfa")
LABELS = ("auto", "symbol", "commas", "guards", "bits")
PARTIAL = ("sink", "undefined")
EMPTY = "(empty)"  # the name of an empty output
DRAWING = "drawing"  # comment of a drawing whose edges stand for ranges of tokens
_VECTOR = re.compile(r"[01X]+")


@dataclass(frozen=True)
class _Item:
    """A line of an edge's label, not yet expanded into symbols."""

    edge: Edge
    text: str
    output: str | None


@dataclass(frozen=True)
class _Transition:
    """A transition for one symbol; ``output`` is None except in a Mealy machine."""

    source: str
    target: str
    symbol: str
    output: str | None
    line: int
    label: str


def machine_of_dot(
    source: str | os.PathLike[str],
    *,
    kind: str = "auto",
    symbols: Sequence[str] | None = None,
    name: str | None = None,
    initial: str | None = None,
    accepting: Sequence[str] | None = None,
    labels: str = "auto",
    partial: str | None = None,
) -> Automaton:
    """Return the automaton that a DOT file or text describes.

    Parameters
    ----------
    source : a path, or DOT text, recognized by its braces
    kind : "mealy", "moore" or "dfa"; "auto" decides by the labels. The output of a "moore" state without
        output is its name
    symbols : the alphabet in order; if None, in order of appearance
    name : if None, the file's name, or for a text the graph's
    initial : name or label of the initial state, or ``attribute=value``; if None, the state that is marked
    accepting : names or labels of a DFA's accepting states; if None, those with a double circle
    labels : "symbol" (a line is a symbol), "commas" (a list of symbols), "guards" (formulas over
        propositions) or "bits" (vectors of 0, 1 and X); "auto" takes the only reading that fits
    partial : where missing transitions of a partial machine lead: a rejecting "sink" (of a DFA), or a state
        that they never leave and whose output is "undefined"; if None, partial machines are refused

    Raises
    ------
    FormatError
        For syntax errors (with line and column), nondeterministic or missing transitions (with state, symbol
        and edges), labels that do not fit or have more than one reading, no initial state or more than one, a
        machine without accepting states and outputs, or a graph without states.
    ParameterError
        If ``symbols`` has duplicates, or lacks a symbol of the graph; for a value that an option cannot have.

    >>> flip = machine_of_dot('digraph flip { s0 -> s1 [label="x/0"]; s1 -> s0 [label="x/1"]; }')
    >>> flip.run(["x", "x", "x"]), flip.state_names
    (['0', '1', '0'], ('s0', 's1'))
    """
    for option, value, values in (
        ("kind", kind, KINDS),
        ("labels", labels, LABELS),
        ("partial", partial, (None, *PARTIAL)),
    ):
        if value not in values:
            choices = ", ".join(str(choice) for choice in values if choice is not None)
            raise ParameterError(f"{option} must be one of {choices}, not {value!r}")
    if accepting is not None:
        if kind not in ("auto", "dfa"):
            raise ParameterError(f"accepting states must be given for a DFA, not with kind={kind!r}")
        kind = "dfa"
    text, where = _read(source)
    graph = parse(text, where)
    reader = _Reader(graph, where, kind, initial, accepting, partial)
    return reader.machine(name or _name(source, graph), symbols, labels)


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

    def __init__(
        self,
        graph: DotGraph,
        where: str,
        kind: str,
        initial: str | None,
        accepting: Sequence[str] | None,
        partial: str | None,
    ) -> None:
        self.graph = graph
        self.where = where
        self.partial = partial
        self.comment = graph.attributes.get("comment", "")
        if self.comment == DRAWING:
            raise FormatError(
                f"{where}: this is a drawing, whose edges stand for ranges of tokens; a machine of fewer "
                "transitions is written in full"
            )
        self.start = start_of(graph, where, initial)
        self.states = [node for name, node in graph.nodes.items() if name not in self.start.markers]
        self.edges = [edge for edge in graph.edges if edge not in self.start.edges]
        self.accepting = self._accepting(accepting)
        self.kind = self._kind() if kind == "auto" else kind
        self.items = [item for edge in self.edges for item in self._items(edge)]
        if not self.items:
            raise FormatError(f"{where}: no edge has a symbol: label the edges")

    def _fault(self, line: int, message: str) -> FormatError:
        return FormatError(f"{self.where}, line {line}: {message}")

    # DFA, Moore or Mealy

    @property
    def _is_ours(self) -> bool:
        """True if `to_dot` wrote the graph: labels are taken as they stand."""
        return self.comment in KINDS[1:]

    def _accepting(self, given: Sequence[str] | None) -> set[str]:
        if given is None:
            return {node.name for node in self.states if _accepts(node)}
        names: set[str] = set()
        for name in given:
            nodes = [node.name for node in self.states if node.name == name] or [
                node.name for node in self.states if text_of(_label(node), node.name) == name
            ]
            if len(nodes) != 1:
                raise ParameterError(f"accepting must name states; {len(nodes)} states are named {name!r}")
            names.update(nodes)
        return names

    def _kind(self) -> str:
        if self._is_ours:
            return self.comment
        if self.accepting:
            return "dfa"
        pairs = [(edge, pair) for edge in self.edges for pair in pairs_of(_label(edge))]
        if pairs and all(pair for _, pair in pairs):
            if any(pair[1] for _, pair in pairs if pair):
                return "mealy"
            raise self._without_outputs("no edge has an output after its '/'", "pass kind='mealy'")
        if self.states and all(map(_state_pair, self.states)):
            return "moore"
        if any(pair for _, pair in pairs):
            edge = next(edge for edge, pair in pairs if not pair)
            raise self._fault(
                edge.line,
                f"{_edge_text(edge)} must be labeled input/output like other edges, "
                f"not {text_of(_label(edge))!r}",
            )
        if not pairs and self.edges:
            edge = self.edges[0]
            raise self._fault(edge.line, f"{_edge_text(edge)} has no label: label it with its symbol")
        if not pairs:
            raise FormatError(f"{self.where}: no edge has a symbol: label the edges")
        raise self._without_outputs("no state is accepting and no label has an output", "")

    def _without_outputs(self, cause: str, remedy: str) -> FormatError:
        remedy = remedy or (
            "pass accepting=[NAMES] (--accepting NAMES) for a DFA, or kind='moore' (--moore) to output states"
        )
        return FormatError(f"{self.where}: {cause}: {remedy}")

    def _items(self, edge: Edge) -> Iterator[_Item]:
        label = _label(edge)
        if self.kind == "mealy":
            texts = lines_of(label)
            for number, pair in enumerate(pairs_of(label)):
                if pair is None:
                    text = texts[number] if number < len(texts) else text_of(label)
                    raise self._fault(
                        edge.line, f"{_edge_text(edge)} must be labeled input/output, not {text!r}"
                    )
                yield _Item(edge, pair[0], pair[1] or EMPTY)
        else:
            for line in lines_of(label):
                yield _Item(edge, decoded(line), None)
        if not lines_of(label):
            raise self._fault(edge.line, f"{_edge_text(edge)} has no label: label it with its symbol")

    # readings of the labels

    def machine(self, name: str, symbols: Sequence[str] | None, labels: str) -> Automaton:
        readings = self._readings() if labels == "auto" else [labels]
        machines: dict[str, Automaton] = {}
        errors: list[FormatError] = []
        for reading in readings:
            try:
                transitions, alphabet = self._expanded(reading)
                machines[reading] = self._machine(name, symbols or alphabet, transitions)
            except FormatError as error:
                errors.append(error)
        if not machines:
            raise errors[-1]
        if len(machines) > 1:
            raise FormatError(
                f"{self.where}: labels such as {self._example(readings[-1])!r} can be read in two ways: pass "
                + " or ".join(f"labels='{reading}' (--labels {reading})" for reading in machines)
            )
        return next(iter(machines.values()))

    def _readings(self) -> list[str]:
        """Return the readings that the labels allow."""
        if self._is_ours:
            return ["symbol"]
        texts = [item.text for item in self.items]
        if self.graph.name == "MONA_DFA" and self._columns() is not None:
            return ["bits"]
        guards = [parse_guard(text, constants=WORD_CONSTANTS) for text in texts]
        formulas = [text for text, guard in zip(texts, guards, strict=True) if guard and guard.has_operators]
        if formulas:
            other = [text for text, guard in zip(texts, guards, strict=True) if guard is None]
            if other:
                raise FormatError(
                    f"{self.where}: the label {formulas[0]!r} is a guard over propositions, but {other[0]!r} "
                    "is not: pass labels='symbol' (--labels symbol) to take labels as they stand"
                )
            return ["guards"]
        if self.graph.name == "MONA_DFA" and all(guards) and "true" in map(str.lower, texts):
            return ["guards"]
        readings = ["symbol"]
        if (
            all(map(_VECTOR.fullmatch, texts))
            and len(set(map(len, texts))) == 1
            and any("X" in t for t in texts)
        ):
            readings.append("bits")
        if any(len(_listed(text)) > 1 for text in texts):
            readings.append("commas")
        return readings

    def _example(self, reading: str) -> str:
        texts = [item.text for item in self.items]
        return next((text for text in texts if ("X" if reading == "bits" else ",") in text), texts[0])

    def _columns(self) -> Mapping[tuple[str, str, str, int], Sequence[str]] | None:
        """Return the bit vectors of each edge of a graph of ``mona -gw``, or None."""
        columns = [(edge, columns_of(lines_of(_label(edge)))) for edge in self.edges]
        widths = {len(vector) for _, vectors in columns for vector in vectors or [""]}
        return (
            None
            if len(widths) != 1 or 0 in widths
            else {_key(edge): vectors or [] for edge, vectors in columns}
        )

    def _expanded(self, reading: str) -> tuple[list[_Transition], list[str] | None]:
        """Return the transitions of a reading, and its alphabet if that is known beforehand."""
        if reading == "guards":
            return self._guarded()
        if reading == "bits":
            return self._vectors()
        split = _listed if reading == "commas" else _alone
        return [_transition(item, symbol) for item in self.items for symbol in split(item.text)], None

    def _vectors(self) -> tuple[list[_Transition], list[str]]:
        columns = self._columns() if self.kind != "mealy" else None
        if columns is not None:
            items = [_Item(edge, vector, None) for edge in self.edges for vector in columns[_key(edge)]]
        else:
            items = self.items
        width = len(items[0].text)
        for item in items:
            if not _VECTOR.fullmatch(item.text) or len(item.text) != width:
                raise self._fault(
                    item.edge.line,
                    f"{_edge_text(item.edge)} must be labeled with {width} bits 0, 1 or X, not {item.text!r}",
                )
        self._require_few(width, "bits")
        transitions = [_transition(item, vector) for item in items for vector in vectors_of(item.text)]
        return transitions, vectors_of("X" * width)

    def _guarded(self) -> tuple[list[_Transition], list[str]]:
        guards: list[tuple[_Item, Guard]] = []
        for item in self.items:
            guard = parse_guard(item.text, constants=WORD_CONSTANTS)
            if guard is None:
                raise self._fault(
                    item.edge.line, f"{_edge_text(item.edge)} must be labeled with a guard, not {item.text!r}"
                )
            guards.append((item, guard))
        names = sorted({name for _, guard in guards for name in guard.propositions})
        self._require_few(len(names), "propositions")
        assignments = assignments_of(len(names))
        symbols = [symbol_of(row, names) for row in assignments.tolist()]
        transitions = [
            _transition(item, symbols[number])
            for item, guard in guards
            for number in np.flatnonzero(guard.satisfying(assignments, names)).tolist()
        ]
        return transitions, symbols

    def _require_few(self, count: int, of: str) -> None:
        if count > MAX_PROPOSITIONS:
            raise FormatError(
                f"{self.where}: guards must be over at most {MAX_PROPOSITIONS} {of}, not {count}: "
                f"their 2^{count} assignments would be symbols"
            )

    # tables

    def _machine(
        self, name: str, symbols: Sequence[str] | None, transitions: Sequence[_Transition]
    ) -> Automaton:
        names = self._symbols(symbols, transitions)
        numbers = {symbol: number for number, symbol in enumerate(names)}
        state_of = {node.name: state for state, node in enumerate(self.states)}
        table: list[list[_Transition | None]] = [[None] * len(names) for _ in self.states]
        for transition in transitions:
            row, number = table[state_of[transition.source]], numbers[transition.symbol]
            earlier = row[number]
            if earlier is not None:
                raise self._duplicate_edge(earlier, transition)
            row[number] = transition
        for node, row in zip(self.states, table, strict=True):
            self._require_complete(node, names, row)
        is_partial = any(transition is None for row in table for transition in row)
        sink = len(self.states)
        rows = [
            [sink if transition is None else state_of[transition.target] for transition in row]
            for row in table
        ]
        state_names = self._names()
        if is_partial:
            rows.append([sink] * len(names))
            state_names = (*state_names, _fresh(str(self.partial), state_names))
        output, outputs = self._outputs(table, is_partial)
        machine = Automaton(
            name=name,
            symbols=names,
            next_state=np.array(rows, np.int32),
            output=output,
            outputs=outputs,
            initial=state_of[self.start.state],
            state_names=state_names,
        )
        return machine if self.start.output is None else _with_first_output(machine, self.start.output)

    def _symbols(self, given: Sequence[str] | None, transitions: Sequence[_Transition]) -> tuple[str, ...]:
        symbols = dict.fromkeys(transition.symbol for transition in transitions)
        if not symbols:
            raise FormatError(f"{self.where}: no edge has a symbol: label the edges")
        if given is None:
            return tuple(symbols)
        require_distinct("symbol", given)
        for transition in transitions:
            if transition.symbol not in given:
                raise self._fault(
                    transition.line,
                    f"a symbol must be one of {some(tuple(given))}, not {transition.symbol!r}",
                )
        return tuple(given)

    def _duplicate_edge(self, first: _Transition, second: _Transition) -> FormatError:
        edge = f"the edge of state {first.source!r} for {first.symbol!r}"
        if first.label != first.symbol or second.label != second.symbol:
            edge += f" (labels {first.label!r} and {second.label!r})"
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

    def _require_complete(
        self, node: DotNode, names: Sequence[str], row: Sequence[_Transition | None]
    ) -> None:
        missing = [name for name, transition in zip(names, row, strict=True) if transition is None]
        if missing and self.partial is None:
            raise self._fault(
                node.line,
                f"not complete: state {node.name!r} has no edge for {some(missing)}: add it, or pass "
                + ("partial='sink' or " if self.kind == "dfa" else "")
                + f"partial='undefined' (--partial {'sink|' * (self.kind == 'dfa')}undefined)",
            )
        if missing and self.partial == "sink" and self.kind != "dfa":
            raise ParameterError(
                "partial='sink' (--partial sink) requires a DFA; pass partial='undefined' "
                f"(--partial undefined) for a {self.kind.title()} machine"
            )

    def _outputs(
        self, table: Sequence[Sequence[_Transition | None]], is_partial: bool
    ) -> tuple[Int32s, tuple[str, ...]]:
        if self.kind == "dfa":
            values = [int(node.name in self.accepting) for node in self.states]
            outputs: tuple[str, ...] = (REJECT, ACCEPT)
            if is_partial:
                values.append(2 if self.partial == "undefined" else 0)
                outputs += ("undefined",) if self.partial == "undefined" else ()
            return np.array(values, np.int32), outputs
        if self.kind == "moore":
            flat = [self._state_output(node) for node in self.states]
        else:
            flat = ["" if item is None else str(item.output) for row in table for item in row]
        undefined = _fresh("undefined", flat)
        if self.kind == "mealy":
            flat = [output or undefined for output in flat]
            flat += [undefined] * (len(table[0]) * is_partial)
        else:
            flat += [undefined] * is_partial
        numbers = {output: number for number, output in enumerate(dict.fromkeys(flat))}
        num_states = len(table) + is_partial
        shape = (num_states,) if self.kind == "moore" else (num_states, len(table[0]))
        return np.array([numbers[output] for output in flat], np.int32).reshape(shape), tuple(numbers)

    def _state_output(self, node: DotNode) -> str:
        pair = _state_pair(node)
        if pair is None:
            if self._is_ours or any(map(_state_pair, self.states)):
                raise self._fault(node.line, f"state {node.name!r} must be labeled name|output")
            return text_of(_label(node), node.name) or node.name
        return pair[1] or EMPTY

    def _names(self) -> tuple[str, ...]:
        """Return the states' labels if they are distinct and not empty, else the names of the nodes."""
        labels = [text_of(_label(node), node.name) for node in self.states]
        if self.kind == "moore":
            pairs = map(_state_pair, self.states)
            labels = [pair[0] if pair else label for pair, label in zip(pairs, labels, strict=True)]
        if self._is_ours or (all(labels) and len(set(labels)) == len(labels)):
            return tuple(labels)
        return tuple(node.name for node in self.states)


def _with_first_output(machine: Automaton, output: str) -> Automaton:
    """Return the Moore machine of a Mealy machine that gives an output before the first symbol.

    States are pairs of a state and the output on the way to it.
    """
    if machine.is_moore:
        return machine
    outputs = machine.outputs if output in machine.outputs else (*machine.outputs, output)
    first = (machine.initial, outputs.index(output))
    pairs = {first: 0}
    rows: list[list[int]] = []
    for state, _ in (order := [first]):
        targets = list(zip(machine.next_state[state].tolist(), machine.output[state].tolist(), strict=True))
        for pair in targets:
            if pair not in pairs:
                pairs[pair] = len(pairs)
                order.append(pair)
        rows.append([pairs[pair] for pair in targets])
    return Automaton(
        name=machine.name,
        symbols=machine.symbols,
        next_state=np.array(rows, np.int32),
        output=np.array([number for _, number in order], np.int32),
        outputs=outputs,
        state_names=tuple(f"{machine.state_names[state]}/{outputs[number]}" for state, number in order),
    )


# labels


def _label(part: DotNode | Edge) -> str:
    return part.attributes.get("label", "\\N" if isinstance(part, DotNode) else "")


def _state_pair(node: DotNode) -> tuple[str, str] | None:
    return state_pair(_label(node), node.attributes.get("shape", ""), node.name)


def _accepts(node: DotNode) -> bool:
    return "doublecircle" in node.attributes.get("shape", "") or node.attributes.get("peripheries") == "2"


def _key(edge: Edge) -> tuple[str, str, str, int]:
    return edge.source, edge.target, _label(edge), edge.line


def _edge_text(edge: Edge) -> str:
    return f"edge {edge.source!r} -> {edge.target!r}"


def _transition(item: _Item, symbol: str) -> _Transition:
    return _Transition(item.edge.source, item.edge.target, symbol, item.output, item.edge.line, item.text)


def _alone(text: str) -> list[str]:
    return [text]


def _listed(text: str) -> list[str]:
    """Split a text at its commas outside of brackets; a text with an empty part is not split.

    >>> _listed("a, b"), _listed("RST(V,V)"), _listed(","), _listed("a,")
    (['a', 'b'], ['RST(V,V)'], [','], ['a,'])
    """
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    parts = [part.strip() for part in parts]
    return parts if all(parts) else [text]


def _fresh(name: str, names: Sequence[str]) -> str:
    while name in names:
        name += "'"
    return name
