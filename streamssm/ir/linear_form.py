"""Linear forms over the nodes of a graph that are not linear themselves (its atoms)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from streamssm.ir.graph import Node, Op
from streamssm.ir.ranges import Range

LONGEST_SUM = 64  # terms of a sum that are looked into; a longer sum is one atom


@dataclass(frozen=True, slots=True)
class Linear:
    """``constant + sum(coefficient * atom)``; terms sorted by atom, no zero coefficients."""

    constant: int
    terms: tuple[tuple[int, int], ...] = ()

    def plus(self, other: Linear, factor: int = 1) -> Linear:
        if not other.terms:
            return Linear(self.constant + factor * other.constant, self.terms)
        total = dict(self.terms)
        for atom, coefficient in other.terms:
            total[atom] = total.get(atom, 0) + factor * coefficient
        terms = tuple(sorted((a, c) for a, c in total.items() if c))
        return Linear(self.constant + factor * other.constant, terms)

    def times(self, factor: int) -> Linear:
        if not factor:
            return Linear(0)
        return Linear(self.constant * factor, tuple((a, c * factor) for a, c in self.terms))

    def shifted(self, amount: int) -> Linear:
        return Linear(self.constant + amount, self.terms)

    def replace(self, atom: int, by: Linear) -> Linear:
        coefficient = dict(self.terms).get(atom, 0)
        rest = Linear(self.constant, tuple(t for t in self.terms if t[0] != atom))
        return rest.plus(by, coefficient)

    def signs(self) -> tuple[frozenset[int], frozenset[int]]:
        """Return the atoms with positive and with negative coefficients."""
        positive = frozenset([atom for atom, coefficient in self.terms if coefficient > 0])
        return positive, frozenset([atom for atom, coefficient in self.terms if coefficient < 0])

    def least(self, range_of: Callable[[int], Range]) -> int:
        """Return the lower end of the interval."""
        total = self.constant
        for atom, coefficient in self.terms:
            values = range_of(atom)
            total += coefficient * (values.lo if coefficient > 0 else values.hi)
        return total

    def greatest(self, range_of: Callable[[int], Range]) -> int:
        """Return the upper end of the interval."""
        total = self.constant
        for atom, coefficient in self.terms:
            values = range_of(atom)
            total += coefficient * (values.hi if coefficient > 0 else values.lo)
        return total

    def interval(self, range_of: Callable[[int], Range]) -> Range:
        lo = hi = self.constant
        for atom, coefficient in self.terms:
            values = range_of(atom)
            low, high = (values.lo, values.hi) if coefficient > 0 else (values.hi, values.lo)
            lo, hi = lo + coefficient * low, hi + coefficient * high
        return Range(lo, hi)


class LinearForms:
    """The linear form of every node of a growing graph."""

    def __init__(self, nodes: list[Node]) -> None:
        self._nodes = nodes
        self._forms: list[Linear] = []

    def __getitem__(self, index: int) -> Linear:
        while len(self._forms) <= index:
            self._forms.append(self._form(len(self._forms)))
        return self._forms[index]

    def _form(self, index: int) -> Linear:
        form = self._sum(index)
        return form if len(form.terms) <= LONGEST_SUM else Linear(0, ((index, 1),))

    def _sum(self, index: int) -> Linear:
        node = self._nodes[index]
        args = [self._forms[a] for a in node.args]
        if node.op is Op.CONST:
            return Linear(node.index)
        if node.op is Op.ADD:
            return args[0].plus(args[1])
        if node.op is Op.SUB:
            return args[0].plus(args[1], -1)
        if node.op is Op.MUL and not (args[0].terms and args[1].terms):
            fixed, other = (args[0], args[1]) if not args[0].terms else (args[1], args[0])
            return other.times(fixed.constant)
        if node.op is Op.SHL and not args[1].terms:
            return args[0].times(1 << args[1].constant)
        if node.op is Op.NEURON and not node.neuron[2] and len(args) <= LONGEST_SUM:
            total = Linear(node.neuron[0])
            for weight, arg in zip(node.neuron[1], args, strict=True):
                total = total.plus(arg, weight)
            return total
        return Linear(0, ((index, 1),))
