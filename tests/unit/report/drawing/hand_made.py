"""Models written by hand for the drawings: several layers, no thoughts."""

from __future__ import annotations

from collections.abc import Sequence

from streamssm.ir.linear_form import Linear
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Word
from streamssm.ssm.formats import NumberFormat, Overflow
from streamssm.ssm.lowering import NetBuilder
from streamssm.ssm.model import SSM, Layer, StateWord, TransitionKind
from streamssm.ssm.network import ReluNet, Signal

FLAGS = (Word("thought", BIT), Word("begin", BIT))


def composition_by_blocks(n: int, k: int) -> SSM:
    """Return f_k(...f_1(x)) in k + 1 layers of one word; a token is (block, key, image), x in block 0.

    Layer i keeps f_i(...), which it finds where the block is i and the key is the word of the layer below.
    """
    values = Range(0, n - 1)
    fields = (Word("block", Range(0, k)), Word("key", values), Word("image", values))
    passed = (*FLAGS, *fields)
    layers = [_layer(0, passed, values, k)]
    layers += [_layer(i, (*passed, Word(f"v{i - 1}", values)), values, k) for i in range(1, k + 1)]
    registers = tuple((f"value{i}", f"v{i}") for i in range(k + 1))
    return SSM(f"composition_{n}_{k}", fields, tuple(layers), ("output",), register_map=registers)


def _layer(number: int, x: Sequence[Word], values: Range, k: int) -> Layer:
    word = StateWord(f"v{number}", NumberFormat(values))
    inputs = tuple(Signal(f"x.{slot.name}", slot.range) for slot in x)
    gates = _gates(number, inputs, word.name)
    h = Signal(f"h.{word.name}", values)
    readout = ReluNet((h, *inputs), (), _readout(number, x, k))
    return Layer((word,), TransitionKind.ZERO_ONE, gates, readout)


def _gates(number: int, inputs: tuple[Signal, ...], name: str) -> ReluNet:
    net = NetBuilder(inputs)
    block, key, image, below = 2, 3, 4, 5
    found = net.signal(net.emit("eq", (number, 1), (block,)))
    if number:
        same = net.signal(net.emit("eq", (0, 1, -1), (key, below)))
        found = net.signal(net.emit("and", (1, 1), (found, same)))
    taken = net.emit("select_const", (0, 1), (found, image))
    keep = Linear(1).plus(net.form(found), -1)
    return net.finish([(f"A[{name}]", net.value(keep, BIT)), (f"B[{name}]", net.value(taken))])


def _readout(number: int, x: Sequence[Word], k: int) -> tuple[tuple[str, int], ...]:
    if number == k:
        return (("output", 0),)
    passed = tuple((slot.name, index) for index, slot in enumerate(x[:5], start=1))
    return (*passed, (f"v{number}", 0))


def wide_model(words: int, layers: int, name: str = "w{layer}_{word}") -> SSM:
    """Return layers of many words, each of which counts what the word before it held."""
    fields = (Word("step", Range(0, 1)),)
    x: tuple[Word, ...] = (*FLAGS, *fields)
    made = []
    for layer in range(1, layers + 1):
        names = [name.format(layer=layer, word=word) for word in range(words)]
        made.append(_counters(names, x, last=layer == layers))
        x = (*FLAGS, *(Word(one, Range(0, 3)) for one in names))
    return SSM("wide", fields, tuple(made), ("total",))


def _counters(names: Sequence[str], x: Sequence[Word], last: bool) -> Layer:
    inputs = tuple(Signal(f"x.{slot.name}", slot.range) for slot in x)
    net = NetBuilder(inputs)
    sources = [2 + index % (len(x) - 2) for index in range(len(names))]
    on = [net.emit("ge", (1, 1), (source,)) for source in sources]
    rows = [(f"A[{n}]", net.value(Linear(1).plus(bit, -1), BIT)) for n, bit in zip(names, on, strict=True)]
    rows += [(f"B[{n}]", net.value(bit, BIT)) for n, bit in zip(names, on, strict=True)]
    words = tuple(StateWord(one, NumberFormat(Range(0, 3))) for one in names)
    h = tuple(Signal(f"h.{one}", Range(0, 3)) for one in names)
    out = NetBuilder((*h, *inputs))
    total = out.value(_sum(out, h))
    flags = [(slot.name, out.value(out.form(len(h) + i))) for i, slot in enumerate(FLAGS)]
    passed = [*flags, *((one, out.value(out.form(i))) for i, one in enumerate(names))]
    readout = out.finish([("total", total)] if last else passed)
    return Layer(words, TransitionKind.ZERO_ONE, net.finish(rows), readout)


def _sum(net: NetBuilder, h: Sequence[Signal]) -> Linear:
    total = Linear(0)
    for index in range(len(h)):
        total = total.plus(net.form(index))
    return total


def every_layout() -> SSM:
    """Return a dense, a monomial, a Householder and a complex layer of two words each."""
    bit = Word("bit", BIT)
    x = (*FLAGS, bit)
    made = [
        _two_words(kind, entries, x, last=kind is TransitionKind.COMPLEX)
        for kind, entries in (
            (TransitionKind.DENSE, ("A[0,0]", "A[0,1]", "A[1,0]", "A[1,1]")),
            (TransitionKind.MONOMIAL, ("target[0]", "target[1]", "D[0]", "D[1]")),
            (TransitionKind.HOUSEHOLDER, ("v[0,0]", "v[0,1]", "beta[0]")),
            (TransitionKind.COMPLEX, ("A[0]", "A[1]")),
        )
    ]
    return SSM("layouts", (bit,), tuple(made), ("parity",), register_map=(("turn", "p@4"),))


def _two_words(kind: TransitionKind, entries: Sequence[str], x: Sequence[Word], last: bool) -> Layer:
    inputs = tuple(Signal(f"x.{slot.name}", slot.range) for slot in x)
    net = NetBuilder(inputs)
    on = net.value(net.form(2))
    fixed = {name: 0 for name in ("A[1,0]", "target[0]", "v[0,1]")} | {"A[0,0]": 1, "D[0]": 1}
    rows = [(name, net.value(Linear(fixed[name])) if name in fixed else on) for name in entries]
    if kind is TransitionKind.HOUSEHOLDER:  # v = (bit, 0): a reflection where the bit is 1
        rows[2] = ("beta[0]", net.value(net.form(2).times(2)))
    rows += [(f"B[{name}]", net.value(Linear(0)) if kind.widest is kind else on) for name in ("p", "q")]
    form = NumberFormat(BIT if last else Range(-4, 4), overflow=Overflow.CYCLE if last else Overflow.SATURATE)
    words = tuple(StateWord(name, form) for name in ("p", "q"))
    h = tuple(Signal(f"h.{word.name}", form.range) for word in words)
    passed = tuple((slot.name, 2 + index) for index, slot in enumerate(x))
    readout = ReluNet((*h, *inputs), (), (("parity", 0),) if last else passed)
    return Layer(words, kind, net.finish(rows), readout, reflections=int(kind is TransitionKind.HOUSEHOLDER))
