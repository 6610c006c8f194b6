"""Random small models: every number format, up to three layers, thoughts that are asked for by the data.

Online models are ready before the first token; offline ones need not be, then or ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from random import Random

from streamssm.errors import ParameterError
from streamssm.ir import words
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Word
from streamssm.ssm.formats import NumberFormat, Overflow, Rounding
from streamssm.ssm.gadgets import make_gadget
from streamssm.ssm.model import SSM, Layer, StateWord, ThoughtMode, Thoughts, TransitionKind
from streamssm.ssm.network import Gadget, Neuron, ReluNet, Signal
from streamssm.ssm.weights import weight_sites, with_changed_weight

READY = 1000  # more than any other readout, so that the begin flag decides alone
WIDE = Range(-(1 << 20), 1 << 20)

State = tuple[int, ...]


@dataclass
class Net:
    """Collects gadgets over inputs; a signal of unknown range is only read by raw neurons."""

    names: list[str]
    ranges: list[Range | None]
    gadgets: list[Gadget] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.width = len(self.names)

    def raw(
        self, sources: list[int], hidden: list[Neuron], output: Neuron, values: Range | None = None
    ) -> int:
        claimed = tuple(WIDE for _ in sources)
        return self._add(Gadget("neurons", (), tuple(sources), claimed, tuple(hidden), output), values)

    def make(
        self, kind: str, params: tuple[int, ...], sources: list[int], values: Range | None = None
    ) -> int:
        ranges = [self.ranges[source] for source in sources]
        claimed = tuple(found for found in ranges if found is not None)
        return self._add(make_gadget(kind, params, tuple(sources), claimed), values)

    def clamp(self, signal: int, values: Range) -> int:
        """Bring a signal into a range: by gadgets where its own is known, else by bare neurons."""
        if self.ranges[signal] is not None:
            low = self.make("max", (values.lo,), [signal], WIDE)
            return self.make("min", (values.hi,), [low], values)
        over = [Neuron(-values.lo, ((1, 0),)), Neuron(-values.hi, ((1, 0),))]
        return self.raw([signal], over, Neuron(values.lo, ((1, 1), (-1, 2))), values)

    def done(self, outputs: list[tuple[str, int]]) -> ReluNet:
        pairs = zip(self.names, self.ranges, strict=False)
        return ReluNet(tuple(Signal(n, r or WIDE) for n, r in pairs), tuple(self.gadgets), tuple(outputs))

    def known(self, inside: Range = WIDE) -> list[int]:
        """List the signals whose range is known to lie in another one."""
        return [
            place for place, found in enumerate(self.ranges) if found is not None and inside.covers(found)
        ]

    def _add(self, gadget: Gadget, values: Range | None) -> int:
        self.gadgets.append(gadget)
        self.ranges.append(values)
        return len(self.ranges) - 1


def random_model(seed: int) -> SSM:
    """Return a model that depends on the seed alone."""
    r = Random(seed)
    fields = tuple(words.field(f"f{i}", _small_range(r)) for i in range(r.randint(1, 2)))
    thoughts = _thoughts(r, Random(~seed).choice([ThoughtMode.ONLINE, ThoughtMode.OFFLINE]))
    slots = [Word("thought", BIT), Word("begin", BIT), *fields, *thoughts.words]
    outputs = tuple(f"out{i}" for i in range(r.randint(1, 2)))
    names: list[str] = [word.name for word in slots]
    ranges: list[Range | None] = [word.range for word in slots]
    layers = []
    for number in reversed(range(r.randint(1, 3))):
        layer, ranges = _layer(r, number, names, ranges, None if number else (thoughts, outputs))
        layers.append(layer)
        names = [name for name, _ in layer.readout.outputs]
    return SSM(f"random{seed}", fields, tuple(layers), outputs, thoughts)


def random_mutant(seed: int) -> SSM:
    """Return a random model with one weight changed, or as it is where no weight may be."""
    model, r = random_model(seed), Random(seed)
    sites = list(weight_sites(model))
    try:
        return with_changed_weight(model, r.choice(sites), r.choice([-1, 1])) if sites else model
    except ParameterError:
        return model


def some_steps(model: SSM, seed: int, count: int = 60) -> list[tuple[State, State]]:
    """Return some of the model's states, each with a token."""
    pairs = [(state, token) for state in every(model.state) for token in every(model.fields)]
    return Random(seed).sample(pairs, min(count, len(pairs)))


def every(found: tuple[Word, ...]) -> list[State]:
    return list(product(*(range(word.range.lo, word.range.hi + 1) for word in found)))


def _small_range(r: Random) -> Range:
    lo = r.randint(-3, 1)
    return Range(lo, lo + r.randint(0, 3))


def _thoughts(r: Random, mode: ThoughtMode) -> Thoughts:
    if r.random() < 0.3:
        return Thoughts()
    found = tuple(words.field(f"t{i}", _small_range(r)) for i in range(r.randint(0, 2)))
    return Thoughts(mode, found, r.randint(1, 3))


