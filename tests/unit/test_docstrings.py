"""Docstrings name the thing: no class, function or module is introduced as a riddle ("What ...", "Whether ...")."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.unit.layering import ROOT, sources

RIDDLES = ("What", "Which", "How", "Where", "Why")
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def first_lines(source: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the line, the docstring's first line and whether it is of a property, of all that has one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Documented) and (text := ast.get_docstring(node)):
            decorators = getattr(node, "decorator_list", [])
            is_property = any("property" in ast.unparse(decorator) for decorator in decorators)
            yield getattr(node, "lineno", 1), text.splitlines()[0], is_property


def is_riddle(line: str, is_property: bool) -> bool:
    """Return whether a first line begins with a question word and asks nothing; a property may be a "Whether".

    >>> is_riddle("What a thought carries.", False), is_riddle("Does every row agree?", False)
    (True, False)
    """
    word = line.split()[0].rstrip(":,")
    return not line.endswith("?") and (word in RIDDLES or (word == "Whether" and not is_property))


@pytest.mark.parametrize("source", [source for source in sources() if source.endswith(".py")])
def test_docstrings_name_the_thing(source: str) -> None:
    lines = first_lines((ROOT / source).read_text(encoding="utf-8"))
    assert [(line, text) for line, text, is_property in lines if is_riddle(text, is_property)] == []
