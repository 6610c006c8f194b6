"""Law of `related_states`: the states built from a relation are exactly those in which it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from random import Random

import pytest

from streamssm.equivalences.proving.arithmetic_expressions import Bits, Constant, Mod, Plus, Sum
from streamssm.equivalences.proving.conditions import Is, Not, When
from streamssm.equivalences.proving.expression import WordRef, Words
from streamssm.equivalences.proving.related_states import Related, RelatedStatesBuilder
from streamssm.equivalences.proving.relation import Relation
from streamssm.equivalences.proving.state_claims import Claim, Same, Within
from streamssm.equivalences.smt.evaluation import values_of
from streamssm.equivalences.smt.term import Kind, cone
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from tests.soak import examples
from tests.unit.equivalences.proving import random_claims
from tests.unit.equivalences.proving.random_claims import SIDES, Draw

MOST_STATES = 600
SMALL = ((0, 1), (0, 3), (-2, 1), (-1, 2), (0, 7), (-4, -3), (2, 5), (-1, 1), (3, 3), (-4, 3))
A0, A1, B0, B1 = WordRef("a", 0), WordRef("a", 1), WordRef("b", 0), WordRef("b", 1)

States = set[tuple[tuple[int, ...], tuple[int, ...]]]


def named(values: Range) -> range:
    return range(values.lo, values.hi + 1)


def joint_states(words: Words) -> States:
    """Return all pairs of states."""
    rows = {side: list(product(*(named(word.range) for word in words[side]))) for side in SIDES}
    return set(product(rows["a"], rows["b"]))


def holding(relation: Relation, words: Words) -> States:
    return {pair for pair in joint_states(words) if relation.holds(dict(zip(SIDES, pair, strict=True)))}


def assignments(related: Related) -> Iterator[Mapping[str, int]]:
    roots = [*related.a, *related.b, *related.assumed]
    free = [term for term in cone(roots) if term.kind is Kind.VAR]
    for values in product(*(named(term.range) for term in free)):
        yield dict(zip((term.name for term in free), values, strict=True))


def built(related: Related) -> States:
    """Return the states that the terms make, over all values for which what is assumed holds."""
    roots, states = [*related.a, *related.b, *related.assumed], set()
    for variables in assignments(related):
        values = values_of(roots, variables)
        assert all(term.range.holds(value) for term, value in values.items())
        if all(values[condition] == 1 for condition in related.assumed):
            states.add((tuple(values[term] for term in related.a), tuple(values[term] for term in related.b)))
    return states


def related(claims: tuple[Claim, ...], words: Words) -> Related:
    return RelatedStatesBuilder(Terms(), words).build(Relation(claims))


def small_words(draw: Random) -> Words:
    while True:
        words = random_claims.words(draw, 3, SMALL)
        if prod(word.range.size for side in SIDES for word in words[side]) <= MOST_STATES:
            return words


@pytest.mark.soak
def test_the_states_are_exactly_those_in_which_the_relation_holds() -> None:
    shapes = set()
    for seed in range(examples(400)):
        draw = Random(seed)
        words = small_words(draw)
        claims = tuple(Draw(draw, words).claim() for _ in range(draw.randint(1, 4)))
        result = related(claims, words)
        states = holding(Relation(claims), words)
        assert built(result) == states, (seed, claims)
        shapes.add((bool(result.assumed), len(states) > 1))
    assert shapes == set(product((False, True), repeat=2))


def words_of(**sides: tuple[tuple[int, int], ...]) -> Words:
    return {
        side: tuple(Word(f"{side}{i}", Range(*ends)) for i, ends in enumerate(ranges))
        for side, ranges in sides.items()
    }


# (claims, words, number of conditions that are assumed)
CASES: list[tuple[str, tuple[Claim, ...], Words, int]] = [
    ("equal words of other ranges", (Same(A0, B0),), words_of(a=((0, 3),), b=((-2, 1),)), 1),
    ("equal words, narrow first", (Same(A0, B0),), words_of(a=((0, 1),), b=((0, 3),)), 1),
    ("equal words, wide first", (Same(A0, B0),), words_of(a=((0, 3),), b=((0, 1),)), 0),
    (
        "a circle of equal words",
        (Same(A0, B0), Same(B0, A1), Same(A1, A0)),
        words_of(a=((0, 3), (-1, 2)), b=((1, 4),)),
        2,
    ),
    (
        "two pairs of equal words, joined",
        (Same(A0, B0), Same(A1, B1), Same(A0, A1)),
        words_of(a=((0, 1), (0, 2)), b=((0, 2), (-1, 1))),
        3,
    ),
    ("a word that is itself", (Same(A0, A0),), words_of(a=((0, 3),), b=((0, 1),)), 0),
    ("a word that is no fixed point", (Same(A0, Plus(A0, 1)),), words_of(a=((0, 3),), b=((0, 1),)), 1),
    (
        "a circle of sums",
        (Same(A0, Plus(B0, 1)), Same(B0, Plus(A0, -1))),
        words_of(a=((0, 3),), b=((0, 3),)),
        1,
    ),
    (
        "a circle that does not close",
        (Same(A0, Plus(B0, 1)), Same(B0, Plus(A0, 1))),
        words_of(a=((0, 3),), b=((0, 3),)),
        2,
    ),
    ("bits in the middle", (Same(A0, Bits(B0, 1, 1)),), words_of(a=((0, 1),), b=((0, 7),)), 0),
    (
        "bits of a negative range",
        (Same(Plus(A0, 1), Bits(Plus(B0, 4), 1, 2)),),
        words_of(a=((-1, 2),), b=((-4, 3),)),
        0,
    ),
    ("bits of a word less than full", (Same(A0, Bits(B0, 1, 2)),), words_of(a=((0, 3),), b=((0, 5),)), 0),
    (
        "bits of a word not raised to 0",
        (Same(A0, Bits(B0, 1, 1)),),
        words_of(a=((0, 1),), b=((-4, 3),)),
        0,
    ),
    (
        "bits that cannot hold the word",
        (Same(A0, Bits(B0, 1, 1)),),
        words_of(a=((0, 3),), b=((0, 7),)),
        1,
    ),
    (
        "bits that almost hold the word",
        (Same(A0, Bits(B0, 0, 1)),),
        words_of(a=((0, 2),), b=((0, 3),)),
        1,
    ),
    (
        "bits of a word raised too far",
        (Same(A0, Bits(Plus(B0, 1), 0, 1)),),
        words_of(a=((0, 1),), b=((0, 3),)),
        0,
    ),
    (
        "a word raised twice",
        (Same(A0, Bits(Plus(Plus(B0, 2), 2), 0, 1)), Same(A1, Bits(Plus(B0, 4), 1, 2))),
        words_of(a=((0, 1), (0, 3)), b=((-4, 3),)),
        0,
    ),
    (
        "a sum defines a word raised twice",
        (Same(Plus(Plus(A0, 2), -3), Sum(0, ((B0, 1), (B1, 1)))),),
        words_of(a=((0, 4),), b=((-2, 1), (0, 1))),
        1,
    ),
    ("bits beyond the word", (Same(A0, Bits(B0, 2, 2)),), words_of(a=((0, 3),), b=((0, 7),)), 0),
    ("no bits", (Same(A0, Bits(B0, 1, 0)),), words_of(a=((0, 3),), b=((0, 7),)), 1),
    ("bits of the word itself", (Same(A0, Bits(A0, 1, 2)),), words_of(a=((0, 3),), b=((0, 1),)), 1),
    (
        "two slots of one word",
        (Same(A0, Bits(B0, 0, 1)), Same(A1, Bits(B0, 1, 2))),
        words_of(a=((0, 1), (0, 3)), b=((0, 7),)),
        0,
    ),
    (
        "slots that overlap",
        (Same(A0, Bits(B0, 0, 2)), Same(A1, Bits(B0, 1, 2))),
        words_of(a=((0, 3), (0, 3)), b=((0, 7),)),
        0,
    ),
    (
        "two constants for one word",
        (Same(A0, Constant(1)), Same(A0, Constant(2))),
        words_of(a=((0, 3),), b=()),
        1,
    ),
    ("a constant out of range", (Same(A0, Constant(7)),), words_of(a=((0, 3),), b=()), 1),
    (
        "a sum of more than the word holds",
        (Same(A0, Sum(1, ((B0, 2), (B1, -1)))),),
        words_of(a=((0, 3),), b=((0, 3), (-1, 2))),
        1,
    ),
    ("a remainder", (Same(Mod(A0, 3), Constant(1)),), words_of(a=((-4, 3),), b=()), 1),
    ("a range", (Within(A0, Range(-1, 2)),), words_of(a=((-4, 3),), b=()), 1),
    ("no values", (Within(A0, Range(5, 9)),), words_of(a=((-4, 3),), b=()), 1),
    (
        "a negated word that is no bit",
        (Same(B0, When(Not(A0), Constant(1))),),
        words_of(a=((0, 3),), b=((-2, 1),)),
        0,
    ),
    ("a choice", (Same(B0, When(Is(A0, 2), A1)),), words_of(a=((0, 3), (-2, 1)), b=((-1, 1),)), 1),
]


@pytest.mark.parametrize(
    ("claims", "words", "assumed"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_definitions(claims: tuple[Claim, ...], words: Words, assumed: int) -> None:
    """In either order of the claims; what a definition says is not assumed on top of it."""
    for order in (claims, claims[::-1]):
        assert built(related(order, words)) == holding(Relation(claims), words)
    assert len(related(claims, words).assumed) == assumed
