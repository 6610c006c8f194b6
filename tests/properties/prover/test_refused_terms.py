"""A term that would leave a range that it must lie in is refused, where Python would take another entry."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from streamssm.equivalences.smt.digit_arithmetic import divmod_terms, shift_left, shift_right
from streamssm.equivalences.smt.evaluation import evaluate
from streamssm.equivalences.smt.term import Term, UnprovenRange
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.ranges import BIT, Range

SPAN = (-3, 4)
REFUSED: dict[str, Callable[[Terms, Term], object]] = {
    "bits of a negative term": lambda t, x: t.extract(x, 0, 2),
    "bits below the lowest": lambda t, x: t.extract(t.relu(x), -1, 2),
    "fewer than no bits": lambda t, x: t.extract(t.relu(x), 0, -1),
    "fewer than no low bits": lambda t, x: t.low_bits(x, -1),
    "a shift by fewer than no places": lambda t, x: t.shift_right(x, -1),
    "a shift by a negative constant": lambda t, x: shift_right(t, x, t.const(-1)),
    "a shift right by a term that may be negative": lambda t, x: shift_right(t, x, x),
    "a shift left by a term that may be negative": lambda t, x: shift_left(t, x, x),
    "a choice by a word": lambda t, x: t.ite(x, t.const(3), x),
    "a conjunction of words": lambda t, x: t.and_([x, t.ge0(x)]),
    "a quotient by 0": lambda t, x: divmod_terms(t, x, t.const(0)),
    "a quotient by what may be 0": lambda t, x: divmod_terms(t, x, t.relu(x)),
    "a quotient by what may be 0 from below": lambda t, x: divmod_terms(t, x, t.min(x, t.const(0))),
    "a range that leaves nothing": lambda t, x: t.learn(x, Range(5, 9)),
    "a range of a constant": lambda t, x: t.narrow(t.const(4), Range(5, 9)),
    "two ranges of one name": lambda t, x: t.var("x", BIT),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused(name: str) -> None:
    t = Terms()
    with pytest.raises(UnprovenRange):
        REFUSED[name](t, t.var("x", Range(*SPAN)))


@pytest.mark.parametrize("length", range(1, 12))
@pytest.mark.parametrize("first", range(-8, 7))
def test_every_index_has_an_entry_or_there_is_no_table(first: int, length: int) -> None:
    t = Terms()
    x = t.var("x", Range(*SPAN))
    values = tuple(10 * (position + first) + 3 for position in range(length))
    words = [t.var(f"w{value}", Range(value, value + 1)) for value in values]
    if first <= SPAN[0] and SPAN[1] < first + length:
        for value in range(SPAN[0], SPAN[1] + 1):
            state = {"x": value} | {word.name: word.range.lo for word in words}
            assert (
                evaluate([t.table(x, first, values), t.pick(words, x, first)], state) == [10 * value + 3] * 2
            )
        return
    for make in (lambda: t.table(x, first, values), lambda: t.pick(words, x, first)):
        with pytest.raises(UnprovenRange):
            make()


def test_an_entry_that_was_left_out_is_not_evaluated() -> None:
    """Assumptions about a variable may drop table entries; evaluation outside of them is an error."""
    t = Terms()
    x = t.var("x", Range(0, 5))
    t.narrow(x, Range(2, 4))
    entry = t.table(x, 0, (5, 4, 3, 2, 1, 0))
    assert [evaluate([entry], {"x": value})[0] for value in (2, 3, 4)] == [3, 2, 1]
    for value in (0, 1, 5):
        with pytest.raises(UnprovenRange):
            evaluate([entry], {"x": value})
