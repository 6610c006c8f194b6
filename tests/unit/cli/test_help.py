"""Help texts: a command's own options come first, and each help fits one screen."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from streamssm.cli import main
from streamssm.cli.options import SourceOption

SCREEN_LINES = 50
WIDTH = 98  # click leaves two of 100 columns free


def commands(group: click.Group, *words: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*words, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *words, name)


COMMANDS = dict([((), main), *commands(main)]) if isinstance(main, click.Group) else {}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_help_fits_one_screen(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*words, "--help"], terminal_width=WIDTH)
    assert result.exit_code == 0 and len(result.stdout.splitlines()) <= SCREEN_LINES


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_options_of_the_source_come_last(words: tuple[str, ...]) -> None:
    command = COMMANDS[words]
    source = [p.opts[0] for p in command.params if isinstance(p, SourceOption)]
    own = [p.opts[0] for p in command.params if isinstance(p, click.Option) and p.opts[0] not in source]
    text = CliRunner().invoke(main, [*words, "--help"], terminal_width=WIDTH).stdout
    before, heading, after = text.partition("\nSource options:\n")
    assert bool(heading) == bool(source)
    options = before.partition("\nOptions:\n")[2]
    assert all(f" {name}" in options for name in own) and "--help" in options
    assert all(f"  {name} " in after for name in source)
    assert not any(f"\n  {name} " in options for name in source)


def test_an_unknown_mode_names_the_modes() -> None:
    result = CliRunner().invoke(main, ["show", "parity", "--mode", "guess"])
    assert result.exit_code == 2 and "track" in result.stderr and "predict" in result.stderr
