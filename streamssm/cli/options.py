"""Arguments and options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from streamssm.cli.settings import parse_settings

F = TypeVar("F", bound=Callable[..., Any])

what_argument = click.argument("what")


def _settings(context: click.Context, option: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    return parse_settings(texts)


def set_option(command: F) -> F:
    """Add ``--set NAME=VALUE``."""
    return click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        callback=_settings,
        help="A parameter of the class: n=1024, n=2^20, pattern=abab. May be given several times.",
    )(command)


def json_option(command: F) -> F:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")(command)
