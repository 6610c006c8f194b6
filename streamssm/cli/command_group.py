"""The root of the command line: loads commands lazily and reports failures in one line.

Exit status: 0 success, 1 a difference, 2 bad input, 70 an internal error, 130 interrupted, 141 broken pipe.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from types import FrameType
from typing import Any

import click

from streamssm import __version__
from streamssm.cli.settings import one_line
from streamssm.errors import NotEquivalentError, StreamSSMError, UnsupportedProgramError

DIFFERENT, BAD_INPUT, FAULT, INTERRUPTED, BROKEN_PIPE = 1, 2, 70, 130, 141
DEBUG = "STREAMSSM_DEBUG"


class CommandGroup(click.Group):
    """A group whose commands are imported on demand, each from the attribute ``command`` of its module."""

    def __init__(
        self, *, commands_at: dict[str, str], former_names: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._commands_at = commands_at
        self._former_names = former_names or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._commands_at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._former_names:
            current = self._former_names[cmd_name]
            warn(f"the command {cmd_name} is now {current}; the old name goes with the next version")
            cmd_name = current
        module = self._commands_at.get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(module).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command; raise UsageError, with the closest name, if there is none."""
        name = args[0]
        known = name in self._commands_at or name in self._former_names
        if not (known or name.startswith("-") or ctx.resilient_parsing):
            raise click.UsageError(
                f"there is no command {name!r}; {_suggestion(name, list(self._commands_at))}", ctx
            )
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; end quietly on a broken pipe."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # discard buffered output
            ctx.exit(BROKEN_PIPE)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line and exit; with ``standalone_mode=False`` return, and propagate errors."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, False, **extra)
        with _unwinding_on_sigterm():
            status = _status(lambda: self.main(args, prog_name, complete_var, False, **extra))
        sys.exit(status)


def version_option(command: click.Command) -> click.Command:
    """Add ``--version``."""
    return click.version_option(__version__, message="%(prog)s %(version)s")(command)


def _suggestion(name: str, commands: Sequence[str]) -> str:
    if name in ("help", "version"):
        return f"did you mean '--{name}'?"
    close = get_close_matches(name.lower(), commands, n=1)
    return f"did you mean '{close[0]}'?" if close else f"the commands are {', '.join(commands)}"


def wrote(path: str) -> None:
    """Say on standard error that a file was written; nothing if that is standard output."""
    if path != "-":
        click.echo(f"streamssm: wrote {path}", err=True)


def warn(message: str) -> None:
    """Print a warning on standard error, in one line."""
    click.echo(f"streamssm: warning: {message}", err=True)


def fail(message: str) -> None:
    """Print an error message in one line."""
    click.echo(f"streamssm: error: {message}", err=True)


@contextmanager
def _unwinding_on_sigterm() -> Iterator[None]:
    """Turn SIGTERM into SystemExit, so that partly written files are removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminated(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)  # a second signal ends the process at once
    sys.exit(128 + number)


def _status(run: Callable[[], Any]) -> int:
    """Run a command, report any error in one line, and return the exit status."""
    try:
        result = run()
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return BAD_INPUT
    except click.ClickException as error:
        fail(_usage(error))
        return BAD_INPUT
    except NotEquivalentError as error:
        fail(str(error))
        return DIFFERENT
    except StreamSSMError as error:
        fail(_message(error))
        return BAD_INPUT
    except (KeyboardInterrupt, click.Abort):
        fail("interrupted")
        return INTERRUPTED
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error))
        return BAD_INPUT
    except MemoryError:
        fail("out of memory")
        return BAD_INPUT
    except Exception as error:  # a bug in streamssm
        if os.environ.get(DEBUG):
            raise
        fail(f"internal error: {one_line(error)}; set {DEBUG}=1 for a traceback")
        return FAULT


def _usage(error: click.ClickException) -> str:
    """Return click's error message, and the command that prints the help."""
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    return message if context is None else f"{message} (see {context.command_path} --help)"


def _message(error: StreamSSMError) -> str:
    """Return an error's text; a single reason is put on the same line."""
    if not isinstance(error, UnsupportedProgramError):
        return " ".join(str(error).splitlines())
    if len(error.reasons) == 1:
        return f"{error.name} cannot be translated{error.how}: {error.reasons[0]}"
    return str(error)
