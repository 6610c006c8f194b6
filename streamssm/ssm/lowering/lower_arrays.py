"""Loads: words of arrays by computed indices."""

from __future__ import annotations

from collections.abc import Sequence

from streamssm.ir.builder import MAX_MAGNITUDE
from streamssm.ir.linear_form import Linear
from streamssm.ir.ranges import Range
from streamssm.ssm.lowering.comparisons import choose
from streamssm.ssm.lowering.digits import bits_of
from streamssm.ssm.lowering.network_builder import NetBuilder, NetworkValue


def load(net: NetBuilder, words: Sequence[Linear], index: NetworkValue, range_: Range) -> Linear:
    """Return ``words[index]``, considering only the words that the index can reach.

    This takes one gather of two ReLUs per word or, if its sums would be too large, a tree of choices on the
    bits of the index.
    """
    if not index.form.terms:
        return words[index.form.constant]
    signal = net.word(index)
    reached = net.range(signal)
    inside = words[reached.lo : reached.hi + 1]
    if len(inside) == 1:
        return inside[0]
    if 4 * len(inside) * (len(inside) + 1) * (range_.size + abs(range_.lo)) < MAX_MAGNITUDE:
        return net.emit("gather", (reached.lo,), (*(net.signal(word) for word in inside), signal))
    return _chosen(net, inside, net.value(net.form(signal)).shifted(-reached.lo), range_)


def _chosen(net: NetBuilder, words: Sequence[Linear], index: NetworkValue, range_: Range) -> Linear:
    remaining = [net.value(word, range_) for word in words]
    for bit in bits_of(net, index).bits:
        pairs = zip(remaining[::2], [*remaining[1::2], remaining[-1]], strict=False)
        remaining = [net.value(choose(net, bit, odd, even), range_) for even, odd in pairs]
    return remaining[0].form
