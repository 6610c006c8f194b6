"""Proofs of assumptions: an invariant from which they follow, as little of it as does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from streamssm.equivalences.invariants.guesses import guesses
from streamssm.equivalences.invariants.reached import reached_states
from streamssm.equivalences.invariants.weaken import Induction
from streamssm.equivalences.proving.relation import Claim
from streamssm.program.program import Assumption


@dataclass(frozen=True)
class Proof:
    """What every step keeps, and how an assumption was shown to follow from that."""

    invariant: tuple[Claim, ...]
    how: str


def proofs(induction: Induction, assumptions: Sequence[Assumption], seed: int) -> Mapping[Assumption, Proof]:
    """Return proofs of some of the assumptions: plain guesses first, and more only while that is needed."""
    found: dict[Assumption, Proof] = {}
    left = [assumption for assumption in assumptions if assumption.claim is not None]
    for guessed in guesses(induction.program, reached_states(induction.program, seed)):
        if not left or induction.seconds_left <= 0:
            break
        kept = induction.kept(guessed)
        for assumption in left:
            if induction.follows(kept, assumption):
                found[assumption] = _least(induction, kept, assumption)
        left = [assumption for assumption in left if assumption not in found]
    return found


def _least(induction: Induction, kept: tuple[Claim, ...], assumption: Assumption) -> Proof:
    """Leave out what is not needed, many claims at once where that goes."""
    size = len(kept)
    while size:
        stop = len(kept)
        while stop and induction.seconds_left > 0:
            start = max(stop - size, 0)
            rest = (*kept[:start], *kept[stop:])
            if induction.is_kept(rest) and induction.follows(rest, assumption):
                kept = rest
            stop = start
        size //= 2
    return Proof(kept, induction.follows(kept, assumption))
