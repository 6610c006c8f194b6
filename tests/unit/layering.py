"""The imports of the package, read from its sources: the order of its parts, and its circles.

`python -m tests.unit.layering` prints both. Imports under TYPE_CHECKING and in functions count like others.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from streamssm.automata.strong_components import components

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
}
# files that load each other; no circle may be added
CIRCLES = [
    # one smart constructor in two files each, with one name as a type
    ("equivalences/smt/bit_rewrites.py", "equivalences/smt/term_builder.py"),
    ("streamssm/ir/builder.py", "streamssm/ir/simplify.py"),
]
COMMANDS = "streamssm/cli/commands/"
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


def imported_by(source: str) -> list[str]:
    """List the full name of everything of ours that a file of the package imports."""
    return [*imported((ROOT / source).read_text(encoding="utf-8"), cython=not source.endswith(".py"))]


def is_allowed(importer: str, target: str) -> bool:
    """Say whether one part may import another."""
    return importer == target or (target in ONLY.get(importer, LAYERS) and LAYERS[target] < LAYERS[importer])


def against_the_order(source: str) -> list[str]:
    """List what a source imports and its part may not."""
    return [name for name in imported_by(source) if not is_allowed(part_of_file(source), part_of_name(name))]


def module_of(source: str) -> str:
    """Name the module that a file holds."""
    parts = [*Path(source).with_suffix("").parts]
    return ".".join(["streamssm"] * (parts[0] in MAPPED) + parts).removesuffix(".__init__")


def files_loaded_by(source: str, files: dict[str, str]) -> set[str]:
    """Find the files, given by module, that a source imports; a name stands for the file it is in."""
    modules = (name if name in files else name.rpartition(".")[0] for name in imported_by(source))
    return {files[module] for module in modules if module in files} - {source}


def circles_of(loads: dict[str, set[str]]) -> list[tuple[str, ...]]:
    """List the files that load each other, directly or through others, a sorted tuple for each circle."""
    names = sorted(loads)
    index = {name: number for number, name in enumerate(names)}
    found = components([[index[target] for target in sorted(loads[name])] for name in names])
    return sorted(tuple(sorted(names[node] for node in nodes)) for nodes in found if len(nodes) > 1)


def circles() -> list[tuple[str, ...]]:
    """List the circles between the files of the package, the smallest first."""
    files = {module_of(source): source for source in sources()}  # a .pyx takes its .pxd in
    loads = {source: set[str]() for source in files.values()}
    for source in sources():
        loads[files[module_of(source)]] |= files_loaded_by(source, files)
    return sorted(circles_of(loads), key=len)


def shared_names() -> dict[str, list[str]]:
    """List the base names that files of different subjects share: none may.

    A kernel and its reference twin bear one name, and a command that of what it runs.
    """
    files: dict[str, list[str]] = {}
    for source in sources():
        path = Path(source)
        if path.stem != "__init__" and path.parts[0] != "cext" and COMMANDS not in source:
            files.setdefault(path.stem, []).append(source)
    return {name: paths for name, paths in files.items() if len(paths) > 1}


def shared_classes() -> dict[str, list[str]]:
    """List the public class names that several files define: none may, kernels and their twins apart."""
    classes: dict[str, list[str]] = {}
    for source in sources():
        if source.endswith(".py"):
            for node in ast.parse((ROOT / source).read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    classes.setdefault(node.name, []).append(source)
    return {name: paths for name, paths in classes.items() if len(paths) > 1}


def main() -> None:
    """Print the parts of the package from the ground up, and its circles."""
    for layer, parts in groupby(LAYERS, LAYERS.__getitem__):
        print(f"{layer:2}  {', '.join(parts)}")
    found = circles()
    print(f"\nexceptions: {len(EXCEPTIONS)}, circles: {len(found)}")
    for circle in found:
        print("", *circle, sep="\n  ")


if __name__ == "__main__":
    main()
