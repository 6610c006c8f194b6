"""A model drawn in Graphviz's language: a cluster for each layer, an edge for everything that is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from streamssm.report.drawing.drawing import Drawing, DrawnLayer, DrawnSignal, DrawnWord, Reads
from streamssm.report.drawing.labels import (
    UNBROKEN,
    counted,
    head,
    plain,
    stands_for,
    values_of,
)

GREY, BLUE, AMBER = ("#f1f5f9", "#334155"), ("#bfdbfe", "#1d4ed8"), ("#fde68a", "#b45309")
START = """digraph {name} {{
  rankdir=LR
  graph [fontname="Helvetica", label={name}, labelloc=t]
  node [fontname="Helvetica", shape=box, style=filled]
  edge [fontname="Helvetica", fontsize=10, color="#334155"]"""


def dot_drawing(drawing: Drawing) -> str:
    """Return the drawing as DOT text, for ``dot -Tsvg``.

    Blue boxes are state words, amber ones what readouts give, grey ones the input as it
    came. Edges to a state word say
    whether A or B reads their start; what is fed back is dashed.
    """
    lines = [START.format(name=quoted(drawing.name)), *_inputs(drawing)]
    sources = [f"x{place}" for place in range(len(drawing.inputs))]
    for layer in drawing.layers:
        lines += [*_cluster(layer), *_edges(layer, sources)]
        sources = [_signal(layer, place) for place in range(len(layer.outputs))]
    return "\n".join([*lines, *_loop(drawing, sources), "}", ""])


def quoted(text: str) -> str:
    r"""Return a text as a DOT string.

    >>> print(quoted('say "a\\b"'))
    "say \"a\\b\""
    """
    escaped = plain(text).replace(UNBROKEN, " ").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _label(*parts: str) -> str:
    return '"' + "\\n".join(quoted(part)[1:-1] for part in parts if part) + '"'


def _node(name: str, label: str, colours: tuple[str, str]) -> str:
    return f'{name} [label={label}, fillcolor="{colours[0]}", color="{colours[1]}"]'


def _word(layer: DrawnLayer, place: int) -> str:
    return f"h{layer.number}_{place}"


def _gate(layer: DrawnLayer, place: int) -> str:
    return f"a{layer.number}_{place}"


def _signal(layer: DrawnLayer, place: int) -> str:
    return f"y{layer.number}_{place}"


def _inputs(drawing: Drawing) -> Iterator[str]:
    for place, slot in enumerate(drawing.inputs):
        yield "  " + _node(f"x{place}", _label(slot.name, values_of(slot)), GREY)


def _cluster(layer: DrawnLayer) -> Iterator[str]:
    yield f"  subgraph cluster_{layer.number} {{"
    yield f'    label={_label(*head(layer))}; style=rounded; color="#334155"'
    for place, word in enumerate(layer.words):
        yield "    " + _node(_word(layer, place), _word_label(word), BLUE)
    for place, gate in enumerate(layer.gates):
        yield "    " + _node(_gate(layer, place), _label(gate.name), GREY)
    for place, signal in enumerate(layer.outputs):
        yield "    " + _node(_signal(layer, place), _signal_label(signal), _colours(signal))
    yield "  }"


def _word_label(word: DrawnWord) -> str:
    size = f"{values_of(word)}, {counted(word.bits, 'bit')}"
    return _label(word.name, size, stands_for(word), "" if word.overflow == "error" else word.overflow)


def _colours(signal: DrawnSignal) -> tuple[str, str]:
    return GREY if signal.passed == signal.name else AMBER


def _signal_label(signal: DrawnSignal) -> str:
    role = "" if signal.role in ("next layer", signal.name) else signal.role
    constant = "" if signal.reads.constant is None else f"= {signal.reads.constant}"
    return _label(signal.name, constant, role)


def _edges(layer: DrawnLayer, sources: Sequence[str]) -> Iterator[str]:
    for place, word in enumerate(layer.words):
        target = _word(layer, place)
        kept = set() if word.entry is None else set(word.entry.input_nodes)
        added = set(word.increment.input_nodes)
        for source in sorted(kept | added):
            label = ", ".join("A" * (source in kept) + "B" * (source in added))
            yield f'  {sources[source]} -> {target} [label="{label}"]'
        yield from (f'  {_word(layer, other)} -> {target} [label="h"]' for other in word.mixes_nodes)
    for place, gate in enumerate(layer.gates):
        yield from _read(gate.reads, _gate(layer, place), layer, sources)
        yield from (f"  {_gate(layer, place)} -> {_word(layer, w)}" for w in range(len(layer.words)))
    for place, signal in enumerate(layer.outputs):
        yield from _read(signal.reads, _signal(layer, place), layer, sources)


def _read(reads: Reads, target: str, layer: DrawnLayer, sources: Sequence[str]) -> Iterator[str]:
    yield from (f"  {_word(layer, word)} -> {target}" for word in reads.word_nodes)
    yield from (f"  {sources[source]} -> {target}" for source in reads.input_nodes)


def _loop(drawing: Drawing, given: Sequence[str]) -> Iterator[str]:
    """Yield the edges from what is given as a thought to what reads it."""
    for output, slot in drawing.thought_nodes:
        yield f"  {given[output]} -> x{slot} [style=dashed, constraint=false]"