def _state_word(r: Random, name: str) -> StateWord:
    overflow = r.choice([Overflow.ERROR, *[Overflow.SATURATE, Overflow.WRAP] * 2])
    values = _small_range(r)
    if overflow is Overflow.WRAP:
        values = Range(values.lo, values.lo + (1 << r.randint(0, 2)) - 1)
    form = NumberFormat(values, r.randint(0, 2), r.choice(list(Rounding)), overflow)
    return StateWord(name, form, r.randint(values.lo, values.hi))


def _layer(
    r: Random,
    number: int,
    names: list[str],
    ranges: list[Range | None],
    last: tuple[Thoughts, tuple[str, ...]] | None,
) -> tuple[Layer, list[Range | None]]:
    state = tuple(_state_word(r, f"h{number}{i}") for i in range(r.randint(0, 2)))
    gates = Net(list(names), list(ranges))
    rows = [(f"A[{word.name}]", _signal(r, gates, Range(-1, 2))) for word in state]
    rows += [(f"B[{word.name}]", _signal(r, gates, Range(-3, 3))) for word in state]
    readout = Net([w.name for w in state] + names, [*(w.range for w in state), *ranges])
    flag = len(state)
    y = _last(r, readout, flag, *last) if last else _inner(r, readout, flag)
    places = (r.choice([0, 0, 1, 2]),) * len(state)
    layer = Layer(state, TransitionKind.DIAGONAL, gates.done(rows), readout.done(y), places)
    return layer, [readout.ranges[signal] for _, signal in y]


def _inner(r: Random, net: Net, flag: int) -> list[tuple[str, int]]:
    more = [(f"y{i}", _signal(r, net, Range(-3, 3))) for i in range(r.randint(1, 2))]
    return [("thought", flag), ("begin", flag + 1), *more]


def _last(
    r: Random, net: Net, flag: int, thoughts: Thoughts, outputs: tuple[str, ...]
) -> list[tuple[str, int]]:
    y = [(name, _signal(r, net, Range(-9, 9))) for name in outputs]
    if thoughts.mode is ThoughtMode.NONE:
        return y
    fed = [(word.name, _signal(r, net, word.range)) for word in thoughts.words]
    terms = [(1, _signal(r, net, BIT)), *([(1, flag)] if r.random() < 0.5 else [])]
    if not thoughts.on_copy:
        terms.append((READY, flag + 1))
    weights = tuple((weight, place) for place, (weight, _) in enumerate(terms))
    ready = net.raw([source for _, source in terms], [], Neuron(0, weights))
    return [("ready", ready), *fed, *y]


def _signal(r: Random, net: Net, values: Range) -> int:
    """Return a random function of the inputs, mostly clamped into a range."""
    signal = r.choice(_MAKERS)(r, net)
    return net.clamp(signal, values) if r.random() < 0.95 else signal


def _raw(r: Random, net: Net) -> int:
    sources = [r.randrange(net.width) for _ in range(r.randint(1, 3))]
    hidden = [
        Neuron(r.randint(-2, 2), tuple((r.randint(-2, 2), i) for i in range(len(sources))))
        for _ in range(r.randint(0, 2))
    ]
    terms = tuple((r.choice([-1, 0, 1, 2]), i) for i in range(len(sources) + len(hidden)))
    return net.raw(sources, hidden, Neuron(r.randint(-1, 1), terms))


def _linear(r: Random, net: Net) -> int:
    sources = [r.choice(net.known()) for _ in range(r.randint(1, 3))]
    params = tuple(r.randint(-2, 2) for _ in range(len(sources) + 1))
    return net.make("linear", params, sources, WIDE)


def _compare(r: Random, net: Net) -> int:
    sources = [r.choice(net.known(Range(-9, 9))) for _ in range(r.randint(1, 2))]
    params = (r.randint(-2, 2), *(r.choice([-1, 1]) for _ in sources))
    return net.make(r.choice(["ge", "eq", "ne"]), params, sources, BIT)


def _logic(r: Random, net: Net) -> int:
    sources = [r.choice(net.known(BIT)) for _ in range(2)]
    kind = r.choice(["and", "or", "xor"])
    return net.make(kind, () if kind == "xor" else (r.randint(0, 1), r.randint(0, 1)), sources, BIT)


def _select(r: Random, net: Net) -> int:
    bit = _compare(r, net)
    sources = [bit, *(r.choice(net.known(Range(-9, 9))) for _ in range(2))]
    return net.make("select", (), sources, Range(-9, 9))


def _table(r: Random, net: Net) -> int:
    source = r.choice(net.known(Range(-9, 9)))
    return net.make("table", (-9, *(r.randint(-4, 4) for _ in range(19))), [source], Range(-4, 4))


_MAKERS: list[Callable[[Random, Net], int]] = [_raw, _raw, _linear, _compare, _logic, _select, _table]
