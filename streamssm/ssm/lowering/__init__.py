"""From expression graphs to ReLU networks."""

from __future__ import annotations

from streamssm.ssm.lowering.lower import Leaves, lower
from streamssm.ssm.lowering.network_builder import NetBuilder, NetworkValue

__all__ = ["Leaves", "NetBuilder", "NetworkValue", "lower"]
