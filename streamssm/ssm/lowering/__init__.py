"""From expression graphs to ReLU networks."""

from __future__ import annotations

from streamssm.ssm.lowering.builder import NetBuilder, NetworkValue
from streamssm.ssm.lowering.lower import Leaves, lower

__all__ = ["Leaves", "NetBuilder", "NetworkValue", "lower"]
