"""Checks of the tables of a complete deterministic machine, before a kernel reads them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np
import numpy.typing as npt

from streamssm.cext.call_checks import describe
from streamssm.errors import ParameterError, TokenError

Int32s = npt.NDArray[np.int32]
MAX_TRANSITIONS = 2**31 - 1


def require_tables(name: str, next_state: object, output: object) -> tuple[Int32s, Int32s]:
    """Return a machine's tables, C-contiguous: next (S, A) with states in it, output (S,) or (S, A)."""
    targets = require_next(name, next_state)
    return targets, require_output(name, output, targets.shape)


def require_next(name: str, next_state: object) -> Int32s:
    """Return a table of next states, shape (S, A), C-contiguous."""
    targets = require_int32s(f"next_state{name}", next_state, 2)
    num_states, num_symbols = targets.shape
    if num_states < 1 or num_symbols < 1:
        raise ParameterError(f"next_state{name} must have a state and a symbol, not shape {targets.shape}")
    if targets.size > MAX_TRANSITIONS:
        raise ParameterError(f"next_state{name} must have at most 2^31 - 1 entries, not {targets.size}")
    require_states(f"next_state{name}", targets, num_states)
    return targets


def require_output(name: str, output: object, shape: tuple[int, ...]) -> Int32s:
    """Return outputs of states, shape (S,), or of transitions, shape (S, A)."""
    if isinstance(output, np.ndarray) and output.dtype == np.int32 and output.shape in (shape[:1], shape):
        return np.require(output, np.int32, ["C", "A"])
    raise ParameterError(
        f"output{name} must be an int32 array of shape ({shape[0]},) or {shape}, not {describe(output)}"
    )


def require_int32s(name: str, array: object, ndim: int) -> Int32s:
    """Return a native int32 array of that many dimensions, C-contiguous."""
    if not isinstance(array, np.ndarray) or array.dtype != np.int32 or array.ndim != ndim:
        raise ParameterError(f"{name} must be an int32 array of {ndim} dimensions, not {describe(array)}")
    return np.require(array, np.int32, ["C", "A"])


def require_states(name: str, states: Int32s, num_states: int) -> None:
    """Require that every entry is a state's number."""
    if states.size and (states.min() < 0 or states.max() >= num_states):
        wrong = states[(states < 0) | (states >= num_states)].flat[0]
        raise ParameterError(f"{name} must hold states in [0, {num_states - 1}], not {wrong}")


def require_initial(name: str, initial: Any, num_states: int) -> int:
    """Return the initial state's number."""
    try:
        state = index(initial)
    except TypeError:
        raise ParameterError(f"{name} must be an integer, not {type(initial).__name__}") from None
    if not 0 <= state < num_states:
        raise ParameterError(f"{name} must be a state in [0, {num_states - 1}], not {state}")
    return int(state)


def require_symbols(symbols: object, ndim: int, num_symbols: int) -> npt.NDArray[np.integer[Any]]:
    """Return symbols as uint8 or int32, C-contiguous; TokenError names the first that is not a symbol."""
    if not isinstance(symbols, np.ndarray) or symbols.dtype.kind not in "iu" or symbols.ndim != ndim:
        raise ParameterError(
            f"symbols must be an integer array of {ndim} dimensions, not {describe(symbols)}"
        )
    if symbols.size and (symbols.min() < 0 or symbols.max() >= num_symbols):
        position = np.argwhere((symbols < 0) | (symbols >= num_symbols))[0].tolist()
        where = _position(position)
        raise TokenError(
            f"symbol {where} must lie in [0, {num_symbols - 1}], not be {symbols[tuple(position)]}"
        )
    return np.require(symbols, np.uint8 if symbols.dtype.itemsize == 1 else np.int32, ["C", "A"])


def _position(index: Sequence[int]) -> str:
    return f"{index[0]}" if len(index) == 1 else f"{index[0]} of lane {index[1]}"
