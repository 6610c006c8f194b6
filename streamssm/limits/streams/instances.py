"""Default streams for programs: instances of function composition, or random tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError
from streamssm.ir.words import Word
from streamssm.limits.streams.composition_streams import CompositionBlocks, CompositionStream
from streamssm.limits.streams.orders import BLOCK_TOKENS, LAST_TOKENS

Columns = list[NDArray[Any]]


def composed_values(fields: Sequence[Word]) -> int | None:
    """Return N if the tokens are those of composing functions on [0, N), else None."""
    if tuple(word.name for word in fields) not in (BLOCK_TOKENS, LAST_TOKENS):
        return None
    return next(word.range.size for word in fields if word.name == "image")


def instance(fields: Sequence[Word], *, length: int | None = None, seed: int = 0) -> Columns:
    """Return a random stream as columns: an instance of composition, or else random tokens of the fields.

    Parameters
    ----------
    length : number of tokens; 1,000 if None, and fixed by the tables for an instance of composition

    Raises
    ------
    ParameterError
        If a length is given for an instance of composition.
    """
    n = composed_values(fields)
    if n is None:
        random = np.random.default_rng(seed)
        count = 1000 if length is None else length
        return [random.integers(w.range.lo, w.range.hi, size=count, endpoint=True) for w in fields]
    if length is not None:
        raise ParameterError(
            f"cannot choose the length {length}: the tables of composition fix it; leave it out"
        )
    k = next((word.range.hi for word in fields if word.name == "block"), 1)
    stream = (CompositionBlocks if fields[0].name == "block" else CompositionStream)(n, k, seed)
    return [np.concatenate(parts) for parts in zip(*stream.blocks(), strict=True)]
