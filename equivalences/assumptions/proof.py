"""Proofs of assumptions: an invariant from which they follow, as little of it as does."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from streamssm.equivalences.assumptions.houdini import Induction
from streamssm.equivalences.assumptions.templates import guesses
from streamssm.equivalences.assumptions.traces import reached_states
from streamssm.equivalences.proving.state_claims import Claim
from streamssm.program.program import Assumption

LEAST_SECONDS = 5.0  # for leaving out what is not needed


@dataclass(frozen=True)
class AssumptionProof:
    """What every step keeps, and how an assumption was shown to follow from that."""

    invariant: tuple[Claim, ...]
    how: str


def proofs(
    induction: Induction, assumptions: Sequence[Assumption], seed: int
) -> Mapping[Assumption, AssumptionProof]:
    """Return proofs of some of the assumptions: plain guesses first, and more only while that is needed."""
    found: dict[Assumption, AssumptionProof] = {}
    left = [assumption for assumption in assumptions if assumption.claim is not None]
    for guessed in guesses(induction.program, reached_states(induction.program, seed)):
        if not left or induction.seconds_left <= 0:
            break
        kept = induction.kept(guessed)
        shown = {a: how for a in left if (how := induction.follows(kept, a))}
        end = time.monotonic() + LEAST_SECONDS
        least = _least(induction, kept, list(shown), end)
        found.update({a: _proof(induction, AssumptionProof(least, how), a, end) for a, how in shown.items()})
        left = [assumption for assumption in left if assumption not in found]
    return found


def _proof(
    induction: Induction, known: AssumptionProof, assumption: Assumption, end: float
) -> AssumptionProof:
    """Return a proof from no more than one needs that is known."""
    least = _least(induction, known.invariant, [assumption], end)
    return AssumptionProof(least, induction.follows(least, assumption) or known.how)


def _least(
    induction: Induction, kept: tuple[Claim, ...], assumptions: Sequence[Assumption], end: float
) -> tuple[Claim, ...]:
    """Leave out claims that are not needed for assumptions, many at once where that goes."""
    size = len(kept)
    while size:
        stop = len(kept)
        while stop and time.monotonic() < end:
            start = max(stop - size, 0)
            rest = (*kept[:start], *kept[stop:])
            if induction.is_kept(rest) and all(induction.follows(rest, a) for a in assumptions):
                kept = rest
            stop = start
        size //= 2
    return kept
