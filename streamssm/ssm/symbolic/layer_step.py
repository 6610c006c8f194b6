"""One layer's transition as nodes: h' = A h + B for words, stores for arrays whose gates are ports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from streamssm.ir.graph import Op
from streamssm.ssm.arrays import Gates, Port
from streamssm.ssm.symbolic.dual import Dual, naming
from streamssm.ssm.symbolic.dual_arithmetic import DualAffine
from streamssm.ssm.symbolic.dual_array import DualArray
from streamssm.ssm.symbolic.dual_network import DualNetwork
from streamssm.ssm.symbolic.linear_update import sums_of
from streamssm.ssm.symbolic.overflow import Check, Facts, OverflowHandler

if TYPE_CHECKING:
    from streamssm.ssm.layers import Layer


@dataclass(frozen=True)
class State:
    """State words while a step is built: single words, then the words of arrays."""

    scalars: tuple[Dual, ...]
    arrays: tuple[DualArray, ...] = ()


@dataclass(frozen=True)
class After:
    """The result of a transition; ``entries`` as the layer lists them, None for a bit that is not built.

    ``not_reflections`` holds, for each factor of a *householder* transition, the condition that it is neither
    a reflection nor the identity.
    """

    state: State
    checks: tuple[Check, ...]
    entries: tuple[Dual | None, ...]
    not_reflections: tuple[Dual, ...]


class LayerStep:
    """The transition of one layer from the state before it."""

    def __init__(
        self,
        overflow: OverflowHandler,
        layer: Layer,
        before: State,
        gates: DualNetwork,
        label: str,
        facts: Facts,
    ) -> None:
        self.overflow = overflow
        self.duals = overflow.duals
        self.layer = layer
        self.before = before
        self.gates = gates
        self.label = label
        self.facts = facts
        self.checks: list[Check] = []
        self.ported: set[int] = set()
        self.sums = sums_of(layer, gates, self._old, DualAffine(overflow.duals), label)

    def run(self, array_gates: Sequence[Gates | None]) -> After:
        """Return the result of the transition; ``array_gates`` are the ports of the arrays."""
        scalars = tuple(self._word(row) for row in range(len(self.before.scalars)))
        arrays, row = [], len(scalars)
        for array, gates in zip(self.before.arrays, array_gates, strict=False):
            arrays.append(self._array(array, gates, row))
            row += array.length
        entries = tuple(
            None if n in self.ported else self.sums.entry(n) for n in range(self.layer.num_entries)
        )
        checks, factors = self.sums.checks(self.facts), self.sums.not_reflections
        return After(State(scalars, tuple(arrays)), (*checks, *self.checks), entries, factors)

    # single words

    def _word(self, row: int) -> Dual:
        word = self.layer.words[row]
        with naming(f"{self.label} state word '{word.name}'"):
            stored, checks = self.overflow.stored(word, self.sums.row(row), self.facts)
        self.checks.extend(checks)
        return stored

    def _old(self, column: int) -> Dual:
        if column < len(self.before.scalars):
            return self.before.scalars[column]
        column -= len(self.before.scalars)
        for array in self.before.arrays:
            if column < array.length:
                return array.word(self.duals.builder, column)
            column -= array.length
        raise IndexError(column)

    # arrays

    def _array(self, array: DualArray, gates: Gates | None, row: int) -> DualArray:
        if gates is None or not self._as_assumed(array, gates):
            return self._word_by_word(array, row)
        after = array
        for port in gates.ports:
            after = self._stored(after, port)
        self.ported.update(range(row, row + array.length))
        if array.nodes is None:
            return after
        return replace(after, nodes=tuple(self._by_weights(array, gates, row)))

    def _as_assumed(self, array: DualArray, gates: Gates) -> bool:
        ranges = ((signal, self.duals.range(self.gates.signal(signal))) for signal in gates.assumed)
        if not all(gates.assumed[signal].covers(actual) for signal, actual in ranges):
            return False
        written = (self.duals.range(self.gates.signal(port.value)) for port in gates.ports)
        return all(array.range.covers(actual) for actual in written)

    def _stored(self, array: DualArray, port: Port) -> DualArray:
        enable, index = self._target(port)
        g = self.duals.builder
        if g.range(enable).hi == 0:
            return array
        return array.stored(enable, index, self.gates.signal(port.value).fused)

    def _target(self, port: Port) -> tuple[int, int]:
        """Return the condition that a port writes, and the index of the word that it writes."""
        g, where = self.duals.builder, self.gates.signal(port.where).fused
        if port.by_bit:
            return where, g.const(port.lo)
        below = self._one_less(port.where)
        if below is None:
            below = g.sub(where, g.const(1))
        enable = g.bit_and(g.le(g.const(port.lo), below), g.le(below, g.const(port.hi)))
        return enable, g.select(enable, below, g.const(port.lo))

    def _one_less(self, signal: int) -> int | None:
        """Return ``where - 1`` if ``where`` is a sum with 1, else None.

        The index is then that word itself instead of a difference.
        """
        g, node = self.duals.builder, self.gates.signal(signal).fused
        entry = g.nodes[node]
        if entry.op is not Op.ADD:
            return None
        parts = [part for part in entry.args if not g.is_value(part, 1)]
        return parts[0] if len(parts) == 1 else None

    def _by_weights(self, array: DualArray, gates: Gates, row: int) -> list[int]:
        g, nodes = self.duals.builder, []
        outputs, dim = self.layer.gates.outputs, self.layer.state_dim
        assert array.nodes is not None
        for index, old in enumerate(array.nodes, start=row):
            entry = self.gates.by_weights(outputs[index][1], gates.ranges)
            increment = self.gates.by_weights(outputs[dim + index][1], gates.ranges)
            node = g.add(g.mul(entry, old), increment)
            self.duals.refine(node, array.range)
            nodes.append(node)
        return nodes

    def _word_by_word(self, array: DualArray, row: int) -> DualArray:
        """Return the array after a transition of every word: stores at constant indices."""
        g, after, nodes = self.duals.builder, array, []
        for index in range(array.length):
            old, new = array.word(g, index), self._word(row + index)
            if new.fused != old.fused:
                after = after.stored(g.const(1), g.const(index), new.fused)
            nodes.append(new.weights)
        return replace(after, nodes=tuple(nodes) if array.nodes is not None else None)
