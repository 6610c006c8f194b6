from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.integer[Any]]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]

class Stop(NamedTuple):
    kind: str
    position: int
    index: int  # type: ignore[assignment]

class LaneStop(NamedTuple):
    kind: str
    position: int
    index: int  # type: ignore[assignment]
    lane: int

def available_isas() -> tuple[str, ...]: ...

class VirtualMachine:
    num_state: int
    num_fields: int
    num_outputs: int
    num_instructions: int
    word_bits: int
    def __init__(
        self,
        *,
        instructions: Int32s,
        constants: Int64s,
        tables: Int64s,
        terms: Int32s,
        weights: Int64s,
        biases: Int64s,
        num_state: int,
        num_slots: int,
        next_slots: Int32s,
        output_slots: Int32s,
        error_slot: int,
        field_lo: Int64s,
        field_hi: Int64s,
        word_bits: int,
    ) -> None: ...
    def run(
        self,
        columns: Sequence[Ints],
        state: Int64s,
        out: Int64s | None = None,
        *,
        num_tokens: int | None = None,
    ) -> Stop: ...
    def run_lanes(
        self,
        columns: Sequence[Ints],
        state: Int64s,
        out: Ints | None = None,
        *,
        coverage: npt.NDArray[np.uint8] | None = None,
        isa: str | None = None,
        num_tokens: int | None = None,
    ) -> LaneStop: ...
