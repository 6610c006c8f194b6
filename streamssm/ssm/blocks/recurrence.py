"""One layer's h[t] = A h[t-1] + B over arrays of gates: run from a state, or composed into a block map.

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
from streamssm.reference import blockmap as twin
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

BACKENDS: dict[str, Any] = {"kernel": kernel, "reference": twin}
MAX_TABLE_BITS = 20  # 20 Mbit a message
_OVERFLOWS = (Overflow.ERROR, Overflow.SATURATE, Overflow.WRAP, Overflow.CYCLE)


def narrowest(ranges: Sequence[Range]) -> np.dtype[Any]:
    """Return the narrowest signed dtype that holds all values of some ranges."""
    lo, hi = min((r.lo for r in ranges), default=0), max((r.hi for r in ranges), default=0)
    return np.dtype(next(f"int{b}" for b in (8, 16, 32, 64) if -(1 << b - 1) <= lo <= hi < 1 << b - 1))


@dataclass(frozen=True)
class WordGroup:
    """Words of one form; ``whole`` where their entries are read without their fraction bits."""

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
        self.how: dict[str, Any] = {"layout": layer.kind.layout.value, "reflections": layer.reflections}

    def _storage(self) -> np.dtype[Any]:
        """Return the narrowest dtype of gates and states in which sums are exact."""
        found = narrowest([*self.gate_ranges, *(word.range for word in self.layer.words)])
        most = int(self.formats[2].max(initial=0))
        while found.itemsize < 8 and most > 16 * found.itemsize - 2:
            found = np.dtype(f"int{16 * found.itemsize}")
        return found

    # run

    def scan(self, gates: Array, state: NDArray[np.int64]) -> tuple[Array, int]:
        """Return the states after every step, and how many steps came before the first error.

        ``state`` is updated; on an error it is the one before the step.
        """
        out = np.empty((len(gates), self.dim), dtype=self.dtype)
        places = max(self.layer.entry_fraction_bits, default=0)
        how = dict(self.how, fraction_bits=places if self.layer.reflections else 0)
        return out, int(self.module.scan(gates, self.formats, state, out, **how))

    # block maps

    def groups(self, blocks: Sequence[Array]) -> tuple[WordGroup, ...]:
        """Return the form of every word of a diagonal transition, given the gates of the whole stream."""
        found: dict[tuple[Form, bool], list[int]] = {}
        for word in range(self.dim):
            form = self._form(word, blocks)
            whole = self.layer.entry_fraction_bits[word] > 0 and form in (Form.AFFINE, Form.CLAMP)
            found.setdefault((form, whole), []).append(word)
        return tuple(WordGroup(form, tuple(words), whole) for (form, whole), words in found.items())

    def _form(self, word: int, blocks: Sequence[Array]) -> Form:
        form, places = self.layer.words[word].format, self.layer.entry_fraction_bits[word]
        found = word_form(form, places, self.gate_ranges[word])
        if found is None:
            found = form_of_entries(form, places, [gates[:, word] for gates in blocks])
        if found is Form.TABLE and form.bits > MAX_TABLE_BITS:
            raise ParameterError(
                f"the block map of word '{self.layer.words[word].name}' must be a table of at most "
                f"2^{MAX_TABLE_BITS} states, not of the {form.range.size} of {form.range}; use blocks=1, or "
                "entries that are whole or powers of two"
            )
        return found

    def compose(self, gates: Array, groups: Sequence[WordGroup]) -> LayerMap:
        """Return the block map of some gates; ``groups`` are those of the whole stream."""
        if not self.layer.kind.is_diagonal:
            return self._matrix(gates)
        found: dict[int, WordMap] = {}
        for group in groups:
            part, formats = self._part(gates, group)
            maps = _COMPOSERS[group.form](self, part, formats, group)
            found.update(zip(group.words, maps, strict=True))
        return WordMaps(tuple(found[word] for word in range(self.dim)))

    def _part(self, gates: Array, group: WordGroup) -> tuple[Array, NDArray[np.int64]]:
        """Return gates and formats of a group's words alone."""
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
        found = self.module.compose_affine(gates, formats).T.tolist()
        pairs = zip(self._ranges(group), found, strict=True)
        return [AffineMap.step(modulus_of(values), values.lo, a, b) for values, (a, b) in pairs]

    def _cycle(self, gates: Array, formats: Array, group: WordGroup) -> list[WordMap]:
        maps: list[WordMap] = []
        for place, values in enumerate(self._ranges(group)):
            slope, offset = self.module.compose_cycle(gates, formats, place).tolist()
            maps.append(AffineMap(values.size, values.lo, slope, offset))
        return maps

    def _line(self, gates: Array, formats: Array, group: WordGroup) -> list[WordMap]:
        found = self.module.compose_line(gates, formats).T.tolist()
        pairs = zip(self._ranges(group), found, strict=True)
        return [ClampMap.line(values, *numbers) for values, numbers in pairs]

    def _clamp(self, gates: Array, formats: Array, group: WordGroup) -> list[WordMap]:
        found = (self.module.compose_clamp(gates, formats, p).tolist() for p in range(len(group.words)))
        return [ClampMap(v, *numbers) for v, numbers in zip(self._ranges(group), found, strict=True)]

    def _shift(self, gates: Array, formats: Array, group: WordGroup) -> list[WordMap]:
        maps: list[WordMap] = []
        for place, values in enumerate(self._ranges(group)):
            falling, *numbers = self.module.compose_shift(gates, formats, place).tolist()
            maps.append(ShiftMap(values, bool(falling), *numbers))
        return maps

    def _table(self, gates: Array, formats: Array, group: WordGroup) -> list[WordMap]:
        found = (self.module.compose_table(gates, formats, p).tolist() for p in range(len(group.words)))
        return [TableMap(v, tuple(table)) for v, table in zip(self._ranges(group), found, strict=True)]

    def _matrix(self, gates: Array) -> MatrixMap:
        found = self.module.compose_matrix(gates, self.formats, **self.how).tolist()
        bits, lows = self.layer.precision_bits, [word.range.lo for word in self.layer.words]
        return MatrixMap.step(bits, lows, [row[:-1] for row in found], [row[-1] for row in found])


