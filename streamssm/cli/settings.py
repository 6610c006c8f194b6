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
_SEQUENCE = re.compile(r"(?:tuple|list|Tuple|List|Sequence|Iterable)\b")
MAX_BITS = 64
BOOLS = {"true": True, "1": True, "false": False, "0": False}
EXAMPLES = {"int": "1,2,3", "bool": "true,false", "str": "a,b"}

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


def _value(cls: type, name: str, text: str) -> Any:
    """Convert a setting by the parameter's annotation, or by the type of its default; else to an integer."""
    parameter = inspect.signature(getattr(cls, "__init__")).parameters[name]  # noqa: B009
    annotation, default = parameter.annotation, parameter.default
    if annotation is parameter.empty:
        known = isinstance(default, (bool, str, float, tuple, list))
        annotation = type(default).__name__ if known else "int"
    elif not isinstance(annotation, str):
        annotation = inspect.formatannotation(annotation)
    return parse_value(text, annotation, f"--set {name}")


def parse_value(text: str, annotation: str, name: str) -> Any:
    """Return the value that a text stands for, by the type of the parameter.

    A text is itself, a bool is true or false, 1 or 0, a sequence is separated by commas.

    >>> parse_value("2^20", "int", "n"), parse_value("true", "bool", "b")
    (1048576, True)
    >>> parse_value("1,2", "tuple[int, ...]", "t")
    (1, 2)
    """
    kinds = _alternatives(annotation)
    if "None" in kinds and text.lower() == "none" and "str" not in kinds:
        return None
    if "str" in kinds:
        return text
    if "bool" in kinds:
        if text.lower() not in BOOLS:
            raise ParameterError(f"{name} must be a bool, true or false, not {text!r}")
        return BOOLS[text.lower()]
    sequence = next((kind for kind in kinds if _SEQUENCE.match(kind)), None)
    if sequence is not None and not ("int" in kinds and "," not in text):
        return _sequence(text, sequence, name)
    if "int" in kinds:
        return parse_integer(text, name)
    raise ParameterError(
        f"{name} is of type {annotation}, which only Python can set: construct the class there"
    )


def _sequence(text: str, kind: str, name: str) -> tuple[Any, ...]:
    """Return a tuple of integers, bools or texts; it may be in parentheses, and empty."""
    elements = re.split(r"[\[,\]]", kind)[1:2]
    element = elements[0].strip() if elements else "int"
    inner = text.strip().removeprefix("(").removesuffix(")").strip().removesuffix(",")
    parts = [part.strip() for part in inner.split(",")] if inner else []
    if element not in EXAMPLES or "[" in kind[kind.find("[") + 1 :]:
        raise ParameterError(
            f"{name} is of type {kind}, which only Python can set: construct the class there"
        )
    try:
        return tuple(parse_value(part, element, name) for part in parts)
    except ParameterError:
        example = EXAMPLES[element]
        raise ParameterError(
            f"{name} must be values of type {element}, separated by commas, such as {example}, not {text!r}"
        ) from None


def _alternatives(annotation: str) -> list[str]:
    """Return the types of a union.

    >>> _alternatives("str | Sequence[int | None]"), _alternatives("typing.Optional[int]")
    (['str', 'Sequence[int | None]'], ['int', 'None'])
    """
    bare = re.sub(r"\b(?:typing|collections\.abc|builtins)\.", "", annotation).strip().strip("\"'")
    optional = re.fullmatch(r"Optional\[(.*)\]", bare)
    if optional:
        return [*_alternatives(optional[1]), "None"]
    union = re.fullmatch(r"Union\[(.*)\]", bare)
    separator = "," if union else "|"
    parts, depth = [""], 0
    for letter in union[1] if union else bare:
        depth += (letter == "[") - (letter == "]")
        if letter == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _hint(name: str, parameters: list[str]) -> str:
    if not parameters:
        return "; it has none"
    close = get_close_matches(name, parameters, n=1)
    return f"; did you mean '{close[0]}'?" if close else f"; it has {', '.join(parameters)}"


def one_line(error: BaseException) -> str:
    """Return an exception's type and text without line breaks."""
    return " ".join(f"{type(error).__name__}: {error}".split())
