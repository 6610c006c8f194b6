"""Block maps: the effect of a block of the stream on a layer's state, as a value with a size in bits.

Law: ``first.then(second).apply(h) == second.apply(first.apply(h))``, and the composition of the maps of all
steps of a block is the map of the block (THEORY, forward communication).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streamssm.ssm.blocks.affine import AffineMap, MatrixMap
from streamssm.ssm.blocks.clamp import ClampMap
from streamssm.ssm.blocks.shift import ShiftMap
from streamssm.ssm.blocks.table import TableMap

WordMap = AffineMap | ClampMap | ShiftMap | TableMap


@dataclass(frozen=True, slots=True)
class WordMaps:
    """The map of a layer with a diagonal transition: one map per word."""

    words: tuple[WordMap, ...]

    def apply(self, state: Sequence[int]) -> tuple[int, ...]:
        return tuple(word_map.apply(h) for word_map, h in zip(self.words, state, strict=True))

    def then(self, later: WordMaps) -> WordMaps:
        """Return the map of this block followed by the next one."""
        return WordMaps(tuple(map(composed, self.words, later.words)))

    @property
    def bits(self) -> int:
        return sum(word_map.bits for word_map in self.words)


LayerMap = WordMaps | MatrixMap


def composed(first: WordMap, second: WordMap) -> WordMap:
    """Return the map of two consecutive blocks of one word; both must be of one form."""
    if isinstance(first, AffineMap) and isinstance(second, AffineMap):
        return first.then(second)
    if isinstance(first, ClampMap) and isinstance(second, ClampMap):
        return first.then(second)
    if isinstance(first, ShiftMap) and isinstance(second, ShiftMap):
        return first.then(second)
    if isinstance(first, TableMap) and isinstance(second, TableMap):
        return first.then(second)
    raise TypeError(f"block maps must be of one form, not {type(first).__name__} and {type(second).__name__}")
