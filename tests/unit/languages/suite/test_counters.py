"""Counter languages: right up to the length that is promised, and beyond it never wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

import streamssm as ss
from streamssm.algorithms.parameters import BEYOND
from streamssm.errors import ParameterError, PrecisionError
from streamssm.languages.language import Language
from streamssm.languages.suite import END, find, load_all
from streamssm.languages.suite.program_language import CounterLanguage
from streamssm.languages.suite.sampling import Word
from streamssm.program.program import Program
from tests.unit.languages.suite.all_words import greatest_length, words_up_to

LANGUAGES = [one for one in load_all().values() if isinstance(one, CounterLanguage)]
ARITIES = {"0": 0, "1": 0, "~": 1, "+": 2, ">": 3, "*": 4, "^": 5}


def each() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)


def answers(language: CounterLanguage, program: Program, word: Word) -> list[int]:
    """Return the answers after a word."""
    if not word:
        return [int(value) for value in program.begin()]
    return [int(value) for value in program.run(language.alphabet.numbers(word).reshape(-1, 1))[-1]]


def greatest_count(language: CounterLanguage, word: Word) -> int:
    """Return the greatest count at any prefix of a word that can still become a member."""
    most = 0
    for length in range(len(word) + 1):
        prefix = word[:length]
        if length and not language.admissible(prefix[:-1]) - {END}:
            break
        if length and prefix[-1] not in language.admissible(prefix[:-1]):
            break
        most = max(most, count(language.name, prefix))
    return most


def count(name: str, prefix: Word) -> int:
    """Return the largest count that a prefix asks to be held."""
    if name.startswith("boolean"):
        return 1 + sum(ARITIES[symbol] - 1 for symbol in prefix)
    if name.startswith("an_"):
        return prefix.count("a")
    opening = {symbol for symbol in prefix if symbol.startswith(tuple("([{<"))}
    closed = {"(": ")", "[": "]", "{": "}", "<": ">"}
    pairs = [(s, f"{s[1:]})" if len(s) > 1 else closed[s]) for s in opening]
    return max((prefix.count(a) - prefix.count(b) for a, b in pairs), default=0)


@each()
@pytest.mark.parametrize("bits", [1, 2])
def test_answers(language: CounterLanguage, bits: int) -> None:
    """On every word: the output by definition, and `BEYOND` exactly if a count passed 2^bits - 1."""
    length, program = greatest_length(language.symbols, 1000), language.program(counter_bits=bits)
    for word in words_up_to(language.symbols, length):
        outputs = answers(language, program, word)
        if greatest_count(language, word) > 2**bits - 1:
            assert outputs == [BEYOND] and len(word) > language.sufficient_length(bits)
        else:
            assert outputs == [int(language.is_member(word))], word


@each()
def test_admissible_symbols(language: CounterLanguage) -> None:
    names, program = (*language.symbols, END), language.program("predict", counter_bits=2)
    for word in words_up_to(language.symbols, greatest_length(language.symbols, 400)):
        outputs = answers(language, program, word)
        if greatest_count(language, word) > 3:
            assert set(outputs) == {BEYOND}
        else:
            allowed = {name for name, bit in zip(names, outputs, strict=True) if bit}
            assert allowed == language.admissible(word)


@pytest.mark.parametrize(
    ("name", "length", "endings"),
    [
        ("dyck_1", 4, list(words_up_to("()", 5))),
        ("shuffle_2", 2, list(words_up_to("()[]", 3))),
        ("an_bn", 4, list(words_up_to("ab", 5))),
        ("an_bn_cn", 2, list(words_up_to("abc", 6))),
        ("boolean_3", 2, [("0",) * n for n in range(8)]),
    ],
)
def test_admissible_symbols_lead_to_a_member(name: str, length: int, endings: Sequence[Word]) -> None:
    language = find(name)
    for word in words_up_to(language.symbols, length):
        expected = {
            symbol
            for symbol in language.symbols
            if any(language.is_member((*word, symbol, *ending)) for ending in endings)
        }
        assert language.admissible(word) == expected | ({END} if language.is_member(word) else set())


@each()
@pytest.mark.parametrize("bits", [1, 2, 3, 5, 8])
def test_one_symbol_more_is_refused(language: CounterLanguage, bits: int) -> None:
    """The fastest-counting word is decided up to the sufficient length, and refused one symbol later."""
    fastest = language.symbols[-1] if language.name.startswith("boolean") else language.symbols[0]
    length, held = language.sufficient_length(bits), language.language(bits)
    assert held.accepts((fastest,) * length) == language.is_member((fastest,) * length)
    with pytest.raises(PrecisionError, match=f"{language.name}: counter overflow at token {length} with"):
        held.accepts((fastest,) * (length + 1))
    with pytest.raises(PrecisionError, match=f"at token {length} with"):
        held.accepts((fastest,) * (length + 1) + (language.symbols[1],) * length)
    assert language.bits_for(length) <= bits < language.bits_for(length + 1)


@each()
@given(data=st.data())
def test_no_word_of_that_length_is_refused(language: CounterLanguage, data: st.DataObject) -> None:
    length = language.sufficient_length(4)
    word = tuple(data.draw(st.lists(st.sampled_from(language.symbols), max_size=length)))
    assert of_four_bits(language).accepts(word) == language.is_member(word)


@cache
def of_four_bits(language: CounterLanguage) -> Language:
    return language.language(4)


@each()
def test_longest_members(language: CounterLanguage) -> None:
    """B6: bits >= log2(n + 1) suffice at length n."""
    held = language.language()
    for word in language.members(3, (30, 60)) + language.near_members(3, (30, 60)):
        assert held.accepts(word) == language.is_member(word)


@each()
@pytest.mark.parametrize("mode", ["recognize", "predict"])
def test_models_with_thoughts(language: CounterLanguage, mode: str) -> None:
    program = language.program(mode, 1 if len(language.symbols) > 6 else 2)
    model = ss.to_ssm(program, cot="online")
    report = ss.check(program, model, method="exhaust")
    assert report.equal and report.covers == "every stream" and model.memory_bits == program.memory_bits


@each()
def test_layers_without_thoughts(language: CounterLanguage) -> None:
    """No register of the recognizer depends on a later one: counters, failure, overflow."""
    program = language.program(counter_bits=1 if len(language.symbols) > 6 else 2)
    model = ss.to_ssm(program, cot="none")
    report = ss.check(program, model, method="exhaust")
    assert report.equal and report.covers == "every stream" and model.num_layers <= 4


def test_refusals() -> None:
    with pytest.raises(ParameterError, match="bits must be from 1 to 59, not 0"):
        find("dyck_1").language(counter_bits=0)
    language = find("shuffle_2")
    assert isinstance(language, CounterLanguage)
    with pytest.raises(ParameterError, match="bits must be from 1 to 59, not 60"):
        language.sufficient_length(60)
    with pytest.raises(ParameterError, match="length must be at least 0, not -1"):
        language.bits_for(-1)
    with pytest.raises(ParameterError, match="must be one of recognize, predict, not 'track'"):
        language.program("track")
