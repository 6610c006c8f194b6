"""Comparison of one form of an algorithm with plain Python; differing streams are shrunk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from streamssm.equivalences.checking.sides import Values
from streamssm.errors import PrecisionError
from streamssm.testing.execution_forms import Forms, Stream

Run = Callable[[Stream], list[Values]]

MAX_TRIES = 500


@dataclass(frozen=True)
class Difference:
    """A stream whose last token shows a difference, and the outputs of both sides after it."""

    stream: Stream
    expected: Values
    actual: str


def require_equal(
    forms: Forms, form: str, streams: Iterable[Stream], run: Run, *, shorten: bool = True
) -> None:
    """Raise CheckFailedError unless a run gives plain Python's outputs before the first token and after each.

    ``shorten`` allows ``run`` to be called on other streams, to find a shorter one that shows a difference.
    """
    for stream in streams:
        difference = _difference(forms, stream, run)
        if difference is not None:
            if shorten:
                difference = _shortened(forms, difference, run)
            count = len(difference.stream)
            text = f"plain Python gives {difference.expected} and {form} {difference.actual}"
            raise forms.failure(f"{text}, {count} token{'s' * (count != 1)} in", difference.stream)


def _difference(forms: Forms, stream: Stream, run: Run) -> Difference | None:
    """Return the first difference on a stream; a run that raises differs at the end of the stream."""
    expected = forms.outputs(stream)
    try:
        actual = run(stream)
    except PrecisionError as error:
        return Difference(stream, expected[-1], f"stops ({error})")
    for position, (left, right) in enumerate(zip(expected, actual, strict=True)):
        if left != right:
            return Difference(stream[:position], left, str(right))
    return None


def _shortened(forms: Forms, difference: Difference, run: Run) -> Difference:
    """Shrink a differing stream (delta debugging): remove runs of tokens, long ones first."""
    tries = 0
    size = (len(difference.stream) + 1) // 2
    while size and tries < MAX_TRIES:
        start = 0
        while start < len(difference.stream) and tries < MAX_TRIES:
            tries += 1
            stream = difference.stream
            shorter = _difference(forms, forms.accepted((*stream[:start], *stream[start + size :])), run)
            if shorter is None:
                start += size
            else:
                difference = shorter
        size //= 2
    return difference
