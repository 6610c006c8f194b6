"""E3: a regular language becomes the cheapest model found that can hold it.

The states of the minimal automaton are encoded by words (state assignment, Hartmanis and Stearns), each
updated by the symbol and by earlier words. A kind of transition restricts the update of a word in one step
(hold, set, count, change sign, rotate). A state encoding whose words obey that restriction is a model of the
kind, with one layer for each step in the order of reading. The encodings are stages (states that are never
reached again), counters, and the levels of a Krohn-Rhodes cascade (holonomy; groups split along a composition
series). The kinds that hold any automaton use one layer with one bit per state (one-hot).

A level depends on the values of the earlier words before the step. Where these words are permuted, their new
values and the symbol determine the old ones; elsewhere a delay of the word or of the symbols is needed (E2).

Law: outputs(ssm) == outputs(program of the language in the mode) on every stream. Memory: the words' bits and
those of the delays. Among the models found, one of the least memory is taken; then of the fewest layers.

Source: THEORY B1-B5, C1, C2, G1-G9, D2; Krohn and Rhodes for the cascade.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.machine_programs import mode_named, program_of
from streamssm.equivalences.program_to_layers import KINDS as PROGRAM_KINDS
from streamssm.equivalences.program_to_layers import program_to_layers
from streamssm.equivalences.state_encoding import one_hot
from streamssm.equivalences.state_encoding.build import SymbolDecoder
from streamssm.equivalences.state_encoding.candidate_search import cheapest
from streamssm.equivalences.state_encoding.encoding import StateEncoding
from streamssm.equivalences.state_encoding.encoding_errors import classified, may_exist, refusal
from streamssm.equivalences.state_encoding.encodings import (
    FEW_CHAINS,
    encodings_at_positions,
    encodings_of,
    large_encodings_of,
)
from streamssm.equivalences.state_encoding.mealy_outputs import with_variants
from streamssm.equivalences.state_encoding.output_tables import OutputTables, outputs_of
from streamssm.equivalences.state_encoding.targets import TARGETS
from streamssm.errors import ParameterError, Reason, UnsupportedProgramError
from streamssm.languages.classify.classification import Classification
from streamssm.languages.language import Language
from streamssm.program.program import Program
from streamssm.ssm.model import SSM

AUTO = (
    "time-invariant",
    "zero-one",
    "mixed",
    "signed",
    "complex",
    "monomial",
)  # each holds languages that those before do not
KINDS = ("auto", *TARGETS, "householder", "dense")
# A language given by a program may have a huge automaton; the search for encodings takes minutes beyond this.
MOST_STATES = 1 << 10

TOO_LARGE = Reason(
    "", 0, f"its automaton has more than {MOST_STATES} states", "use online thoughts instead (cot='online')"
)


def language_to_ssm(
    source: Language | Automaton, transition: str = "auto", *, mode: str | None = None
) -> SSM:
    """Return a model of a language without thoughts, the cheapest that is found of a kind.

    Parameters
    ----------
    source : a language, or its automaton
    transition : the kind that all layers must be of; "auto" takes the first for which a model is found
        without a cascade of thousands of tuples, of time-invariant, zero-one, mixed, signed, complex and
        monomial; the model's notes say which weaker kinds may hold the language, too. "mixed" are
        time-invariant layers beside nonnegative ones, "wrap" zero-one ones that may wrap around.
    mode : "recognize", "track", "predict" or "transduce", as in `Language.program`; if None, the first that
        the language has

    Raises
    ------
    ParameterError
        If the kind or the mode does not exist.
    UnsupportedProgramError
        If no model of the kind holds the language, or none is found, with the reason.

    Examples
    --------
    >>> from streamssm.automata.automaton_class import Automaton
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
    mode = mode_named(mode or source.mode)
    program = source.program(mode)
    if source.given is None and mode in (None, "recognize"):
        return _by_program(source, transition)
    return _by_machine(source.machine, program, transition, mode)


