"""The order in which new values leave when a thought is too small for all of them.

A thought carries its number (the phase) and ``limb`` bits. The items of a stream are laid out one after the
other; a word may be cut anywhere, a write port needs its bits in one thought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from streamssm.ir.ranges import Range


@dataclass(frozen=True)
class Part:
    """A word of an item: the node of the update that it carries, and its range."""

    node: int
    values: Range

    @property
    def bits(self) -> int:
        return self.values.bits


@dataclass(frozen=True)
class Item:
    """Something that is sent. ``target`` is a register, or (array, port) for a port, or None otherwise.

    ``result`` is the node of a register's new value. An item with a ``condition`` is left out where that does
    not have the value ``sense``: then the register keeps its old value, which is the new one.
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
    """Thoughts ``first`` to ``last``, which follow each other; ``item`` says if they may be left out."""

    first: int
    last: int
    item: Item | None


@dataclass(frozen=True)
class ThoughtPacking:
    """Where every item's bits are; thoughts are numbered from 0."""

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
        """Return the thoughts in blocks, in order; the last block is never left out."""
        found: list[Block] = []
        for item in self.items:
            if item.condition is None or not item.bits:
                continue
            start = found[-1].last + 1 if found else 0
            if self.first(item) > start:
                found.append(Block(start, self.first(item) - 1, None))
            found.append(Block(self.first(item), self.last(item), item))
        start = found[-1].last + 1 if found else 0
        return [*found, Block(start, self.num_thoughts - 1, None)]

    def first(self, item: Item) -> int:
        """Return the thought that an item begins in."""
        return self.pieces[item.name][0].thought

    def last(self, item: Item) -> int:
        """Return the thought that an item ends in."""
        return self.pieces[item.name][-1].thought


def laid_out(held: Sequence[Item], items: Sequence[Item], limb: int) -> ThoughtPacking | None:
    """Return the layout of held items and then the others; None if something does not fit.

    What is held is complete before anything else begins, unless all of it fits the first thought. An item
    with a condition shares no thought; if it is the last one, an empty thought follows.
    """
    place, pieces = 0, {}
    for item in held:
        place, pieces[item.name] = _placed(item, place, limb)
    if place > limb:
        place = -(-place // limb) * limb
    for item in items:
        if not item.cuttable and item.bits > limb:
            return None
        alone = item.condition is not None
        if alone:
            place = -(-place // limb) * limb
        place, pieces[item.name] = _placed(item, place, limb)
        if alone:
            place = -(-place // limb) * limb
    ends_open = bool(items) and items[-1].condition is not None
    return ThoughtPacking(limb, (*held, *items), pieces, max(1, -(-place // limb) + ends_open))


def _placed(item: Item, place: int, limb: int) -> tuple[int, tuple[ThoughtPiece, ...]]:
    """Return the place behind an item, and its pieces from ``place`` on."""
    if not item.cuttable and place % limb + item.bits > limb:
        place = -(-place // limb) * limb
    found, low = [], 0
    while low < item.bits:
        thought, offset = divmod(place, limb)
        count = min(item.bits - low, limb - offset)
        found.append(ThoughtPiece(thought, offset, low, count))
        place, low = place + count, low + count
    return place, tuple(found)
