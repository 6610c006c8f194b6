"""Function composition by blocks, addition and stored tables, against direct lookup in the tables."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from streamssm.algorithms import AddingComposition, BlockComposition, StoredComposition
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm

Pairs = list[tuple[int, int, int]]
Make = Callable[[int, int], Algorithm]

SIZES = [(1, 1), (1, 3), (2, 1), (3, 4), (7, 2), (16, 3)]


def answers(random: Random, make: Make, n: int, k: int, *, in_order: bool) -> tuple[int, int]:
    """Return the output after a random stream of all pairs, and f_k(...f_1(x))."""
    x, tables = random.randrange(n), [[random.randrange(n) for _ in range(n)] for _ in range(k)]
    stream = [(0, random.randrange(n), x)]
    stream += [(i, key, table[key]) for i, table in enumerate(tables, 1) for key in range(n)]
    random.shuffle(stream)
    algorithm, value = make(n, k), x
    for token in sorted(stream, key=lambda token: token[0]) if in_order else stream:
        algorithm.update(*token)
    for table in tables:
        value = table[value]
    return algorithm.output(), value


@pytest.mark.parametrize(("n", "k"), SIZES)
@pytest.mark.parametrize("make", [BlockComposition, AddingComposition, StoredComposition])
def test_pairs_in_any_order_within_their_blocks(make: Make, n: int, k: int) -> None:
    random = Random(0)
    for _ in range(50):
        output, value = answers(random, make, n, k, in_order=True)
        assert output == value


@pytest.mark.parametrize(("n", "k"), SIZES)
def test_stored_pairs_come_in_any_order_at_all(n: int, k: int) -> None:
    random = Random(1)
    for _ in range(50):
        output, value = answers(random, StoredComposition, n, k, in_order=False)
        assert output == value


@pytest.mark.parametrize(("n", "k"), [(1, 1), (2, 8), (5, 3), (256, 4), (1000, 1)])
def test_memory(n: int, k: int) -> None:
    word = (n - 1).bit_length()
    assert BlockComposition(n, k).program().memory_bits == (k + 1) * word
    assert AddingComposition(n, k).program().memory_bits == (k + 1) * word
    assert StoredComposition(n, k).program().memory_bits == (k * n + 1) * word


@pytest.mark.parametrize("make", [BlockComposition, AddingComposition, StoredComposition])
def test_parameters_that_size_nothing(make: Make) -> None:
    with pytest.raises(ParameterError, match="n must be at least 1, not 0"):
        make(0, 1)
    with pytest.raises(ParameterError, match="k must be at least 1, not 0"):
        make(1, 0)
