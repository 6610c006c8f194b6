"""Every kind of expression and claim: its two meanings agree, its JSON and its text stay as they are."""

from __future__ import annotations

import json
from random import Random

import pytest

from streamssm.equivalences.proving.arithmetic_expressions import Bits, ByBits, Constant, Mod, Plus, Sum
from streamssm.equivalences.proving.conditions import Is, Not, Positive, When
from streamssm.equivalences.proving.expression import Expression, WordRef
from streamssm.equivalences.proving.reading import CLAIMS, EXPRESSIONS
from streamssm.equivalences.proving.relation import Relation, SideNames, text
from streamssm.equivalences.proving.state_claims import Claim, Same, Within
from streamssm.equivalences.smt.evaluation import evaluate
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.errors import FormatError, ParameterError
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from tests.soak import examples
from tests.unit.equivalences.proving import random_claims
from tests.unit.equivalences.proving.random_claims import KINDS, SIDES, Draw

WORDS = {
    "a": (Word("x", Range(0, 9)), Word("y", Range(-3, 9))),
    "b": (Word("z", Range(0, 15)),),
}
X, Y, Z = WordRef("a", 0), WordRef("a", 1), WordRef("b", 0)

# (expression, its row in a certificate, its text, its value where x = 5, y = -3, z = 13)
GOLD = [
    (Constant(-7), "-7", "-7", -7),
    (X, '["a", 0]', "a.x", 5),
    (Z, '["b", 0]', "b.z", 13),
    (Plus(Y, -2), '["plus", ["a", 1], -2]', "a.y - 2", -5),
    (Plus(Y, 0), '["plus", ["a", 1], 0]', "a.y + 0", -3),
    (Sum(1, ((X, 2), (Y, -1))), '["sum", 1, [[["a", 0], 2], [["a", 1], -1]]]', "2 a.x - a.y + 1", 14),
    (Sum(3, ()), '["sum", 3, []]', "3", 3),
    (Sum(0, ((Plus(X, 1), -2),)), '["sum", 0, [[["plus", ["a", 0], 1], -2]]]', "-2 (a.x + 1)", -12),
    (Mod(Y, 4), '["mod", ["a", 1], 4]', "(a.y) mod 4", 1),
    (Bits(Z, 1, 2), '["bits", ["b", 0], 1, 2]', "(b.z >> 1) mod 4", 2),
    (Bits(Y, 1, 3), '["bits", ["a", 1], 1, 3]', "(a.y >> 1) mod 8", 6),
    (
        ByBits(Z, 0, 1, (10, 11, 12, -13)),
        '["by bits", ["b", 0], 0, 1, 10, 11, 12, -13]',
        "(10, 11, 12, -13) at bits 0 and 1 of b.z",
        11,
    ),
    (
        ByBits(Z, 1, 0, (10, 11, 12, -13)),
        '["by bits", ["b", 0], 1, 0, 10, 11, 12, -13]',
        "(10, 11, 12, -13) at bits 1 and 0 of b.z",
        12,
    ),
    (Positive(Y), '["positive", ["a", 1]]', "[a.y > 0]", 0),
    (Positive(Plus(Y, 4)), '["positive", ["plus", ["a", 1], 4]]', "[a.y + 4 > 0]", 1),
    (Is(Y, -3), '["is", ["a", 1], -3]', "[a.y = -3]", 1),
    (Not(Is(Y, 0)), '["not", ["is", ["a", 1], 0]]', "1 - [a.y = 0]", 1),
    (Not(X), '["not", ["a", 0]]', "1 - a.x", -4),
    (When(Is(X, 5), Y), '["when", ["is", ["a", 0], 5], ["a", 1]]', "[a.x = 5] a.y", -3),
    (When(Not(X), Y), '["when", ["not", ["a", 0]], ["a", 1]]', "(1 - a.x) a.y", 0),
    (When(Not(Y), X), '["when", ["not", ["a", 1]], ["a", 0]]', "(1 - a.y) a.x", 0),
]
CLAIMS_GOLD: list[tuple[Claim, str, str, bool]] = [
    (Same(X, Plus(Y, 8)), '["same", ["a", 0], ["plus", ["a", 1], 8]]', "a.x = a.y + 8", True),
    (Same(X, Constant(4)), '["same", ["a", 0], 4]', "a.x = 4", False),
    (Within(Y, Range(-3, -3)), '["within", ["a", 1], -3, -3]', "-3 <= a.y <= -3", True),
    (Within(Z, Range(-1, 12)), '["within", ["b", 0], -1, 12]', "-1 <= b.z <= 12", False),
]
STATES = {"a": (5, -3), "b": (13,)}


