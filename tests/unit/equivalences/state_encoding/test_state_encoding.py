"""The passes of E3, each on its own law."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.holonomy.to_cascade import holonomy
from streamssm.equivalences.layers.truth_tables import columns
from streamssm.equivalences.state_encoding.components import of_components
from streamssm.equivalences.state_encoding.congruences import finest, generated, of_congruences
from streamssm.equivalences.state_encoding.counter_encoding import diagonal_form, of_counters
from streamssm.equivalences.state_encoding.encoding import StateEncoding, of_cascade
from streamssm.equivalences.state_encoding.one_hot import swaps_of
from streamssm.equivalences.state_encoding.partial_functions import function
from streamssm.equivalences.state_encoding.recoding import prime_powers, variants_of
from streamssm.equivalences.state_encoding.stages import is_chain, of_stages
from streamssm.equivalences.state_encoding.support import minimal_sources, preferred
from streamssm.equivalences.state_encoding.word_maps import cyclic, saturating, signed
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ssm.formats import Overflow
from tests.language_machines import MACHINES, random_machine
from tests.soak import examples

SEEDS = st.integers(0, 1 << 30)


def require_law(encoding: StateEncoding) -> None:
    """Tuples move as the machine does; a variable depends on the symbol and variables up to itself."""
    table = encoding.machine.next_state
    assert (encoding.state[encoding.next_tuple] == table[encoding.state]).all()
    assert encoding.state[encoding.initial] == encoding.machine.initial
    assert (encoding.values >= 0).all() and (encoding.values < np.array(encoding.sizes, int)).all()
    states = {tuple(row): int(s) for row, s in zip(encoding.values.tolist(), encoding.state, strict=True)}
    assert all(
        states[tuple(row)] == s for row, s in zip(encoding.values.tolist(), encoding.state, strict=True)
    )
    for index in range(len(encoding.variables)):
        targets_by_reads: dict[tuple[int, ...], int] = {}
        for row, targets in zip(encoding.values.tolist(), encoding.next_tuple.tolist(), strict=True):
            for symbol, target in enumerate(targets):
                after = int(encoding.values[target, index])
                assert targets_by_reads.setdefault((symbol, *row[: index + 1]), after) == after


@settings(max_examples=examples(30))
@given(SEEDS)
def test_encodings(seed: int) -> None:
    machine = random_machine(seed)

    def inner(part: Automaton) -> StateEncoding:
        return of_cascade(holonomy(part))

    stages = of_stages(machine)
    assert (stages is not None) is is_chain(machine)
    encodings = [stages, of_components(machine, inner), of_congruences(machine, inner), inner(machine)]
    encodings += [c for modular in (False, True) for c in of_counters(machine, modular=modular)]
    for encoding in filter(None, encodings):
        for variant in variants_of(encoding):
            require_law(variant)


@pytest.mark.parametrize(
    ("name", "sizes"), [("D_12", [(13, 2), (14, 2), (14, 2), (15, 2)]), ("Tomita 4", [(3, 2), (4, 2)])]
)
def test_counters(name: str, sizes: list[tuple[int, ...]]) -> None:
    """Counters with and without a margin beyond each end, which shows that a step left the live states."""
    encoding_sizes = {c.sizes for c in of_counters(MACHINES[name], modular=False)}
    assert encoding_sizes == set(sizes)


@settings(max_examples=examples(100))
@given(st.lists(st.lists(st.integers(-6, 6), min_size=3, max_size=3), max_size=4))
def test_diagonal_form(rows: list[list[int]]) -> None:
    diagonal, basis = diagonal_form(rows, 3)
    assert abs(round(np.linalg.det(basis))) == 1
    for column in range(3):
        products = np.array(rows, int).reshape(-1, 3) @ basis[:, column]
        if column < len(diagonal):
            assert diagonal[column] > 0 and (products % diagonal[column] == 0).all()
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


# update maps


@pytest.mark.parametrize("size", [2, 3, 5])
def test_update_maps(size: int) -> None:
    """Masks list the maps that take one value to another; images agree with overflow handling."""
    for family in (saturating(size), signed(size), cyclic(size, Overflow.CYCLE)):
        for number, update_map in enumerate(family.maps):
            for before in range(size):
                raw = update_map.entry * before + update_map.increment
                after = raw % size if family.overflow is Overflow.CYCLE else min(max(raw, 0), size - 1)
                assert family.images[number, before] == after
                assert bool(family.masks[before * size + after, number // 64] >> np.uint64(number % 64) & 1)
        assert family.maps[family.first(family.allowing([(v, v) for v in range(size)]))] == (1, 0)


def test_no_map_rotates_three_values_without_cycles() -> None:
    rotation = [(0, 1), (1, 2), (2, 0)]
    assert not saturating(3).allowing(rotation).any() and not signed(3).allowing(rotation).any()
    assert cyclic(3, Overflow.CYCLE).allowing(rotation).any()


# choices and tables


@given(st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11)))
def test_preferred(needed: set[int], other: set[int]) -> None:
    """Where one of two sets suffices, a minimal set is returned."""

    def suffices(sources: Sequence[int]) -> bool:
        return needed <= set(sources) or other <= set(sources)

    chosen = preferred(12, suffices)
    assert chosen is not None and suffices(chosen)
    assert not any(suffices([source for source in chosen if source != removed]) for removed in chosen)
    assert preferred(12, lambda sources: False) is None


@settings(max_examples=examples(50))
@given(SEEDS)
def test_functions_of_few_sources(seed: int) -> None:
    """The chosen sources determine the value, and the node has it on every row."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 5, 4)
    rows = np.unique(rng.integers(0, sizes, (30, 4)), axis=0)
    values = (rows[:, 0] * 3 + rows[:, 2]) % 5
    chosen = minimal_sources(rows, values)
    assert chosen is not None
    distinct, firsts = np.unique(rows[:, chosen], axis=0, return_index=True)
    g = GraphBuilder()
    leaves = [g.field(position, Range(0, int(sizes[c]) - 1)) for position, c in enumerate(chosen)]
    node = function(g, leaves, [int(sizes[c]) for c in chosen], distinct, values[firsts])
    table = columns(g, [*leaves, node])
    assert table is not None
    grid = np.stack(np.broadcast_arrays(*table), axis=1).tolist()
    expected = {tuple(key): value for *key, value in grid}
    for row, value in zip(rows[:, chosen].tolist(), values.tolist(), strict=True):
        assert expected[tuple(row)] == value


@given(st.permutations(range(6)))
def test_swaps(permutation: list[int]) -> None:
    values = list(range(6))  # values[i] is the value at position i
    for one, other in swaps_of(permutation):
        values[one], values[other] = values[other], values[one]
    assert [values[permutation[i]] for i in range(6)] == list(range(6))


@pytest.mark.parametrize("number", [1, 2, 6, 7, 8, 12, 360, 1001])
def test_prime_powers(number: int) -> None:
    powers = prime_powers(number)
    assert np.prod(powers, dtype=int) == number
    assert all(np.gcd(a, b) == 1 for i, a in enumerate(powers) for b in powers[:i])
