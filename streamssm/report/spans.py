"""Equal words of an array in one: ``a[0]``, ``a[1]``, ``a[2]`` are ``a[0..2]``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any


def indexed(name: str) -> tuple[str, int] | None:
    """Return the array and the index that a word's name says.

    >>> indexed("a[12]"), indexed("a")
    (('a', 12), None)
    """
    match = re.fullmatch(r"(.+)\[(0|[1-9][0-9]{0,17})\]", name, re.DOTALL)
    return (match[1], int(match[2])) if match else None


def runs(names: Sequence[str], alike: Sequence[Any]) -> Iterator[range]:
    """Yield the places of neighbours that are words of one array, with indices in order, and alike."""
    start, words = 0, [indexed(name) for name in names]
    for place in range(1, len(names) + 1):
        if place == len(names) or not _follows(words, alike, place):
            yield range(start, place)
            start = place


def _follows(words: Sequence[tuple[str, int] | None], alike: Sequence[Any], place: int) -> bool:
    before, word = words[place - 1], words[place]
    if before is None or word is None:
        return False
    return word == (before[0], before[1] + 1) and alike[place - 1] == alike[place]


def span(names: Sequence[str]) -> str:
    """Return one name for a run of words.

    >>> span(["a[3]", "a[4]", "a[5]"]), span(["value"])
    ('a[3..5]', 'value')
    """
    last = indexed(names[-1])
    if len(names) == 1 or last is None:
        return names[0]
    return f"{names[0][:-1]}..{last[1]}]"


def spans(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names with runs in one.

    >>> spans(["key", "a[0]", "a[1]", "a[3]"])
    ('key', 'a[0..1]', 'a[3]')
    """
    return tuple(span(names[run.start : run.stop]) for run in runs(names, [None] * len(names)))
