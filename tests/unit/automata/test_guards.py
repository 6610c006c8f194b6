"""Guards against Python's own evaluation of the same formula, on every assignment."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamssm.automata.guards import (
    INDEX_CONSTANTS,
    MAX_DEPTH,
    WORD_CONSTANTS,
    assignments_of,
    columns_of,
    gap_of,
    parse_guard,
    propositions_of,
    symbols_of,
    targets_of,
    vector_mask,
    vectors_of,
)
from streamssm.errors import FormatError

NAMES = ("a", "b", "c")
SPELLINGS = {"not": ("!", "~", "not "), "and": ("&", "&&", " and "), "or": ("|", "||", " or ")}
TRUE, FALSE = ("true", "t", "1", "TRUE"), ("false", "f", "0", "False")


@st.composite
def formulas(draw: st.DrawFn, depth: int = 4) -> tuple[str, str]:
    """Draw a guard, and the same formula in Python."""
    kind = draw(st.sampled_from(("name", "constant", "not", "and", "or") if depth else ("name", "constant")))
    if kind == "name":
        name = draw(st.sampled_from(NAMES))
        return name, name
    if kind == "constant":
        value = draw(st.booleans())
        return draw(st.sampled_from(TRUE if value else FALSE)), str(value)
    spelling = draw(st.sampled_from(SPELLINGS[kind]))
    text, python = draw(formulas(depth=depth - 1))
    if kind == "not":
        return f"{spelling}({text})", f"(not ({python}))"
    other, other_python = draw(formulas(depth=depth - 1))
    if draw(st.booleans()):
        return f"({text}){spelling}({other})", f"({python}) {kind} ({other_python})"
    # without parentheses both grammars have the same precedence
    return f"{text}{spelling}{other}", f"{python} {kind} {other_python}"


@given(formulas())
def test_value_on_every_assignment(pair: tuple[str, str]) -> None:
    text, python = pair
    guard = parse_guard(text)
    assert guard is not None, text
    values = guard.satisfying(assignments_of(3), NAMES).tolist()
    assert values == [
        bool(eval(python, {}, dict(zip(NAMES, bits, strict=True))))
        for bits in product([False, True], repeat=3)
    ]


@pytest.mark.parametrize(
    "text", ["", "a &", "& a", "a b", "(a", "a)", "()", "a ! b", "a -> b", "a & | b", "!"]
)
def test_texts_that_are_no_formulas(text: str) -> None:
    assert parse_guard(text) is None


def test_depth_is_bounded() -> None:
    assert parse_guard("!" * MAX_DEPTH + "a") is not None
    assert parse_guard("!" * (MAX_DEPTH + 1) + "a") is None
    assert parse_guard("(" * 10**6 + "a") is None


def test_constants_depend_on_the_format() -> None:
    def words(text: str, constants: dict[str, str]) -> tuple[str, ...]:
        guard = parse_guard(text, constants=constants)
        assert guard is not None
        return guard.postfix

    assert words("0 & t", INDEX_CONSTANTS) == ("0", "true", "&")
    assert words("t & true", WORD_CONSTANTS) == ("t", "true", "&")
    assert words("@alias-1 | T", INDEX_CONSTANTS) == ("@alias-1", "T", "|")


def test_symbols_name_their_propositions() -> None:
    for names in (("a",), ("b", "a"), ("x1", "y_2", "z")):
        assert propositions_of(symbols_of(names)) == names
    assert propositions_of(["{}", "{q}", "{p}", "{p,q}"]) == ("p", "q")
    assert propositions_of(["{}", "{p}", "{q}", "{p,q}"]) is None  # another order
    assert propositions_of(["a", "b"]) is None


def test_overlap_and_gap_are_named() -> None:
    masks = [np.array(mask) for mask in ([False, True, True, False], [False, False, True, True])]
    with pytest.raises(FormatError, match="state s has two edges for a&~b, with different targets"):
        targets_of(masks, [0, 1], NAMES[:2], "s")
    row = targets_of(masks, [1, 1], NAMES[:2], "s")
    assert row.tolist() == [-1, 1, 1, 1]
    assert gap_of(row, NAMES[:2]) == "~a&~b"
    assert gap_of(row[1:], NAMES[:2]) is None


def test_vectors() -> None:
    for text in map("".join, product("01X", repeat=3)):
        rows = vector_mask(text, assignments_of(3))
        assert [f"{number:03b}" for number in np.flatnonzero(rows)] == vectors_of(text)
    assert columns_of(["0 1", "X,1"]) == ["0X", "11"]
