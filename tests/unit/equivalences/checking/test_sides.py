"""The artefacts that can be sides of a check, and the pairs that can be compared."""

from __future__ import annotations

import pytest

from streamssm.algorithms import FunctionComposition, SaturatingCounter
from streamssm.equivalences.check import check
from streamssm.equivalences.checking.sides import ExecutionMode, side_of
from streamssm.errors import ParameterError
from tests.wrong_classes import HiddenMemory, TwoOutputs


def test_a_class_is_run_as_a_copy() -> None:
    algorithm = SaturatingCounter(3)
    algorithm.update(1)
    side = side_of(algorithm)
    assert side.steps[ExecutionMode.CLASS](side.initial, (1,)) == ((1,), (1,))
    assert algorithm.output() == 1


def test_a_used_algorithm_is_checked_from_its_start() -> None:
    algorithm = SaturatingCounter(3)
    algorithm.update(1)
    assert check(algorithm, SaturatingCounter(3)).equal


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (
            SaturatingCounter,
            SaturatingCounter(3),
            "a side of a check must be an instance such as SaturatingCounter(...), not the class",
        ),
        (
            SaturatingCounter(3),
            7,
            "a side of a check must be an algorithm, a program, a language or a model, not 7",
        ),
        (
            FunctionComposition(8),
            FunctionComposition(16).program(),
            "both sides must read the same tokens: field 'key' is [0, 7] for FunctionComposition (class) "
            "and [0, 15] for FunctionComposition (program); were they made for different parameters?",
        ),
        (
            FunctionComposition(8),
            SaturatingCounter(8),
            "both sides must read the same fields: FunctionComposition (class) reads key, image, last, "
            "SaturatingCounter (class) reads event",
        ),
        (
            SaturatingCounter(8),
            TwoOutputs(8),
            "both sides must have as many output words: SaturatingCounter (class) has 1, "
            "TwoOutputs (class) has 2",
        ),
    ],
)
def test_what_cannot_be_compared_is_named(a: object, b: object, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        check(a, b)
    assert str(caught.value) == message


def test_memory_outside_the_registers_is_refused() -> None:
    with pytest.raises(ParameterError, match="must keep its state in registers: attribute 'seen' is a list"):
        check(HiddenMemory(), SaturatingCounter(1))
