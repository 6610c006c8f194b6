"""Imports point one way, the reference never leans on a kernel, and only the command line prints or exits."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAPPED = ("cext", "equivalences", "bench")

# part of the package -> its layer; a module imports from its own layer and from those below
LAYERS = {
    "errors": 0,
    "cext": 0,
    "program": 1,
    "ssm": 1,
    "reference": 1,
    "algorithms": 2,
    "files": 2,
    "frontends": 2,
    "languages": 2,
    "equivalences": 3,
    "bench": 4,
    "checks": 4,
    "limits": 4,
    "report": 4,
    "pytest_plugin": 5,
    "streamssm": 5,  # streamssm/__init__.py: the names that users import
    "cli": 6,
}
# a part that may import less than its layer says
ONLY = {
    "errors": {"errors"},
    "cext": {"cext", "errors"},
    "reference": {"reference", "program", "ssm", "errors"},
}

PRINTS = {"print", "sys.stdout", "sys.stderr", "click.echo", "click.secho"}
EXITS = {"exit", "quit", "SystemExit", "sys.exit", "os._exit"}
CYTHON_IMPORT = re.compile(
    r"^\s*(?:from\s+(streamssm[\w.]*)\s+c?import\s+(\w+)|c?import\s+(streamssm[\w.]*))", re.MULTILINE
)


def sources() -> list[str]:
    """List every Python and Cython source of the package, links not followed."""
    found = (path for folder in ("streamssm", *MAPPED) for path in (ROOT / folder).rglob("*.p*"))
    return sorted(str(path.relative_to(ROOT)) for path in found if path.suffix in {".py", ".pyx", ".pxd"})


def part_of_file(source: str) -> str:
    """Name the part of the package that a source belongs to."""
    first, second, *_ = Path(source).with_suffix("").parts
    return first if first in MAPPED or second not in LAYERS else second


def part_of_name(name: str) -> str:
    """Name the part of the package that an imported name belongs to."""
    names = name.split(".")
    return names[1] if len(names) > 1 and names[1] in LAYERS else "streamssm"


def imported(text: str, *, cython: bool) -> Iterator[str]:
    """Yield the full name of everything of ours that a source imports, at any depth."""
    if cython:
        for origin, name, plain in CYTHON_IMPORT.findall(text):
            yield plain or f"{origin}.{name}"
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "streamssm":
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "streamssm")


def is_allowed(importer: str, target: str) -> bool:
    """Say whether one part may import another."""
    return target in ONLY.get(importer, LAYERS) and LAYERS[target] <= LAYERS[importer]


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
        ("cext", "program", False),
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
    found = imported((ROOT / source).read_text(encoding="utf-8"), cython=not source.endswith(".py"))
    assert [name for name in found if not is_allowed(part_of_file(source), part_of_name(name))] == []


@pytest.mark.parametrize("source", [name for name in sources() if name.endswith(".py")])
def test_only_the_command_line_prints_or_exits(source: str) -> None:
    if part_of_file(source) != "cli":
        assert prints_or_exits((ROOT / source).read_text(encoding="utf-8")) == []


def test_proofs_know_no_translator() -> None:
    """What shows that a translation is right takes nothing from what translates."""
    allowed = {"checking", "proving"}
    for path in (ROOT / "equivalences" / "proving").glob("*.py"):
        names = imported(path.read_text(encoding="utf-8"), cython=False)
        parts = {name.split(".")[2] for name in names if name.startswith("streamssm.equivalences.")}
        assert parts <= allowed, path.name
        assert not any(".lowering" in name for name in names), path.name


def test_the_solver_runs_without_the_package() -> None:
    text = (ROOT / "equivalences" / "proving" / "worker.py").read_text(encoding="utf-8")
    assert list(imported(text, cython=False)) == []
