"""SuiteLanguage: a formal language with programs, an independent definition, and samplers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.machine_programs import live_states, mode_named, modes_of, program_of
from streamssm.errors import ParameterError
from streamssm.ir.alphabet import Alphabet, SymbolWord
from streamssm.languages.language import Language
from streamssm.languages.suite.sampling import MachineWords, Seed, Word, edits
from streamssm.program.program import Program

MAX_TRIES = 100
END = "end"  # among admissible symbols: the word may end here

Contains = Callable[[Word], bool]


class LanguageClass(Enum):
    """The three groups of the suite."""

    STAR_FREE = "star-free"
    REGULAR = "regular"  # and not star-free
    COUNTER = "counter"  # not regular


@dataclass(frozen=True, eq=False)
class SuiteLanguage(ABC):
    """A language of the suite.

    ``is_member`` follows the definition, independently of the programs. ``is_of_paper`` marks the 27
    languages of Sarrof et al., arXiv 2405.17394 (THEORY, the formal-language suite).
    """

    name: str
    description: str
    source: str
    language_class: LanguageClass
    symbols: tuple[str, ...]
    is_member: Contains
    is_of_paper: bool

    @property
    @abstractmethod
    def modes(self) -> tuple[str, ...]:
        """The modes of `program`: recognize, track, predict."""

    @abstractmethod
    def language(self, counter_bits: int | None = None) -> Language:
        """Return the language with its recognizer."""

    @abstractmethod
    def program(self, mode: str = "recognize", counter_bits: int | None = None) -> Program:
        """Return the program of a mode."""

    @abstractmethod
    def draw(self, length: int, rng: np.random.Generator) -> Word | None:
        """Draw a uniform member of a length, or None if there is none."""

    @abstractmethod
    def admissible(self, word: SymbolWord) -> frozenset[str]:
        """Return the symbols that can come next on the way to a member, and `END` for a member."""

    @property
    @abstractmethod
    def minimal_states(self) -> int | None:
        """The number of states of the minimal DFA; None if there is none."""

    # words

    @property
    def alphabet(self) -> Alphabet:
        """The alphabet, which converts words to numbers and back."""
        return Alphabet(self.symbols)

    def contains(self, word: SymbolWord) -> bool:
        """Return whether a word is a member, by definition; TokenError for an unknown symbol."""
        return self.is_member(self.word(word))

    def word(self, word: SymbolWord) -> Word:
        """Return a word as a tuple of symbols; TokenError for an unknown symbol."""
        return tuple(self.symbols[number] for number in self.alphabet.numbers(word))

    def text(self, word: Word) -> str:
        """Return a word as text."""
        return self.alphabet.text(self.alphabet.numbers(word).tolist())

    # samplers

    def members(self, count: int, lengths: tuple[int, int] = (1, 20), seed: Seed = 0) -> list[Word]:
        """Draw members: a uniform length among those of members, then a uniform member of that length.

        Parameters
        ----------
        lengths : the least and the greatest length

        Raises
        ------
        ParameterError
            If no member has such a length, or the lengths are not a range.
        """
        rng = np.random.default_rng(seed)
        return [self._member(lengths, rng) for _ in range(count)]

    def near_members(self, count: int, lengths: tuple[int, int] = (1, 20), seed: Seed = 0) -> list[Word]:
        """Draw nonmembers at edit distance 1 from a member.

        Parameters
        ----------
        lengths : the least and the greatest length of the members, which differs from the words' by at most 1
        """
        rng = np.random.default_rng(seed)
        return [self._near_member(lengths, rng) for _ in range(count)]

    def _member(self, lengths: tuple[int, int], rng: np.random.Generator) -> Word:
        least, most = lengths
        if not 0 <= least <= most:
            raise ParameterError(f"lengths must be 0 <= least <= greatest, not {least} and {most}")
        for length in rng.permutation(np.arange(least, most + 1)).tolist():
            if (word := self.draw(length, rng)) is not None:
                return word
        raise ParameterError(f"{self.name} has no member of a length from {least} to {most}")

    def _near_member(self, lengths: tuple[int, int], rng: np.random.Generator) -> Word:
        for _ in range(MAX_TRIES):
            for word in edits(self._member(lengths, rng), self.symbols, rng):
                if not self.is_member(word):
                    return word
        least, most = lengths
        raise ParameterError(
            f"{self.name} has no member of a length from {least} to {most} with a nonmember at edit "
            "distance 1"
        )

    def _require_mode(self, mode: str) -> str:
        """Return the mode; ParameterError if the language has none of that name."""
        mode = mode_named(mode)
        if mode not in self.modes:
            raise ParameterError(f"mode of {self.name} must be one of {', '.join(self.modes)}, not {mode!r}")
        return mode

    def _require_no_bits(self, counter_bits: int | None) -> None:
        if counter_bits is not None:
            raise ParameterError(f"{self.name} has no counters: leave out counter_bits")


@dataclass(frozen=True, eq=False)
class RegularLanguage(SuiteLanguage):
    """A language given by a DFA, which ``build`` constructs."""

    build: Callable[[], Automaton]

    @property
    def modes(self) -> tuple[str, ...]:
        return tuple(modes_of(self.machine))

    @cached_property
    def machine(self) -> Automaton:
        """The minimal DFA."""
        return self.build().minimal()

    @property
    def minimal_states(self) -> int:
        return self.machine.num_states

    def language(self, counter_bits: int | None = None) -> Language:
        """Return the language; counter_bits must be None, as there are no counters."""
        self._require_no_bits(counter_bits)
        return Language.from_machine(self.machine)

    def program(self, mode: str = "recognize", counter_bits: int | None = None) -> Program:
        """Return the program of a mode, whose register is the minimal DFA's state."""
        self._require_no_bits(counter_bits)
        return program_of(self.machine, self._require_mode(mode))

    @cached_property
    def _words(self) -> MachineWords:
        return MachineWords(self.machine)

    def draw(self, length: int, rng: np.random.Generator) -> Word | None:
        return self._words.draw(length, rng)

    def admissible(self, word: SymbolWord) -> frozenset[str]:
        return frozenset(self._next(word))

    def _next(self, word: SymbolWord) -> Iterator[str]:
        state = self.machine.state_after(word)
        live = live_states(self.machine)[self.machine.next_state[state]]
        yield from (symbol for symbol, leads in zip(self.symbols, live.tolist(), strict=True) if leads)
        if self.machine.accepting[state]:
            yield END


def regular(
    name: str,
    description: str,
    source: str,
    language_class: LanguageClass,
    build: Callable[[], Automaton],
    is_member: Contains,
    symbols: str | tuple[str, ...],
    *,
    is_of_paper: bool = True,
) -> RegularLanguage:
    """Return a regular language of the suite."""
    return RegularLanguage(
        name, description, source, language_class, tuple(symbols), is_member, is_of_paper, build
    )
