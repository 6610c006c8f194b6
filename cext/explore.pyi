import numpy as np
import numpy.typing as npt

from streamssm.cext.program_vm import VirtualMachine

Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]

class Search:
    @property
    def transitions(self) -> int: ...
    @property
    def states(self) -> int: ...
    @property
    def depth(self) -> int: ...
    def path(self, index: int) -> list[tuple[int, ...]]: ...

class Explorer(Search):
    def __init__(
        self,
        a: VirtualMachine,
        b: VirtualMachine,
        *,
        state_lo_a: Int64s,
        state_bits_a: Int64s,
        initial_a: Int64s,
        state_lo_b: Int64s,
        state_bits_b: Int64s,
        initial_b: Int64s,
        field_lo: Int64s,
        field_hi: Int64s,
        max_states: int,
    ) -> None: ...
    def expand(self, max_transitions: int) -> str: ...
    @property
    def difference(self) -> tuple[int, tuple[int, ...]] | None: ...
    def state(self, index: int) -> tuple[tuple[int, ...], tuple[int, ...]]: ...

class Tabulator(Search):
    def __init__(
        self,
        machine: VirtualMachine,
        *,
        state_lo: Int64s,
        state_bits: Int64s,
        initial: Int64s,
        field_lo: Int64s,
        field_hi: Int64s,
        max_states: int,
    ) -> None: ...
    def expand(self, max_transitions: int) -> str: ...
    @property
    def stopped(self) -> list[tuple[int, ...]] | None: ...
    def tables(self) -> tuple[Int32s, Int32s]: ...
    def outputs(self) -> Int64s: ...
    def state(self, index: int) -> tuple[int, ...]: ...
    def words(self, indices: Int32s) -> Int64s: ...
