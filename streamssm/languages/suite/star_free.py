"""Star-free languages: brackets of bounded depth, marked positions, blocks in order."""

from __future__ import annotations

from streamssm.automata.automaton_class import Automaton
from streamssm.languages.suite.dfa_text import dfa, matches
from streamssm.languages.suite.suite_language import LanguageClass, RegularLanguage, regular

SOURCE = "Bhattamishra et al., On the Ability and Limitations of Transformers, 2020, arXiv 2009.11264"
DEPTHS = (2, 3, 4, 12)
STAR_FREE = LanguageClass.STAR_FREE


def nested(depth: int) -> RegularLanguage:
    """Return D_n: D_0 contains only the empty word, and D_n = (a D_{n-1} b)*.

    >>> nested(2).contains("aabb"), nested(1).contains("aabb")
    (True, False)
    """
    name = f"d_{depth}"
    return regular(
        name,
        f"D_{depth}, where D_n = (a D_(n-1) b)* and D_0 contains only the empty word",
        SOURCE,
        STAR_FREE,
        lambda: ladder(name, "ab", depth),
        matches(_expression(depth)),
        "ab",
    )


def ladder(name: str, symbols: str, depth: int) -> Automaton:
    """Return the DFA that goes up with one symbol and down with the other, and to a sink beyond the ends."""
    failed = depth + 1
    rows = [[height + 1, height - 1 if height else failed] for height in range(depth + 1)]
    return Automaton.acceptor(
        name, symbols, [*rows, [failed, failed]], [height == 0 for height in range(depth + 2)]
    )


def _expression(depth: int) -> str:
    return f"(?:a{_expression(depth - 1)}b)*" if depth else ""


LANGUAGES = (
    *map(nested, DEPTHS),
    regular(
        "any_02_star",
        "{0,1,2}*02*",
        SOURCE,
        STAR_FREE,
        dfa("any_02_star", "012", "100 101", "1"),
        matches("[012]*02*"),
        "012",
    ),
    regular(
        "blocks_abcde",
        "aa*bb*cc*dd*ee*",
        SOURCE,
        STAR_FREE,
        dfa("blocks_abcde", "abcde", "16666 12666 62366 66346 66645 66665 66666", "5"),
        matches("aa*bb*cc*dd*ee*"),
        "abcde",
    ),
    regular(
        "ab_d_bc",
        "{a,b}*d{b,c}*",
        SOURCE,
        STAR_FREE,
        dfa("ab_d_bc", "abcd", "0021 2112 2222", "1"),
        matches("[ab]*d[bc]*"),
        "abcd",
    ),
)
