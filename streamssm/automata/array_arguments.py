"""Validation of tables given by users."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from streamssm.errors import ParameterError

KINDS = {"iu": "integers", "b": "booleans"}


def table_of(given: ArrayLike, name: str, kinds: str, dimensions: int) -> NDArray[Any]:
    """Return a table as an array; entries are never rounded or converted, except 0 and 1 to booleans.

    Parameters
    ----------
    kinds : the allowed dtype kinds, a key of `KINDS`

    Raises
    ------
    ParameterError
        If rows differ in length, or entries are of another kind.

    >>> table_of([True, False], "accepting", "b", 1).tolist()
    [True, False]
    """
    try:
        table = np.array(given)
    except ValueError:
        raise ParameterError(f"the rows of {name} must have equal lengths") from None
    if kinds == "b" and table.dtype.kind in "iu" and np.isin(table, (0, 1)).all():
        table = table.astype(bool)
    if table.ndim != dimensions or table.dtype.kind not in kinds:
        description = f"{table.dtype} of shape {table.shape}"
        raise ParameterError(f"{name} must be {KINDS[kinds]} in {dimensions} dimensions, not {description}")
    return table
