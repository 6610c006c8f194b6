"""The registers of a formula's program under construction, and the formula that each of them holds.

Nodes of ``graph`` are values at the present token, computed from the token and from the registers before it.
A register *holds* the node that is its update: after the step, the register is that node's value.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from streamssm.frontends.past_ltl.formula import Apply, Formula, Operator
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Word, register


class FormulaMemory:
    """Registers with their updates; equal values share one register.

    A register is named after the formula whose value it holds. If two hold the same formula, as ``Y f`` and
    ``Z f`` need, the name of the second one states its initial value.
    """

    def __init__(self) -> None:
        self.graph = GraphBuilder()
        self.words: list[Word] = []
        self.updates: list[int] = []
        self._formulas: dict[int, Formula] = {}
        self._holders: dict[int, list[int]] = {}
        self._running: dict[Hashable, int] = {}
        self._names: set[str] = set()

    # temporal operators: from the nodes of their operands to the node of their own value

    def since(self, formula: Formula, f: int, g: int) -> int:
        """Return ``s' = g or (f and s)``, s from 0."""
        g_is_constant = self.graph.range(g).is_constant
        if g_is_constant or self.graph.is_value(f, 0):
            return g
        return self._step(
            (Operator.SINCE, f, g),
            formula,
            0,
            lambda s: self.graph.bit_or(g, self.graph.bit_and(f, s)),
        )

    def historically(self, formula: Formula, f: int) -> int:
        """Return ``h' = f and h``, h from 1."""
        if self.graph.range(f).is_constant:
            return f
        return self._step((Operator.HISTORICALLY, f), formula, 1, lambda h: self.graph.bit_and(f, h))

    def previous(self, operand: Formula, f: int, at_first: int) -> int:
        """Return f's value at the previous step, ``at_first`` at the first one.

        A register that holds f or its complement anyway is read before its update.
        """
        if self.graph.is_value(f, at_first):
            return f
        complement = self.graph.not_(f)
        for node, init in ((f, at_first), (complement, 1 - at_first)):
            for index in self._holders.get(node, ()):
                if self.words[index].init == init:
                    old = self._before(index)
                    return old if node == f else self.graph.not_(old)
        return self._before(self._hold(str(operand), operand, BIT, at_first, f))

    def position(self, modulus: int) -> int:
        """Return ``c' = (c + 1) % modulus``, c from modulus - 1: the position, counted from 0."""
        if modulus == 1:
            return self.graph.const(0)
        name = f"pos % {modulus}"
        if name not in self._running:
            index = self._add(name, Range(0, modulus - 1), modulus - 1)
            following = self.graph.add(self._before(index), self.graph.const(1))
            self._running[name] = index
            self._set(index, self.graph.mod(following, self.graph.const(modulus)))
        return self.updates[self._running[name]]

    # held values

    def holder(self, node: int) -> int | None:
        """Return a register that holds a node, or None."""
        return next(iter(self._holders.get(node, ())), None)

    def delay_of(self, index: int) -> int:
        """Return the register that delays another one by a step."""
        before, word = self._before(index), self.words[index]
        holder = self.holder(before)
        if holder is not None:
            return holder
        operator = Operator.WEAK_PREVIOUS if word.init else Operator.PREVIOUS
        held = self._formulas.get(index)
        formula = None if held is None else Apply(operator, (held,))
        name = f"{operator.value}({word.name})" if formula is None else str(formula)
        return self._hold(name, formula, word.range, word.range.lo, before)

    # registers

    def _step(self, key: Hashable, formula: Formula, init: int, update: Callable[[int], int]) -> int:
        """Return the value of an operator that is computed from its own previous value."""
        if key not in self._running:
            index = self._running[key] = self._add(str(formula), BIT, init)
            self._formulas[index] = formula
            self._set(index, update(self._before(index)))
        return self.updates[self._running[key]]

    def _hold(self, name: str, formula: Formula | None, range_: Range, init: int, node: int) -> int:
        index = self._add(name, range_, init)
        if formula is not None:
            self._formulas[index] = formula
        self._set(index, node)
        return index

    def _add(self, name: str, range_: Range, init: int) -> int:
        while name in self._names:
            name = f"{name} from {init}"
        self._names.add(name)
        self.words.append(register(name, range_, init))
        self.updates.append(-1)
        return len(self.words) - 1

    def _set(self, index: int, update: int) -> None:
        self.updates[index] = update
        self._holders.setdefault(update, []).append(index)

    def _before(self, index: int) -> int:
        return self.graph.register(index, self.words[index].range)
