"""Run the experiments of every claim, and report the verdicts."""

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
    """The result of one experiment: its instance, its evidence, and the time."""

    instance: str
    evidence: tuple[Evidence, ...]
    seconds: float


@dataclass(frozen=True)
class ClaimRow:
    """One claim with its runs; a run that bears on several claims appears in the row of each."""

    claim: PaperClaim
    runs: tuple[Run, ...]

    @property
    def instances(self) -> tuple[str, ...]:
        """The instances of all runs."""
        return tuple(run.instance for run in self.runs)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The evidence of all runs."""
        return tuple(part for run in self.runs for part in run.evidence)

    @property
    def seconds(self) -> float:
        """The total time of the runs."""
        return sum(run.seconds for run in self.runs)

    @property
    def verdict(self) -> ClaimVerdict:
        """The verdict of the evidence."""
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
    """Return a row for every claim, or for the claims with the ids in ``only``.

    Parameters
    ----------
    full : run the long instances as well
    done : called with each experiment's instance when it ends

    Raises
    ------
    ParameterError
        If no claim has one of the ids.
    """
    known = [claim.id for claim in claims]
    for claim_id in only:
        if claim_id not in known:
            raise ParameterError(f"a claim must be one of {', '.join(known)}, not {claim_id!r}")
    selected = [claim for claim in claims if not only or claim.id in only]
    relevant = experiments_for([claim.id for claim in selected], experiments)
    runs = [(experiment, _run(experiment, full, done)) for experiment in relevant]
    return tuple(ClaimRow(claim, tuple(run for e, run in runs if claim.id in e.claims)) for claim in selected)


def experiments_for(
    ids: Sequence[str], experiments: Sequence[Experiment] | None = None
) -> tuple[Experiment, ...]:
    """Return the experiments of the claims with some ids, or of all claims if ``ids`` is empty."""
    known = all_experiments() if experiments is None else experiments
    return tuple(experiment for experiment in known if not ids or {*ids} & {*experiment.claims})


def total_seconds(rows: Sequence[ClaimRow]) -> float:
    """Return the total time of all rows, counting a run that appears in several of them once."""
    return sum(run.seconds for run in {id(run): run for row in rows for run in row.runs}.values())


def _run(experiment: Experiment, full: bool, done: Callable[[str], None]) -> Run:
    """Run an experiment; an error counts as evidence against the claim."""
    began = time.perf_counter()
    evidence: list[Evidence] = []
    try:
        evidence.extend(experiment.run(full))
    except StreamSSMError as error:
        evidence.append(Evidence(f"stopped with an error: {error}", holds=False))
    done(experiment.instance)
    return Run(experiment.instance, tuple(evidence), time.perf_counter() - began)
