"""E1 with thoughts of bounded size: the new values are sent in several thoughts of a few bits each.

A thought consists of its number (the phase), since the gates A and B see nothing else, and the bits of a
limb. On the input step the hold words save values of the token; afterwards the readout computes the bits of
thought k + 1 from the state after thought k. A word is cleared by the first bits that it receives and
accumulates the rest; the last thought clears the hold words, and the head is ready.

Law: outputs(ssm) == outputs(program) on every stream, and memory_bits(ssm) == memory_bits(program) + the bits
of the hold words, which are 0 between two tokens.

Cost: about ceil(bits / limb) thoughts per token, and ReLUs for every bit that is extracted from a word and
inserted again. The held values are a minimum cut between values that are lost and values that are still
needed (`streamssm.equivalences.thoughts.liveness`). A word that is written in two thoughts loses its old
value with the first one, so it may have to be held too. An exception is a word that either keeps its value or
takes a new one: its thoughts are skipped where it keeps its value. The notes of the model list the thoughts,
the order of writes and the hold words.
"""

from __future__ import annotations

from streamssm.equivalences.thoughts.array_gates import ArrayGates, port_of
from streamssm.equivalences.thoughts.bounded_readout import BoundedReadout
from streamssm.equivalences.thoughts.bounded_words import Words, describe
from streamssm.equivalences.thoughts.plan import ThoughtLayout, assumed
from streamssm.equivalences.thoughts.scheduling import Scheduler
from streamssm.equivalences.thoughts.thought_packing import Item, ThoughtPiece
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Op
from streamssm.program.program import Program
from streamssm.ssm.arrays import StateArray
from streamssm.ssm.formats import NumberFormat
from streamssm.ssm.lowering import NetBuilder, lower
from streamssm.ssm.model import SSM, Layer, StateWord, ThoughtMode, Thoughts, TransitionKind
from streamssm.ssm.network import ReluNet
from streamssm.ssm.range_analysis import analyze


def bounded_ssm(program: Program, thought_bits: int) -> SSM:
    """Translate a program to a model whose thoughts have at most ``thought_bits`` bits.

    Raises
    ------
    ParameterError
        If there are too few bits; the message names the least number.
    """
    plan = ThoughtLayout(program)
    schedule = Scheduler(plan).schedule(thought_bits)
    words = Words(plan, schedule)
    gates, arrays = _Gates(words).net()
    layer = Layer(
        words=tuple(StateWord(word.name, NumberFormat(word.range), word.init) for word in words.state),
        kind=TransitionKind.ZERO_ONE,
        gates=gates,
        readout=BoundedReadout(words).net(),
    )
    return SSM(
        name=program.name,
        fields=program.fields,
        layers=(layer,),
        output_names=program.output_names,
        vocabulary=program.vocabulary,
        thoughts=Thoughts(ThoughtMode.ONLINE, words.thought, schedule.layout.num_thoughts),
        register_map=tuple((word.name, word.name) for word in program.registers),
        notes=(*assumed(program), *describe(words), *(array.note for array in plan.arrays)),
        arrays=arrays,
    )


