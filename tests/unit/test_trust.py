"""docs/TRUST.md names files that exist, all of the re-check, and as many lines as they have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.layering import ROOT, imported

TEXT = (ROOT / "docs" / "TRUST.md").read_text(encoding="utf-8")
ROWS = [
    ([*re.findall(r"`([\w/]+\.py)`", row)], int(lines))
    for row, lines in re.findall(r"^\| (`rechecking/.*?) \| (\d+) \|", TEXT, re.MULTILINE)
]
RECHECKING = ROOT / "equivalences" / "rechecking"


def path_of(name: str) -> Path:
    return RECHECKING / name.rpartition("/")[2]


@pytest.mark.parametrize(("names", "lines"), ROWS, ids=lambda value: str(value)[:40])
def test_lines_are_counted(names: list[str], lines: int) -> None:
    counted = sum(len(path_of(name).read_text(encoding="utf-8").splitlines()) for name in names)
    assert abs(counted - lines) <= 10, counted


def test_no_file_of_the_re_check_is_left_out() -> None:
    named = {path_of(name).name for names, _ in ROWS for name in names}
    beside = {"__init__.py", "branch_check.py", "branch_goals.py", "invariant_recheck.py"}
    assert named | beside == {path.name for path in RECHECKING.glob("*.py")} and len(named) >= 12


def test_the_re_check_imports_nothing_of_the_prover_and_no_translator() -> None:
    allowed = {"checking", "rechecking"}
    for path in RECHECKING.glob("*.py"):
        names = [*imported(path.read_text(encoding="utf-8"), cython=False)]
        parts = {name.split(".")[2] for name in names if name.startswith("streamssm.equivalences.")}
        assert parts <= allowed, path.name
        assert not any(".lowering" in name for name in names), path.name


def test_the_solvers_run_without_the_package() -> None:
    text = (RECHECKING / "solver_worker.py").read_text(encoding="utf-8")
    assert list(imported(text, cython=False)) == []
