"""E1 with thoughts of bounded size: the new values leave in several thoughts, a few bits each.

A thought is its number (the phase), since A and B see nothing else, and the bits of a limb. On the input step
the hold words take what they keep of the token; from then on the readout computes the bits of thought k + 1
from what thought k left. A word is cleared by the first bits that it is sent and collects the rest; the last
thought clears the hold words, and the head is ready.

Law: outputs(ssm) == outputs(program) on every stream, and memory_bits(ssm) == memory_bits(program) + the bits
of the hold words, which are 0 between two tokens.

Cost: about ceil(bits / limb) thoughts per token, and ReLUs for every bit that is taken off a word and put
back. What is held is a cut of least bits between what is lost and what is still needed
(`streamssm.equivalences.thoughts.liveness`). A word that is written in two thoughts loses its old value with
the first, so it may have to be held too, unless it is kept as it is or takes a new value: then its thoughts
are left out where it is kept. The notes of the model list the thoughts, the order of writes and the hold
words.
"""

from __future__ import annotations

from streamssm.equivalences.thoughts.array_gates import ArrayGates, port_of
from streamssm.equivalences.thoughts.bounded_readout import BoundedReadout
from streamssm.equivalences.thoughts.bounded_words import Words, describe
from streamssm.equivalences.thoughts.packing import Item, ThoughtPiece
from streamssm.equivalences.thoughts.plan import ThoughtLayout, assumed
from streamssm.equivalences.thoughts.scheduling import Scheduler
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
        If that is too few; the least number is named.
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
        graph, placed = self.g.finish([node for _, node in self.roots])
        net = NetBuilder(self.words.x)
        names = [name for name, _ in self.roots]
        forms = [net.form(signal) for signal in range(len(self.words.x))]
        lowered = lower(net, graph, list(zip(names, placed, strict=True)), {Op.FIELD: forms})
        made = net.finish(zip(names, lowered, strict=True))
        return self._with_arrays(made, ports)

    def _add(self, name: str, keep: int, increment: int) -> None:
        self.roots += [(f"A[{name}]", keep), (f"B[{name}]", increment)]

    def _word(self, name: str, item: Item) -> None:
        """Clear a word with its first bits, and collect them all."""
        start = self.x.at(self.layout.first(item))
        self._add(name, self.g.not_(start), self._collected(item))

    def _collected(self, item: Item) -> int:
        g, pieces = self.g, self.layout.pieces[item.name]
        total = g.const(0)
        for number, piece in enumerate(pieces):
            value = self._limb(piece)
            if number == 0:
                value = g.add(value, g.const(item.parts[0].values.lo))
            total = g.add(total, g.select(self.x.at(piece.thought), value, g.const(0)))
        return total

    def _limb(self, piece: ThoughtPiece) -> int:
        bits = self.x.bits[piece.offset : piece.offset + piece.count]
        weights = [1 << place for place in range(piece.low, piece.low + piece.count)]
        return self.g.neuron(0, zip(weights, bits, strict=True), relu=False)

    def _constants(self) -> None:
        """Keep the words of a single value."""
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
        here = self.x.at(piece.thought)
        parts = dict(zip(port.slots, self._parts(item, piece), strict=True))
        where = here
        if port.on:
            where = self.g.bit_and(here, parts[port.on])
        if port.index:
            above = self.g.add(parts[port.index], self.g.const(1))
            where = self.g.select(here, above, self.g.const(0))
        self.roots += [(f"{item.name} where", where), (f"{item.name} value", parts[port.value])]
        return f"{item.name} where", f"{item.name} value"

    def _parts(self, item: Item, piece: ThoughtPiece) -> list[int]:
        return self.words.decoded(self.g, item, self.x.bits[piece.offset : piece.offset + piece.count])

    def _with_arrays(
        self, made: ReluNet, ports: dict[tuple[int, int], tuple[str, str]]
    ) -> tuple[ReluNet, tuple[StateArray, ...]]:
        signals = dict(made.outputs)
        ranges = dict(enumerate(analyze(made).ranges))
        gates, arrays, shift = ArrayGates(made, ranges), [], len(self.words.holds)
        for number, array in enumerate(self.words.plan.arrays):
            found = []
            for place, port in enumerate(array.ports if not array.words else ()):
                where, value = ports[number, place]
                found.append(port_of(port, signals[where], signals[value]))
            names = [self.words.program.registers[place].name for place in array.array.places]
            arrays.append(StateArray(array.array.name, array.array.first + shift, len(names), tuple(found)))
            if not array.words:
                gates.add(names, found)
        return gates.finish([word.name for word in self.words.state]), tuple(arrays)
