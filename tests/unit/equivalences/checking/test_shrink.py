"""A shrunk stream still differs at its last token, and no token or field of it can be spared."""

from __future__ import annotations

from streamssm.algorithms import FunctionComposition, SaturatingCounter
from streamssm.equivalences.checking.shrink import shrink
from streamssm.equivalences.checking.sides import ExecutionMode, side_of
from streamssm.equivalences.checking.witness import differs, walk
from tests.wrong_classes import ForgetfulComposition, RaisingCounter, WrappingCounter

PROGRAMS = (ExecutionMode.PROGRAM, ExecutionMode.PROGRAM)
CLASSES = (ExecutionMode.CLASS, ExecutionMode.CLASS)


def test_tokens_without_effect_are_dropped_and_fields_made_small() -> None:
    a, b = side_of(FunctionComposition(1000).program()), side_of(ForgetfulComposition(1000).program())
    noise = [(500 + i % 7, i, 0) for i in range(300)]
    stream = [*noise, (0, 777, 0), *noise, (431, 12, 1), *noise]
    shortest = shrink(a, b, PROGRAMS, stream)
    assert shortest == ((0, 1, 0), (1, 0, 1))


def test_what_is_needed_stays() -> None:
    a, b = side_of(SaturatingCounter(100)), side_of(WrappingCounter(100))
    shortest = shrink(a, b, CLASSES, [(i % 3 != 0,) for i in range(400)])
    assert shortest == ((1,),) * 101
    assert differs(walk(a, b, CLASSES, shortest))


def test_an_error_of_one_side_is_a_difference() -> None:
    a, b = side_of(SaturatingCounter(5)), side_of(RaisingCounter(5))
    assert shrink(a, b, CLASSES, [(0,), (1,)] * 20) == ((1,),) * 6


def test_a_stream_without_a_difference_gives_none() -> None:
    a, b = side_of(SaturatingCounter(100).program()), side_of(WrappingCounter(100).program())
    assert shrink(a, b, PROGRAMS, [(1,)] * 100) is None
