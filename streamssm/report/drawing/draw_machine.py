"""Automata as SVG: states on a circle, in the order in which they are reached."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.mealy import Mealy
from streamssm.ir.displayed import amount, short
from streamssm.report.drawing.svg_canvas import Canvas, Look, Style

MAX_STATES, MAX_SYMBOLS = 16, 64
INK, MUTED = "#0f172a", "#334155"
STATE, ACCEPTING = Look("#ffffff", MUTED), Look("#dcfce7", "#15803d")
TITLE, NAME = Style(16, bold=True), Style(12, mono=True, bold=True)
LABEL, OUTPUT = Style(11, mono=True, color=MUTED), Style(10, mono=True, color=MUTED)
RADIUS, HEAD = 24, 50
LABEL_WIDTH, NAME_WIDTH = 22, 6  # characters
BEND = 0.16  # of the distance between two states
LOOP = 34  # height of a self-loop
START_TURN = 0.9  # between the start arrow and the initial state's self-loop, in radians

Point = tuple[float, float]


@dataclass(frozen=True)
class DrawnMachine:
    """A machine as text: a name, an output and a mark for each state, and the labels between two states."""

    name: str
    initial: int
    states: tuple[str, ...]
    outputs: tuple[str, ...]  # below the names; empty if outputs belong to transitions
    accepting: frozenset[int]
    edges: dict[tuple[int, int], list[str]]


def machine_drawing(machine: Automaton | Mealy) -> str | None:
    """Return a machine as a self-contained SVG document, or None if it is too large to draw."""
    symbols = machine.num_symbols if isinstance(machine, Automaton) else machine.num_tokens
    if machine.num_states > MAX_STATES or symbols > MAX_SYMBOLS:
        return None
    return _svg(_automaton(machine) if isinstance(machine, Automaton) else _mealy(machine))


def _automaton(machine: Automaton) -> DrawnMachine:
    edges: dict[tuple[int, int], list[str]] = {}
    for state, row in enumerate(machine.next_state.tolist()):
        for number, target in enumerate(row):
            output = "" if machine.is_moore else f"/{machine.outputs[machine.output[state, number]]}"
            edges.setdefault((state, target), []).append(f"{machine.symbols[number]}{output}")
    accepting = machine.accepting.nonzero()[0].tolist() if machine.is_acceptor else []
    shown = machine.is_moore and not machine.is_acceptor
    outputs = tuple(machine.outputs[number] for number in machine.output) if shown else ()
    names = tuple(machine.state_names)
    return DrawnMachine(machine.name, machine.initial, names, outputs, frozenset(accepting), edges)


def _mealy(machine: Mealy) -> DrawnMachine:
    edges: dict[tuple[int, int], list[str]] = {}
    for state, row in enumerate(machine.next_state.tolist()):
        for number, target in enumerate(row):
            output = machine.output_text(machine.outputs[machine.output[state, number]].tolist())
            edges.setdefault((state, target), []).append(f"{machine.token_text(number)}/{output}")
    names = tuple(map(str, range(machine.num_states)))
    return DrawnMachine(machine.name, machine.initial, names, (), frozenset(), edges)


def _svg(machine: DrawnMachine) -> str:
    order = _order(machine)
    labels = {ends: short(", ".join(texts), LABEL_WIDTH) for ends, texts in machine.edges.items()}
    longest = max(LABEL.width(label) for label in labels.values())
    around = 0.0 if len(order) == 1 else max(70.0, len(order) * 95 / (2 * math.pi)) + longest / 2
    margin = RADIUS + LOOP + longest
    center = (20 + margin + around, HEAD + RADIUS + LOOP + 20 + around)
    angles = {state: math.pi + 2 * math.pi * i / len(order) for i, state in enumerate(order)}
    places = {state: _point(center, angle, around) for state, angle in angles.items()}
    canvas = Canvas()
    name = short(machine.name)
    canvas.text(20, 30, name, TITLE)
    x, y = places[machine.initial]
    canvas.arrow(f"M{x - RADIUS - 34:.1f} {y:.1f} H{x - RADIUS - 1:.1f}", INK)
    for (source, target), label in labels.items():
        if source == target:
            beside = START_TURN if source == machine.initial else 0.0  # the start arrow
            _self_loop(canvas, places[source], angles[source] + beside, label)
        else:
            _edge(canvas, places[source], places[target], label)
    for state in order:
        _state(canvas, machine, state, places[state])
    width = max(2 * center[0], 40 + TITLE.width(name))
    title = f"{name}: {amount(len(machine.states), 'state')}"
    return canvas.page(width, 2 * center[1] - HEAD, title, (INK, MUTED))


def _order(machine: DrawnMachine) -> list[int]:
    """Return the states as they are numbered or as they are reached, whichever makes the edges shorter."""
    count = len(machine.states)
    numbered = [(machine.initial + state) % count for state in range(count)]
    return min(numbered, _reached(machine), key=lambda order: _length(order, machine.edges))


def _length(order: Sequence[int], edges: Iterable[tuple[int, int]]) -> int:
    """Return the total length of the edges around the circle, in states."""
    position = {state: number for number, state in enumerate(order)}
    steps = (abs(position[a] - position[b]) for a, b in edges)
    return sum(min(step, len(order) - step) for step in steps)


def _reached(machine: DrawnMachine) -> list[int]:
    """Return the states in the order of a breadth-first search; those that are not reached come last."""
    order = [machine.initial]
    for state in order:
        order += [b for a, b in machine.edges if a == state and b not in order]
    return order + [state for state in range(len(machine.states)) if state not in order]


def _state(canvas: Canvas, machine: DrawnMachine, state: int, center: Point) -> None:
    x, y = center
    look = ACCEPTING if state in machine.accepting else STATE
    for radius in (RADIUS, RADIUS - 4)[: 1 + (state in machine.accepting)]:
        disc = Look(look.fill, look.stroke, radius)
        tip = machine.states[state]
        canvas.box(x - radius, y - radius, 2 * radius, 2 * radius, disc, tip)
    lines = [machine.states[state], *machine.outputs[state : state + 1]]
    _middle(canvas, lines, center)


def _middle(canvas: Canvas, lines: Sequence[str], center: Point) -> None:
    """Write a name, and an output below it, in the middle of a state."""
    x, y = center
    for line, style, down in zip(lines, (NAME, OUTPUT), (4, 15), strict=False):
        lift = 5 if len(lines) > 1 else 0
        canvas.text(x, y + down - lift, short(line, NAME_WIDTH), style, "middle")


def _edge(canvas: Canvas, a: Point, b: Point, text: str) -> None:
    """Draw an edge that bends to its left, so that edges in both directions stay apart."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy)
    bend = (a[0] + dx / 2 + BEND * dy, a[1] + dy / 2 - BEND * dx)
    start, end = _toward(a, bend, RADIUS), _toward(b, bend, RADIUS)
    curve = [start, _between(start, bend, 2 / 3), _between(end, bend, 2 / 3), end]
    canvas.arrow("M{} C{} {} {}".format(*map(_text, curve)), MUTED)
    out = BEND / 2 * length + 11  # the curve is half as far out as its control point
    x, y = a[0] + dx / 2 + dy / length * out, a[1] + dy / 2 - dx / length * out
    canvas.text(x, y + 4, text, LABEL, _anchor(dy / length))


def _self_loop(canvas: Canvas, center: Point, outward: float, text: str) -> None:
    sides = [outward - 0.45, outward + 0.45]
    start, end = (_point(center, side, RADIUS) for side in sides)
    out, back = (_point(center, side, RADIUS + LOOP) for side in sides)
    canvas.arrow("M{} C{} {} {}".format(*map(_text, (start, out, back, end))), MUTED)
    x, y = _point(center, outward, RADIUS + LOOP)
    canvas.text(x, y + 4, text, LABEL, _anchor(math.cos(outward)))


def _point(center: Point, angle: float, distance: float) -> Point:
    return center[0] + distance * math.cos(angle), center[1] + distance * math.sin(angle)


def _toward(a: Point, b: Point, distance: float) -> Point:
    return _between(a, b, distance / math.dist(a, b))


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _text(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


def _anchor(right: float) -> str:
    """Return the anchor of a label that lies to the right (1), the left (-1) or above (0) of its edge."""
    return "start" if right > 0.4 else "end" if right < -0.4 else "middle"
