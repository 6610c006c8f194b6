"""Products and quotients of two words."""

from __future__ import annotations

from streamssm.ir.linear_form import Linear
from streamssm.ir.ranges import Range
from streamssm.ssm.lowering.comparisons import add_if, at_least, choose, extreme, masked
from streamssm.ssm.lowering.digits import bits_of
from streamssm.ssm.lowering.network_builder import ZERO, NetBuilder, NetworkValue


def product(net: NetBuilder, a: NetworkValue, b: NetworkValue) -> Linear:
    """Return ``a * b`` by shift and add: the wider word, masked by each bit of the narrower one."""
    for fixed, other in ((a, b), (b, a)):
        if not fixed.form.terms:
            return other.form.times(fixed.form.constant)
    word, factor = (a, b) if a.range.bits >= b.range.bits else (b, a)
    bits = bits_of(net, factor)
    total = masked(net, bits.sign, word).times(-(1 << len(bits.bits)))
    for position, bit in enumerate(bits.bits):
        total = total.plus(masked(net, bit, word), 1 << position)
    return total


def divmod_words(net: NetBuilder, a: NetworkValue, b: NetworkValue) -> tuple[Linear, Linear]:
    """Return ``a // b`` and ``a % b`` for a divisor that is never 0.

    For a negative word the complement is divided: ``a // b = ~(~a // b)`` and ``a % b = b - 1 - ~a % b``.
    """
    if b.range.hi < 0:
        quotient, opposite = divmod_words(net, a.negated(), b.negated())
        return quotient, opposite.times(-1)
    if a.range.lo >= 0:
        return _long_division(net, a, b)
    inverted = a.negated().shifted(-1)
    negative = at_least(net, inverted.form)
    size = choose(net, negative, inverted, a)
    largest = max(inverted.range.hi, a.range.hi)
    quotient, remainder = _long_division(net, net.value(size, Range(0, largest)), b)
    above, below = net.value(quotient), NetworkValue(remainder, Range(0, b.range.hi - 1))
    return (
        choose(net, negative, above.negated().shifted(-1), above),
        choose(net, negative, net.value(b.form.plus(remainder, -1).shifted(-1), below.range), below),
    )


def _long_division(net: NetBuilder, a: NetworkValue, b: NetworkValue) -> tuple[Linear, Linear]:
    """Divide a nonnegative word by a positive one, by binary long division.

    The multiple of the divisor in each comparison is capped just above the largest possible remainder, so no
    intermediate value is wider than twice the remainder.
    """
    quotient = ZERO
    remainder = net.value(net.form(net.word(a)))
    for position in range((a.range.hi // b.range.lo).bit_length() - 1, -1, -1):
        cap = (remainder.range.hi >> position) + 1
        divisor = net.value(extreme(net, "min", b, NetworkValue(Linear(cap), Range(cap, cap))))
        digit = at_least(net, remainder.form.plus(divisor.form, -(1 << position)))
        quotient = quotient.plus(digit, 1 << position)
        difference = _subtract_where(net, digit, remainder, divisor.form.times(1 << position))
        remainder = net.value(net.form(net.word(net.value(difference, Range(0, remainder.range.hi)))))
    return quotient, remainder.form


def _subtract_where(net: NetBuilder, digit: Linear, remainder: NetworkValue, amount: Linear) -> Linear:
    if not digit.terms:
        return remainder.form if digit == ZERO else remainder.form.plus(amount, -1)
    return add_if(net, net.literal(digit), remainder, amount.times(-1))
