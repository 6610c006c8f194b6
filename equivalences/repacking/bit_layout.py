"""Where the bits of registers lie when they are cut into words of other widths.

The registers' bits stand one after the other as in a snapshot: register after register, ``value - lo`` each,
least significant bit first. The words cut the same bits at other places, so a snapshot is one of both.
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
    """``count`` bits that a register has from its bit ``start`` on, and a word from its bit ``place`` on."""

    register: int
    start: int
    word: int
    place: int
    count: int


@dataclass(frozen=True)
class BitLayout:
    """Registers, and the widths of the words that take their place: as many bits in all.

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
        """Every run of bits that lie in one register and in one word, in order."""
        return tuple(self._cut())

    def _cut(self) -> Iterator[BitPiece]:
        word = place = 0
        for register, held in enumerate(self.registers):
            start = 0
            while start < held.bits:
                while place == self.widths[word]:
                    word, place = word + 1, 0
                count = min(held.bits - start, self.widths[word] - place)
                yield BitPiece(register, start, word, place, count)
                start, place = start + count, place + count

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
        """The words, each as wide as it must be, in the range that the registers' values need."""
        ranges = [Range(0, self._greatest(pieces)) for pieces in self.of_words]
        words = [Word(f"packed[{number}]", values) for number, values in enumerate(ranges)]
        initial = snapshot.pack(self.registers, [word.init for word in self.registers])
        inits = snapshot.unpack(words, initial)
        return tuple(Word(w.name, w.range, init) for w, init in zip(words, inits, strict=True))

    def _greatest(self, pieces: Sequence[BitPiece]) -> int:
        """Return the largest value of a word: only a register's last bits can be less than all ones."""
        total = 0
        for piece in pieces:
            values = self.registers[piece.register].range
            total += min((values.size - 1) >> piece.start, (1 << piece.count) - 1) << piece.place
        return total

    def text(self, registers: range) -> str:
        """Say where neighbouring registers lie."""
        pieces = [piece for place in registers for piece in self.of_registers[place]]
        if not pieces:
            return "no bits"
        first, last = pieces[0], pieces[-1]
        end = last.place + last.count
        if first.place == 0 and end == self.widths[last.word]:
            return f"packed[{_span(first.word, last.word)}]"
        if first.word == last.word:
            bits = f"bit {first.place}" if end == first.place + 1 else f"bits {first.place}..{end - 1}"
            return f"{bits} of packed[{first.word}]"
        return f"bit {first.place} of packed[{first.word}] to bit {end - 1} of packed[{last.word}]"


def layout_of(name: str, registers: tuple[Word, ...], state_dim: int, precision_bits: int) -> BitLayout:
    """Return registers in words of at most so many bits: full words, then a shorter one, then 0 bits.

    >>> layout_of("a pair", (Word("a", Range(0, 9)), Word("b", Range(0, 9))), 4, 3).widths
    (3, 3, 2, 0)

    Raises
    ------
    ParameterError
        If the words are too few or too narrow for what the registers hold; the least numbers are named.
    """
    d, p = _whole("state_dim", state_dim), _whole("precision_bits", precision_bits)
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
    return f"the {bits} bits of {name} must fit state_dim * precision_bits, not {words}: {advice}"


def _whole(name: str, value: Any) -> int:
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
