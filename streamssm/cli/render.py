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

from streamssm.report.drawing.spans import indexed, span

UNBOUNDED = 200  # columns of a table where no terminal says how many there are


def print_json(value: Any) -> None:
    """Print a value as indented JSON."""
    click.echo(json.dumps(value, indent=2))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows under a title; columns of numbers, and of - where there is none, are flush right."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, show_edge=False)
    table.pad_edge = False
    for number, name in enumerate(columns):
        numeric = all(isinstance(row[number], (int, float)) or row[number] == "-" for row in rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(shown(value) for value in row))
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else UNBOUNDED
    console = Console(width=width, force_terminal=terminal, highlight=False, markup=False, emoji=False)
    with console.capture() as capture:
        console.print(table)
    lines = [line.rstrip() for line in capture.get().splitlines()]
    click.echo("\n".join(["", *filter(None, lines)]))


def folded(rows: Sequence[Sequence[Any]], *, sums: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return rows with equal words of an array in one: their names as a span, some columns summed.

    >>> folded([("n", 3), ("a[0]", 8), ("a[1]", 8), ("a[2]", 8)], sums=(1,))
    [('n', 3), ('a[0..2]', 24)]
    """
    found: list[tuple[Any, ...]] = []
    spans = groupby(enumerate(rows), key=lambda numbered: _span_key(*numbered))
    for key, group in spans:
        members = [row for _, row in group]
        first = list(members[0])
        if key is not None and len(members) > 1:
            first[0] = span([member[0] for member in members])
            for column in sums:
                first[column] = sum(row[column] for row in members)
            found.append(tuple(first))
        else:
            found.extend(tuple(row) for row in members)
    return found


def _span_key(number: int, row: Sequence[Any]) -> tuple[Any, ...] | None:
    """Return what neighbouring words of an array have in common; None for another word."""
    word = indexed(row[0])
    return None if word is None else (word[0], number - word[1], *row[1:])


def shown(value: Any) -> str:
    """Return a cell's text; large numbers are grouped."""
    if isinstance(value, bool) or not isinstance(value, int):
        return str(value)
    return f"{value:,}"


@contextmanager
def progress_bar(what: str, total: float | None) -> Iterator[Callable[..., None]]:
    """Show progress on standard error if that is a terminal.

    Yields the function to call with what is done so far and, where it is known only later, the whole.
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
        task = progress.add_task(what, total=total)
        yield lambda done, whole=total: progress.update(task, completed=done, total=whole)
