"""Bitwise operations and shifts, on the binary digits of words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from streamssm.ir.linear_form import Linear
from streamssm.ir.ranges import Range
from streamssm.ssm.lowering.comparisons import add_if, at_least, both, choose, differ, either
from streamssm.ssm.lowering.digits import BinaryDigits, bits_of, divmod_constant
from streamssm.ssm.lowering.network_builder import NetBuilder, NetworkValue

BitRule = Callable[[NetBuilder, Linear, Linear], Linear]

BIT_RULES: dict[str, BitRule] = {"and": both, "or": either, "xor": differ}


def bitwise(net: NetBuilder, kind: str, a: NetworkValue, b: NetworkValue) -> Linear:
    """Return ``a & b``, ``a | b`` or ``a ^ b`` in two's complement."""
    for word, mask in ((a, b.form), (b, a.form)):
        if kind == "and" and not mask.terms and mask.constant > 0 and not mask.constant & (mask.constant + 1):
            return divmod_constant(net, word, mask.constant + 1)[1]
    left, right, rule = bits_of(net, a), bits_of(net, b), BIT_RULES[kind]
    width = max(len(left.bits), len(right.bits))
    bits = tuple(rule(net, left[position], right[position]) for position in range(width))
    return BinaryDigits(bits, rule(net, left.sign, right.sign)).form()


def shift_left(net: NetBuilder, word: NetworkValue, amount: NetworkValue) -> Linear:
    """Return ``word << amount``."""
    for step, taken in _steps(net, amount):
        if taken.terms:
            form = add_if(net, net.literal(taken), word, word.form.times((1 << step) - 1))
        else:
            form = word.form.times(1 << step * taken.constant)
        word = net.value(form)
    return word.form


def shift_right(net: NetBuilder, word: NetworkValue, amount: NetworkValue) -> Linear:
    """Return ``word >> amount``, i.e. ``word // 2^amount``: on the bits, unless the amount is constant."""
    if not amount.form.terms:
        return divmod_constant(net, word, 1 << amount.form.constant)[0]
    bits = bits_of(net, word)
    for step, taken in _steps(net, amount):
        pairs = [(net.value(bits[i + step]), net.value(bits[i])) for i in range(len(bits.bits))]
        bits = BinaryDigits(tuple(choose(net, taken, *pair) for pair in pairs), bits.sign)
    return bits.form()


def _steps(net: NetBuilder, amount: NetworkValue) -> Iterator[tuple[int, Linear]]:
    """Yield steps that sum up to the amount (a barrel shifter), each with the condition that it is taken.

    A step is half of the largest remaining amount, so the steps together never exceed the largest amount.
    """
    while amount.range.hi > 0:
        step = (amount.range.hi + 1) // 2
        taken = at_least(net, amount.form, step)
        yield step, taken
        remaining = amount.form.plus(taken, -step)
        if taken.terms:
            remaining = net.emit("add_const_if", (-step, 1), (net.literal(taken).signal, net.word(amount)))
        amount = net.value(remaining, Range(0, amount.range.hi // 2))
