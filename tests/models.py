"""Random small models: every number format, up to three layers, thoughts that are asked for by the data."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from streamssm.program import words
from streamssm.program.ranges import Range
from streamssm.ssm.formats import NumberFormat, Overflow, Rounding
from streamssm.ssm.model import SSM, Layer, StateWord, ThoughtMode, Thoughts, TransitionKind
from streamssm.ssm.network import Gadget, Neuron, ReluNet, Signal

READY = 1000  # more than any other readout, so that the begin flag decides alone


@dataclass
class NetBuilder:
    """Collects gadgets of raw neurons over named inputs of no promised range."""

    inputs: list[str]
    gadgets: list[Gadget] = field(default_factory=list)

    def add(self, sources: list[int], hidden: list[Neuron], output: Neuron) -> int:
        free = tuple(Range(-(1 << 20), 1 << 20) for _ in sources)
        self.gadgets.append(Gadget("neurons", (), tuple(sources), free, tuple(hidden), output))
        return len(self.inputs) + len(self.gadgets) - 1

    def linear(self, bias: int, terms: list[tuple[int, int]]) -> int:
        return self.add(
            [s for _, s in terms], [], Neuron(bias, tuple((w, i) for i, (w, _) in enumerate(terms)))
        )

    def clamp(self, signal: int, values: Range) -> int:
        over = [Neuron(-values.lo, ((1, 0),)), Neuron(-values.hi, ((1, 0),))]
        return self.add([signal], over, Neuron(values.lo, ((1, 1), (-1, 2))))

    def done(self, outputs: list[tuple[str, int]]) -> ReluNet:
        signals = tuple(Signal(name, Range(-(1 << 20), 1 << 20)) for name in self.inputs)
        return ReluNet(signals, tuple(self.gadgets), tuple(outputs))


def random_model(seed: int) -> SSM:
    """Return a model that depends on the seed alone."""
    r = Random(seed)
    fields = tuple(words.field(f"f{i}", _small_range(r)) for i in range(r.randint(1, 2)))
    thoughts = _thoughts(r)
    names = ["thought", "begin", *(w.name for w in fields), *(w.name for w in thoughts.words)]
    outputs = tuple(f"out{i}" for i in range(r.randint(1, 2)))
    num_layers = r.randint(1, 3)
    layers = []
    for number in range(num_layers):
        layer = _layer(r, number, names, thoughts if number == num_layers - 1 else None, outputs)
        layers.append(layer)
        names = [name for name, _ in layer.readout.outputs]
    return SSM(f"random{seed}", fields, tuple(layers), outputs, thoughts)


def _small_range(r: Random) -> Range:
    lo = r.randint(-3, 1)
    return Range(lo, lo + r.randint(0, 3))


def _thoughts(r: Random) -> Thoughts:
    if r.random() < 0.3:
        return Thoughts()
    found = tuple(words.field(f"t{i}", _small_range(r)) for i in range(r.randint(0, 2)))
    return Thoughts(ThoughtMode.ONLINE, found, r.randint(1, 3))


def _format(r: Random) -> NumberFormat:
    overflow = r.choice([*Overflow, Overflow.SATURATE, Overflow.WRAP])
    values = _small_range(r)
    if overflow is Overflow.WRAP:
        values = Range(values.lo, values.lo + (1 << r.randint(0, 2)) - 1)
    return NumberFormat(values, r.randint(0, 2), r.choice(list(Rounding)), overflow)


def _layer(
    r: Random, number: int, names: list[str], thoughts: Thoughts | None, outputs: tuple[str, ...]
) -> Layer:
    state = tuple(_state_word(r, f"h{number}{i}") for i in range(r.randint(0, 2)))
    gates = NetBuilder(names)
    entries = [(f"A[{w.name}]", _random_signal(r, gates, Range(-1, 2))) for w in state]
    increments = [(f"B[{w.name}]", _random_signal(r, gates, Range(-3, 3))) for w in state]
    readout = NetBuilder([w.name for w in state] + names)
    begin = len(state) + 1
    if thoughts is None:
        y = [(f"y{i}", _random_signal(r, readout, Range(-3, 3))) for i in range(r.randint(1, 2))]
        y = [("thought", len(state)), ("begin", begin), *y]
    else:
        y = [(name, _random_signal(r, readout, Range(-9, 9))) for name in outputs]
        if thoughts.mode is ThoughtMode.ONLINE:
            fed = [(w.name, _random_signal(r, readout, w.range)) for w in thoughts.words]
            sure = [(1, len(state))] if r.random() < 0.5 else []
            bit = readout.linear(0, [(1, _random_signal(r, readout, Range(0, 1))), (READY, begin), *sure])
            y = [("ready", bit), *fed, *y]
    kind, places = TransitionKind.DIAGONAL, r.choice([0, 0, 1, 2])
    return Layer(state, kind, gates.done([*entries, *increments]), readout.done(y), places)


def _state_word(r: Random, name: str) -> StateWord:
    form = _format(r)
    return StateWord(name, form, r.randint(form.range.lo, form.range.hi))


def _random_signal(r: Random, net: NetBuilder, values: Range) -> int:
    """Return a random function of the inputs, mostly clamped into a range."""
    count = len(net.inputs)
    sources = [r.randrange(count) for _ in range(r.randint(1, 3))]
    hidden = [
        Neuron(r.randint(-2, 2), tuple((r.randint(-2, 2), i) for i in range(len(sources))))
        for _ in range(r.randint(0, 2))
    ]
    terms = tuple((r.choice([-1, 0, 1, 2]), i) for i in range(len(sources) + len(hidden)))
    signal = net.add(sources, hidden, Neuron(r.randint(-1, 1), terms))
    return net.clamp(signal, values) if r.random() < 0.95 else signal
