"""Textbook models equal independent programs on every stream, and have the kind and memory that they say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import streamssm as ss
from streamssm.errors import ParameterError
from streamssm.ssm import textbook
from streamssm.ssm.formats import Rounding
from streamssm.ssm.model import SSM, TransitionKind


class Average(ss.Algorithm):
    def __init__(self, n: int, shift: int, half: int, most: int) -> None:
        self.shift, self.half, self.most = shift, half, most
        self.tokens(x=n)
        self.sum = self.register(most + 1)

    def update(self, x: int) -> None:
        self.sum = min(((self.sum + self.half) >> self.shift) + x, self.most)

    def output(self) -> int:
        return self.sum


class Delay(ss.Algorithm):
    def __init__(self) -> None:
        self.tokens(x=4)
        self.now, self.before, self.oldest = self.register(4), self.register(4), self.register(4)

    def update(self, x: int) -> None:
        self.oldest, self.before, self.now = self.before, self.now, x

    def output(self) -> int:
        return self.oldest


class Count(ss.Algorithm):
    def __init__(self, m: int, fields: int, *, reads: int) -> None:
        self.m, self.reads = m, reads
        self.tokens(x=fields)
        self.count = self.register(m)

    def update(self, x: int) -> None:
        self.count = (self.count + (x if self.reads else 1)) % self.m

    def output(self) -> int:
        return self.count


class Parity(ss.Algorithm):
    def __init__(self) -> None:
        self.tokens(x=2)
        self.odd = self.register(2)

    def update(self, x: int) -> None:
        if x:
            self.odd = 1 - self.odd

    def output(self) -> int:
        return self.odd


class Cell(ss.Algorithm):
    def __init__(self, values: int) -> None:
        self.tokens(write=2, value=values)
        self.cell = self.register(values)

    def update(self, write: int, value: int) -> None:
        if write:
            self.cell = value

    def output(self) -> int:
        return self.cell


class Since(ss.Algorithm):
    def __init__(self) -> None:
        self.tokens(a=2, b=2)
        self.holds = self.register(2)

    def update(self, a: int, b: int) -> None:
        self.holds = 1 if b or (a and self.holds) else 0

    def output(self) -> int:
        return self.holds


class Swaps(ss.Algorithm):
    def __init__(self) -> None:
        self.tokens(pair=3)
        self.p, self.q, self.r = (self.register(3, init=i) for i in range(3))

    def update(self, pair: int) -> None:
        if pair == 1:
            self.p, self.q = self.q, self.p
        if pair == 2:
            self.q, self.r = self.r, self.q

    def output(self) -> tuple[int, int, int]:
        return self.p, self.q, self.r


class Product(ss.Algorithm):
    """The images of 0 and 1 under the product, each moved by the element that is read."""

    def __init__(self) -> None:
        self.tokens(element=3)
        self.image = self.array(3, 3, init=(0, 1, 2))

    def update(self, element: int) -> None:
        if element == 1:
            self.image[0], self.image[1], self.image[2] = self.image[1], self.image[2], self.image[0]
        if element == 2:
            self.image[1], self.image[2] = self.image[2], self.image[1]

    def output(self) -> tuple[int, int]:
        return (1 if self.image[1] == (self.image[0] + 2) % 3 else 0), self.image[0]


FLOOR_MOST, NEAREST_MOST = 9, 15  # least M with M >= round(M / 2^shift) + 7

CASES: list[tuple[Callable[[], SSM], Callable[[], ss.Algorithm], TransitionKind, int]] = [
    (
        lambda: textbook.exponential_moving_average(8, 2),
        lambda: Average(8, 2, 0, FLOOR_MOST),
        TransitionKind.TIME_INVARIANT,
        4,
    ),
    (
        lambda: textbook.exponential_moving_average(8, 1, Rounding.NEAREST),
        lambda: Average(8, 1, 1, NEAREST_MOST),
        TransitionKind.TIME_INVARIANT,
        4,
    ),
    (lambda: textbook.delay_line(2, 2), Delay, TransitionKind.TIME_INVARIANT, 6),
    (
        lambda: textbook.position_counter(5),
        lambda: Count(5, 2, reads=0),
        TransitionKind.TIME_INVARIANT_DENSE,
        5,
    ),
    (lambda: textbook.wrapping_counter(3), lambda: Count(8, 2, reads=0), TransitionKind.TIME_INVARIANT, 3),
    (lambda: textbook.rotating_counter(5), lambda: Count(5, 5, reads=1), TransitionKind.COMPLEX, 3),
    (lambda: textbook.permuting_counter(3), lambda: Count(3, 3, reads=1), TransitionKind.MONOMIAL, 3),
    (textbook.running_parity, Parity, TransitionKind.SIGNED, 1),
    (lambda: textbook.flip_flop(5), lambda: Cell(5), TransitionKind.ZERO_ONE, 3),
    (textbook.since_saturating, Since, TransitionKind.TIME_INVARIANT, 1),
    (textbook.since_halving, Since, TransitionKind.TIME_INVARIANT, 2),
    (lambda: textbook.permuted_words(3), Swaps, TransitionKind.MONOMIAL, 6),
    (lambda: textbook.reflected_words(3), Swaps, TransitionKind.HOUSEHOLDER, 6),
    (textbook.symmetric_group_of_3, Product, TransitionKind.COMPLEX, 3),
]


@pytest.mark.parametrize(("make", "program", "kind", "bits"), CASES)
def test_shown_for_all_lengths(
    make: Callable[[], SSM], program: Callable[[], ss.Algorithm], kind: TransitionKind, bits: int
) -> None:
    model = make()
    report = ss.check(program(), model, method="exhaust")
    assert (report.equal, report.covers) == (True, "every stream"), str(report)
    assert {layer.kind for layer in model.layers} == {kind}
    assert model.memory_bits == bits


@pytest.mark.parametrize("m", range(2, 13))
def test_modular_predicates_are_time_invariant(m: int) -> None:
    """Law: m one-bit words hold the position modulo m (THEORY B3), and one wrapping word if m = 2^k."""
    program = Count(m, 2, reads=0)
    assert ss.check(program, textbook.position_counter(m), method="exhaust").covers == "every stream"
    if m & (m - 1) == 0:
        report = ss.check(program, textbook.wrapping_counter(m.bit_length() - 1), method="exhaust")
        assert report.equal and report.memory_equal


@pytest.mark.parametrize(("n", "shift"), [(1, 1), (2, 1), (8, 1), (8, 2), (256, 3), (1000, 7)])
@pytest.mark.parametrize("rounding", list(Rounding))
def test_the_range_of_an_average_is_the_smallest(n: int, shift: int, rounding: Rounding) -> None:
    """No stream leaves it, proven; holding the largest token reaches its end."""
    model = textbook.exponential_moving_average(n, shift, rounding)
    assert model.transducer("weights").error is None
    (top,) = model.state
    assert model.run([[n - 1]] * 200)[-1, 0] == top.range.hi


def test_a_delay_line_starts_with_what_it_is_given() -> None:
    assert textbook.delay_line(2, 3, init=5).run([[1], [2], [3]])[:, 0].tolist() == [5, 5, 1]
    assert textbook.delay_line(0, 3).run([[1], [2]])[:, 0].tolist() == [1, 2]


@pytest.mark.parametrize(
    "make",
    [
        lambda: textbook.exponential_moving_average(0, 1),
        lambda: textbook.exponential_moving_average(4, 0),
        lambda: textbook.delay_line(-1, 1),
        lambda: textbook.delay_line(30, 2),
        lambda: textbook.delay_line(2, 3, init=8),
        lambda: textbook.flip_flop(0),
        lambda: textbook.position_counter(0),
        lambda: textbook.wrapping_counter(61),
        lambda: textbook.permuted_words(0),
    ],
)
def test_parameters_that_make_no_model_are_refused(make: Callable[[], SSM]) -> None:
    with pytest.raises(ParameterError):
        make()
