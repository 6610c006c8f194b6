"""Word problems of groups: the products of elements that are the identity.

The symbols are all elements, as in Merrill et al.'s tasks, or only generators. The state of *track* is the
product so far. In it the new symbol acts last; their generator lets it act first, as `word_problem` does
with ``new_first``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.languages.suite.group_languages import (
    NamedGroup,
    alternating,
    cyclic,
    dihedral,
    direct,
    quaternions,
    symmetric,
)
from streamssm.languages.suite.sampling import Word
from streamssm.languages.suite.suite_language import LanguageClass, RegularLanguage

SOURCE = "Merrill et al., The Illusion of State in State-Space Models, 2024, arXiv 2404.08819"
GROUPS = (
    cyclic(60),
    direct(alternating(4), cyclic(5)),
    alternating(5),
    symmetric(5),
    symmetric(3),
    symmetric(4),
    alternating(4),
    dihedral(4),
    quaternions(),
)


@dataclass(frozen=True, eq=False)
class WordProblem(RegularLanguage):
    """The word problem of ``group``: the products that are the identity."""

    group: NamedGroup

    def draw(self, length: int, rng: np.random.Generator) -> Word | None:
        if self.symbols != self.group.names:
            return super().draw(length, rng)
        if length == 0:
            return ()
        first = rng.integers(self.group.order, size=length - 1).tolist()
        so_far = 0
        for number in first:
            so_far = int(self.group.table[so_far, number])
        last = int(np.argmax(self.group.table[so_far] == 0))  # the inverse of the product so far
        return tuple(self.symbols[number] for number in (*first, last))


def word_problem(group: NamedGroup, *, generators: bool = False, new_first: bool = False) -> WordProblem:
    """Return a group's word problem; the symbols are all its elements, or its generators.

    In products of permutations the new symbol acts last, and with ``new_first`` it acts first: the state of
    *track* is then the target of the published data, whose generator multiplies in this order.

    >>> word_problem(symmetric(3)).contains("213 231 321"), word_problem(cyclic(5), generators=True).symbols
    (True, ('1',))
    >>> published = word_problem(symmetric(3), new_first=True).program("track")
    >>> published.run([(1,), (2,)]).ravel().tolist()
    [1, 4]
    """
    group = replace(group, multiply=_reversed(group.multiply)) if new_first else group
    ending = ("_generators" if generators else "") + ("_new_first" if new_first else "")
    name = f"word_problem_{group.name.lower()}{ending}"
    elements = group.generators if generators else group.elements
    symbols = tuple(map(group.name_of, elements))
    factors = "generators" if generators else "elements"
    of_name = dict(zip(symbols, elements, strict=True))

    def is_member(word: Word) -> bool:
        return bool(group.product([of_name[symbol] for symbol in word]) == group.elements[0])

    return WordProblem(
        name=name,
        description=f"products of {factors} of {group.name} that are the identity",
        source=SOURCE,
        language_class=LanguageClass.REGULAR,
        symbols=symbols,
        is_member=is_member,
        is_of_paper=False,
        build=lambda: cayley_machine(name, group, symbols),
        group=group,
    )


def _reversed(multiply: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda a, b: multiply(b, a)


def cayley_machine(name: str, group: NamedGroup, symbols: tuple[str, ...]) -> Automaton:
    """Return the Cayley graph as a DFA: the state is the product so far, the identity accepts."""
    columns = [group.names.index(symbol) for symbol in symbols]
    accepting = np.arange(group.order) == 0
    return Automaton.acceptor(name, symbols, group.table[:, columns], accepting, state_names=group.names)


LANGUAGES = (*map(word_problem, GROUPS), *(word_problem(group, generators=True) for group in GROUPS))
