"""What a proof has to withstand before it is reported: a spot check, and a re-check."""

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


def effort_of(wanted: bool | None) -> SolverEffort | None:
    """Return how far a re-check goes: as far as it takes, as far as is quick (None), or not at all."""
    if wanted is None:
        return SolverEffort()
    return THOROUGH if wanted else None


def confirmed(
    sides: tuple[Side, Side],
    artefacts: tuple[Program | SSM, Program | SSM],
    claims: Sequence[Any],
    finding: Finding,
    *,
    effort: SolverEffort | None,
    seed: int = 0,
) -> Finding:
    """Return what a proof found, with what was done to refute it; a differing stream if one turned up.

    Raises
    ------
    ProofError
        If a step from related states contradicts the proof, or the re-check does.
    """
    spot = BranchCheck(*sides, artefacts, claims, seed)
    contradiction = spot.run()
    if contradiction is not None:
        return _contradicted(sides, finding, contradiction, spot)
    found = rechecked(artefacts, claims, effort)
    details = {**finding.details, "spot check": _told(spot)}
    details.setdefault("re-check", found.to_dict())
    return replace(finding, details=details)


def rechecked(
    artefacts: tuple[Program | SSM, Program | SSM], claims: Sequence[Any], effort: SolverEffort | None
) -> Recheck:
    """Return what the re-check of a proof found; ProofError if it refutes the proof."""
    return _unrefuted(recheck_of(artefacts, claims, effort))


def recheck_of(
    artefacts: tuple[Program | SSM, Program | SSM], claims: Sequence[Any], effort: SolverEffort | None
) -> Recheck:
    """Return what became of a relation, which may be no proof at all."""
    return _with_solvers(effort, lambda: recheck(*artefacts, claims, effort))


def rechecked_invariant(
    program: Program, rows: Sequence[Any], assumption: Assumption, effort: SolverEffort | None
) -> Recheck:
    """Return what the re-check of an assumption's proof found; ProofError if it refutes the proof."""
    found = _with_solvers(effort, lambda: recheck_invariant(program, rows, assumption, effort))
    return _unrefuted(found)


def _with_solvers(effort: SolverEffort | None, again: Callable[[], Recheck]) -> Recheck:
    """Re-check, unless that is not wanted, or a solver is missing and none is insisted on."""
    if effort is None:
        return Recheck(RecheckVerdict.SKIPPED, reason="not asked for")
    if effort is THOROUGH:
        require_solvers()
    elif missing := missing_solvers():
        return Recheck(
            RecheckVerdict.SKIPPED, reason=f"{missing} is not installed: pip install streamssm[prove]"
        )
    return again()


def _unrefuted(found: Recheck) -> Recheck:
    if found.verdict is RecheckVerdict.REFUTED:
        values = ", ".join(f"{name} = {value}" for name, value in found.broken.items())
        raise ProofError(f"{found.reason}{f' at {values}' if values else ''}: {REPORT}")
    return found


def _contradicted(
    sides: tuple[Side, Side], finding: Finding, contradiction: Contradiction, spot: BranchCheck
) -> Finding:
    if contradiction.stream is None:
        a, b = sides
        raise ProofError(
            f"{a.name} and {b.name} were proven equal, but from the related states {contradiction.states} "
            f"on token {contradiction.token} {contradiction.what}: {REPORT}"
        )
    details = {**finding.details, "contradicted": f"a spot check refutes a proof: {REPORT}"}
    return Finding(every_stream_up_to(0), contradiction.stream, spot.ways, shrinkable=True, details=details)


def _told(spot: BranchCheck) -> list[str]:
    figures = spot.figures
    return [
        f"{figures.get('streams', 0)} streams",
        f"{figures.get('related states', 0)} pairs of related states",
        figures["branches"],
    ]
