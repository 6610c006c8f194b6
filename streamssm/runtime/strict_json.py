"""JSON of saved files, read strictly: no repeated keys, no NaN, no text that UTF-8 cannot write."""

from __future__ import annotations

import json
from typing import Any

from streamssm.errors import FormatError


def loads(text: str | bytes) -> Any:
    """Parse JSON; FormatError for what JSON readers disagree about, ValueError if it is not JSON."""
    content = json.loads(text, object_pairs_hook=_distinct, parse_constant=_refuse_constant)
    _require_text(content)
    return content


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise FormatError("the keys of a JSON object must be different")
    return content


def _refuse_constant(name: str) -> Any:
    raise FormatError(f"a number must be finite, not {name}")


def _require_text(content: Any) -> None:
    remaining = [content]
    while remaining:
        value = remaining.pop()
        if isinstance(value, str):
            if any("\ud800" <= character <= "\udfff" for character in value):
                raise FormatError(f"text must be valid Unicode, without lone surrogates, not {ascii(value)}")
        elif isinstance(value, dict):
            remaining += [*value, *value.values()]
        elif isinstance(value, list):
            remaining += value
