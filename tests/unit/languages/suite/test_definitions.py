"""Regular languages of the suite: the minimal DFAs agree with the definitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pytest

from streamssm.automata.automaton_class import Automaton
from streamssm.languages.suite import END, LanguageClass, load_all
from streamssm.languages.suite.group_languages import alternating, quaternions
from streamssm.languages.suite.sampling import Word
from streamssm.languages.suite.star_free import nested
from streamssm.languages.suite.suite_language import RegularLanguage
from streamssm.languages.suite.unary_and_modular import ones_modulo
from streamssm.languages.suite.word_problems import WordProblem
from tests.unit.languages.suite.all_words import greatest_length, words_of_length, words_up_to

LANGUAGES = [one for one in load_all().values() if isinstance(one, RegularLanguage)]
PROBLEMS = [one for one in LANGUAGES if isinstance(one, WordProblem)]

STATES = {
    **{f"tomita_{n}": states for n, states in enumerate((2, 3, 5, 4, 4, 3, 5), 1)},
    **{"d_2": 4, "d_3": 5, "d_4": 6, "d_12": 14, "any_02_star": 2, "blocks_abcde": 7, "ab_d_bc": 3},
    **{"parity": 2, "aa_star": 2, "aaaa_star": 4, "abab_star": 5, "ab_star": 3},
    **{"mod_3": 3, "mod_4": 4, "mod_6": 6, "flip_flop_cell": 2, "flip_flop_language": 9},
    **{"dyck_1_depth_3": 5, "dyck_2_depth_3": 16, "dyck_2_depth_4": 32},
}
ORDERS = {"z60": 60, "a4xz5": 60, "a5": 60, "s5": 120, "s3": 6, "s4": 24, "a4": 12, "d4": 8, "q8": 8}


def each(languages: Iterable[RegularLanguage] = LANGUAGES) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("language", list(languages), ids=lambda language: language.name)


@each()
def test_the_machine_accepts_what_the_definition_says(language: RegularLanguage) -> None:
    machine = language.machine
    at: list[tuple[Word, int]] = [((), machine.initial)]
    for _ in range(greatest_length(language.symbols, 3000) + 1):
        for word, state in at:
            assert bool(machine.accepting[state]) == language.is_member(word), word
        at = [
            ((*word, symbol), target)
            for word, state in at
            for symbol, target in zip(language.symbols, machine.next_state[state].tolist(), strict=True)
        ]


@each()
def test_it_is_minimal_as_it_is_written(language: RegularLanguage) -> None:
    group = language.name.removeprefix("word_problem_").removesuffix("_generators")
    expected = ORDERS[group] if isinstance(language, WordProblem) else STATES[language.name]
    assert language.build().num_states == language.minimal_states == expected
    assert language.language().program().memory_bits == (expected - 1).bit_length()


@each()
def test_each_mode_has_a_program(language: RegularLanguage) -> None:
    assert language.modes == ("recognize", "track", "predict")
    for mode in language.modes:
        assert language.program(mode).memory_bits == language.machine.memory_bits


@each(one for one in LANGUAGES if one.machine.num_states < 33)
def test_classes(language: RegularLanguage) -> None:
    """Star-free exactly if no map of the transition monoid permutes some of the states (Schuetzenberger)."""
    aperiodic = all(map(stabilises, maps_of(language.machine)))
    assert aperiodic == (language.language_class is LanguageClass.STAR_FREE)


def maps_of(machine: Automaton) -> Iterator[tuple[int, ...]]:
    """Yield every map of the states that a word that is not empty does."""
    letters = [tuple(column) for column in machine.next_state.T.tolist()]
    seen, left = set(letters), list(letters)
    while left:
        yield (known := left.pop())
        for letter in letters:
            longer = tuple(letter[state] for state in known)
            if longer not in seen:
                seen.add(longer)
                left.append(longer)


def stabilises(mapping: Sequence[int]) -> bool:
    """Return whether a power of a map is the next power too."""
    power = tuple(mapping)
    for _ in mapping:
        power = tuple(mapping[state] for state in power)
    return power == tuple(mapping[state] for state in power)


@each(one for one in LANGUAGES if one.machine.num_states <= 6 and len(one.symbols) <= 3)
def test_admissible_symbols(language: RegularLanguage) -> None:
    """A symbol can come next if some continuation, no longer than there are states, leads to a member."""
    length = 3 if len(language.symbols) == 3 else 4
    endings = list(words_up_to(language.symbols, min(language.machine.num_states, length + 1)))
    tables = language.program("predict")
    for word in words_up_to(language.symbols, length):
        expected = {
            symbol
            for symbol in language.symbols
            if any(language.is_member((*word, symbol, *ending)) for ending in endings)
        }
        assert language.admissible(word) == expected | ({END} if language.is_member(word) else set())
        if word:
            answers = tables.run(language.alphabet.numbers(word).reshape(-1, 1))[-1].tolist()
            assert [(*language.symbols, END)[n] for n, bit in enumerate(answers) if bit] == [
                symbol for symbol in (*language.symbols, END) if symbol in language.admissible(word)
            ]


# the definitions of families


def test_nested_brackets_by_induction() -> None:
    """D_n = (a D_{n-1} b)*: a member is cut where its first bracket closes."""

    def is_nested(word: str, depth: int) -> bool:
        if not word or depth == 0:
            return not word
        cuts = [n for n in range(2, len(word) + 1) if word[0] == "a" and word[n - 1] == "b"]
        return any(is_nested(word[1 : n - 1], depth - 1) and is_nested(word[n:], depth) for n in cuts)

    for depth in range(4):
        for word in words_up_to("ab", 10):
            assert nested(depth).is_member(word) == is_nested("".join(word), depth), (depth, word)


@pytest.mark.parametrize("modulus", [1, 2, 5, 7])
def test_moduli(modulus: int) -> None:
    language = ones_modulo(modulus)
    assert language.minimal_states == modulus
    assert [language.machine.accepts("1" * n) for n in range(15)] == [n % modulus == 0 for n in range(15)]


# groups


@each(PROBLEMS)
def test_groups(language: WordProblem) -> None:
    table = language.group.table
    order = np.arange(language.group.order)
    assert (table[0] == order).all() and (table[:, 0] == order).all()
    assert (np.sort(table, axis=0) == order[:, None]).all() and (np.sort(table, axis=1) == order).all()
    assert (table[table] == table[:, table]).all()  # (a b) c == a (b c)
    assert len(set(language.group.names)) == language.group.order


@each(one for one in PROBLEMS if one.group.name[0] in "ASD" and "x" not in one.group.name)
def test_products_move_points(language: WordProblem) -> None:
    """The state after two permutations is where they take 1, 2, ... one after the other."""
    for first, second in pairs(language):
        reached = language.machine.state_names[language.machine.state_after((first, second))]
        assert reached == "".join(second[int(point) - 1] for point in first)


def pairs(language: WordProblem) -> Iterator[Word]:
    if len(language.symbols) < 20:
        yield from words_of_length(language.symbols, 2)
    else:
        rng = np.random.default_rng(0)
        yield from (tuple(rng.choice(language.symbols, 2).tolist()) for _ in range(300))


def test_quaternions() -> None:
    group, index = quaternions(), quaternions().names.index
    products = {("i", "j"): "k", ("j", "k"): "i", ("k", "i"): "j", ("j", "i"): "-k", ("i", "i"): "-1"}
    for (a, b), expected in products.items():
        assert group.names[group.table[index(a), index(b)]] == expected


def test_alternating_groups_are_what_cycles_of_three_make() -> None:
    for points in (3, 4, 5):
        group, seen = alternating(points), {tuple(range(points))}
        while grown := {group.multiply(a, g) for a in seen for g in group.generators} - seen:
            seen |= grown
        assert seen == set(group.elements)
