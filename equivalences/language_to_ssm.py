"""E3: a regular language becomes the cheapest model that can hold it.

The minimal automaton's states are given coordinates: words that each symbol moves, a word being moved by the
symbol and by words before it. A kind of transition decides what a word may do in one step (hold, be set,
count, change sign, go round); where coordinates are found whose words do no more, there is a model of the
kind, a layer for each step in the order of reading. Coordinates are looked for as stages (states that never
come back), as counters, and as the levels of a cascade (holonomy; groups split along a composition series).
In the kinds that hold any automaton it is one layer with a bit for every state.

A level acts by the words before it as they were before the step. Their new values and the symbol tell that
wherever they are permuted; elsewhere it costs a delay, of the word or of the symbols (E2).

Law: outputs(ssm) == outputs(program of the language in the mode) on every stream. Memory: the words' bits,
and those of the delays; among the models that are found, the least; then the fewest layers.

Source: THEORY B1-B5, C1, C2, G1-G9, D2; the cascade is Krohn and Rhodes's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from streamssm.equivalences.language_layers import whole
from streamssm.equivalences.language_layers.answers import Answers, answers_of
from streamssm.equivalences.language_layers.assembling import Letters
from streamssm.equivalences.language_layers.coordinates import Coordinates
from streamssm.equivalences.language_layers.dialects import DIALECTS
from streamssm.equivalences.language_layers.drafting import cheapest
from streamssm.equivalences.language_layers.refusing import refusal
from streamssm.equivalences.language_layers.transducing import with_variants
from streamssm.equivalences.language_layers.ways import ways_at_positions, ways_of
from streamssm.equivalences.program_to_layers import KINDS as PROGRAM_KINDS
from streamssm.equivalences.program_to_layers import program_to_layers
from streamssm.errors import ParameterError, UnsupportedProgramError
from streamssm.languages.language import Language
from streamssm.languages.machine import Machine
from streamssm.languages.machine_programs import SYMBOL, program_of
from streamssm.program.ranges import Range
from streamssm.program.words import field
from streamssm.ssm.model import SSM

AUTO = ("time-invariant", "zero-one", "mixed", "signed", "complex", "monomial")  # what more is held, in order
KINDS = ("auto", *DIALECTS, "householder", "dense")


def language_to_ssm(source: Language | Machine, transition: str = "auto", *, mode: str | None = None) -> SSM:
    """Return a model of a language without thoughts, the cheapest of a kind that is found.

    Parameters
    ----------
    source : a language, or the machine of one
    transition : the kind that all layers must be of; "auto" takes the first that holds the language of
        time-invariant, zero-one, mixed, signed, complex and monomial. "mixed" are time-invariant layers
        beside nonnegative ones, "wrap" zero-one ones that may wrap around.
    mode : "recognise", "track", "predict" or "transduce", as in `Language.program`; if None, the first that
        the language has

    Raises
    ------
    ParameterError
        For a kind or a mode that there is not.
    UnsupportedProgramError
        If no model of the kind holds the language, or none is found; the message says which, and why.

    Examples
    --------
    >>> from streamssm.languages.machine import Machine
    >>> ab = Machine.acceptor("(ab)*", "ab", [[1, 2], [2, 0], [2, 2]], [True, False, False])
    >>> for kind in "zero-one", "signed", "monomial":
    ...     ssm = language_to_ssm(ab, kind)
    ...     print(ssm.num_layers, ssm.memory_bits, ssm.run([[0], [1], [0], [0]]).ravel().tolist())
    2 3 [0, 1, 0, 0]
    2 3 [0, 1, 0, 0]
    1 2 [0, 1, 0, 0]
    """
    if transition not in KINDS:
        raise ParameterError(f"transition must be one of {', '.join(KINDS)}, not {transition!r}")
    if isinstance(source, Machine):
        source = source.minimal()
        letters = Letters((field(SYMBOL, Range(0, source.num_symbols - 1)),))
        found = machine_to_ssm(source, letters, transition, mode)
        return replace(found, vocabulary=program_of(source, mode).vocabulary)
    mode = mode or source.mode
    if mode in (None, "recognise") and _is_formula(source) and transition in PROGRAM_KINDS:
        try:
            return program_to_layers(source.recogniser, transition)  # E6
        except UnsupportedProgramError:
            pass  # not by its operators; its automaton may do
    found = machine_to_ssm(source.machine, Letters(source.recogniser.fields), transition, mode)
    return found if source.alphabet is None else replace(found, vocabulary=source.program(mode).vocabulary)


def _is_formula(language: Language) -> bool:
    return language.given is None and language.alphabet is None


def machine_to_ssm(machine: Machine, letters: Letters, transition: str, mode: str | None = None) -> SSM:
    """Return a model of a minimal machine whose symbols are told by some fields."""
    search = _Search(machine, answers_of(machine, mode), letters)
    for kind in AUTO if transition == "auto" else (transition,):
        found = search.of_kind(kind)
        if found is not None:
            return found
    raise refusal(machine, transition, mode)


@dataclass(frozen=True, eq=False)
class _Search:
    """Looks for the cheapest model of each kind."""

    machine: Machine
    answers: Answers
    letters: Letters

    def of_kind(self, kind: str) -> SSM | None:
        models = []
        if kind in DIALECTS:
            ways = [*self._ways, *(self._at_positions if kind in TOLD_POSITIONS else ())]
            models.append(cheapest(ways, DIALECTS[kind], self.answers, self.letters))
        if kind in ONE_LAYER:
            models.append(ONE_LAYER[kind](self.answers, self.letters))
        made = [model for model in models if model is not None]
        return min(made, key=lambda model: (model.memory_bits, model.num_layers), default=None)

    @cached_property
    def _ways(self) -> list[Coordinates]:
        return self._answering(ways_of(self.machine))

    @cached_property
    def _at_positions(self) -> list[Coordinates]:
        return self._answering(ways_at_positions(self.machine))

    def _answering(self, ways: list[Coordinates]) -> list[Coordinates]:
        if self.answers.machine is self.machine:
            return ways
        return [with_variants(coordinates, self.answers.machine) for coordinates in ways]


TOLD_POSITIONS = ("time-invariant", "time-invariant-dense", "mixed")
ONE_LAYER = {
    "monomial": whole.monomial,
    "householder": whole.householder,
    "dense": whole.dense,
}
