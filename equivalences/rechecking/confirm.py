"""Confirmation of a proof before it is reported: a spot check and a re-check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from streamssm.equivalences.checking.report import Finding, every_stream_up_to
from streamssm.equivalences.checking.sides import Side
from streamssm.equivalences.rechecking.branch_check import BranchCheck, Contradiction
from streamssm.equivalences.rechecking.deciding import THOROUGH, Recheck, RecheckVerdict, SolverEffort
from streamssm.equivalences.rechecking.invariant_recheck import recheck_invariant
from streamssm.equivalences.rechecking.recheck import recheck
from streamssm.equivalences.rechecking.solver_pool import missing_solvers, require_solvers
from streamssm.errors import ProofError
from streamssm.program.program import Assumption, Program
from streamssm.ssm.model import SSM

REPORT = "the proof is wrong, which is a fault of streamssm: please report it"


def effort_of(requested: bool | None) -> SolverEffort | None:
    """Return the effort of a re-check: unlimited (True), quick (None), or none at all (False)."""
    if requested is None:
        return SolverEffort()
    return THOROUGH if requested else None


def confirmed(
    sides: tuple[Side, Side],
    artefacts: tuple[Program | SSM, Program | SSM],
    claims: Sequence[Any],
    finding: Finding,
    *,
    effort: SolverEffort | None,
    seed: int = 0,
) -> Finding:
    """Return a proof's finding with the attempts to refute it, or a differing stream if one was found.

    Raises
    ------
    ProofError
        If a step from related states contradicts the proof, or the re-check does.
    """
    spot = BranchCheck(*sides, artefacts, claims, seed)
    # The spot check comes first: it is quick, and its stream can be replayed by the user.
    contradiction = spot.run()
    if contradiction is not None:
        return _contradicted(sides, finding, contradiction, spot)
    outcome = rechecked(artefacts, claims, effort)
    details = {**finding.details, "spot check": _summary(spot)}
    details.setdefault("re-check", outcome.to_dict())
    return replace(finding, details=details)


def rechecked(
    artefacts: tuple[Program | SSM, Program | SSM], claims: Sequence[Any], effort: SolverEffort | None
) -> Recheck:
    """Return the re-check of a proof; raise ProofError if it refutes the proof."""
    return _unrefuted(recheck_of(artefacts, claims, effort))


def recheck_of(
    artefacts: tuple[Program | SSM, Program | SSM], claims: Sequence[Any], effort: SolverEffort | None
) -> Recheck:
    """Return the re-check of a relation, which may be refuted."""
    return _with_solvers(effort, lambda: recheck(*artefacts, claims, effort))


def rechecked_invariant(
    program: Program, rows: Sequence[Any], assumption: Assumption, effort: SolverEffort | None
) -> Recheck:
    """Return the re-check of an assumption's proof; raise ProofError if it refutes the proof."""
    outcome = _with_solvers(effort, lambda: recheck_invariant(program, rows, assumption, effort))
    return _unrefuted(outcome)


def _with_solvers(effort: SolverEffort | None, again: Callable[[], Recheck]) -> Recheck:
    """Re-check unless not requested, or unless a solver is missing and the re-check is optional."""
    if effort is None:
        return Recheck(RecheckVerdict.SKIPPED, reason="not requested")
    # Whoever asks for a re-check explicitly gets an error instead of a proof without one.
    if effort is THOROUGH:
        require_solvers()
    elif missing := missing_solvers():
        return Recheck(
            RecheckVerdict.SKIPPED, reason=f"{missing} is not installed: pip install streamssm[prove]"
        )
    return again()


def _unrefuted(outcome: Recheck) -> Recheck:
    if outcome.verdict is RecheckVerdict.REFUTED:
        values = ", ".join(f"{name} = {value}" for name, value in outcome.broken.items())
        raise ProofError(f"{outcome.reason}{f' at {values}' if values else ''}: {REPORT}")
    return outcome


def _contradicted(
    sides: tuple[Side, Side], finding: Finding, contradiction: Contradiction, spot: BranchCheck
) -> Finding:
    # Related states that no stream is known to reach refute the proof, not the equality.
    if contradiction.stream is None:
        a, b = sides
        raise ProofError(
            f"{a.name} and {b.name} were proven equal, but from the related states {contradiction.states} "
            f"on token {contradiction.token} {contradiction.difference}: {REPORT}"
        )
    details = {**finding.details, "contradicted": f"a spot check refutes a proof: {REPORT}"}
    return Finding(every_stream_up_to(0), contradiction.stream, spot.modes, shrinkable=True, details=details)


def _summary(spot: BranchCheck) -> list[str]:
    figures = spot.figures
    return [
        f"{figures.get('streams', 0)} streams",
        f"{figures.get('related states', 0)} pairs of related states",
        figures["branches"],
    ]
