"""Number formats: rounding and overflow at and around every edge; formats that cannot be are refused."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest

from streamssm.errors import ParameterError
from streamssm.ir.ranges import Range
from streamssm.ssm.formats import NumberFormat, Overflow, Rounding

VALUES = Range(-3, 4)


@pytest.mark.parametrize("fraction_bits", range(4))
@pytest.mark.parametrize("total", range(-20, 21))
def test_rounding_is_of_the_exact_quotient(total: int, fraction_bits: int) -> None:
    exact = Fraction(total, 1 << fraction_bits)
    assert NumberFormat(VALUES).rounded(total, fraction_bits) == floor(exact)
    assert NumberFormat(VALUES, rounding=Rounding.NEAREST).rounded(total, fraction_bits) == floor(
        exact + Fraction(1, 2)
    )


@pytest.mark.parametrize("value", range(-30, 31))
def test_overflow(value: int) -> None:
    assert NumberFormat(VALUES, overflow=Overflow.SATURATE).apply_overflow(value) == sorted((-3, value, 4))[1]
    wrapped = NumberFormat(VALUES, overflow=Overflow.WRAP).apply_overflow(value)
    assert VALUES.holds(wrapped) and (wrapped - value) % 8 == 0
    assert NumberFormat(VALUES).apply_overflow(value) == value


def test_one_value_takes_no_bits_and_wraps_to_itself() -> None:
    form = NumberFormat(Range(5, 5), overflow=Overflow.WRAP)
    assert (form.bits, form.apply_overflow(-100)) == (0, 5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((Range(0, 2), 0, Rounding.FLOOR, Overflow.WRAP), r"must have 2\^bits values, not the 3 of \[0, 2\]"),
        ((Range(0, 1 << 60),), "must fit 60 bits"),
        ((Range(1 << 60, 1 << 60),), "must fit 60 bits"),
        ((Range(0, 1), -1), "fraction bits must be 0 to 60, not -1"),
        ((Range(0, 1), 61), "fraction bits must be 0 to 60, not 61"),
    ],
)
def test_impossible_formats_are_refused(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        NumberFormat(*arguments)  # type: ignore[arg-type]
