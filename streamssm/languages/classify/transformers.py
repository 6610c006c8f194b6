"""Known results about transformers, for comparison with the state-space kinds.

They are published results about transformers of any depth, without thoughts; nothing here is built or run.
"""

from __future__ import annotations

from streamssm.languages.classify.profile import AlgebraicProfile
from streamssm.languages.classify.verdict import Answer, ClassVerdict, VerdictEvidence

MASKED = "Yang, Chiang, Angluin, arXiv 2310.13897"
IN_AC0 = "Hao, Angluin, Frank, arXiv 2204.06618"
IN_TC0 = "Merrill, Sabharwal, arXiv 2207.00729"


def transformers(s: AlgebraicProfile) -> tuple[ClassVerdict, ...]:
    """Return the verdicts for kinds of attention."""
    return masked_hard(s), hard_with_positions(s), soft(s)


def masked_hard(s: AlgebraicProfile) -> ClassVerdict:
    """Decide masked unique hard attention without position embeddings: the star-free languages."""
    kind = "transformer, unique hard attention, masked, no positions"
    if s.properties.is_aperiodic:
        return ClassVerdict(
            kind,
            Answer.YES,
            MASKED,
            (VerdictEvidence.NOTE,),
            "star-free languages, by past LTL, and nothing else",
        )
    return ClassVerdict(
        kind,
        Answer.NO,
        MASKED,
        (VerdictEvidence.NOTE,),
        "star-free languages and nothing else",
        witness=s.properties.recurring,
    )


def hard_with_positions(s: AlgebraicProfile) -> ClassVerdict:
    """Decide unique hard attention with positions modulo any m: the regular languages in AC0."""
    kind = "transformer, unique hard attention, positions"
    if s.properties.is_quasi_aperiodic:
        return ClassVerdict(
            kind,
            Answer.YES,
            MASKED,
            (VerdictEvidence.NOTE,),
            f"regular languages in AC0, with positions modulo {s.properties.modulus}",
        )
    return ClassVerdict(
        kind,
        Answer.NO,
        IN_AC0,
        (VerdictEvidence.NOTE,),
        "only languages in AC0, whatever the positions",
        witness=s.properties.same_length,
    )


def soft(s: AlgebraicProfile) -> ClassVerdict:
    """Decide softmax attention with logarithmic precision as far as known: its languages are in TC0."""
    kind = "transformer, softmax attention, log precision"
    if not s.properties.is_solvable:
        return ClassVerdict(
            kind,
            Answer.CONDITIONAL,
            IN_TC0,
            (VerdictEvidence.NOTE,),
            "only languages in TC0, and the monoid has a group that is not solvable",
            witness=s.properties.coprime_orders,
        )
    return ClassVerdict(
        kind,
        Answer.OPEN,
        IN_TC0,
        (VerdictEvidence.NOTE,),
        "in TC0, which is only an upper bound for these transformers",
    )
