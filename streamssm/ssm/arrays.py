"""Arrays in a layer's state, and the write ports that the gates may implement for them.

A port writes ``value`` to one word. Its ``where`` is 1 + that word's index, or any other number for no word;
the port of a fixed word has a bit instead. With ``keep`` = 1 if a port does not write word j:

    A[j] = and of every port's keep            B[j] = the last writing port's value, else 0

Law: with these gates h' = A h + B equals storing the values in the order of the ports, for all values of the
ports. A model's declaration of its arrays is only a hint: ports are used only if the gates of every word are
exactly these, weights included.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from streamssm.errors import ParameterError
from streamssm.ir.ranges import BIT, Range, constant
from streamssm.ssm.gadgets import holds
from streamssm.ssm.network import Gadget, ReluNet
from streamssm.ssm.range_analysis import RangeAnalysis

Emit = Callable[[str, tuple[int, ...], tuple[int, ...]], int]


@dataclass(frozen=True, slots=True)
class Port:
    """A write port: the signals of the gates for the value and for the word, one of ``lo`` to ``hi`` or none.

    A port ``by_bit`` writes the one word ``lo`` if its bit is set.
    """

    where: int
    value: int
    lo: int
    hi: int
    by_bit: bool = False


@dataclass(frozen=True, slots=True)
class StateArray:
    """State words ``first`` to ``first + length - 1`` of a model, of one format, and their claimed ports."""

    name: str
    first: int
    length: int
    ports: tuple[Port, ...] = ()

    @property
    def indices(self) -> range:
        return range(self.first, self.first + self.length)


def word_gates(ports: Sequence[Port], index: int, emit: Emit) -> tuple[int, int]:
    """Build the gates of one word by ``emit(kind, params, inputs)``; return the signals of A and B."""
    writers = [(port, *_keep_condition(port, index, emit)) for port in ports if port.lo <= index <= port.hi]
    if not writers:
        return emit("linear", (1,), ()), emit("linear", (0,), ())
    (port, bit, sense), *later = writers
    increment = emit("select_const", (0, 1 - sense), (bit, port.value))
    for port, bit, sense in later:
        chosen = (increment, port.value) if sense else (port.value, increment)
        increment = emit("select", (), (bit, *chosen))
    if not later:
        return (bit if sense else emit("linear", (1, -1), (bit,))), increment
    senses, bits = tuple(sense for _, _, sense in writers), tuple(bit for _, bit, _ in writers)
    return emit("and", senses, bits), increment


def _keep_condition(port: Port, index: int, emit: Emit) -> tuple[int, int]:
    """Return the condition that a port does not write a word: a bit, and the bit's value in that case."""
    if port.by_bit:
        return port.where, 0
    return emit("ne", (index + 1, 1), (port.where,)), 1


def gate_range(kind: str, params: Sequence[int], ranges: Sequence[Range]) -> Range:
    """Return the range of a gadget that `word_gates` builds."""
    if kind == "linear":
        return BIT if params[1:] else constant(params[0])
    if kind == "select_const":
        return ranges[1].hull(constant(params[0]))
    return ranges[1].hull(ranges[2]) if kind == "select" else BIT


@dataclass(frozen=True)
class Gates:
    """The gates of an array, and ranges of their signals that hold while the ports stay in ``assumed``."""

    ports: tuple[Port, ...]
    assumed: dict[int, Range]
    ranges: dict[int, Range]


def find_gates(net: ReluNet, array: StateArray, row: int, dim: int) -> Gates | None:
    """Return the array's gates if every word has those of the claimed ports, else None.

    ``row`` is the row of the array's first word in a layer of ``dim`` words.
    """
    finder = _Finder(net)
    try:
        assumed = finder.reach([s for port in array.ports for s in (port.where, port.value)])
        if not all(_is_possible(port, assumed[port.where], array.length) for port in array.ports):
            return None
        finder.ranges.update(assumed)
        for index in range(array.length):
            entry, increment = word_gates(array.ports, index, finder.find)
            expected = (net.outputs[row + index][1], net.outputs[dim + row + index][1])
            if (entry, increment) != expected:
                return None
    except (KeyError, ParameterError):
        return None
    return Gates(array.ports, assumed, finder.ranges)


def _is_possible(port: Port, where: Range, length: int) -> bool:
    if not 0 <= port.lo <= port.hi < length:
        return False
    return not port.by_bit or (BIT.covers(where) and port.lo == port.hi)


class _Finder:
    """Lookup of gadgets by their claimed kind, with verification of the claim."""

    def __init__(self, net: ReluNet) -> None:
        self.net = net
        self.ranges: dict[int, Range] = {}
        self._signals = {(g.kind, g.params, g.inputs): signal for signal, g in net.numbered()}

    def reach(self, signals: Sequence[int]) -> dict[int, Range]:
        """Return the ranges of signals for all inputs; KeyError if a signal does not exist."""
        first, needed, pending = len(self.net.inputs), set[int](), list(signals)
        while pending:
            signal = pending.pop()
            if signal not in needed and not 0 <= signal < first:
                needed.add(signal)
                pending.extend(self._gadget(signal).inputs)
        analysis, renumbered = RangeAnalysis(self.net.inputs), {signal: signal for signal in range(first)}
        for signal in sorted(needed):
            gadget = self._gadget(signal)
            analysis.add(replace(gadget, inputs=tuple(renumbered[source] for source in gadget.inputs)))
            renumbered[signal] = len(renumbered)
        return {signal: analysis.range(renumbered[signal]) for signal in signals}

    def find(self, kind: str, params: tuple[int, ...], inputs: tuple[int, ...]) -> int:
        signal = self._signals[kind, params, inputs]
        if signal not in self.ranges:
            ranges = [self.ranges[source] for source in inputs]
            if not holds(self._gadget(signal), ranges):
                raise KeyError(signal)
            self.ranges[signal] = gate_range(kind, params, ranges)
        return signal

    def _gadget(self, signal: int) -> Gadget:
        index = signal - len(self.net.inputs)
        if not 0 <= index < len(self.net.gadgets):
            raise KeyError(signal)
        return self.net.gadgets[index]
