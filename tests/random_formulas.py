"""hypothesis: formulas of past-time LTL."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from streamssm.frontends.past_ltl.formula import (
    BINARY_TEMPORAL,
    BOUNDED,
    UNARY,
    Apply,
    BooleanConstant,
    First,
    Formula,
    Operator,
    Position,
    Proposition,
)

BINARY = sorted(set(Operator) - UNARY)


def atoms(propositions: Sequence[str]) -> st.SearchStrategy[Formula]:
    """Return propositions, more often than not, and everything else without operands."""
    named = st.sampled_from([Proposition(name) for name in propositions])
    positions = st.integers(1, 5).flatmap(lambda m: st.builds(Position, st.just(m), st.integers(0, m - 1)))
    return st.one_of(named, named, st.builds(BooleanConstant, st.booleans()), st.just(First()), positions)


def formulas(
    propositions: Sequence[str] = ("a", "b"), max_leaves: int = 12, *, max_bound: int = 0
) -> st.SearchStrategy[Formula]:
    """Return formulas over some propositions; bounds are up to ``max_bound``, none for 0."""
    bounds = st.tuples(st.integers(0, max_bound), st.integers(0, max_bound)).map(sorted).map(tuple)

    def larger(smaller: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
        one = st.builds(Apply, st.sampled_from(sorted(UNARY)), st.tuples(smaller))
        two = st.builds(Apply, st.sampled_from(BINARY), st.tuples(smaller, smaller))
        if not max_bound:
            return one | two
        windowed = st.builds(
            Apply, st.sampled_from(sorted(BOUNDED - BINARY_TEMPORAL)), st.tuples(smaller), bounds
        )
        pairs = st.tuples(smaller, smaller)
        return (
            one | two | windowed | st.builds(Apply, st.sampled_from(sorted(BINARY_TEMPORAL)), pairs, bounds)
        )

    return st.recursive(atoms(propositions), larger, max_leaves=max_leaves)
