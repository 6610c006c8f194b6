"""Evidence: the result of an experiment, whether it agrees with the claim, and its coverage; and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from streamssm.claims.claims import ClaimVerdict, PaperClaim
from streamssm.equivalences.checking.report import EVERY_STREAM, Report


class Covers(str, Enum):
    """The cases of its instance that a piece of evidence covers."""

    ALL = "all cases"  # every stream, or every case of a finite search
    SOME = "some cases"
    MEASURED = "measured beside it"  # not part of the claim, such as the horizon of floats


@dataclass(frozen=True)
class Evidence:
    """One result of an experiment: ``seen`` describes it, ``holds`` says whether it agrees with the claim."""

    seen: str
    holds: bool
    covers: Covers = Covers.ALL

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as values that JSON can hold."""
        return {"seen": self.seen, "holds": self.holds, "covers": self.covers.value}


def counted(count: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is 1.

    >>> counted(1, "bit"), counted(1200, "word")
    ('1 bit', '1,200 words')
    """
    return f"{count:,} {noun}{'s' * (count != 1)}"


def checked(label: str, report: Report) -> Evidence:
    """Return the report of a check as evidence."""
    covers = Covers.ALL if report.covers == EVERY_STREAM else Covers.SOME
    return Evidence(f"{label}: {_outcome(report)}", report.equal is True, covers)


def _outcome(report: Report) -> str:
    equal = {True: "equal", False: "different", None: "undecided"}[report.equal]
    return f"{equal} on {report.covers}"


def verdict_of(claim: PaperClaim, evidence: Sequence[Evidence]) -> ClaimVerdict:
    """Return the verdict about a claim; without evidence there is no verdict in its favor.

    If only some cases were run, or only figures beside the claim, it is not shown.

    >>> from streamssm.claims.claims import claim_of
    >>> verdict_of(claim_of("A2"), []).value
    'nothing was run'
    >>> verdict_of(claim_of("A2"), [Evidence("3 is 4", holds=False)]).value
    'contradicted'
    """
    if not evidence:
        return ClaimVerdict.NOTHING_RUN
    if not all(part.holds for part in evidence):
        return ClaimVerdict.CONTRADICTED
    covers = {part.covers for part in evidence}
    if claim.best is ClaimVerdict.SHOWN and (Covers.SOME in covers or Covers.ALL not in covers):
        return ClaimVerdict.CONSISTENT
    return claim.best
