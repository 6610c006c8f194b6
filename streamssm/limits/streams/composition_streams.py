"""The stream of K-function composition: functions from [0, N) to itself, one table after another.

Block 0 is the pair (0, x); block k = 1..K holds the N pairs (a, f_k(a)) in random order. The answer after the
last token is f_K(...f_1(x)).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError


@dataclass(frozen=True)
class CompositionStream:
    """A random instance that is generated block by block and never held in memory as a whole.

    >>> stream = CompositionStream(n=4, k=2, seed=0)
    >>> sum(len(key) for key, image, last in stream.blocks()) == stream.length == 9
    True
    """

    n: int
    k: int
    seed: int = 0

    def __post_init__(self) -> None:
        for name, value in (("n", self.n), ("k", self.k)):
            if value < 1:
                raise ParameterError(f"{name} must be at least 1, not {value}")

    @property
    def length(self) -> int:
        """Number of tokens."""
        return 1 + self.k * self.n

    @property
    def dtype(self) -> np.dtype[Any]:
        """The narrowest dtype for keys and images."""
        return np.min_scalar_type(self.n - 1)

    def blocks(self) -> Iterator[list[NDArray[Any]]]:
        """Yield each block as its columns key, image, last."""
        start = np.array([self._start()], dtype=self.dtype)
        yield [np.zeros_like(start), start, np.ones(1, dtype=np.uint8)]
        last = np.zeros(self.n, dtype=np.uint8)
        last[-1] = 1
        for number in range(1, self.k + 1):
            keys, table = self._block(number)
            yield [keys, table[keys], last]

    def tokens(self, start: int, stop: int) -> Iterator[list[NDArray[Any]]]:
        """Yield the columns of the tokens in ``[start, stop)``, in chunks."""
        position = 0
        for columns in self.blocks():
            length = len(columns[0])
            first, end = max(start - position, 0), min(stop - position, length)
            if first < end:
                yield [column[first:end] for column in columns]
            position += length

    def answer(self) -> int:
        """Return f_K(...f_1(x)), looked up in the tables."""
        value = self._start()
        for number in range(1, self.k + 1):
            value = int(self._block(number)[1][value])
        return value

    def _start(self) -> int:
        return int(np.random.default_rng([self.seed, 0]).integers(self.n))

    def _block(self, number: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the keys in their order and the table of a block's function."""
        random = np.random.default_rng([self.seed, number])
        keys = random.permutation(np.arange(self.n, dtype=self.dtype))
        return keys, random.integers(self.n, size=self.n, dtype=self.dtype)

    @property
    def table_bits(self) -> int:
        """The bits of the K tables."""
        return self.k * self.n * (self.n - 1).bit_length()


@dataclass(frozen=True)
class CompositionBlocks(CompositionStream):
    """The same instance with tokens that name their block: columns block, key, image.

    >>> stream = CompositionBlocks(n=4, k=2, seed=0)
    >>> [block.tolist() for block, key, image in stream.blocks()]
    [[0], [1, 1, 1, 1], [2, 2, 2, 2]]
    """

    def blocks(self) -> Iterator[list[NDArray[Any]]]:
        """Yield each block as its columns block, key, image."""
        for number, (keys, images, _) in enumerate(super().blocks()):
            yield [np.full(len(keys), number, dtype=np.min_scalar_type(self.k)), keys, images]
