"""Exhaustive search of all models with one-bit layers for one that is equivalent to a machine.

There are four maps of a one-bit word; transition kind and overflow determine which of them are possible. A
layer reads the symbol and all words below it, as they are after the step, and the answer may be any function
of all words and the symbol. So a choice of one map for every input of every layer represents all models with
these layers, whatever their networks are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from streamssm.automata.automaton_class import Automaton
from streamssm.claims.random_models import RandomGate
from streamssm.ir.ranges import BIT
from streamssm.ssm.formats import NumberFormat

Map = tuple[int, int]  # the images of 0 and 1
Layer = tuple[Map, ...]  # a map for each number that the layer may read
INCREMENTS = range(-4, 5)  # larger ones saturate just as these ends do


def maps_of(gate: RandomGate, entry: int) -> set[Map]:
    """Return the possible maps of a one-bit word with an entry, over all increments.

    >>> from streamssm.claims.random_models import SIGNED
    >>> sorted(maps_of(SIGNED, 1)), sorted(maps_of(SIGNED, -1))
    ([(0, 0), (0, 1), (1, 1)], [(0, 0), (1, 0), (1, 1)])
    """
    form = NumberFormat(BIT, overflow=gate.overflow)

    def moved(value: int, increment: int) -> int:
        return form.apply_overflow(form.rounded(entry * value, gate.fraction_bits) + increment)

    return {(moved(0, b), moved(1, b)) for b in INCREMENTS}


def layers_of(gate: RandomGate, reads: int) -> Iterator[Layer]:
    """Yield every possible one-bit layer that reads one of ``reads`` numbers, each once."""
    of_entry = [
        maps_of(gate, e)
        for e in range(gate.least << gate.fraction_bits, (gate.most << gate.fraction_bits) + 1)
    ]
    if not gate.kind.is_time_invariant:
        of_entry = [set().union(*of_entry)]
    layers = dict.fromkeys(maps for choice in of_entry for maps in product(sorted(choice), repeat=reads))
    yield from layers


def models_of(gates: Sequence[RandomGate], num_symbols: int) -> Iterator[tuple[Layer, ...]]:
    """Yield every possible stack of one-bit layers, one for each gate."""
    yield from product(*(layers_of(gate, num_symbols << depth) for depth, gate in enumerate(gates)))


def recognizes(layers: Sequence[Layer], start: Sequence[int], machine: Automaton) -> bool:
    """Return whether the words' values and the last symbol determine the machine's answer on every stream."""
    answers: dict[tuple[tuple[int, ...], int], int] = {}
    seen = {(tuple(start), machine.initial)}
    queue = list(seen)
    for bits, state in queue:
        for symbol, target in enumerate(machine.next_state[state].tolist()):
            after = step(layers, bits, symbol, machine.num_symbols)
            answer = int(machine.output[target])
            if answers.setdefault((after, symbol), answer) != answer:
                return False
            if (after, target) not in seen:
                seen.add((after, target))
                queue.append((after, target))
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
    """Search for a model equivalent to a machine; return the number of models tried, and whether one is.

    >>> from streamssm.claims.random_models import SIGNED, ZERO_ONE
    >>> parity = Automaton.acceptor("parity", "01", [[0, 1], [1, 0]], [True, False])
    >>> search(parity, [ZERO_ONE]), search(parity, [SIGNED])[1]
    ((18, False), True)
    """
    count = 0
    for layers in models_of(gates, machine.num_symbols):
        for start in product((0, 1), repeat=len(gates)):
            count += 1
            if recognizes(layers, start, machine):
                return count, True
    return count, False
