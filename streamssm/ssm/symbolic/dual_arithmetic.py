"""Products, sums and roundings of duals: by the weights as written, by the meanings rewritten for proofs.

Interval arithmetic on a product loses the correlation of its factors. The meanings of the entries of A are
mostly bits and choices between constants. So their products are rewritten as choices between multiples of
the word, and ``A h + B`` as a choice between the sums of each case.
"""

from __future__ import annotations

from collections.abc import Callable

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import COMPARISONS, Op
from streamssm.ir.linear_form import Linear
from streamssm.ir.ranges import BIT
from streamssm.ssm.formats import Rounding, half_unit
from streamssm.ssm.symbolic.dual import Dual, DualBuilder


class DualAffine:
    """Arithmetic of transitions on duals.

    Law: both nodes of a result have the value that the method's name states.
    """

    def __init__(self, duals: DualBuilder) -> None:
        self.duals = duals

    def times(self, entry: Dual, word: Dual) -> Dual:
        """Return the product of an entry and a word."""
        return self._tied(self.duals.builder.mul, self._times, entry, word)

    def plus(self, a: Dual, b: Dual) -> Dual:
        """Return the sum."""
        return self._tied(self.duals.builder.add, self._plus, a, b)

    def dot(self, a: list[Dual], b: list[Dual]) -> Dual:
        """Return the sum of the products; ``a`` are entries."""
        total = zero = self.duals.const(0)
        for x, y in zip(a, b, strict=True):
            if x != zero:
                total = self.plus(total, self.times(x, y))
        return total

    def rounded(self, total: Dual, rounding: Rounding, fraction_bits: int) -> Dual:
        """Return ``total / 2**fraction_bits``, rounded."""
        g = self.duals.builder
        return self.duals.apply(lambda node: rounded(g, node, rounding, fraction_bits), total)

    def step(self, entry: Dual, word: Dual, increment: Dual, rounding: Rounding, fraction_bits: int) -> Dual:
        """Return ``entry * word / 2**fraction_bits``, rounded, plus the increment."""
        g = self.duals.builder

        def by_weights(a: int, h: int, b: int) -> int:
            return g.add(rounded(g, g.mul(a, h), rounding, fraction_bits), b)

        def by_meaning(a: int, h: int, b: int) -> int:
            return affine(g, a, h, b, rounding, fraction_bits)

        return self._tied(by_weights, by_meaning, entry, word, increment)

    def _tied(self, by_weights: Callable[..., int], by_meaning: Callable[..., int], *args: Dual) -> Dual:
        fused = by_meaning(*(arg.fused for arg in args))
        if not self.duals.by_weights:
            return self.duals.leaf(fused)
        return self.duals.tied(by_weights(*(arg.weights for arg in args)), fused)

    def _times(self, entry: int, word: int) -> int:
        return affine(self.duals.builder, entry, word, self.duals.builder.const(0), Rounding.FLOOR, 0)

    def _plus(self, a: int, b: int) -> int:
        return plus(self.duals.builder, a, b)


# by the weights


def rounded(g: GraphBuilder, total: int, rounding: Rounding, fraction_bits: int) -> int:
    """Return ``total / 2**fraction_bits`` as an integer."""
    return g.shr(g.add(total, g.const(half_unit(rounding, fraction_bits))), g.const(fraction_bits))


# by the meanings


def affine(
    g: GraphBuilder, entry: int, word: int, increment: int, rounding: Rounding, fraction_bits: int
) -> int:
    """Return ``entry * word / 2**fraction_bits``, rounded, plus the increment."""

    def times_word(factor: int) -> int:
        return scaled(g, factor, word, rounding, fraction_bits)

    product = over_constants(g, g.form(entry), times_word, {})
    merged = None if product is None else _sum_of_cases(g, product, increment)
    if merged is not None:
        return merged
    if BIT.covers(g.range(word)) and g.form(entry).terms:
        return choice(g, word, plus(g, rounded(g, entry, rounding, fraction_bits), increment), increment)
    if product is None:
        product = rounded(g, g.mul(entry, word), rounding, fraction_bits)
    return plus(g, product, increment)


def over_constants(
    g: GraphBuilder, form: Linear, make: Callable[[int], int], cache: dict[Linear, int | None]
) -> int | None:
    """Apply ``make`` to every constant of a value that is a choice between constants; None if it is not one.

    Such a value is a constant, or a constant plus a multiple of one bit or of one choice between such values.
    """
    if form not in cache:
        cache[form] = _over_constants(g, form, make, cache)
    return cache[form]


def _over_constants(
    g: GraphBuilder, form: Linear, make: Callable[[int], int], cache: dict[Linear, int | None]
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
    cases = [over_constants(g, form.replace(atom, g.form(arg)), make, cache) for arg in node.args[1:]]
    then, other = cases
    return None if then is None or other is None else choice(g, node.args[0], then, other)


def scaled(g: GraphBuilder, factor: int, word: int, rounding: Rounding, fraction_bits: int) -> int:
    """Return ``factor * word / 2**fraction_bits``, rounded: common powers of two cancel exactly."""
    while fraction_bits and factor and factor % 2 == 0:
        factor, fraction_bits = factor // 2, fraction_bits - 1
    return rounded(g, g.mul(g.const(factor), word), rounding, fraction_bits)


def plus(g: GraphBuilder, a: int, b: int) -> int:
    """Return ``a + b``: one choice if both are choices by one condition, one word if all others cancel."""
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
    """Return (then, else) if the node is a choice by the condition, else None."""
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
    """Return ``a`` where the condition holds, else ``b``; the condition itself is constant in each case."""
    return g.select(condition, g.const(1) if a == condition else a, g.const(0) if b == condition else b)
