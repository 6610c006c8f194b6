"""The library: every algorithm is discovered, documented, and translated."""

from __future__ import annotations

import pytest

import streamssm.algorithms as algorithms
from streamssm.algorithms import FunctionComposition, SaturatingCounter, Xorshift, library
from streamssm.errors import ParameterError


def test_names() -> None:
    assert library()["function_composition"] is FunctionComposition
    assert {cls.__name__ for cls in library().values()} <= set(dir(algorithms))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        algorithms.Nothing  # noqa: B018


@pytest.mark.parametrize("name", library())
def test_each_states_its_memory(name: str) -> None:
    text = library()[name].__doc__ or ""
    assert "Memory" in text and ">>>" in text


@pytest.mark.parametrize("n", [1, 2, 3, 16, 17, 1000, 1 << 20])
def test_composition_memory(n: int) -> None:
    assert FunctionComposition(n).program().memory_bits == 2 * (n - 1).bit_length()


@pytest.mark.parametrize("limit", [0, 1, 2, 7, 8, 255, 256])
def test_counter_memory(limit: int) -> None:
    assert SaturatingCounter(limit).program().memory_bits == limit.bit_length()


def test_composition_composes() -> None:
    tables = [[2, 0, 3, 1], [1, 1, 0, 2], [3, 2, 1, 0]]
    compose, value = FunctionComposition(4), 2
    compose.update(0, value, 1)
    for table in tables:
        for count, key in enumerate((3, 1, 0, 2)):
            compose.update(key, table[key], int(count == 3))
        value = table[value]
        assert compose.output() == value


def test_xorshift_has_full_period_on_zeros() -> None:
    generator, seen = Xorshift(16), 0
    while seen == 0 or generator.output() != 1:
        generator.update(0)
        seen += 1
    assert seen == 65_535


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FunctionComposition(0), "n must be at least 1, not 0"),
        (lambda: FunctionComposition(-3), "n must be at least 1, not -3"),
        (lambda: SaturatingCounter(-1), "limit must be at least 0, not -1"),
        (lambda: Xorshift(0), "bits must be from 1 to 54, not 0"),
        (lambda: Xorshift(55), "bits must be from 1 to 54, not 55"),
    ],
)
def test_bad_parameters(make: type, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        make()
    assert str(caught.value) == message
