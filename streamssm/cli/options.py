"""Arguments and options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from streamssm.cli.settings import parse_settings
from streamssm.cli.what import PastLTL, What, past_ltl_of

F = TypeVar("F", bound=Callable[..., Any])


def what_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add WHAT, and ``--past-ltl`` in its place; the command gets one of them as ``what``."""

    @wraps(command)
    def with_what(what: str | None, past_ltl: PastLTL | None, **rest: Any) -> Any:
        if what is not None and past_ltl is not None:
            raise click.UsageError(f"{what} and --past-ltl must not be given together")
        return command(what=_given(what, past_ltl), **rest)

    return click.argument("what", required=False, metavar="WHAT")(_past_ltl_options(with_what))


def sides_arguments(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add WHAT and OTHER, and ``--past-ltl`` in the place of WHAT."""

    @wraps(command)
    def with_sides(sides: tuple[str, ...], past_ltl: PastLTL | None, **rest: Any) -> Any:
        wanted = 2 if past_ltl is None else 1
        if len(sides) > wanted:
            raise click.UsageError(f"Got unexpected extra argument ({sides[wanted]})")
        what = _given(next(iter(sides), None), None) if past_ltl is None else past_ltl
        if len(sides) < wanted:
            raise click.UsageError("Missing argument 'OTHER'.")
        return command(what=what, other=sides[-1], **rest)

    return click.argument("sides", nargs=-1, metavar="WHAT OTHER")(_past_ltl_options(with_sides))


def _given(what: str | None, past_ltl: PastLTL | None) -> What:
    found: What | None = past_ltl or what
    if found is None:
        raise click.UsageError("Missing argument 'WHAT', or --past-ltl FORMULA in its place.")
    return found


def _past_ltl_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--past-ltl`` and ``--propositions``, which the command gets as one value."""

    @wraps(command)
    def with_formula(past_ltl: str | None, propositions: str | None, **rest: Any) -> Any:
        return command(past_ltl=past_ltl_of(past_ltl, propositions), **rest)

    named = click.option(
        "--propositions",
        metavar="A,B,...",
        help="With --past-ltl: the token's fields, in this order; otherwise those of the formula, sorted.",
    )(with_formula)
    return click.option(
        "--past-ltl",
        metavar="FORMULA",
        help="In the place of WHAT: a formula of past-time LTL, such as 'a S (b & Y c)', "
        "with ! & ^ | -> <-> Y Z O H S, first, and pos % m == r.",
    )(named)


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


def timeout_option(command: F) -> F:
    """Add ``--timeout`` for commands that prove."""
    return click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=60.0,
        show_default=True,
        help="Seconds for each question of a proof.",
    )(command)
