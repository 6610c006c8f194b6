"""Counters modulo m, one per kind of transition that can count."""

from __future__ import annotations

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.formats import Overflow
from streamssm.ssm.model import SSM, StateWord, TransitionKind
from streamssm.ssm.textbook.parts import Nodes, itself, model, require_least, word


def position_counter(m: int) -> SSM:
    """Return the number of tokens modulo m, by a one-hot vector that is shifted cyclically.

    A token is one bit that is not read. A is the cyclic shift, h a basis vector.
    Kind: time-invariant-dense (THEORY B3). Memory: m bits.

    >>> position_counter(3).run([[0]] * 5)[:, 0].tolist()
    [1, 2, 0, 1, 2]
    """
    require_least("m", m, 1)
    shift = [int(column == (row - 1) % m) for row in range(m) for column in range(m)]
    return model(
        "position_counter",
        {"x": BIT},
        _one_hot(m),
        TransitionKind.TIME_INVARIANT_DENSE,
        lambda g, x: ([g.const(entry) for entry in shift], [g.const(0)] * m),
        _position,
        ["count"],
    )


def wrapping_counter(bits: int) -> SSM:
    """Return the number of tokens modulo 2^bits, by one word that wraps: h' = h + 1.

    A token is one bit that is not read.
    Kind: time-invariant, with wrap-around. Memory: ``bits`` bits.

    >>> wrapping_counter(2).run([[0]] * 5)[:, 0].tolist()
    [1, 2, 3, 0, 1]
    """
    require_least("bits", bits, 0)
    return model(
        "wrapping_counter",
        {"x": BIT},
        [word("count", Range(0, (1 << bits) - 1), overflow=Overflow.WRAP)],
        TransitionKind.TIME_INVARIANT,
        lambda g, x: ([g.const(1)], [g.const(1)]),
        itself,
        ["count"],
    )


def rotating_counter(m: int) -> SSM:
    """Return the sum of the tokens modulo m, as the exponent of a root of unity that is rotated by x.

    A token is one field x in [0, m).
    Kind: complex (THEORY G1, G2). Memory: ceil(log2 m) bits.

    >>> rotating_counter(5).run([[4], [3], [3]])[:, 0].tolist()
    [4, 2, 0]
    """
    require_least("m", m, 1)
    return model(
        "rotating_counter",
        {"x": Range(0, m - 1)},
        [word("count", Range(0, m - 1), overflow=Overflow.CYCLE)],
        TransitionKind.COMPLEX,
        lambda g, x: ([g.const(1)], x),
        itself,
        ["count"],
    )


def permuting_counter(m: int) -> SSM:
    """Return the sum of the tokens modulo m, by a one-hot vector that is permuted by x.

    A token is one field x in [0, m). Column j of A has its one in row (j + x) mod m.
    Kind: monomial (THEORY G9). Memory: m bits. Only one word is 1 at a time, but a range of single words
    cannot express that, so the words saturate.

    >>> permuting_counter(3).run([[1], [1], [2]])[:, 0].tolist()
    [1, 2, 1]
    """
    require_least("m", m, 1)

    def gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        targets = [g.mod(g.add(x[0], g.const(column)), g.const(m)) for column in range(m)]
        return [*targets, *[g.const(1)] * m], [g.const(0)] * m

    state = _one_hot(m, Overflow.SATURATE)
    field = {"x": Range(0, m - 1)}
    return model("permuting_counter", field, state, TransitionKind.MONOMIAL, gates, _position, ["count"])


def _one_hot(m: int, overflow: Overflow = Overflow.ERROR) -> list[StateWord]:
    return [word(f"at{index}", BIT, int(index == 0), overflow=overflow) for index in range(m)]


def _position(g: GraphBuilder, h: Nodes, x: Nodes) -> Nodes:
    """Return the index of the one in a one-hot state."""
    total = g.const(0)
    for index, bit in enumerate(h):
        total = g.add(total, g.mul(g.const(index), bit))
    return [total]
