"""Streams as text for a command line: ``0 3 1; 2 1 0 *255`` is one token and then 255 equal ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from streamssm.errors import TokenError

MAX_TOKENS = 10**7


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


def parse_stream(text: str) -> tuple[tuple[int, ...], ...]:
    """Return the tokens of a text; an empty text is a stream of no tokens.

    >>> parse_stream("0 3; 2 1 *2")
    ((0, 3), (2, 1), (2, 1))

    Raises
    ------
    TokenError
        If a part is not integers, with a repetition ``*COUNT`` at most at its end.
    """
    tokens: list[tuple[int, ...]] = []
    parts = text.split(";") if text.strip() else []
    for position, part in enumerate(parts):
        words = part.split()
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


def _integer(text: str, position: int, what: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise TokenError(f"part {position} of the stream: {what} must be an integer, not {text!r}") from None
