"""Bit layouts: the concatenated bits of registers, cut into words of other widths.

The registers' bits are concatenated as in a snapshot: ``value - lo`` of each register in order, least
significant bit first. The words cut the same bit string at other offsets, so both share their snapshots.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from streamssm.errors import ParameterError
from streamssm.ir.ranges import MAX_WORD_BITS, Range
from streamssm.ir.words import Word, total_bits
from streamssm.runtime import snapshot


@dataclass(frozen=True, slots=True)
class BitPiece:
    """``count`` bits: from bit ``start`` of a register, and from bit ``offset`` of a word."""

    register: int
    start: int
    word: int
    offset: int
    count: int


@dataclass(frozen=True)
class BitLayout:
    """Registers, and the widths of the words that replace them, with as many bits in total.

    >>> layout = BitLayout((Word("a", Range(1, 5), 2), Word("b", Range(0, 1), 1)), (2, 2))
    >>> [(word.name, word.range.hi, word.init) for word in layout.words]
    [('packed[0]', 3, 1), ('packed[1]', 3, 2)]
    >>> layout.text(range(0, 1)), layout.text(range(1, 2))
    ('bit 0 of packed[0] to bit 0 of packed[1]', 'bit 1 of packed[1]')
    """

    registers: tuple[Word, ...]
    widths: tuple[int, ...]

    @cached_property
    def pieces(self) -> tuple[BitPiece, ...]:
        """The maximal runs of bits within one register and one word, in order."""
        return tuple(self._cut())

    def _cut(self) -> Iterator[BitPiece]:
        word = offset = 0
        for register, packed_register in enumerate(self.registers):
            start = 0
            while start < packed_register.bits:
                while offset == self.widths[word]:
                    word, offset = word + 1, 0
                count = min(packed_register.bits - start, self.widths[word] - offset)
                yield BitPiece(register, start, word, offset, count)
                start, offset = start + count, offset + count

    @cached_property
    def of_registers(self) -> tuple[tuple[BitPiece, ...], ...]:
        """The pieces of each register."""
        return _grouped(self.pieces, [piece.register for piece in self.pieces], len(self.registers))

    @cached_property
    def of_words(self) -> tuple[tuple[BitPiece, ...], ...]:
        """The pieces of each word."""
        return _grouped(self.pieces, [piece.word for piece in self.pieces], len(self.widths))

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words, each with the smallest range that holds the registers' values."""
        ranges = [Range(0, self._greatest(pieces)) for pieces in self.of_words]
        words = [Word(f"packed[{number}]", range_) for number, range_ in enumerate(ranges)]
        initial = snapshot.pack(self.registers, [word.init for word in self.registers])
        inits = snapshot.unpack(words, initial)
        return tuple(Word(w.name, w.range, init) for w, init in zip(words, inits, strict=True))

    def _greatest(self, pieces: Sequence[BitPiece]) -> int:
        """Return the largest value of a word; only the top bits of a register can be less than all ones."""
        total = 0
        for piece in pieces:
            range_ = self.registers[piece.register].range
            total += min((range_.size - 1) >> piece.start, (1 << piece.count) - 1) << piece.offset
        return total

    def text(self, registers: range) -> str:
        """Return the location of adjacent registers, as text."""
        pieces = [piece for register in registers for piece in self.of_registers[register]]
        if not pieces:
            return "no bits"
        first, last = pieces[0], pieces[-1]
        end = last.offset + last.count
        if first.offset == 0 and end == self.widths[last.word]:
            return f"packed[{_span(first.word, last.word)}]"
        if first.word == last.word:
            bits = f"bit {first.offset}" if end == first.offset + 1 else f"bits {first.offset}..{end - 1}"
            return f"{bits} of packed[{first.word}]"
        return f"bit {first.offset} of packed[{first.word}] to bit {end - 1} of packed[{last.word}]"


def layout_of(name: str, registers: tuple[Word, ...], state_dim: int, precision_bits: int) -> BitLayout:
    """Return the layout in words of ``precision_bits``: full words, then a shorter one, then empty ones.

    >>> layout_of("a pair", (Word("a", Range(0, 9)), Word("b", Range(0, 9))), 4, 3).widths
    (3, 3, 2, 0)

    Raises
    ------
    ParameterError
        If the words are too few or too narrow for the registers; the message names the least numbers.
    """
    d, p = _integer("state_dim", state_dim), _integer("precision_bits", precision_bits)
    if d < 1:
        raise ParameterError(f"state_dim must be at least 1, not {d}")
    if not 1 <= p <= MAX_WORD_BITS:
        raise ParameterError(f"precision_bits must be 1 to {MAX_WORD_BITS}, not {p}")
    bits = total_bits(registers)
    if d * p < bits:
        raise ParameterError(_too_small(name, bits, d, p))
    return BitLayout(registers, tuple(max(0, min(p, bits - number * p)) for number in range(d)))


def _too_small(name: str, bits: int, d: int, p: int) -> str:
    advice = f"state_dim must be at least {-(-bits // p)}"
    if -(-bits // d) <= MAX_WORD_BITS:
        advice += f" or precision_bits at least {-(-bits // d)}"
    words = f"{d} word{'' if d == 1 else 's'} of {p} bit{'' if p == 1 else 's'}"
    return f"the {bits} bits of {name} do not fit {words}: {advice}"


def _integer(name: str, value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        raise ParameterError(f"{name} must be an integer, not {value!r}") from None


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}..{last}"


def _grouped(pieces: Sequence[BitPiece], keys: Sequence[int], count: int) -> tuple[tuple[BitPiece, ...], ...]:
    groups: list[list[BitPiece]] = [[] for _ in range(count)]
    for key, piece in zip(keys, pieces, strict=True):
        groups[key].append(piece)
    return tuple(map(tuple, groups))
