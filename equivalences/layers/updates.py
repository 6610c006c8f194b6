"""Updates that a layer can carry out: functions of the registers below, and affine in the register itself.

Law: for every state and token, the update equals the register's next value, where new(s) is s's next value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from streamssm.equivalences.layers.affine_form import AffineForm, NotAffine, Obstacle, affine_form, overflows
from streamssm.equivalences.layers.dataflow import Dataflow
from streamssm.equivalences.layers.rewriting import Leaf, Rewriter
from streamssm.equivalences.layers.truth_tables import are_equal, implies
from streamssm.ir.graph import Node, Op
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.formats import Overflow
from streamssm.ssm.transitions import TransitionKind

MOST_BITS = 16  # of a one-hot register, which takes 2^16 words


@dataclass(frozen=True)
class LinearUpdate:
    """``r' = overflow(round(entry r / 2^fraction_bits) + increment)``."""

    affine: AffineForm
    overflow: Overflow


@dataclass(frozen=True)
class OneHot:
    """``r' = successors[r - lo]``: a one-hot register and a monomial transition."""

    successors: tuple[int, ...]


@dataclass(frozen=True)
class Copy:
    """``r' = old(source)``."""

    source: int


Update = LinearUpdate | OneHot | Copy


class Updates:
    """Finds the updates of an acyclic dataflow, register by register in topological order."""

    def __init__(self, dataflow: Dataflow, kind: TransitionKind | None) -> None:
        self.dataflow = dataflow
        self.g = dataflow.g
        self.kind = kind
        # Registers by the node of their next value, so that later updates can read the register instead. A
        # next value that does not read its register is recomputed, which needs no lower layer.
        self.by_next_value: dict[int, int] = {}

    def find(self, register: int) -> Update | NotAffine:
        """Return a register's update, once those of the registers that it reads are known."""
        node, next_value = self.over_new(register), self.dataflow.next[register]
        if not self.dataflow.registers[register].range.covers(self.g.range(next_value)):
            return NotAffine(f"its computed range is {self.g.range(next_value)}", Obstacle.RANGE)
        if next_value != self.dataflow.old(register) and register in self.dataflow.reads(next_value):
            self.by_next_value.setdefault(next_value, register)
        entry = self.g.nodes[node]
        if entry.op is Op.REGISTER and entry.index not in (register, self.dataflow.num_registers + register):
            if entry.index < self.dataflow.num_registers:
                return Copy(entry.index)
        return self._first_allowed(register, node)

    # old and new values of the registers below

    def over_new(self, register: int) -> int:
        """Return the next value over new instead of old values of the registers below, wherever possible.

        A new value is free, whereas an old one costs a delay.
        """
        dataflow, node = self.dataflow, self.dataflow.next[register]
        replaceable = (dataflow.needed(node) - {node}) & self.by_next_value.keys()
        replacements = {inner: dataflow.new(self.by_next_value[inner]) for inner in replaceable}
        rewritten = Rewriter(self.g, self.g.nodes, self._unchanged, replacements=replacements).root(node)
        old_values = [s for s in dataflow.reads(rewritten) if s < dataflow.num_registers and s != register]
        renewed = self._renewed(register, rewritten, old_values)
        for s in old_values if renewed is None else ():
            rewritten = self._renewed(register, rewritten, [s]) or rewritten
        return rewritten if renewed is None else renewed

    def _renewed(self, register: int, node: int, registers: list[int]) -> int | None:
        """Return the node with new values substituted for old ones; None unless that is proven equivalent."""
        dataflow = self.dataflow
        if not registers:
            return node

        def leaf(entry: Node) -> int:
            if entry.op is Op.REGISTER and entry.index in registers:
                return dataflow.new(entry.index)
            return self._unchanged(entry)

        def spelled_out(entry: Node) -> int:
            if entry.op is Op.REGISTER and entry.index >= dataflow.num_registers:
                return dataflow.next[entry.index - dataflow.num_registers]
            return self._unchanged(entry)

        renewed = self._rewritten(node, leaf)
        expanded = self._rewritten(self._rewritten(renewed, spelled_out), self._unchanged)
        before = self._rewritten(dataflow.next[register], self._unchanged)
        return renewed if are_equal(self.g, expanded, before) else None

    def _rewritten(self, node: int, leaf: Leaf) -> int:
        return Rewriter(self.g, self.g.nodes, leaf).root(node)

    def _unchanged(self, node: Node) -> int:
        if node.op is Op.REGISTER:
            return self.g.register(node.index, node.range)
        return self.g.field(node.index, node.range)

    # forms

    def _first_allowed(self, register: int, node: int) -> Update | NotAffine:
        """Return the first form whose entries the kind allows, or the reason why there is none."""
        refusals: list[NotAffine] = []
        for form in self._candidate_forms(register, node):
            if isinstance(form, NotAffine):
                refusals.append(form)
            elif self._allows(form):
                return form
            else:
                refusals.append(self._kind_obstacle(form))
        if self._may_be_one_hot(node, register):
            return self._one_hot(register, node)
        kind_obstacles = [refusal for refusal in refusals if refusal.obstacle is Obstacle.KIND]
        return (kind_obstacles or refusals)[0]

    def _candidate_forms(self, register: int, node: int) -> Iterator[LinearUpdate | NotAffine]:
        word, own = self.dataflow.registers[register], self.dataflow.old(register)
        modes = overflows(word.range)
        for overflow in modes[:2]:
            yield self._linear_form(node, own, word.range, overflow)
        if word.range == BIT:
            yield from self._bit_forms(register, node)
        elif len(modes) > 2:
            yield self._linear_form(node, own, word.range, Overflow.WRAP)

    def _linear_form(
        self, node: int, own: int, word_range: Range, overflow: Overflow
    ) -> LinearUpdate | NotAffine:
        form = affine_form(self.g, node, own, word_range, overflow)
        return form if isinstance(form, NotAffine) else LinearUpdate(form, overflow)

    def _bit_forms(self, register: int, node: int) -> Iterator[LinearUpdate]:
        """Yield the forms of a bit: a = f(1) - f(0), b = f(0); or the same modulo 2, with a in {0, 1}."""
        g = self.g
        zero, one = (self._restricted(node, register, value) for value in (0, 1))
        keeps, flips = g.bit_and(one, g.not_(zero)), g.bit_and(zero, g.not_(one))
        if implies(g, zero, one):
            yield LinearUpdate(AffineForm(keeps, zero), Overflow.ERROR)
        else:
            yield LinearUpdate(AffineForm(g.sub(one, zero), zero), Overflow.ERROR)
            yield LinearUpdate(AffineForm(self._simplified(g.bit_or(keeps, flips)), zero), Overflow.WRAP)

    def _simplified(self, condition: int) -> int:
        """Return a condition, or the constant 1 if it always holds."""
        one = self.g.const(1)
        return one if are_equal(self.g, condition, one) else condition

    def _restricted(self, node: int, register: int, value: int) -> int:
        """Return the update restricted to one value of the register (a cofactor)."""

        def leaf(entry: Node) -> int:
            if entry.op is Op.REGISTER and entry.index == register:
                return self.g.const(value)
            return self._unchanged(entry)

        return self._rewritten(node, leaf)

    # kinds

    def _kind_obstacle(self, update: LinearUpdate) -> NotAffine:
        requested = "diagonal" if self.kind is None else self.kind.value
        unit = f" / 2^{update.affine.fraction_bits}" if update.affine.fraction_bits else ""
        factor = f"{self.g.range(update.affine.entry)}{unit}"
        return NotAffine(f"its factor ranges over {factor}, which is not {requested}", Obstacle.KIND)

    def _allows(self, update: LinearUpdate) -> bool:
        affine = update.affine
        kind = TransitionKind.DIAGONAL if self.kind is None else DIAGONAL_ENTRIES.get(self.kind, self.kind)
        return kind.allows(self.g.range(affine.entry), affine.fraction_bits)

    def _may_be_one_hot(self, node: int, register: int) -> bool:
        if self.dataflow.registers[register].range.bits > MOST_BITS:
            return False
        if self.kind is TransitionKind.MONOMIAL:
            return True
        is_unrestricted = self.kind in (None, TransitionKind.TIME_INVARIANT_DENSE)
        return is_unrestricted and self.g.leaves(node) == frozenset({self.dataflow.old(register)})

    def _one_hot(self, register: int, node: int) -> OneHot:
        word_range = self.dataflow.registers[register].range
        return OneHot(
            tuple(self._restricted(node, register, v) for v in range(word_range.lo, word_range.hi + 1))
        )


# The kind that the entries of diagonal words must be of, if the requested kind is not diagonal.
DIAGONAL_ENTRIES = {
    TransitionKind.TIME_INVARIANT_DENSE: TransitionKind.TIME_INVARIANT,
    TransitionKind.MONOMIAL: TransitionKind.DIAGONAL,
}
