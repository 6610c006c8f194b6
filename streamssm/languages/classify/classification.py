"""classify: decide from the syntactic monoid which kinds of model can represent a language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from streamssm.algorithms.parameters import BEYOND
from streamssm.automata.automaton_class import Automaton
from streamssm.automata.holonomy.images import MAX_IMAGES
from streamssm.automata.properties import Properties, properties_of
from streamssm.errors import ParameterError
from streamssm.ir.displayed import Displayed, amount, short
from streamssm.languages.classify.profile import AlgebraicProfile, in_mode
from streamssm.languages.classify.state_space import RULES, unsaturated
from streamssm.languages.classify.transformers import transformers
from streamssm.languages.classify.verdict import Answer, ClassVerdict
from streamssm.languages.classify.wrapping import wrapping
from streamssm.languages.language import Language


@dataclass(frozen=True, eq=False)
class Classification(Displayed):
    """The verdicts on a language in one mode.

    ``verdicts`` are for the kinds of transition and online thoughts, from cheap to strong; ``wrapping`` for
    diagonal kinds with wraparound arithmetic; ``transformers`` for attention; ``unsaturated`` for
    time-invariant layers without saturation.
    """

    name: str
    mode: str
    properties: Properties
    verdicts: tuple[ClassVerdict, ...]
    wrapping: tuple[ClassVerdict, ...]
    transformers: tuple[ClassVerdict, ...]
    unsaturated: ClassVerdict

    def __repr__(self) -> str:
        states = amount(self.machine.num_states, "state")
        return f"<Classification of {short(self.name, 24)}, {self.mode}: {self.language_class}, {states}>"

    @property
    def machine(self) -> Automaton:
        """The minimal automaton, to which witnesses refer."""
        return self.properties.machine

    def __getitem__(self, kind: str) -> ClassVerdict:
        """Return the verdict for a kind of transition, or for "online thoughts"."""
        return {verdict.kind: verdict for verdict in self.verdicts}[kind]

    @property
    def yes(self) -> tuple[str, ...]:
        """The kinds that can represent the language, from cheap to strong."""
        return tuple(verdict.kind for verdict in self.verdicts if verdict.answer is Answer.YES)

    @property
    def language_class(self) -> str:
        """The smallest class of the hierarchy that contains the language."""
        p = self.properties
        both = "quasi-aperiodic, 2-groups" if p.is_quasi_aperiodic else "2-groups"
        return next(
            name
            for name, holds in (
                ("R-trivial", p.is_r_trivial),
                ("aperiodic", p.is_aperiodic),
                (both, p.has_two_groups_only),
                ("quasi-aperiodic", p.is_quasi_aperiodic),
                ("solvable", p.is_solvable),
                ("not solvable", True),
            )
            if holds
        )

    def verify(self) -> bool:
        """Return whether all witnesses hold, by running their words on the minimal automaton."""
        return all(verdict.verify(self.machine) for verdict in self.everything)

    @property
    def everything(self) -> tuple[ClassVerdict, ...]:
        """All verdicts."""
        return (*self.verdicts, self.unsaturated, *self.wrapping, *self.transformers)

    def to_dict(self) -> dict[str, Any]:
        """Return everything by name, for JSON."""
        p, monoid = self.properties, self.properties.monoid
        return {
            "name": self.name,
            "mode": self.mode,
            "class": self.language_class,
            "states": self.machine.num_states,
            "symbols": list(self.machine.symbols),
            "monoid_elements": None if monoid is None else len(monoid),
            "is_group": p.is_group,
            "r_trivial": p.is_r_trivial,
            "aperiodic": p.is_aperiodic,
            "quasi_aperiodic": p.is_quasi_aperiodic,
            "modulus": p.modulus,
            "two_groups": p.has_two_groups_only,
            "solvable": p.is_solvable,
            "derived_length": p.derived_length,
            "groups": [group.structure for group in p.groups],
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
            "wrapping": [verdict.to_dict() for verdict in self.wrapping],
            "unsaturated": self.unsaturated.to_dict(),
            "transformers": [verdict.to_dict() for verdict in self.transformers],
        }


def classify(
    source: Language | Automaton, *, mode: str | None = None, max_images: int = MAX_IMAGES
) -> Classification:
    """Classify the kinds of models that can represent a language, with theorems, and sizes or witnesses.

    Decided, conditional (unless TC0 = NC1), conjectured and open answers are distinguished as in THEORY.

    Parameters
    ----------
    source : a regular language, or its automaton
    mode : "recognize", "track", "predict" or "transduce"; if None, the first that the language has
    max_images : the most images of the state set under words

    Raises
    ------
    ParameterError
        If the language is not regular, has no such mode, or too many states or images.

    Examples
    --------
    >>> parity = Language.from_dfa("01", [[0, 1], [1, 0]], [True, False], name="parity")
    >>> result = classify(parity)
    >>> result["zero-one"].answer.value, result["zero-one"].theorem, result["zero-one"].witness.word
    ('no', 'B2, C2', ('1',))
    >>> result.yes[:4]
    ('signed', 'diagonal', 'complex', 'time-invariant-dense')
    >>> result.verify()
    True
    """
    machine = source if isinstance(source, Automaton) else _machine(source)
    mode = mode or getattr(source, "mode", None)
    automaton, mode = in_mode(machine, mode)
    profile = AlgebraicProfile(properties_of(automaton, max_images=max_images))
    return Classification(
        source.name,
        mode,
        profile.properties,
        tuple(rule(profile) for rule in RULES),
        wrapping(profile),
        transformers(profile),
        unsaturated(profile),
    )


def _machine(language: Language) -> Automaton:
    """Return a language's automaton; a counter language has none."""
    program = language.recognizer
    if language.given is None and program.output.nodes[program.outputs[0]].range.hi == BEYOND:
        raise ParameterError(
            f"{language.name} is not regular (its program counts), so it cannot be classified: no finite "
            "memory decides all words; counters of log2(n+1) bits suffice up to length n (THEORY B6)"
        )
    return language.machine
