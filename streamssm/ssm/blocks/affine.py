"""Block maps of words whose steps are affine modulo a number: slope and offset, or matrix and offsets.

Law: the map of two blocks, one after the other, is the composition of their maps.

Under *wrap* and *cycle* a step with integer entries is affine modulo the number of values. Under *error* it
is affine modulo any number large enough to distinguish the word's values, as long as no step fails: every
true value is then in range, and a value in a range of at most 2^p values is determined by its remainder
modulo 2^p. The result of the map after a failing step is not used. The earliest error of a stream lies in a
block whose start state is correct, and the run through that block finds it, so maps need not carry an
interval of safe states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streamssm.ir.ranges import Range


@dataclass(frozen=True, slots=True)
class AffineMap:
    """``h -> slope h + offset`` modulo ``modulus``, in ``[lo, lo + modulus)``.

    >>> counted = AffineMap(8, 0, 1, 5).then(AffineMap(8, 0, 1, 6))
    >>> counted, counted.apply(2), counted.bits
    (AffineMap(modulus=8, lo=0, slope=1, offset=3), 5, 6)
    """

    modulus: int
    lo: int
    slope: int
    offset: int

    @classmethod
    def step(cls, modulus: int, lo: int, a: int, b: int) -> AffineMap:
        """Return the map of one step with an integer entry."""
        return cls(modulus, lo, a % modulus, b % modulus)

    def apply(self, h: int) -> int:
        return self.lo + (self.slope * h + self.offset - self.lo) % self.modulus

    def then(self, later: AffineMap) -> AffineMap:
        """Return the map of this block and the next one."""
        slope, offset = later.slope * self.slope, later.slope * self.offset + later.offset
        return AffineMap(self.modulus, self.lo, slope % self.modulus, offset % self.modulus)

    @property
    def bits(self) -> int:
        return 2 * (self.modulus - 1).bit_length()


@dataclass(frozen=True, slots=True)
class MatrixMap:
    """``h -> M h + c`` modulo ``2**word_bits``, word i in ``[lows[i], lows[i] + 2**word_bits)``.

    Every word is stored in the bits of the widest one: a wide word's sum may contain multiples of a narrow
    one.
    """

    word_bits: int
    lows: tuple[int, ...]
    matrix: tuple[tuple[int, ...], ...]
    offsets: tuple[int, ...]

    @classmethod
    def identity(cls, word_bits: int, lows: Sequence[int]) -> MatrixMap:
        size = range(len(lows))
        matrix = tuple(tuple(int(i == j) for j in size) for i in size)
        return cls(word_bits, tuple(lows), matrix, (0,) * len(lows))

    @classmethod
    def step(
        cls, word_bits: int, lows: Sequence[int], a: Sequence[Sequence[int]], b: Sequence[int]
    ) -> MatrixMap:
        """Return the map of one step with integer entries."""
        mask = (1 << word_bits) - 1
        matrix = tuple(tuple(entry & mask for entry in row) for row in a)
        return cls(word_bits, tuple(lows), matrix, tuple(value & mask for value in b))

    def apply(self, state: Sequence[int]) -> tuple[int, ...]:
        mask = (1 << self.word_bits) - 1
        sums = (_dot(row, state) + offset for row, offset in zip(self.matrix, self.offsets, strict=True))
        return tuple(lo + (total - lo & mask) for lo, total in zip(self.lows, sums, strict=True))

    def then(self, later: MatrixMap) -> MatrixMap:
        """Return the map of this block and the next one."""
        columns = list(zip(*self.matrix, strict=True))
        matrix = [[_dot(row, column) for column in columns] for row in later.matrix]
        shifted = [_dot(row, self.offsets) + c for row, c in zip(later.matrix, later.offsets, strict=True)]
        return MatrixMap.step(self.word_bits, self.lows, matrix, shifted)

    @property
    def bits(self) -> int:
        dim = len(self.lows)
        return (dim * dim + dim) * self.word_bits


def modulus_of(range_: Range) -> int:
    """Return the smallest power of two that distinguishes all values of a range."""
    return 1 << range_.bits


def _dot(row: Sequence[int], column: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(row, column, strict=True))
