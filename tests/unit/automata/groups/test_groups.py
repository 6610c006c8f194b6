"""Permutation groups: orders, series and membership against sympy and against listing elements; names."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest

from streamssm.automata.groups.description import describe
from streamssm.automata.groups.group import PermutationGroup
from streamssm.automata.groups.permutations import inverse, power, then
from streamssm.automata.groups.series import series_to_stabiliser
from streamssm.errors import ParameterError
from tests.machines import A4, A4_Z5, A5, D4, Q8, S3, S4, S5, Z60
from tests.soak import examples

GROUPS = {
    "trivial": ([], 3),
    "Z2": ([[1, 0, 2]], 3),
    "Z2 x Z2": ([[1, 0, 3, 2], [2, 3, 0, 1]], 4),
    "Z2 x Z4": ([[1, 2, 3, 0, 4, 5], [0, 1, 2, 3, 5, 4]], 6),
    "Z3 x Z4 x Z5": ([[*range(1, 60), 0]], 60),
    "S3": ([[1, 2, 0], [1, 0, 2]], 3),
    "D4": ([[1, 2, 3, 0], [3, 2, 1, 0]], 4),
    "D5": ([[1, 2, 3, 4, 0], [0, 4, 3, 2, 1]], 5),
    "Q8": ([[1, 2, 3, 0, 5, 6, 7, 4], [4, 7, 6, 5, 2, 1, 0, 3]], 8),
    "A4": ([[1, 2, 0, 3], [1, 0, 3, 2]], 4),
    "S4": ([[1, 2, 3, 0], [1, 0, 2, 3]], 4),
    "order 20, solvable of derived length 2": ([[1, 2, 3, 4, 0], [0, 2, 4, 1, 3]], 5),
    "order 60, not solvable": ([[1, 2, 3, 4, 0], [1, 2, 0, 3, 4]], 5),
    "order 120, not solvable": ([[1, 2, 3, 4, 0], [1, 0, 2, 3, 4]], 5),
}


@pytest.mark.parametrize("name", GROUPS)
def test_names(name: str) -> None:
    generators, degree = GROUPS[name]
    assert describe(PermutationGroup.of(generators, degree)).structure == name


@pytest.mark.parametrize(
    "machine", [S3, A4, S4, D4, Q8, A4_Z5, A5, S5, Z60], ids=lambda machine: machine.name
)
def test_names_do_not_depend_on_the_action(machine) -> None:
    group = PermutationGroup.of(machine.next_state.T, machine.num_states)
    assert group.order == machine.num_states and group.is_regular
    small = {"S3": "S3", "A4": "A4", "S4": "S4", "D4": "D4", "Q8": "Q8", "Z60": "Z3 x Z4 x Z5"}
    if machine.name in small:
        assert describe(group).structure == small[machine.name]


def test_large_groups() -> None:
    n = 16
    symmetric = PermutationGroup.of([[*range(1, n), 0], [1, 0, *range(2, n)]], n)
    assert symmetric.order == factorial(n) and symmetric.derived.order == factorial(n) // 2
    assert not symmetric.is_solvable
    with pytest.raises(ParameterError, match="not solvable, so it has no derived length"):
        _ = symmetric.derived_length


def random_group(rng: np.random.Generator) -> PermutationGroup:
    """Return a group of permutations that move a few points, so that not all are symmetric groups."""
    degree = int(rng.integers(2, 9))
    generators = []
    for _ in range(int(rng.integers(1, 4))):
        moved = rng.choice(degree, size=int(rng.integers(2, min(degree, 4) + 1)), replace=False)
        p = np.arange(degree)
        p[moved] = np.roll(moved, 1)
        generators.append(p)
    return PermutationGroup.of(generators, degree)


def test_as_sympy_says() -> None:
    combinatorics = pytest.importorskip("sympy.combinatorics")
    rng = np.random.default_rng(3)
    for _ in range(examples(60)):
        group = random_group(rng)
        permutations = [combinatorics.Permutation(p.tolist()) for p in group.generators]
        other = combinatorics.PermutationGroup(
            permutations or [combinatorics.Permutation(list(range(group.degree)))]
        )
        assert group.order == other.order()
        assert group.is_abelian == other.is_abelian
        assert group.is_solvable == other.is_solvable
        assert group.derived.order == other.derived_subgroup().order()
        if group.is_solvable:
            series = [subgroup.order() for subgroup in other.derived_series()]
            assert [subgroup.order for subgroup in group.derived_series] == list(dict.fromkeys(series))


def test_membership_and_cosets() -> None:
    rng = np.random.default_rng(4)
    for _ in range(examples(40)):
        group = random_group(rng)
        if group.order > 200:
            continue
        elements = {p.tobytes() for p in group.elements()}
        assert len(elements) == group.order
        for _ in range(20):
            p = rng.permutation(group.degree).astype(np.int32)
            assert (p in group) == (p.tobytes() in elements)
            same = {group.chain.coset(then(h, p)).tobytes() for h in group.elements()}
            assert len(same) == 1
            other = rng.permutation(group.degree).astype(np.int32)
            together = then(other, inverse(p)) in group
            assert (group.chain.coset(other).tobytes() in same) == together


@pytest.mark.parametrize("prime", [False, True])
def test_coordinates_of_elements(prime: bool) -> None:
    """Right multiplication adds an amount that depends only on the element and the earlier factors."""
    for name, (generators, degree) in GROUPS.items():
        group = PermutationGroup.of(generators, degree)
        if not group.is_solvable or group.order > 30:
            continue
        points = [orbit[0] for orbit in group.orbits]
        series = series_to_stabiliser(group, points, prime=prime)
        elements = list(group.elements())
        added: dict[object, tuple[int, ...]] = {}
        for p in elements:
            at = series.coordinates(p)
            assert all(series.element(at)[point] == p[point] for point in points), name
            for number, h in enumerate(elements):
                after = series.coordinates(then(p, h))
                for index, factor in enumerate(series.factors):
                    pairs = zip(at[index], after[index], factor.sizes, strict=True)
                    amount = tuple((b - a) % size for a, b, size in pairs)
                    assert added.setdefault((index, number, at[:index]), amount) == amount


def test_powers() -> None:
    p = np.array([1, 2, 0, 4, 3], np.int32)
    assert power(p, 6).tolist() == [0, 1, 2, 3, 4] and power(p, 0).tolist() == [0, 1, 2, 3, 4]
    assert power(p, 4).tolist() == p[[0, 1, 2]].tolist() + [3, 4]


def test_no_permutation() -> None:
    with pytest.raises(ParameterError, match="must be a permutation of 0..2, not \\[0, 0, 1\\]"):
        PermutationGroup.of([[0, 0, 1]], 3)
