"""Products, sums and roundings of pairs: by the weights as they stand, by the meanings so that ranges show.

A product hides from a proof of its range what its factors have to do with each other. The meanings of entries
of A are mostly bits and choices between constants, so that their products are choices between multiples of
the word, and ``A h + B`` is a choice between what each case leads to.
"""

from __future__ import annotations

from collections.abc import Callable

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import COMPARISONS, Op
from streamssm.ir.linear import Linear
from streamssm.ir.ranges import BIT
from streamssm.ssm.formats import Rounding, half_unit
from streamssm.ssm.symbolic.dual import Dual, DualBuilder


class DualAffine:
    """Arithmetic of transitions on pairs.

    Law: both halves have the value that the names say.
    """

    def __init__(self, pairs: DualBuilder) -> None:
        self.pairs = pairs

    def times(self, entry: Dual, word: Dual) -> Dual:
        """Return the product of an entry and a word."""
        return self._tied(self.pairs.builder.mul, self._times, entry, word)

    def plus(self, a: Dual, b: Dual) -> Dual:
        """Return the sum."""
        return self._tied(self.pairs.builder.add, self._plus, a, b)

    def dot(self, a: list[Dual], b: list[Dual]) -> Dual:
        """Return the sum of the products; ``a`` are entries."""
        total = zero = self.pairs.const(0)
        for x, y in zip(a, b, strict=True):
            if x != zero:
                total = self.plus(total, self.times(x, y))
        return total

    def rounded(self, total: Dual, rounding: Rounding, places: int) -> Dual:
        """Return ``total / 2**places``, rounded."""
        return self.pairs.apply(lambda node: rounded(self.pairs.builder, node, rounding, places), total)

    def step(self, entry: Dual, word: Dual, increment: Dual, rounding: Rounding, places: int) -> Dual:
        """Return ``entry * word / 2**places``, rounded, plus the increment."""
        g = self.pairs.builder

        def by_weights(a: int, h: int, b: int) -> int:
            return g.add(rounded(g, g.mul(a, h), rounding, places), b)

        def by_meaning(a: int, h: int, b: int) -> int:
            return affine(g, a, h, b, rounding, places)

        return self._tied(by_weights, by_meaning, entry, word, increment)

    def _tied(self, by_weights: Callable[..., int], by_meaning: Callable[..., int], *args: Dual) -> Dual:
        fused = by_meaning(*(arg.fused for arg in args))
        if not self.pairs.by_weights:
            return self.pairs.leaf(fused)
        return self.pairs.tied(by_weights(*(arg.weights for arg in args)), fused)

    def _times(self, entry: int, word: int) -> int:
        return affine(self.pairs.builder, entry, word, self.pairs.builder.const(0), Rounding.FLOOR, 0)

    def _plus(self, a: int, b: int) -> int:
        return plus(self.pairs.builder, a, b)


# by the weights


def rounded(g: GraphBuilder, total: int, rounding: Rounding, places: int) -> int:
    """Return ``total / 2**places`` as an integer."""
    return g.shr(g.add(total, g.const(half_unit(rounding, places))), g.const(places))


# by the meanings


def affine(g: GraphBuilder, entry: int, word: int, increment: int, rounding: Rounding, places: int) -> int:
    """Return ``entry * word / 2**places``, rounded, plus the increment."""
    product = over_constants(g, g.form(entry), lambda factor: scaled(g, factor, word, rounding, places), {})
    merged = None if product is None else _sum_of_cases(g, product, increment)
    if merged is not None:
        return merged
    if BIT.covers(g.range(word)) and g.form(entry).terms:
        return choice(g, word, plus(g, rounded(g, entry, rounding, places), increment), increment)
    if product is None:
        product = rounded(g, g.mul(entry, word), rounding, places)
    return plus(g, product, increment)


def over_constants(
    g: GraphBuilder, form: Linear, make: Callable[[int], int], known: dict[Linear, int | None]
) -> int | None:
    """Return what is made of a value that is a choice between constants; None if it is none.

    Such a value is a constant, a constant plus a multiple of one bit, or of one choice between such values.
    """
    if form not in known:
        known[form] = _over_constants(g, form, make, known)
    return known[form]


def _over_constants(
    g: GraphBuilder, form: Linear, make: Callable[[int], int], known: dict[Linear, int | None]
) -> int | None:
    if not form.terms:
        return make(form.constant)
    (atom, factor), *more = form.terms
    if more:
        return None
    if BIT.covers(g.range(atom)):
        return choice(g, atom, make(form.constant + factor), make(form.constant))
    node = g.nodes[atom]
    if node.op is not Op.SELECT:
        return None
    cases = [over_constants(g, form.replace(atom, g.form(arg)), make, known) for arg in node.args[1:]]
    then, other = cases
    return None if then is None or other is None else choice(g, node.args[0], then, other)


def scaled(g: GraphBuilder, factor: int, word: int, rounding: Rounding, places: int) -> int:
    """Return ``factor * word / 2**places``, rounded: powers of two cancel exactly."""
    while places and factor and factor % 2 == 0:
        factor, places = factor // 2, places - 1
    return rounded(g, g.mul(g.const(factor), word), rounding, places)


def plus(g: GraphBuilder, a: int, b: int) -> int:
    """Return the sum: one choice where both are choices by one condition, one word where the rest cancels."""
    form = g.form(a).plus(g.form(b))
    if not form.terms:
        return g.const(form.constant)
    if len(form.terms) == 1 and form.terms[0][1] in (1, -1):
        ((atom, sign),) = form.terms
        shift = g.const(form.constant)
        return g.add(atom, shift) if sign == 1 else g.sub(shift, atom)
    merged = _sum_of_cases(g, a, b)
    return g.add(a, b) if merged is None else merged


def _sum_of_cases(g: GraphBuilder, a: int, b: int) -> int | None:
    for one, other in ((a, b), (b, a)):
        node = g.nodes[one]
        cases = _cases(g, other, node.args[0]) if node.op is Op.SELECT else None
        if cases is not None:
            then, otherwise = (plus(g, *both) for both in zip(node.args[1:], cases, strict=True))
            return choice(g, node.args[0], then, otherwise)
    return None


def _cases(g: GraphBuilder, node: int, condition: int) -> tuple[int, int] | None:
    """Return what a node is where a condition holds and where not; None if it is no choice by it."""
    entry, form = g.nodes[node], g.form(node)
    if entry.op is Op.SELECT and entry.args[0] == condition:
        return entry.args[1], entry.args[2]
    if not form.terms:
        return (node, node) if form.constant == 0 else None
    if len(form.terms) > 1:
        return None
    ((atom, factor),) = form.terms
    if atom == condition:
        return g.const(form.constant + factor), g.const(form.constant)
    if g.nodes[condition].op in COMPARISONS and g.not_(condition) == atom:
        return g.const(form.constant), g.const(form.constant + factor)
    return None


def choice(g: GraphBuilder, condition: int, a: int, b: int) -> int:
    """Return ``a`` where the condition holds, else ``b``; the condition itself is known in both."""
    return g.select(condition, g.const(1) if a == condition else a, g.const(0) if b == condition else b)
