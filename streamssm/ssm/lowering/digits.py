"""Division by constants, and the binary digits of a word.

Long division yields the quotient's digits from the most significant one: ``digit = ge(remainder, k 2^j)``,
``remainder -= k 2^j digit``. Linear forms are decomposed symbolically first, so the digits of a word that was
composed of digits cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from streamssm.ir.linear_form import Linear
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.lowering.comparisons import at_least, complement
from streamssm.ssm.lowering.network_builder import ONE, ZERO, NetBuilder, NetworkValue


def divmod_constant(net: NetBuilder, value: NetworkValue, divisor: int) -> tuple[Linear, Linear]:
    """Return ``value // divisor`` and ``value % divisor``, with the divisor's sign as in Python."""
    if divisor < 0:
        quotient, remainder = divmod_constant(net, value.negated(), -divisor)
        return quotient, remainder.times(-1)
    whole, part = _split_multiples(value.form, divisor)
    dividend = net.value(part) if whole.terms else value.shifted(-divisor * whole.constant)
    quotient, remainder = _divmod_part(net, dividend, divisor)
    return whole.plus(quotient), remainder


def _split_multiples(form: Linear, divisor: int) -> tuple[Linear, Linear]:
    """Return (whole, part), ``form = divisor * whole + part``, the coefficients of part below the divisor."""
    whole = Linear(form.constant // divisor).plus(
        Linear(0, tuple((s, _truncated(w, divisor)) for s, w in form.terms if _truncated(w, divisor)))
    )
    return whole, form.plus(whole, -divisor)


def _truncated(weight: int, divisor: int) -> int:
    return weight // divisor if weight >= 0 else -(-weight // divisor)


def _divmod_part(net: NetBuilder, value: NetworkValue, divisor: int) -> tuple[Linear, Linear]:
    lowest = value.range.lo // divisor
    if lowest == value.range.hi // divisor:
        return Linear(lowest), value.form.shifted(-lowest * divisor)
    factor = gcd(divisor, *(weight for _, weight in value.form.terms))
    if factor > 1:
        part = Linear(value.form.constant // factor, tuple((s, w // factor) for s, w in value.form.terms))
        inner = NetworkValue(part, Range(value.range.lo // factor, value.range.hi // factor))
        quotient, remainder = _divmod_part(net, inner, divisor // factor)
        return quotient, remainder.times(factor).shifted(value.form.constant % factor)
    low_bits = (divisor & -divisor).bit_length() - 1
    division = long_division(net, value, divisor >> low_bits, low_bits)
    return division.quotient(), division.remainder


@dataclass(frozen=True)
class Division:
    """``value = (offset + sum of digits[j] 2^j) divisor + remainder``, with ``0 <= remainder < divisor``."""

    digits: tuple[Linear, ...]
    remainder: Linear
    offset: int

    def quotient(self) -> Linear:
        total = Linear(self.offset)
        for position, digit in enumerate(self.digits):
            total = total.plus(digit, 1 << position)
        return total


def long_division(net: NetBuilder, value: NetworkValue, odd: int, low_bits: int) -> Division:
    """Divide by ``odd * 2^low_bits``.

    A word that may be negative is first raised by ``odd`` times a power of two. That amount is the same for
    all divisors with this odd part up to the power, so they share the digits.
    """
    raised = 0
    if value.range.lo < 0:
        raised = odd << max(low_bits, (-(value.range.lo // odd) - 1).bit_length())
    remainder = value.shifted(raised)
    digits = []
    for position in range((remainder.range.hi // odd).bit_length() - 1, low_bits - 1, -1):
        digit, remainder = _take_digit(net, remainder, odd << position)
        digits.append(digit)
    return Division(tuple(reversed(digits)), remainder.form, -(raised // (odd << low_bits)))


def _take_digit(net: NetBuilder, remainder: NetworkValue, unit: int) -> tuple[Linear, NetworkValue]:
    """Return the digit ``remainder >= unit`` of a remainder below 2 units, and the new remainder."""
    below = Range(0, unit - 1)
    if remainder.range.hi < unit:
        return ZERO, remainder
    if remainder.range.lo >= unit:
        return ONE, net.value(remainder.form.shifted(-unit), below)
    if not BIT.covers(remainder.range):
        remainder = net.value(net.form(net.word(remainder)))
    digit = at_least(net, remainder.form, unit)
    reduced = remainder.form.plus(digit, -unit)
    if reduced.terms and digit.terms:
        reduced = net.emit("add_const_if", (-unit, 1), (net.literal(digit).signal, net.word(remainder)))
    return digit, net.value(reduced, below)


@dataclass(frozen=True)
class BinaryDigits:
    """Two's complement: ``sum of bits[i] 2^i - 2^len(bits) sign``; conditions, least significant first."""

    bits: tuple[Linear, ...]
    sign: Linear

    def __getitem__(self, position: int) -> Linear:
        return self.bits[position] if position < len(self.bits) else self.sign

    def form(self) -> Linear:
        total = self.sign.times(-(1 << len(self.bits)))
        for position, bit in enumerate(self.bits):
            total = total.plus(bit, 1 << position)
        return total


def bits_of(net: NetBuilder, value: NetworkValue) -> BinaryDigits:
    """Return the bits of a word in two's complement."""
    negative = value.range.lo < 0
    width = max(value.range.hi.bit_length(), (~value.range.lo).bit_length() if negative else 0)
    raised = value.shifted(1 << width) if negative else value
    bits = _bits_of_parts(net, raised.form)
    if bits is None:
        bits = list(long_division(net, raised, 1, 0).digits)
    bits += [ZERO] * (width + 1 - len(bits))
    return BinaryDigits(tuple(bits[:width]), complement(bits[width]) if negative else ZERO)


def _bits_of_parts(net: NetBuilder, form: Linear) -> list[Linear] | None:
    """Return the bits of a sum of parts that do not overlap, such as ``256 high + low``; None if they do."""
    constant, parts = form.constant, []
    for signal, weight in form.terms:
        part = net.form(signal)
        if weight < 0 and BIT.covers(net.range(signal)):
            constant, weight, part = constant + weight, -weight, complement(part)
        if weight < 0 or weight & (weight - 1) or net.range(signal).lo < 0:
            return None
        parts.append((weight.bit_length() - 1, part))
    if constant < 0:
        return None
    bits = [ONE if constant >> position & 1 else ZERO for position in range(constant.bit_length())]
    occupied = constant
    for start, part in parts:
        width = net.interval(part).hi.bit_length()
        mask = ((1 << width) - 1) << start
        if occupied & mask:
            return None
        occupied |= mask
    for start, part in parts:
        width = net.interval(part).hi.bit_length()
        bits += [ZERO] * (start + width - len(bits))
        digits = long_division(net, net.value(part), 1, 0).digits
        bits[start : start + len(digits)] = digits
    return bits
