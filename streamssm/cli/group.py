"""The top of the command line: commands found when they are needed, failures told in one line.

Exit status: 0 success, 1 a difference, 2 bad input, 70 a fault of streamssm, 130 interrupted, 141 nobody
reads the output.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click

from streamssm import __version__
from streamssm.cli.settings import one_line
from streamssm.errors import NotEquivalentError, StreamSSMError, UnsupportedProgramError

DIFFERENT, BAD_INPUT, FAULT, INTERRUPTED, BROKEN_PIPE = 1, 2, 70, 130, 141
DEBUG = "STREAMSSM_DEBUG"


class CommandGroup(click.Group):
    """A group whose commands live in modules, each in its attribute ``command``."""

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
        found: click.Command = importlib.import_module(module).command
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; where nobody reads the output any more, end quietly."""
        try:
            found = super().invoke(ctx)
            sys.stdout.flush()
            return found
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is buffered goes nowhere
            ctx.exit(BROKEN_PIPE)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line and exit; with ``standalone_mode=False`` return, and let errors out."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, False, **extra)
        with _unwinding_on_sigterm():
            status = _status(lambda: self.main(args, prog_name, complete_var, False, **extra))
        sys.exit(status)


def version_option(command: click.Command) -> click.Command:
    """Add ``--version``."""
    return click.version_option(__version__, message="%(prog)s %(version)s")(command)


def warn(message: str) -> None:
    """Print a warning on standard error, in one line."""
    click.echo(f"streamssm: warning: {message}", err=True)


def fail(message: str) -> None:
    """Tell what went wrong, in one line."""
    click.echo(f"streamssm: error: {message}", err=True)


@contextmanager
def _unwinding_on_sigterm() -> Iterator[None]:
    """End on SIGTERM as on an error: files that are half written are dropped."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminated(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)  # a second one ends without unwinding
    sys.exit(128 + number)


def _status(run: Callable[[], Any]) -> int:
    """Run a command; return its exit status, with anything that went wrong told in one line."""
    try:
        found = run()
        return found if isinstance(found, int) else 0
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
        fail(_told(error))
        return BAD_INPUT
    except (KeyboardInterrupt, click.Abort):
        fail("interrupted")
        return INTERRUPTED
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error))
        return BAD_INPUT
    except MemoryError:
        fail("there is not enough memory for this")
        return BAD_INPUT
    except Exception as error:  # a fault of ours
        if os.environ.get(DEBUG):
            raise
        fail(f"this should not happen: {one_line(error)}; {DEBUG}=1 shows where")
        return FAULT


def _usage(error: click.ClickException) -> str:
    """Return click's complaint with the command that helps."""
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    return message if context is None else f"{message} (see {context.command_path} --help)"


def _told(error: StreamSSMError) -> str:
    """Return an error's text; a single reason stands on the same line."""
    if not isinstance(error, UnsupportedProgramError):
        return " ".join(str(error).splitlines())
    if len(error.reasons) == 1:
        return f"{error.name} cannot be translated{error.how}: {error.reasons[0]}"
    return str(error)