def test_gold_has_every_kind() -> None:
    assert {type(e) for e, *_ in GOLD} == {*EXPRESSIONS.values(), Constant, WordRef} == set(KINDS)
    assert {type(claim) for claim, *_ in CLAIMS_GOLD} == set(CLAIMS.values())


@pytest.mark.parametrize(("e", "row", "shown", "value"), GOLD, ids=[gold[2] for gold in GOLD])
def test_rows_texts_and_values(e: Expression, row: str, shown: str, value: int) -> None:
    assert json.dumps(e.to_json()) == row
    assert Relation.from_list([["same", json.loads(row), 0]], WORDS) == Relation((Same(e, Constant(0)),))
    assert e.text(SideNames(WORDS)) == shown
    assert e.value(STATES) == value


@pytest.mark.parametrize(("claim", "row", "shown", "holds"), CLAIMS_GOLD, ids=[g[2] for g in CLAIMS_GOLD])
def test_rows_and_texts_of_claims(claim: Claim, row: str, shown: str, holds: bool) -> None:
    assert json.dumps(claim.to_json()) == row
    assert Relation.from_list([json.loads(row)], WORDS) == Relation((claim,))
    assert text(claim, WORDS) == shown
    assert claim.holds(STATES) is holds
    assert Relation((claim, Same(X, X))).holds(STATES) is holds


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_value_is_the_value_of_the_term(kind: type[Expression]) -> None:
    """Over variables, where rules rewrite terms, and over constants; within both ranges."""
    for seed in range(examples(150)):
        draw = Random(seed)
        words = random_claims.words(draw)
        e, t = Draw(draw, words).expression(kind), Terms()
        assert type(e) is kind
        inputs = {s: tuple(t.var(f"{s}{i}", w.range) for i, w in enumerate(words[s])) for s in SIDES}
        term, values = e.term(t, inputs), e.range(words)
        for _ in range(12):
            state = random_claims.state(draw, words)
            named = {f"{s}{i}": value for s in SIDES for i, value in enumerate(state[s])}
            value = e.value(state)
            assert evaluate([term], named) == [value], (seed, e, state)
            assert term.range.holds(value) and values.holds(value), (seed, e, state)
            exact = e.term(t, {s: tuple(map(t.const, state[s])) for s in SIDES})
            assert exact.is_const and exact.value == value, (seed, e, state)


@pytest.mark.soak
def test_claims_hold_where_their_conditions_do() -> None:
    seen = set()
    for seed in range(examples(400)):
        draw = Random(seed)
        words = random_claims.words(draw)
        claim, t = Draw(draw, words).claim(), Terms()
        inputs = {s: tuple(t.var(f"{s}{i}", w.range) for i, w in enumerate(words[s])) for s in SIDES}
        condition = claim.condition(t, inputs)
        for _ in range(12):
            state = random_claims.state(draw, words)
            named = {f"{s}{i}": value for s in SIDES for i, value in enumerate(state[s])}
            assert evaluate([condition], named) == [int(claim.holds(state))], (seed, claim, state)
            seen.add((type(claim), claim.holds(state)))
    assert seen == {(kind, truth) for kind in (Same, Within) for truth in (False, True)}


