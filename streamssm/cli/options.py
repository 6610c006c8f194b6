"""Arguments and options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from streamssm.cli.command_group import warn
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


class SourceOption(click.Option):
    """An option that helps to name WHAT: a regular expression, a class parameter, ..."""


class SourceCommand(click.Command):
    """A command whose help lists its own options first, and then those that name WHAT."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options in two sections, each under a heading."""
        own: list[tuple[str, str]] = []
        source: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                (source if isinstance(parameter, SourceOption) else own).append(record)
        for heading, records in (("Options", own), ("Source options", source)):
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)


def source_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add WHAT, and the options that name a language instead; the command gets one of them as ``source``."""

    @wraps(command)
    def with_source(
        source: str | None, language: LanguageSource | None, mode: str | None, **rest: Any
    ) -> Any:
        if source is not None and language is not None:
            raise click.UsageError(f"{source} cannot be combined with {language.words[0]}")
        return command(source=_source(source, language, mode), **rest)

    return click.argument("source", required=False, metavar="WHAT")(_language_options(with_source))


def sides_arguments(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add WHAT and OTHER, and the options that name a language as WHAT.

    If a command has a flag ``assumptions`` and it is given, the command is about WHAT alone: OTHER is None.
    """

    @wraps(command)
    def with_sides(
        sides: tuple[str, ...], language: LanguageSource | None, mode: str | None, **rest: Any
    ) -> Any:
        alone = rest.get("assumptions", False)
        expected = (language is None) + (not alone)
        if len(sides) > expected:
            raise click.UsageError(f"Got unexpected extra argument ({sides[expected]})")
        source = _source(next(iter(sides), None), None, mode) if language is None else language
        if len(sides) < expected:
            raise click.UsageError("Missing argument 'OTHER'.")
        return command(source=source, other=None if alone else sides[-1], **rest)

    return click.argument("sides", nargs=-1, metavar="WHAT OTHER")(_language_options(with_sides))


def _source(name: str | None, language: LanguageSource | None, mode: str | None) -> InputSource:
    if language is not None:
        return language
    if name is None:
        raise click.UsageError("Missing argument 'WHAT' (or one of --regex, --dot, --past-ltl).")
    return named_by(name, mode)


LANGUAGE_OPTIONS = (
    click.option(
        "--regex",
        cls=SourceOption,
        metavar="REGEX",
        help="WHAT as a regular expression: | & ~ * + ? {m,n} . [^a] \\d \\n <NAME>.",
    ),
    click.option(
        "--dot",
        cls=SourceOption,
        metavar="FILE",
        help="WHAT as a DFA, Moore or Mealy machine in the DOT language.",
    ),
    click.option(
        "--alphabet",
        cls=SourceOption,
        metavar="SYMBOLS",
        help="Symbols of --regex or --dot, in order: ab, or SYN,ACK,FIN.",
    ),
    click.option(
        "--initial",
        cls=SourceOption,
        metavar="NAME",
        help="Initial state of --dot, or an attribute of it alone: color=red.",
    ),
    click.option(
        "--accepting",
        cls=SourceOption,
        metavar="NAMES",
        help="Accepting states of --dot, separated by commas.",
    ),
    click.option(
        "--moore",
        cls=SourceOption,
        is_flag=True,
        help="--dot is a Moore machine; states without output give their names.",
    ),
    click.option(
        "--labels",
        cls=SourceOption,
        type=click.Choice(["symbol", "commas", "guards", "bits"]),
        metavar="HOW",
        help="Labels of --dot: one symbol, symbols between commas, guards or bits.",
    ),
    click.option(
        "--partial",
        cls=SourceOption,
        type=click.Choice(["sink", "undefined"]),
        metavar="WHERE",
        help="Missing edges of --dot lead to a rejecting sink, or are undefined.",
    ),
    click.option(
        "--past-ltl",
        cls=SourceOption,
        metavar="FORMULA",
        help="WHAT as a past LTL formula: ! & ^ | -> <-> Y Z O H S T O[a,b].",
    ),
    click.option(
        "--propositions",
        cls=SourceOption,
        metavar="NAMES",
        help="Token fields of --past-ltl, in order; else the formula's, sorted.",
    ),
    click.option(
        "--mode",
        cls=SourceOption,
        type=_ModeChoice(MODES),
        metavar="MODE",
        help="Output of a language: recognize (membership), track (DFA state), predict "
        "(allowed next symbols), transduce (the machine's output).",
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
        initial: str | None,
        accepting: str | None,
        moore: bool,
        labels: str | None,
        partial: str | None,
        past_ltl: str | None,
        propositions: str | None,
        mode: str | None,
        **rest: Any,
    ) -> Any:
        language = language_of(
            regex=regex,
            dot=dot,
            alphabet=alphabet,
            initial=initial,
            accepting=accepting,
            moore=moore,
            labels=labels,
            partial=partial,
            past_ltl=past_ltl,
            propositions=propositions,
            mode=mode,
        )
        return command(language=language, mode=mode, **rest)

    decorated: Callable[..., Any] = with_language
    for option in reversed(LANGUAGE_OPTIONS):
        decorated = option(decorated)
    return decorated


def _settings(context: click.Context, option: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    return parse_settings(texts)


def set_option(command: F) -> F:
    """Add ``--set NAME=VALUE``."""
    return click.option(
        "--set",
        "settings",
        cls=SourceOption,
        multiple=True,
        metavar="NAME=VALUE",
        callback=_settings,
        help="Class parameter: n=2^20, pattern=abab, watched=1,2. Repeatable.",
    )(command)


def json_option(command: F) -> F:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")(command)


def seed_option(subject: str) -> Callable[[F], F]:
    """Add ``--seed``, the random seed for ``subject``."""
    return click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        metavar="N",
        help=f"Random seed for {subject}.",
    )


def by_option(command: F) -> F:
    """Add ``--by``: gadgets interpreted, or weights."""
    return click.option(
        "--by",
        type=click.Choice(["fused", "weights"]),
        default="fused",
        show_default=True,
        help="Run a model with its gadgets interpreted (fused) or by its weights.",
    )(command)


def search_options(command: F) -> F:
    """Add ``--method`` and ``--timeout`` for commands that look for models that may not exist."""
    method = click.option(
        "--method",
        type=click.Choice(["auto", "solver", "enumerate"]),
        default="auto",
        show_default=True,
        help="Search with a solver, or enumerate the machines of one word.",
    )
    timeout = click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=60.0,
        show_default=True,
        metavar="SECONDS",
        help="Time limit for each (d, p) of a language and a kind of model.",
    )
    return method(timeout(command))


def timeout_option(command: F) -> F:
    """Add ``--timeout`` for commands that prove."""
    return click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=60.0,
        show_default=True,
        metavar="SECONDS",
        help="Time limit for each solver query of a proof.",
    )(command)
