"""Five models with too few layers, though with no less memory than suffices with online thoughts.

They claim to compose K functions on [0, N) in the easy order. Two words of ceil(log2 N) bits suffice for that
with a thought per token (THEORY A4), and so do K + 1 layers of one word (THEORY A2). The failure of *these*
models says nothing about others with as many layers: A1 is asymptotic, and does not cover K <= L + 2.
"""

from __future__ import annotations

from streamssm.algorithms import BlockComposition
from streamssm.frontends.algorithm import Algorithm
from streamssm.limits.collisions.insufficient.claim import InsufficientClaim, composing, layered
from streamssm.limits.collisions.insufficient.too_little_memory import HashedTables


def few_layers() -> tuple[InsufficientClaim, ...]:
    """Return the claims; `needs` names the memory that suffices with online thoughts."""
    return (
        _claim("two functions in two layers", FlatComposition(16, 2, 2), 16, 2),
        _claim(
            "four functions in three layers, with thoughts after the stream",
            FlatComposition(16, 4, 3),
            16,
            4,
            1000,
        ),
        _claim("one function in one layer of five words", SomeImages(16, 4), 16, 1),
        _claim("two functions in one layer of 40 bits", HashedTables(16, 2, 1, 40), 16, 2),
        _claim("three functions in two layers that add", FlatAdding(16, 3, 2), 16, 3),
    )


def _claim(name: str, algorithm: Algorithm, n: int, k: int, thoughts: int = 0) -> InsufficientClaim:
    model = layered(algorithm, thoughts=thoughts)
    order = ",".join(["x", *(f"f{i}" for i in range(1, k + 1))])
    needs = f"{2 * (n - 1).bit_length()} bits with online thoughts, or {k + 1} layers of one word"
    return composing(name, "layers", model, BlockComposition(n, k), order, needs)


class FlatComposition(Algorithm):
    """Compose as `BlockComposition` does, except that all values beyond the last layer read the same word."""

    def __init__(self, n: int, k: int, layers: int) -> None:
        self.k = k
        self.layers = layers
        self.tokens(block=k + 1, key=n, image=n)
        self.values = self.array(n, k + 1)

    def update(self, block: int, key: int, image: int) -> None:
        if block == 0:
            self.values[0] = image
        for i in range(1, self.k + 1):
            if block == i and key == self.values[min(i - 1, self.layers - 2)]:
                self.values[i] = image

    def output(self) -> int:
        return self.values[self.k]


class FlatAdding(Algorithm):
    """`FlatComposition` with images that are added as in `AddingComposition`: all transitions are equal."""

    def __init__(self, n: int, k: int, layers: int) -> None:
        self.k = k
        self.layers = layers
        self.top = n - 1
        self.tokens(block=k + 1, key=n, image=n)
        self.values = self.array(n, k + 1)

    def update(self, block: int, key: int, image: int) -> None:
        if block == 0:
            self.values[0] = min(self.values[0] + image, self.top)
        for i in range(1, self.k + 1):
            if block == i and key == self.values[min(i - 1, self.layers - 2)]:
                self.values[i] = min(self.values[i] + image, self.top)

    def output(self) -> int:
        return self.values[self.k]


class SomeImages(Algorithm):
    """Store the argument and the images of the first keys, in words that do not read each other."""

    def __init__(self, n: int, stored: int) -> None:
        self.stored = stored
        self.tokens(block=2, key=n, image=n)
        self.value = self.register(n)
        self.images = self.array(n, stored)

    def update(self, block: int, key: int, image: int) -> None:
        if block == 0:
            self.value = image
        for stored_key in range(self.stored):
            if block == 1 and key == stored_key:
                self.images[stored_key] = image

    def output(self) -> int:
        return self.images[min(self.value, self.stored - 1)]
