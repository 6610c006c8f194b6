"""Tuples of words: concatenation by +, conversion of arrays."""

from __future__ import annotations

import pytest

import streamssm as ss
from streamssm.errors import UnsupportedProgramError
from tests.exhaustive import require_same


class Joined(ss.Algorithm):
    """Output the array in two ways; the table is a concatenation."""

    def __init__(self) -> None:
        self.tokens(x=3)
        self.last = self.array(3, 2)

    def update(self, x: int) -> None:
        self.last[1] = self.last[0]
        self.last[0] = ((2, 1) + (0,))[x]

    def output(self) -> tuple[int, ...]:
        words: tuple[int, ...] = ()
        for word in self.last:
            words += (word,)
        return words + (7,) + tuple(self.last)


class JoinedToAnInt(Joined):
    def output(self) -> tuple[int, ...]:
        return tuple(self.last) + 1  # type: ignore[operator, no-any-return]


class Repeated(Joined):
    def output(self) -> tuple[int, ...]:
        return tuple(self.last) * 2


def test_tuples_are_joined() -> None:
    assert Joined().program().begin() == (0, 0, 7, 0, 0)
    require_same(Joined(), Joined().program())


@pytest.mark.parametrize("wrong", [JoinedToAnInt, Repeated])
def test_tuples_have_no_other_sum_or_product(wrong: type[Joined]) -> None:
    with pytest.raises(UnsupportedProgramError, match="this must be an int, not a tuple"):
        wrong().program()
