"""Block maps as messages: strings of bits from which the next parties read the maps.

Law: read(layer, write(layer, map)) does to every state what the map does, and its length is ``map.bits``,
plus a tag for each word whose form depends on what the block holds.

The formats that a party may rely on are those of the layer: ranges, overflow, and the range of the entries.
What it may not rely on is what stands in the blocks of others, so the form of a word with fractional
entries is told: among affine or clamped, clamped shift, and table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from streamssm.ir.ranges import Range
from streamssm.limits.communication.bit_strings import BitReader, bits_of
from streamssm.ssm.blocks.affine import AffineMap, MatrixMap, modulus_of
from streamssm.ssm.blocks.clamp import ClampMap
from streamssm.ssm.blocks.forms import Form, word_form
from streamssm.ssm.blocks.maps import LayerMap, WordMap, WordMaps
from streamssm.ssm.blocks.recurrence import Recurrence
from streamssm.ssm.blocks.shift import ShiftMap
from streamssm.ssm.blocks.table import TableMap
from streamssm.ssm.formats import Overflow

if TYPE_CHECKING:
    from streamssm.ssm.layers import StateWord

MapType = type[AffineMap] | type[ClampMap] | type[ShiftMap] | type[TableMap]

_TYPES: dict[Form, MapType] = {
    Form.AFFINE: AffineMap,
    Form.CYCLE: AffineMap,
    Form.LINE: ClampMap,
    Form.CLAMP: ClampMap,
    Form.SHIFT: ShiftMap,
    Form.TABLE: TableMap,
}

FORM_NAMES: dict[type[object], str] = {
    AffineMap: "affine",
    MatrixMap: "matrix",
    ClampMap: "clamped line",
    ShiftMap: "clamped shift",
    TableMap: "table",
}


def write(recurrence: Recurrence, found: LayerMap) -> str:
    """Return the message that tells a layer's map."""
    if isinstance(found, MatrixMap):
        return _write_matrix(found)
    return "".join(_write_word(map_types(recurrence, n), part) for n, part in enumerate(found.words))


def _write_word(types: tuple[MapType, ...], found: WordMap) -> str:
    tag = bits_of([types.index(type(found))], _tag_bits(types))
    return tag + _WRITERS[type(found)](found)


def read(recurrence: Recurrence, bits: str) -> LayerMap:
    """Return the map that a message tells."""
    reader = BitReader(bits)
    if not recurrence.layer.kind.is_diagonal:
        return _read_matrix(recurrence, reader)
    found: list[WordMap] = []
    for number, word in enumerate(recurrence.layer.words):
        types = map_types(recurrence, number)
        found.append(_READERS[types[reader.take(_tag_bits(types))]](reader, word))
    return WordMaps(tuple(found))


def map_types(recurrence: Recurrence, word: int) -> tuple[MapType, ...]:
    """Return the types that the map of a word may have, whatever a block holds."""
    layer = recurrence.layer
    form = layer.words[word].format
    fixed = word_form(form, layer.entry_fraction_bits[word], recurrence.gate_ranges[word])
    if fixed is not None:
        return (_TYPES[fixed],)
    if form.overflow is Overflow.WRAP:
        return (AffineMap, TableMap)
    return (ClampMap if form.overflow is Overflow.SATURATE else AffineMap, ShiftMap, TableMap)


def _tag_bits(types: tuple[MapType, ...]) -> int:
    return (len(types) - 1).bit_length()


# affine


def _write_affine(found: AffineMap) -> str:
    return bits_of([found.slope, found.offset], (found.modulus - 1).bit_length())


def _read_affine(reader: BitReader, word: StateWord) -> AffineMap:
    cycles = word.format.overflow is Overflow.CYCLE
    modulus = word.range.size if cycles else modulus_of(word.range)
    width = (modulus - 1).bit_length()
    return AffineMap(modulus, word.range.lo, reader.take(width), reader.take(width))


def _write_matrix(found: MatrixMap) -> str:
    entries = (entry for row in found.matrix for entry in row)
    return bits_of([*entries, *found.offsets], found.word_bits)


def _read_matrix(recurrence: Recurrence, reader: BitReader) -> MatrixMap:
    width, dim = recurrence.layer.precision_bits, recurrence.dim
    numbers = [reader.take(width) for _ in range(dim * dim + dim)]
    matrix = tuple(tuple(numbers[row * dim : (row + 1) * dim]) for row in range(dim))
    lows = tuple(word.range.lo for word in recurrence.layer.words)
    return MatrixMap(width, lows, matrix, tuple(numbers[dim * dim :]))


# clamped lines


def _write_clamp(found: ClampMap) -> str:
    values = found.range
    word, lo = values.bits, values.lo
    steep, falls = int(abs(found.slope) > 1), int(found.slope < 0)
    if steep:
        line = bits_of([abs(found.slope), found.at - lo, found.value - lo], word)
    else:
        slope = -1 if falls else 1
        line = bits_of([found.value - slope * found.at - _least_offset(values, slope)], word + 1)
    return bits_of([steep, falls], 1) + line + bits_of([found.low - lo, found.high - lo], word)


def _read_clamp(reader: BitReader, state_word: StateWord) -> ClampMap:
    values = state_word.range
    word, lo = values.bits, values.lo
    steep, falls = reader.take(1), reader.take(1)
    if steep:
        slope, at, value, low, high = (reader.take(word) for _ in range(5))
        return ClampMap(values, -slope if falls else slope, lo + at, lo + value, lo + low, lo + high)
    slope = -1 if falls else 1
    offset = reader.take(word + 1) + _least_offset(values, slope)
    return ClampMap.line(values, slope, offset, lo + reader.take(word), lo + reader.take(word))


def _least_offset(values: Range, slope: int) -> int:
    """Return the least ``value - slope * at`` of values in a range."""
    return values.lo - values.hi if slope > 0 else 2 * values.lo


# clamped shifts


def _write_shift(found: ShiftMap) -> str:
    values = found.range
    word, lo = values.bits, values.lo
    return (
        bits_of([int(found.falling)], 1)
        + bits_of([found.shift], word.bit_length())
        + bits_of([found.remainder], found.shift)
        + bits_of([found.base - _least_base(values)], word + 1)
        + bits_of([found.low - lo, found.high - lo], word)
    )


def _read_shift(reader: BitReader, state_word: StateWord) -> ShiftMap:
    values = state_word.range
    word, lo = values.bits, values.lo
    falling, places = bool(reader.take(1)), reader.take(word.bit_length())
    rest, base = reader.take(places), reader.take(word + 1) + _least_base(values)
    return ShiftMap(values, falling, places, rest, base, lo + reader.take(word), lo + reader.take(word))


def _least_base(values: Range) -> int:
    return values.lo - (values.size - 1)


# tables


def _write_table(found: TableMap) -> str:
    return bits_of([value - found.range.lo for value in found.table], found.range.bits)


def _read_table(reader: BitReader, state_word: StateWord) -> TableMap:
    values = state_word.range
    return TableMap(values, tuple(values.lo + reader.take(values.bits) for _ in range(values.size)))


_WRITERS: dict[MapType, Callable[..., str]] = {
    AffineMap: _write_affine,
    ClampMap: _write_clamp,
    ShiftMap: _write_shift,
    TableMap: _write_table,
}
_READERS: dict[MapType, Callable[[BitReader, StateWord], WordMap]] = {
    AffineMap: _read_affine,
    ClampMap: _read_clamp,
    ShiftMap: _read_shift,
    TableMap: _read_table,
}
