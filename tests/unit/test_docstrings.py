"""Docstrings name the thing: no class, function or module is introduced as a riddle ("What ...")."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.unit.layering import ROOT, sources

RIDDLES = ("What", "Which", "How", "Where", "Why", "Whether")
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def first_lines(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line of everything that has a docstring, and the docstring's first line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Documented) and (text := ast.get_docstring(node)):
            yield getattr(node, "lineno", 1), text.splitlines()[0]


def is_riddle(line: str) -> bool:
    """Return whether a first line begins with a question word and asks nothing.

    >>> is_riddle("What a thought carries."), is_riddle("What does a thought carry?")
    (True, False)
    """
    return line.split()[0].rstrip(":,") in RIDDLES and not line.endswith("?")


@pytest.mark.parametrize("source", [source for source in sources() if source.endswith(".py")])
def test_docstrings_name_the_thing(source: str) -> None:
    lines = first_lines((ROOT / source).read_text(encoding="utf-8"))
    assert [(line, text) for line, text in lines if is_riddle(text)] == []
