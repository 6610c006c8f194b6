"""The assumption that a value stays in a range, written into an algorithm."""

from __future__ import annotations

from streamssm.errors import PrecisionError


def assume_in_range(value: int, lo: int, hi: int) -> int:
    """Return the value, which must lie in ``[lo, hi]``.

    In plain Python a value outside raises. In translation this is a clamp, and it is listed as an
    assumption of the program unless the range is proven on that line. `streamssm.check_assumptions` proves
    it by an invariant of the registers, or refutes it with a stream. `streamssm.within` is the same function.

    >>> assume_in_range(7, 0, 9)
    7

    Raises
    ------
    PrecisionError
        If the value lies outside.
    """
    if not lo <= value <= hi:
        raise PrecisionError(f"a value must lie within [{lo}, {hi}], not be {value}")
    return value


within = assume_in_range  # the former name
