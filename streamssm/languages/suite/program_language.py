"""Suite languages whose programs are algorithms: counter languages, and DFAs too large for a table."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm
from streamssm.ir.alphabet import SymbolWord
from streamssm.languages.language import Language
from streamssm.languages.suite.sampling import Word
from streamssm.languages.suite.suite_language import END, SuiteLanguage
from streamssm.program.program import Program

DEFAULT_COUNTER_BITS = 8

Draw = Callable[[int, np.random.Generator], Word | None]
Admissible = Callable[[Word], frozenset[str]]


@dataclass(frozen=True, eq=False)
class ProgramLanguage(SuiteLanguage):
    """A language with a sampler and a definition of admissible symbols, independent of its programs."""

    draw_word: Draw
    next_symbols: Admissible

    @property
    def modes(self) -> tuple[str, ...]:
        return ("recognize", "predict")

    @abstractmethod
    def algorithm(self, mode: str = "recognize", counter_bits: int | None = None) -> Algorithm:
        """Return the algorithm of a mode."""

    def language(self, counter_bits: int | None = None) -> Language:
        return Language.from_program(self.program(counter_bits=counter_bits), self.symbols)

    def program(self, mode: str = "recognize", counter_bits: int | None = None) -> Program:
        mode = self._require_mode(mode)
        names = ("accept",) if mode == "recognize" else (*self.symbols, END)
        program = self.algorithm(mode, counter_bits).program()
        return replace(program, name=self.name, output_names=names)

    def draw(self, length: int, rng: np.random.Generator) -> Word | None:
        return self.draw_word(length, rng)

    def admissible(self, word: SymbolWord) -> frozenset[str]:
        return self.next_symbols(self.word(word))


@dataclass(frozen=True, eq=False)
class CounterLanguage(ProgramLanguage):
    """A nonregular language, which counters of p bits decide up to a length.

    Law: on all words of up to ``sufficient_length(p)`` symbols the programs' outputs are 0 and 1; for each
    greater length there is a word on which they are `BEYOND`. No output is wrong.

    ``recognizer`` and ``predictor`` return the algorithms for a number of counter bits.
    """

    recognizer: Callable[[int], Algorithm]
    predictor: Callable[[int], Algorithm]
    longest: Callable[[int], int]

    @property
    def minimal_states(self) -> None:
        return None

    def sufficient_length(self, counter_bits: int = DEFAULT_COUNTER_BITS) -> int:
        """Return the greatest length up to which counters of ``counter_bits`` bits suffice for all words."""
        self.recognizer(counter_bits)  # validates counter_bits
        return self.longest(counter_bits)

    def bits_for(self, length: int) -> int:
        """Return the least number of bits per counter that suffices for all words of a length (THEORY B6)."""
        if length < 0:
            raise ParameterError(f"length must be at least 0, not {length}")
        bits = 1
        while self.longest(bits) < length:
            bits += 1
        return bits

    def algorithm(self, mode: str = "recognize", counter_bits: int | None = None) -> Algorithm:
        """Return the algorithm of a mode; counters have 8 bits by default."""
        mode = self._require_mode(mode)
        make = self.recognizer if mode == "recognize" else self.predictor
        return make(DEFAULT_COUNTER_BITS if counter_bits is None else counter_bits)
