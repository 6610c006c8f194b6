"""Random small models with layers of given kinds, and the groups in their transition monoids.

A layer reads the states of all layers below it and the symbol, as one number, and the model's output is the
number of its whole state, so that properties of its monoid hold for every readout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from random import Random

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.properties import Properties, properties_of
from streamssm.equivalences.minimize import minimize
from streamssm.errors import PrecisionError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ir.words import field
from streamssm.ssm.formats import NumberFormat, Overflow, Rounding
from streamssm.ssm.layers import Layer, StateWord
from streamssm.ssm.model import SSM
from streamssm.ssm.network import Signal
from streamssm.ssm.textbook.parts import FLAGS, Nodes, layer
from streamssm.ssm.transitions import MatrixLayout, TransitionKind

SYMBOLS = 2
Step = tuple[tuple[int, ...], tuple[int, ...]]  # the entries of A, in order, and B


@dataclass(frozen=True)
class RandomGate:
    """The possible transitions of a random layer: entries in [least, most], in units of 2^-fraction_bits."""

    kind: TransitionKind
    least: int
    most: int
    fraction_bits: int = 0
    overflow: Overflow = Overflow.SATURATE

    def entry(self, r: Random) -> int:
        """Return a random entry; half of them are ends of the range, which give permutations."""
        ends = [self.least << self.fraction_bits, self.most << self.fraction_bits]
        return r.choice([*ends, r.randint(*ends), r.randint(*ends)])

    def wrapping(self) -> RandomGate:
        """Return the same gate for words that wrap around."""
        return replace(self, overflow=Overflow.WRAP)

    def __str__(self) -> str:
        units = f" by {1 / (1 << self.fraction_bits)}" if self.fraction_bits else ""
        wraps = ", wrapping" if self.overflow is Overflow.WRAP else ""
        return f"{self.kind.value} [{self.least}, {self.most}]{units}{wraps}"


ZERO_ONE = RandomGate(TransitionKind.ZERO_ONE, 0, 1)
DYADIC = RandomGate(TransitionKind.DYADIC, 0, 1, 2)
NONNEGATIVE = RandomGate(TransitionKind.DIAGONAL, 0, 2, 1)
SIGNED = RandomGate(TransitionKind.SIGNED, -1, 1)
UNIT = RandomGate(TransitionKind.DIAGONAL, -1, 1, 2)
REAL = RandomGate(TransitionKind.DIAGONAL, -2, 2, 1)
ROOTS = RandomGate(TransitionKind.COMPLEX, 0, 1, overflow=Overflow.CYCLE)
ROTATIONS = RandomGate(TransitionKind.COMPLEX, 1, 1, overflow=Overflow.CYCLE)
INVARIANT = RandomGate(TransitionKind.TIME_INVARIANT, -1, 1, 1)
LINEAR = RandomGate(TransitionKind.TIME_INVARIANT_DENSE, -1, 1, overflow=Overflow.ERROR)


def random_model(r: Random, gates: Sequence[RandomGate], *, most_words: int = 1, most_values: int = 4) -> SSM:
    """Return a model with a layer for each of ``gates``, of words with at least two values.

    >>> model = random_model(Random(1), [SIGNED, ZERO_ONE])
    >>> [layer.kind.value for layer in model.layers], len(model.run([[0], [1]]))
    (['signed', 'zero-one'], 2)
    """
    inputs, codes = [*FLAGS, Signal("x", Range(0, SYMBOLS - 1))], SYMBOLS
    layers = list[Layer]()
    for number, gate in enumerate(gates, start=1):
        words = [_word(r, f"h{number}_{i}", gate, most_values) for i in range(r.randint(1, most_words))]
        layers.append(_layer(r, gate, words, inputs, codes))
        codes *= prod(word.range.size for word in words)
        inputs = [Signal(f"y{number}", Range(0, codes - 1))]
    return SSM("random", (field("x", Range(0, SYMBOLS - 1)),), tuple(layers), (inputs[0].name,))


def _word(r: Random, name: str, gate: RandomGate, most_values: int) -> StateWord:
    size = r.randint(2, most_values)
    if gate.overflow is Overflow.WRAP:
        size = 1 << (size - 1).bit_length()
    lo = 0 if gate.overflow is Overflow.CYCLE else r.randint(-size, 0)
    range_ = Range(lo, lo + size - 1)
    form = NumberFormat(range_, 0, r.choice(list(Rounding)), gate.overflow)
    return StateWord(name, form, r.randint(range_.lo, range_.hi))


def _layer(
    r: Random, gate: RandomGate, words: list[StateWord], inputs: Sequence[Signal], codes: int
) -> Layer:
    steps = _steps(r, gate, words, codes)
    columns = [list(values) for values in zip(*(entries + b for entries, b in steps), strict=True)]
    count = len(columns) - len(words)
    strides = [prod(word.range.size for word in words[:i]) for i in range(len(words) + 1)]

    def gates_of(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        nodes = [g.table(x[-1], column) for column in columns]
        return nodes[:count], nodes[count:]

    def readout(g: GraphBuilder, h: Nodes, x: Nodes) -> Nodes:
        code = g.mul(x[-1], g.const(strides[-1]))
        for value, word, stride in zip(h, words, strides, strict=False):
            code = g.add(code, g.mul(g.sub(value, g.const(word.range.lo)), g.const(stride)))
        return [code]

    name = f"y{words[0].name[1:].split('_')[0]}"
    fraction_bits = (gate.fraction_bits,) * len(words)
    return layer(inputs, words, gate.kind, gates_of, readout, [name], fraction_bits=fraction_bits)


def _steps(r: Random, gate: RandomGate, words: Sequence[StateWord], codes: int) -> list[Step]:
    """Return a transition for each number that the layer may read."""
    count = len(words) ** 2 if gate.kind.layout is MatrixLayout.DENSE else len(words)
    fixed = _fixed_entries(r, gate, len(words)) if gate.kind.is_time_invariant else None
    steps = []
    for _ in range(codes):
        entries = fixed or tuple(gate.entry(r) for _ in range(count))
        diagonal = entries if count == len(words) else entries[:: len(words) + 1]
        increments = [_increment(r, gate, *pair) for pair in zip(words, diagonal, strict=True)]
        steps.append((entries, tuple(increments)))
    return steps


def _fixed_entries(r: Random, gate: RandomGate, dim: int) -> tuple[int, ...]:
    """Return entries for all steps; a matrix has one per row, half of the time in distinct columns."""
    if gate.kind.layout is not MatrixLayout.DENSE:
        return tuple(gate.entry(r) for _ in range(dim))
    columns = r.sample(range(dim), dim) if r.random() < 0.5 else [r.randrange(dim) for _ in range(dim)]
    entries = (
        [gate.entry(r) for _ in range(dim)] if r.random() < 0.5 else [gate.most << gate.fraction_bits] * dim
    )
    return tuple(entries[row] * (columns[row] == column) for row in range(dim) for column in range(dim))


def _increment(r: Random, gate: RandomGate, word: StateWord, entry: int) -> int:
    """Return a random increment; half of them center the image in the range, so that little saturates."""
    lo, hi = word.range.lo, word.range.hi
    if gate.overflow in (Overflow.WRAP, Overflow.CYCLE):
        return r.randrange(word.range.size)
    if gate.overflow is Overflow.ERROR:
        return r.choice([*[0] * 8, 1, -1])  # most others leave the range sooner or later
    ends = sorted(word.format.rounded(entry * value, gate.fraction_bits) for value in (lo, hi))
    if r.random() < 0.5:
        return (lo + hi - sum(ends)) // 2 + r.choice([-1, 0, 0, 1])
    return r.randint(lo - ends[1], hi - ends[0])


def machine_of_states(model: SSM) -> Automaton:
    """Return the minimal machine of a model, whose outputs number its reachable states."""
    minimal = minimize(model).machine
    return Automaton(
        model.name,
        tuple(map(str, range(minimal.num_tokens))),
        minimal.next_state,
        minimal.output,
        tuple(map(str, minimal.outputs.tolist())),
    )


@dataclass(frozen=True)
class Drawn:
    """A random model, the machine of its states, and the algebraic properties of that machine."""

    model: SSM
    machine: Automaton
    properties: Properties


def drawn(
    count: int, gates: Sequence[RandomGate], seed: int, *, most_words: int = 1, most_values: int = 4
) -> Iterator[Drawn]:
    """Yield random models of some layers, reproducible by seed, that overflow on no stream."""
    r, remaining = Random(seed), count
    while remaining:
        model = random_model(r, gates, most_words=most_words, most_values=most_values)
        try:
            machine = machine_of_states(model)
        except PrecisionError:
            continue
        remaining -= 1
        yield Drawn(model, machine, properties_of(machine))