@pytest.mark.soak
def test_random_relations_come_back_from_json() -> None:
    for seed in range(examples(200)):
        draw = Random(seed)
        words = random_claims.words(draw)
        relation = Relation(tuple(Draw(draw, words).claim() for _ in range(3)))
        rows = json.loads(json.dumps(relation.to_list()))
        assert Relation.from_list(rows, words) == relation


def test_an_expression_depends_on_the_words_that_it_names() -> None:
    """Changing a word that is not named changes nothing, and each kind names all that it reads."""
    for kind in KINDS:
        for seed in range(60):
            draw = Random(seed)
            words = random_claims.words(draw)
            e = Draw(draw, words).expression(kind)
            state, other = random_claims.state(draw, words), random_claims.state(draw, words)
            mixed = {
                s: tuple(
                    state[s][i] if WordRef(s, i) in e.words() else other[s][i] for i in range(len(words[s]))
                )
                for s in SIDES
            }
            assert e.value(mixed) == e.value(state), (seed, e)


@pytest.mark.parametrize(
    "row",
    [
        True,
        1.0,
        "a",
        None,
        {},
        [],
        [[]],
        [1],
        ["c", 0],
        ["a"],
        ["a", True],
        ["a", -1],
        ["a", 2],
        ["a", 0, 0],
        ["a", "0"],
        ["bits", ["a", 0], 1],
        ["bits", ["a", 0], 1, 1, 1],
        ["bits", ["a", 0], -1, 1],
        ["bits", ["a", 0], 1, 129],
        ["bits", ["a", 0], 1.0, 1],
        ["bits", ["a", 9], 1, 1],
        ["plus", ["a", 0]],
        ["plus", ["a", 0], None],
        ["positive"],
        ["positive", ["a", 0], 1],
        ["is", ["a", 0]],
        ["is", ["a", 0], False],
        ["not", ["a", 0], 0],
        ["by bits", ["a", 0], 0, 1, 1, 2, 3],
        ["by bits", ["a", 0], 0, -1, 1, 2, 3, 4],
        ["by bits", ["a", 0], 0, 1, 1, 2, 3, "4"],
        ["by bits", ["a", 0], 129, 1, 1, 2, 3, 4],
        ["mod", ["a", 0], -1],
        ["when", ["bits", ["a", 0], 0, 1], 1],
        ["same", 1, 1],
    ],
    ids=str,
)
def test_rows_that_are_no_expressions(row: object) -> None:
    for whole in (row, ["plus", row, 1], ["sum", 0, [[row, 1]]], ["when", ["is", row, 1], 1]):
        with pytest.raises(FormatError):
            Relation.from_list([["same", 0, whole]], WORDS)


@pytest.mark.parametrize(
    "row",
    [
        7,
        "same",
        [],
        [["same"], 1, 1],
        ["same", 1],
        ["same", 1, 1, 1],
        ["equal", 1, 1],
        ["within", 1, 0],
        ["within", 1, 0, 1, 2],
        ["within", 1, 0, 1.0],
        ["within", 1, 1, 0],
        ["plus", 1, 1],
    ],
    ids=str,
)
def test_rows_that_are_no_claims(row: object) -> None:
    with pytest.raises(FormatError):
        Relation.from_list([row], WORDS)


@pytest.mark.parametrize("rows", [7, "same", {"same": 1}, None, (["same", 1, 1],)], ids=str)
def test_what_is_no_list_of_claims(rows: object) -> None:
    with pytest.raises(FormatError, match="a relation must be a list of claims"):
        Relation.from_list(rows, WORDS)


def test_expressions_that_mean_nothing_are_not_made() -> None:
    for make in (
        lambda: Mod(X, 0),
        lambda: Bits(X, -1, 2),
        lambda: Bits(X, 0, -2),
        lambda: ByBits(X, 0, -1, (0, 1, 2, 3)),
    ):
        with pytest.raises(ParameterError):
            make()
