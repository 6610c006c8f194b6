"""The recurrence h[t] = A h[t-1] + B of a layer over arrays of gates: run from a state, or as a block map.

Law: ``compose(gates).apply(h)`` is the state that ``scan`` ends in from h, wherever it meets no error.
Shapes: T steps, d words, G gates of a step: the entries of A in their layout, then B.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from streamssm.cext import blockmap as kernel
from streamssm.errors import ParameterError
from streamssm.ir.ranges import Range
from streamssm.reference import blockmap as reference
from streamssm.ssm.blocks.affine import AffineMap, MatrixMap, modulus_of
from streamssm.ssm.blocks.clamp import ClampMap
from streamssm.ssm.blocks.forms import Form, form_of_entries, word_form
from streamssm.ssm.blocks.maps import LayerMap, WordMap, WordMaps
from streamssm.ssm.blocks.shift import ShiftMap
from streamssm.ssm.blocks.table import TableMap
from streamssm.ssm.formats import Overflow, Rounding

if TYPE_CHECKING:
    from streamssm.ssm.layers import Layer

Array = NDArray[Any]

BACKENDS: dict[str, Any] = {"kernel": kernel, "reference": reference}
MAX_TABLE_BITS = 20  # a table of 2^20 states of 20 bits each is 20 Mbit
_OVERFLOWS = (Overflow.ERROR, Overflow.SATURATE, Overflow.WRAP, Overflow.CYCLE)


def narrowest(ranges: Sequence[Range]) -> np.dtype[Any]:
    """Return the narrowest signed dtype that holds all values of some ranges."""
    lo, hi = min((r.lo for r in ranges), default=0), max((r.hi for r in ranges), default=0)
    return np.dtype(next(f"int{b}" for b in (8, 16, 32, 64) if -(1 << b - 1) <= lo <= hi < 1 << b - 1))


@dataclass(frozen=True)
class WordGroup:
    """Words of one form; ``whole`` if their entries are integers in spite of their fraction bits."""

    form: Form
    words: tuple[int, ...]
    whole: bool = False


class Recurrence:
    """The transition of a layer whose gates are arrays of ``dtype``, shape (T, G)."""

    def __init__(self, layer: Layer, gate_ranges: Sequence[Range], backend: str = "kernel") -> None:
        self.layer = layer
        self.module = BACKENDS[backend]
        self.gate_ranges = tuple(gate_ranges)
        self.dim = layer.state_dim
        self.formats = _formats(layer)
        self.dtype = self._storage()
        self.options: dict[str, Any] = {"layout": layer.kind.layout.value, "reflections": layer.reflections}

    def _storage(self) -> np.dtype[Any]:
        """Return the narrowest dtype of gates and states in which sums are exact."""
        dtype = narrowest([*self.gate_ranges, *(word.range for word in self.layer.words)])
        largest = int(self.formats[2].max(initial=0))
        while dtype.itemsize < 8 and largest > 16 * dtype.itemsize - 2:
            dtype = np.dtype(f"int{16 * dtype.itemsize}")
        return dtype

    # run

    def scan(self, gates: Array, state: NDArray[np.int64]) -> tuple[Array, int]:
        """Return the state after every step, and the number of steps before the first error.

        ``state`` is updated in place; on an error it is the state before the failing step.
        """
        out = np.empty((len(gates), self.dim), dtype=self.dtype)
        fraction_bits = max(self.layer.entry_fraction_bits, default=0)
        options = dict(self.options, fraction_bits=fraction_bits if self.layer.reflections else 0)
        return out, int(self.module.scan(gates, self.formats, state, out, **options))

    # block maps

    def groups(self, blocks: Sequence[Array]) -> tuple[WordGroup, ...]:
        """Return the form of every word of a diagonal transition, given the gates of the whole stream."""
        words_of: dict[tuple[Form, bool], list[int]] = {}
        for word in range(self.dim):
            form = self._form_of(word, blocks)
            whole = self.layer.entry_fraction_bits[word] > 0 and form in (Form.AFFINE, Form.CLAMP)
            words_of.setdefault((form, whole), []).append(word)
        return tuple(WordGroup(form, tuple(words), whole) for (form, whole), words in words_of.items())

    def _form_of(self, word: int, blocks: Sequence[Array]) -> Form:
        number_format, fraction_bits = self.layer.words[word].format, self.layer.entry_fraction_bits[word]
        form = word_form(number_format, fraction_bits, self.gate_ranges[word])
        if form is None:
            form = form_of_entries(number_format, fraction_bits, [gates[:, word] for gates in blocks])
        if form is Form.TABLE and number_format.bits > MAX_TABLE_BITS:
            raise ParameterError(
                f"the block map of word '{self.layer.words[word].name}' must be a table of at most "
                f"2^{MAX_TABLE_BITS} states, not of the {number_format.range.size} of "
                f"{number_format.range}; use blocks=1, or entries that are whole or powers of two"
            )
        return form

    def compose(self, gates: Array, groups: Sequence[WordGroup]) -> LayerMap:
        """Return the block map of the gates of a block; ``groups`` are those of the whole stream."""
        if not self.layer.kind.is_diagonal:
            return self._matrix(gates)
        maps_of: dict[int, WordMap] = {}
        for group in groups:
            part, formats = self._part(gates, group)
            maps = _COMPOSERS[group.form](self, part, formats, group)
            maps_of.update(zip(group.words, maps, strict=True))
        return WordMaps(tuple(maps_of[word] for word in range(self.dim)))

    def _part(self, gates: Array, group: WordGroup) -> tuple[Array, NDArray[np.int64]]:
        """Select the gates and formats of a group's words."""
        if len(group.words) == self.dim and not group.whole:
            return gates, self.formats
        words = list(group.words)
        entries, formats = gates[:, words], self.formats[:, words]
        if group.whole:
            entries = entries >> formats[2].astype(self.dtype)
            formats[2] = 0
        increments = gates[:, [self.dim + word for word in words]]
        return np.concatenate([entries, increments], axis=1, dtype=self.dtype), formats

    def _ranges(self, group: WordGroup) -> list[Range]:
        return [self.layer.words[word].range for word in group.words]

    def _affine(self, gates: Array, formats: Array, group: WordGroup) -> list[WordMap]:
        slopes_and_offsets = self.module.compose_affine(gates, formats).T.tolist()
        pairs = zip(self._ranges(group), slopes_and_offsets, strict=True)
        return [AffineMap.step(modulus_of(range_), range_.lo, a, b) for range_, (a, b) in pairs]

    def _cycle(self, gates: Array, formats: Array, group: WordGroup) -> list[WordMap]:
        maps: list[WordMap] = []
        for index, range_ in enumerate(self._ranges(group)):
            slope, offset = self.module.compose_cycle(gates, formats, index).tolist()
            maps.append(AffineMap(range_.size, range_.lo, slope, offset))
        return maps

    def _line(self, gates: Array, formats: Array, group: WordGroup) -> list[WordMap]:
        rows = self.module.compose_line(gates, formats).T.tolist()
        pairs = zip(self._ranges(group), rows, strict=True)
        return [ClampMap.line(range_, *numbers) for range_, numbers in pairs]

    def _clamp(self, gates: Array, formats: Array, group: WordGroup) -> list[WordMap]:
        rows = (self.module.compose_clamp(gates, formats, p).tolist() for p in range(len(group.words)))
        return [ClampMap(range_, *numbers) for range_, numbers in zip(self._ranges(group), rows, strict=True)]

    def _shift(self, gates: Array, formats: Array, group: WordGroup) -> list[WordMap]:
        maps: list[WordMap] = []
        for index, range_ in enumerate(self._ranges(group)):
            falling, *numbers = self.module.compose_shift(gates, formats, index).tolist()
            maps.append(ShiftMap(range_, bool(falling), *numbers))
        return maps

    def _table(self, gates: Array, formats: Array, group: WordGroup) -> list[WordMap]:
        tables = (self.module.compose_table(gates, formats, p).tolist() for p in range(len(group.words)))
        pairs = zip(self._ranges(group), tables, strict=True)
        return [TableMap(range_, tuple(table)) for range_, table in pairs]

    def _matrix(self, gates: Array) -> MatrixMap:
        rows = self.module.compose_matrix(gates, self.formats, **self.options).tolist()
        bits, lows = self.layer.precision_bits, [word.range.lo for word in self.layer.words]
        return MatrixMap.step(bits, lows, [row[:-1] for row in rows], [row[-1] for row in rows])


