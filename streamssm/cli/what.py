"""Command-line sources: a library name, a regular expression, a DOT file or a past-time LTL formula."""

from __future__ import annotations

from dataclasses import dataclass

from streamssm.errors import ParameterError

DOT = ".dot"
MODES = ("recognize", "track", "predict", "transduce")


@dataclass(frozen=True)
class PastLTL:
    """A past-time LTL formula, given instead of WHAT."""

    text: str
    propositions: tuple[str, ...] | None = None
    mode: str | None = None

    def __str__(self) -> str:
        return self.text

    @property
    def words(self) -> list[str]:
        """The command-line words that name this source."""
        return ["--past-ltl", self.text, *_listed("--propositions", self.propositions), *_mode(self.mode)]


@dataclass(frozen=True)
class Regex:
    """A regular expression, given instead of WHAT."""

    text: str
    alphabet: tuple[str, ...]
    mode: str | None = None

    def __str__(self) -> str:
        return self.text or "the empty regex"

    @property
    def words(self) -> list[str]:
        """The command-line words that name this source."""
        return ["--regex", self.text, *_listed("--alphabet", self.alphabet), *_mode(self.mode)]


@dataclass(frozen=True)
class Dot:
    """An automaton in DOT, given instead of WHAT."""

    path: str
    alphabet: tuple[str, ...] | None = None
    mode: str | None = None
    initial: str | None = None
    accepting: tuple[str, ...] | None = None
    moore: bool = False
    labels: str | None = None
    partial: str | None = None

    def __str__(self) -> str:
        return self.path

    @property
    def words(self) -> list[str]:
        """The command-line words that name this source."""
        words = ["--dot", self.path, *_listed("--alphabet", self.alphabet), *_mode(self.mode)]
        words += _listed("--accepting", self.accepting) + ["--moore"] * self.moore
        for option, value in (
            ("--initial", self.initial),
            ("--labels", self.labels),
            ("--partial", self.partial),
        ):
            words += [] if value is None else [option, value]
        return words


@dataclass(frozen=True)
class Suite:
    """A language of the suite, given by name."""

    name: str
    mode: str | None = None

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> list[str]:
        """The command-line words that name this source."""
        return [self.name, *_mode(self.mode)]


LanguageSource = PastLTL | Regex | Dot | Suite
InputSource = str | LanguageSource


def language_of(
    *,
    past_ltl: str | None = None,
    propositions: str | None = None,
    regex: str | None = None,
    dot: str | None = None,
    alphabet: str | None = None,
    initial: str | None = None,
    accepting: str | None = None,
    moore: bool = False,
    labels: str | None = None,
    partial: str | None = None,
    mode: str | None = None,
) -> LanguageSource | None:
    """Return the language that the options name, or None.

    >>> language_of(past_ltl="O a", propositions="b, a")
    PastLTL(text='O a', propositions=('b', 'a'), mode=None)
    >>> language_of(regex="(ab)*", alphabet="ab", mode="track").words
    ['--regex', '(ab)*', '--alphabet', 'ab', '--mode', 'track']
    """
    given = {"--past-ltl": past_ltl, "--regex": regex, "--dot": dot}
    named = [option for option, value in given.items() if value is not None]
    if len(named) > 1:
        raise ParameterError(f"{named[0]} cannot be combined with {named[1]}")
    if propositions is not None and past_ltl is None:
        raise ParameterError("--propositions requires --past-ltl")
    if alphabet is not None and regex is None and dot is None:
        raise ParameterError("--alphabet requires --regex or --dot")
    of_dot = {
        "--initial": initial,
        "--accepting": accepting,
        "--moore": moore or None,
        "--labels": labels,
        "--partial": partial,
    }
    for option, value in of_dot.items():
        if value is not None and dot is None:
            raise ParameterError(f"{option} requires --dot")
    if moore and accepting is not None:
        raise ParameterError("--moore cannot be combined with --accepting")
    if past_ltl is not None:
        return PastLTL(past_ltl, None if propositions is None else _names(propositions), mode)
    if regex is not None:
        if alphabet is None:
            raise ParameterError("--regex requires --alphabet, such as --alphabet ab")
        return Regex(regex, _symbols(alphabet), mode)
    if dot is None:
        return None
    return Dot(
        dot,
        None if alphabet is None else _symbols(alphabet),
        mode,
        initial=initial,
        accepting=None if accepting is None else _names(accepting) if accepting else (),
        moore=moore,
        labels=labels,
        partial=partial,
    )


def named_by(source: str, mode: str | None) -> InputSource:
    """Return the source that WHAT names; only a language has a mode.

    >>> named_by("tomita-3", "track"), named_by("function_composition", None)
    (Suite(name='tomita_3', mode='track'), 'function_composition')
    """
    from streamssm.languages.suite import load_all

    name = source.lower().replace("-", "_")
    if name in load_all():
        return Suite(name, mode)
    if mode is not None and source.endswith(DOT):
        return Dot(source, None, mode)
    if mode is not None:
        raise ParameterError(f"--mode applies to languages only; {source} is not one")
    return source


def words_of(source: InputSource) -> list[str]:
    """Return the command-line words that name a source."""
    return [source] if isinstance(source, str) else source.words


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _symbols(text: str) -> tuple[str, ...]:
    """Split at commas, a trailing one included; without a comma, into characters."""
    return _names(text.removesuffix(",")) if "," in text else tuple(text)


def _listed(option: str, names: tuple[str, ...] | None) -> list[str]:
    if names is None:
        return []
    if option == "--alphabet" and all(len(name) == 1 for name in names):
        return [option, "".join(names)]
    return [option, ",".join(names) + "," * (option == "--alphabet" and len(names) == 1)]


def _mode(mode: str | None) -> list[str]:
    return [] if mode is None else ["--mode", mode]
