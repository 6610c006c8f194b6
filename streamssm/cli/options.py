"""Arguments and options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from streamssm.cli.group import warn
from streamssm.cli.settings import parse_settings
from streamssm.cli.what import MODES, InputSource, LanguageSource, language_of, named_by

F = TypeVar("F", bound=Callable[..., Any])


class _ModeChoice(click.Choice):  # type: ignore[type-arg]
    """The modes; `recognise`, the former spelling of `recognize`, warns, and works for one version."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "recognise":
            warn("--mode recognise is now --mode recognize")
            value = "recognize"
        return super().convert(value, param, ctx)


def what_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add WHAT, and the options that name a language in its place; the command gets one as ``what``."""

    @wraps(command)
    def with_what(what: str | None, language: LanguageSource | None, mode: str | None, **rest: Any) -> Any:
        if what is not None and language is not None:
            raise click.UsageError(f"{what} and {language.words[0]} must not be given together")
        return command(what=_given(what, language, mode), **rest)

    return click.argument("what", required=False, metavar="WHAT")(_language_options(with_what))


def sides_arguments(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add WHAT and OTHER, and the options that name a language in the place of WHAT.

    A command with a flag ``assumptions`` asks about WHAT alone where that is given: OTHER is then None.
    """

    @wraps(command)
    def with_sides(
        sides: tuple[str, ...], language: LanguageSource | None, mode: str | None, **rest: Any
    ) -> Any:
        alone = rest.get("assumptions", False)
        wanted = (language is None) + (not alone)
        if len(sides) > wanted:
            raise click.UsageError(f"Got unexpected extra argument ({sides[wanted]})")
        what = _given(next(iter(sides), None), None, mode) if language is None else language
        if len(sides) < wanted:
            raise click.UsageError("Missing argument 'OTHER'.")
        return command(what=what, other=None if alone else sides[-1], **rest)

    return click.argument("sides", nargs=-1, metavar="WHAT OTHER")(_language_options(with_sides))


def _given(what: str | None, language: LanguageSource | None, mode: str | None) -> InputSource:
    if language is not None:
        return language
    if what is None:
        raise click.UsageError("Missing argument 'WHAT', or --regex, --dot or --past-ltl in its place.")
    return named_by(what, mode)


LANGUAGE_OPTIONS = (
    click.option(
        "--regex",
        metavar="REGEX",
        help="In the place of WHAT: a regular expression, such as '(ab)*', with | & ~ * + ? {m,n}, ., [abc], "
        "[^a], and <SYN> for a symbol with a long name.",
    ),
    click.option(
        "--dot",
        metavar="FILE",
        help="In the place of WHAT: a DFA, a Moore or a Mealy machine in Graphviz's language.",
    ),
    click.option(
        "--alphabet",
        metavar="SYMBOLS",
        help="With --regex or --dot: the symbols, in this order, as in ab or SYN,ACK,FIN.",
    ),
    click.option(
        "--past-ltl",
        metavar="FORMULA",
        help="In the place of WHAT: a formula of past-time LTL, such as 'a S (b & Y c)', "
        "with ! & ^ | -> <-> Y Z O H S, first, and pos % m == r.",
    ),
    click.option(
        "--propositions",
        metavar="A,B,...",
        help="With --past-ltl: the token's fields, in this order; otherwise those of the formula, sorted.",
    ),
    click.option(
        "--mode",
        type=_ModeChoice(MODES),
        help="What a language's program answers: whether the word so far is a member, the minimal machine's "
        "state, what can come next; a Moore or Mealy machine's output.",
    ),
)


def _language_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name a language, which the command gets as one value."""

    @wraps(command)
    def with_language(
        *,
        regex: str | None,
        dot: str | None,
        alphabet: str | None,
        past_ltl: str | None,
        propositions: str | None,
        mode: str | None,
        **rest: Any,
    ) -> Any:
        language = language_of(
            regex=regex,
            dot=dot,
            alphabet=alphabet,
            past_ltl=past_ltl,
            propositions=propositions,
            mode=mode,
        )
        return command(language=language, mode=mode, **rest)

    found: Callable[..., Any] = with_language
    for option in reversed(LANGUAGE_OPTIONS):
        found = option(found)
    return found


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


def search_options(command: F) -> F:
    """Add ``--method`` and ``--timeout`` for commands that look for models that may not exist."""
    method = click.option(
        "--method",
        type=click.Choice(["auto", "solver", "enumerate"]),
        default="auto",
        show_default=True,
        help="Ask a solver, or list the machines of one word.",
    )
    timeout = click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=60.0,
        show_default=True,
        help="Seconds for each (d, p) of a language and a kind of model.",
    )
    return method(timeout(command))


def timeout_option(command: F) -> F:
    """Add ``--timeout`` for commands that prove."""
    return click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=60.0,
        show_default=True,
        help="Seconds for each question of a proof.",
    )(command)
