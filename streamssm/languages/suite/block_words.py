"""a^n b^n, a^n b^n c^n and a^n b^n c^n d^n, for n >= 0."""

from __future__ import annotations

from streamssm.algorithms.equal_blocks import EqualBlocks
from streamssm.algorithms.parameters import BEYOND
from streamssm.languages.suite.program_language import CounterLanguage
from streamssm.languages.suite.sampling import Word
from streamssm.languages.suite.suite_language import END, LanguageClass

SOURCE = "Gers and Schmidhuber, LSTM Recurrent Networks Learn Simple Context-Free and CS Languages, 2001"


class NextLetters(EqualBlocks):
    """Predict: 1 for each letter that can come next, and for the end, else 0; 2 after a counter overflow."""

    def output(self) -> tuple[int, ...]:  # type: ignore[override]
        return tuple(BEYOND if self.beyond else self.allows(index) for index in range(self.letters + 1))

    def allows(self, index: int) -> int:
        """Return whether a letter can come next; the index after the last letter is the end of the word."""
        if self.failed:
            return 0
        if index == self.letters:
            return int(all(count == 0 for count in self.left))
        return int(self.follows(index))


def equal_blocks(letters: str) -> CounterLanguage:
    """Return the language of words with one block of each letter, in order, of equal lengths >= 0.

    >>> equal_blocks("abc").contains("aabbcc"), equal_blocks("ab").contains("abab")
    (True, False)
    """
    return CounterLanguage(
        name="_".join(f"{letter}n" for letter in letters),
        description=" ".join(f"{letter}^n" for letter in letters),
        source=SOURCE,
        language_class=LanguageClass.COUNTER,
        symbols=tuple(letters),
        is_member=lambda word: word == _member(letters, len(word) // len(letters)),
        is_of_paper=True,
        draw_word=lambda length, _: (
            None if length % len(letters) else _member(letters, length // len(letters))
        ),
        next_symbols=lambda word: _admissible(word, letters),
        recognizer=lambda bits: EqualBlocks(len(letters), bits),
        predictor=lambda bits: NextLetters(len(letters), bits),
        longest=lambda bits: 2**bits - 1,
    )


def _member(letters: str, n: int) -> Word:
    return tuple(letter for letter in letters for _ in range(n))


def _admissible(word: Word, letters: str) -> frozenset[str]:
    members = [_member(letters, n) for n in range(len(word) + 2)]  # greater n repeat the last prefix
    symbols = {member[len(word)] for member in members if member[: len(word)] == word != member}
    return frozenset(symbols | ({END} if word in members else set()))


LANGUAGES = tuple(map(equal_blocks, ("ab", "abc", "abcd")))
