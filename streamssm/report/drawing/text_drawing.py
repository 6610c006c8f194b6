"""Drawing of a model as text: a box per layer, inputs above, outputs below, thoughts on the right."""

from __future__ import annotations

from collections.abc import Sequence

from streamssm.report.drawing.columns import padded_to, table, wrapped
from streamssm.report.drawing.drawing import Drawing, DrawnInput, DrawnLayer, DrawnSignal, DrawnWord, Reads
from streamssm.report.drawing.labels import (
    GATES,
    READOUT,
    UPDATE,
    counted,
    flag,
    head,
    listed,
    names_of,
    plain,
    read_from,
    stands_for,
    unbroken,
    unit_of_entries,
    values_of,
)

WIDTH = 100
NARROWEST = 72
MOST_ROWS = 24
LOOP = 4  # columns of the feedback line
ASCII = str.maketrans("┌┐└┘├│─┬▼◄", "+++++|-+v<")


def text_drawing(drawing: Drawing, width: int = WIDTH) -> str:
    """Return the drawing as lines of at most ``width`` columns, but at least 72.

    Each layer lists the inputs x that A and B of every state word read, and the words of the new state h and
    inputs x that every output of its readout reads. The data flow is labeled above and below each layer.
    """
    looped = drawing.cot != "none"
    inner = max(width, NARROWEST) - LOOP * looped
    lines = _inputs(drawing, inner)
    back = len(lines) - 1 if looped else 0
    lines += _arrow("x")
    for layer in drawing.layers:
        lines += _box(layer, inner)
        if layer is not drawing.layers[-1]:
            lines += _arrow(f"x: {names_of(layer.outputs)}", inner)
    ends, leave = _ends(drawing, inner)
    bottom = len(lines) + leave
    lines += ends
    return "\n".join(_with_loop(lines, back, bottom, inner) if looped else lines)


def in_ascii(text: str) -> str:
    """Replace the box-drawing characters of a drawing by ASCII."""
    return text.translate(ASCII)


# inputs and outputs


def _inputs(drawing: Drawing, width: int) -> list[str]:
    by_role = {role: [i for i in drawing.inputs if i.role == role] for role in ("token", "flag", "thought")}
    rows = [
        ("token", ", ".join(map(_input, by_role["token"])) or "no fields"),
        ("flags", ", ".join(map(flag, by_role["flag"]))),
    ]
    if drawing.cot != "none":
        rows.append(("thought", _some(by_role["thought"]) or "no words"))
    return _named(rows, width - 2)


def _input(slot: DrawnInput) -> str:
    return unbroken(f"{slot.name} in {values_of(slot)}")


def _some(slots: Sequence[DrawnInput], most: int = 8) -> str:
    shown = [_input(slot) for slot in slots[:most]]
    return ", ".join([*shown, f"... ({len(slots)})"] if len(slots) > most else shown)


def _named(rows: Sequence[tuple[str, str]], width: int) -> list[str]:
    lines = []
    for name, text in rows:
        first, *more = wrapped(text, width - 12)
        lines += [f"  {name:<10}{first}", *(f"{'':12}{line}" for line in more)]
    return lines


def _arrow(text: str, width: int = WIDTH) -> list[str]:
    first, *more = wrapped(text, width - 8)
    return [f"    │  {first}", *(f"    │     {line}" for line in more), "    ▼"]


def _ends(drawing: Drawing, width: int) -> tuple[list[str], int]:
    """Return the outputs of the last layer as lines, and the index of the line where thoughts leave."""
    layer, rows = drawing.layers[-1], []
    if drawing.cot != "none":
        then = ", then the next token" if drawing.cot == "online" else ""
        rows.append(("ready", f"1: the outputs{then}; 0: a thought"))
        rows.append(("thought", f"{names_of(layer.outputs_of('thought')) or 'no words'}: {drawing.loop}"))
    rows.append(("outputs", names_of(layer.outputs_of("output")) or "none"))
    lines, leave = list[str](), 0
    for index, (name, text) in enumerate(rows):
        mark, below = ("└", " ") if index == len(rows) - 1 else ("├", "│")
        first, *more = wrapped(text, width - 20)
        lines += [f"    {mark}─ {name:<10}{first}", *(f"    {below}  {'':10}{line}" for line in more)]
        leave = len(lines) - 1 if name == "thought" else leave
    return lines, leave


