"""Imports point one way, the reference never leans on a kernel, and only the command line prints or exits."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAPPED = ("cext", "equivalences", "bench")

# part of the package -> its layer; a module imports from its own part and from the layers below
LAYERS = {
    "errors": 0,
    "cext": 1,
    "ir": 2,
    "runtime": 3,
    "program": 4,
    "ssm": 5,
    "automata": 5,
    "frontends": 5,
    "algorithms": 6,
    "reference": 6,
    "files": 6,
    "languages": 7,
    "equivalences": 8,
    "limits": 9,
    "testing": 9,
    "streamssm": 9,  # streamssm/__init__.py: the names that users import
    "checks": 10,  # the former name of testing
    "claims": 10,
    "bench": 10,
    "pytest_plugin": 10,
    "report": 11,
    "cli": 12,
}
# a part that may import less than its layer says
ONLY = {"reference": {"reference", "ssm", "program", "runtime", "ir", "errors"}}
# imports against the order: the file that imports, and what
EXCEPTIONS = {
    # a kernel's caller may run its twin instead
    ("streamssm/runtime/execution.py", "streamssm.reference.program_vm"),
    ("streamssm/ssm/blocks/recurrence.py", "streamssm.reference.blockmap"),
    # a definition stands in a file above those that need it
    ("streamssm/algorithms/equal_blocks.py", "streamssm.languages.language.BEYOND"),
    ("streamssm/algorithms/prefix_expressions.py", "streamssm.languages.language.BEYOND"),
    ("streamssm/algorithms/shuffled_brackets.py", "streamssm.languages.language.BEYOND"),
    ("streamssm/runtime/snapshot.py", "streamssm.program.program.require_state"),
    ("streamssm/runtime/stream.py", "streamssm.program.program.require_state"),
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
    return importer == target or (target in ONLY.get(importer, LAYERS) and LAYERS[target] < LAYERS[importer])


def against_the_order(source: str) -> list[str]:
    """List what a source imports and its part may not."""
    found = imported((ROOT / source).read_text(encoding="utf-8"), cython=not source.endswith(".py"))
    return [name for name in found if not is_allowed(part_of_file(source), part_of_name(name))]


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
