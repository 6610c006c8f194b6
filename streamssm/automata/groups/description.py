"""Names of finite groups: "Z2 x Z4", "S3", "order 60, not solvable"."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import factorial

from streamssm.automata.groups.group import PermutationGroup
from streamssm.automata.groups.permutations import order_of
from streamssm.automata.groups.series import AbelianFactor

MAX_NAMED = 1_000  # larger nonabelian groups are not named: naming counts the orders of all elements


@dataclass(frozen=True)
class GroupDescription:
    """Invariants of a group; ``structure`` is the usual name of its isomorphism class, if recognized.

    ``derived_length`` is None for nonsolvable groups.
    """

    order: int
    structure: str
    is_abelian: bool
    is_solvable: bool
    derived_length: int | None

    def __str__(self) -> str:
        return self.structure


def describe(group: PermutationGroup) -> GroupDescription:
    """Return the name and the invariants of a group.

    >>> for generators in ([[1, 0, 2]], [[1, 0, 2], [1, 2, 0]], [[1, 2, 3, 4, 0], [1, 2, 0, 3, 4]]):
    ...     print(describe(PermutationGroup.of(generators, len(generators[0]))))
    Z2
    S3
    order 60, not solvable
    """
    length = group.derived_length if group.is_solvable else None
    return GroupDescription(group.order, structure_of(group), group.is_abelian, group.is_solvable, length)


def structure_of(group: PermutationGroup) -> str:
    """Return a group's name, or its order and derived length."""
    if group.order == 1:
        return "trivial"
    if not group.is_solvable:
        return f"order {group.order}, not solvable"
    if group.is_abelian:
        sizes = AbelianFactor(group, PermutationGroup.of([], group.degree)).sizes
        return " x ".join(f"Z{size}" for size in sorted(sizes))
    if name := _small_name(group):
        return name
    return f"order {group.order}, solvable of derived length {group.derived_length}"


def _small_name(group: PermutationGroup) -> str | None:
    """Return the name of a nonabelian solvable group that its elements' orders identify, else None."""
    if group.order > MAX_NAMED:
        return None
    orders = Counter(order_of(p) for p in group.elements())
    if _is_dihedral(group, orders):
        return "S3" if group.order == 6 else f"D{group.order // 2}"
    names: dict[tuple[int, tuple[tuple[int, int], ...]], str] = {
        (8, ((1, 1), (2, 1), (4, 6))): "Q8",
        (12, ((1, 1), (2, 3), (3, 8))): "A4",
        (factorial(4), ((1, 1), (2, 9), (3, 8), (4, 6))): "S4",
    }
    return names.get((group.order, tuple(sorted(orders.items()))))


def _is_dihedral(group: PermutationGroup, orders: Counter[int]) -> bool:
    """Return whether half of the elements form a cyclic group and all others are involutions."""
    half = group.order // 2
    if group.order % 2 or not orders[half]:
        return False
    rotation = next(p for p in group.elements() if order_of(p) == half)
    turning = PermutationGroup.of([rotation], group.degree)
    return all(p in turning or order_of(p) == 2 for p in group.elements())
