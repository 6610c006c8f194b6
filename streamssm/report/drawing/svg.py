"""A model drawn as SVG: the input above, a panel for each layer, the outputs below, thoughts on the right.

In a panel the state is on the left and the readout on the right; x enters between them and drives both.
"""

from __future__ import annotations

from collections.abc import Sequence

from streamssm.report.drawing.drawing import Drawing, DrawnInput, DrawnLayer, DrawnSignal, DrawnWord, Reads
from streamssm.report.drawing.labels import (
    FLAGS,
    GATES,
    READOUT,
    UPDATE,
    counted,
    head,
    listed,
    names_of,
    read_from,
    stands_for,
    unit_of_entries,
    values_of,
)
from streamssm.report.drawing.svg_canvas import Canvas, Look, Style
from streamssm.report.drawing.svg_cells import GAP, SvgCell, flow, grid

INK, MUTED, GREEN = "#0f172a", "#334155", "#15803d"
PANEL, SECTION = Look("#f1f5f9", MUTED, 10), Look("#ffffff", "#cbd5e1", 6)
WORD, SIGNAL = Look("#bfdbfe", "#1d4ed8"), Look("#fde68a", "#b45309")
SLOT, THOUGHT = Look("#ffffff", "#64748b"), Look("#dcfce7", GREEN)
NAME = Style(14, mono=True, bold=True)
SMALL = Style(12, color=MUTED)
CODE = Style(12, mono=True)
FORMULA = Style(13, mono=True, color=MUTED)
LABEL = Style(13, mono=True, color=MUTED)
TITLE, HEADING = Style(18, bold=True), Style(16, bold=True)
NOTE = Style(13, color=MUTED)

MARGIN, WIDTH, LOOP = 20, 1000, 84
INSIDE = 16  # padding of a panel
GUTTER = 84  # gap between state and readout
SIDE = (WIDTH - GUTTER) / 2 - INSIDE  # width of each
MIDDLE = MARGIN + WIDTH / 2
LEFT, RIGHT = MARGIN + INSIDE, MARGIN + WIDTH - INSIDE - SIDE


def svg_drawing(drawing: Drawing) -> str:
    """Return the drawing as a self-contained SVG document."""
    canvas = Canvas()
    size = f"{counted(len(drawing.layers), 'layer')}, {counted(drawing.memory_bits, 'bit')} of state"
    canvas.text(MARGIN, 34, drawing.name, TITLE)
    canvas.text(MARGIN, 54, f"state-space model: {size}", NOTE)
    y, back = _input(canvas, drawing, 68)
    start = f"M{MIDDLE:g} {y:g}"
    y = _flow_label(canvas, "x", y)
    for layer in drawing.layers:
        y, start = _panel(canvas, layer, y, start)
        if layer is not drawing.layers[-1]:
            y = _flow_label(canvas, f"x: {names_of(layer.outputs)}", y)
    canvas.arrow(f"{start} V{y + 30:g}", MUTED)
    y, leave = _output(canvas, drawing, y + 30)
    looped = drawing.cot != "none"
    if looped:
        _loop(canvas, drawing, back, leave)
    width = 2 * MARGIN + WIDTH + LOOP * looped
    return canvas.page(width, y + MARGIN, f"{drawing.name}, a state-space model: {size}", (MUTED, GREEN))


# above and below the layers

Row = tuple[str, str, Sequence[SvgCell]]


def _input(canvas: Canvas, drawing: Drawing, y: float) -> tuple[float, float]:
    """Draw the inputs; return their bottom edge, and the y position where thoughts enter."""
    by_role = {role: [i for i in drawing.inputs if i.role == role] for role in ("token", "flag", "thought")}
    rows: list[Row] = [
        ("token", "", [_slot(slot, SLOT) for slot in by_role["token"]]),
        ("flags", "", [_slot(slot, SLOT, FLAGS[slot.name]) for slot in by_role["flag"]]),
    ]
    if drawing.cot != "none":
        rows.append(("thought", "", [_slot(slot, THOUGHT) for slot in by_role["thought"]]))
    bottom, middles = _band(canvas, rows, y)
    return bottom, middles[-1]


