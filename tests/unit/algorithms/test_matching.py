"""Pattern matching against ``re``, brackets against a plain stack."""

from __future__ import annotations

import random
import re
from itertools import product

import numpy as np
import pytest

from streamssm.algorithms import AhoCorasick, BoundedBrackets, KnuthMorrisPratt
from streamssm.algorithms.knuth_morris_pratt import failure_function
from streamssm.errors import ParameterError


def ends_by_re(pattern: str, text: str) -> list[bool]:
    """Return for every position of the text whether the pattern ends there."""
    ends = {match.start() + len(pattern) for match in re.finditer(f"(?={re.escape(pattern)})", text)}
    return [end in ends for end in range(1, len(text) + 1)]


def symbols(text: str, alphabet: str) -> np.ndarray:
    return np.array([alphabet.index(letter) for letter in text], dtype=np.uint8)


def text_of(alphabet: str, length: int, *, seed: int, patterns: tuple[str, ...]) -> str:
    """Return random letters with complete and truncated patterns in between."""
    rng, parts, size = random.Random(seed), [], 0
    while size < length:
        pattern = rng.choice(patterns)
        part = rng.choice([rng.choice(alphabet), pattern, pattern[: rng.randrange(len(pattern)) + 1]])
        parts.append(part)
        size += len(part)
    return "".join(parts)


@pytest.mark.parametrize(
    ("pattern", "alphabet"),
    [
        ("a", "ab"),
        ("aaaa", "ab"),
        ("abab", "ab"),
        ("aabaaab", "ab"),
        ("abacabadabacaba", "abcd"),
        ("abaababaabaab", "ab"),  # a Fibonacci word: the longest chains of failures
        ("GATTACA", "ACGT"),
        ("a" * 40 + "b", "ab"),
    ],
)
def test_kmp_finds_what_re_finds(pattern: str, alphabet: str) -> None:
    text = text_of(alphabet, 20_000, seed=len(pattern), patterns=(pattern,))
    program = KnuthMorrisPratt(pattern, alphabet).program()
    assert program.memory_bits == len(pattern).bit_length()
    assert program.run(symbols(text, alphabet))[:, 0].tolist() == ends_by_re(pattern, text)


def test_kmp_of_every_short_pattern() -> None:
    for length in range(1, 5):
        for pattern in map("".join, product("ab", repeat=length)):
            for text in map("".join, product("ab", repeat=7)):
                matcher, outputs = KnuthMorrisPratt(pattern, "ab"), []
                for symbol in symbols(text, "ab").tolist():
                    matcher.update(symbol)
                    outputs.append(matcher.output())
                assert outputs == ends_by_re(pattern, text), (pattern, text)


def test_failures_never_fail_on_the_same_letter() -> None:
    letters = (0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1)
    failure = failure_function(letters)
    for matched, fallback in enumerate(failure[:-1]):
        assert fallback < matched and (fallback < 0 or letters[fallback] != letters[matched])


@pytest.mark.parametrize(
    ("patterns", "alphabet"),
    [
        (("he", "she", "his", "hers"), "ehirs"),  # the paper's
        (("a", "aa", "aaa", "b"), "ab"),
        (("abab", "bab", "ab", "abab"), "ab"),  # one twice, one the end of others
        (("GATTACA", "TAC", "CAT", "ACAT", "A"), "ACGT"),
    ],
)
def test_aho_corasick_agrees_with_re(patterns: tuple[str, ...], alphabet: str) -> None:
    text = text_of(alphabet, 20_000, seed=len(patterns), patterns=patterns)
    program = AhoCorasick(patterns, alphabet).program()
    masks = program.run(symbols(text, alphabet))[:, 0]
    for i, pattern in enumerate(patterns):
        assert (masks >> i & 1).tolist() == ends_by_re(pattern, text)
    prefixes = {pattern[:length] for pattern in patterns for length in range(len(pattern) + 1)}
    assert program.memory_bits == (len(prefixes) - 1).bit_length()


def height_by_a_stack(word: list[tuple[int, int]], depth: int) -> int:
    stack: list[int] = []
    for kind, closing in word:
        if not closing:
            stack.append(kind)
        elif not stack or stack.pop() != kind:
            return -1
        if len(stack) > depth:
            return -1
    return len(stack)


def bracket_word(kinds: int, length: int, *, seed: int) -> list[tuple[int, int]]:
    """Return a random word that mostly closes the last open bracket."""
    rng = random.Random(seed)
    stack: list[int] = []
    word: list[tuple[int, int]] = []
    for _ in range(length):
        if stack and rng.random() < 0.55:
            word.append((stack.pop() if rng.random() < 0.98 else rng.randrange(kinds), 1))
        else:
            stack.append(rng.randrange(kinds))
            word.append((stack[-1], 0))
    return word


@pytest.mark.parametrize(("kinds", "depth"), [(1, 1), (1, 6), (2, 3), (3, 5), (8, 10)])
def test_brackets_match_as_on_a_stack(kinds: int, depth: int) -> None:
    program = BoundedBrackets(kinds, depth).program()
    assert program.memory_bits == depth * (kinds - 1).bit_length() + (depth + 1).bit_length()
    for seed in range(40):
        word = bracket_word(kinds, 60, seed=seed)
        expected = [height_by_a_stack(word[:length], depth) for length in range(1, len(word) + 1)]
        assert program.run(word)[:, 0].tolist() == expected


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: KnuthMorrisPratt("", "ab"), "pattern is empty"),
        (lambda: KnuthMorrisPratt("abc", "ab"), "pattern letter 'c' is not in the alphabet 'ab'"),
        (lambda: KnuthMorrisPratt("a", "aba"), "alphabet 'aba' has duplicate letters"),
        (lambda: AhoCorasick("ab,,a", "ab"), "pattern is empty"),
        (lambda: AhoCorasick((), "ab"), "the number of patterns must be from 1 to 54, not 0"),
        (lambda: AhoCorasick(("a",) * 55, "ab"), "the number of patterns must be from 1 to 54, not 55"),
        (lambda: AhoCorasick(("a", "x"), "ab"), "pattern letter 'x' is not in the alphabet 'ab'"),
        (lambda: BoundedBrackets(0, 1), "kinds must be at least 1, not 0"),
        (lambda: BoundedBrackets(1, 0), "depth must be at least 1, not 0"),
    ],
)
def test_bad_parameters(make: type, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        make()
    assert str(caught.value) == message
