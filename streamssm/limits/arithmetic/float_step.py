"""One step of a model in floating point: the nodes of its weights, evaluated in many lanes at once.

Shapes: B lanes; every word is an array (B,).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np

from streamssm.ir.graph import NeuronAttr, Node, Op, TableAttr
from streamssm.limits.arithmetic.float_formats import FloatFormat, Floats
from streamssm.runtime.transducer import Transducer

Binary = Callable[[Floats, Floats], Floats]

_BINARY: dict[Op, Binary] = {
    Op.ADD: lambda a, b: a + b,
    Op.SUB: lambda a, b: a - b,
    Op.MUL: lambda a, b: a * b,
    Op.FLOORDIV: lambda a, b: np.floor(a / b),
    Op.MOD: lambda a, b: a - b * np.floor(a / b),
    Op.MIN: np.minimum,
    Op.MAX: np.maximum,
    Op.EQ: lambda a, b: a == b,
    Op.NE: lambda a, b: a != b,
    Op.LT: lambda a, b: a < b,
    Op.LE: lambda a, b: a <= b,
    Op.AND: lambda a, b: _bitwise(np.bitwise_and, a, b),
    Op.OR: lambda a, b: _bitwise(np.bitwise_or, a, b),
    Op.XOR: lambda a, b: _bitwise(np.bitwise_xor, a, b),
    Op.SHL: lambda a, b: a * np.exp2(b),
    Op.SHR: lambda a, b: np.floor(a / np.exp2(b)),
}


class FloatStep:
    """A step of a transducer with every number rounded to a format.

    Words of arrays are stored without rounding: their transition multiplies a word by 1 or 0.
    """

    def __init__(self, transducer: Transducer, arithmetic: FloatFormat) -> None:
        self.transducer = transducer
        self.arithmetic = arithmetic

    def initial(self, lanes: int) -> Floats:
        """Return the state before the first token, shape (state words, B)."""
        start = self.arithmetic.rounded(np.array(self.transducer.initial, dtype=np.float64))
        return np.repeat(start[:, None], lanes, axis=1)

    def run(self, state: Floats, columns: Sequence[Floats]) -> tuple[Floats, Floats]:
        """Return the state (state words, B) and the outputs (output words, B) after a token of each lane.

        ``columns`` are the fields' integers, (B,) each.
        """
        with np.errstate(all="ignore"):
            fields = [self.arithmetic.rounded(column) for column in columns]
            values = self._values(state, fields)
            after = state.copy()
            for word, root in enumerate(self.transducer.next_state):
                after[word] = values[root]
            self._store(after, values)
            return after, np.stack([values[root] for root in self.transducer.outputs])

    def _values(self, state: Floats, fields: Sequence[Floats]) -> list[Floats]:
        values: list[Floats] = []
        for node in self.transducer.step:
            values.append(self._value(node, [values[a] for a in node.args], state, fields))
        return values

    def _value(self, node: Node, args: Sequence[Floats], state: Floats, fields: Sequence[Floats]) -> Floats:
        lanes = state.shape[1]
        if node.op is Op.CONST:
            return np.repeat(self.arithmetic.rounded(np.float64(node.index)), lanes)
        if node.op is Op.REGISTER:
            return np.asarray(state[node.index])
        if node.op is Op.FIELD:
            return fields[node.index]
        if node.op is Op.SELECT:
            return np.where(args[0] != 0, args[1], args[2])
        if node.op is Op.NEURON:
            return self._neuron(node, args, lanes)
        if node.op is Op.LOAD:
            first, length = cast(tuple[int, int], node.attr)
            return _looked_up(state[first : first + length], args[0])
        if node.op is Op.TABLE:
            first, entries = cast(TableAttr, node.attr)
            rows = self.arithmetic.rounded(np.array(entries, dtype=np.float64))
            return _looked_up(np.repeat(rows[:, None], lanes, axis=1), args[0] - args[0].dtype.type(first))
        result = _BINARY[node.op](*(self.arithmetic.summed(arg) for arg in args))
        return self.arithmetic.rounded(result)

    def _neuron(self, node: Node, args: Sequence[Floats], lanes: int) -> Floats:
        bias, weights, relu = cast(NeuronAttr, node.attr)
        coefficients = self.arithmetic.summed(
            self.arithmetic.rounded(np.array([bias, *weights], dtype=np.float64))
        )
        total = np.repeat(coefficients[:1], lanes)
        for weight, arg in zip(coefficients[1:], args, strict=True):
            total = total + weight * self.arithmetic.summed(arg)
        rounded = self.arithmetic.rounded(total)
        return np.maximum(rounded, np.zeros_like(rounded)) if relu else rounded

    def _store(self, state: Floats, values: Sequence[Floats]) -> None:
        lanes = np.arange(state.shape[1])
        for store in self.transducer.stores:
            offsets = _offsets(values[store.index], store.length)
            enabled = (values[store.enable] != 0) & (offsets >= 0)
            state[store.first + offsets[enabled], lanes[enabled]] = values[store.value][enabled]


def _offsets(index: Floats, length: int) -> Floats:
    """Return an index as integers; -1 where it is not an index of an array of this length."""
    exact = index.astype(np.float64)
    fits = (exact >= 0) & (exact <= length - 1) & (exact == np.floor(exact))
    return np.where(fits, exact, -1).astype(np.int64)


def _looked_up(rows: Floats, index: Floats) -> Floats:
    """Return rows[index[b], b]; NaN where the index is out of range."""
    offsets = _offsets(index, len(rows))
    entries = rows[np.maximum(offsets, 0), np.arange(rows.shape[1])]
    return np.where(offsets >= 0, entries, np.full_like(entries, np.nan))


def _bitwise(operation: Callable[..., Floats], a: Floats, b: Floats) -> Floats:
    """Apply a bitwise operation to integers; NaN where an argument is not an integer."""
    wide = [part.astype(np.float64) for part in (a, b)]
    whole = [np.isfinite(part) & (part == np.floor(part)) & (np.abs(part) < 2.0**62) for part in wide]
    ints = [np.where(ok, part, 0).astype(np.int64) for ok, part in zip(whole, wide, strict=True)]
    result = operation(*ints).astype(np.float64)
    return np.where(whole[0] & whole[1], result, np.nan).astype(a.dtype)
