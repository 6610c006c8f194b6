"""``A h + B`` of a layer as nodes, for every layout of A: an exact sum and one rounding per word.

A householder factor that is not proven to be a reflection or the identity is checked, and replaced by the
identity where it is neither: the results are not used then, but keep the ranges of an orthogonal map.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from math import isqrt
from typing import TYPE_CHECKING

from streamssm.ir.ranges import Range
from streamssm.ssm.symbolic.dual import Dual
from streamssm.ssm.symbolic.dual_arithmetic import DualAffine
from streamssm.ssm.symbolic.dual_network import DualNetwork
from streamssm.ssm.symbolic.overflow import Check, Facts
from streamssm.ssm.transitions import MatrixLayout

if TYPE_CHECKING:
    from streamssm.ssm.layers import Layer

Old = Callable[[int], Dual]  # the word of a column, before the step


class Sums(ABC):
    """The rows of ``A h + B``, rounded but not yet stored."""

    def __init__(self, layer: Layer, gates: DualNetwork, old: Old, affine: DualAffine, label: str) -> None:
        self.layer = layer
        self.gates = gates
        self.old = old
        self.affine = affine
        self.duals = affine.duals
        self.label = label

    @abstractmethod
    def row(self, row: int) -> Dual:
        """Return the new value of a state word, before overflow handling."""

    def checks(self, facts: Facts) -> tuple[Check, ...]:
        """Return the checks that are not about overflow."""
        return ()

    @property
    def not_reflections(self) -> tuple[Dual, ...]:
        """For each factor, the condition that it is neither a reflection nor the identity."""
        return ()

    def entry(self, index: int) -> Dual:
        """Return one of the outputs of the gates before B."""
        return self.gates.outputs(index, index + 1)[0]

    def increment(self, row: int) -> Dual:
        return self.entry(self.layer.num_entries + row)


class _Diagonal(Sums):
    def row(self, row: int) -> Dual:
        fraction_bits, form = self.layer.sum_fraction_bits[row], self.layer.words[row].format
        entry, old, increment = self.entry(row), self.old(row), self.increment(row)
        return self.affine.step(entry, old, increment, form.rounding, fraction_bits)


class _Exact(Sums):
    """Rows that are summed exactly and then rounded once."""

    def row(self, row: int) -> Dual:
        fraction_bits, form = self.layer.sum_fraction_bits[row], self.layer.words[row].format
        return self.affine.plus(
            self.affine.rounded(self.total(row), form.rounding, fraction_bits), self.increment(row)
        )

    @abstractmethod
    def total(self, row: int) -> Dual:
        """Return the exact sum of a row of A h, in units of its fraction bits."""


class _Dense(_Exact):
    def total(self, row: int) -> Dual:
        indices, columns = zip(*self.layer.entries_of(row), strict=True)
        return self.affine.dot([self.entry(n) for n in indices], [self.old(n) for n in columns])


class _Monomial(_Exact):
    def total(self, row: int) -> Dual:
        g, total = self.duals.builder, self.duals.const(0)
        for column, product in enumerate(self._products):
            here = self.duals.apply(g.eq, self.entry(column), self.duals.const(row))
            part = self.duals.apply(g.select, here, product, self.duals.const(0))
            total = self.affine.plus(total, part)
        return total

    @cached_property
    def _products(self) -> list[Dual]:
        dim = self.layer.state_dim
        return [self.affine.times(self.entry(dim + column), self.old(column)) for column in range(dim)]


class _Householder(_Exact):
    def total(self, row: int) -> Dual:
        return self._reflected[row]

    def checks(self, facts: Facts) -> tuple[Check, ...]:
        conditions = enumerate(self.not_reflections)
        return tuple(
            Check(f"{self.label} reflection {k} a reflection or the identity", failed)
            for k, failed in conditions
            if self._may_hold(failed, facts)
        )

    @cached_property
    def not_reflections(self) -> tuple[Dual, ...]:
        return tuple(self._is_neither(k) for k in range(self.layer.reflections))

    def _factor(self, k: int) -> tuple[list[Dual], Dual]:
        """Return v and beta."""
        dim = self.layer.state_dim
        *v, beta = self.gates.outputs(k * (dim + 1), (k + 1) * (dim + 1))
        return v, beta

    @property
    def _places(self) -> int:
        return max(self.layer.entry_fraction_bits, default=0)

    def _is_neither(self, k: int) -> Dual:
        g, (v, beta) = self.duals.builder, self._factor(k)
        length = self.affine.times(beta, self.affine.dot(v, v))
        ends = (self.duals.const(0), self.duals.const(2 << self._places))
        not_zero, not_two = (self.duals.apply(g.ne, length, end) for end in ends)
        failed = self.duals.apply(g.bit_and, not_zero, not_two)
        if self.duals.bound(length, ((not_zero, True), (not_two, True))) is None:
            return self.duals.const(0)
        return failed

    def _may_hold(self, condition: Dual, facts: Facts) -> bool:
        bound = self.duals.bound(condition, facts)
        return bound is not None and bound.hi == 1

    # A product of reflections keeps the Euclidean norm. So each word stays within the norm of the old state,
    # scaled by the fraction bits of the factors so far; interval arithmetic would grow with each factor.
    @cached_property
    def _reflected(self) -> list[Dual]:
        dim = self.layer.state_dim
        words = [self.old(column) for column in range(dim)]
        square = sum(_size(self.duals.range(word)) ** 2 for word in words)
        for k, failed in enumerate(self.not_reflections):
            words = self._reflect(words, *self._factor(k), failed)
            most = isqrt(square << 2 * (k + 1) * self._places)
            for word in words:
                self.duals.narrow(word, Range(-most, most))
        return words

    def _reflect(self, words: list[Dual], v: list[Dual], beta: Dual, failed: Dual) -> list[Dual]:
        g, zero = self.duals.builder, self.duals.const(0)
        beta = self.duals.apply(g.select, failed, zero, beta)
        along = self.affine.times(beta, self.affine.dot(v, words))
        fraction_bits = self.duals.const(self._places)
        parts = (self.affine.times(part, along) for part in v)
        return [
            self.duals.apply(g.sub, self.duals.apply(g.shl, word, fraction_bits), part)
            for word, part in zip(words, parts, strict=True)
        ]


def _size(range_: Range) -> int:
    return max(abs(range_.lo), abs(range_.hi))


_SUMS: dict[MatrixLayout, type[Sums]] = {
    MatrixLayout.DIAGONAL: _Diagonal,
    MatrixLayout.DENSE: _Dense,
    MatrixLayout.MONOMIAL: _Monomial,
    MatrixLayout.HOUSEHOLDER: _Householder,
}


def sums_of(layer: Layer, gates: DualNetwork, old: Old, affine: DualAffine, label: str) -> Sums:
    """Return the rows of a layer's ``A h + B``."""
    return _SUMS[layer.kind.layout](layer, gates, old, affine, label)
