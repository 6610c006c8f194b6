from typing import TypeVar

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", np.complex64, np.complex128)

def parts(array: npt.NDArray[np.complexfloating]) -> npt.NDArray[np.floating]: ...
def diagonal(
    a: npt.NDArray[Number], b: npt.NDArray[Number], state: npt.NDArray[Number]
) -> npt.NDArray[Number]: ...
