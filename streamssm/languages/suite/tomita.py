"""Tomita's seven languages over 0 and 1."""

from __future__ import annotations

import re

from streamssm.languages.suite.dfa_text import dfa, matches
from streamssm.languages.suite.sampling import Word
from streamssm.languages.suite.suite_language import LanguageClass, regular

SOURCE = "Tomita, Dynamic construction of finite automata from examples using hill-climbing, 1982"
STAR_FREE, REGULAR = LanguageClass.STAR_FREE, LanguageClass.REGULAR


def odd_ones_before_even_zeros(word: Word) -> bool:
    """Return whether no odd run of 1s is directly followed by an odd run of 0s."""
    runs = [(run[0], len(run)) for run in re.findall("0+|1+", "".join(word))]
    pairs = zip(runs, runs[1:], strict=False)
    return not any(bit == "1" and ones % 2 and zeros % 2 for (bit, ones), (_, zeros) in pairs)


def _both_even(word: Word) -> bool:
    return word.count("0") % 2 == 0 and word.count("1") % 2 == 0


def _balanced_modulo_3(word: Word) -> bool:
    return (word.count("0") - word.count("1")) % 3 == 0


# number, text, class, rows of successors for 0 and 1, accepting states, definition
_ROWS = (
    (1, "1*", STAR_FREE, "10 11", "0", matches("1*")),
    (2, "(10)*", STAR_FREE, "21 02 22", "0", matches("(10)*")),
    (
        3,
        "an odd run of 1s is never directly followed by an odd run of 0s",
        REGULAR,
        # states: 0 not in an odd run of 1s, 1 in an odd run of 1s, 2 and 3 after it an odd and an even number
        # of 0s, 4 sink: an odd run of 0s ended
        "01 20 34 21 44",
        "013",
        odd_ones_before_even_zeros,
    ),
    (4, "no 000", STAR_FREE, "10 20 30 33", "012", lambda word: "000" not in "".join(word)),
    (5, "even number of 0s and even number of 1s", REGULAR, "12 03 30 21", "0", _both_even),
    (6, "number of 0s minus number of 1s is 0 modulo 3", REGULAR, "12 20 01", "0", _balanced_modulo_3),
    (7, "0*1*0*1*", STAR_FREE, "01 21 23 43 44", "0123", matches("0*1*0*1*")),
)

LANGUAGES = tuple(
    regular(f"tomita_{n}", text, SOURCE, group, dfa(f"tomita_{n}", "01", rows, accepting), definition, "01")
    for n, text, group, rows, accepting, definition in _ROWS
)
