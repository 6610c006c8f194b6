"""The context of a method's translation: graph under construction, scopes, reasons, assumptions."""

from __future__ import annotations

import ast
import operator
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from types import FunctionType

from streamssm.frontends.python_class.diagnostics import Reasons
from streamssm.frontends.python_class.names import Names
from streamssm.frontends.python_class.path import Path
from streamssm.frontends.python_class.source import Source
from streamssm.frontends.python_class.symbolic_values import (
    UNKNOWN,
    Opaque,
    TupleValue,
    Unknown,
    Unusable,
    Value,
    WordValue,
    kind_of,
)
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import COMPARISONS, Op
from streamssm.ir.range_prover import Fact, Facts
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from streamssm.program.program import Assignment, Assumption, RangeClaim

Site = tuple[int, int]  # the nodes of a condition, and of a value that is assumed to lie in a range there


@dataclass
class TranslationContext:
    """The graph that is built, the function's names, and the reasons and assumptions collected so far.

    ``assigns`` says whether registers may be assigned (in ``update``) or only read (in ``output``);
    ``running`` is the call stack, innermost function last.
    """

    source: Source
    names: Names
    registers: dict[str, Word]
    reasons: Reasons
    assigns: bool
    running: tuple[FunctionType, ...]
    execute: Callable[[TranslationContext, Sequence[ast.stmt], Path], Path | None]
    builder: GraphBuilder = field(default_factory=GraphBuilder)
    assumed: dict[Assumption, dict[Site, Range]] = field(default_factory=dict)
    assignments: dict[Assignment, None] = field(default_factory=dict)
    sources: dict[FunctionType, tuple[Source, Names]] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return self.source.tree.name

    @property
    def file(self) -> str:
        return self.source.file

    @property
    def file_name(self) -> str:
        """The file without its folders: programs have the same bytes on every machine."""
        return os.path.basename(self.file)

    @property
    def is_update(self) -> bool:
        return self.assigns and len(self.running) == 1

    def reject(self, node: ast.AST, message: str) -> Unknown:
        self.reasons.add(self.file, node, message)
        return UNKNOWN

    def assume(self, node: ast.AST, text: str, word: int, range_: Range, path: Path) -> None:
        """Record the assumption that a word lies in a range on a path."""
        assumption = Assumption(text, self.file_name, getattr(node, "lineno", 0))
        site = (self._reached(path), word)
        self.assumed.setdefault(assumption, {})[site] = range_

    def _reached(self, path: Path) -> int:
        """Return the node of the path condition: 1 where the path is taken."""
        condition = self.builder.const(1)
        for test, truth in path.facts:
            condition = self.builder.bit_and(condition, test if truth else self.builder.not_(test))
        return condition

    def assumptions(self) -> tuple[Assumption, ...]:
        """Return the assumptions, each with the graph of its claim."""
        return tuple(
            replace(assumption, claim=self._claim(tuple(sites), next(iter(sites.values()))))
            for assumption, sites in self.assumed.items()
        )

    def _claim(self, sites: tuple[Site, ...], range_: Range) -> RangeClaim:
        graph, roots = self.builder.finish([node for site in sites for node in site])
        return RangeClaim(
            graph, tuple(zip(roots[::2], roots[1::2], strict=True)), range_, after=not self.assigns
        )

    def assigned(self, node: ast.AST, register: str) -> None:
        self.assignments[Assignment(register, self.file_name, getattr(node, "lineno", 0))] = None

    # values

    def constant(self, value: int) -> WordValue:
        return WordValue(self.builder.const(value))

    def lift(self, value: object) -> Value:
        """Return a Python object as a value: ints become constants, tuples are lifted item by item."""
        if isinstance(value, tuple):
            return TupleValue(tuple(self.lift(item) for item in value))
        try:
            return self.constant(operator.index(value))  # type: ignore[arg-type]
        except TypeError:
            return Opaque(value)

    def word(self, node: ast.AST, value: Value) -> int | None:
        """Return a value's node; refuse it and return None if it is not a word."""
        if isinstance(value, WordValue):
            return value.node
        if isinstance(value, Unusable):
            self.reject(node, value.why)
        elif not isinstance(value, Unknown):
            self.reject(node, f"this must be an int, not {kind_of(value)}")
        return None

    def words(self, node: ast.AST, values: tuple[Value, ...]) -> list[int] | None:
        """Return the nodes of several values, None if one of them is not a word."""
        nodes = [self.word(node, value) for value in values]
        known = [index for index in nodes if index is not None]
        return known if len(known) == len(nodes) else None

    def known_int(self, value: Value) -> int | None:
        """Return the value of a constant word, else None."""
        if isinstance(value, WordValue) and self.builder.range(value.node).is_constant:
            return self.builder.range(value.node).lo
        return None

    def choose(self, condition: int | None, then: Value, other: Value) -> Value:
        """Return the value that is ``then`` if the condition is 1, else ``other``."""
        if then == other:
            return then
        for value in (then, other):
            if isinstance(value, Unknown | Unusable):
                return value
        if isinstance(then, WordValue) and isinstance(other, WordValue):
            return (
                WordValue(self.builder.select(condition, then.node, other.node))
                if condition is not None
                else UNKNOWN
            )
        if (
            isinstance(then, TupleValue)
            and isinstance(other, TupleValue)
            and len(then.items) == len(other.items)
        ):
            pairs = zip(then.items, other.items, strict=True)
            return TupleValue(tuple(self.choose(condition, a, b) for a, b in pairs))
        return Unusable(
            f"this must be of one kind on every path, not {_describe(then)} on one and {_describe(other)} "
            "on another"
        )

    # facts of a path

    def bound(self, node: int, path: Path, allowed: Range | None = None) -> Range | None:
        """Return a range of a node on a path, None if the path is infeasible.

        The cheapest bound that lies in the allowed range is returned, in the order of cost: the quick prover,
        the full prover, the full prover with the ranges of the registers on the path, and a proof by
        contradiction for each end of the range.
        """
        facts = path.facts.about(node)
        reached = self.builder.bound(node, facts, quick=True)
        if reached is not None and not (allowed and allowed.covers(reached)):
            reached = self.builder.bound(node, facts)
        if reached is None or allowed is None or allowed.covers(reached):
            return reached
        facts = (*facts, *self._invariants(path))
        reached = self.builder.bound(node, facts)
        if reached is None or self._is_contradictory(facts):
            return None
        return self._narrowed(node, facts, reached, allowed)

    def _is_contradictory(self, facts: Facts) -> bool:
        """Return whether the facts leave no value to some word that they compare."""
        words = {word for test, _ in facts for word in self._compared(test)}
        return any(self.builder.bound(word, facts) is None for word in words)

    def _compared(self, test: int) -> Iterator[int]:
        """Yield the words that a condition compares, below its ands and ors."""
        node = self.builder.nodes[test]
        if node.op in COMPARISONS:
            yield from node.args
        elif node.op in (Op.AND, Op.OR):
            for part in node.args:
                yield from self._compared(part)

    def _narrowed(self, node: int, facts: Facts, reached: Range, allowed: Range) -> Range | None:
        """Cut off each end of a range where leaving the allowed range contradicts the facts."""
        g = self.builder
        low, high = g.le(g.const(allowed.lo), node), g.le(node, g.const(allowed.hi))
        lo = (
            allowed.lo
            if reached.lo < allowed.lo and g.bound(low, (*facts, (low, False))) is None
            else reached.lo
        )
        hi = (
            allowed.hi
            if reached.hi > allowed.hi and g.bound(high, (*facts, (high, False))) is None
            else reached.hi
        )
        return Range(lo, hi) if lo <= hi else None

    def _invariants(self, path: Path) -> tuple[Fact, ...]:
        """Return the facts that registers are in their ranges: every assignment on the path was checked."""
        facts: list[Fact] = []
        for name, value in path.registers.items():
            allowed = self.registers[name].range
            if isinstance(value, WordValue) and not allowed.covers(self.builder.range(value.node)):
                low = self.builder.le(self.builder.const(allowed.lo), value.node)
                high = self.builder.le(value.node, self.builder.const(allowed.hi))
                facts += [(low, True), (high, True)]
        return tuple(facts)

    def branch(self, condition: int | None, truth: bool, path: Path) -> Path:
        """Return the path on which a condition is 1 or 0."""
        if condition is None or self.builder.range(condition).is_constant:
            return path
        return path.assuming(condition, truth)

    def decide(self, condition: int | None, path: Path) -> tuple[bool, bool]:
        """Return whether a condition can be 1 and whether it can be 0 on a path."""
        if condition is None:
            return True, True
        range_ = self.builder.range(condition)
        if range_.is_constant:
            return range_.lo == 1, range_.lo == 0
        facts = path.facts.about(condition)
        if not facts and self.builder.is_comparison(condition):
            return True, True
        yes = self.builder.bound(condition, (*facts, (condition, True)), quick=True) is not None
        no = self.builder.bound(condition, (*facts, (condition, False)), quick=True) is not None
        return yes, no or not yes


def _describe(value: Value) -> str:
    return f"a tuple of {len(value.items)}" if isinstance(value, TupleValue) else kind_of(value)
