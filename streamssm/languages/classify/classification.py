"""classify: for every kind of model whether it can hold a language, decided by the language's monoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from streamssm.algorithms.parameters import BEYOND
from streamssm.automata.holonomy.images import MAX_IMAGES
from streamssm.automata.machine import Automaton
from streamssm.automata.properties import Properties, properties_of
from streamssm.errors import ParameterError
from streamssm.languages.classify.state_space import RULES, unsaturated
from streamssm.languages.classify.subject import AlgebraicProfile, in_mode
from streamssm.languages.classify.transformers import transformers
from streamssm.languages.classify.verdict import Answer, ClassVerdict
from streamssm.languages.classify.wrapping import wrapping
from streamssm.languages.language import Language


@dataclass(frozen=True, eq=False)
class Classification:
    """The verdicts on a language in one mode.

    ``verdicts`` are those of the kinds of transition and of online thoughts, cheap to strong; ``wrapping``
    those of words that wrap around; ``transformers`` what is known of these; ``unsaturated`` what
    time-invariant layers can do without saturation.
    """

    name: str
    mode: str
    properties: Properties
    verdicts: tuple[ClassVerdict, ...]
    wrapping: tuple[ClassVerdict, ...]
    transformers: tuple[ClassVerdict, ...]
    unsaturated: ClassVerdict

    @property
    def machine(self) -> Automaton:
        """The minimal machine, which witnesses are about."""
        return self.properties.machine

    def __getitem__(self, kind: str) -> ClassVerdict:
        """Return the verdict for a kind of transition, or for "online thoughts"."""
        return {verdict.kind: verdict for verdict in self.verdicts}[kind]

    @property
    def yes(self) -> tuple[str, ...]:
        """The kinds that can hold the language, cheap to strong."""
        return tuple(verdict.kind for verdict in self.verdicts if verdict.answer is Answer.YES)

    @property
    def language_class(self) -> str:
        """The smallest class that is named."""
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
        """Run the words of every witness on the minimal machine; return whether all do as they are said."""
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
    """Return which kinds of models can hold a language, each with its theorem and with sizes or words.

    What is decided, what holds only unless TC0 = NC1, and what is only conjectured or open are told apart as
    THEORY does.

    Parameters
    ----------
    source : a regular language, or the machine of one
    mode : "recognize", "track", "predict" or "transduce"; if None, the first that the language has
    max_images : how many sets of states words may map all states to

    Raises
    ------
    ParameterError
        If the language has no such mode, or too many states or images; if it is not told by finitely many
        states.

    Examples
    --------
    >>> parity = Language.from_dfa("01", [[0, 1], [1, 0]], [True, False], name="parity")
    >>> found = classify(parity)
    >>> found["zero-one"].answer.value, found["zero-one"].theorem, found["zero-one"].witness.word
    ('no', 'B2, C2', ('1',))
    >>> found.yes[:4]
    ('signed', 'diagonal', 'complex', 'time-invariant-dense')
    >>> found.verify()
    True
    """
    machine = source if isinstance(source, Automaton) else _machine(source)
    mode = mode or getattr(source, "mode", None)
    answering, mode = in_mode(machine, mode)
    subject = AlgebraicProfile(properties_of(answering, max_images=max_images))
    return Classification(
        source.name,
        mode,
        subject.properties,
        tuple(rule(subject) for rule in RULES),
        wrapping(subject),
        transformers(subject),
        unsaturated(subject),
    )


def _machine(language: Language) -> Automaton:
    """Return a language's machine; a program that counts has none that tells the language."""
    program = language.recogniser
    if language.given is None and program.output.nodes[program.outputs[0]].range.hi == BEYOND:
        raise ParameterError(
            f"{language.name} must be regular to be classified, and its program counts: no finite memory "
            "tells all words; counters of log2(n+1) bits do up to length n (THEORY B6)"
        )
    return language.machine
