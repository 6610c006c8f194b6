"""Both searches, on kernels and row by row, explore the same joint states; also of models that stop."""

from __future__ import annotations

import pytest

from streamssm.equivalences.checking.joint_search import search
from streamssm.equivalences.checking.kernel_search import kernel_search
from streamssm.equivalences.checking.sides import ExecutionMode, Side, side_of
from streamssm.equivalences.checking.transition_rows import TokenSpace, rows_of
from streamssm.equivalences.checking.witness import differs, walk
from streamssm.ir.ranges import Range
from streamssm.ir.words import field
from tests.models import random_model
from tests.mutants import mutant_of

LIMIT = 2_000
WAYS = (ExecutionMode.WEIGHTS, ExecutionMode.FUSED)


def pair(seed: int) -> tuple[Side, Side]:
    """Return a random model, and that model with a weight changed."""
    model = random_model(seed)
    return side_of(model), side_of(mutant_of(model, seed) or model)


@pytest.mark.parametrize("seed", range(20))
def test_both_searches_agree(seed: int) -> None:
    a, b = pair(seed)
    tokens = TokenSpace(a.fields)
    plain = search(rows_of(a, WAYS[0], tokens), rows_of(b, WAYS[1], tokens), tokens, LIMIT)
    kernel = kernel_search(a.transducers[WAYS[0]], b.transducers[WAYS[1]], LIMIT)
    assert (plain.closed, plain.stream is None) == (kernel.closed, kernel.stream is None)
    if plain.closed:
        assert (plain.states, plain.transitions) == (kernel.states, kernel.transitions)
    if plain.stream is not None and kernel.stream is not None:
        assert len(plain.stream) == len(kernel.stream)
        assert all(differs(walk(a, b, WAYS, stream)) for stream in (plain.stream, kernel.stream))


def test_tokens_are_enumerated_in_lexicographic_order() -> None:
    space = TokenSpace([field("x", Range(-1, 1)), field("y", Range(5, 6))])
    columns = space.block(0)
    tokens = list(zip(*(column.tolist() for column in columns), strict=True))
    assert tokens == [(-1, 5), (-1, 6), (0, 5), (0, 6), (1, 5), (1, 6)]
    assert [space.token(index) for index in range(space.size)] == tokens


def test_token_spaces_past_64_bits_are_enumerated_exactly() -> None:
    wide = Range(0, (1 << 40) - 1)
    space = TokenSpace([field("x", wide), field("y", wide)])
    last = space.num_blocks - 1
    assert [column[-1] for column in space.block(last)] == [wide.hi, wide.hi]
    assert space.token(space.size - 1) == (wide.hi, wide.hi)


def test_no_fields_make_one_token() -> None:
    space = TokenSpace([])
    assert (space.size, space.block(0), space.token(0)) == (1, [], ())