def _with_loop(lines: list[str], top: int, bottom: int, width: int) -> list[str]:
    """Draw the feedback line on the right, from the output thoughts to the input thoughts."""
    looped = list(lines)
    for index in range(top, bottom + 1):
        text = padded_to(lines[index], width)
        looped[index] = f"{text}  │"
    looped[top] = _filled(lines[top], width, "◄", "┐")
    looped[bottom] = _filled(lines[bottom], width, "─", "┘")
    return looped


def _filled(line: str, width: int, start: str, end: str) -> str:
    text = f"{line} {start}"
    blanks = len(padded_to(text, width + 2)) - len(text)
    return text + "─" * blanks + end


# one layer


def _box(layer: DrawnLayer, width: int) -> list[str]:
    title, cost = head(layer)
    room = width - 4
    lines = [*_sides(title, cost, room), ""]
    first = layer.number == 1
    lines += [
        f"state    {UPDATE}: A keeps, B adds" if first else "state",
        *_indented(_words(layer.words, room - 2)),
    ]
    if layer.gates:
        lines += [f"gates    {GATES.get(layer.transition, '')}", *_indented(_gates(layer.gates, room - 2))]
    lines += [
        "",
        f"readout  {READOUT}" if first else "readout",
        *_indented(_signals(layer.outputs, room - 2)),
    ]
    body = [f"│ {padded_to(line, room)} │" for line in lines]
    return [f"┌{'─' * (width - 2)}┐", *body, f"└───┬{'─' * (width - 6)}┘"]


def _sides(left: str, right: str, width: int) -> list[str]:
    if len(left) + len(right) + 2 > width:
        return [*wrapped(left, width), *wrapped(right, width)]
    return [padded_to(left, width - len(right)) + right]


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _words(words: Sequence[DrawnWord], width: int) -> list[str]:
    if not words:
        return ["no state words"]
    head_row = (
        "word",
        "range",
        "bits",
        "stands for",
        "overflow",
        "unit of A",
        "A mixes",
        "A reads",
        "B reads",
    )
    rows = [
        (
            plain(word.name),
            values_of(word),
            f"{word.bits:,}",
            stands_for(word),
            "" if word.overflow == "error" else word.overflow,
            unit_of_entries(word),
            listed(word.mixes),
            _driven(word.entry, word.entry_fraction_bits),
            _driven(word.increment),
        )
        for word in words
    ]
    return _cut(head_row, rows, width)


def _driven(reads: Reads | None, fraction_bits: int = 0) -> str:
    return "" if reads is None else read_from(reads, reads.inputs, fraction_bits)


def _gates(gates: Sequence[DrawnSignal], width: int) -> list[str]:
    return _cut(("gate", "reads"), [(plain(gate.name), _driven(gate.reads)) for gate in gates], width)


def _signals(signals: Sequence[DrawnSignal], width: int) -> list[str]:
    passed = [signal.name for signal in signals if signal.passed == signal.name]
    rows = [
        (
            plain(signal.name),
            read_from(signal.reads, signal.reads.words),
            listed(signal.reads.inputs) + ("" if signal.passed is None else " (as it is)"),
        )
        for signal in signals
        if signal.passed != signal.name
    ]
    lines = wrapped(f"passed on: {listed(passed)}", width) if passed else []
    return [*lines, *_cut(("signal", "reads of h", "reads of x"), rows, width)] or ["gives nothing"]


def _cut(head_row: tuple[str, ...], rows: Sequence[tuple[str, ...]], width: int) -> list[str]:
    """Return a table of the first rows, and a line with the number of omitted ones."""
    lines = table([head_row, *rows[:MOST_ROWS]], width) if rows else []
    more = len(rows) - MOST_ROWS
    return [*lines, f"... and {counted(more, 'more', 'more')}"] if more > 0 else lines
