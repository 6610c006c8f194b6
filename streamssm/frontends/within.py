"""The assumption that a value stays in a range, written into an algorithm."""

from __future__ import annotations

from streamssm.errors import PrecisionError


def within(value: int, lo: int, hi: int) -> int:
    """Return the value, which must lie in ``[lo, hi]``.

    In plain Python a value outside raises. In translation this is a clamp, and it is listed as an
    assumption of the program unless the range is proven at that place. `streamssm.check_assumptions` proves
    it by an invariant of the registers, or refutes it by a stream.

    >>> within(7, 0, 9)
    7

    Raises
    ------
    PrecisionError
        If the value lies outside.
    """
    if not lo <= value <= hi:
        raise PrecisionError(f"a value must lie within [{lo}, {hi}], not be {value}")
    return value
