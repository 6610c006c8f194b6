"""The examples do what their walk-through says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.command_line import streamssm, succeeds

EXAMPLES = Path(__file__).parents[2] / "examples"
MOVES = EXAMPLES / "warehouse_moves.csv"


def commands() -> list[tuple[str, str]]:
    """List the commands of the walk-through with what they are said to print."""
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"^    \$ (.+)\n((?:    [^$\n].*\n)*)", text, re.MULTILINE)
    return [(line, re.sub("^    ", "", printed, flags=re.MULTILINE)) for line, printed in found]


def test_walk_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(EXAMPLES)
    assert len(commands()) >= 10
    for line, printed in commands():
        given, _, command = line.rpartition(" | ")
        content = re.sub("^printf '|'$", "", given).replace("\\n", "\n").encode()
        words = command.replace("1048576", "64").replace("10000000", "10000").split()
        result = streamssm(*words[1:], given=content or None)
        assert words[0] == "streamssm" and result.exit_code == 0, line
        assert not printed or result.stdout == printed


def test_log_is_what_its_script_makes() -> None:
    script = EXAMPLES / "make_warehouse_moves.py"
    done = subprocess.run([sys.executable, script], capture_output=True, check=True)
    assert done.stdout.replace(b"\r\n", b"\n") == MOVES.read_bytes()


def test_answer_by_looking_it_up() -> None:
    rows = [tuple(map(int, line.split(","))) for line in MOVES.read_text().splitlines()[1:]]
    place, goes = rows[0][1], {}
    for key, image, last in rows[1:]:
        goes[key] = image
        if last:
            assert sorted(goes) == sorted(goes.values()) == list(range(1024))
            place, goes = goes[place], {}
    found = succeeds("run", "function_composition", "--set", "n=1024", "--stream", MOVES, "--last")
    assert found == f"{place}\n"