_COMPOSERS = {
    Form.AFFINE: Recurrence._affine,
    Form.CYCLE: Recurrence._cycle,
    Form.LINE: Recurrence._line,
    Form.CLAMP: Recurrence._clamp,
    Form.SHIFT: Recurrence._shift,
    Form.TABLE: Recurrence._table,
}


def refusal(layer: Layer) -> str | None:
    """Return the reason why a layer has no block maps, or None if it has them."""
    if layer.kind.is_diagonal:
        return None
    kind = layer.kind.value
    if any(layer.sum_fraction_bits):
        return f"a {kind} transition that rounds has no block maps: rounding a sum of words is not affine"
    overflows = {word.format.overflow for word in layer.words}
    if Overflow.SATURATE in overflows:
        return (
            f"a {kind} transition that saturates has no block maps: clamped sums of words do not compose "
            "to a clamped sum"
        )
    if len(overflows) > 1 or (Overflow.WRAP in overflows and len({w.bits for w in layer.words}) > 1):
        return f"a {kind} transition has block maps only if all words wrap at one number of bits, or none do"
    return None


def _formats(layer: Layer) -> NDArray[np.int64]:
    rows = [
        (
            word.range.lo,
            word.range.hi,
            fraction_bits,
            int(word.format.rounding is Rounding.NEAREST),
            _OVERFLOWS.index(word.format.overflow),
        )
        for word, fraction_bits in zip(layer.words, layer.sum_fraction_bits, strict=True)
    ]
    formats: NDArray[np.int64] = np.array(rows, dtype=np.int64).reshape(len(rows), 5).T.copy()
    return formats
