"""The languages of the frontier, by their names in the suite."""

from __future__ import annotations

from streamssm.automata.automaton_class import Automaton
from streamssm.languages.suite import find
from streamssm.languages.suite.suite_language import RegularLanguage

NAMES = (
    *(f"tomita_{number}" for number in range(1, 8)),
    "parity",
    "aa_star",
    "abab_star",
    "d_2",
    "d_3",
    "flip_flop_cell",
    "any_02_star",
    "ab_d_bc",
)


def machines() -> dict[str, Automaton]:
    """Return the languages' minimal automata by name.

    >>> machines()["parity"].num_states, len(machines())
    (2, 15)
    """
    languages = [find(name) for name in NAMES]
    return {
        language.name: language.machine for language in languages if isinstance(language, RegularLanguage)
    }
