"""``--set name=value``: the parameters of a class."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from streamssm.errors import ParameterError, StreamSSMError

_INTEGER = re.compile(r"[+-]?\d[\d_]*")
_POWER = re.compile(r"(\d+)(?:\*\*|\^)(\d+)")
MAX_BITS = 64

Settings = Mapping[str, str]


def parse_settings(texts: Sequence[str]) -> dict[str, str]:
    """Return the values of ``name=value`` texts; the class says later whether they must be integers.

    >>> parse_settings(["n=2^20", "pattern=abab"])
    {'n': '2^20', 'pattern': 'abab'}
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name.isidentifier():
            raise ParameterError(f"--set must be NAME=VALUE, such as n=1024, not {text!r}")
        if name in found:
            raise ParameterError(f"--set {name} must be given once, not twice")
        found[name] = value
    return found


def parse_integer(text: str, what: str) -> int:
    """Return an integer of at most 64 bits, written plainly or as a power such as 2^20."""
    power = _POWER.fullmatch(text)
    try:
        if power:
            base, exponent = int(power[1]), int(power[2])
            value = base**exponent if exponent <= MAX_BITS else 1 << MAX_BITS
        elif _INTEGER.fullmatch(text):
            value = int(text)
        else:
            raise ValueError
    except ValueError:
        raise ParameterError(f"{what} must be an integer, such as 1024 or 2^20, not {text!r}") from None
    if value.bit_length() >= MAX_BITS:
        raise ParameterError(f"{what} must fit {MAX_BITS} bits, not be {text}")
    return value


def parameters_of(cls: type) -> dict[str, bool]:
    """Return the parameters of a class's constructor, and whether each must be given."""
    constructor = getattr(cls, "__init__")  # noqa: B009
    if constructor is object.__init__:
        return {}
    _, *taken = inspect.signature(constructor).parameters.values()
    return {
        parameter.name: parameter.default is parameter.empty
        for parameter in taken
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }


def construct(cls: type, name: str, settings: Settings) -> Any:
    """Return an instance of a class made with settings, exactly those that it takes."""
    parameters = parameters_of(cls)
    for given in settings:
        if given not in parameters:
            raise ParameterError(f"{name} has no parameter '{given}'{_hint(given, list(parameters))}")
    missing = [parameter for parameter, needed in parameters.items() if needed and parameter not in settings]
    if missing:
        wanted = " ".join(f"--set {parameter}=..." for parameter in missing)
        raise ParameterError(f"{name} needs {wanted}")
    values = {given: _value(cls, given, text) for given, text in settings.items()}
    try:
        return cls(**values)
    except StreamSSMError:
        raise
    except Exception as error:  # the class is the user's: whatever it raises is told
        given = ", ".join(f"{key}={value}" for key, value in settings.items())
        raise ParameterError(f"{name}({given}) cannot be made: {one_line(error)}") from error


def _value(cls: type, name: str, text: str) -> int | str:
    """Return a setting as its annotation wants it: text where that allows a str, else an integer."""
    wanted = inspect.signature(getattr(cls, "__init__")).parameters[name].annotation  # noqa: B009
    if "str" in re.findall(r"\w+", wanted if isinstance(wanted, str) else inspect.formatannotation(wanted)):
        return text
    return parse_integer(text, f"--set {name}")


def _hint(given: str, parameters: list[str]) -> str:
    if not parameters:
        return "; it takes none"
    close = get_close_matches(given, parameters, n=1)
    return f"; did you mean '{close[0]}'?" if close else f"; it takes {', '.join(parameters)}"


def one_line(error: BaseException) -> str:
    """Return an exception's type and text without line breaks."""
    return " ".join(f"{type(error).__name__}: {error}".split())
