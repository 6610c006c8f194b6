"""Holonomy cascades and their splits: known sizes and groups, and simulation of the automata."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.cascade import Cascade, CascadeLevel, LevelKind
from streamssm.automata.holonomy.split import split
from streamssm.automata.holonomy.to_cascade import holonomy
from streamssm.errors import ParameterError
from tests.machines import ABAB, CASCADES, D4, DYCK_2_3, EVEN_A, MOD_4, PARITY, Q8, T5, TOMITA_3, Z60, nested


@pytest.mark.parametrize(
    "machine, sizes, groups, cyclic", CASCADES, ids=lambda value: getattr(value, "name", "")
)
def test_sizes_and_groups(
    machine: Automaton, sizes: list[int], groups: list[str], cyclic: list[int] | None
) -> None:
    cascade = holonomy(machine)
    assert list(cascade.sizes) == sizes
    assert [group.structure for level in cascade.levels for group in level.groups] == groups
    assert all((level.kind is LevelKind.RESET) == (not level.groups) for level in cascade.levels)
    assert_moves_as_machine(cascade)
    if cyclic is None:
        with pytest.raises(ParameterError, match="the group of level 0, of order 120, is not solvable"):
            split(cascade)
    else:
        assert list(split(cascade).sizes) == cyclic
        assert_moves_as_machine(split(cascade))


def assert_moves_as_machine(cascade: Cascade) -> None:
    """Compare the levels' own functions with the machine on every reachable pair.

    The functions are read off the tables once; the walk uses nothing but them, on tuples that it finds
    itself.
    """
    machine = cascade.machine
    moves: dict[tuple[int, int, tuple[int, ...]], int] = {}
    rows = [tuple(row) for row in cascade.coordinates.tolist()]
    for number, row in enumerate(rows):
        for symbol, target in enumerate(cascade.next_tuple[number].tolist()):
            for level in range(len(row)):
                key = level, symbol, row[: level + 1]
                assert moves.setdefault(key, rows[target][level]) == rows[target][level]
    states = dict(zip(rows, cascade.decode.tolist(), strict=True))
    start = rows[cascade.initial], machine.initial
    seen, waiting = {start}, deque([start])
    while waiting:
        row, state = waiting.popleft()
        assert states[row] == state
        for symbol in range(machine.num_symbols):
            after = tuple(moves[level, symbol, row[: level + 1]] for level in range(len(row)))
            pair = after, int(machine.next_state[state, symbol])
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)


def test_prime_levels() -> None:
    assert split(holonomy(MOD_4)).sizes == (4, 2)
    assert [level.kind for level in split(holonomy(MOD_4)).levels] == [LevelKind.CYCLIC, LevelKind.RESET]
    cascade = split(holonomy(MOD_4), prime=True)
    assert cascade.sizes == (2, 2, 2)
    assert cascade.levels[0].factor != cascade.levels[1].factor
    assert_moves_as_machine(cascade)
    assert split(holonomy(Z60)).sizes == (5, 3, 4)
    assert split(holonomy(Z60), prime=True).sizes == (5, 3, 2, 2)
    assert_moves_as_machine(split(holonomy(Z60), prime=True))


@pytest.mark.parametrize("machine", [D4, Q8], ids=lambda machine: machine.name)
def test_two_groups_take_two_factors(machine: Automaton) -> None:
    levels = split(holonomy(machine)).levels
    assert [level.size for level in levels] == [2, 2, 2]
    assert levels[0].factor == levels[1].factor != levels[2].factor


def test_levels_of_one_factor_do_not_read_each_other() -> None:
    for machine in (D4, Q8, Z60, TOMITA_3, ABAB, EVEN_A):
        cascade = split(holonomy(machine), prime=True)
        for index, level in enumerate(cascade.levels):
            others = [p for p in range(index) if level.factor in (None, cascade.levels[p].factor)]
            if level.factor is not None:
                assert_not_read(cascade, index, others)


def assert_not_read(cascade: Cascade, level: int, others: list[int]) -> None:
    """Check that a level's transitions do not depend on the coordinates of some levels above it."""
    moves: dict[tuple[int, ...], int] = {}
    for number, row in enumerate(cascade.coordinates.tolist()):
        remaining = [value for p, value in enumerate(row[: level + 1]) if p not in others]
        for symbol, target in enumerate(cascade.next_tuple[number].tolist()):
            value = int(cascade.coordinates[target, level])
            assert moves.setdefault((symbol, *remaining), value) == value


def test_only_tuples_that_are_used() -> None:
    cascade = holonomy(nested(12))
    assert cascade.sizes == (2,) * 13
    counter = Automaton.acceptor(
        "mod 500", "a", [[(n + 1) % 500] for n in range(500)], [n == 0 for n in range(500)]
    )
    cyclic = split(holonomy(counter))
    assert cyclic.sizes == (125, 4) and len(cyclic.coordinates) == 500


def test_unreachable_states_are_left_out() -> None:
    machine = Automaton.acceptor("parity", "01", [[0, 1], [1, 0], [2, 0]], [True, False, True])
    assert holonomy(machine).sizes == (2,)


def test_single_state() -> None:
    cascade = holonomy(Automaton.acceptor("all", "ab", [[0, 0]], [True]))
    assert cascade.sizes == () and cascade.coordinates.shape == (1, 0)
    assert split(cascade).sizes == ()


def test_caps() -> None:
    with pytest.raises(ParameterError, match="T5 has more than 10 images of its states"):
        holonomy(T5, max_images=10)
    with pytest.raises(ParameterError, match="Dyck-2 depth 3 \\(4 levels\\) has more than 20"):
        holonomy(DYCK_2_3, max_chains=20)


def broken(**changes: object) -> Cascade:
    cascade = holonomy(TOMITA_3)
    fields = {name: getattr(cascade, name) for name in Cascade.__dataclass_fields__}
    return Cascade(**{**fields, **changes})


def test_construction_checks_the_law() -> None:
    cascade = holonomy(TOMITA_3)
    for number in range(len(cascade.coordinates)):
        for symbol in range(2):
            wrong = cascade.next_tuple.copy()
            wrong[number, symbol] = (wrong[number, symbol] + 1) % len(wrong)
            with pytest.raises(ParameterError):
                broken(next_tuple=wrong)
    with pytest.raises(ParameterError, match="initial tuple does not decode to the initial state"):
        broken(initial=int(np.flatnonzero(cascade.decode != TOMITA_3.initial)[0]))
    with pytest.raises(
        ParameterError, match="level 1 is not a reset level: '0' maps its values {0: 1, 1: 0}"
    ):
        broken(levels=(cascade.levels[0], CascadeLevel(2, LevelKind.RESET), *cascade.levels[2:]))
    with pytest.raises(ParameterError, match="depends on levels below it"):
        broken(levels=cascade.levels[::-1], coordinates=cascade.coordinates[:, ::-1])


def test_kinds_are_checked() -> None:
    swap = Automaton.acceptor("swap", "a", [[1], [0], [2]], [True, False, False])
    three = dict(coordinates=[[0], [1], [2]], next_tuple=swap.next_state, decode=[0, 1, 2], initial=0)
    Cascade(swap, (CascadeLevel(3, LevelKind.PERMUTATION),), **three)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="is not a cyclic level"):
        Cascade(swap, (CascadeLevel(3, LevelKind.CYCLIC),), **three)  # type: ignore[arg-type]
    Cascade(
        PARITY,
        (CascadeLevel(2, LevelKind.CYCLIC),),
        np.array([[0], [1]]),
        PARITY.next_state,
        np.array([0, 1]),
        0,
    )
