"""The range of every signal of a network, and which gadgets do what they claim.

A twin is an expression graph beside the network: a gadget that keeps its kind's rule adds its meaning,
another one its neurons. Ranges are proven on that graph, so what a condition says of a word counts:
``x - k`` is not negative where ``x >= k``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from streamssm.errors import ParameterError
from streamssm.ir.builder import MAX_MAGNITUDE, GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ssm import gadgets
from streamssm.ssm.network import Gadget, ReluNet, Signal


class RangeAnalysis:
    """Grows with a network; ``nodes[i]`` and ``range(i)`` belong to signal i."""

    def __init__(self, inputs: Iterable[Signal]) -> None:
        self.builder = GraphBuilder()
        self.nodes = [self.builder.field(i, signal.range) for i, signal in enumerate(inputs)]

    def range(self, signal: int) -> Range:
        return self.builder.range(self.nodes[signal])

    def add(self, gadget: Gadget) -> bool:
        """Add the signal that a gadget makes; tell whether the gadget's meaning holds."""
        ranges = [self.range(signal) for signal in gadget.inputs]
        _require_magnitude(gadget, ranges)
        kept = gadgets.holds(gadget, ranges)
        values = gadgets.summary(gadget) if kept else None
        if values is not None:
            self.nodes.append(self.builder.field(len(self.nodes), values))
        else:
            build = gadgets.meaning if kept else gadgets.weights
            self.nodes.append(build(self.builder, gadget, [self.nodes[signal] for signal in gadget.inputs]))
        return kept


@dataclass(frozen=True)
class Analysis:
    """``ranges[i]`` of signal i, wherever the inputs lie in theirs; ``holds[g]`` of gadget g."""

    ranges: tuple[Range, ...]
    holds: tuple[bool, ...]


def analyse(net: ReluNet) -> Analysis:
    """Find every signal's range and which gadgets keep their kind's rule there.

    Raises
    ------
    ParameterError
        If an intermediate value could pass 2^62; it names the gadget.
    """
    twin = RangeAnalysis(net.inputs)
    kept = tuple(twin.add(gadget) for gadget in net.gadgets)
    return Analysis(tuple(twin.range(signal) for signal in range(net.num_signals)), kept)


def _require_magnitude(gadget: Gadget, ranges: list[Range]) -> None:
    values = list(ranges)
    for neuron in gadget.hidden:
        found = neuron.interval(ranges)
        _require_small(gadget, found)
        values.append(Range(max(found.lo, 0), max(found.hi, 0)))
    _require_small(gadget, gadget.output.interval(values))


def _require_small(gadget: Gadget, values: Range) -> None:
    if max(abs(values.lo), abs(values.hi)) >= MAX_MAGNITUDE:
        raise ParameterError(f"a value inside gadget {gadget.name} must stay below 2^62, not reach {values}")
