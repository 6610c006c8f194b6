"""Drawing of a model in Graphviz's language: a cluster per layer, an edge per dependency."""

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

GRAY, BLUE, AMBER = ("#f1f5f9", "#334155"), ("#bfdbfe", "#1d4ed8"), ("#fde68a", "#b45309")
START = """digraph {name} {{
  rankdir=LR
  graph [fontname="Helvetica", label={name}, labelloc=t]
  node [fontname="Helvetica", shape=box, style=filled]
  edge [fontname="Helvetica", fontsize=10, color="#334155"]"""


def dot_drawing(drawing: Drawing) -> str:
    """Return the drawing as DOT text, for ``dot -Tsvg``.

    State words are blue, outputs of readouts amber, and inputs that are passed on unchanged gray. The label
    of an edge to a state word says whether A or B reads its source; feedback is dashed.
    """
    lines = [START.format(name=quoted(drawing.name)), *_inputs(drawing)]
    sources = [f"x{index}" for index in range(len(drawing.inputs))]
    for layer in drawing.layers:
        lines += [*_cluster(layer), *_edges(layer, sources)]
        sources = [_signal(layer, index) for index in range(len(layer.outputs))]
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


def _node(name: str, label: str, colors: tuple[str, str]) -> str:
    return f'{name} [label={label}, fillcolor="{colors[0]}", color="{colors[1]}"]'


def _word(layer: DrawnLayer, index: int) -> str:
    return f"h{layer.number}_{index}"


def _gate(layer: DrawnLayer, index: int) -> str:
    return f"a{layer.number}_{index}"


def _signal(layer: DrawnLayer, index: int) -> str:
    return f"y{layer.number}_{index}"


def _inputs(drawing: Drawing) -> Iterator[str]:
    for index, slot in enumerate(drawing.inputs):
        yield "  " + _node(f"x{index}", _label(slot.name, values_of(slot)), GRAY)


def _cluster(layer: DrawnLayer) -> Iterator[str]:
    yield f"  subgraph cluster_{layer.number} {{"
    yield f'    label={_label(*head(layer))}; style=rounded; color="#334155"'
    for index, word in enumerate(layer.words):
        yield "    " + _node(_word(layer, index), _word_label(word), BLUE)
    for index, gate in enumerate(layer.gates):
        yield "    " + _node(_gate(layer, index), _label(gate.name), GRAY)
    for index, signal in enumerate(layer.outputs):
        yield "    " + _node(_signal(layer, index), _signal_label(signal), _colors(signal))
    yield "  }"


def _word_label(word: DrawnWord) -> str:
    size = f"{values_of(word)}, {counted(word.bits, 'bit')}"
    return _label(word.name, size, stands_for(word), "" if word.overflow == "error" else word.overflow)


def _colors(signal: DrawnSignal) -> tuple[str, str]:
    return GRAY if signal.passed == signal.name else AMBER


def _signal_label(signal: DrawnSignal) -> str:
    role = "" if signal.role in ("next layer", signal.name) else signal.role
    constant = "" if signal.reads.constant is None else f"= {signal.reads.constant}"
    return _label(signal.name, constant, role)


def _edges(layer: DrawnLayer, sources: Sequence[str]) -> Iterator[str]:
    for index, word in enumerate(layer.words):
        target = _word(layer, index)
        entry_sources = set() if word.entry is None else set(word.entry.input_nodes)
        increment_sources = set(word.increment.input_nodes)
        for source in sorted(entry_sources | increment_sources):
            label = ", ".join("A" * (source in entry_sources) + "B" * (source in increment_sources))
            yield f'  {sources[source]} -> {target} [label="{label}"]'
        yield from (f'  {_word(layer, other)} -> {target} [label="h"]' for other in word.mixes_nodes)
    for index, gate in enumerate(layer.gates):
        yield from _read(gate.reads, _gate(layer, index), layer, sources)
        yield from (f"  {_gate(layer, index)} -> {_word(layer, w)}" for w in range(len(layer.words)))
    for index, signal in enumerate(layer.outputs):
        yield from _read(signal.reads, _signal(layer, index), layer, sources)


def _read(reads: Reads, target: str, layer: DrawnLayer, sources: Sequence[str]) -> Iterator[str]:
    yield from (f"  {_word(layer, word)} -> {target}" for word in reads.word_nodes)
    yield from (f"  {sources[source]} -> {target}" for source in reads.input_nodes)


def _loop(drawing: Drawing, outputs: Sequence[str]) -> Iterator[str]:
    """Yield the feedback edges, from the output of a thought to the input that reads it."""
    for output, slot in drawing.thought_nodes:
        yield f"  {outputs[output]} -> x{slot} [style=dashed, constraint=false]"
