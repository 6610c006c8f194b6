"""The words of an array during symbolic execution: by the weights word by word, by the meanings as stores.

Law: word j by the weights equals forwarding the stores, in order, to a load of word j, for every j.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Store
from streamssm.ir.ranges import Range
from streamssm.program.program_transducer import forwarded
from streamssm.ssm.symbolic.dual import Dual


@dataclass(frozen=True)
class DualArray:
    """The words of the registers from ``first`` on; ``nodes`` is None unless the step runs by weights."""

    first: int
    length: int
    range: Range
    nodes: tuple[int, ...] | None
    stores: tuple[Store, ...] = ()

    def word(self, g: GraphBuilder, index: int) -> Dual:
        """Return one word."""
        old = g.register(self.first + index, self.range)
        fused = forwarded(g, self.stores, g.const(index), old)
        return Dual(self.nodes[index] if self.nodes else fused, fused)

    def load(self, g: GraphBuilder, index: int) -> int:
        """Return the word at a computed index, by the meanings."""
        old = g.load(index, self.first, self.length, self.range)
        return forwarded(g, self.stores, index, old)

    def stored(self, enable: int, index: int, value: int) -> DualArray:
        """Return the words after one more store, by the meanings."""
        store = Store(self.first, self.length, enable, index, value)
        return replace(self, stores=(*self.stores, store))


def chosen(g: GraphBuilder, ready: Dual, waiting: Dual, now: DualArray, later: DualArray) -> DualArray:
    """Return ``now`` where the model is ready, else ``later``, which began as ``now``."""
    start = len(now.stores)
    more = (replace(s, enable=g.bit_and(waiting.fused, s.enable)) for s in later.stores[start:])
    nodes = later.nodes
    if now.nodes and nodes:
        pairs = zip(now.nodes, nodes, strict=True)
        nodes = tuple(g.select(ready.weights, a, b) for a, b in pairs)
    stores = (s for s in (*now.stores, *more) if g.range(s.enable).hi)
    return replace(later, nodes=nodes, stores=tuple(stores))
