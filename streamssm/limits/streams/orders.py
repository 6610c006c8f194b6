"""Block orders of K-function composition, with the keys of a block in order.

An order is written as its blocks, ``x`` for the argument and ``f1`` ... ``fK`` for the tables: the easy order
of K = 2 is ``x,f1,f2``. The keys of a table come as 0, 1, ..., N - 1. With free key order, prefixes would
differ in their valid continuations (no key occurs twice), so that "no continuation distinguishes two
prefixes" would not be an equivalence relation, and residuals would be undefined.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from streamssm.errors import ParameterError
from streamssm.ir.words import Word
from streamssm.limits.streams.shapes import StreamShape, Tokens

BLOCK_TOKENS = ("block", "key", "image")
LAST_TOKENS = ("key", "image", "last")


@dataclass(frozen=True)
class BlockOrder:
    """An order of the blocks: 0 for the argument x, i for the table of f_i.

    >>> str(parse_order("f1, x, f2")), parse_order("x,f1").is_easy, len(all_orders(2))
    ('f1,x,f2', True, 6)
    """

    blocks: tuple[int, ...]

    def __str__(self) -> str:
        return ",".join(f"f{block}" if block else "x" for block in self.blocks)

    @property
    def k(self) -> int:
        """Number of functions."""
        return len(self.blocks) - 1

    @property
    def is_easy(self) -> bool:
        """True if every function comes after its argument."""
        return self.blocks == tuple(range(len(self.blocks)))

    def cut_names(self, n: int) -> tuple[str, ...]:
        """Return a name for each cut, the last token before it, from 0 to the end."""
        names = ["the start"]
        for block in self.blocks:
            names += [f"f{block}({key})" for key in range(n)] if block else ["x"]
        return tuple(names)

    def length(self, n: int) -> int:
        """Number of tokens."""
        return 1 + self.k * n


def parse_order(text: str) -> BlockOrder:
    """Parse an order; ParameterError unless it names x and f1 ... fK exactly once each."""
    names = [name.strip() for name in text.split(",")]
    blocks = tuple(
        0 if name == "x" else int(name[1:]) for name in names if re.fullmatch(r"x|f[1-9]\d{0,2}", name)
    )
    if len(blocks) != len(names) or sorted(blocks) != list(range(len(names))) or len(names) < 2:
        raise ParameterError(f"{text!r} is not an order: name x, f1, ... fK once each, such as f1,f2,x")
    return BlockOrder(blocks)


def all_orders(k: int) -> tuple[BlockOrder, ...]:
    """Return every order of x and K tables, the easy one first."""
    return tuple(map(BlockOrder, permutations(range(k + 1))))


def shape_of(order: BlockOrder, name: str, fields: Sequence[Word]) -> StreamShape:
    """Return the streams of an order as tokens of a composition task, recognized by its field names.

    Raises
    ------
    ParameterError
        If the fields are not those of a task with a block order, or do not fit the order's blocks.
    """
    names = tuple(word.name for word in fields)
    if names not in (BLOCK_TOKENS, LAST_TOKENS):
        raise ParameterError(
            f"{name} has no block orders: it is not a composition task, with tokens "
            f"({', '.join(BLOCK_TOKENS)}) or ({', '.join(LAST_TOKENS)}), but reads ({', '.join(names)}); "
            "leave the order out to count all its streams"
        )
    size = {word.name: word.range.size for word in fields}
    if names == BLOCK_TOKENS and size["block"] != order.k + 1:
        raise ParameterError(
            f"the order must have x and {size['block'] - 1} tables, as many as {name} composes, "
            f"not be {order}"
        )
    slots = [_slots(block, size["image"]) for block in order.blocks]
    return StreamShape(tuple(fields), tuple(_as_token(names, *slot) for block in slots for slot in block))


def _slots(block: int, n: int) -> list[tuple[int, int, int, int]]:
    """Return (block, key, last, n) for every pair of a block."""
    keys = range(n) if block else range(1)
    return [(block, key, int(key == keys[-1]), n) for key in keys]


def _as_token(names: tuple[str, ...], block: int, key: int, last: int, n: int) -> Tokens:
    """Return the possible tokens of a pair, one for each image."""
    images = np.arange(n, dtype=np.int64)
    numbers = {"block": block, "key": key, "last": last}
    columns = [images if name == "image" else np.full(n, numbers[name]) for name in names]
    return np.stack(columns, axis=1)
