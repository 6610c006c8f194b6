"""Five models with at least the memory of two words that does with online thoughts, and too few layers.

They claim to compose K functions on [0, N) in the easy order, where two words of ceil(log2 N) bits and a
thought per token do (THEORY A4), and K + 1 layers of one word (THEORY A2). That *these* models fail says
nothing of other ones of as many layers: A1 is asymptotic, and K <= L + 2 is no case of it.
"""

from __future__ import annotations

from streamssm.algorithms import BlockComposition
from streamssm.frontends.algorithm import Algorithm
from streamssm.limits.collisions.insufficient.claim import InsufficientClaim, composing, layered
from streamssm.limits.collisions.insufficient.too_little_memory import HashedTables


def few_layers() -> tuple[InsufficientClaim, ...]:
    """Return the claims; `needs` names the memory of the model with online thoughts."""
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
    """Compose as `BlockComposition` does, but values beyond the layers there are all read the same word."""

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
    """The same with images that are added, as in `AddingComposition`: every transition is the same."""

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
    """Keep the argument and the images of some keys, in words that do not read each other."""

    def __init__(self, n: int, kept: int) -> None:
        self.kept = kept
        self.tokens(block=2, key=n, image=n)
        self.value = self.register(n)
        self.images = self.array(n, kept)

    def update(self, block: int, key: int, image: int) -> None:
        if block == 0:
            self.value = image
        for place in range(self.kept):
            if block == 1 and key == place:
                self.images[place] = image

    def output(self) -> int:
        return self.images[min(self.value, self.kept - 1)]
