import numpy as np
import numpy.typing as npt

from streamssm.cext.program_vm import Machine

Int64s = npt.NDArray[np.int64]

class Explorer:
    def __init__(
        self,
        a: Machine,
        b: Machine,
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
    def transitions(self) -> int: ...
    @property
    def states(self) -> int: ...
    @property
    def depth(self) -> int: ...
    @property
    def difference(self) -> tuple[int, tuple[int, ...]] | None: ...
    def path(self, index: int) -> list[tuple[int, ...]]: ...
    def state(self, index: int) -> tuple[tuple[int, ...], tuple[int, ...]]: ...
