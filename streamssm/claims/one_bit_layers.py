"""All models of one-bit words, one word a layer: is there one that does what a machine does?

A word of one bit can do four things in a step; which ones, its transition kind and overflow say. A layer
reads the symbol and all words below it as they are after the step, and the answer may be any function of all
words and the symbol: so a list of what each layer does for everything that it may read is a list of all
models of these layers, whatever their networks are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from streamssm.automata.machine import Automaton
from streamssm.claims.random_models import RandomGate
from streamssm.ir.ranges import BIT
from streamssm.ssm.formats import NumberFormat

Map = tuple[int, int]  # where 0 and 1 go
Layer = tuple[Map, ...]  # a map for each number that the layer may read
INCREMENTS = range(-4, 5)  # more than saturation leaves anything of


def maps_of(gate: RandomGate, entry: int) -> set[Map]:
    """Return what a word of one bit can do with an entry, over all increments.

    >>> from streamssm.claims.random_models import SIGNED
    >>> sorted(maps_of(SIGNED, 1)), sorted(maps_of(SIGNED, -1))
    ([(0, 0), (0, 1), (1, 1)], [(0, 0), (1, 0), (1, 1)])
    """
    form = NumberFormat(BIT, overflow=gate.overflow)

    def moved(value: int, increment: int) -> int:
        return form.apply_overflow(form.rounded(entry * value, gate.places) + increment)

    return {(moved(0, b), moved(1, b)) for b in INCREMENTS}


def layers_of(gate: RandomGate, reads: int) -> Iterator[Layer]:
    """Yield everything that a layer of one bit can do which reads so many numbers; each once."""
    of_entry = [maps_of(gate, e) for e in range(gate.least << gate.places, (gate.most << gate.places) + 1)]
    if not gate.kind.is_time_invariant:
        of_entry = [set().union(*of_entry)]
    found = dict.fromkeys(maps for choice in of_entry for maps in product(sorted(choice), repeat=reads))
    yield from found


def models_of(gates: Sequence[RandomGate], num_symbols: int) -> Iterator[tuple[Layer, ...]]:
    """Yield everything that layers of one bit can do, one for each gate."""
    yield from product(*(layers_of(gate, num_symbols << depth) for depth, gate in enumerate(gates)))


def recognises(layers: Sequence[Layer], start: Sequence[int], machine: Automaton) -> bool:
    """Return whether the words' values and the last symbol tell a machine's answer, on every stream."""
    answers: dict[tuple[tuple[int, ...], int], int] = {}
    seen = {(tuple(start), machine.initial)}
    waiting = list(seen)
    for bits, state in waiting:
        for symbol, target in enumerate(machine.next_state[state].tolist()):
            after = step(layers, bits, symbol, machine.num_symbols)
            answer = int(machine.output[target])
            if answers.setdefault((after, symbol), answer) != answer:
                return False
            if (after, target) not in seen:
                seen.add((after, target))
                waiting.append((after, target))
    return True


def step(layers: Sequence[Layer], bits: Sequence[int], symbol: int, num_symbols: int) -> tuple[int, ...]:
    """Return the words' values after a symbol."""
    reads, stride, after = symbol, num_symbols, list[int]()
    for layer, bit in zip(layers, bits, strict=True):
        after.append(layer[reads][bit])
        reads += after[-1] * stride
        stride *= 2
    return tuple(after)


def search(machine: Automaton, gates: Sequence[RandomGate]) -> tuple[int, bool]:
    """Return how many models there are, with all starts, up to one that recognises, and whether one does.

    >>> from streamssm.claims.random_models import SIGNED, ZERO_ONE
    >>> parity = Automaton.acceptor("parity", "01", [[0, 1], [1, 0]], [True, False])
    >>> search(parity, [ZERO_ONE]), search(parity, [SIGNED])[1]
    ((18, False), True)
    """
    count = 0
    for layers in models_of(gates, machine.num_symbols):
        for start in product((0, 1), repeat=len(gates)):
            count += 1
            if recognises(layers, start, machine):
                return count, True
    return count, False
