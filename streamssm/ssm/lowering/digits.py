"""Taking words apart: division by constants, and the binary digits of a word.

A quotient's binary digits come most significant first: ``digit = ge(rest, k 2^j)``, ``rest -= k 2^j digit``.
Linear forms are taken apart as forms first, so a word assembled from digits gives them back for free.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from streamssm.ir.linear import Linear
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.lowering.builder import ONE, ZERO, NetBuilder, NetworkValue
from streamssm.ssm.lowering.words import at_least, complement


def divmod_constant(net: NetBuilder, value: NetworkValue, divisor: int) -> tuple[Linear, Linear]:
    """Return ``value // divisor`` and ``value % divisor``, with the divisor's sign as in Python."""
    if divisor < 0:
        quotient, rest = divmod_constant(net, value.negated(), -divisor)
        return quotient, rest.times(-1)
    whole, part = _split_multiples(value.form, divisor)
    left = net.value(part) if whole.terms else value.shifted(-divisor * whole.constant)
    quotient, rest = _divmod_part(net, left, divisor)
    return whole.plus(quotient), rest


def _split_multiples(form: Linear, divisor: int) -> tuple[Linear, Linear]:
    """Return (whole, part) with ``form = divisor * whole + part``, part's coefficients below the divisor."""
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
        quotient, rest = _divmod_part(net, inner, divisor // factor)
        return quotient, rest.times(factor).shifted(value.form.constant % factor)
    low_bits = (divisor & -divisor).bit_length() - 1
    found = long_division(net, value, divisor >> low_bits, low_bits)
    return found.quotient(), found.rest


@dataclass(frozen=True)
class Division:
    """``value = (offset + sum of digits[j] 2^j) divisor + rest``, with ``0 <= rest < divisor``."""

    digits: tuple[Linear, ...]
    rest: Linear
    offset: int

    def quotient(self) -> Linear:
        total = Linear(self.offset)
        for place, digit in enumerate(self.digits):
            total = total.plus(digit, 1 << place)
        return total


def long_division(net: NetBuilder, value: NetworkValue, odd: int, low_bits: int) -> Division:
    """Divide by ``odd * 2^low_bits``.

    A negative word is raised by ``odd`` times a power of two, which is the same for every divisor with that
    odd part up to the power: its digits are then shared between them.
    """
    raised = 0
    if value.range.lo < 0:
        raised = odd << max(low_bits, (-(value.range.lo // odd) - 1).bit_length())
    rest = value.shifted(raised)
    digits = []
    for place in range((rest.range.hi // odd).bit_length() - 1, low_bits - 1, -1):
        digit, rest = _take_digit(net, rest, odd << place)
        digits.append(digit)
    return Division(tuple(reversed(digits)), rest.form, -(raised // (odd << low_bits)))


def _take_digit(net: NetBuilder, rest: NetworkValue, unit: int) -> tuple[Linear, NetworkValue]:
    """Return ``rest >= unit`` for a rest below 2 units, and what it leaves."""
    below = Range(0, unit - 1)
    if rest.range.hi < unit:
        return ZERO, rest
    if rest.range.lo >= unit:
        return ONE, net.value(rest.form.shifted(-unit), below)
    if not BIT.covers(rest.range):
        rest = net.value(net.form(net.word(rest)))
    digit = at_least(net, rest.form, unit)
    left = rest.form.plus(digit, -unit)
    if left.terms and digit.terms:
        left = net.emit("add_const_if", (-unit, 1), (net.literal(digit).signal, net.word(rest)))
    return digit, net.value(left, below)


@dataclass(frozen=True)
class BinaryDigits:
    """Two's complement: ``sum of bits[i] 2^i - 2^len(bits) sign``; conditions, least significant first."""

    bits: tuple[Linear, ...]
    sign: Linear

    def __getitem__(self, place: int) -> Linear:
        return self.bits[place] if place < len(self.bits) else self.sign

    def form(self) -> Linear:
        total = self.sign.times(-(1 << len(self.bits)))
        for place, bit in enumerate(self.bits):
            total = total.plus(bit, 1 << place)
        return total


def bits_of(net: NetBuilder, value: NetworkValue) -> BinaryDigits:
    """Return the bits of a word."""
    negative = value.range.lo < 0
    width = max(value.range.hi.bit_length(), (~value.range.lo).bit_length() if negative else 0)
    raised = value.shifted(1 << width) if negative else value
    bits = _bits_of_parts(net, raised.form)
    if bits is None:
        bits = list(long_division(net, raised, 1, 0).digits)
    bits += [ZERO] * (width + 1 - len(bits))
    return BinaryDigits(tuple(bits[:width]), complement(bits[width]) if negative else ZERO)


def _bits_of_parts(net: NetBuilder, form: Linear) -> list[Linear] | None:
    """Return the bits of a sum whose parts do not overlap, such as ``256 high + low``, else None."""
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
    found = [ONE if constant >> place & 1 else ZERO for place in range(constant.bit_length())]
    taken = constant
    for start, part in parts:
        width = net.interval(part).hi.bit_length()
        mine = ((1 << width) - 1) << start
        if taken & mine:
            return None
        taken |= mine
    for start, part in parts:
        width = net.interval(part).hi.bit_length()
        found += [ZERO] * (start + width - len(found))
        digits = long_division(net, net.value(part), 1, 0).digits
        found[start : start + len(digits)] = digits
    return found