def _slot(slot: DrawnInput, look: Look, text: str = "") -> SvgCell:
    values = text or values_of(slot)
    return SvgCell(((slot.name, CODE), (values, SMALL)), look, f"{slot.name}: {values}")


def _output(canvas: Canvas, drawing: Drawing, y: float) -> tuple[float, float]:
    """Draw the outputs; return their bottom edge, and the y position where thoughts leave."""
    layer, rows = drawing.layers[-1], list[Row]()
    if drawing.cot != "none":
        rows.append(("thought", "where ready is 0", [_chip(s, THOUGHT) for s in layer.outputs_of("thought")]))
    when = "where ready is 1" if drawing.cot != "none" else ""
    rows.append(("outputs", when, [_chip(s, SLOT) for s in layer.outputs_of("output")]))
    bottom, middles = _band(canvas, rows, y)
    return bottom, middles[0]


def _chip(signal: DrawnSignal, look: Look) -> SvgCell:
    return SvgCell(((signal.name, CODE),), look, signal.name)


def _band(canvas: Canvas, rows: Sequence[Row], y: float) -> tuple[float, list[float]]:
    """Draw named rows of cells in a panel; return its bottom edge and the middles of the rows."""
    inner, top, middles = Canvas(), y, list[float]()
    y += 12
    for name, when, cells in rows:
        inner.text(LEFT, y + 17, name, Style(13, bold=True))
        inner.text(LEFT, y + 33, when, SMALL)
        end = flow(inner, cells, LEFT + 120, y, WIDTH - 2 * INSIDE - 120)
        if not cells:
            inner.text(LEFT + 120, y + 17, "none", SMALL)
        end = max(end, y + (40 if when else 24))
        middles.append((y + end) / 2)
        y = end + GAP
    canvas.box(MARGIN, top, WIDTH, y + 2 - top, PANEL)
    canvas.elements += inner.elements
    return y + 2, middles


def _flow_label(canvas: Canvas, text: str, y: float) -> float:
    """Label the arrow that starts at y; return the top of the next panel."""
    lines = LABEL.wrapped(text, WIDTH / 2 - 40)
    return canvas.lines(MIDDLE + 12, y + 12, lines, LABEL) + 12


def _loop(canvas: Canvas, drawing: Drawing, back: float, leave: float) -> None:
    """Draw the feedback of thoughts."""
    edge, far = MARGIN + WIDTH, MARGIN + WIDTH + 36
    canvas.arrow(f"M{edge:g} {leave:g} H{far:g} V{back:g} H{edge + 2:g}", GREEN)
    x, y = far + 26, (back + leave) / 2
    style = Style(13, color="#14532d")
    for index, line in enumerate(style.wrapped(drawing.loop, leave - back)):
        at = x - index * style.line
        canvas.text(at, y, line, style, "middle", f"rotate(90 {at:g} {y:g})")


# one layer


def _panel(canvas: Canvas, layer: DrawnLayer, y: float, start: str) -> tuple[float, str]:
    """Draw a layer and the arrow from ``start``; return its bottom edge and the start of the next arrow."""
    inner = Canvas()
    title, cost = head(layer)
    number, kind = title.split(": ", 1)
    inner.text(LEFT, y + 28, number, HEADING)
    inner.text(LEFT, y + 48, kind, NOTE)
    inner.text(MARGIN + WIDTH - INSIDE, y + 28, cost, NOTE, "end")
    inner.text(MARGIN + WIDTH - INSIDE, y + 48, counted(layer.relus, "ReLU"), NOTE, "end")
    top = y + 62
    first = layer.number == 1
    ends = [
        _state(inner, layer, top + 12, first),
        _readout(inner, layer, top + 12, first),
    ]
    bottom = max(*ends, top + 100) + 12
    canvas.box(MARGIN, y, WIDTH, bottom + INSIDE + 12 - y, PANEL)
    for x in (LEFT, RIGHT):
        canvas.box(x, top, SIDE, bottom - top, SECTION)
    canvas.elements += inner.elements
    _wires(canvas, start, top)
    return bottom + INSIDE + 12, f"M{RIGHT + SIDE / 2:g} {bottom:g} V{bottom + 14:g} H{MIDDLE:g}"


