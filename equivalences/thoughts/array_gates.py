"""Gates of arrays that are sent through write ports, added to the gates of the other words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streamssm.equivalences.thoughts.plan import PortPlan
from streamssm.ir.ranges import Range
from streamssm.ssm.arrays import Port, gate_range, word_gates
from streamssm.ssm.gadgets import make_gadget
from streamssm.ssm.network import ReluNet


def port_of(port: PortPlan, where: int, value: int) -> Port:
    """Return a planned port with its signals."""
    return Port(where, value, port.indices.lo, port.indices.hi, port.index is None)


class ArrayGates:
    """Extends a network by the gates of arrays; ``ranges`` are those of the signals that ports refer to."""

    def __init__(self, net: ReluNet, ranges: Mapping[int, Range]) -> None:
        self.inputs = net.inputs
        self.outputs = dict(net.outputs)
        self.gadgets = list(net.gadgets)
        self.ranges = {**dict(enumerate(word.range for word in net.inputs)), **ranges}
        self.signals: dict[tuple[str, tuple[int, ...], tuple[int, ...]], int] = {}
        self.label = ""

    def add(self, names: Sequence[str], ports: Sequence[Port]) -> None:
        """Add the gates of an array with words of these names."""
        for position, name in enumerate(names):
            self.label = f"A[{name}], B[{name}]"
            self.outputs[f"A[{name}]"], self.outputs[f"B[{name}]"] = word_gates(ports, position, self.emit)

    def emit(self, kind: str, params: tuple[int, ...], inputs: tuple[int, ...]) -> int:
        """Return the signal of a gadget; equal gadgets are shared."""
        key = (kind, params, inputs)
        if key not in self.signals:
            ranges = tuple(self.ranges[signal] for signal in inputs)
            self.signals[key] = len(self.inputs) + len(self.gadgets)
            self.gadgets.append(make_gadget(kind, params, inputs, ranges, self.label))
            self.ranges[self.signals[key]] = gate_range(kind, params, ranges)
        return self.signals[key]

    def finish(self, names: Sequence[str]) -> ReluNet:
        """Return the network; its outputs are A and then B of the words of these names, in order."""
        rows = [f"{gate}[{name}]" for gate in "AB" for name in names]
        return ReluNet(self.inputs, tuple(self.gadgets), tuple((row, self.outputs[row]) for row in rows))