_COMPOSERS = {
    Form.AFFINE: Recurrence._affine,
    Form.CYCLE: Recurrence._cycle,
    Form.LINE: Recurrence._line,
    Form.CLAMP: Recurrence._clamp,
    Form.SHIFT: Recurrence._shift,
    Form.TABLE: Recurrence._table,
}


def refusal(layer: Layer) -> str | None:
    """Return why a layer has no block maps; None if it has."""
    if layer.kind.is_diagonal:
        return None
    kind = layer.kind.value
    if any(layer.sum_fraction_bits):
        return f"a {kind} transition that rounds has no block maps: rounding a sum of words is not affine"
    overflows = {word.format.overflow for word in layer.words}
    if Overflow.SATURATE in overflows:
        return f"a {kind} transition that saturates has no block maps: a clamp of a sum of words is no clamp"
    if len(overflows) > 1 or (Overflow.WRAP in overflows and len({w.bits for w in layer.words}) > 1):
        return f"a {kind} transition must wrap all words at one number of bits, or none, to have block maps"
    return None


def _formats(layer: Layer) -> NDArray[np.int64]:
    rows = [
        (
            word.range.lo,
            word.range.hi,
            places,
            int(word.format.rounding is Rounding.NEAREST),
            _OVERFLOWS.index(word.format.overflow),
        )
        for word, places in zip(layer.words, layer.sum_fraction_bits, strict=True)
    ]
    found: NDArray[np.int64] = np.array(rows, dtype=np.int64).reshape(len(rows), 5).T.copy()
    return found
