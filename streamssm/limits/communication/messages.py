"""Block maps as messages: strings of bits, from which the later parties decode the maps.

Law: read(layer, write(layer, map)) maps every state as the map does, and the message has ``map.bits`` bits
plus a tag for each word whose form depends on the contents of the block.

All parties know the layer: ranges, overflow, and the range of the entries. They do not know the blocks of
others, so a word with fractional entries needs a tag for the form of its map: affine or clamped line, clamped
shift, or table.
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


def write(recurrence: Recurrence, layer_map: LayerMap) -> str:
    """Encode a layer's map."""
    if isinstance(layer_map, MatrixMap):
        return _write_matrix(layer_map)
    return "".join(_write_word(map_types(recurrence, n), part) for n, part in enumerate(layer_map.words))


def _write_word(types: tuple[MapType, ...], word_map: WordMap) -> str:
    tag = bits_of([types.index(type(word_map))], _tag_bits(types))
    return tag + _WRITERS[type(word_map)](word_map)


def read(recurrence: Recurrence, bits: str) -> LayerMap:
    """Decode a layer's map."""
    reader = BitReader(bits)
    if not recurrence.layer.kind.is_diagonal:
        return _read_matrix(recurrence, reader)
    word_maps: list[WordMap] = []
    for number, word in enumerate(recurrence.layer.words):
        types = map_types(recurrence, number)
        word_maps.append(_READERS[types[reader.take(_tag_bits(types))]](reader, word))
    return WordMaps(tuple(word_maps))


def map_types(recurrence: Recurrence, word: int) -> tuple[MapType, ...]:
    """Return the possible types of a word's map, over all contents of a block."""
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


def _write_affine(word_map: AffineMap) -> str:
    return bits_of([word_map.slope, word_map.offset], (word_map.modulus - 1).bit_length())


def _read_affine(reader: BitReader, word: StateWord) -> AffineMap:
    cycles = word.format.overflow is Overflow.CYCLE
    modulus = word.range.size if cycles else modulus_of(word.range)
    width = (modulus - 1).bit_length()
    return AffineMap(modulus, word.range.lo, reader.take(width), reader.take(width))


def _write_matrix(matrix_map: MatrixMap) -> str:
    entries = (entry for row in matrix_map.matrix for entry in row)
    return bits_of([*entries, *matrix_map.offsets], matrix_map.word_bits)


def _read_matrix(recurrence: Recurrence, reader: BitReader) -> MatrixMap:
    width, dim = recurrence.layer.precision_bits, recurrence.dim
    numbers = [reader.take(width) for _ in range(dim * dim + dim)]
    matrix = tuple(tuple(numbers[row * dim : (row + 1) * dim]) for row in range(dim))
    lows = tuple(word.range.lo for word in recurrence.layer.words)
    return MatrixMap(width, lows, matrix, tuple(numbers[dim * dim :]))


# clamped lines


def _write_clamp(word_map: ClampMap) -> str:
    range_ = word_map.range
    word, lo = range_.bits, range_.lo
    steep, falls = int(abs(word_map.slope) > 1), int(word_map.slope < 0)
    if steep:
        line = bits_of([abs(word_map.slope), word_map.at - lo, word_map.value - lo], word)
    else:
        slope = -1 if falls else 1
        line = bits_of([word_map.value - slope * word_map.at - _least_offset(range_, slope)], word + 1)
    return bits_of([steep, falls], 1) + line + bits_of([word_map.low - lo, word_map.high - lo], word)


def _read_clamp(reader: BitReader, state_word: StateWord) -> ClampMap:
    range_ = state_word.range
    word, lo = range_.bits, range_.lo
    steep, falls = reader.take(1), reader.take(1)
    if steep:
        slope, at, value, low, high = (reader.take(word) for _ in range(5))
        return ClampMap(range_, -slope if falls else slope, lo + at, lo + value, lo + low, lo + high)
    slope = -1 if falls else 1
    offset = reader.take(word + 1) + _least_offset(range_, slope)
    return ClampMap.line(range_, slope, offset, lo + reader.take(word), lo + reader.take(word))


def _least_offset(range_: Range, slope: int) -> int:
    """Return the least offset ``value - slope * at`` over all values of a range."""
    return range_.lo - range_.hi if slope > 0 else 2 * range_.lo


# clamped shifts


def _write_shift(word_map: ShiftMap) -> str:
    range_ = word_map.range
    word, lo = range_.bits, range_.lo
    return (
        bits_of([int(word_map.falling)], 1)
        + bits_of([word_map.shift], word.bit_length())
        + bits_of([word_map.remainder], word_map.shift)
        + bits_of([word_map.base - _least_base(range_)], word + 1)
        + bits_of([word_map.low - lo, word_map.high - lo], word)
    )


def _read_shift(reader: BitReader, state_word: StateWord) -> ShiftMap:
    range_ = state_word.range
    word, lo = range_.bits, range_.lo
    falling, shift = bool(reader.take(1)), reader.take(word.bit_length())
    remainder, base = reader.take(shift), reader.take(word + 1) + _least_base(range_)
    return ShiftMap(range_, falling, shift, remainder, base, lo + reader.take(word), lo + reader.take(word))


def _least_base(range_: Range) -> int:
    return range_.lo - (range_.size - 1)


# tables


def _write_table(word_map: TableMap) -> str:
    return bits_of([value - word_map.range.lo for value in word_map.table], word_map.range.bits)


def _read_table(reader: BitReader, state_word: StateWord) -> TableMap:
    range_ = state_word.range
    return TableMap(range_, tuple(range_.lo + reader.take(range_.bits) for _ in range(range_.size)))


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
