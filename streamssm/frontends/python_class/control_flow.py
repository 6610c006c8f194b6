"""Outcomes of statements: decision trees whose leaves are completions (normal, return, break, continue).

Paths that complete normally are merged into one after every statement (state merging), so that a sequence of
branches costs their sum and not their product.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum

from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.merging import merged
from streamssm.frontends.python_class.path import Path


class Completion(Enum):
    """The way that control leaves a statement, as in language specifications."""

    NEXT = "next"
    RETURN = "return"
    BREAK = "break"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A path and its completion."""

    completion: Completion
    path: Path


@dataclass(frozen=True, slots=True)
class Branch:
    """``then`` if the condition's node is 1, else ``other``; None is a condition that was refused."""

    condition: int | None
    then: Outcome
    other: Outcome


Outcome = Leaf | Branch


@dataclass(frozen=True, slots=True)
class MergedExits:
    """An outcome split in two: the leaves with the requested completions, merged into a path, and the rest.

    ``reached`` is the condition of the path; it is None if unknown, and meaningless without a rest.
    """

    path: Path | None
    reached: int | None
    rest: Outcome | None


def split_off(
    context: TranslationContext, outcome: Outcome, completions: Collection[Completion], before: Path
) -> MergedExits:
    """Merge the leaves with some completions into one path; ``before`` is the path before the statement.

    The facts of single branches do not hold on all of the merged path: it keeps those from before the
    statement, and the condition that it is reached at all.
    """
    rest = without(outcome, completions)
    if rest is None:
        path = merge(context, outcome, completions)
        if path is not None and not isinstance(outcome, Leaf):
            path = replace(path, facts=before.facts)
        return MergedExits(path, context.builder.const(1), None)
    reached = _reached(context, outcome, completions)
    path = merge(context, outcome, completions)
    if path is not None and _count(outcome, completions) > 1:
        path = context.branch(reached, True, replace(path, facts=before.facts))
    return MergedExits(path, reached, rest)


def merge(context: TranslationContext, outcome: Outcome, completions: Collection[Completion]) -> Path | None:
    """Merge the leaves with some completions into one path, by selects; return None if there are none."""
    spine, leaf = _spine(outcome)
    path = leaf.path if leaf.completion in completions else None
    for branch in reversed(spine):
        other = merge(context, branch.other, completions)
        path = merged(context, branch.condition, path, other) if path and other else path or other
    return path


def _spine(outcome: Outcome) -> tuple[list[Branch], Leaf]:
    """Return the branches along ``then`` and the leaf at their end.

    Long loops make long spines: iterating over them keeps the recursion shallow.
    """
    branches: list[Branch] = []
    while isinstance(outcome, Branch):
        branches.append(outcome)
        outcome = outcome.then
    return branches, outcome


def _reached(
    context: TranslationContext, outcome: Outcome, completions: Collection[Completion]
) -> int | None:
    """Return the condition that one of the completions occurs; None if it is unknown."""
    spine, leaf = _spine(outcome)
    condition: int | None = context.builder.const(int(leaf.completion in completions))
    for branch in reversed(spine):
        other = _reached(context, branch.other, completions)
        if branch.condition is None or condition is None or other is None:
            return None
        condition = _choose_bit(context, branch.condition, condition, other)
    return condition


def _choose_bit(context: TranslationContext, condition: int, then: int, other: int) -> int:
    """Return ``condition ? then : other`` on bits, by and/or where one side is constant."""
    g = context.builder
    fixed = {node: g.range(node).lo for node in (then, other) if g.range(node).is_constant}
    if then in fixed and other not in fixed:
        return g.bit_or(condition, other) if fixed[then] else g.bit_and(g.not_(condition), other)
    if other in fixed and then not in fixed:
        return g.bit_or(g.not_(condition), then) if fixed[other] else g.bit_and(condition, then)
    return g.select(condition, then, other)


def _count(outcome: Outcome, completions: Collection[Completion]) -> int:
    spine, leaf = _spine(outcome)
    return int(leaf.completion in completions) + sum(_count(branch.other, completions) for branch in spine)


def without(outcome: Outcome, completions: Collection[Completion]) -> Outcome | None:
    """Return the part of the decision tree whose completions are not among the given ones, or None."""
    spine, leaf = _spine(outcome)
    tree: Outcome | None = None if leaf.completion in completions else leaf
    for branch in reversed(spine):
        other = without(branch.other, completions)
        tree = Branch(branch.condition, tree, other) if tree and other else tree or other
    return tree


def relabel(outcome: Outcome, old: Completion, new: Completion) -> Outcome:
    """Return the outcome with one completion replaced by another."""
    spine, leaf = _spine(outcome)
    tree: Outcome = Leaf(new, leaf.path) if leaf.completion is old else leaf
    for branch in reversed(spine):
        tree = Branch(branch.condition, tree, relabel(branch.other, old, new))
    return tree


def chain(parts: list[MergedExits], tail: Outcome | None) -> Outcome:
    """Return the outcome of consecutive parts: each part's rest, else the outcome of its successors."""
    tree = tail
    for part in reversed(parts):
        if part.rest is not None:
            tree = part.rest if tree is None else Branch(part.reached, tree, part.rest)
    assert tree is not None
    return tree
