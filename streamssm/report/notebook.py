"""Pictures and tables for notebooks: SVG and HTML of models, programs, machines and results.

Every text is escaped. What is too large has no picture, and notebooks show its repr instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import singledispatch
from html import escape

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.mealy import Mealy
from streamssm.equivalences.checking.report import Report
from streamssm.equivalences.extract import Extraction
from streamssm.equivalences.minimize import Minimal
from streamssm.ir.displayed import amount, short
from streamssm.languages.classify.classification import Classification
from streamssm.languages.language import Language
from streamssm.program.program import Program
from streamssm.report.drawing.draw_machine import machine_drawing
from streamssm.report.drawing.draw_model import drawing_of
from streamssm.report.drawing.labels import plain
from streamssm.report.drawing.svg import svg_drawing
from streamssm.ssm.model import SSM

MAX_ROWS = 64
MAX_WORDS, MAX_WEIGHTS, MAX_LETTERS = 256, 100_000, 300_000
CELL_WIDTH = 120  # characters


@singledispatch
def svg(value: object) -> str | None:
    """Return a picture of a value, or None if it has none or is too large."""
    return None


@svg.register
def _(value: SSM) -> str | None:
    if len(value.state_words) > MAX_WORDS or value.num_nonzeros > MAX_WEIGHTS:
        return None
    picture = svg_drawing(drawing_of(value))
    return picture if len(picture) <= MAX_LETTERS else None


@svg.register(Automaton)
@svg.register(Mealy)
def _(value: Automaton | Mealy) -> str | None:
    return machine_drawing(value)


@svg.register
def _(value: Language) -> str | None:
    return None if value.given is None else machine_drawing(value.given)  # a formula's may be huge


@svg.register(Minimal)
@svg.register(Extraction)
def _(value: Minimal | Extraction) -> str | None:
    return machine_drawing(value.machine)


@singledispatch
def html(value: object) -> str | None:
    """Return a table about a value, or None if it has none."""
    return None


@html.register
def _(value: Program) -> str:
    columns = ("register", "range", "bits", "initial")
    rows = [(word.name, word.range, word.bits, word.init) for word in value.registers]
    return _page(repr(value), columns, rows)


@html.register
def _(value: Report) -> str:
    rows = [
        (row.name, row.range_a or "-", row.bits_a, row.range_b or "-", row.bits_b)
        for row in value.memory.rows
    ]
    columns = ("word", value.a.name, "bits", value.b.name, "bits")
    witness = "" if value.witness is None else f"<pre>{_text(str(value.witness), 10_000)}</pre>"
    return _page(repr(value), columns, rows) + witness


@html.register
def _(value: Classification) -> str:
    columns = ("kind", "answer", "theorem", "why")
    rows = [(v.kind, v.answer.value, v.theorem or "-", v.reason) for v in value.everything]
    return _page(repr(value), columns, rows)


def _page(title: str, columns: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    """Return a title and a table of the first rows."""
    hidden = len(rows) - MAX_ROWS
    more = f"<p>{amount(hidden, 'more row')}</p>" if hidden > 0 else ""
    body = "".join(_row("td", row) for row in rows[:MAX_ROWS])
    table = f"<table><thead>{_row('th', columns)}</thead><tbody>{body}</tbody></table>"
    return f"<p><b>{_text(title.strip('<>'))}</b></p>{table}{more}"


def _row(tag: str, cells: Iterable[object]) -> str:
    return "<tr>" + "".join(f"<{tag}>{_text(str(cell))}</{tag}>" for cell in cells) + "</tr>"


def _text(text: str, width: int = CELL_WIDTH) -> str:
    """Return a text as HTML, without control characters."""
    lines = [short(plain(line), CELL_WIDTH) for line in text.split("\n")]
    return escape("\n".join(lines)[:width])