class _Gates:
    """A and B as expressions over x, then the ports of arrays."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.layout = words.schedule.layout
        self.g = GraphBuilder()
        self.x = words.x_nodes(self.g)
        self.roots: list[tuple[str, int]] = []

    def net(self) -> tuple[ReluNet, tuple[StateArray, ...]]:
        for item in self.layout.items:
            if isinstance(item.target, int):
                self._word(self.words.program.registers[item.target].name, item)
        self._constants()
        self._holds()
        ports = {
            item.target: self._port(item) for item in self.layout.items if isinstance(item.target, tuple)
        }
        graph, nodes = self.g.finish([node for _, node in self.roots])
        net = NetBuilder(self.words.x)
        names = [name for name, _ in self.roots]
        forms = [net.form(signal) for signal in range(len(self.words.x))]
        lowered = lower(net, graph, list(zip(names, nodes, strict=True)), {Op.FIELD: forms})
        relu_net = net.finish(zip(names, lowered, strict=True))
        return self._with_arrays(relu_net, ports)

    def _add(self, name: str, keep: int, increment: int) -> None:
        self.roots += [(f"A[{name}]", keep), (f"B[{name}]", increment)]

    def _word(self, name: str, item: Item) -> None:
        """Clear a word with its first bits, and accumulate all of them."""
        start = self.x.at(self.layout.first(item))
        self._add(name, self.g.not_(start), self._collected(item))

    def _collected(self, item: Item) -> int:
        g, pieces = self.g, self.layout.pieces[item.name]
        total = g.const(0)
        for number, piece in enumerate(pieces):
            value = self._limb(piece)
            if number == 0:
                value = g.add(value, g.const(item.parts[0].range_.lo))
            total = g.add(total, g.select(self.x.at(piece.thought), value, g.const(0)))
        return total

    def _limb(self, piece: ThoughtPiece) -> int:
        bits = self.x.bits[piece.offset : piece.offset + piece.count]
        weights = [1 << exponent for exponent in range(piece.low, piece.low + piece.count)]
        return self.g.neuron(0, zip(weights, bits, strict=True), relu=False)

    def _constants(self) -> None:
        """Keep the words with a single value, which are never sent."""
        sent = {item.target for item in self.layout.items}
        for row, _ in self.words.plan.plain:
            if row not in sent:
                self._add(self.words.program.registers[row].name, self.g.const(1), self.g.const(0))

    def _holds(self) -> None:
        g, last = self.g, self.x.at(self.layout.num_thoughts - 1)
        for hold in self.words.holds:
            lowest = g.const(hold.word.range.lo)
            if hold.item is None:
                taken = self.words.of_token(g, self.x.fields, hold.node)
                keep = g.bit_and(self.x.thought, g.not_(last))
                cleared = g.select(last, lowest, g.const(0))
                self._add(hold.word.name, keep, g.select(self.x.thought, cleared, taken))
            else:
                start = self.x.at(self.layout.first(hold.item))
                collected = g.select(last, lowest, self._collected(hold.item))
                self._add(hold.word.name, g.not_(g.bit_or(start, last)), collected)

    # arrays

    def _port(self, item: Item) -> tuple[str, str]:
        """Add the signals of a port as roots; return their names."""
        assert isinstance(item.target, tuple)
        array = self.words.plan.arrays[item.target[0]]
        port = array.ports[item.target[1]]
        (piece,) = self.layout.pieces[item.name] or (ThoughtPiece(0, 0, 0, 0),)
        is_now = self.x.at(piece.thought)
        parts = dict(zip(port.slots, self._parts(item, piece), strict=True))
        selector = is_now
        if port.on:
            selector = self.g.bit_and(is_now, parts[port.on])
        if port.index:
            one_based = self.g.add(parts[port.index], self.g.const(1))
            selector = self.g.select(is_now, one_based, self.g.const(0))
        self.roots += [(f"{item.name} where", selector), (f"{item.name} value", parts[port.value])]
        return f"{item.name} where", f"{item.name} value"

    def _parts(self, item: Item, piece: ThoughtPiece) -> list[int]:
        return self.words.decoded(self.g, item, self.x.bits[piece.offset : piece.offset + piece.count])

    def _with_arrays(
        self, relu_net: ReluNet, ports: dict[tuple[int, int], tuple[str, str]]
    ) -> tuple[ReluNet, tuple[StateArray, ...]]:
        signals = dict(relu_net.outputs)
        ranges = dict(enumerate(analyze(relu_net).ranges))
        gates, arrays, shift = ArrayGates(relu_net, ranges), [], len(self.words.holds)
        for number, array in enumerate(self.words.plan.arrays):
            array_ports = []
            for port_index, port in enumerate(array.ports if not array.words else ()):
                selector, value = ports[number, port_index]
                array_ports.append(port_of(port, signals[selector], signals[value]))
            names = [self.words.program.registers[register].name for register in array.array.places]
            arrays.append(
                StateArray(array.array.name, array.array.first + shift, len(names), tuple(array_ports))
            )
            if not array.words:
                gates.add(names, array_ports)
        return gates.finish([word.name for word in self.words.state]), tuple(arrays)
