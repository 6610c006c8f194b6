"""Running the command line in this process, and what must hold of every refusal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from click.testing import CliRunner, Result

from streamssm.cli import main

COMPOSE = ("function_composition", "--set", "n=8")


def streamssm(*words: str | Path, given: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], input=given)


def succeeds(*words: str | Path, given: bytes | None = None) -> str:
    """Run a command that must succeed; return its standard output. It may say which files it wrote."""
    result = streamssm(*words, given=given)
    remarks = [line for line in result.stderr.splitlines() if not line.startswith("streamssm: wrote ")]
    assert (result.exit_code, remarks) == (0, [])
    return result.stdout


def refusal(*words: str | Path, given: bytes | None = None) -> str:
    """Run a command that must be refused in one line; return the line without its prefix."""
    result = streamssm(*words, given=given)
    assert result.exit_code == 2, (result.output, result.exception)
    assert isinstance(result.exception, SystemExit)
    prefix = "streamssm: error: "
    assert (
        result.stderr.startswith(prefix) and result.stderr.endswith("\n") and result.stderr.count("\n") == 1
    )
    return result.stderr[len(prefix) : -1]


def files_in(folder: Path) -> Sequence[str]:
    return sorted(path.name for path in folder.iterdir())
