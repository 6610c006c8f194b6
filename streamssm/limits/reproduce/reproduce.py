"""Reproduce: run the experiments of every claim, and say what was seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from streamssm.errors import ParameterError, StreamSSMError
from streamssm.limits.reproduce.claims import CLAIMS, Claim, Verdict
from streamssm.limits.reproduce.evidence import Evidence, verdict_of
from streamssm.limits.reproduce.experiment import Experiment, all_experiments

RED = (Verdict.CONTRADICTED, Verdict.NOTHING_RUN)


@dataclass(frozen=True)
class Row:
    """One claim: the instances that were run for it, what was seen, the verdict and the time."""

    claim: Claim
    instances: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    seconds: float

    @property
    def verdict(self) -> Verdict:
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
    claims: Sequence[Claim] = CLAIMS,
    experiments: Sequence[Experiment] | None = None,
    done: Callable[[str], None] = lambda instance: None,
) -> tuple[Row, ...]:
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
    ids = {claim.id for claim in wanted}
    found = [e for e in (all_experiments() if experiments is None else experiments) if ids & {*e.claims}]
    ran = [(experiment, *_run(experiment, full, done)) for experiment in found]
    return tuple(_row(claim, ran) for claim in wanted)


def _run(experiment: Experiment, full: bool, done: Callable[[str], None]) -> tuple[list[Evidence], float]:
    """Return an experiment's evidence and its seconds; an error speaks against the claim."""
    began = time.perf_counter()
    evidence: list[Evidence] = []
    try:
        evidence.extend(experiment.run(full))
    except StreamSSMError as error:
        evidence.append(Evidence(f"stopped with an error: {error}", holds=False))
    done(experiment.instance)
    return evidence, time.perf_counter() - began


def _row(claim: Claim, ran: Sequence[tuple[Experiment, list[Evidence], float]]) -> Row:
    mine = [part for part in ran if claim.id in part[0].claims]
    return Row(
        claim,
        tuple(experiment.instance for experiment, _, _ in mine),
        tuple(piece for _, evidence, _ in mine for piece in evidence),
        sum(seconds for _, _, seconds in mine),
    )
