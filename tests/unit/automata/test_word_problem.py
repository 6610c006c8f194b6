"""Word problems of groups."""

from __future__ import annotations

from itertools import permutations, product
from typing import Any

import numpy as np
import pytest

import streamssm as ss


def test_every_word_of_s3_up_to_five_symbols() -> None:
    moves = {"swap": (1, 0, 2), "turn": (1, 2, 0)}
    s3 = ss.Language.from_group(moves, name="S3")
    track = s3.program("track")
    for length in range(1, 6):
        for word in product(moves, repeat=length):
            points = [0, 1, 2]
            for symbol in word:
                points = [moves[symbol][point] for point in points]
            assert s3.accepts(word) == (points == [0, 1, 2])
            state = int(track.run(s3.tokens(word))[-1, 0])
            assert track.vocabulary is not None
            assert track.vocabulary.output(state) == cycle_notation(points)


def cycle_notation(points: list[int]) -> str:
    known: dict[tuple[int, ...], str] = {
        (0, 1, 2): "()",
        (1, 0, 2): "(0 1)",
        (0, 2, 1): "(1 2)",
        (2, 1, 0): "(0 2)",
    }
    return known.get(tuple(points), "(0 1 2)" if points == [1, 2, 0] else "(0 2 1)")


def test_table_and_generators_agree() -> None:
    elements = list(permutations(range(4)))
    names = ["".join(map(str, element)) for element in elements]
    table = [[elements.index(tuple(b[x] for x in a)) for b in elements] for a in elements]
    by_table = ss.Language.from_group(table, names, name="S4")
    by_moves = ss.Language.from_group(dict(zip(names, elements, strict=True)), name="S4")
    assert by_table.machine == by_moves.machine
    assert by_table.machine.num_states == 24


def test_a_generated_subgroup() -> None:
    assert ss.Language.from_group({"r": (1, 2, 3, 0)}).machine.num_states == 4


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ({}, "needs at least one generator"),
        ({"a": (1, 1)}, "'a' must be a permutation of 0..1, not (1, 1)"),
        ({"a": ()}, "'a' must be a permutation"),
        ({"a": (1, 0), "b": (1, 2, 0)}, "equal degrees: 'a' has 2 points, 'b' has 3"),
        ([[0, 1], [1, 1]], "not a group: '1' has no inverse"),
        ([[0, 1, 2], [1, 0, 1], [2, 1, 0]], "not a group: not associative, (2 1) 1 is not 2 (1 1)"),
        ([[1, 0], [0, 0]], "not a group: no element e is an identity"),
        ([[0, 1]], "must be square, not of shape (1, 2)"),
        ([[0, 1], [1]], "must have equal lengths"),
        ([[0, 2], [1, 0]], "must hold elements in [0, 1]"),
        ([[0.5]], "must hold elements in [0, 0]"),
        (np.zeros((0, 0), int), "must be square"),
    ],
)
def test_no_group(group: Any, message: str) -> None:
    with pytest.raises(ss.ParameterError) as caught:
        ss.Language.from_group(group)
    assert message in str(caught.value)


def test_every_latin_square_of_order_four_is_judged_by_the_axioms() -> None:
    count = 0
    rows = list(permutations(range(4)))
    for table in product(rows, repeat=3):
        square = [(0, 1, 2, 3), *table]
        if any(len({row[column] for row in square}) < 4 for column in range(4)):
            continue
        try:
            ss.Language.from_group(square)
            count += 1
        except ss.ParameterError:
            assert not is_group(square)
        else:
            assert is_group(square)
    assert count == 4  # the group of order 4 with identity 0, under all names: C2 x C2 once, C4 three times


def is_group(table: list[tuple[int, ...]]) -> bool:
    every = range(4)
    associative = all(
        table[table[a][b]][c] == table[a][table[b][c]] for a in every for b in every for c in every
    )
    return associative and all(table[a][0] == a == table[0][a] for a in every)


def test_names() -> None:
    table = [[0, 1], [1, 0]]
    with pytest.raises(ss.ParameterError, match="elements must have 2 names, not 1"):
        ss.Language.from_group(table, ["e"])
    with pytest.raises(ss.ParameterError, match="given once, not 'e' 2 times"):
        ss.Language.from_group(table, ["e", "e"])
    with pytest.raises(ss.ParameterError, match="applies to multiplication tables only"):
        ss.Language.from_group({"a": (1, 0)}, ["e"])
