"""Spans: ``a[0..2]`` stands for the array words ``a[0]``, ``a[1]``, ``a[2]``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

ARRAY = re.compile(r"(.+)\[(0|[1-9][0-9]{0,17})\]", re.DOTALL)
NUMBERED = re.compile(r"(.+)_(0|[1-9][0-9]{0,17})", re.DOTALL)  # a tuple of outputs: output_0, output_1


def indexed(name: str, form: re.Pattern[str] = ARRAY) -> tuple[str, int] | None:
    """Split a word's name into array and index.

    >>> indexed("a[12]"), indexed("a"), indexed("output_3", NUMBERED)
    (('a', 12), None, ('output', 3))
    """
    match = form.fullmatch(name)
    return (match[1], int(match[2])) if match else None


def runs(
    names: Sequence[str], alike: Sequence[Any], forms: Sequence[re.Pattern[str]] = (ARRAY,)
) -> Iterator[range]:
    """Yield maximal runs of adjacent names of one array with consecutive indices and equal ``alike``."""
    start, words = 0, [[indexed(name, form) for form in forms] for name in names]
    for index in range(1, len(names) + 1):
        if index < len(names) and alike[index - 1] == alike[index]:
            if any(map(_follows, words[index - 1], words[index])):
                continue
        if names:
            yield range(start, index)
            start = index


def _follows(before: tuple[str, int] | None, word: tuple[str, int] | None) -> bool:
    return before is not None and word == (before[0], before[1] + 1)


def span(names: Sequence[str]) -> str:
    """Return one name for a run of words.

    >>> span(["a[3]", "a[4]", "a[5]"]), span(["value"]), span(["output_0", "output_1"])
    ('a[3..5]', 'value', 'output_0..1')
    """
    last, numbered = indexed(names[-1]), indexed(names[-1], NUMBERED)
    if len(names) == 1 or (last is None and numbered is None):
        return names[0]
    return f"{names[0][:-1]}..{last[1]}]" if last else f"{names[0]}..{numbered[1] if numbered else ''}"


def spans(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names, with each run merged into a span.

    >>> spans(["key", "a[0]", "a[1]", "a[3]"])
    ('key', 'a[0..1]', 'a[3]')
    """
    return tuple(span(names[run.start : run.stop]) for run in runs(names, [None] * len(names)))
