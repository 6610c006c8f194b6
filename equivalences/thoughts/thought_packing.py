"""Packing of new values into thoughts that are too small for all of them.

A thought carries its number (the phase) and ``limb`` bits. Items are packed one after the other; a word may
be cut anywhere, but a write port needs all of its bits in one thought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from streamssm.ir.ranges import Range


@dataclass(frozen=True)
class Part:
    """A word of an item: the node of the update that it carries, and its range."""

    node: int
    range_: Range

    @property
    def bits(self) -> int:
        return self.range_.bits


@dataclass(frozen=True)
class Item:
    """A unit of transmission. ``target`` is a register, or (array, port) for a port, or None otherwise.

    ``result`` is the node of a register's new value. An item with a ``condition`` is skipped unless the
    condition has the value ``sense``: then the register keeps its value.
    """

    name: str
    parts: tuple[Part, ...]
    cuttable: bool
    target: int | tuple[int, int] | None = None
    result: int | None = None
    condition: int | None = None
    sense: bool = True

    @property
    def bits(self) -> int:
        return sum(part.bits for part in self.parts)


@dataclass(frozen=True)
class ThoughtPiece:
    """Bits ``low`` to ``low + count - 1`` of an item, at ``offset`` of a thought's limb."""

    thought: int
    offset: int
    low: int
    count: int


@dataclass(frozen=True)
class Block:
    """Consecutive thoughts ``first`` to ``last``, skipped on the condition of ``item`` if there is one."""

    first: int
    last: int
    item: Item | None


@dataclass(frozen=True)
class ThoughtPacking:
    """The position of every item's bits; thoughts are numbered from 0."""

    limb: int
    items: tuple[Item, ...]
    pieces: Mapping[str, tuple[ThoughtPiece, ...]]
    num_thoughts: int

    @property
    def phase_bits(self) -> int:
        return (self.num_thoughts - 1).bit_length()

    @property
    def thought_bits(self) -> int:
        return self.limb + self.phase_bits

    def blocks(self) -> list[Block]:
        """Return the thoughts in blocks, in order; the last block is never skipped."""
        blocks: list[Block] = []
        for item in self.items:
            if item.condition is None or not item.bits:
                continue
            start = blocks[-1].last + 1 if blocks else 0
            if self.first(item) > start:
                blocks.append(Block(start, self.first(item) - 1, None))
            blocks.append(Block(self.first(item), self.last(item), item))
        start = blocks[-1].last + 1 if blocks else 0
        return [*blocks, Block(start, self.num_thoughts - 1, None)]

    def first(self, item: Item) -> int:
        """Return the first thought of an item."""
        return self.pieces[item.name][0].thought

    def last(self, item: Item) -> int:
        """Return the last thought of an item."""
        return self.pieces[item.name][-1].thought


def pack_items(held: Sequence[Item], items: Sequence[Item], limb: int) -> ThoughtPacking | None:
    """Pack the held items and then the others; return None if an item does not fit a limb.

    Held items are complete before anything else begins, unless all of them fit the first thought. An item
    with a condition shares no thought; if it is the last item, an empty thought follows.
    """
    position, pieces = 0, {}
    for item in held:
        position, pieces[item.name] = _pack_item(item, position, limb)
    if position > limb:
        position = -(-position // limb) * limb
    for item in items:
        if not item.cuttable and item.bits > limb:
            return None
        alone = item.condition is not None
        if alone:
            position = -(-position // limb) * limb
        position, pieces[item.name] = _pack_item(item, position, limb)
        if alone:
            position = -(-position // limb) * limb
    ends_open = bool(items) and items[-1].condition is not None
    return ThoughtPacking(limb, (*held, *items), pieces, max(1, -(-position // limb) + ends_open))


def _pack_item(item: Item, position: int, limb: int) -> tuple[int, tuple[ThoughtPiece, ...]]:
    """Pack an item from a bit position on; return the position after it, and its pieces."""
    if not item.cuttable and position % limb + item.bits > limb:
        position = -(-position // limb) * limb
    pieces, low = [], 0
    while low < item.bits:
        thought, offset = divmod(position, limb)
        count = min(item.bits - low, limb - offset)
        pieces.append(ThoughtPiece(thought, offset, low, count))
        position, low = position + count, low + count
    return position, tuple(pieces)
