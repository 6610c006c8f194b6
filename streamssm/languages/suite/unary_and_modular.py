"""Languages that count modulo a number, and repetitions of a pattern."""

from __future__ import annotations

from collections.abc import Callable

from streamssm.automata.automaton_class import Automaton
from streamssm.languages.suite.dfa_text import dfa, matches
from streamssm.languages.suite.sampling import Word
from streamssm.languages.suite.suite_language import LanguageClass, RegularLanguage, regular

BHATTAMISHRA = "Bhattamishra et al., On the Ability and Limitations of Transformers, 2020, arXiv 2009.11264"
MERRILL = "Merrill et al., The Illusion of State in State-Space Models, 2024, arXiv 2404.08819"
MODULI = (3, 4, 6)


def ones_modulo(modulus: int) -> RegularLanguage:
    """Return the language of words whose number of 1s is divisible by ``modulus``.

    >>> ones_modulo(3).contains("0110"), ones_modulo(3).contains("01011")
    (False, True)
    """
    name = "parity" if modulus == 2 else f"mod_{modulus}"
    return regular(
        name,
        "even number of 1s" if modulus == 2 else f"number of 1s is 0 modulo {modulus}",
        BHATTAMISHRA if modulus == 2 else MERRILL,
        LanguageClass.REGULAR,
        _cycle(name, modulus),
        lambda word: word.count("1") % modulus == 0,
        "01",
        is_of_paper=modulus == 2,
    )


def _cycle(name: str, modulus: int) -> Callable[[], Automaton]:
    rows = [[state, (state + 1) % modulus] for state in range(modulus)]
    return lambda: Automaton.acceptor(name, "01", rows, [state == 0 for state in range(modulus)])


def _repeats(pattern: str, symbols: str, rows: str) -> RegularLanguage:
    name = f"{pattern}_star"
    expression = f"({pattern})*"

    def is_member(word: Word) -> bool:
        return "".join(word) == pattern * (len(word) // len(pattern))

    return regular(
        name,
        expression,
        BHATTAMISHRA,
        LanguageClass.REGULAR,
        dfa(name, symbols, rows, "0"),
        is_member,
        symbols,
    )


LANGUAGES = (
    *(ones_modulo(modulus) for modulus in (2, *MODULI)),
    _repeats("aa", "a", "1 0"),
    _repeats("aaaa", "a", "1 2 3 0"),
    _repeats("abab", "ab", "14 42 34 40 44"),
    regular(
        "ab_star",
        "(ab)*",
        "McNaughton and Papert, Counter-Free Automata, 1971",
        LanguageClass.STAR_FREE,
        dfa("ab_star", "ab", "12 20 22", "0"),
        matches("(ab)*"),
        "ab",
        is_of_paper=False,
    ),
)
