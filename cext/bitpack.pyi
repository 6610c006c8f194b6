import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]

def pack(values: Int64s, lo: Int64s, bits: Int64s) -> bytes: ...
def unpack(data: bytes, lo: Int64s, bits: Int64s, hi: Int64s) -> Int64s: ...
