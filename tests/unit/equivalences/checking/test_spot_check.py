"""A wrong kernel is detected by the reference interpreters, whether it says equal or different."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streamssm.algorithms import SaturatingCounter
from streamssm.equivalences.check import check
from streamssm.equivalences.checking.check_options import options_for
from streamssm.equivalences.checking.sides import side_of
from streamssm.equivalences.checking.spot_check import spot_check
from streamssm.errors import StreamSSMError
from tests.models import random_model
from tests.wrong_classes import RaisingCounter, WrappingCounter

RIGHT = side_of(SaturatingCounter(3).program())
WRONG = side_of(WrappingCounter(3).program())


@pytest.mark.parametrize("method", ["exhaust", "sample"])
def test_a_difference_that_the_kernels_do_not_see(method: str) -> None:
    blind = replace(WRONG, transducers=RIGHT.transducers)
    report = check(RIGHT, blind, method=method, **options_for(method, {"tokens": 1000}))
    assert report.equal is False and report.witness is not None
    assert report.witness.outputs == ((3,), (0,))


@pytest.mark.parametrize("method", ["exhaust", "sample"])
def test_a_difference_that_only_the_kernels_see_is_an_error(method: str) -> None:
    deluded = replace(RIGHT, transducers=WRONG.transducers)
    with pytest.raises(StreamSSMError, match="and the reference interpreters do not: one of them is wrong$"):
        check(RIGHT, deluded, method=method, **options_for(method, {"tokens": 1000}))


def test_sides_that_stop_together_start_again() -> None:
    side = side_of(RaisingCounter(2))
    assert spot_check(side, side_of(RaisingCounter(2)), 0) is None


@pytest.mark.parametrize("seed", range(10))
def test_a_model_agrees_with_itself_in_both_ways(seed: int) -> None:
    side = side_of(random_model(seed))
    assert spot_check(side, side, seed) is None
