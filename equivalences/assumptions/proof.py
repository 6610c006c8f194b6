"""Proofs of assumptions: an inductive invariant that implies them, reduced to the claims that it needs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from streamssm.equivalences.assumptions.houdini import Induction
from streamssm.equivalences.assumptions.templates import candidate_invariants
from streamssm.equivalences.assumptions.traces import reached_states
from streamssm.equivalences.proving.state_claims import Claim
from streamssm.program.program import Assumption

REDUCTION_SECONDS = 5.0  # limit on removing claims that the proof does not need


@dataclass(frozen=True)
class AssumptionProof:
    """An inductive invariant, and how an assumption was shown to follow from it."""

    invariant: tuple[Claim, ...]
    how: str


def proofs(
    induction: Induction, assumptions: Sequence[Assumption], seed: int
) -> Mapping[Assumption, AssumptionProof]:
    """Return proofs of some of the assumptions, with the fewest templates that suffice."""
    proved: dict[Assumption, AssumptionProof] = {}
    left = [assumption for assumption in assumptions if assumption.claim is not None]
    for candidates in candidate_invariants(induction.program, reached_states(induction.program, seed)):
        if not left or induction.seconds_left <= 0:
            break
        invariant = induction.inductive_subset(candidates)
        shown = {a: how for a in left if (how := induction.follows(invariant, a))}
        end = time.monotonic() + REDUCTION_SECONDS
        # first for all assumptions together, so that the reductions for each one start from a short list
        common = _reduced(induction, invariant, list(shown), end)
        for assumption, how in shown.items():
            proved[assumption] = _reduced_proof(induction, AssumptionProof(common, how), assumption, end)
        left = [assumption for assumption in left if assumption not in proved]
    return proved


def _reduced_proof(
    induction: Induction, proof: AssumptionProof, assumption: Assumption, end: float
) -> AssumptionProof:
    """Return a proof with the claims alone that its assumption needs."""
    invariant = _reduced(induction, proof.invariant, [assumption], end)
    return AssumptionProof(invariant, induction.follows(invariant, assumption) or proof.how)


def _reduced(
    induction: Induction, invariant: tuple[Claim, ...], assumptions: Sequence[Assumption], end: float
) -> tuple[Claim, ...]:
    """Remove claims that the assumptions do not need, in ever smaller blocks (delta debugging)."""
    size = len(invariant)
    while size:
        stop = len(invariant)
        while stop and time.monotonic() < end:
            start = max(stop - size, 0)
            remaining = (*invariant[:start], *invariant[stop:])
            if induction.is_inductive(remaining) and all(
                induction.follows(remaining, assumption) for assumption in assumptions
            ):
                invariant = remaining
            stop = start
        size //= 2
    return invariant
