"""Reproduce: run the experiments of every claim, and say what was seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from streamssm.claims.claims import CLAIMS, ClaimVerdict, PaperClaim
from streamssm.claims.evidence import Evidence, verdict_of
from streamssm.claims.experiment import Experiment, all_experiments
from streamssm.errors import ParameterError, StreamSSMError

RED = (ClaimVerdict.CONTRADICTED, ClaimVerdict.NOTHING_RUN)


@dataclass(frozen=True)
class Run:
    """What one experiment gave: its instance, what was seen, and the time."""

    instance: str
    evidence: tuple[Evidence, ...]
    seconds: float


@dataclass(frozen=True)
class ClaimRow:
    """One claim and what was run for it; runs that bear on several claims stand in the row of each."""

    claim: PaperClaim
    runs: tuple[Run, ...]

    @property
    def instances(self) -> tuple[str, ...]:
        """What was run."""
        return tuple(run.instance for run in self.runs)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What was seen."""
        return tuple(part for run in self.runs for part in run.evidence)

    @property
    def seconds(self) -> float:
        """The time that its runs took."""
        return sum(run.seconds for run in self.runs)

    @property
    def verdict(self) -> ClaimVerdict:
        """What the evidence says."""
        return verdict_of(self.claim, self.evidence)

    def to_dict(self) -> dict[str, Any]:
        """Return the row as values that JSON can hold."""
        return {
            "id": self.claim.id,
            "source": self.claim.source,
            "statement": self.claim.statement,
            "verdict": self.verdict.value,
            "instances": list(self.instances),
            "evidence": [part.to_dict() for part in self.evidence],
            "seconds": round(self.seconds, 2),
        }


def reproduce(
    *,
    only: Sequence[str] = (),
    full: bool = False,
    claims: Sequence[PaperClaim] = CLAIMS,
    experiments: Sequence[Experiment] | None = None,
    done: Callable[[str], None] = lambda instance: None,
) -> tuple[ClaimRow, ...]:
    """Return a row for every claim, or for those of some ids.

    Parameters
    ----------
    full : run the long instances, too
    done : called with each experiment's instance when it ends

    Raises
    ------
    ParameterError
        For an id that no claim has.
    """
    known = [claim.id for claim in claims]
    for claim_id in only:
        if claim_id not in known:
            raise ParameterError(f"a claim must be one of {', '.join(known)}, not {claim_id!r}")
    wanted = [claim for claim in claims if not only or claim.id in only]
    found = experiments_for([claim.id for claim in wanted], experiments)
    ran = [(experiment, _run(experiment, full, done)) for experiment in found]
    return tuple(ClaimRow(claim, tuple(run for e, run in ran if claim.id in e.claims)) for claim in wanted)


def experiments_for(
    ids: Sequence[str], experiments: Sequence[Experiment] | None = None
) -> tuple[Experiment, ...]:
    """Return the experiments of some claims, of all claims if ``ids`` is empty."""
    known = all_experiments() if experiments is None else experiments
    return tuple(experiment for experiment in known if not ids or {*ids} & {*experiment.claims})


def total_seconds(rows: Sequence[ClaimRow]) -> float:
    """Return the time that all rows took, runs that stand in several of them counted once."""
    return sum(run.seconds for run in {id(run): run for row in rows for run in row.runs}.values())


def _run(experiment: Experiment, full: bool, done: Callable[[str], None]) -> Run:
    """Return what an experiment gives; an error speaks against the claim."""
    began = time.perf_counter()
    evidence: list[Evidence] = []
    try:
        evidence.extend(experiment.run(full))
    except StreamSSMError as error:
        evidence.append(Evidence(f"stopped with an error: {error}", holds=False))
    done(experiment.instance)
    return Run(experiment.instance, tuple(evidence), time.perf_counter() - began)