def _wires(canvas: Canvas, start: str, top: float) -> None:
    """Draw x into state and readout, and the new state into the readout."""
    fork, low = top + 30, top + 72
    canvas.arrow(f"{start} V{fork:g}", MUTED, tip=False)
    canvas.arrow(f"M{MIDDLE:g} {fork:g} H{LEFT + SIDE + 2:g}", MUTED)
    canvas.arrow(f"M{MIDDLE:g} {fork:g} H{RIGHT - 2:g}", MUTED)
    canvas.arrow(f"M{LEFT + SIDE:g} {low:g} H{RIGHT - 2:g}", MUTED)
    canvas.text(MIDDLE - 14, fork - 8, "x", LABEL, "middle")
    canvas.text(MIDDLE, low - 8, "h[t]", LABEL, "middle")


def _section(canvas: Canvas, x: float, y: float, heading: str, formula: str, notes: Sequence[str]) -> float:
    canvas.text(x, y + 14, heading, Style(13, bold=True))
    canvas.text(x + 70, y + 14, formula, FORMULA)
    y += 24
    for note in notes:
        y = canvas.lines(x, y, SMALL.wrapped(note, SIDE - 24), SMALL) + 4
    return y + 4


def _state(canvas: Canvas, layer: DrawnLayer, y: float, first: bool) -> float:
    x, width = LEFT + 12, SIDE - 24
    notes = [] if layer.words else ["no state words"]
    y = _section(canvas, x, y, "state", UPDATE if first else "", notes)
    y = grid(canvas, [_word(word) for word in layer.words], x, y, width)
    if layer.gates:
        y = _section(canvas, x, y + GAP, "gates", "", [GATES.get(layer.transition, "")])
        y = grid(canvas, [_gate(gate) for gate in layer.gates], x, y, width)
    return y


def _word(word: DrawnWord) -> SvgCell:
    size = f"{values_of(word)}, {counted(word.bits, 'bit')}"
    more = [stands_for(word), "" if word.overflow == "error" else f"overflow: {word.overflow}"]
    if unit := unit_of_entries(word):
        more.append(f"A in units of {unit}")
    lines = [(word.name, NAME), (size, SMALL), *((text, SMALL) for text in more if text)]
    lines += _driven("A", word.entry, word.entry_fraction_bits) + _driven("B", word.increment)
    if word.mixes:
        lines.append((f"A mixes {listed(word.mixes)}", CODE))
    return SvgCell(tuple(lines), WORD, f"{word.name} in {values_of(word)}")


def _driven(part: str, reads: Reads | None, fraction_bits: int = 0) -> list[tuple[str, Style]]:
    text = "" if reads is None else read_from(reads, reads.inputs, fraction_bits)
    mark = "" if text.startswith("=") else "← "
    return [(f"{part} {mark}{text}", CODE)] if text else []


def _gate(gate: DrawnSignal) -> SvgCell:
    lines = [(gate.name, NAME), *_driven("x", gate.reads)]
    return SvgCell(tuple(lines), SLOT, gate.name)


def _readout(canvas: Canvas, layer: DrawnLayer, y: float, first: bool) -> float:
    passed = [signal.name for signal in layer.outputs if signal.passed == signal.name]
    computed = [signal for signal in layer.outputs if signal.passed != signal.name]
    x, notes = RIGHT + 12, [f"passed on: {listed(passed)}"] if passed else []
    y = _section(canvas, x, y, "readout", READOUT if first else "", notes)
    return grid(canvas, [_signal(signal) for signal in computed], x, y, SIDE - 24)


def _signal(signal: DrawnSignal) -> SvgCell:
    role = "" if signal.role in ("next layer", signal.name) else signal.role
    lines = [(signal.name, NAME), *([(role, SMALL)] if role else [])]
    reads = signal.reads
    if reads.constant is not None:
        lines.append((f"= {reads.constant}", CODE))
    if reads.words:
        lines.append((f"h ← {listed(reads.words)}", CODE))
    if reads.inputs:
        lines.append((f"x ← {listed(reads.inputs)}", CODE))
    return SvgCell(tuple(lines), SIGNAL, signal.name)
