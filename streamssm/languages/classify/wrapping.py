"""Verdicts with wraparound, which adds cyclic groups of order 2^p (THEORY, overflow is part of the model).

Modulo 2^p a step with entries in {-1, 0, 1} is a constant or one of 2^(p+1) maps x -> b + x and x -> b - x,
which form a 2-group.
"""

from __future__ import annotations

from streamssm.languages.classify.profile import AlgebraicProfile
from streamssm.languages.classify.state_space import NONNEGATIVE, REAL
from streamssm.languages.classify.verdict import Answer, ClassVerdict, VerdictEvidence

WRAPPING = "finite precision, wrapping around modulo 2^p"


def wrapping(s: AlgebraicProfile) -> tuple[ClassVerdict, ...]:
    """Return the verdicts for diagonal kinds with wraparound."""
    return (
        _by_two_groups("zero-one", NONNEGATIVE, s),
        _dyadic(s),
        _by_two_groups("signed", REAL, s),
    )


def _by_two_groups(kind: str, field: str, s: AlgebraicProfile) -> ClassVerdict:
    if s.properties.has_two_groups_only:
        return ClassVerdict(
            kind,
            Answer.YES,
            "ours (2-groups)",
            (VerdictEvidence.RUN, VerdictEvidence.ARGUED),
            "every group in the monoid is a 2-group: words of p bits that wrap are cyclic levels of size 2^p",
            field,
            WRAPPING,
            s.split(prime=False),
        )
    return ClassVerdict(
        kind,
        Answer.NO,
        "ours (2-groups)",
        (VerdictEvidence.ARGUED,),
        "the invertible steps of a word of memory form a 2-group: periods of powers are powers of two",
        field,
        WRAPPING,
        witness=s.properties.recurring_oddly,
    )


def _dyadic(s: AlgebraicProfile) -> ClassVerdict:
    if s.properties.has_two_groups_only:
        return _by_two_groups("dyadic", NONNEGATIVE, s)
    return ClassVerdict(
        "dyadic",
        Answer.OPEN,
        "",
        (),
        "a group is not a 2-group, and no theorem covers rounded multiples with wraparound",
        NONNEGATIVE,
        WRAPPING,
    )
