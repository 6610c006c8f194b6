"""Boolean expressions in prefix notation, with operators of arity up to three or five."""

from __future__ import annotations

import numpy as np

from streamssm.algorithms.parameters import BEYOND
from streamssm.algorithms.prefix_expressions import PrefixExpressions
from streamssm.languages.suite.program_language import CounterLanguage
from streamssm.languages.suite.sampling import Walks, Word
from streamssm.languages.suite.suite_language import END, LanguageClass

SOURCE = "Bhattamishra et al., On the Ability and Limitations of Transformers, 2020, arXiv 2009.11264"
# the published operators: one of each arity
ARITIES = {"0": 0, "1": 0, "~": 1, "+": 2, ">": 3, "*": 4, "^": 5}


class NextSymbols(PrefixExpressions):
    """Predict: 1 for each symbol that can come next, and for the end, else 0; 2 after a counter overflow."""

    def output(self) -> tuple[int, ...]:  # type: ignore[override]
        symbols = len(self.steps)
        return tuple(
            BEYOND if self.beyond else int(not self.failed and (self.missing == 0) == (index == symbols))
            for index in range(symbols + 1)
        )


def boolean(greatest_arity: int) -> CounterLanguage:
    """Return the language of expressions with operators of bounded arity.

    The symbols are those of the published data: 0, 1, and the operators ~ + > * ^ of one to five arguments,
    as many of them as the greatest arity.

    >>> boolean(3).symbols, boolean(3).contains("+~0>110"), boolean(5).contains("*01")
    (('0', '1', '~', '+', '>'), True, False)
    """
    arities = {symbol: arity for symbol, arity in ARITIES.items() if arity <= greatest_arity}
    walks = Walks(
        deltas=tuple(arity - 1 for arity in arities.values()),
        weights=(1,) * len(arities),
        start=1,
        ends_at_zero=True,
    )
    symbols, numbers = tuple(arities), tuple(arities.values())
    return CounterLanguage(
        name=f"boolean_{greatest_arity}",
        description=f"Boolean expressions in prefix notation, of arity up to {greatest_arity}",
        source=SOURCE,
        language_class=LanguageClass.COUNTER,
        symbols=symbols,
        is_member=lambda word: is_expression(word, arities),
        is_of_paper=True,
        draw_word=lambda length, rng: _draw(walks, symbols, length, rng),
        next_symbols=lambda word: _admissible(word, arities),
        recognizer=lambda bits: PrefixExpressions(numbers, bits),
        predictor=lambda bits: NextSymbols(numbers, bits),
        longest=lambda bits: (2**bits - 2) // (greatest_arity - 1),
    )


def is_expression(word: Word, arities: dict[str, int]) -> bool:
    """Return whether a word is one expression: read from right to left, an operator joins its arguments."""
    whole = 0
    for symbol in reversed(word):
        if whole < arities[symbol]:
            return False
        whole += 1 - arities[symbol]
    return whole == 1


def _admissible(word: Word, arities: dict[str, int]) -> frozenset[str]:
    """Return the admissible symbols: any symbol, unless the word is or exceeds an expression."""
    if any(is_expression(word[:length], arities) for length in range(len(word))):
        return frozenset()
    return frozenset([END]) if is_expression(word, arities) else frozenset(arities)


def _draw(walks: Walks, symbols: tuple[str, ...], length: int, rng: np.random.Generator) -> Word | None:
    steps = walks.draw(length, rng)
    return None if steps is None else tuple(symbols[step] for step in steps)


LANGUAGES = tuple(map(boolean, (3, 5)))
