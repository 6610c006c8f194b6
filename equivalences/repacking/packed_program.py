"""Programs over packed words: unpack the registers, carry out the original step, pack again.

Law: outputs(packed) == outputs(program) on every stream, and packed.restore(program.snapshot(state)) is the
packed state: the two share their snapshots, so memory_bits is equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from streamssm.equivalences.repacking.bit_layout import BitLayout, BitPiece
from streamssm.errors import ParameterError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph, Node, Store
from streamssm.ir.ranges import Range
from streamssm.program.program import Program
from streamssm.program.program_transducer import forwarded
from streamssm.ssm.gadgets.linear import weighted_sum


def packed_program(program: Program, layout: BitLayout) -> Program:
    """Return the program over packed words.

    >>> from streamssm.algorithms import FunctionComposition
    >>> from streamssm.equivalences.repacking.bit_layout import layout_of
    >>> program = FunctionComposition(1024).program()
    >>> packed = packed_program(program, layout_of(program.name, program.registers, 1, 20))
    >>> packed.registers[0].bits, packed.run([(0, 5, 1), (5, 700, 1)]).tolist()
    (20, [[5], [700]])

    A register whose range is not a power of two is clamped when it is unpacked, since no reachable state has
    the remaining bit patterns. Loads and stores of arrays become selections among unpacked words.

    Raises
    ------
    ParameterError
        If an update is not proven to keep its register in its range.
    """
    update, output = _Unpacked(program, layout), _Unpacked(program, layout)
    step, next_words = update.g.finish(update.next_words())
    nodes = output.graft(program.output)
    read, outputs = output.g.finish([nodes[root] for root in program.outputs])
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
    """A graph builder with the program's registers as nodes over packed words."""

    def __init__(self, program: Program, layout: BitLayout) -> None:
        self.program = program
        self.layout = layout
        self.g = GraphBuilder()
        self.words = [self.g.register(index, word.range) for index, word in enumerate(layout.words)]
        self.registers = [self._unpacked(index) for index in range(len(program.registers))]

    def graft(self, graph: Graph) -> list[int]:
        """Rebuild a graph of the program; return the new node of each of its nodes."""
        return self.g.graft(
            graph,
            registers=self.registers.__getitem__,
            fields=[self.g.field(index, word.range) for index, word in enumerate(self.program.fields)],
            begin=self.g.begin(),
            load=self._load,
            refined=True,
        )

    def next_words(self) -> list[int]:
        """Return the packed words after the update."""
        nodes = self.graft(self.program.update)
        after = [nodes[root] for root in self.program.next_registers]
        stores = [
            replace(s, enable=nodes[s.enable], index=nodes[s.index], value=nodes[s.value])
            for s in self.program.stores
        ]
        for array in self.program.arrays:
            array_stores = [store for store in stores if store.first == array.first]
            after += [self._stored(array_stores, register) for register in array.places]
        offsets = [self._offset(register, node) for register, node in enumerate(after)]
        return [self._packed(pieces, offsets) for pieces in self.layout.of_words]

    # registers from words

    def _unpacked(self, register: int) -> int:
        range_ = self.program.registers[register].range
        pieces = self.layout.of_registers[register]
        terms = [(1 << p.start, self._bits(self.words[p.word], p.offset, p.count)) for p in pieces]
        return self.g.min(weighted_sum(self.g, range_.lo, terms), self.g.const(range_.hi))

    def _bits(self, node: int, start: int, count: int) -> int:
        g = self.g
        return g.mod(g.shr(node, g.const(start)), g.const(1 << count))

    # words from registers

    def _offset(self, register: int, node: int) -> int:
        """Return a register's next value minus the lower end of its range."""
        word, computed = self.program.registers[register], self.g.range(node)
        if not word.range.covers(computed):
            raise ParameterError(
                f"cannot prove that the update of '{word.name}' stays in {word.range}: "
                f"it may reach {computed}"
            )
        return self.g.sub(node, self.g.const(word.range.lo))

    def _packed(self, pieces: Sequence[BitPiece], offsets: Sequence[int]) -> int:
        terms = [(1 << p.offset, self._bits(offsets[p.register], p.start, p.count)) for p in pieces]
        return weighted_sum(self.g, 0, terms)

    # arrays

    def _load(self, index: int, node: Node) -> int:
        first, length = node.load
        reached = self.g.range(index)
        if not Range(0, length - 1).covers(
            reached
        ):  # otherwise the slice below would wrap around at negative indices
            raise ParameterError(
                f"an array index in {reached} is not proven to lie in {Range(0, length - 1)}"
            )
        words = self.registers[first : first + length][reached.lo : reached.hi + 1]
        offset, bit_index = self.g.sub(index, self.g.const(reached.lo)), 0
        while len(words) > 1:
            bit = self._bits(offset, bit_index, 1)
            pairs = zip(words[::2], [*words[1::2], words[-1]], strict=False)
            words, bit_index = [self.g.select(bit, odd, even) for even, odd in pairs], bit_index + 1
        return words[0]

    def _stored(self, stores: Sequence[Store], register: int) -> int:
        array = self.program.array_of(register)
        return forwarded(self.g, stores, self.g.const(register - array.first), self.registers[register])
