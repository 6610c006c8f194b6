"""Candidate invariants from sampled states, the inductive ones among them, and their texts."""

from __future__ import annotations

import itertools
from random import Random

import pytest

import streamssm as ss
from streamssm.algorithms import SlidingSum
from streamssm.equivalences.assumptions.assumption_text import claim_text
from streamssm.equivalences.assumptions.houdini import Induction
from streamssm.equivalences.assumptions.templates import candidate_invariants
from streamssm.equivalences.assumptions.traces import reached_states
from streamssm.equivalences.checking.sides import ExecutionMode, side_of
from streamssm.equivalences.proving.arithmetic_expressions import Constant, Mod, Sum
from streamssm.equivalences.proving.conditions import Is
from streamssm.equivalences.proving.expression import WordRef
from streamssm.equivalences.proving.state_claims import Claim, Same, Within
from streamssm.equivalences.smt.solver import Solver
from streamssm.errors import PrecisionError
from streamssm.ir.ranges import Range
from tests.assuming_classes import Lead, Occupancy, RingQueue, Rules, Spread
from tests.soak import examples

pytest.importorskip("bitwuzla", reason="the extra prove")

States = set[tuple[int, ...]]


def reachable(algorithm: ss.Algorithm) -> tuple[States, bool]:
    """Return the states that plain Python reaches, and whether it raises somewhere."""
    side = side_of(algorithm)
    step, ranges = side.steps[ExecutionMode.CLASS], [range(w.range.lo, w.range.hi + 1) for w in side.fields]
    tokens, reached, raises = list(itertools.product(*ranges)), {side.initial}, False
    left = [side.initial]
    while left:
        state = left.pop()
        for token in tokens:
            try:
                after = step(state, token)[0]
            except PrecisionError:
                raises = True
                continue
            if after not in reached:
                reached.add(after)
                left.append(after)
    return reached, raises


def holds(claim: Claim, state: tuple[int, ...]) -> bool:
    return claim.holds({"a": state, "b": ()})


def inductive(algorithm: ss.Algorithm) -> tuple[Claim, ...]:
    program = algorithm.program()
    with Solver(20) as solver:
        *_, candidates = candidate_invariants(program, reached_states(program, 0))
        return Induction(program, solver, 60).inductive_subset(candidates)


@pytest.mark.parametrize(
    "algorithm",
    [SlidingSum(3, 3), Occupancy(3, 3), RingQueue(4), RingQueue(6, 5), Spread(4, 3), Lead(3), Lead(3, 2)],
    ids=lambda algorithm: type(algorithm).__name__,
)
def test_inductive_claims_hold_in_all_states_that_plain_python_reaches(algorithm: ss.Algorithm) -> None:
    claims, states = inductive(algorithm), reachable(algorithm)[0]
    assert claims and all(holds(claim, state) for claim in claims for state in states)


@pytest.mark.soak
def test_inductive_claims_of_random_rules_hold() -> None:
    num_claims = 0
    for seed in range(examples(12)):
        draw = Random(seed)
        rules = tuple(
            (draw.randrange(2), draw.randrange(4), draw.randrange(4), draw.choice((-1, 0, 0, 1)))
            for _ in range(draw.randint(1, 5))
        )
        claims, states = inductive(Rules(rules)), reachable(Rules(rules))[0]
        assert all(holds(claim, state) for claim in claims for state in states)
        num_claims += len(claims)
    assert num_claims


def test_a_candidate_that_some_step_breaks_is_dropped() -> None:
    program = Lead(5).program()
    first, second, third = (WordRef("a", i) for i in range(3))
    wrong = Within(first, Range(0, 4))  # holds at first, and not after five votes
    right = Same(third, Sum(0, ((first, 1), (second, -1))))
    with Solver(20) as solver:
        induction = Induction(program, solver, 60)
        assert induction.inductive_subset([wrong, right]) == (right,)
        assert induction.inductive_subset([Same(first, Constant(1))]) == ()  # not even at first
        assert not induction.is_inductive((wrong,)) and induction.is_inductive((right,))


def test_no_time_shows_nothing() -> None:
    program = RingQueue(8).program()
    parts = ((WordRef("a", 0), 1), (WordRef("a", 1), -1), (WordRef("a", 2), 1))
    claim = Same(Mod(Sum(0, parts), 8), Constant(0))
    with Solver(20) as solver:
        assert Induction(program, solver, 20.0).inductive_subset([claim]) == (claim,)
        assert Induction(program, solver, 0.0).inductive_subset([claim]) == ()


def test_wording() -> None:
    program = Occupancy(3, 3).program()  # used, slots[0..2]
    used, *slots = (WordRef("a", i) for i in range(4))
    total = Sum(0, tuple((word, 1) for word in slots))
    twos = Sum(0, tuple((Is(word, 2), 1) for word in slots))
    texts = {
        claim_text(Same(used, total), program): "used == sum of slots",
        claim_text(Same(used, Sum(1, ((total, 2), (slots[0], -1)))), program): (
            "used == 2 (sum of slots) - slots[0] + 1"
        ),
        claim_text(Within(Sum(0, ((used, 1), (twos, -1))), Range(0, 3)), program): (
            "number of words of slots that are 2 <= used"
        ),
        claim_text(Within(used, Range(0, 2)), program): "used <= 2",
        claim_text(Within(used, Range(1, 3)), program): "1 <= used",
        claim_text(Same(Mod(Sum(0, ((used, 1), (slots[0], 1))), 2), Constant(0)), program): (
            "(used + slots[0]) mod 2 == 0"
        ),
    }
    assert list(texts) == list(texts.values())
