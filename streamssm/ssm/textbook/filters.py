"""Time-invariant words: linear filters in exact integers."""

from __future__ import annotations

from streamssm.ir.ranges import Range
from streamssm.ssm.formats import NumberFormat, Rounding
from streamssm.ssm.model import SSM, TransitionKind
from streamssm.ssm.textbook.parts import itself, model, require_least, word


def exponential_moving_average(n: int, shift: int, rounding: str = Rounding.FLOOR) -> SSM:
    """Return h' = h / 2^shift + x: an exponentially weighted sum of the past.

    A token is one field x in [0, n). The state's range is the smallest one that no stream leaves.
    Kind: time-invariant, entry 2^-shift (so dyadic as well). Memory: ceil(log2(M + 1)) bits, where M is the
    least value with M >= round(M / 2^shift) + n - 1.

    >>> average = exponential_moving_average(256, 1)
    >>> average.run([[255]] * 9)[:, 0].tolist()
    [255, 382, 446, 478, 494, 502, 506, 508, 509]
    >>> average.memory_bits
    9
    """
    require_least("n", n, 1)
    require_least("shift", shift, 1)
    mode, most = Rounding(rounding), 0
    while (larger := NumberFormat(Range(0, most), rounding=mode).rounded(most, shift) + n - 1) > most:
        most = larger
    return model(
        "exponential_moving_average",
        {"x": Range(0, n - 1)},
        [word("sum", Range(0, most), rounding=mode)],
        TransitionKind.TIME_INVARIANT,
        lambda g, x: ([g.const(1)], x),
        itself,
        ["sum"],
        fraction_bits=(shift,),
    )


def delay_line(steps: int, bits: int, init: int = 0) -> SSM:
    """Return the token of ``steps`` tokens ago, by a shift register in one word.

    A token is one field x of ``bits`` bits. The word holds the last ``steps + 1`` tokens, the oldest lowest:
    a step divides it by 2^bits, which drops the oldest, and puts x on top. ``init`` is the output until there
    are enough tokens.
    Kind: time-invariant, entry 2^-bits, floor. Memory: (steps + 1) * bits bits.

    >>> delay_line(2, 4).run([[5], [6], [7], [8], [9]])[:, 0].tolist()
    [0, 0, 5, 6, 7]
    """
    require_least("steps", steps, 0)
    require_least("bits", bits, 1)
    size, top = 1 << bits, 1 << bits * steps
    start = sum(init << bits * age for age in range(steps + 1))
    return model(
        "delay_line",
        {"x": Range(0, size - 1)},
        [word("line", Range(0, size * top - 1), start)],
        TransitionKind.TIME_INVARIANT,
        lambda g, x: ([g.const(1)], [g.mul(g.const(top), x[0])]),
        lambda g, h, x: [g.mod(h[0], g.const(size))],
        ["oldest"],
        fraction_bits=(bits,),
    )
