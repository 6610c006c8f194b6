"""Class parameters: ``--set name=value``."""

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
    """Split ``name=value`` texts; `construct` converts the values by the annotations of the class.

    >>> parse_settings(["n=2^20", "pattern=abab"])
    {'n': '2^20', 'pattern': 'abab'}
    """
    settings: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name.isidentifier():
            raise ParameterError(f"--set must be NAME=VALUE, such as n=1024, not {text!r}")
        if name in settings:
            raise ParameterError(f"--set {name} is given twice")
        settings[name] = value
    return settings


def parse_integer(text: str, name: str) -> int:
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
        raise ParameterError(f"{name} must be an integer, such as 1024 or 2^20, not {text!r}") from None
    if value.bit_length() >= MAX_BITS:
        raise ParameterError(f"{name} must fit in {MAX_BITS} bits, and {text} does not")
    return value


def parameters_of(cls: type) -> dict[str, bool]:
    """Return the parameters of a class's constructor, and whether each is required."""
    constructor = getattr(cls, "__init__")  # noqa: B009
    if constructor is object.__init__:
        return {}
    _, *parameters = inspect.signature(constructor).parameters.values()
    return {
        parameter.name: parameter.default is parameter.empty
        for parameter in parameters
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }


def construct(cls: type, name: str, settings: Settings) -> Any:
    """Construct a class from settings; raise ParameterError if one is unknown or missing."""
    parameters = parameters_of(cls)
    for setting in settings:
        if setting not in parameters:
            raise ParameterError(f"{name} has no parameter '{setting}'{_hint(setting, list(parameters))}")
    missing = [parameter for parameter, needed in parameters.items() if needed and parameter not in settings]
    if missing:
        options = " ".join(f"--set {parameter}=..." for parameter in missing)
        raise ParameterError(f"{name} needs {options}")
    values = {setting: _value(cls, setting, text) for setting, text in settings.items()}
    try:
        return cls(**values)
    except StreamSSMError:
        raise
    except Exception as error:  # user code may raise anything
        arguments = ", ".join(f"{key}={value}" for key, value in settings.items())
        raise ParameterError(f"{name}({arguments}) cannot be constructed: {one_line(error)}") from error


def _value(cls: type, name: str, text: str) -> int | str:
    """Convert a setting by its annotation: text if that allows str, else an integer."""
    annotation = inspect.signature(getattr(cls, "__init__")).parameters[name].annotation  # noqa: B009
    if not isinstance(annotation, str):
        annotation = inspect.formatannotation(annotation)
    if "str" in re.findall(r"\w+", annotation):
        return text
    return parse_integer(text, f"--set {name}")


def _hint(name: str, parameters: list[str]) -> str:
    if not parameters:
        return "; it has none"
    close = get_close_matches(name, parameters, n=1)
    return f"; did you mean '{close[0]}'?" if close else f"; it has {', '.join(parameters)}"


def one_line(error: BaseException) -> str:
    """Return an exception's type and text without line breaks."""
    return " ".join(f"{type(error).__name__}: {error}".split())
