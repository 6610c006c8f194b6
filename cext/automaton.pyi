from typing import Any, overload

import numpy as np
import numpy.typing as npt

Int32s = npt.NDArray[np.int32]
Symbols = npt.NDArray[np.integer[Any]]

def reachable(next_state: Int32s, initial: int) -> Int32s: ...
def minimize(next_state: Int32s, output: Int32s, initial: int) -> tuple[Int32s, Int32s]: ...
def distinguish(
    next_state_a: Int32s,
    output_a: Int32s,
    initial_a: int,
    next_state_b: Int32s,
    output_b: Int32s,
    initial_b: int,
) -> Int32s | None: ...
@overload
def run(next_state: Int32s, output: Int32s, symbols: Symbols, initial: int) -> tuple[Int32s, Int32s]: ...
@overload
def run(next_state: Int32s, output: None, symbols: Symbols, initial: int) -> tuple[Int32s, None]: ...
@overload
def run_lanes(
    next_state: Int32s, output: Int32s, symbols: Symbols, initial: Int32s
) -> tuple[Int32s, Int32s]: ...
@overload
def run_lanes(next_state: Int32s, output: None, symbols: Symbols, initial: Int32s) -> tuple[Int32s, None]: ...
