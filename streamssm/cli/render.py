"""Printing: tables for people, JSON for programs, progress on a terminal."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import click
from rich.cells import cell_len

from streamssm.report.drawing.columns import fitted
from streamssm.report.drawing.spans import indexed, span

UNBOUNDED = 200  # table width if standard output is not a terminal


def print_json(value: Any) -> None:
    """Print a value as indented JSON."""
    click.echo(json.dumps(value, indent=2))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows under a title; columns of numbers, and of - where there is none, are flush right.

    Cells wrap at blanks only. A table that is too wide for that is printed in parts, each of which repeats
    the first column.
    """
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else UNBOUNDED
    names = [str(name) for name in columns]
    cells = [[shown(value) for value in row] for row in rows]
    texts = [[name, *(row[column] for row in cells)] for column, name in enumerate(names)]
    numeric = [
        all(isinstance(row[column], (int, float)) or row[column] == "-" for row in rows)
        for column in range(len(names))
    ]
    lines: list[str] = []
    for part in _parts([_longest_word(column) for column in texts], width):
        sizes = [
            max(cell_len(line) for text in texts[column] for line in text.split("\n")) for column in part
        ]
        least = [_longest_word(texts[column]) for column in part]
        widths = fitted(sizes, width - (GAP - FITTED_GAP) * (len(part) - 1), least)
        layout = [(names[column], numeric[column], size) for column, size in zip(part, widths, strict=True)]
        body = [[row[column] for column in part] for row in cells]
        lines += ["", *_table_lines("" if lines else title, layout, body, width, terminal)]
    click.echo("\n".join(lines))


GAP = 3  # columns between two cells of a rich table in the style SIMPLE_HEAD
FITTED_GAP = 2  # columns between two cells that `fitted` reckons with


def _longest_word(texts: Sequence[str]) -> int:
    """Return the width below which a column would break a word."""
    return max(cell_len(word) for text in texts for word in text.split() or [""])


def _parts(least: Sequence[int], width: int) -> list[list[int]]:
    """Split columns into parts that fit a width, each with the first column.

    >>> _parts([4, 3, 3, 3], 17), _parts([4, 3, 3, 3], 30), _parts([40, 3], 30)
    ([[0, 1, 2], [0, 3]], [[0, 1, 2, 3]], [[0, 1]])
    """
    parts = [[0]]
    used = least[0]
    for column, size in enumerate(least[1:], start=1):
        used += GAP + size
        if used > width and len(parts[-1]) > 1:
            parts.append([0])
            used = least[0] + GAP + size
        parts[-1].append(column)
    return parts


def _table_lines(
    title: str,
    layout: Sequence[tuple[str, bool, int]],
    rows: Sequence[Sequence[str]],
    width: int,
    terminal: bool,
) -> list[str]:
    """Return a table as lines; ``layout`` has each column's name, whether it is numeric, and its width."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=title or None, title_justify="left", title_style="bold", box=SIMPLE_HEAD, show_edge=False
    )
    table.pad_edge = False
    for name, is_numeric, size in layout:
        table.add_column(name, justify="right" if is_numeric else "left", overflow="fold", width=size)
    for row in rows:
        table.add_row(*row)
    console = Console(width=width, force_terminal=terminal, highlight=False, markup=False, emoji=False)
    with console.capture() as capture:
        console.print(table)
    return [line.rstrip() for line in capture.get().splitlines() if line.rstrip()]


def folded(rows: Sequence[Sequence[Any]], *, sums: Sequence[int]) -> list[tuple[Any, ...]]:
    """Merge the rows of equal words of an array: one name for the span, some columns summed.

    >>> folded([("n", 3), ("a[0]", 8), ("a[1]", 8), ("a[2]", 8)], sums=(1,))
    [('n', 3), ('a[0..2]', 24)]
    """
    merged: list[tuple[Any, ...]] = []
    spans = groupby(enumerate(rows), key=lambda numbered: _span_key(*numbered))
    for key, group in spans:
        members = [row for _, row in group]
        first = list(members[0])
        if key is not None and len(members) > 1:
            first[0] = span([member[0] for member in members])
            for column in sums:
                first[column] = sum(row[column] for row in members)
            merged.append(tuple(first))
        else:
            merged.extend(tuple(row) for row in members)
    return merged


def _span_key(number: int, row: Sequence[Any]) -> tuple[Any, ...] | None:
    """Return the key that neighboring words of one array share, or None for other words."""
    word = indexed(row[0])
    return None if word is None else (word[0], number - word[1], *row[1:])


def shown(value: Any) -> str:
    """Return a cell's text; large numbers are grouped."""
    if isinstance(value, bool) or not isinstance(value, int):
        return str(value)
    return f"{value:,}"


@contextmanager
def progress_bar(description: str, total: float | None) -> Iterator[Callable[..., None]]:
    """Show progress on standard error if that is a terminal.

    Yields a function of the work done so far and, if the total was not known before, the total.
    """
    if not sys.stderr.isatty():
        yield lambda done, whole=None: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f}%"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(description, total=total)
        yield lambda done, whole=total: progress.update(task, completed=done, total=whole)
