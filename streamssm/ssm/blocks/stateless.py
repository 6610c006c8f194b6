"""A network without a state over a whole segment of the stream, with time steps as lanes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.runtime.execution import compiled
from streamssm.ssm.blocks.layer_nets import LayerNet

Array = NDArray[Any]


class Stateless:
    """Evaluator of a network at all steps at once."""

    def __init__(self, net: LayerNet, dtype: np.dtype[Any], backend: str = "kernel") -> None:
        self.net = net
        self.dtype = dtype
        self.machine = compiled(net.transducer, backend).machine

    def run(self, words: Sequence[Array], length: int) -> tuple[Array, tuple[int, int] | None]:
        """Return the outputs (T, W), and (position, field) of the first value out of range, if any."""
        columns = [words[index][None, :] for index in self.net.uses]
        out = np.empty((1, length, len(self.net.transducer.outputs)), dtype=self.dtype)
        stop = self.machine.run_lanes(columns, np.empty((0, length), dtype=np.int64), out, num_tokens=1)
        return out[0], (stop.lane, stop.index) if stop.kind == "token" else None
