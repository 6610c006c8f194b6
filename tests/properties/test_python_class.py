"""Law: a class and its program agree on every state and token, and every node's range holds there."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings

from streamssm.errors import UnsupportedProgramError
from streamssm.frontends.algorithm import Algorithm, registers_of
from tests.exhaustive import require_same
from tests.random_arrays import random_array_source
from tests.random_classes import class_from, random_source
from tests.soak import examples
from tests.strategies import algorithm_classes, random_class


@given(algorithm_classes(transitions=400))
@settings(max_examples=examples(40), deadline=None)
def test_random_classes_equal_their_programs(cls: type[Algorithm]) -> None:
    require_same(cls(), cls().program())


@pytest.mark.soak
def test_seeded_classes_equal_their_programs() -> None:
    for seed in range(examples(100)):
        cls = random_class(seed, transitions=400)
        require_same(cls(), cls().program())


@pytest.mark.soak
def test_seeded_classes_with_arrays_equal_their_programs() -> None:
    for seed in range(examples(60)):
        cls = class_from(random_array_source(Random(seed), transitions=300))
        require_same(cls(), cls().program())


@pytest.mark.soak
def test_what_is_accepted_never_leaves_its_range() -> None:
    accepted = 0
    for seed in range(examples(120)):
        source = random_array_source if seed % 3 == 0 else random_source
        cls = class_from(source(Random(seed), transitions=300, risky=True))
        try:
            program = cls().program()
        except UnsupportedProgramError as error:
            assert all("must stay in" in reason.message for reason in error.reasons)
        else:
            require_same(cls(), program)
            accepted += 1
    assert accepted


def test_a_seed_always_gives_the_same_class() -> None:
    first, second = random_source(Random(7)), random_source(Random(7))
    assert first == second == random_class(7).source  # type: ignore[attr-defined]
    assert class_from(first)().program() == random_class(7)().program()


def test_seeds_cover_the_language() -> None:
    """One-valued, negative and non-power-of-two ranges, six registers, returns, loops, and path facts."""
    classes = [random_class(seed) for seed in range(60)]
    ranges = [word.range for cls in classes for word in registers_of(cls())]
    assert any(r.is_constant for r in ranges) and any(r.hi < 0 for r in ranges)
    assert any(r.size & (r.size - 1) for r in ranges)
    assert {len(registers_of(cls())) for cls in classes} == {1, 2, 3, 4, 5, 6}
    text = "".join(cls.source for cls in classes)  # type: ignore[attr-defined]
    for feature in (
        "return\n",
        "elif ",
        "break",
        "continue",
        "else:\n",
        "-= 1",
        " if ",
        "TABLE[(",
        "<<",
        "~",
    ):
        assert feature in text


def test_seeds_cover_arrays() -> None:
    text = "".join(random_array_source(Random(seed)) for seed in range(30))
    for feature in ("self.array(", "enumerate(self.a", "self.help(", "sum(self.a", "return v", "self.a1["):
        assert feature in text
