"""The suite in the conventions of published data: operators of Boolean expressions, orders of products."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from streamssm.algorithms import PermutationTracking
from streamssm.languages.suite import find
from streamssm.languages.suite.group_languages import NamedGroup, alternating, quaternions, symmetric
from streamssm.languages.suite.word_problems import word_problem

ARGUMENTS = {"~": 1, "+": 2, ">": 3, "*": 4, "^": 5}


def after_expression(word: str) -> str | None:
    """Return the rest of a word behind the expression that it begins with, by recursive descent."""
    if not word:
        return None
    rest: str | None = word[1:]
    for _ in range(ARGUMENTS.get(word[0], 0)):
        rest = after_expression(rest) if rest is not None else None
    return rest


@pytest.mark.parametrize(("name", "operators"), [("boolean_3", "~+>"), ("boolean_5", "~+>*^")])
def test_boolean_expressions_are_the_published_ones(name: str, operators: str) -> None:
    language = find(name)
    assert language.symbols == ("0", "1", *operators)
    for length in range(7):
        for word in map("".join, product(language.symbols, repeat=length)):
            assert language.contains(word) == (after_expression(word) == "")


@pytest.mark.parametrize(
    "group", [symmetric(3), symmetric(4), alternating(5), quaternions()], ids=lambda g: g.name
)
def test_a_new_symbol_acts_first_in_published_products(group: NamedGroup) -> None:
    """The published targets are products ``so far * new`` of permutations that apply the new one first."""
    numbers = np.random.default_rng(7).integers(0, group.order, 10_000)
    expected, so_far = [], group.elements[0]
    for number in numbers.tolist():
        so_far = group.multiply(group.elements[number], so_far)
        expected.append(group.elements.index(so_far))
    published = word_problem(group, new_first=True).program("track")
    assert published.run(numbers[:, None]).ravel().tolist() == expected
    assert word_problem(group).program("track").run(numbers[:, None]).ravel().tolist() != expected


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_permutations_are_tracked_in_both_orders(n: int) -> None:
    elements = list(permutations(range(n)))
    numbers = np.random.default_rng(n).integers(0, len(elements), 2_000)
    last, first = tuple(range(n)), tuple(range(n))
    outputs = [PermutationTracking(n, new_first=order).program().run(numbers[:, None]) for order in (0, 1)]
    for position, number in enumerate(numbers.tolist()):
        element = elements[number]
        last = tuple(element[image] for image in last)
        first = tuple(first[image] for image in element)
        assert outputs[0][position].tolist() == list(last) and outputs[1][position].tolist() == list(first)
