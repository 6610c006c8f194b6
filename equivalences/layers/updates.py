"""Each register's update as a layer can carry it out: over registers below, and linear in the register
itself.

Law: for every state and token, the update gives the register's next value, once new(s) stands for s's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from streamssm.equivalences.layers.affine import AffineForm, NotAffine, Obstacle, affine_form, overflows
from streamssm.equivalences.layers.dataflow import Dataflow
from streamssm.equivalences.layers.rewriting import Leaf, Rewriter
from streamssm.equivalences.layers.truth_tables import are_equal, implies
from streamssm.ir.graph import Node, Op
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.formats import Overflow
from streamssm.ssm.transitions import TransitionKind

MOST_BITS = 16  # of a register that is held as one word per value: a layer of more words is not built


@dataclass(frozen=True)
class LinearUpdate:
    """``r' = settle(round(entry r / 2^places) + increment)``."""

    affine: AffineForm
    overflow: Overflow


@dataclass(frozen=True)
class OneHot:
    """``r' = successors[r - lo]``: one bit per value, and a transition that moves them."""

    successors: tuple[int, ...]


@dataclass(frozen=True)
class Copy:
    """``r' = old(of)``."""

    of: int


Update = LinearUpdate | OneHot | Copy


class Updates:
    """Finds the updates of a flow without cycles, registers that are read before those that read them."""

    def __init__(self, flow: Dataflow, kind: TransitionKind | None) -> None:
        self.flow = flow
        self.g = flow.g
        self.kind = kind
        # registers by their next value's node; one that does not read the register is as well computed again
        self.lower: dict[int, int] = {}

    def find(self, register: int) -> Update | NotAffine:
        """Return a register's update; those that it reads were found before."""
        node, itself = self.over_new(register), self.flow.next[register]
        if not self.flow.registers[register].range.covers(self.g.range(itself)):
            return NotAffine(f"it is not proven not to reach {self.g.range(itself)}", Obstacle.RANGE)
        if itself != self.flow.old(register) and register in self.flow.reads(itself):
            self.lower.setdefault(itself, register)
        entry = self.g.nodes[node]
        if entry.op is Op.REGISTER and entry.index not in (register, self.flow.num_registers + register):
            if entry.index < self.flow.num_registers:
                return Copy(entry.index)
        return self._chosen(register, node)

    # old and new values of the registers below

    def over_new(self, register: int) -> int:
        """Return the next value with new values of registers below wherever they serve."""
        flow, node = self.flow, self.flow.next[register]
        inside = (flow.needed(node) - {node}) & self.lower.keys()
        instead = {inner: flow.new(self.lower[inner]) for inner in inside}
        found = Rewriter(self.g, self.g.nodes, self._same, instead=instead).root(node)
        old = [s for s in flow.reads(found) if s < flow.num_registers and s != register]
        renewed = self._renewed(register, found, old)
        for s in old if renewed is None else ():
            found = self._renewed(register, found, [s]) or found
        return found if renewed is None else renewed

    def _renewed(self, register: int, node: int, registers: list[int]) -> int | None:
        """Return the node with new values for old ones, if that is shown to change nothing."""
        flow = self.flow
        if not registers:
            return node

        def leaf(entry: Node) -> int:
            if entry.op is Op.REGISTER and entry.index in registers:
                return flow.new(entry.index)
            return self._same(entry)

        def spelled_out(entry: Node) -> int:
            if entry.op is Op.REGISTER and entry.index >= flow.num_registers:
                return flow.next[entry.index - flow.num_registers]
            return self._same(entry)

        renewed = self._rewritten(node, leaf)
        meant = self._rewritten(self._rewritten(renewed, spelled_out), self._same)
        before = self._rewritten(flow.next[register], self._same)
        return renewed if are_equal(self.g, meant, before) else None

    def _rewritten(self, node: int, leaf: Leaf) -> int:
        return Rewriter(self.g, self.g.nodes, leaf).root(node)

    def _same(self, node: Node) -> int:
        if node.op is Op.REGISTER:
            return self.g.register(node.index, node.range)
        return self.g.field(node.index, node.range)

    # forms

    def _chosen(self, register: int, node: int) -> Update | NotAffine:
        """Return the first form whose entries are of the kind that is asked for, else why there is none."""
        refusals: list[NotAffine] = []
        for found in self._forms(register, node):
            if isinstance(found, NotAffine):
                refusals.append(found)
            elif self._allows(found):
                return found
            else:
                refusals.append(self._of_another_kind(found))
        if self._may_be_one_hot(node, register):
            return self._one_hot(register, node)
        of_another_kind = [refusal for refusal in refusals if refusal.obstacle is Obstacle.KIND]
        return (of_another_kind or refusals)[0]

    def _forms(self, register: int, node: int) -> Iterator[LinearUpdate | NotAffine]:
        word, own = self.flow.registers[register], self.flow.old(register)
        modes = overflows(word.range)
        for overflow in modes[:2]:
            yield self._read(node, own, word.range, overflow)
        if word.range == BIT:
            yield from self._of_a_bit(register, node)
        elif len(modes) > 2:
            yield self._read(node, own, word.range, Overflow.WRAP)

    def _read(self, node: int, own: int, values: Range, overflow: Overflow) -> LinearUpdate | NotAffine:
        found = affine_form(self.g, node, own, values, overflow)
        return found if isinstance(found, NotAffine) else LinearUpdate(found, overflow)

    def _of_a_bit(self, register: int, node: int) -> Iterator[LinearUpdate]:
        """A bit is affine in itself: a = f(1) - f(0), b = f(0); modulo 2 with a in {0, 1}."""
        g = self.g
        zero, one = (self._at(node, register, value) for value in (0, 1))
        keeps, flips = g.bit_and(one, g.not_(zero)), g.bit_and(zero, g.not_(one))
        if implies(g, zero, one):
            yield LinearUpdate(AffineForm(keeps, zero), Overflow.ERROR)
        else:
            yield LinearUpdate(AffineForm(g.sub(one, zero), zero), Overflow.ERROR)
            yield LinearUpdate(AffineForm(self._simplified(g.bit_or(keeps, flips)), zero), Overflow.WRAP)

    def _simplified(self, condition: int) -> int:
        """Return a condition, or the constant 1 where it always holds."""
        one = self.g.const(1)
        return one if are_equal(self.g, condition, one) else condition

    def _at(self, node: int, register: int, value: int) -> int:
        """Return the update where the register holds a value."""

        def leaf(entry: Node) -> int:
            if entry.op is Op.REGISTER and entry.index == register:
                return self.g.const(value)
            return self._same(entry)

        return self._rewritten(node, leaf)

    # kinds

    def _of_another_kind(self, update: LinearUpdate) -> NotAffine:
        wanted = "diagonal" if self.kind is None else self.kind.value
        unit = f" / 2^{update.affine.places}" if update.affine.places else ""
        factor = f"{self.g.range(update.affine.entry)}{unit}"
        return NotAffine(f"its factor ranges over {factor}, which is not {wanted}", Obstacle.KIND)

    def _allows(self, update: LinearUpdate) -> bool:
        affine = update.affine
        kind = TransitionKind.DIAGONAL if self.kind is None else WITHIN.get(self.kind, self.kind)
        return kind.allows(self.g.range(affine.entry), affine.places)

    def _may_be_one_hot(self, node: int, register: int) -> bool:
        if self.flow.registers[register].range.bits > MOST_BITS:
            return False
        if self.kind is TransitionKind.MONOMIAL:
            return True
        asked = self.kind in (None, TransitionKind.TIME_INVARIANT_DENSE)
        return asked and self.g.leaves(node) == frozenset({self.flow.old(register)})

    def _one_hot(self, register: int, node: int) -> OneHot:
        values = self.flow.registers[register].range
        return OneHot(tuple(self._at(node, register, v) for v in range(values.lo, values.hi + 1)))


# what entries of diagonal words may be where another kind of transition is asked for
WITHIN = {
    TransitionKind.TIME_INVARIANT_DENSE: TransitionKind.TIME_INVARIANT,
    TransitionKind.MONOMIAL: TransitionKind.DIAGONAL,
}
