"""Name resolution: closures, modules, classes, instances; private names."""

from __future__ import annotations

import enum
import pickle

import numpy as np
import pytest

import streamssm as ss
from streamssm.frontends.algorithm import Algorithm, state_of
from tests import sample_classes
from tests.exhaustive import require_same


class Step(enum.IntEnum):
    SMALL = 2
    LARGE = 4


MODULE = ((1, 2), (3, 4))


class Named(ss.Algorithm):
    """Constants of every origin, and a private register."""

    LIMIT = np.int64(30)

    def __init__(self, table: tuple[int, ...] = (5, 1, 3), flag: bool = True) -> None:
        self.tokens(x=3)
        self.table, self.flag, self.nothing = table, flag, None
        self.__total = self.register(40)
        self._count = self.register((0, 3))

    def update(self, x: int) -> None:
        total = self.__total + self.table[x] + MODULE[1][0] + Step.LARGE - Step.SMALL
        if self.flag and self.nothing is None and total <= Named.LIMIT:
            self.__total = total
            self._count = len(self.table) - len(sample_classes.MOVES) + 1

    def output(self) -> tuple[int, bool]:
        return self.__total, self._count == 0


def closure(step: int) -> Algorithm:
    class Closed(ss.Algorithm):
        def __init__(self) -> None:
            self.tokens(x=2)
            self.r = self.register(9)

        def update(self, x: int) -> None:
            self.r = (self.r + step * x) % 9

        def output(self) -> int:
            return self.r

    return Closed()


class Otherwise(ss.Algorithm):
    """The instance may have any name."""

    def __init__(this) -> None:  # noqa: N805
        this.tokens(x=2)
        this.r = this.register(2)

    def update(me, x: int) -> None:  # noqa: N805
        me.r = x

    def output(us) -> int:  # noqa: N805
        """Text that is indented less
        than the code is no trouble."""
        return us.r


@pytest.mark.parametrize("make", [Named, lambda: Named((0, 9, 4), False), lambda: closure(4), Otherwise])
def test_constants_of_every_origin(make: type[Algorithm]) -> None:
    require_same(make(), make().program())


def test_private_registers_keep_their_names() -> None:
    assert [word.name for word in Named().program().registers] == ["_Named__total", "_count"]


def test_parameters_make_different_programs() -> None:
    assert Named().program() == Named().program() != Named((0, 0, 0)).program()


def test_an_instance_can_be_pickled() -> None:
    first = Named()
    first.update(1)
    second = pickle.loads(pickle.dumps(first))
    assert state_of(second) == state_of(first) and second.program() == first.program()
    with pytest.raises(ss.TokenError):
        second.update(3)


def test_a_running_instance_gives_the_same_program() -> None:
    running = Named()
    running.update(0)
    assert running.program() == Named().program()
