"""The passes of E3, each on its own law."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamssm.automata.holonomy.cascade import holonomy
from streamssm.automata.machine import Automaton
from streamssm.equivalences.layers.truth_tables import columns
from streamssm.equivalences.state_encoding.components import of_components
from streamssm.equivalences.state_encoding.congruences import finest, generated, of_congruences
from streamssm.equivalences.state_encoding.counters import diagonal_form, of_counters
from streamssm.equivalences.state_encoding.encoding import StateEncoding, of_cascade
from streamssm.equivalences.state_encoding.one_hot import swaps_of
from streamssm.equivalences.state_encoding.partial_functions import function
from streamssm.equivalences.state_encoding.recoding import prime_powers, variants_of
from streamssm.equivalences.state_encoding.stages import is_chain, of_stages
from streamssm.equivalences.state_encoding.support import least_function, preferred
from streamssm.equivalences.state_encoding.word_maps import cyclic, saturating, signed
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ssm.formats import Overflow
from tests.language_machines import MACHINES, random_machine
from tests.soak import examples

SEEDS = st.integers(0, 1 << 30)


def require_law(found: StateEncoding) -> None:
    """Tuples move as the machine does, and each word is a function of the symbol and words up to itself."""
    table = found.machine.next_state
    assert (found.state[found.next_tuple] == table[found.state]).all()
    assert found.state[found.initial] == found.machine.initial
    assert (found.values >= 0).all() and (found.values < np.array(found.sizes, int)).all()
    words = {tuple(row): int(s) for row, s in zip(found.values.tolist(), found.state, strict=True)}
    assert all(words[tuple(row)] == s for row, s in zip(found.values.tolist(), found.state, strict=True))
    for place in range(len(found.words)):
        moves: dict[tuple[int, ...], int] = {}
        for row, targets in zip(found.values.tolist(), found.next_tuple.tolist(), strict=True):
            for symbol, target in enumerate(targets):
                after = int(found.values[target, place])
                assert moves.setdefault((symbol, *row[: place + 1]), after) == after


@settings(max_examples=examples(30))
@given(SEEDS)
def test_coordinates(seed: int) -> None:
    machine = random_machine(seed)

    def inner(part: Automaton) -> StateEncoding:
        return of_cascade(holonomy(part))

    stages = of_stages(machine)
    assert (stages is not None) is is_chain(machine)
    found = [stages, of_components(machine, inner), of_congruences(machine, inner), inner(machine)]
    found += [c for modular in (False, True) for c in of_counters(machine, modular=modular)]
    for coordinates in filter(None, found):
        for variant in variants_of(coordinates):
            require_law(variant)


@pytest.mark.parametrize(
    ("name", "sizes"), [("D_12", [(13, 2), (14, 2), (14, 2), (15, 2)]), ("Tomita 4", [(3, 2), (4, 2)])]
)
def test_counters(name: str, sizes: list[tuple[int, ...]]) -> None:
    """With and without a value beyond each end, by which the step that leaves shows."""
    found = {c.sizes for c in of_counters(MACHINES[name], modular=False)}
    assert found == set(sizes)


@settings(max_examples=examples(100))
@given(st.lists(st.lists(st.integers(-6, 6), min_size=3, max_size=3), max_size=4))
def test_diagonal_form(rows: list[list[int]]) -> None:
    diagonal, basis = diagonal_form(rows, 3)
    assert abs(round(np.linalg.det(basis))) == 1
    for place in range(3):
        products = np.array(rows, int).reshape(-1, 3) @ basis[:, place]
        if place < len(diagonal):
            assert diagonal[place] > 0 and (products % diagonal[place] == 0).all()
        else:
            assert (products == 0).all()


@settings(max_examples=examples(50))
@given(SEEDS)
def test_congruences(seed: int) -> None:
    table = random_machine(seed).next_state.tolist()
    if len(table) < 2:
        return
    for blocks in (finest(table), generated(table, (0, len(table) - 1))):
        for one, other in product(range(len(table)), repeat=2):
            if blocks[one] == blocks[other]:
                assert all(blocks[a] == blocks[b] for a, b in zip(table[one], table[other], strict=True))


# moves


@pytest.mark.parametrize("size", [2, 3, 5])
def test_moves(size: int) -> None:
    """Masks say of each pair of values which moves take one to the other; images are what a word does."""
    for moves in (saturating(size), signed(size), cyclic(size, Overflow.CYCLE)):
        for number, move in enumerate(moves.moves):
            for before in range(size):
                raw = move.entry * before + move.increment
                after = raw % size if moves.overflow is Overflow.CYCLE else min(max(raw, 0), size - 1)
                assert moves.images[number, before] == after
                assert bool(moves.masks[before * size + after, number // 64] >> np.uint64(number % 64) & 1)
        assert moves.moves[moves.first(moves.allowing([(v, v) for v in range(size)]))] == (1, 0)


def test_no_move_turns_three_values_without_cycles() -> None:
    turn = [(0, 1), (1, 2), (2, 0)]
    assert not saturating(3).allowing(turn).any() and not signed(3).allowing(turn).any()
    assert cyclic(3, Overflow.CYCLE).allowing(turn).any()


# choices and tables


@given(st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11)))
def test_preferred(needed: set[int], other: set[int]) -> None:
    """One of two sets is needed: a minimal one is found."""

    def enough(found: Sequence[int]) -> bool:
        return needed <= set(found) or other <= set(found)

    found = preferred(12, enough)
    assert found is not None and enough(found)
    assert not any(enough([kept for kept in found if kept != left]) for left in found)
    assert preferred(12, lambda found: False) is None


@settings(max_examples=examples(50))
@given(SEEDS)
def test_functions_of_few_sources(seed: int) -> None:
    """The chosen sources tell the value, none of them to spare, and the node has it on every row."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 5, 4)
    rows = np.unique(rng.integers(0, sizes, (30, 4)), axis=0)
    values = (rows[:, 0] * 3 + rows[:, 2]) % 5
    chosen = least_function(rows, values)
    assert chosen is not None
    distinct, firsts = np.unique(rows[:, chosen], axis=0, return_index=True)
    g = GraphBuilder()
    leaves = [g.field(place, Range(0, int(sizes[c]) - 1)) for place, c in enumerate(chosen)]
    node = function(g, leaves, [int(sizes[c]) for c in chosen], distinct, values[firsts])
    found = columns(g, [*leaves, node])
    assert found is not None
    grid = np.stack(np.broadcast_arrays(*found), axis=1).tolist()
    told = {tuple(key): value for *key, value in grid}
    for row, value in zip(rows[:, chosen].tolist(), values.tolist(), strict=True):
        assert told[tuple(row)] == value


@given(st.permutations(range(6)))
def test_swaps(permutation: list[int]) -> None:
    at = list(range(6))  # at[place] is the value that is there
    for one, other in swaps_of(permutation):
        at[one], at[other] = at[other], at[one]
    assert [at[permutation[i]] for i in range(6)] == list(range(6))


@pytest.mark.parametrize("number", [1, 2, 6, 7, 8, 12, 360, 1001])
def test_prime_powers(number: int) -> None:
    found = prime_powers(number)
    assert np.prod(found, dtype=int) == number
    assert all(np.gcd(a, b) == 1 for i, a in enumerate(found) for b in found[:i])
