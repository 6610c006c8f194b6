"""Files, folders and modules that the documentation names exist, and CONTRIBUTING.md maps every part."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.unit.layering import LAYERS, ROOT

PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for pattern in ("README.md", "CONTRIBUTING.md", "docs/*.md", "examples/**/*.md")
    for page in ROOT.glob(pattern)
)
FOLDERS = ("", "streamssm", "equivalences")  # a page may shorten paths in these
NEIGHBOR = re.compile(r"`([\w./-]+)/[\w.]*`")  # and leave out a folder that the line names before

SPAN = re.compile(r"`([^`\n]+)`|\]\(([^)\s#]+)\)")
TOP = "bench|cext|docs|equivalences|examples|streamssm|tests"
PLAIN = re.compile(rf"(?<![\w./-])(?:{TOP})/[\w./-]*\w/?(?![\w*])")
PATH = re.compile(r"[\w.{},*-]*(?:/[\w.{},*-]*)*")
SUFFIXES = (".py", ".pyx", ".pxd", ".pyi", ".md", ".svg", ".csv", ".dot", ".toml")
MODULE = re.compile(r"\bstreamssm(?:\.\w+)+")
CHOSEN = ("NAME", "CLASS", "PART", "file.py")  # stand for names that the reader chooses
MADE = {".venv/bin", "tests/test_token_bucket/test_memory.json"}  # by a command of the page
NO_PATHS = {"input/output"}
# in a checkout, not in an sdist
UNSHIPPED = {".ci/run", "streamssm/cext", "streamssm/equivalences", "streamssm/bench"}
ABSENT = MADE if (ROOT / ".ci").is_dir() else MADE | UNSHIPPED


def paths_in(text: str) -> list[tuple[str, str]]:
    """List the paths between backticks, in links and in commands, each with the line that it stands in.

    >>> [path for path, _ in paths_in("`cext/`, `make test`, `a/b.py:C`, `x / y`, [page](docs/TRUST.md)")]
    ['cext/', 'a/b.py', 'docs/TRUST.md', 'docs/TRUST.md']
    """
    found = []
    for line in text.splitlines():
        words = [word for quoted, linked in SPAN.findall(line) for word in (quoted or linked).split()]
        paths = [path for path in (word.partition(":")[0] for word in words) if is_path(path)]
        found += [(path, line) for path in (*paths, *PLAIN.findall(line))]
    return found


def is_path(word: str) -> bool:
    """Return whether a word is meant to name a file or a folder.

    >>> [is_path(word) for word in ("cext/", "docs/TRUST.md", "setup.py", ".dot", "/", "x", "input/output")]
    [True, True, True, False, False, False, False]
    """
    if not PATH.fullmatch(word) or not word.strip("/.") or word in NO_PATHS or word in SUFFIXES:
        return False
    return "/" in word or word.endswith(SUFFIXES)


def spelled_out(path: str) -> list[str]:
    """Return the paths that braces stand for.

    >>> spelled_out("streamssm/{cext,bench}")
    ['streamssm/cext', 'streamssm/bench']
    """
    before, brace, rest = path.partition("{")
    if not brace:
        return [path]
    choices, _, after = rest.partition("}")
    return [before + choice + after for choice in choices.split(",")]


def exists(path: str, page: str, line: str) -> bool:
    """Return whether a path leads somewhere from the top, from the page, or from a folder of its line."""
    neighbors = ["", *NEIGHBOR.findall(line)]
    around = [str(Path(page).parent), *(f"{a}/{b}".strip("/") for a in FOLDERS for b in neighbors)]
    return any(any(ROOT.glob(f"{folder}/{path}".strip("/"))) for folder in around)


def is_invented(path: str) -> bool:
    """Return whether a part of a path stands for a name that the reader chooses."""
    return any(name in path for name in CHOSEN)


@pytest.mark.parametrize("page", PAGES)
def test_paths_exist(page: str) -> None:
    named = paths_in((ROOT / page).read_text(encoding="utf-8"))
    real = [(one, line) for path, line in named if not is_invented(path) for one in spelled_out(path)]
    assert [path for path, line in real if path not in ABSENT and not exists(path, page, line)] == []


@pytest.mark.parametrize("page", PAGES)
def test_folders_of_invented_files_exist(page: str) -> None:
    named = paths_in((ROOT / page).read_text(encoding="utf-8"))
    folders = {str(Path(path).parent) for path, _ in named if is_invented(path)}
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


@pytest.mark.parametrize("page", PAGES)
def test_modules_exist(page: str) -> None:
    names = {*MODULE.findall((ROOT / page).read_text(encoding="utf-8"))}
    assert [name for name in sorted(names) if not is_invented(name) and not _is_there(name)] == []


def _is_there(name: str) -> bool:
    """Return whether a dotted name is a module, or an attribute of one."""
    module, _, last = name.rpartition(".")
    return _is_module(name) or (_is_module(module) and hasattr(import_module(module), last))


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def test_the_map_has_every_part_at_its_level() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Where does my line go?")[0]
    rows = re.findall(r"^\| (\d+) \| `(?:streamssm/)?(\w+)(?:/|\.py)` \|", text, re.MULTILINE)
    assert {name.replace("__init__", "streamssm"): int(level) for level, name in rows} == LAYERS


def test_the_map_has_every_folder_of_equivalences() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folders = [path.parent.name for path in (ROOT / "equivalences").glob("*/__init__.py")]
    assert [name for name in sorted(folders) if f"| `equivalences/{name}/` |" not in text] == []
