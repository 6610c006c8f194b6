"""Generators are lazy and may end early: they are translated only where neither can be observed."""

from __future__ import annotations

import pytest

from streamssm.errors import UnsupportedProgramError
from streamssm.frontends.algorithm import Algorithm
from tests.exhaustive import require_same

LIST = [1, 2]


class Base(Algorithm):
    def __init__(self):
        self.tokens(x=4)
        self.probes = self.register(16)
        self.a = self.array(4, 3)

    def hit(self, value, x):
        self.probes = (self.probes + 1) % 16
        return value == x

    def output(self):
        return (self.probes, self.a[0], self.a[2])


class StopsEarly(Base):
    def update(self, x):
        if any(self.hit(value, x) for value in (3, 1, 2)):
            self.a[0] = x


class ReadsLate(Base):
    def update(self, x):
        for value in (self.a[i] for i in range(3)):
            self.a[2] = (value + x) % 4


class Kept(Base):
    def update(self, x):
        values = (value for value in self.a)
        self.a[0] = x
        self.probes = sum(values)


class CallsAList(Base):
    def update(self, x):
        LIST(value for value in (1, 2))  # type: ignore[operator]


class AtOnce(Base):
    def update(self, x):
        if any(value == x for value in self.a) and all(value < 3 for value in self.a):
            self.a[0] = max(value for value in self.a)
        else:
            self.a[x % 3] = x
        self.probes = sum(value * i for i in range(2) for value in self.a) % 16
        hits = [self.hit(value, x) for value in (3, 1)]
        self.a[1] = hits[0]


@pytest.mark.parametrize(
    ("algorithm", "message"),
    [
        (StopsEarly, "a generator cannot assign registers, as it may end early"),
        (ReadsLate, "a generator is supported only as an argument of min, max, sum, any, all"),
        (Kept, "a generator is supported only as an argument of min, max, sum, any, all"),
        (CallsAList, "a generator is supported only as an argument of min, max, sum, any, all"),
    ],
)
def test_generators_whose_laziness_is_observable_are_refused(algorithm, message) -> None:
    with pytest.raises(UnsupportedProgramError, match=message):
        algorithm().program()


def test_generators_that_are_consumed_at_once_are_translated() -> None:
    require_same(AtOnce(), AtOnce().program())
