"""The initial state of a DOT graph: start markers, attributes, the caller's choice and names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streamssm.automata.dot.dot_graph import DotGraph, DotNode, Edge
from streamssm.automata.dot.dot_labels import START, text_of
from streamssm.errors import FormatError, ParameterError

INVISIBLE = ("none", "plaintext", "point", "plain")
ATTRIBUTES = ("initial", "is_initial", "isinitial", "init", "root", "start", "is_start", "isstart")
NAMES = ("start", "init", "initial", "begin", "__start")
NUMBERED = ("s0", "q0", "0")
DISTINCTIONS = ("color", "fillcolor", "fontcolor", "penwidth", "style", "bgcolor")
YES = ("true", "1", "yes")
REMEDY = "add an edge `__start0 -> NAME`, or pass initial='NAME' (--initial NAME)"


@dataclass(frozen=True)
class StartMark:
    """The initial state, the nodes and edges that only mark it, and the output before the first symbol."""

    state: str
    markers: frozenset[str]
    edges: tuple[Edge, ...]
    output: str | None = None


def start_of(graph: DotGraph, where: str, initial: str | None) -> StartMark:
    """Return the initial state of a graph.

    Parameters
    ----------
    initial : the name or label of a node, or ``attribute=value`` that one node has; overrides the marks

    Raises
    ------
    FormatError
        If no state is marked, or more than one.
    ParameterError
        If ``initial`` does not name one state.
    """
    edges = tuple(_marking_edges(graph))
    markers = frozenset(edge.source for edge in edges)
    states = [node for node in graph.nodes.values() if node.name not in markers]
    if not states:
        raise FormatError(f"{where}: the graph has no states")
    if initial is not None:
        return StartMark(_chosen(states, initial), markers, edges)
    marks = [(edge.target, edge.line) for edge in edges]
    marks += [
        (node.name, node.line)
        for node in states
        if any(name.lower() in ATTRIBUTES and value.lower() in YES for name, value in node.attributes.items())
    ]
    marks += [
        (value, 1)
        for name, value in graph.attributes.items()
        if name.lower() in ("initial", "root") and value in graph.nodes
    ]
    if len(edges) > 1 or len({state for state, _ in marks}) > 1:
        (first, line), (second, other) = marks[0], marks[1]
        raise FormatError(
            f"{where}, line {other}: the initial state is marked twice: {second!r} here, and {first!r} in "
            f"line {line}; pass initial='{first}' (--initial {first}) to choose one"
        )
    if marks:
        return StartMark(marks[0][0], markers, edges, _output(edges))
    return StartMark(_conventional(states, where), markers, edges)


def _marking_edges(graph: DotGraph) -> Iterator[Edge]:
    edges_from = Counter(edge.source for edge in graph.edges)
    edges_to = {edge.target for edge in graph.edges}
    invisible = {name for name, node in graph.nodes.items() if _is_invisible(node)}
    all_invisible = len(invisible) == len(graph.nodes)
    for edge in graph.edges:
        label = text_of(edge.attributes.get("label", ""))
        if edge.source.startswith(START):
            yield edge
        elif edge.source in edges_to or edges_from[edge.source] > 1:
            continue
        elif not label or (edge.source in invisible and not all_invisible):
            yield edge
        elif edge.source.lower() in NAMES and label.lower() in NAMES:
            yield edge


def _is_invisible(node: DotNode) -> bool:
    return node.attributes.get("shape", "").lower() in INVISIBLE or "invis" in node.attributes.get(
        "style", ""
    )


def _output(edges: Sequence[Edge]) -> str | None:
    """Return the output before the first symbol, on a start edge labeled ``/output``."""
    label = text_of(edges[0].attributes.get("label", "")) if edges else ""
    return label[1:].strip() or None if label.startswith("/") else None


def _chosen(states: Sequence[DotNode], initial: str) -> str:
    attribute, equals, value = initial.partition("=")
    matches = [
        [node.name for node in states if node.name == initial],
        [node.name for node in states if text_of(node.attributes.get("label", ""), node.name) == initial],
        [node.name for node in states if equals and node.attributes.get(attribute.strip()) == value.strip()],
    ]
    for names in matches:
        if len(names) > 1:
            raise ParameterError(f"initial must name one state, but {initial!r} fits {', '.join(names[:5])}")
        if names:
            return names[0]
    names = [node.name for node in states]
    shown = ", ".join(names[:8]) + ", ..." * (len(names) > 8)
    raise ParameterError(f"initial must name a state, one of {shown}, not {initial!r}")


def _conventional(states: Sequence[DotNode], where: str) -> str:
    """Return the only state, or the first one if it is called s0, q0, 0 or start and no other stands out."""
    if len(states) == 1:
        return states[0].name
    names = [
        {node.name.lower(), text_of(node.attributes.get("label", ""), node.name).lower()} for node in states
    ]
    named = [node for node, its in zip(states, names, strict=True) if its & {*NAMES, *NUMBERED}]
    distinct = _distinguished(states)
    if len(named) == 1 and named[0] is states[0] and distinct in (None, named[0].name):
        return named[0].name
    hint = (
        "" if distinct is None else f" ({distinct!r} alone has another color or style, which marks nothing)"
    )
    raise FormatError(f"{where}: no state is marked as initial{hint}: {REMEDY}")


def _distinguished(states: Sequence[DotNode]) -> str | None:
    """Return the one state whose color or style differs from all others'."""
    for attribute in DISTINCTIONS:
        values = [node.attributes.get(attribute, "") for node in states]
        counts = Counter(values)
        if len(counts) > 1:
            rare = [node.name for node, value in zip(states, values, strict=True) if counts[value] == 1]
            if rare:
                return rare[-1]
    return None
