"""Each rule that makes a term gives the values that it is defined to give, in ranges that hold."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from streamssm.equivalences.smt.solver import Solver
from tests.random_terms import Pool, require_exact, script_of
from tests.soak import examples
from tests.term_rules import RULES

GROWN = 18  # terms that a rule may find before it makes its own
MADE = 6


def pools(rule: str, number: int) -> Iterator[tuple[Pool, int]]:
    """Yield pools that a rule has added to, and the number of terms before that."""
    start = Random(rule).randrange(10**6)
    for seed in range(start, start + number):
        pool = Pool(seed)
        pool.grow(RULES, GROWN)
        before = len(pool.found)
        pool.grow({rule: RULES[rule]}, MADE)
        yield pool, before


@pytest.mark.soak
@pytest.mark.parametrize("rule", RULES)
def test_values_are_as_defined_and_ranges_hold(rule: str) -> None:
    num_terms = 0
    for pool, before in pools(rule, examples(12)):
        require_exact(pool, pool.found)
        num_terms += len(pool.found) - before
    assert num_terms


@pytest.fixture(scope="module")
def solver() -> Iterator[Solver]:
    pytest.importorskip("bitwuzla", reason="the extra prove")
    with Solver(60) as started:
        yield started


@pytest.mark.soak
@pytest.mark.parametrize("rule", RULES)
def test_the_solver_reads_the_same_values(rule: str, solver: Solver) -> None:
    for pool, _ in pools(rule, examples(2)):
        row = pool.draw.randrange(pool.num_rows)
        result, values, reason = solver.run_script(script_of(pool, pool.found, row), 60)
        assert result == "unsat", (values, reason)
