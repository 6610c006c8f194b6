"""Transducer -> straight-line code over a file of slots, as the kernels run it.

Slots: state words, token fields, constants, then temporaries, reused once their last reader has run. A next
state word is computed in its own slot where nothing reads the old value afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError
from streamssm.ir.builder import MAX_MAGNITUDE
from streamssm.ir.graph import LEAVES, Node, Op, reachable
from streamssm.ir.ranges import Range
from streamssm.runtime.transducer import Transducer

OPCODES = {
    Op.ADD: 1,
    Op.SUB: 2,
    Op.MUL: 3,
    Op.FLOORDIV: 4,
    Op.MOD: 5,
    Op.MIN: 6,
    Op.MAX: 7,
    Op.EQ: 8,
    Op.NE: 9,
    Op.LT: 10,
    Op.LE: 11,
    Op.AND: 12,
    Op.OR: 13,
    Op.XOR: 14,
    Op.SHL: 15,
    Op.SHR: 16,
    Op.SELECT: 17,
    Op.TABLE: 18,
    Op.NEURON: 19,
    Op.LOAD: 20,
}
COPY = 0
STORE = 21
INT32 = Range(-(1 << 31), (1 << 31) - 1)


@dataclass(frozen=True)
class Code:
    """Arrays for a kernel's ``VirtualMachine``, and the instruction of each probe."""

    instructions: NDArray[np.int32]  # (N, 6): op, dst, a, b, c, extra
    constants: NDArray[np.int64]
    tables: NDArray[np.int64]
    terms: NDArray[np.int32]
    weights: NDArray[np.int64]
    biases: NDArray[np.int64]
    num_state: int
    num_slots: int
    next_slots: NDArray[np.int32]
    output_slots: NDArray[np.int32]
    error_slot: int
    field_lo: NDArray[np.int64]
    field_hi: NDArray[np.int64]
    word_bits: int
    probes: tuple[tuple[str, int], ...]  # label, instruction index


def lower(transducer: Transducer) -> Code:
    """Return the step as code."""
    return _Lowering(transducer).code()


@dataclass
class _Emitted:
    instructions: list[tuple[int, int, int, int, int, int]] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)
    terms: list[int] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    biases: list[int] = field(default_factory=list)


