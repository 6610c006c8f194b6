import numpy as np
import numpy.typing as npt

UInt64s = npt.NDArray[np.uint64]

MAX_CAPACITY: int

class CollisionTable:
    @property
    def capacity(self) -> int: ...
    @property
    def count(self) -> int: ...
    def __init__(self, capacity: int) -> None: ...
    def insert(self, keys: UInt64s, labels: UInt64s, most: int) -> npt.NDArray[np.int64]: ...
