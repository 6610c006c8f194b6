"""Verdict: whether a kind of model can hold a language, and how that is known."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from streamssm.automata.machine import Automaton
from streamssm.automata.witnesses import WordWitness


class Answer(str, Enum):
    """What is known."""

    YES = "yes"
    NO = "no"
    CONDITIONAL = "no unless TC0 = NC1"
    CONJECTURED = "conjectured: no"
    OPEN = "open"


class VerdictEvidence(str, Enum):
    """How it is known (THEORY)."""

    ABSTRACT = "read in the paper's abstract or page"
    NOTE = "read in a summary, wording not verified"
    RUN = "run on small cases"
    ARGUED = "argued by us"
    CONJECTURE = "conjectured by the authors"


@dataclass(frozen=True)
class Cost:
    """Sizes that the algebra knows; None where it does not.

    ``levels`` are the level sizes of a cascade that does it, an upper bound on what is needed, without
    delays. ``layers`` is exact where a theorem says so or all is one layer; ``modulus`` is that of a
    counter of positions.
    """

    layers: int | None = None
    state_dim: int | None = None
    precision_bits: int | None = None
    memory_bits: int | None = None
    reflections: int | None = None
    modulus: int | None = None
    levels: tuple[int, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the sizes that are known."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class ClassVerdict:
    """The answer for one kind of model.

    ``theorem`` is the row of THEORY or the paper that it rests on, ``field`` the numbers that the state may
    be, ``holds_for`` the arithmetic that the answer is about. A witness comes with every answer but "yes"
    and "open".
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
        """Return whether the witness's words do what they are said to, on the minimal machine."""
        needs = self.answer in (Answer.NO, Answer.CONDITIONAL)
        return not needs if self.witness is None else self.witness.verify(machine)

    def to_dict(self) -> dict[str, Any]:
        """Return everything by name, for JSON."""
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
