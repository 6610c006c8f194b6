"""``argmin`` and ``argmax``: the index of the least or greatest word of a sequence, the first on ties."""

from __future__ import annotations

from collections.abc import Iterable

from streamssm.errors import ParameterError


def argmin(values: Iterable[int]) -> int:
    """Return the index of the least value, the first on ties.

    >>> argmin((3, 1, 4, 1))
    1

    Raises
    ------
    ParameterError
        If the sequence is empty.
    """
    words = _words(values, "argmin")
    return words.index(min(words))


def argmax(values: Iterable[int]) -> int:
    """Return the index of the greatest value, the first on ties.

    >>> argmax((3, 5, 4, 5))
    1

    Raises
    ------
    ParameterError
        If the sequence is empty.
    """
    words = _words(values, "argmax")
    return words.index(max(words))


def _words(values: Iterable[int], name: str) -> list[int]:
    words = list(values)
    if not words:
        raise ParameterError(f"{name} of an empty sequence")
    return words
