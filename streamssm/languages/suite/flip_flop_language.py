"""Flip-flop languages: one bit that is set, reset, held, and read."""

from __future__ import annotations

import re

from streamssm.languages.suite.dfa_text import dfa
from streamssm.languages.suite.sampling import Word
from streamssm.languages.suite.suite_language import LanguageClass, regular

LIU = "Liu et al., Exposing Attention Glitches with Flip-Flop Language Modeling, 2023, arXiv 2306.00946"
INSTRUCTION = re.compile("([wir])([01])")


def reads_what_was_written(word: Word) -> bool:
    """Return whether instructions and bits alternate, w first, and every read gives the last written bit.

    >>> reads_what_was_written(tuple("w1i0r1")), reads_what_was_written(tuple("w1i0r0"))
    (True, False)
    """
    text, written = "".join(word), None
    if re.fullmatch("(?:w[01](?:[wir][01])*)?", text) is None:
        return False
    for instruction, bit in INSTRUCTION.findall(text):
        if instruction == "w":
            written = bit
        elif instruction == "r" and bit != written:
            return False
    return True


def holds_one(word: Word) -> bool:
    """Return whether there is a write, and the last one wrote 1."""
    return [symbol for symbol in word if symbol != "i"][-1:] == ["w1"]


LANGUAGES = (
    regular(
        "flip_flop_cell",
        "a bit is written or left alone, and is 1 now",
        "Krohn and Rhodes, Algebraic Theory of Machines, 1965",
        LanguageClass.STAR_FREE,
        dfa("flip_flop_cell", ("w0", "w1", "i"), "010 011", "1"),
        holds_one,
        ("w0", "w1", "i"),
        is_of_paper=False,
    ),
    regular(
        "flip_flop_language",
        "instructions w, i, r, each with a bit, w first; r gives the bit last written",
        LIU,
        LanguageClass.STAR_FREE,
        # 0 empty word, 1 after w, 2 and 3 the bit is 0 and 1; from 2: 4 i, 5 r; from 3: 6 i, 7 r; 8 sink
        dfa("flip_flop_language", "wir01", "18888 88823 14588 16788 88822 88828 88833 88883 88888", "023"),
        reads_what_was_written,
        "wir01",
        is_of_paper=False,
    ),
)
