"""Words of arrays by computed indices."""

from __future__ import annotations

from collections.abc import Sequence

from streamssm.ir.builder import MAX_MAGNITUDE
from streamssm.ir.linear import Linear
from streamssm.ir.ranges import Range
from streamssm.ssm.lowering.builder import NetBuilder, NetworkValue
from streamssm.ssm.lowering.digits import bits_of
from streamssm.ssm.lowering.words import choose


def load(net: NetBuilder, words: Sequence[Linear], index: NetworkValue, values: Range) -> Linear:
    """Return ``words[index]``; the words that the index cannot reach are left out.

    One gather of two ReLUs per word, or, where its sums would be too large, a tree of choices on the index's
    bits.
    """
    if not index.form.terms:
        return words[index.form.constant]
    place = net.word(index)
    reached = net.range(place)
    inside = words[reached.lo : reached.hi + 1]
    if len(inside) == 1:
        return inside[0]
    if 4 * len(inside) * (len(inside) + 1) * (values.size + abs(values.lo)) < MAX_MAGNITUDE:
        return net.emit("gather", (reached.lo,), (*(net.signal(word) for word in inside), place))
    return _chosen(net, inside, net.value(net.form(place)).shifted(-reached.lo), values)


def _chosen(net: NetBuilder, words: Sequence[Linear], place: NetworkValue, values: Range) -> Linear:
    left = [net.value(word, values) for word in words]
    for bit in bits_of(net, place).bits:
        pairs = zip(left[::2], [*left[1::2], left[-1]], strict=False)
        left = [net.value(choose(net, bit, odd, even), values) for even, odd in pairs]
    return left[0].form
