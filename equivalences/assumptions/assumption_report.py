"""The report on a program's assumptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from streamssm.equivalences.checking.stream_text import format_stream
from streamssm.program.program import Assumption

Token = tuple[int, ...]


class AssumptionVerdict(str, Enum):
    """The verdict on an assumption."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Refutation:
    """A stream on whose last token an assumption fails, and on no token before it.

    ``shortest`` is True only if all shorter streams were covered. ``raised`` is the error that plain Python,
    or a model by its weights, raised there; None for a program, which has neither.
    """

    tokens: tuple[Token, ...]
    shortest: bool
    raised: str | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "tokens": [list(token) for token in self.tokens],
            "shortest": self.shortest,
            "raised": self.raised,
        }


@dataclass(frozen=True)
class AssumptionFinding:
    """The verdict on one assumption, with its evidence.

    Attributes
    ----------
    verdict : "proved" if on every stream the assumption is never the first to fail, "refuted" if a stream
        shows that it fails, "unknown" otherwise
    how : the method of a proof, or the reason why the verdict is unknown
    invariant : claims that hold of the registers after every token, and imply the assumption
    refutation : the stream on which it fails
    recheck : the result of the re-check of a proof
    """

    assumption: Assumption
    verdict: AssumptionVerdict
    how: str
    invariant: tuple[str, ...] = ()
    refutation: Refutation | None = None
    seconds: float = 0.0
    recheck: str = ""

    def to_dict(self) -> dict[str, Any]:
        a, refutation = self.assumption, self.refutation
        return {
            "assumption": a.text,
            "file": a.file,
            "line": a.line,
            "verdict": str(self.verdict),
            "how": self.how,
            "invariant": list(self.invariant),
            "refutation": None if refutation is None else refutation.to_dict(),
            "seconds": self.seconds,
            "recheck": self.recheck,
        }

    def lines(self) -> Iterator[str]:
        yield f"{self.verdict}: {self.assumption} ({self.how}, {self.seconds:.2f} s)"
        for text in self.invariant:
            yield f"  invariant: {text}"
        if self.recheck:
            yield f"  re-check: {self.recheck}"
        if self.refutation is not None:
            kind = "a shortest stream" if self.refutation.shortest else "a stream"
            yield f"  {kind}: {format_stream(self.refutation.tokens) or 'no tokens'}"
            if self.refutation.raised is not None:
                yield f"  raises: {self.refutation.raised}"


@dataclass(frozen=True)
class AssumptionReport:
    """The verdicts on all assumptions of a program.

    Attributes
    ----------
    holds : True if all are proved, so that no stream reaches a clamp; False if one is refuted; otherwise None
    """

    name: str
    findings: tuple[AssumptionFinding, ...]
    seconds: float

    @property
    def holds(self) -> bool | None:
        verdicts = {finding.verdict for finding in self.findings}
        if AssumptionVerdict.REFUTED in verdicts:
            return False
        return None if AssumptionVerdict.UNKNOWN in verdicts else True

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        findings = [finding.to_dict() for finding in self.findings]
        return {"name": self.name, "holds": self.holds, "findings": findings, "seconds": self.seconds}

    def __str__(self) -> str:
        lines = [line for finding in self.findings for line in finding.lines()]
        return "\n".join(lines or [f"{self.name} assumes nothing"])
