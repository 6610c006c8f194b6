"""Verdicts: whether a kind of model can represent a language, and on which evidence."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.witnesses import WordWitness


class Answer(str, Enum):
    """The answer to whether a kind of model can represent a language."""

    YES = "yes"
    NO = "no"
    CONDITIONAL = "no unless TC0 = NC1"
    CONJECTURED = "conjectured: no"
    OPEN = "open"


class VerdictEvidence(str, Enum):
    """The kind of evidence for an answer (THEORY)."""

    ABSTRACT = "read in the paper's abstract or page"
    NOTE = "read in a summary, wording not verified"
    RUN = "run on small cases"
    ARGUED = "argued by us"
    CONJECTURE = "conjectured by the authors"


@dataclass(frozen=True)
class Cost:
    """Sizes of a model as far as the algebra gives them, else None.

    ``levels`` are the level sizes of a sufficient cascade, an upper bound, without delays. ``layers`` is
    exact if it follows from a theorem or is 1; ``modulus`` is that of a position counter.
    """

    layers: int | None = None
    state_dim: int | None = None
    precision_bits: int | None = None
    memory_bits: int | None = None
    reflections: int | None = None
    modulus: int | None = None
    levels: tuple[int, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the known sizes by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class ClassVerdict:
    """The answer for one kind of model.

    ``theorem`` is the row of THEORY or the paper that proves it, ``field`` the number field of the state,
    ``holds_for`` the arithmetic that the answer assumes. Every answer "no" or "no unless TC0 = NC1" has a
    witness.
    """

    kind: str
    answer: Answer
    theorem: str
    evidence: tuple[VerdictEvidence, ...]
    reason: str
    field: str = "real"
    holds_for: str = ""
    cost: Cost = Cost()
    witness: WordWitness | None = None
    note: str = ""

    def verify(self, machine: Automaton) -> bool:
        """Return whether the witness holds on the minimal automaton; False if a required one is missing."""
        needs = self.answer in (Answer.NO, Answer.CONDITIONAL)
        return not needs if self.witness is None else self.witness.verify(machine)

    def to_dict(self) -> dict[str, Any]:
        """Return all fields by name, for JSON."""
        witness = self.witness and {"claim": self.witness.claim, **self.witness.to_dict()}
        return {
            "kind": self.kind,
            "answer": self.answer.value,
            "theorem": self.theorem,
            "evidence": [evidence.value for evidence in self.evidence],
            "reason": self.reason,
            "field": self.field,
            "holds_for": self.holds_for,
            "cost": self.cost.to_dict(),
            "witness": witness,
            "note": self.note,
        }
