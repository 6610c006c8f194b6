"""Permutations: symmetric groups by monomial transitions, by reflections, and by two layers of rotations."""

from __future__ import annotations

from streamssm.ir import words
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ssm.formats import Overflow
from streamssm.ssm.model import SSM, TransitionKind
from streamssm.ssm.network import Signal
from streamssm.ssm.textbook.parts import FLAGS, Nodes, itself, layer, model, require_least, word

NONE, ROTATE, SWAP = range(3)


def permuted_words(n: int) -> SSM:
    """Return n values under a stream of swaps of neighbors, by permuting the words.

    A token is one field ``pair``: 0 swaps nothing, i swaps positions i - 1 and i.
    Kind: monomial, entries 1 (THEORY G9). Memory: n ceil(log2 n) bits. The words saturate, because ranges of
    single words cannot express that no two words move to one position.

    >>> permuted_words(3).run([[1], [2]]).tolist()
    [[1, 0, 2], [1, 2, 0]]
    """
    require_least("n", n, 1)

    def gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        targets = []
        for index in range(n):
            up, down = (g.eq(x[0], g.const(pair)) for pair in (index + 1, index))
            down = down if index else g.const(0)
            targets.append(g.sub(g.add(g.const(index), up), down))
        return [*targets, *[g.const(1)] * n], [g.const(0)] * n

    state = [word(f"at{i}", Range(0, n - 1), i, overflow=Overflow.SATURATE) for i in range(n)]
    names = [f"at{i}" for i in range(n)]
    return model(
        "permuted_words", {"pair": Range(0, n - 1)}, state, TransitionKind.MONOMIAL, gates, itself, names
    )


def reflected_words(n: int) -> SSM:
    """Return n values under a stream of swaps of neighbors, by one reflection per token.

    A token is one field ``pair``: 0 swaps nothing, i swaps positions i - 1 and i, by I - v v^T with v the
    difference of their basis vectors.
    Kind: householder, 1 reflection (THEORY G7). Memory: n ceil(log2 n) bits.

    >>> reflected_words(3).run([[1], [2]]).tolist()
    [[1, 0, 2], [1, 2, 0]]
    """
    require_least("n", n, 1)

    def gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        is_pair = [g.eq(x[0], g.const(pair)) if 0 < pair < n else g.const(0) for pair in range(n + 1)]
        v = [g.sub(is_pair[index + 1], is_pair[index]) for index in range(n)]
        return [*v, g.const(1)], [g.const(0)] * n

    state = [word(f"at{i}", Range(0, n - 1), i) for i in range(n)]
    return model(
        "reflected_words",
        {"pair": Range(0, n - 1)},
        state,
        TransitionKind.HOUSEHOLDER,
        gates,
        itself,
        [f"at{i}" for i in range(n)],
        reflections=1,
    )


def symmetric_group_of_3() -> SSM:
    """Return the product of a stream of permutations of three points (S3), by two layers of rotations.

    A token is one field ``element``: 0 the identity, 1 the rotation p -> p + 1, 2 the swap p -> -p (mod 3).
    The product is p -> turn + (-1)^odd p; a token is applied before it. The outputs are odd and turn.
    Kind: complex, two layers: the derived length of S3 is 2, and one layer cannot do it (THEORY G1, G2).
    Memory: 1 + 2 bits.

    >>> symmetric_group_of_3().run([[1], [2], [1]]).tolist()
    [[0, 1], [1, 1], [1, 0]]
    """
    element = Range(0, 2)
    first = layer(
        [*FLAGS, Signal("element", element)],
        [word("odd", Range(0, 1), overflow=Overflow.CYCLE)],
        TransitionKind.COMPLEX,
        lambda g, x: ([g.const(1)], [g.eq(x[2], g.const(SWAP))]),
        lambda g, h, x: [h[0], x[2]],
        ["odd", "element"],
    )

    def turned(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        odd, token = x
        turn = g.select(odd, g.const(2), g.const(1))
        return [g.const(1)], [g.select(g.eq(token, g.const(ROTATE)), turn, g.const(0))]

    second = layer(
        [Signal("odd", Range(0, 1)), Signal("element", element)],
        [word("turn", Range(0, 2), overflow=Overflow.CYCLE)],
        TransitionKind.COMPLEX,
        turned,
        lambda g, h, x: [x[0], h[0]],
        ["odd", "turn"],
    )
    fields = (words.field("element", element),)
    return SSM("symmetric_group_of_3", fields, (first, second), ("odd", "turn"))
