"""Bitwise operations on words, bit by bit, and shifts."""

from __future__ import annotations

from collections.abc import Callable

from streamssm.program.linear import Linear
from streamssm.program.ranges import Range
from streamssm.ssm.lowering.builder import NetBuilder, Value
from streamssm.ssm.lowering.digits import Bits, bits_of, divmod_constant
from streamssm.ssm.lowering.words import add_if, at_least, both, differ, either

BitRule = Callable[[NetBuilder, Linear, Linear], Linear]

BIT_RULES: dict[str, BitRule] = {"and": both, "or": either, "xor": differ}


def bitwise(net: NetBuilder, kind: str, a: Value, b: Value) -> Linear:
    """Return ``a & b``, ``a | b`` or ``a ^ b`` in two's complement."""
    for word, mask in ((a, b.form), (b, a.form)):
        if kind == "and" and not mask.terms and mask.constant > 0 and not mask.constant & (mask.constant + 1):
            return divmod_constant(net, word, mask.constant + 1)[1]
    left, right, rule = bits_of(net, a), bits_of(net, b), BIT_RULES[kind]
    width = max(len(left.bits), len(right.bits))
    bits = tuple(rule(net, left[place], right[place]) for place in range(width))
    return Bits(bits, rule(net, left.sign, right.sign)).form()


def shift_left(net: NetBuilder, word: Value, places: Value) -> Linear:
    """Return ``word << places``: by half of the possible places at a time, wherever so many are left."""
    if not places.form.terms:
        return word.form.times(1 << places.form.constant)
    while places.range.hi > 0:
        step = (places.range.hi + 1) // 2
        enough = at_least(net, places.form, step)
        left = Range(0, places.range.hi // 2)
        if not enough.terms:
            form = word.form.times(1 << step * enough.constant)
            places = net.value(places.form.shifted(-step * enough.constant), left)
        else:
            test = net.literal(enough)
            form = add_if(net, test, word, word.form.times((1 << step) - 1))
            shifted = net.emit("add_const_if", (-step, test.sense), (test.signal, net.word(places)))
            places = net.value(shifted, left)
        word = net.value(form)
    return word.form


def shift_right(net: NetBuilder, word: Value, places: Value) -> Linear:
    """Return ``word >> places`` for a constant number of places: the floor of ``word / 2^places``."""
    return divmod_constant(net, word, 1 << places.form.constant)[0]
