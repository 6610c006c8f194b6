"""Validation of a machine's code, once, when it is constructed and before a kernel may run it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from streamssm.errors import ParameterError

IntArray = npt.NDArray[np.signedinteger[Any]]

TABLE, NEURON, LOAD, STORE, NUM_OPCODES = 18, 19, 20, 21, 22
INT32_LO, INT32_HI = -(2**31), 2**31 - 1

# how many of the columns a, b, c are slots that the opcode reads
READS = np.array([1] + [2] * 16 + [3, 1, 0, 1, 3])
SHAPES: Mapping[str, tuple[type, int]] = {
    "instructions": (np.int32, 2),
    "constants": (np.int64, 1),
    "tables": (np.int64, 1),
    "terms": (np.int32, 1),
    "weights": (np.int64, 1),
    "biases": (np.int64, 1),
    "next_slots": (np.int32, 1),
    "output_slots": (np.int32, 1),
    "field_lo": (np.int64, 1),
    "field_hi": (np.int64, 1),
}


def require(condition: bool | np.bool_, message: str) -> None:
    """Raise ParameterError with the message unless the condition holds."""
    if not condition:
        raise ParameterError(message)


def require_array(name: str, value: object, dtype: type, ndim: int) -> IntArray:
    """Return the array, C-contiguous; its dtype and number of dimensions must be exactly these."""
    if not isinstance(value, np.ndarray) or value.dtype != np.dtype(dtype) or value.ndim != ndim:
        got = f"{value.dtype} of {value.ndim}" if isinstance(value, np.ndarray) else type(value).__name__
        raise ParameterError(f"{name} must be an array of {np.dtype(dtype)} of {ndim} dimensions, not {got}")
    return np.ascontiguousarray(value)


def require_count(name: str, value: object, lo: int) -> int:
    """Return the integer, which must lie in [lo, 2^31)."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not lo <= value <= INT32_HI:
        raise ParameterError(f"{name} must be an integer in [{lo}, {INT32_HI}], not {value!r}")
    return int(value)


def check_code(
    arrays: Mapping[str, object], *, num_state: int, num_slots: int, error_slot: int, word_bits: int
) -> dict[str, IntArray]:
    """Return the arrays ready for a kernel; every slot, term and table that they name is in bounds.

    Raises
    ------
    ParameterError
        At the first fault.
    """
    ready = {name: require_array(name, arrays[name], *spec) for name, spec in SHAPES.items()}
    require_count("num_state", num_state, 0)
    require_count("num_slots", num_slots, 0)
    require_count("error_slot", error_slot, -1)
    require(word_bits in (32, 64), f"word_bits must be 32 or 64, not {word_bits!r}")
    require(ready["instructions"].shape[1] == 6, "instructions must have 6 columns")
    require(len(ready["weights"]) == len(ready["terms"]), "weights must be as many as terms")
    require(len(ready["field_hi"]) == len(ready["field_lo"]), "field_hi must be as many as field_lo")
    require((ready["field_lo"] <= ready["field_hi"]).all(), "field_lo must not exceed field_hi")
    require(
        len(ready["next_slots"]) == num_state, f"next_slots must name {num_state} slots, one per state word"
    )
    if word_bits == 32:
        check_words32(ready)
    first_constant = num_state + len(ready["field_lo"])
    first_temporary = first_constant + len(ready["constants"])
    require(first_temporary <= num_slots, f"num_slots must be at least {first_temporary}, not {num_slots}")
    check_operands(ready, num_state)
    check_dataflow(ready, first_constant, first_temporary, num_state, num_slots, error_slot)
    return ready


def check_words32(ready: Mapping[str, IntArray]) -> None:
    """Require that the visible numbers of code for 32-bit words fit 32 bits."""
    for name in ("constants", "tables", "field_lo", "field_hi"):
        values = ready[name]
        fits = not len(values) or (values.min() >= INT32_LO and values.max() <= INT32_HI)
        require(fits, f"{name} must fit 32 bits where word_bits is 32")


def check_operands(ready: Mapping[str, IntArray], num_state: int) -> None:
    """Require valid opcodes, term ranges, biases, and a table or a state where one is indexed."""
    op, _, a, b, _, extra = ready["instructions"].T.astype(np.int64)
    require(((op >= 0) & (op < NUM_OPCODES)).all(), f"opcodes must lie in [0, {NUM_OPCODES})")
    require(
        len(ready["tables"]) > 0 or not (op == TABLE).any(), "tables must not be empty where TABLE reads them"
    )
    uses_state = (op == LOAD) | (op == STORE)
    require(num_state > 0 or not uses_state.any(), "num_state must be positive where LOAD or STORE is used")
    first, count, bias = (column[op == NEURON] for column in (a, b, extra))
    require(
        ((first >= 0) & (count >= 0) & (first + count <= len(ready["terms"]))).all(),
        "the terms of every NEURON must lie within terms",
    )
    require(
        ((bias >= 0) & (bias < len(ready["biases"]))).all(), "the bias of every NEURON must lie within biases"
    )


def check_dataflow(
    ready: Mapping[str, IntArray],
    first_constant: int,
    first_temporary: int,
    num_state: int,
    num_slots: int,
    error_slot: int,
) -> None:
    """Require slots in bounds, constants never written, and no temporary read before it is written."""
    code = ready["instructions"].astype(np.int64)
    end = len(code)
    writers = np.flatnonzero(code[:, 0] != STORE)
    written = code[writers, 1]
    require_slots("dst", written, num_slots)
    require(
        not ((written >= first_constant) & (written < first_temporary)).any(),
        "dst must not be the slot of a constant",
    )
    written_at = np.full(num_slots, -1)  # the instruction that first writes the slot
    written_at[first_temporary:] = end + 1
    np.minimum.at(written_at, written, writers)

    def require_written(name: str, slots: IntArray, at: IntArray | int) -> None:
        require_slots(name, slots, num_slots)
        require((written_at[slots] < at).all(), f"{name} must not read a temporary before it is written")

    for column, name in ((2, "a"), (3, "b"), (4, "c")):
        at = np.flatnonzero(READS[code[:, 0]] >= column - 1)
        require_written(name, code[at, column], at)
    neurons = np.flatnonzero(code[:, 0] == NEURON)
    counts = code[neurons, 3]
    starts = np.repeat(code[neurons, 2] - np.cumsum(counts) + counts, counts)
    require_written(
        "terms", ready["terms"][starts + np.arange(counts.sum())].astype(np.int64), np.repeat(neurons, counts)
    )
    require_written("output_slots", ready["output_slots"].astype(np.int64), end + 1)
    next_slots = ready["next_slots"].astype(np.int64)
    require_written("next_slots", next_slots, end + 1)
    in_place = next_slots == np.arange(num_state)
    require(
        (in_place | (next_slots >= num_state)).all(),
        "next_slots must name the word itself or a slot past the state",
    )
    if error_slot >= 0:
        require_written("error_slot", np.array([error_slot]), end + 1)


def require_slots(name: str, slots: IntArray, num_slots: int) -> None:
    """Require that every slot lies in [0, num_slots)."""
    require(((slots >= 0) & (slots < num_slots)).all(), f"{name} must lie in [0, {num_slots})")
