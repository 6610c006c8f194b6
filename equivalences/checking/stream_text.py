"""Streams as text for a command line: ``0 3 1; 2 1 0 *255`` is one token and then 255 equal ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from streamssm.errors import TokenError
from streamssm.ir.vocabulary import Vocabulary

MAX_TOKENS = 10**7
_INTEGER = re.compile(r"[+-]?\d+")


def format_stream(tokens: Sequence[Sequence[int]]) -> str:
    """Return tokens as text.

    >>> format_stream([(0, 3), (2, 1), (2, 1)])
    '0 3; 2 1 *2'
    """
    parts = []
    for token, same in groupby(tuple(token) for token in tokens):
        count = sum(1 for _ in same)
        words = [*map(str, token), *([f"*{count}"] if count > 1 else [])]
        parts.append(" ".join(words))
    return "; ".join(parts)


def parse_stream(text: str, vocabulary: Vocabulary | None = None) -> tuple[tuple[int, ...], ...]:
    """Return the tokens of a text; an empty text is a stream of no tokens.

    With a vocabulary, a token that is not an integer is the name of a symbol.

    >>> parse_stream("0 3; 2 1 *2")
    ((0, 3), (2, 1), (2, 1))

    Raises
    ------
    TokenError
        If a part is not a list of integers, with an optional repetition ``*COUNT`` at its end.
    """
    tokens: list[tuple[int, ...]] = []
    parts = text.split(";") if text.strip() else []
    for position, part in enumerate(parts):
        words = _numbered(part, position, vocabulary)
        count = 1
        if words and words[-1].startswith("*"):
            count = _integer(words.pop()[1:], position, "a repetition")
            left = MAX_TOKENS - len(tokens)
            if not 1 <= count <= left:
                raise TokenError(
                    f"part {position} of the stream: a token must be repeated 1 to {left} times, not {count}"
                )
        tokens.extend([tuple(_integer(word, position, "a field") for word in words)] * count)
    return tuple(tokens)


def _numbered(part: str, position: int, vocabulary: Vocabulary | None) -> list[str]:
    """Return the words of a part of the stream, with the name of a symbol replaced by its number."""
    if vocabulary is None:
        return part.split()
    name, star, count = part.strip().rpartition(" *")
    if not star or not count.isdigit():
        name, count = part.strip(), "1"
    if _INTEGER.fullmatch(name):
        return part.split()
    if name not in vocabulary.numbers:
        known = ", ".join(vocabulary.symbols)
        raise TokenError(f"part {position} of the stream: a symbol must be one of {known}, not {name!r}")
    return [str(vocabulary.numbers[name]), f"*{count}"]


def _integer(text: str, position: int, role: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise TokenError(f"part {position} of the stream: {role} must be an integer, not {text!r}") from None
