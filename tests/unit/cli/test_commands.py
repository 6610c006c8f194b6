"""The root of the command line: its version, its help, and unknown commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from streamssm import __version__
from streamssm.cli import COMMANDS
from tests.unit.cli.command_line import COMPOSE, refusal, streamssm, succeeds


def test_version() -> None:
    assert succeeds("--version") == f"streamssm {__version__}\n"


def test_no_arguments_print_the_help() -> None:
    result = streamssm()
    assert result.exit_code == 2 and all(f"\n  {name} " in result.output for name in COMMANDS)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("trnslate",), "there is no command 'trnslate'; did you mean 'translate'? (see streamssm --help)"),
        (("Check",), "there is no command 'Check'; did you mean 'check'? (see streamssm --help)"),
        (("help",), "there is no command 'help'; did you mean '--help'? (see streamssm --help)"),
        (("version",), "there is no command 'version'; did you mean '--version'? (see streamssm --help)"),
        (("bench", "memry"), "did you mean 'memory'? (see streamssm bench --help)"),
        (("limits", "xyzzy"), "there is no command 'xyzzy'; the commands are arithmetic, "),
    ],
)
def test_unknown_commands(words: tuple[str, ...], message: str) -> None:
    assert message in refusal(*words)


def test_files_that_are_written_are_named(tmp_path: Path) -> None:
    model, svg, dot = (tmp_path / name for name in ("m.safetensors", "m.svg", "m.dot"))
    succeeds("translate", *COMPOSE, "-o", model)
    result = streamssm("show", model, "--svg", svg, "--to-dot", dot)
    assert result.stderr == f"streamssm: wrote {dot}\nstreamssm: wrote {svg}\n"
    assert streamssm("show", model, "--svg", "-").stderr == ""
    machine = tmp_path / "machine.dot"
    assert streamssm("minimize", *COMPOSE, "--to-dot", machine).stderr == f"streamssm: wrote {machine}\n"
    figures = tmp_path / "figures.json"
    words = ("bench", "memory", "--n", "16", "--json", figures)
    assert streamssm(*words).stderr.endswith(f"streamssm: wrote {figures}\n")
