"""Imports point one way, the reference never leans on a kernel, and only the command line prints or exits."""

from __future__ import annotations

import ast

import pytest

from tests.unit.layering import (
    CIRCLES,
    EXCEPTIONS,
    LAYERS,
    ROOT,
    against_the_order,
    circles,
    circles_of,
    imported,
    is_allowed,
    module_of,
    part_of_file,
    shared_classes,
    shared_names,
    sources,
)

PRINTS = {"print", "sys.stdout", "sys.stderr", "click.echo", "click.secho"}
EXITS = {"exit", "quit", "SystemExit", "sys.exit", "os._exit"}


def prints_or_exits(text: str) -> list[int]:
    """Return the lines of a source that print or end the process."""
    called = [(n.lineno, n.func) for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)]
    raised = [(n.lineno, n.exc) for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Raise) and n.exc]
    used = ((line, ast.unparse(what).removesuffix(".write")) for line, what in [*called, *raised])
    return sorted({line for line, name in used if name in PRINTS | EXITS})


@pytest.mark.parametrize(
    ("importer", "target", "allowed"),
    [
        ("equivalences", "ssm", True),
        ("ssm", "equivalences", False),
        ("program", "cext", True),
        ("reference", "cext", False),
        ("cext", "errors", True),
        ("cext", "cext", True),
        ("cext", "program", False),
        ("ssm", "automata", False),
        ("bench", "limits", True),
        ("limits", "bench", False),
        ("bench", "cli", False),
        ("program", "streamssm", False),
        ("cli", "streamssm", True),
    ],
)
def test_rule(importer: str, target: str, allowed: bool) -> None:
    assert is_allowed(importer, target) == allowed


def test_every_way_of_importing_is_seen() -> None:
    python = "import streamssm.ssm\nfrom streamssm import cext\ndef f():\n  from streamssm.cext.x import y\n"
    cython = "from streamssm.cext.x cimport y\nimport streamssm.errors as e\ncimport numpy\n"
    assert list(imported(python, cython=False)) == ["streamssm.ssm", "streamssm.cext", "streamssm.cext.x.y"]
    assert list(imported(cython, cython=True)) == ["streamssm.cext.x.y", "streamssm.errors"]


def test_printing_is_seen() -> None:
    source = "import sys\nx = fingerprint\nprint(x)\nsys.exit(2)\nraise SystemExit\n"
    assert prints_or_exits(source) == [3, 4, 5]


def test_every_part_has_a_layer() -> None:
    inner = {path.stem for path in (ROOT / "streamssm").iterdir() if path.is_dir() or path.suffix == ".py"}
    assert {name for name in inner if not name.startswith("__")} <= set(LAYERS)


@pytest.mark.parametrize("source", sources())
def test_imports_point_one_way(source: str) -> None:
    assert [name for name in against_the_order(source) if (source, name) not in EXCEPTIONS] == []


def test_every_exception_is_needed() -> None:
    assert {(source, name) for source in sources() for name in against_the_order(source)} >= EXCEPTIONS


def test_circles_are_found() -> None:
    loads = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": {"d"}, "f": {"a"}}
    assert circles_of(loads) == [("a", "b", "c"), ("d", "e")]


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("streamssm/ir/graph.py", "streamssm.ir.graph"),
        ("cext/scan.pyx", "streamssm.cext.scan"),
        ("equivalences/smt/__init__.py", "streamssm.equivalences.smt"),
    ],
)
def test_module_of_a_file(source: str, module: str) -> None:
    assert module_of(source) == module


def test_circles_are_those_listed() -> None:
    """No circle comes in, and one that is gone leaves the list."""
    assert set(circles()) == set(CIRCLES)


@pytest.mark.parametrize("source", [name for name in sources() if name.endswith(".py")])
def test_only_the_command_line_prints_or_exits(source: str) -> None:
    if part_of_file(source) != "cli":
        assert prints_or_exits((ROOT / source).read_text(encoding="utf-8")) == []


def test_proofs_know_no_translator() -> None:
    """What shows that a translation is right takes nothing from what translates."""
    allowed = {"checking", "proving", "smt"}
    for path in (path for name in ("proving", "smt") for path in (ROOT / "equivalences" / name).glob("*.py")):
        names = imported(path.read_text(encoding="utf-8"), cython=False)
        parts = {name.split(".")[2] for name in names if name.startswith("streamssm.equivalences.")}
        assert parts <= allowed, path.name
        assert not any(".lowering" in name for name in names), path.name


def test_the_solver_runs_without_the_package() -> None:
    text = (ROOT / "equivalences" / "smt" / "worker.py").read_text(encoding="utf-8")
    assert list(imported(text, cython=False)) == []


def test_no_two_files_share_a_base_name() -> None:
    assert shared_names() == {}


def test_no_two_classes_share_a_name() -> None:
    assert shared_classes() == {}