def _by_program(source: Language, transition: str) -> SSM:
    """Return a model of a language that is given by a program.

    A formula becomes layers by its operators (E6) if it can. Other languages become layers by their
    automaton, or by their program if the automaton has too many states or needs more memory.
    """
    program, models, reasons = source.recognizer, list[SSM](), tuple[Reason, ...]()
    if transition in PROGRAM_KINDS:
        try:
            models.append(program_to_layers(program, transition))
        except UnsupportedProgramError as error:
            reasons = error.reasons  # the automaton may still be translated
    if models and source.alphabet is None:
        return models[0]
    machine = _small_machine(source)
    if machine is not None:
        try:
            models.insert(0, _by_machine(machine, program, transition, None))
        except UnsupportedProgramError:
            if not models:
                raise
    if not models:
        raise UnsupportedProgramError(program.name, (*reasons, TOO_LARGE), f" with {transition} layers")
    return models[0] if transition == "auto" else min(models, key=_cost)


def _cost(ssm: SSM) -> tuple[int, int]:
    return ssm.memory_bits, ssm.num_layers


def _small_machine(source: Language) -> Automaton | None:
    try:
        machine = source.machine
    except ParameterError:
        return None
    return machine if machine.num_states <= MOST_STATES else None


def _by_machine(machine: Automaton, program: Program, transition: str, mode: str | None) -> SSM:
    """Return a model of a minimal machine, with the tokens of a program."""
    search = _Search(machine, mode, outputs_of(machine, mode), SymbolDecoder(program.fields))
    found = search.of_first_kind() if transition == "auto" else search.of_kind(transition)
    if found is None:
        raise refusal(machine, transition, mode)
    return replace(found, vocabulary=program.vocabulary)


@dataclass(frozen=True, eq=False)
class _Search:
    """The search for the cheapest model of each kind; the encodings are shared between kinds."""

    machine: Automaton
    mode: str | None
    answers: OutputTables
    letters: SymbolDecoder

    def of_first_kind(self) -> SSM | None:
        """Return a model of the first kind for which one is found without a large cascade.

        Large cascades take minutes, and there is a model without: monomial layers hold every automaton. The
        notes name the weaker kinds that may hold it, too.
        """
        untried: list[str] = []
        for kind in AUTO:
            model = self._directly(kind)
            if model is not None:
                return replace(model, notes=(*model.notes, *self._notes(untried)))
            untried.append(kind)
        return None

    def _notes(self, untried: Sequence[str]) -> Iterator[str]:
        possible = [kind for kind in untried if kind in TARGETS and may_exist(self._classification, kind)]
        if possible:
            yield (
                f"cascades of more than {FEW_CHAINS:,} tuples were not tried, by which "
                f"{' or '.join(possible)} layers may hold it: transition={possible[0]!r} tries them"
            )

    def of_kind(self, kind: str) -> SSM | None:
        """Return the cheapest model of a kind; None if none is found."""
        model = self._directly(kind)
        if model is None and kind in TARGETS and may_exist(self._classification, kind):
            return cheapest(self._large_encodings, TARGETS[kind], self.answers, self.letters)
        return model

    def _directly(self, kind: str) -> SSM | None:
        candidates: list[SSM | None] = []
        if kind in TARGETS:
            encodings = [*self._encodings, *(self._at_positions if kind in WITH_POSITIONS else ())]
            candidates.append(cheapest(encodings, TARGETS[kind], self.answers, self.letters))
        if kind in ONE_LAYER:
            candidates.append(ONE_LAYER[kind](self.answers, self.letters))
        models = [model for model in candidates if model is not None]
        return min(models, key=_cost, default=None)

    @cached_property
    def _classification(self) -> Classification | None:
        return classified(self.machine, self.mode)

    @cached_property
    def _encodings(self) -> list[StateEncoding]:
        return self._answering(encodings_of(self.machine))

    @cached_property
    def _large_encodings(self) -> list[StateEncoding]:
        return self._answering(large_encodings_of(self.machine))

    @cached_property
    def _at_positions(self) -> list[StateEncoding]:
        return self._answering(encodings_at_positions(self.machine))

    def _answering(self, encodings: list[StateEncoding]) -> list[StateEncoding]:
        """Return the encodings for the machine that gives the outputs, which may split states (Mealy)."""
        if self.answers.machine is self.machine:
            return encodings
        return [with_variants(encoding, self.answers.machine) for encoding in encodings]


# kinds with time-invariant layers, which can count positions modulo m
WITH_POSITIONS = ("time-invariant", "time-invariant-dense", "mixed")
ONE_LAYER = {
    "monomial": one_hot.monomial,
    "householder": one_hot.householder,
    "time-invariant-dense": one_hot.constant_matrix,
    "dense": one_hot.dense,
}
