"""A network over duals; each gadget is built when an output that needs it is first requested."""

from __future__ import annotations

from collections.abc import Sequence

from streamssm.ir.ranges import Range
from streamssm.ssm.gadgets import holds
from streamssm.ssm.network import Gadget, ReluNet
from streamssm.ssm.symbolic.dual import Dual, DualBuilder, naming
from streamssm.ssm.symbolic.dual_array import DualArray


class DualNetwork:
    """The signals of a network.

    The words of ``arrays`` are inputs of the network, after the first ``head`` of the given inputs.
    """

    def __init__(
        self,
        duals: DualBuilder,
        net: ReluNet,
        inputs: Sequence[Dual],
        label: str,
        arrays: Sequence[DualArray] = (),
        head: int = 0,
    ) -> None:
        self.duals = duals
        self.net = net
        self.label = label
        self._arrays: list[tuple[int, DualArray]] = []
        self._signals: dict[int, Dual] = dict(enumerate(inputs[:head]))
        self._by_weights: dict[int, int] = {}
        position = head
        for array in arrays:
            self._arrays.append((position, array))
            position += array.length
        self._signals.update(enumerate(inputs[head:], start=position))

    def outputs(self, start: int = 0, stop: int | None = None) -> tuple[Dual, ...]:
        """Return some of the outputs; ParameterError, with the gadget's name, if a value could pass 2^62."""
        roots = [signal for _, signal in self.net.outputs[start:stop]]
        for signal in self._missing(roots):
            gadget, name = self._gadget(signal)
            with naming(name):
                self._signals[signal] = self._built(gadget, name)
        return tuple(self._input(signal) for signal in roots)

    def signal(self, signal: int) -> Dual:
        """Return a signal: an input, or a gadget's, which is built if it is not there yet."""
        for missing in self._missing([signal]):
            gadget, name = self._gadget(missing)
            self._signals[missing] = self._built(gadget, name)
        return self._input(signal)

    def by_weights(self, signal: int, ranges: dict[int, Range]) -> int:
        """Return the node of a signal by the weights alone; ``ranges`` are proven ranges of signals."""
        if signal in self._signals:
            return self._signals[signal].weights
        if signal not in self._by_weights:
            gadget, name = self._gadget(signal)
            node = self.duals.neurons(gadget, [self.by_weights(s, ranges) for s in gadget.inputs], name)
            self.duals.refine(node, ranges[signal])
            self._by_weights[signal] = node
        return self._by_weights[signal]

    def _gadget(self, signal: int) -> tuple[Gadget, str]:
        index = signal - len(self.net.inputs)
        gadget = self.net.gadgets[index]
        return gadget, f"{self.label} gadget {index} {gadget.name}"

    def _missing(self, roots: Sequence[int]) -> list[int]:
        """Return the signals that are needed and not built yet, in topological order."""
        missing, pending, first = set[int](), list(roots), len(self.net.inputs)
        while pending:
            signal = pending.pop()
            if signal >= first and signal not in missing and signal not in self._signals:
                missing.add(signal)
                pending.extend(self.net.gadgets[signal - first].inputs)
        return sorted(missing)

    def _input(self, signal: int) -> Dual:
        if signal not in self._signals:
            start, array = self._array_at(signal)
            self._signals[signal] = array.word(self.duals.builder, signal - start)
        return self._signals[signal]

    def _array_at(self, signal: int) -> tuple[int, DualArray]:
        return next((s, a) for s, a in self._arrays if s <= signal < s + a.length)

    # words of arrays

    def _built(self, gadget: Gadget, name: str) -> Dual:
        loaded = self._loaded(gadget, name) if gadget.kind == "gather" else None
        if loaded is not None:
            return loaded
        return self.duals.gadget(gadget, [self._input(source) for source in gadget.inputs], name)

    def _loaded(self, gadget: Gadget, name: str) -> Dual | None:
        """Return a gather of consecutive words of an array as a load; None if its weights are no gather's."""
        first, count = gadget.inputs[0], len(gadget.inputs) - 1
        containing = [(s, a) for s, a in self._arrays if s <= first and first + count <= s + a.length]
        if not containing or gadget.inputs[:-1] != tuple(range(first, first + count)):
            return None
        (start, array), index = containing[0], self._input(gadget.inputs[-1])
        if not holds(gadget, [*[array.range] * count, self.duals.range(index)]):
            return None
        g = self.duals.builder
        shift = first - start - gadget.params[0]
        raised = g.add(index.fused, g.const(shift)) if shift >= 0 else g.sub(index.fused, g.const(-shift))
        fused = array.load(g, raised)
        if array.nodes is None:
            return self.duals.leaf(fused)
        words = array.nodes[first - start : first - start + count]
        return self.duals.tied(self.duals.neurons(gadget, [*words, index.weights], name), fused)
