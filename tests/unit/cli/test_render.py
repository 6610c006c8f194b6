"""Tables on a terminal: no name is broken in the middle, at 80 columns or fewer."""

from __future__ import annotations

import os

import pytest

from streamssm.cli import render

NAMES = ["function_composition", "time-invariant-dense", "1,048,576", "bounded_dyck_2_3", "saturate", "right"]


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("count", [2, 4, 8, 16])
def test_names_are_whole(
    width: int, count: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((width, 24)))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    columns = [f"column_number_{number}" for number in range(count)]
    rows = [[NAMES[(row + number) % len(NAMES)] for number in range(count)] for row in range(3)]
    render.print_table("a title", columns, rows)
    text = capsys.readouterr().out
    words = text.split()
    assert all(name in words for name in (*columns, *(cell for row in rows for cell in row)))
    assert max(map(len, text.splitlines())) <= width


def test_prose_wraps_at_blanks(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((40, 24)))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    render.print_table("t", ["name", "reason"], [["parity", "a long reason with many words " * 3]])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 40 and len(lines) < 12
