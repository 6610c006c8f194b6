"""Relations that are found: words that are sums of words of the other side, and words that leave one rest."""

from __future__ import annotations

import pytest

import streamssm as ss
from streamssm.equivalences.check import check
from streamssm.equivalences.proving.arithmetic_expressions import Constant, Mod, Sum
from streamssm.equivalences.proving.candidates import congruences
from streamssm.equivalences.proving.conditions import Positive, When
from streamssm.equivalences.proving.expression import WordRef
from streamssm.equivalences.proving.relation import Relation, text
from streamssm.equivalences.proving.state_claims import Same
from streamssm.errors import FormatError
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word

pytest.importorskip("bitwuzla", reason="the extra prove")


class Whole(ss.Algorithm):
    """A total, and how many tokens may still count."""

    def __init__(self, n, most=2):
        self.n, self.most = n, most
        self.tokens(x=4)
        self.total = self.register(2 * n)
        self.left = self.register(n, init=n - 1)

    def update(self, x):
        if self.left and x:
            self.total = min(self.total + min(x, self.most), 2 * self.n - 1)
            self.left -= 1

    def output(self):
        return self.total


class Parts(ss.Algorithm):
    """The ones and the larger values, counted by themselves; together they are never more than n - 1."""

    def __init__(self, n):
        self.n = n
        self.tokens(x=4)
        self.ones = self.register(n)
        self.twos = self.register(n)

    def update(self, x):
        if x and self.ones + self.twos < self.n - 1:
            if x == 1:
                self.ones += 1
            else:
                self.twos += 1

    def output(self):
        return self.ones + 2 * self.twos


class Even(ss.Algorithm):
    """A word that is even; where it were odd, it would answer something else."""

    def __init__(self, answer, step=2):
        self.answer, self.by = answer, step
        self.tokens(step=(0, 4))
        self.count = self.register(64)

    def update(self, step):
        if self.count % 2:
            self.count = self.answer
        else:
            self.count = (self.count + self.by * step) % 64

    def output(self):
        return self.count


def test_a_word_is_a_sum_of_words_of_the_other_side() -> None:
    report = check(Whole(1 << 20), Parts(1 << 20), method="prove")
    assert (report.equal, report.covers) == (True, "every stream")
    claims = set(report.details["relation"])
    assert {"a.total = b.ones + 2 b.twos", "a.left = -b.ones - b.twos + 1048575"} <= claims


def test_a_wrong_weight_is_no_relation() -> None:
    assert check(Whole(1 << 20, most=3), Parts(1 << 20), method="prove").equal is False
    assert check(Whole(1 << 20), Parts((1 << 20) - 1), method="prove").equal is not True


def test_a_word_leaves_one_rest() -> None:
    report = check(Even(0), Even(2), method="prove")
    assert report.equal is True and "(a.count) mod 2 = 0" in report.details["relation"]
    odd = check(Even(0, step=1), Even(2, step=1), method="prove")
    assert odd.equal is False and odd.witness is not None and odd.witness.shortest


def test_the_largest_number_with_one_rest() -> None:
    word = WordRef("a", 0)
    assert list(congruences(word, [5, 17, 29, 5])) == [Same(Mod(word, 12), Constant(5))]
    assert list(congruences(word, [-1, 5])) == [Same(Mod(word, 6), Constant(5))]
    assert list(congruences(word, [4, 4])) == [] and list(congruences(word, [4, 5, 9])) == []


WORDS = {"a": [Word("x", Range(0, 9)), Word("y", Range(-3, 9))], "b": [Word("z", Range(0, 9))]}


def test_sums_and_rests_come_back_from_a_certificate() -> None:
    x, y, z = WordRef("a", 0), WordRef("a", 1), WordRef("b", 0)
    claims = (
        Same(z, Sum(-1, ((x, 2), (y, -1)))),
        Same(Mod(Sum(0, ((x, 1),)), 3), Constant(1)),
        Same(z, When(Positive(y), x)),
    )
    rows = Relation(claims).to_list()
    assert Relation.from_list(rows, WORDS) == Relation(claims)
    assert [text(claim, WORDS) for claim in claims] == [
        "b.z = 2 a.x - a.y - 1",
        "(a.x) mod 3 = 1",
        "b.z = [a.y > 0] a.x",
    ]


@pytest.mark.parametrize(
    "expression",
    [
        ["sum"],
        ["sum", 0],
        ["sum", 0, 7],
        ["sum", "0", []],
        ["sum", 0, [["a", 0]]],
        ["sum", 0, [[["a", 9], 1]]],
        ["sum", 0, [[["a", 0], 1.5]]],
        ["sum", 0, [[["a", 0], 1, 1]]],
        ["when", ["a", 0], ["a", 1]],
        ["when", ["is", ["a", 0], 1]],
        ["when", 1, 1],
        ["when", ["is", ["a", 0], 1], ["a", 7]],
        ["mod", ["a", 0], 0],
        ["mod", ["a", 0]],
        ["mod", ["a", 0], "2"],
    ],
)
def test_what_is_no_sum_and_no_rest_is_refused(expression: list[object]) -> None:
    with pytest.raises(FormatError):
        Relation.from_list([["same", expression, 1]], WORDS)
