"""Range analysis of ReLU networks, and verification of the meanings that gadgets claim.

The analysis builds an expression graph of the network: the meaning of each gadget that obeys its kind's rule,
the neurons of all others. Ranges are proven on that graph, so conditions refine them: ``x - k`` is not
negative where ``x >= k``.
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
    """Incremental analysis of a growing network; ``nodes[i]`` and ``range(i)`` belong to signal i."""

    def __init__(self, inputs: Iterable[Signal]) -> None:
        self.builder = GraphBuilder()
        self.nodes = [self.builder.field(i, signal.range) for i, signal in enumerate(inputs)]

    def range(self, signal: int) -> Range:
        return self.builder.range(self.nodes[signal])

    def add(self, gadget: Gadget) -> bool:
        """Add the signal of a gadget; return whether the gadget's meaning holds."""
        ranges = [self.range(signal) for signal in gadget.inputs]
        _require_magnitude(gadget, ranges)
        holds = gadgets.holds(gadget, ranges)
        summary = gadgets.summary(gadget) if holds else None
        if summary is not None:
            self.nodes.append(self.builder.field(len(self.nodes), summary))
        else:
            build = gadgets.meaning if holds else gadgets.weights
            self.nodes.append(build(self.builder, gadget, [self.nodes[signal] for signal in gadget.inputs]))
        return holds


@dataclass(frozen=True)
class Analysis:
    """The range of every signal, for inputs in their ranges, and whether each gadget's meaning holds."""

    ranges: tuple[Range, ...]
    holds: tuple[bool, ...]


def analyze(net: ReluNet) -> Analysis:
    """Return the range of every signal and whether each gadget has its kind's meaning there.

    Raises
    ------
    ParameterError
        If an intermediate value could pass 2^62; the gadget is named.
    """
    analysis = RangeAnalysis(net.inputs)
    holds = tuple(analysis.add(gadget) for gadget in net.gadgets)
    return Analysis(tuple(analysis.range(signal) for signal in range(net.num_signals)), holds)


def _require_magnitude(gadget: Gadget, ranges: list[Range]) -> None:
    bounds = list(ranges)
    for neuron in gadget.hidden:
        sums = neuron.interval(ranges)
        _require_small(gadget, sums)
        bounds.append(Range(max(sums.lo, 0), max(sums.hi, 0)))
    _require_small(gadget, gadget.output.interval(bounds))


def _require_small(gadget: Gadget, range_: Range) -> None:
    if max(abs(range_.lo), abs(range_.hi)) >= MAX_MAGNITUDE:
        raise ParameterError(f"a value inside gadget {gadget.name} must stay below 2^62, not reach {range_}")
