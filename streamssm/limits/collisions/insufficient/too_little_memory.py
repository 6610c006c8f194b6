"""Five models with less memory than their tasks need, of up to 40 bits (THEORY A7, G14)."""

from __future__ import annotations

from streamssm.algorithms import StoredComposition
from streamssm.frontends.algorithm import Algorithm
from streamssm.limits.collisions.insufficient.claim import InsufficientClaim, composing, layered
from streamssm.limits.streams.shapes import total_shape


def little_memory() -> tuple[InsufficientClaim, ...]:
    """Return the claims; in all but the last, the tables come before their argument."""
    members = AskedMembers(64, 64).program()
    return (
        composing(
            "a table hashed to 40 bits",
            "memory",
            layered(HashedTables(16, 1, 1, 40)),
            StoredComposition(16, 1),
            "f1,x",
            "64 bits: 16 images of 4 bits",
        ),
        composing(
            "the first 10 of 16 images",
            "memory",
            layered(FirstImages(16, 10)),
            StoredComposition(16, 1),
            "f1,x",
            "64 bits: 16 images of 4 bits",
        ),
        composing(
            "a table hashed to 32 bits, with thoughts after the stream",
            "memory",
            layered(HashedTables(16, 1, 4, 8), thoughts=1000),
            StoredComposition(16, 1),
            "f1,x",
            "64 bits: 16 images of 4 bits; thoughts after the stream add nothing",
        ),
        composing(
            "two tables of 8 images hashed to 36 bits",
            "memory",
            layered(HashedTables(8, 2, 3, 12)),
            StoredComposition(8, 2),
            "f2,f1,x",
            "41.5 bits: f2, and seven images under it, log2 of the sum over f2 of |image|^7",
        ),
        InsufficientClaim(
            "a set of 64 items in 32 bits",
            "memory",
            layered(AskedMembers(64, 32)),
            members,
            total_shape(members.fields, 12),
            "64 bits: any set of 64 items",
        ),
    )


class HashedTables(Algorithm):
    """Mix all images into words of some bits: h' = a h + c image + 1 modulo 2^bits, with a and c per word."""

    def __init__(self, n: int, k: int, words: int, bits: int) -> None:
        self.size = 1 << bits
        self.top = n - 1
        self.tokens(block=k + 1, key=n, image=n)
        self.multipliers = tuple(
            (0x15C4DD + 0x2468 * word) % min(self.size, 1 << 21) | 1 for word in range(words)
        )
        self.factors = tuple(
            (0x9E3779B97F4A7C15 >> word) % min(self.size, 1 << 36) | 1 for word in range(words)
        )
        self.hashes = self.array(self.size, words)

    def update(self, block: int, key: int, image: int) -> None:
        for word in range(len(self.hashes)):
            mixed = self.multipliers[word] * self.hashes[word] + self.factors[word] * image + 1
            self.hashes[word] = mixed % self.size

    def output(self) -> int:
        return min(self.hashes[0] >> 3, self.top)


class FirstImages(Algorithm):
    """Store only the images of the first keys, and output the image of key 0."""

    def __init__(self, n: int, stored: int) -> None:
        self.stored = stored
        self.tokens(block=2, key=n, image=n)
        self.images = self.array(n, stored)

    def update(self, block: int, key: int, image: int) -> None:
        for stored_key in range(self.stored):
            if block == 1 and key == stored_key:
                self.images[stored_key] = image

    def output(self) -> int:
        return self.images[0]


class AskedMembers(Algorithm):
    """Add items to a set or test membership, with one bit for all items that are equal modulo ``size``."""

    def __init__(self, n: int, size: int) -> None:
        self.size = size
        self.tokens(ask=2, item=n)
        self.members = self.array(2, size)
        self.known = self.register(2)

    def update(self, ask: int, item: int) -> None:
        if ask:
            self.known = self.members[item % self.size]
        else:
            self.members[item % self.size] = 1

    def output(self) -> int:
        return self.known
