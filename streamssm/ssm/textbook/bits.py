"""One-bit memories: flip-flop, parity, and the temporal operator S (since)."""

from __future__ import annotations

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.formats import Overflow
from streamssm.ssm.model import SSM, TransitionKind
from streamssm.ssm.textbook.parts import Nodes, itself, model, require_least, word


def flip_flop(values: int = 2) -> SSM:
    """Return the value last written.

    A token is (write, value); the value counts where write is 1.
    h' = (1 - write) h + (write ? value : 0).
    Kind: zero-one. Memory: ceil(log2 values) bits.

    >>> flip_flop(8).run([[1, 5], [0, 3], [1, 2]])[:, 0].tolist()
    [5, 5, 2]
    """
    require_least("values", values, 1)

    def gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        write, value = x
        return [g.not_(write)], [g.select(write, value, g.const(0))]

    kind, cell = TransitionKind.ZERO_ONE, word("cell", Range(0, values - 1))
    fields = {"write": BIT, "value": Range(0, values - 1)}
    return model("flip_flop", fields, [cell], kind, gates, itself, ["cell"])


def running_parity() -> SSM:
    """Return the parity of the number of ones.

    A token is one bit x. h' = (1 - 2x) h + x: a one replaces h by 1 - h.
    Kind: signed; nonnegative entries do not suffice (THEORY B2, C2). Memory: 1 bit.

    >>> running_parity().run([[1], [0], [1], [1]])[:, 0].tolist()
    [1, 1, 0, 1]
    """

    def gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        return [g.sub(g.const(1), g.mul(g.const(2), x[0]))], x

    kind, odd = TransitionKind.SIGNED, word("odd", BIT)
    return model("running_parity", {"x": BIT}, [odd], kind, gates, itself, ["odd"])


def _set_hold_reset(g: GraphBuilder, x: Nodes) -> int:
    """Return 1 where b holds, 0 where only a holds, -1 where neither does."""
    a, b = x
    return g.select(b, g.const(1), g.sub(a, g.const(1)))


def since_saturating() -> SSM:
    """Return ``a S b``: b held once, and a at every token since.

    A token is (a, b). h' = clamp(h + B) to [0, 1], with B = 1 to set, 0 to hold, -1 to reset.
    Kind: time-invariant, with saturation; without saturation and rounding this is conjectured to be
    impossible (THEORY B4). Memory: 1 bit.

    >>> since_saturating().run([[1, 0], [0, 1], [1, 0], [0, 0]])[:, 0].tolist()
    [0, 1, 1, 0]
    """
    holds = word("holds", BIT, overflow=Overflow.SATURATE)
    return model(
        "since_saturating",
        {"a": BIT, "b": BIT},
        [holds],
        TransitionKind.TIME_INVARIANT,
        lambda g, x: ([g.const(1)], [_set_hold_reset(g, x)]),
        itself,
        ["holds"],
    )


def since_halving() -> SSM:
    """Return ``a S b`` by rounding: h' = floor(h / 2) + B, with B = 1 to set, 0 to hold, -1 to reset.

    A token is (a, b). The word never leaves [-2, 1]; the formula holds if the word is not negative:
    floor(h / 2) is 0 or -1 and keeps the sign, which B = 1 or -1 then overrides.
    Kind: time-invariant, entry 1/2, floor, no saturation; without rounding conjectured to be impossible
    (THEORY B4). Memory: 2 bits.

    >>> since_halving().run([[1, 0], [0, 1], [1, 0], [0, 0]])[:, 0].tolist()
    [0, 1, 1, 0]
    """
    return model(
        "since_halving",
        {"a": BIT, "b": BIT},
        [word("half", Range(-2, 1), -1)],
        TransitionKind.TIME_INVARIANT,
        lambda g, x: ([g.const(1)], [_set_hold_reset(g, x)]),
        lambda g, h, x: [g.le(g.const(0), h[0])],
        ["holds"],
        fraction_bits=(1,),
    )
