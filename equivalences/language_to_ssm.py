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

from streamssm.automata.machine import Automaton
from streamssm.automata.machine_programs import program_of
from streamssm.equivalences.program_to_layers import KINDS as PROGRAM_KINDS
from streamssm.equivalences.program_to_layers import program_to_layers
from streamssm.equivalences.state_encoding import one_hot
from streamssm.equivalences.state_encoding.build import SymbolDecoder
from streamssm.equivalences.state_encoding.diagnostics import may_exist, refusal
from streamssm.equivalences.state_encoding.encoding import StateEncoding
from streamssm.equivalences.state_encoding.encodings import (
    encodings_at_positions,
    encodings_of,
    large_encodings_of,
)
from streamssm.equivalences.state_encoding.mealy_outputs import with_variants
from streamssm.equivalences.state_encoding.outputs import OutputTables, outputs_of
from streamssm.equivalences.state_encoding.search import cheapest
from streamssm.equivalences.state_encoding.targets import TARGETS
from streamssm.errors import ParameterError, Reason, UnsupportedProgramError
from streamssm.languages.language import Language
from streamssm.program.program import Program
from streamssm.ssm.model import SSM

AUTO = ("time-invariant", "zero-one", "mixed", "signed", "complex", "monomial")  # what more is held, in order
KINDS = ("auto", *TARGETS, "householder", "dense")
MOST_STATES = 1 << 10  # of an automaton beside a program: coordinates take minutes beyond that

TOO_LARGE = Reason(
    "", 0, f"its automaton has more than {MOST_STATES} states", "online thoughts would do (cot='online')"
)


def language_to_ssm(
    source: Language | Automaton, transition: str = "auto", *, mode: str | None = None
) -> SSM:
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
    >>> from streamssm.automata.machine import Automaton
    >>> ab = Automaton.acceptor("(ab)*", "ab", [[1, 2], [2, 0], [2, 2]], [True, False, False])
    >>> for kind in "zero-one", "signed", "monomial":
    ...     ssm = language_to_ssm(ab, kind)
    ...     print(ssm.num_layers, ssm.memory_bits, ssm.run([[0], [1], [0], [0]]).ravel().tolist())
    2 3 [0, 1, 0, 0]
    2 3 [0, 1, 0, 0]
    1 2 [0, 1, 0, 0]
    """
    if transition not in KINDS:
        raise ParameterError(f"transition must be one of {', '.join(KINDS)}, not {transition!r}")
    if isinstance(source, Automaton):
        machine = source.minimal()
        return _by_machine(machine, program_of(machine, mode), transition, mode)
    mode = mode or source.mode
    program = source.program(mode)
    if source.given is None and mode in (None, "recognise"):
        return _by_program(source, transition)
    return _by_machine(source.machine, program, transition, mode)


def _by_program(source: Language, transition: str) -> SSM:
    """Return a model of a language that a program tells: of a formula by its operators (E6) where they do;
    else by its automaton or by the program, where the automaton has too many states or costs more."""
    program, made, reasons = source.recogniser, list[SSM](), tuple[Reason, ...]()
    if transition in PROGRAM_KINDS:
        try:
            made.append(program_to_layers(program, transition))
        except UnsupportedProgramError as error:
            reasons = error.reasons  # its automaton may do
    if made and source.alphabet is None:
        return made[0]
    machine = _small_machine(source)
    if machine is not None:
        try:
            made.insert(0, _by_machine(machine, program, transition, None))
        except UnsupportedProgramError:
            if not made:
                raise
    if not made:
        raise UnsupportedProgramError(program.name, (*reasons, TOO_LARGE), f" with {transition} layers")
    return made[0] if transition == "auto" else min(made, key=lambda m: (m.memory_bits, m.num_layers))


def _small_machine(source: Language) -> Automaton | None:
    try:
        machine = source.machine
    except ParameterError:
        return None
    return machine if machine.num_states <= MOST_STATES else None


def _by_machine(machine: Automaton, program: Program, transition: str, mode: str | None) -> SSM:
    """Return a model of a minimal machine that reads what a program reads."""
    search = _Search(machine, mode, outputs_of(machine, mode), SymbolDecoder(program.fields))
    for kind in AUTO if transition == "auto" else (transition,):
        found = search.of_kind(kind)
        if found is not None:
            return replace(found, vocabulary=program.vocabulary)
    raise refusal(machine, transition, mode)


@dataclass(frozen=True, eq=False)
class _Search:
    """Looks for the cheapest model of each kind."""

    machine: Automaton
    mode: str | None
    answers: OutputTables
    letters: SymbolDecoder

    def of_kind(self, kind: str) -> SSM | None:
        models = []
        if kind in TARGETS:
            ways = [*self._ways, *(self._at_positions if kind in TOLD_POSITIONS else ())]
            found = cheapest(ways, TARGETS[kind], self.answers, self.letters)
            if found is None and may_exist(self.machine, kind, self.mode):
                found = cheapest(self._large_ways, TARGETS[kind], self.answers, self.letters)
            models.append(found)
        if kind in ONE_LAYER:
            models.append(ONE_LAYER[kind](self.answers, self.letters))
        made = [model for model in models if model is not None]
        return min(made, key=lambda model: (model.memory_bits, model.num_layers), default=None)

    @cached_property
    def _ways(self) -> list[StateEncoding]:
        return self._answering(encodings_of(self.machine))

    @cached_property
    def _large_ways(self) -> list[StateEncoding]:
        return self._answering(large_encodings_of(self.machine))

    @cached_property
    def _at_positions(self) -> list[StateEncoding]:
        return self._answering(encodings_at_positions(self.machine))

    def _answering(self, ways: list[StateEncoding]) -> list[StateEncoding]:
        if self.answers.machine is self.machine:
            return ways
        return [with_variants(coordinates, self.answers.machine) for coordinates in ways]


TOLD_POSITIONS = ("time-invariant", "time-invariant-dense", "mixed")
ONE_LAYER = {
    "monomial": one_hot.monomial,
    "householder": one_hot.householder,
    "time-invariant-dense": one_hot.constant_matrix,
    "dense": one_hot.dense,
}
