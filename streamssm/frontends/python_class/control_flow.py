"""The outcomes of executing statements: a decision tree whose leaves say how control leaves them.

Paths that go on together are merged into one after every statement, so that a sequence of branches costs
the sum of them and not the product.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum

from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.merging import merged
from streamssm.frontends.python_class.path import Path


class Completion(Enum):
    """How control leaves a statement."""

    NEXT = "next"
    RETURN = "return"
    BREAK = "break"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One way out."""

    way: Completion
    path: Path


@dataclass(frozen=True, slots=True)
class Branch:
    """``then`` where the condition's node is 1, else ``other``; None is a condition that was refused."""

    condition: int | None
    then: Outcome
    other: Outcome


Outcome = Leaf | Branch


@dataclass(frozen=True, slots=True)
class MergedExits:
    """An outcome split in two: the ways out that were asked for, as one path, and the rest.

    ``reached`` is the condition of the first part; it is None if unknown, and of no meaning if there is no
    rest.
    """

    path: Path | None
    reached: int | None
    rest: Outcome | None


def settle(
    scene: TranslationContext, outcome: Outcome, exits: Collection[Completion], before: Path
) -> MergedExits:
    """Merge the leaves of some kinds into one path, which goes on from ``before``."""
    rest = without(outcome, exits)
    if rest is None:
        path = merge(scene, outcome, exits)
        leaf = path if isinstance(outcome, Leaf) else path and replace(path, facts=before.facts)
        return MergedExits(leaf, scene.builder.const(1), None)
    reached = _reached(scene, outcome, exits)
    path = merge(scene, outcome, exits)
    if path is not None and _count(outcome, exits) > 1:
        path = scene.taking(reached, True, replace(path, facts=before.facts))
    return MergedExits(path, reached, rest)


def merge(scene: TranslationContext, outcome: Outcome, exits: Collection[Completion]) -> Path | None:
    """Return the leaves of some kinds as one path, by selects; None if there are none."""
    spine, at = _spine(outcome)
    found = at.path if at.way in exits else None
    for branch in reversed(spine):
        other = merge(scene, branch.other, exits)
        found = merged(scene, branch.condition, found, other) if found and other else found or other
    return found


def _spine(outcome: Outcome) -> tuple[list[Branch], Leaf]:
    """Return the branches along ``then``, and the leaf at their end: long loops make long spines."""
    branches: list[Branch] = []
    while isinstance(outcome, Branch):
        branches.append(outcome)
        outcome = outcome.then
    return branches, outcome


def _reached(scene: TranslationContext, outcome: Outcome, exits: Collection[Completion]) -> int | None:
    """Return the condition of leaving in one of the ways; None if it is unknown."""
    spine, at = _spine(outcome)
    found: int | None = scene.builder.const(int(at.way in exits))
    for branch in reversed(spine):
        other = _reached(scene, branch.other, exits)
        if branch.condition is None or found is None or other is None:
            return None
        found = _choose_bit(scene, branch.condition, found, other)
    return found


def _choose_bit(scene: TranslationContext, condition: int, then: int, other: int) -> int:
    """Return ``condition ? then : other`` on bits, by and/or where one side is constant."""
    g = scene.builder
    fixed = {node: g.range(node).lo for node in (then, other) if g.range(node).is_constant}
    if then in fixed and other not in fixed:
        return g.bit_or(condition, other) if fixed[then] else g.bit_and(g.not_(condition), other)
    if other in fixed and then not in fixed:
        return g.bit_or(g.not_(condition), then) if fixed[other] else g.bit_and(condition, then)
    return g.select(condition, then, other)


def _count(outcome: Outcome, exits: Collection[Completion]) -> int:
    spine, at = _spine(outcome)
    return int(at.way in exits) + sum(_count(branch.other, exits) for branch in spine)


def without(outcome: Outcome, exits: Collection[Completion]) -> Outcome | None:
    """Return the outcome where it leaves in none of the ways; None if there is no such place."""
    spine, at = _spine(outcome)
    found: Outcome | None = None if at.way in exits else at
    for branch in reversed(spine):
        other = without(branch.other, exits)
        found = Branch(branch.condition, found, other) if found and other else found or other
    return found


def relabel(outcome: Outcome, old: Completion, new: Completion) -> Outcome:
    """Return the outcome with one way out turned into another."""
    spine, at = _spine(outcome)
    found: Outcome = Leaf(new, at.path) if at.way is old else at
    for branch in reversed(spine):
        found = Branch(branch.condition, found, relabel(branch.other, old, new))
    return found


def chain(parts: list[MergedExits], tail: Outcome | None) -> Outcome:
    """Return the outcome of parts that ran one after another: each rest, else what came after it."""
    found = tail
    for part in reversed(parts):
        if part.rest is not None:
            found = part.rest if found is None else Branch(part.reached, found, part.rest)
    assert found is not None
    return found