class _Lowering:
    def __init__(self, transducer: Transducer) -> None:
        self.transducer = transducer
        self.nodes = transducer.step.nodes
        self.roots = transducer.roots
        self.order = reachable(self.nodes, self.roots)
        self.out = _Emitted()
        self.num_state = len(transducer.state)
        self.constants = sorted({self.nodes[i].index for i in self.order if self.nodes[i].op is Op.CONST})
        self.constant_index = {value: index for index, value in enumerate(self.constants)}
        self.first_constant = self.num_state + len(transducer.fields)
        self.num_slots = self.first_constant + len(self.constants)
        self.free: list[int] = []
        self.slot: dict[int, int] = {
            i: self._leaf_slot(self.nodes[i]) for i in self.order if self._is_leaf(i)
        }
        self.emitted_at: dict[int, int] = {}
        self.expiring = self._expiring()
        self.in_place = self._in_place()

    def code(self) -> Code:
        for position, index in enumerate(self.order):
            if not self._is_leaf(index):
                self._emit(index)
            self._release(position)
        self._pin_array_words()
        next_slots = list(self._next_slots())
        self._emit_stores()
        lows = [word.range.lo for word in self.transducer.fields]
        highs = [word.range.hi for word in self.transducer.fields]
        error = self.transducer.error
        return Code(
            instructions=np.array(self.out.instructions, dtype=np.int32).reshape(-1, 6),
            constants=np.array(self.constants, dtype=np.int64),
            tables=np.array(self.out.tables, dtype=np.int64),
            terms=np.array(self.out.terms, dtype=np.int32),
            weights=np.array(self.out.weights, dtype=np.int64),
            biases=np.array(self.out.biases, dtype=np.int64),
            num_state=self.num_state,
            num_slots=self.num_slots,
            next_slots=np.array(next_slots, dtype=np.int32),
            output_slots=np.array([self.slot[i] for i in self.transducer.outputs], dtype=np.int32),
            error_slot=-1 if error is None else self.slot[error],
            field_lo=np.array(lows, dtype=np.int64),
            field_hi=np.array(highs, dtype=np.int64),
            word_bits=self._word_bits(),
            probes=tuple(
                (name, self.emitted_at[i]) for name, i in self.transducer.probes if i in self.emitted_at
            ),
        )

    # slots

    def _is_leaf(self, index: int) -> bool:
        return self.nodes[index].op in LEAVES

    def _leaf_slot(self, node: Node) -> int:
        if node.op is Op.REGISTER:
            return node.index
        if node.op is Op.FIELD:
            return self.num_state + node.index
        if node.op is Op.CONST:
            return self.first_constant + self.constant_index[node.index]
        raise ParameterError("a step cannot read whether the stream begins")

    def _last_reads(self) -> dict[int, int]:
        """Return the position of each node's last read; roots are read after the end."""
        last: dict[int, int] = {}
        for position, index in enumerate(self.order):
            for arg in self.nodes[index].args:
                last[arg] = position
        last.update(dict.fromkeys(self.roots, len(self.order)))
        return last

    def _expiring(self) -> dict[int, list[int]]:
        expiring: dict[int, list[int]] = {}
        for index, position in self._last_reads().items():
            expiring.setdefault(position, []).append(index)
        return expiring

    def _in_place(self) -> dict[int, int]:
        """Return, for nodes that are a next state word, the state slot that is free to take them."""
        last, order_of = self._last_reads(), {index: p for p, index in enumerate(self.order)}
        old = {self.nodes[i].index: i for i in self.order if self.nodes[i].op is Op.REGISTER}
        reusable: dict[int, int] = {}
        if self.transducer.error is not None:  # the old state must survive an error
            return reusable
        for word, root in enumerate(self.transducer.next_state):
            before = old.get(word)
            read_until = -1 if before is None else last[before]
            if not self._is_leaf(root) and root not in reusable and read_until <= order_of[root]:
                reusable[root] = word
        return reusable

    def _release(self, position: int) -> None:
        for index in self.expiring.get(position, ()):
            if not self._is_leaf(index) and index not in self.in_place:
                self.free.append(self.slot[index])

    def _take(self) -> int:
        if self.free:
            return self.free.pop()
        self.num_slots += 1
        return self.num_slots - 1

    def _next_slots(self) -> Iterator[int]:
        for word, root in enumerate(self.transducer.next_state):
            slot = self.slot[root]
            if slot != word and slot < self.num_state:
                slot = self._copied(slot)
            yield slot
        yield from range(len(self.transducer.next_state), self.num_state)

    def _pin_array_words(self) -> None:
        """Copy old words of arrays that are used after the stores have begun."""
        scalars = len(self.transducer.next_state)
        if not self.transducer.stores:
            return
        for root in set(self.roots):
            node = self.nodes[root]
            if node.op is Op.REGISTER and node.index >= scalars:
                self.slot[root] = self._copied(node.index)

    def _copied(self, slot: int) -> int:
        copy = self._take()
        self.out.instructions.append((COPY, copy, slot, 0, 0, 0))
        return copy

    def _emit_stores(self) -> None:
        for store in self.transducer.stores:
            index, value, enable = (self.slot[n] for n in (store.index, store.value, store.enable))
            self.out.instructions.append((STORE, store.first, index, value, enable, store.first))

    # instructions

    def _emit(self, index: int) -> None:
        node = self.nodes[index]
        args = [self.slot[a] for a in node.args]
        slot = self.in_place[index] if index in self.in_place else self._take()
        self.slot[index] = slot
        self.emitted_at[index] = len(self.out.instructions)
        a, b, c, extra = self._operands(node, args)
        self.out.instructions.append((OPCODES[node.op], slot, a, b, c, extra))

    def _operands(self, node: Node, args: Sequence[int]) -> tuple[int, int, int, int]:
        if node.op is Op.TABLE:
            first, values = node.table
            start = len(self.out.tables)
            self.out.tables.extend(values)
            return args[0], 0, 0, start - first
        if node.op is Op.NEURON:
            bias, weights, relu = node.neuron
            start = len(self.out.terms)
            self.out.terms.extend(args)
            self.out.weights.extend(weights)
            self.out.biases.append(bias)
            return start, len(args), int(relu), len(self.out.biases) - 1
        a, b, c = (*args, 0, 0, 0)[:3]
        return a, b, c, node.load[0] if node.op is Op.LOAD else 0

    def _word_bits(self) -> int:
        reach = [self._reach(self.nodes[index]) for index in self.order]
        if any(max(abs(r.lo), abs(r.hi)) >= MAX_MAGNITUDE for r in reach):
            raise ParameterError(f"an intermediate value of {self.transducer.name} must stay below 2^62")
        words = [word.range for word in (*self.transducer.fields, *self.transducer.state)]
        return 32 if all(INT32.covers(r) for r in (*reach, *words)) else 64

    def _reach(self, node: Node) -> Range:
        """Return a range of the node and of every partial sum on the way to it."""
        if node.op is Op.TABLE:
            return Range(min(node.table[1]), max(node.table[1]))
        if node.op is not Op.NEURON:
            return node.range
        bias, weights, _ = node.neuron
        args = [self.nodes[a].range for a in node.args]
        total = abs(bias) + sum(
            abs(w) * max(abs(r.lo), abs(r.hi)) for w, r in zip(weights, args, strict=True)
        )
        return Range(-total, total)
