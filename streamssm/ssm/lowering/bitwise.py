"""Bitwise operations on words, bit by bit, and shifts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from streamssm.ir.linear import Linear
from streamssm.ir.ranges import Range
from streamssm.ssm.lowering.builder import NetBuilder, NetworkValue
from streamssm.ssm.lowering.digits import BinaryDigits, bits_of, divmod_constant
from streamssm.ssm.lowering.words import add_if, at_least, both, choose, differ, either

BitRule = Callable[[NetBuilder, Linear, Linear], Linear]

BIT_RULES: dict[str, BitRule] = {"and": both, "or": either, "xor": differ}


def bitwise(net: NetBuilder, kind: str, a: NetworkValue, b: NetworkValue) -> Linear:
    """Return ``a & b``, ``a | b`` or ``a ^ b`` in two's complement."""
    for word, mask in ((a, b.form), (b, a.form)):
        if kind == "and" and not mask.terms and mask.constant > 0 and not mask.constant & (mask.constant + 1):
            return divmod_constant(net, word, mask.constant + 1)[1]
    left, right, rule = bits_of(net, a), bits_of(net, b), BIT_RULES[kind]
    width = max(len(left.bits), len(right.bits))
    bits = tuple(rule(net, left[place], right[place]) for place in range(width))
    return BinaryDigits(bits, rule(net, left.sign, right.sign)).form()


def shift_left(net: NetBuilder, word: NetworkValue, places: NetworkValue) -> Linear:
    """Return ``word << places``."""
    for step, enough in _steps(net, places):
        if enough.terms:
            form = add_if(net, net.literal(enough), word, word.form.times((1 << step) - 1))
        else:
            form = word.form.times(1 << step * enough.constant)
        word = net.value(form)
    return word.form


def shift_right(net: NetBuilder, word: NetworkValue, places: NetworkValue) -> Linear:
    """Return ``word >> places``, that is ``word // 2^places``: bit by bit unless the number is constant."""
    if not places.form.terms:
        return divmod_constant(net, word, 1 << places.form.constant)[0]
    bits = bits_of(net, word)
    for step, enough in _steps(net, places):
        pairs = [(net.value(bits[i + step]), net.value(bits[i])) for i in range(len(bits.bits))]
        bits = BinaryDigits(tuple(choose(net, enough, moved, kept) for moved, kept in pairs), bits.sign)
    return bits.form()


def _steps(net: NetBuilder, places: NetworkValue) -> Iterator[tuple[int, Linear]]:
    """Yield steps that sum up to a number of places, each with the condition that it is taken.

    A step is half of what may be left, so the steps together never pass the largest number of places.
    """
    while places.range.hi > 0:
        step = (places.range.hi + 1) // 2
        enough = at_least(net, places.form, step)
        yield step, enough
        left = places.form.plus(enough, -step)
        if enough.terms:
            left = net.emit("add_const_if", (-step, 1), (net.literal(enough).signal, net.word(places)))
        places = net.value(left, Range(0, places.range.hi // 2))
