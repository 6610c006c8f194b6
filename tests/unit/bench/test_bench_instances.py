"""Every algorithm of the library has an instance that translates to a program, at every width that it has."""

from __future__ import annotations

import pytest

from streamssm.algorithms import library
from streamssm.bench.bench_instances import FIXED, SCALED, WIDTHS, Instance, instances
from streamssm.errors import ParameterError


@pytest.mark.parametrize(
    "instance", instances(widths=(8,)), ids=lambda instance: f"{instance.algorithm}-{instance.word_bits}"
)
def test_every_algorithm_has_an_instance(instance: Instance) -> None:
    assert instance.make().program().memory_bits > 0


def test_the_table_names_what_there_is() -> None:
    assert {instance.algorithm for instance in instances()} == set(library())
    assert set(SCALED) | set(FIXED) <= set(library()) and not set(SCALED) & set(FIXED)


@pytest.mark.parametrize("name", ["function_composition", "top_k", "crc", "xorshift"])
def test_words_have_the_width(name: str) -> None:
    widths = {i.word_bits: {word.bits for word in i.make().program().registers} for i in instances([name])}
    assert widths == {bits: {bits} for bits in WIDTHS}


def test_a_width_that_there_is_not_becomes_the_widest() -> None:
    assert [i.word_bits for i in instances(["moments"], (16, 32, 64))] == [16, 24]


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(ParameterError, match="an algorithm must be one of adding_composition, .*, not 'x'"):
        instances(["x"])
