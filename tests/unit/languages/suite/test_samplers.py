"""Samplers: members are members, near-members are none and one edit away, and every word is as likely."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from streamssm.errors import ParameterError, TokenError
from streamssm.languages.suite import END, SuiteLanguage, find, load_all, suite
from streamssm.languages.suite.bounded_dyck import bounded_dyck, bracket_symbols, draw_brackets, matching
from streamssm.languages.suite.sampling import Walks, Word, below, edits
from tests.unit.languages.suite.all_words import words_of_length

LANGUAGES = load_all()


@pytest.mark.parametrize("name", LANGUAGES)
def test_words(name: str) -> None:
    language = LANGUAGES[name]
    lengths = (8, 60) if name == "word_problem_z60_generators" else (8, 21)
    members, near = language.members(5, lengths, seed=1), language.near_members(4, lengths, seed=1)
    recognized = language.language()
    for word in members:
        assert language.is_member(word) and lengths[0] <= len(word) <= lengths[1]
        assert recognized.accepts(word) and END in language.admissible(word)
        assert language.word(language.text(word)) == word
    for word in near:
        assert not language.is_member(word) and lengths[0] - 1 <= len(word) <= lengths[1] + 1
        assert not recognized.accepts(word) and END not in language.admissible(word)
        assert any(map(language.is_member, edits(word, language.symbols, np.random.default_rng(0))))


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("tomita_4", 5),
        ("any_02_star", 3),
        ("word_problem_s3", 3),
        ("word_problem_s3_generators", 5),
        ("dyck_1", 8),
        ("shuffle_2", 4),
        ("shuffle_4", 2),
        ("boolean_3", 3),
        ("boolean_5", 3),
        ("d_2", 8),
        ("bounded_dyck_8_5", 2),
        ("an_bn_cn", 6),
    ],
)
def test_each_member_is_as_likely(name: str, length: int) -> None:
    language = LANGUAGES[name]
    members = [word for word in words_of_length(language.symbols, length) if language.is_member(word)]
    assert_uniform(language.members(100 * len(members), (length, length), seed=2), members)


def test_brackets_of_bounded_depth_are_as_likely() -> None:
    symbols, walks = bracket_symbols(2), Walks(deltas=(1, -1), weights=(2, 1), ceiling=2)
    members = [word for word in words_of_length(symbols, 6) if matching(word, 2, 2)]
    rng = np.random.default_rng(3)
    drawn = [draw_brackets(walks, symbols, 6, rng) or () for _ in range(100 * len(members))]
    assert len(members) == 32 and draw_brackets(walks, symbols, 5, rng) is None
    assert_uniform(drawn, members)


def assert_uniform(drawn: list[Word], members: list[Word]) -> None:
    """Check that every member was drawn, and none much more often than the hundred times it should be."""
    counts = Counter(drawn)
    assert set(counts) == set(members)
    assert all(50 < count < 150 for count in counts.values())  # five standard deviations


def test_lengths_are_as_likely() -> None:
    counts = Counter(map(len, find("aaaa_star").members(400, (1, 16), seed=0)))
    assert set(counts) == {4, 8, 12, 16} and min(counts.values()) > 60


def test_seeds() -> None:
    language = find("tomita_3")
    assert language.members(5, seed=7) == language.members(5, seed=np.random.default_rng(7))
    assert language.members(5, seed=7) != language.members(5, seed=8)


def test_long_members() -> None:
    """Counts are exact where floats would be 0 or infinite."""
    for name in ("tomita_4", "shuffle_2", "boolean_5", "bounded_dyck_8_10"):
        (word,) = find(name).members(1, (600, 600))
        assert len(word) == 600 and find(name).is_member(word)


def test_numbers_below() -> None:
    rng = np.random.default_rng(0)
    assert set(Counter(below(5, rng) for _ in range(200))) == set(range(5))
    assert 2**200 <= max(below(2**201, rng) for _ in range(20)) < 2**201


def test_refusals() -> None:
    with pytest.raises(ParameterError, match="aa_star has no member of a length from 3 to 3"):
        find("aa-star").members(1, (3, 3))
    with pytest.raises(ParameterError, match="0 <= least <= greatest, not 4 and 3"):
        find("parity").near_members(1, (4, 3))
    with pytest.raises(TokenError, match="token 1: a symbol must be one of 0, 1, not 'x'"):
        find("parity").contains("0x")


# names


def test_the_suite() -> None:
    assert len(suite()) == 27 and set(suite()) < set(LANGUAGES)
    counts = Counter(language.language_class.value for language in suite().values())
    assert counts == {"star-free": 11, "regular": 7, "counter": 9}
    assert all(name == language.name for name, language in LANGUAGES.items())


def test_names_are_found() -> None:
    assert find("an-bn") is find("AN_BN") is LANGUAGES["an_bn"]
    for wrong, hint in {"tomita_8": "did you mean tomita_", "s5": "did you mean word_problem_s5 or"}.items():
        with pytest.raises(ParameterError, match=f"'{wrong}' is not a language of the suite; {hint}"):
            find(wrong)
    with pytest.raises(ParameterError, match="it has aa_star, aaaa_star"):
        find("")


def test_no_name_is_an_algorithm_of_the_library() -> None:
    from streamssm.algorithms import library

    assert not set(LANGUAGES) & set(library())


@pytest.mark.parametrize("language", [bounded_dyck(8, 5), find("parity")], ids=lambda one: one.name)
def test_what_does_not_count_takes_no_counter_bits(language: SuiteLanguage) -> None:
    with pytest.raises(ParameterError, match="has no counters: leave out counter_bits"):
        language.language(counter_bits=3)
    with pytest.raises(ParameterError, match="mode of .* must be one of recognize, .*, not 'answer'"):
        language.program("answer")
