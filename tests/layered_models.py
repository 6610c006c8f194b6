"""Random models of several layers without thoughts: every transition kind, rounding and overflow mode."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from streamssm.errors import ParameterError
from streamssm.ir import words
from streamssm.ir.linear_form import Linear
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.formats import NumberFormat, Overflow, Rounding
from streamssm.ssm.lowering import NetBuilder, NetworkValue
from streamssm.ssm.model import SSM, Layer, StateWord, TransitionKind
from streamssm.ssm.network import Signal
from streamssm.ssm.transitions import MatrixLayout, entries_of

SMALL = Range(-9, 9)
FLAGS = [Signal("thought", BIT), Signal("begin", BIT)]
PLAIN_MODES = (Overflow.ERROR, Overflow.SATURATE, Overflow.WRAP)
WHOLE = (TransitionKind.ZERO_ONE, TransitionKind.SIGNED, TransitionKind.COMPLEX)


def layered_model(r: Random) -> SSM:
    """Return a model of 1 to 6 layers; mostly narrow ones, some with 16 words, some with 24 bits.

    A layer whose factors are never reflections is none; another model is made instead.
    """
    while True:
        try:
            return _layered_model(r)
        except ParameterError as error:
            if "is never a reflection" not in str(error):
                raise


def _layered_model(r: Random) -> SSM:
    fields = tuple(words.field(f"f{i}", _field_range(r)) for i in range(r.randint(1, 2)))
    inputs = [*FLAGS, *(Signal(word.name, word.range) for word in fields)]
    depth = r.choice([1, 1, 1, 2, 2, 3, 4, 5, 6])
    layers = []
    for number in range(1, depth + 1):
        layer = _layer(r, number, inputs, wide=depth == 1)
        layers.append(layer)
        inputs = _read_as_inputs(layer)
    return SSM("layered", fields, tuple(layers), layers[-1].readout.output_names)


def _field_range(r: Random) -> Range:
    lo = r.randint(-3, 1)
    return Range(lo, lo + r.randint(0, 3)) if r.random() < 0.9 else Range(-(1 << 23), (1 << 23) - 1)


def _read_as_inputs(layer: Layer) -> list[Signal]:
    net = NetBuilder(layer.readout.inputs)
    for gadget in layer.readout.gadgets:
        net.emit(gadget.kind, gadget.params, gadget.inputs)
    return [Signal(name, net.range(signal)) for name, signal in layer.readout.outputs]


def _layer(r: Random, number: int, inputs: list[Signal], *, wide: bool) -> Layer:
    kind = r.choice(list(TransitionKind))
    dim = r.choice([1, 1, 2, 2, 3, 4])
    if wide and r.random() < 0.2:
        dim = r.choice([8, 16])
    state = tuple(_state_word(r, f"h{number}_{i}", kind) for i in range(dim))
    places = _places(r, kind, dim)
    count = r.randint(0, 3) if kind is TransitionKind.HOUSEHOLDER else 0
    maker = _Maker(r, NetBuilder(inputs))
    entries = _ENTRIES[kind.layout](maker, kind, places, count)
    increments = [maker.clamped(_step_of(word)) for word in state]
    names = [str(entry) for entry in entries_of(kind.layout, dim, count)]
    names += [f"B[{i}]" for i in range(dim)]
    gates = maker.net.finish(zip(names, [*entries, *increments], strict=True))
    readout = _Maker(r, NetBuilder([*(Signal(word.name, word.range) for word in state), *inputs]))
    seen = r.sample(range(dim), min(dim, 2))
    y = [readout.value(readout.net.form(place)) for place in seen] if r.random() < 0.5 else []
    y += [readout.clamped(SMALL) for _ in range(r.randint(1, 2))]
    shown = readout.net.finish((f"y{number}_{i}", value) for i, value in enumerate(y))
    return Layer(state, kind, gates, shown, places, count)


def _state_word(r: Random, name: str, kind: TransitionKind) -> StateWord:
    overflow = Overflow.CYCLE if kind is TransitionKind.COMPLEX else r.choice(PLAIN_MODES)
    bits = r.choice([1, 1, 2, 3, 4, 4, 6, 24])
    lo = 0 if overflow is Overflow.CYCLE else r.choice([0, 0, -1, -(1 << (bits - 1))])
    hi = lo + (1 << bits) - 1
    if overflow is not Overflow.WRAP:
        hi -= r.randint(0, (hi - lo) // 2)
    form = NumberFormat(Range(lo, hi), r.randint(0, 2), r.choice(list(Rounding)), overflow)
    return StateWord(name, form, r.randint(lo, hi))


def _step_of(word: StateWord) -> Range:
    """Return a range for B: a quarter of the word's, so that the ends are reached by and by."""
    if word.format.overflow is Overflow.CYCLE:
        return Range(-word.range.size, word.range.size)
    size = max(1, word.range.size // 4)
    return Range(-size, size)


def _places(r: Random, kind: TransitionKind, dim: int) -> tuple[int, ...]:
    if kind in WHOLE:
        return (0,) * dim
    if kind is TransitionKind.HOUSEHOLDER:
        return (r.choice([0, 0, 1, 2]),) * dim
    return tuple(r.choice([0, 0, 1, 2, 5]) for _ in range(dim))


@dataclass
class _Maker:
    """Makes random words and conditions from random gadgets over a network's inputs."""

    random: Random
    net: NetBuilder

    def value(self, form: Linear) -> NetworkValue:
        return self.net.value(form)

    def constant(self, value: int) -> NetworkValue:
        return self.value(Linear(value))

    def bit(self) -> NetworkValue:
        r = self.random
        if r.random() < 0.2:
            return self.constant(r.randint(0, 1))
        params = (r.randint(-2, 2), r.choice([-1, 1]))
        form = self.net.emit(r.choice(["ge", "eq", "ne"]), params, [self._input()])
        if r.random() < 0.4 and form.terms:
            other = self.net.emit("ge", (r.randint(-1, 1), 1), [self._input()])
            if other.terms:
                kind = r.choice(["and", "or", "xor"])
                senses = () if kind == "xor" else (r.randint(0, 1), r.randint(0, 1))
                form = self.net.emit(kind, senses, (form.terms[0][0], other.terms[0][0]))
        return self.value(form if r.random() < 0.6 else Linear(1).plus(form, -1))

    def clamped(self, values: Range) -> NetworkValue:
        """Return a random word of a range."""
        if self.random.random() < 0.2:
            return self.constant(self.random.randint(values.lo, values.hi))
        form = self._word(values)
        for kind, end in (("max", values.lo), ("min", values.hi)):
            form = self.net.emit(kind, (end,), (self.net.signal(form),))
        return self.value(form)

    def _word(self, values: Range) -> Linear:
        made: Linear = self.random.choice(_WORDS)(self, values)
        return made

    def _input(self) -> int:
        return self.random.randrange(len(self.net.inputs))

    def _sum(self, values: Range) -> Linear:
        total = Linear(self.random.randint(-2, 2))
        for _ in range(self.random.randint(1, 3)):
            total = total.plus(self.net.form(self._input()), self.random.choice([-2, -1, 1, 2]))
        return total

    def _choice(self, values: Range) -> Linear:
        """Choose between constants, or a constant and an input."""
        low, high = (self.random.randint(values.lo, values.hi) for _ in range(2))
        bit = self.bit().form
        if not bit.terms or self.random.random() < 0.5:
            return Linear(low).plus(bit, high - low)
        params = (low, self.random.randint(0, 1))
        return self.net.emit("select_const", params, (self.net.signal(bit), self._input()))


_WORDS: list[Callable[[_Maker, Range], Linear]] = [_Maker._sum, _Maker._choice, _Maker._choice]


# entries of A


def _entry(make: _Maker, kind: TransitionKind, places: int) -> NetworkValue:
    """Return a random entry of a kind whose entries are those of a matrix."""
    r = make.random
    if kind in (TransitionKind.ZERO_ONE, TransitionKind.COMPLEX):
        return make.bit()
    if kind is TransitionKind.SIGNED:
        return make.value(make.bit().form.plus(make.bit().form, -1))
    if kind is TransitionKind.DYADIC:
        return make.clamped(Range(0, 1 << places))
    if kind.is_time_invariant:
        return make.constant(r.randint(-(1 << places), 1 << places))
    return make.clamped(Range(-2 << places, 2 << places))


def _diagonal(make: _Maker, kind: TransitionKind, places: tuple[int, ...], count: int) -> list[NetworkValue]:
    return [_entry(make, kind, row) for row in places]


def _dense(make: _Maker, kind: TransitionKind, places: tuple[int, ...], count: int) -> list[NetworkValue]:
    """Return rows that are mostly 0 where there are many."""
    odds = 2 / len(places)
    return [
        _entry(make, kind, row) if make.random.random() < odds else make.constant(0)
        for row in places
        for _ in places
    ]


def _monomial(make: _Maker, kind: TransitionKind, places: tuple[int, ...], count: int) -> list[NetworkValue]:
    targets = [make.clamped(Range(0, len(places) - 1)) for _ in places]
    return [*targets, *(_entry(make, kind, row) for row in places)]


def _householder(
    make: _Maker, kind: TransitionKind, places: tuple[int, ...], count: int
) -> list[NetworkValue]:
    return [value for _ in range(count) for value in _factor(make, len(places), places[0])]


def _factor(make: _Maker, dim: int, places: int) -> list[NetworkValue]:
    """Return v and beta: a swap of two words, one word turned, a mean of four; rarely no reflection."""
    r = make.random
    size = r.choice([size for size in (1, 2, 4) if size <= dim and (size < 4 or places)])
    on = make.bit().form
    v = [make.constant(0)] * dim
    for place in r.sample(range(dim), size):
        v[place] = make.value(on.times(r.choice([-1, 1])))
    beta = make.constant((2 << places) // size)
    return [*v, make.clamped(Range(0, 2 << places)) if r.random() < 0.3 and on.terms else beta]


_ENTRIES: dict[MatrixLayout, Callable[[_Maker, TransitionKind, tuple[int, ...], int], list[NetworkValue]]] = {
    MatrixLayout.DIAGONAL: _diagonal,
    MatrixLayout.DENSE: _dense,
    MatrixLayout.MONOMIAL: _monomial,
    MatrixLayout.HOUSEHOLDER: _householder,
}
