"""Twin of ``streamssm.cext.scan``: one NumPy operation per rounding."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from streamssm.errors import ParameterError

Number = TypeVar("Number", np.complex64, np.complex128)


def diagonal(
    a: npt.NDArray[Number], b: npt.NDArray[Number], state: npt.NDArray[Number]
) -> npt.NDArray[Number]:
    """Return the states of a diagonal recurrence after every step; see the kernel."""
    if not a.ndim == 2 or a.shape != b.shape or state.shape != a.shape[1:]:
        raise ParameterError(f"a, b and state must fit, not have {a.shape}, {b.shape}, {state.shape}")
    out, re, im = np.empty_like(a), state.real.copy(), state.imag.copy()
    with np.errstate(all="ignore"):
        for t in range(len(a)):
            turned = a[t].real * re - a[t].imag * im, a[t].real * im + a[t].imag * re
            re, im = turned[0] + b[t].real, turned[1] + b[t].imag
            out[t].real, out[t].imag = re, im
    return out
