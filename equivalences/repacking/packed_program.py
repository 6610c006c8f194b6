"""A program with its registers cut into words of other widths: unpack, do what it did, pack.

Law: outputs(packed) == outputs(program) on every stream, and packed.restore(program.snapshot(state)) is the
packed state: the two share their snapshots, so memory_bits is equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from streamssm.equivalences.repacking.bit_layout import BitLayout, BitPiece, layout_of
from streamssm.errors import ParameterError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph, Node, Store
from streamssm.ir.ranges import Range
from streamssm.program.program import Program
from streamssm.program.to_transducer import forwarded
from streamssm.ssm.gadgets.linear import weighted_sum


def repacked_program(program: Program, *, state_dim: int, precision_bits: int) -> Program:
    """Return the program over so many words of at most so many bits.

    >>> from streamssm.algorithms import FunctionComposition
    >>> packed = repacked_program(FunctionComposition(1024).program(), state_dim=1, precision_bits=20)
    >>> packed.registers[0].bits, packed.run([(0, 5, 1), (5, 700, 1)]).tolist()
    (20, [[5], [700]])

    Raises
    ------
    ParameterError
        As `layout_of` and `packed_program`.
    """
    return packed_program(program, layout_of(program.name, program.registers, state_dim, precision_bits))


def packed_program(program: Program, layout: BitLayout) -> Program:
    """Return the program over packed words.

    A register whose values are not all of its bits' is clamped when it is unpacked: no reachable state has
    the others. Loads and stores of arrays become choices among words that are unpacked.

    Raises
    ------
    ParameterError
        If an update is not proven to keep its register in its range.
    """
    update, output = _Unpacked(program, layout), _Unpacked(program, layout)
    step, next_words = update.g.finish(update.next_words())
    places = output.graft(program.output)
    read, outputs = output.g.finish([places[root] for root in program.outputs])
    return replace(
        program,
        registers=layout.words,
        update=step,
        next_registers=next_words,
        output=read,
        outputs=outputs,
        arrays=(),
        stores=(),
        assignments=(),
    )


class _Unpacked:
    """A builder whose registers are unpacked from words."""

    def __init__(self, program: Program, layout: BitLayout) -> None:
        self.program = program
        self.layout = layout
        self.g = GraphBuilder()
        self.words = [self.g.register(place, word.range) for place, word in enumerate(layout.words)]
        self.registers = [self._unpacked(place) for place in range(len(program.registers))]

    def graft(self, graph: Graph) -> list[int]:
        """Rebuild a graph of the program; return where each of its nodes went."""
        return self.g.graft(
            graph,
            registers=self.registers.__getitem__,
            fields=[self.g.field(place, word.range) for place, word in enumerate(self.program.fields)],
            begin=self.g.begin(),
            load=self._load,
            refined=True,
        )

    def next_words(self) -> list[int]:
        """Return the words after the update."""
        places = self.graft(self.program.update)
        after = [places[root] for root in self.program.next_registers]
        stores = [
            replace(s, enable=places[s.enable], index=places[s.index], value=places[s.value])
            for s in self.program.stores
        ]
        for array in self.program.arrays:
            mine = [store for store in stores if store.first == array.first]
            after += [self._stored(mine, place) for place in array.places]
        raised = [self._raised(place, node) for place, node in enumerate(after)]
        return [self._packed(pieces, raised) for pieces in self.layout.of_words]

    # registers from words

    def _unpacked(self, register: int) -> int:
        values = self.program.registers[register].range
        pieces = self.layout.of_registers[register]
        terms = [(1 << p.start, self._bits(self.words[p.word], p.place, p.count)) for p in pieces]
        return self.g.min(weighted_sum(self.g, values.lo, terms), self.g.const(values.hi))

    def _bits(self, node: int, start: int, count: int) -> int:
        g = self.g
        return g.mod(g.shr(node, g.const(start)), g.const(1 << count))

    # words from registers

    def _raised(self, register: int, node: int) -> int:
        """Return what a register holds after the update, from 0 on."""
        word, found = self.program.registers[register], self.g.range(node)
        if not word.range.covers(found):
            raise ParameterError(
                f"the update of '{word.name}' must be proven to stay in {word.range}, not reach {found}"
            )
        return self.g.sub(node, self.g.const(word.range.lo))

    def _packed(self, pieces: Sequence[BitPiece], raised: Sequence[int]) -> int:
        terms = [(1 << p.place, self._bits(raised[p.register], p.start, p.count)) for p in pieces]
        return weighted_sum(self.g, 0, terms)

    # arrays

    def _load(self, index: int, node: Node) -> int:
        first, length = node.load
        reached = self.g.range(index)
        if not Range(0, length - 1).covers(reached):  # a slice would count a negative place from the end
            raise ParameterError(f"an array index must lie in {Range(0, length - 1)}, not in {reached}")
        words = self.registers[first : first + length][reached.lo : reached.hi + 1]
        place, number = self.g.sub(index, self.g.const(reached.lo)), 0
        while len(words) > 1:
            bit = self._bits(place, number, 1)
            pairs = zip(words[::2], [*words[1::2], words[-1]], strict=False)
            words, number = [self.g.select(bit, odd, even) for even, odd in pairs], number + 1
        return words[0]

    def _stored(self, stores: Sequence[Store], register: int) -> int:
        array = self.program.array_of(register)
        return forwarded(self.g, stores, self.g.const(register - array.first), self.registers[register])
