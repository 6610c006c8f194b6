"""Evidence: what was run, whether it came out as claimed, and what it covers; and the verdict from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from streamssm.claims.claims import ClaimVerdict, PaperClaim
from streamssm.equivalences.checking.report import EVERY_STREAM, Report


class Covers(str, Enum):
    """What a piece of evidence covers of its instance."""

    ALL = "all cases"  # every stream, or every case of a finite search
    SOME = "some cases"
    MEASURED = "measured beside it"  # a figure that is no part of the claim, such as how far floats carry


@dataclass(frozen=True)
class Evidence:
    """One thing that was run."""

    seen: str
    holds: bool
    covers: Covers = Covers.ALL

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as values that JSON can hold."""
        return {"seen": self.seen, "holds": self.holds, "covers": self.covers.value}


def counted(count: int, what: str) -> str:
    """Return a number of things.

    >>> counted(1, "bit"), counted(1200, "word")
    ('1 bit', '1,200 words')
    """
    return f"{count:,} {what}{'s' * (count != 1)}"


def checked(what: str, report: Report) -> Evidence:
    """Return a check as evidence."""
    covers = Covers.ALL if report.covers == EVERY_STREAM else Covers.SOME
    return Evidence(f"{what}: {_said(report)}", report.equal is True, covers)


def _said(report: Report) -> str:
    equal = {True: "equal", False: "different", None: "undecided"}[report.equal]
    return f"{equal} on {report.covers}"


def verdict_of(claim: PaperClaim, evidence: Sequence[Evidence]) -> ClaimVerdict:
    """Return what evidence says of a claim; without evidence there is no verdict in its favour.

    Where only some cases were run a claim is not shown; figures beside it show nothing either.

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
