"""A network over pairs; a gadget is built when an output that needs it is first asked for."""

from __future__ import annotations

from collections.abc import Sequence

from streamssm.ir.ranges import Range
from streamssm.ssm.gadgets import holds
from streamssm.ssm.network import Gadget, ReluNet
from streamssm.ssm.symbolic.dual import Dual, DualBuilder, naming
from streamssm.ssm.symbolic.dual_array import DualArray


class DualNetwork:
    """The signals of a network.

    ``arrays`` stand among the network's inputs where the first ``head`` of the given ones end.
    """

    def __init__(
        self,
        pairs: DualBuilder,
        net: ReluNet,
        inputs: Sequence[Dual],
        label: str,
        arrays: Sequence[DualArray] = (),
        head: int = 0,
    ) -> None:
        self.pairs = pairs
        self.net = net
        self.label = label
        self._arrays: list[tuple[int, DualArray]] = []
        self._signals: dict[int, Dual] = dict(enumerate(inputs[:head]))
        self._by_weights: dict[int, int] = {}
        place = head
        for array in arrays:
            self._arrays.append((place, array))
            place += array.length
        self._signals.update(enumerate(inputs[head:], start=place))

    def outputs(self, start: int = 0, stop: int | None = None) -> tuple[Dual, ...]:
        """Return some of the outputs; ParameterError naming the gadget if a value could pass 2^62."""
        wanted = [signal for _, signal in self.net.outputs[start:stop]]
        for signal in self._missing(wanted):
            gadget, name = self._gadget(signal)
            with naming(name):
                self._signals[signal] = self._built(gadget, name)
        return tuple(self._input(signal) for signal in wanted)

    def signal(self, signal: int) -> Dual:
        """Return an input, or a signal that outputs already needed or that inputs alone make."""
        for missing in self._missing([signal]):
            gadget, name = self._gadget(missing)
            self._signals[missing] = self._built(gadget, name)
        return self._input(signal)

    def by_weights(self, signal: int, ranges: dict[int, Range]) -> int:
        """Return the node of a signal by the weights alone; ``ranges`` are known to hold for signals."""
        if signal in self._signals:
            return self._signals[signal].weights
        if signal not in self._by_weights:
            gadget, name = self._gadget(signal)
            node = self.pairs.neurons(gadget, [self.by_weights(s, ranges) for s in gadget.inputs], name)
            self.pairs.refine(node, ranges[signal])
            self._by_weights[signal] = node
        return self._by_weights[signal]

    def _gadget(self, signal: int) -> tuple[Gadget, str]:
        place = signal - len(self.net.inputs)
        gadget = self.net.gadgets[place]
        return gadget, f"{self.label} gadget {place} {gadget.name}"

    def _missing(self, wanted: Sequence[int]) -> list[int]:
        """Return the signals that are needed and not built yet, in topological order."""
        missing, open_ends, first = set[int](), list(wanted), len(self.net.inputs)
        while open_ends:
            signal = open_ends.pop()
            if signal >= first and signal not in missing and signal not in self._signals:
                missing.add(signal)
                open_ends.extend(self.net.gadgets[signal - first].inputs)
        return sorted(missing)

    def _input(self, signal: int) -> Dual:
        if signal not in self._signals:
            start, array = self._array_at(signal)
            self._signals[signal] = array.word(self.pairs.builder, signal - start)
        return self._signals[signal]

    def _array_at(self, signal: int) -> tuple[int, DualArray]:
        return next((s, a) for s, a in self._arrays if s <= signal < s + a.length)

    # words of arrays

    def _built(self, gadget: Gadget, name: str) -> Dual:
        loaded = self._loaded(gadget, name) if gadget.kind == "gather" else None
        if loaded is not None:
            return loaded
        return self.pairs.gadget(gadget, [self._input(source) for source in gadget.inputs], name)

    def _loaded(self, gadget: Gadget, name: str) -> Dual | None:
        """Return a gather of neighbouring words of an array, if its weights do that."""
        first, count = gadget.inputs[0], len(gadget.inputs) - 1
        found = [(s, a) for s, a in self._arrays if s <= first and first + count <= s + a.length]
        if not found or gadget.inputs[:-1] != tuple(range(first, first + count)):
            return None
        (start, array), index = found[0], self._input(gadget.inputs[-1])
        if not holds(gadget, [*[array.values] * count, self.pairs.range(index)]):
            return None
        g = self.pairs.builder
        shift = first - start - gadget.params[0]
        place = g.add(index.fused, g.const(shift)) if shift >= 0 else g.sub(index.fused, g.const(-shift))
        fused = array.load(g, place)
        if array.nodes is None:
            return self.pairs.leaf(fused)
        words = array.nodes[first - start : first - start + count]
        return self.pairs.tied(self.pairs.neurons(gadget, [*words, index.weights], name), fused)
