"""Verdicts for each kind of transition, with overflow by error or saturation (THEORY, B to G).

With rounding to floor or nearest, a step with entries >= 0 is monotone in each word of memory, a step with
signed entries monotone or antitone. This bounds the groups that the cheap kinds can represent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from streamssm.languages.classify.profile import AlgebraicProfile
from streamssm.languages.classify.verdict import Answer, ClassVerdict, Cost, VerdictEvidence

FINITE = "finite precision, overflow by error or saturation, rounding to floor or nearest"
EXACT = "finite precision, exact, no overflow"
LINEAR = f"{FINITE}; matrices that are not diagonal exact and without saturation"
SATURATING = "finite precision, saturation"
ANY = "any"
NONNEGATIVE, REAL, COMPLEX = "nonnegative", "real", "complex"

Rule = Callable[[AlgebraicProfile], ClassVerdict]


def time_invariant(s: AlgebraicProfile) -> ClassVerdict:
    """Decide time-invariant layers, whose steps are monotone or antitone by the position's parity alone."""
    verdict = _not_by_parity("time-invariant", s) or _last_symbol_and_position("time-invariant", s)
    return verdict or ClassVerdict(
        "time-invariant",
        Answer.YES,
        "B4, B5",
        (VerdictEvidence.RUN, VerdictEvidence.ARGUED),
        "saturating words with A = 1 set, hold and reset a bit; a word with A = -1 counts positions modulo 2",
        REAL,
        SATURATING,
        s.with_positions,
    )


def unsaturated(s: AlgebraicProfile) -> ClassVerdict:
    """Decide time-invariant layers in exact arithmetic whose words never saturate."""
    kind = "time-invariant, exact and unsaturated"
    verdict = _not_by_parity(kind, s) or _last_symbol_and_position(kind, s)
    if verdict is not None:
        return verdict
    if s.sets_holds_and_resets:
        reason = "a bit is set, held and reset, as by a S b"
        return ClassVerdict(
            kind, Answer.CONJECTURED, "B4", (VerdictEvidence.CONJECTURE,), reason, REAL, EXACT
        )
    reason = (
        "no theorem applies; modular positions and unary past are possible (B3), a S b is conjectured not to "
        "be (B4)"
    )
    return ClassVerdict(
        kind, Answer.OPEN, "B3, B4", (VerdictEvidence.NOTE, VerdictEvidence.CONJECTURE), reason, REAL, EXACT
    )


def _not_by_parity(kind: str, s: AlgebraicProfile) -> ClassVerdict | None:
    """Return "no" if the powers of some word of even length do not stabilize, else None."""
    if s.even_recurring is None:
        return None
    quasi_aperiodic = s.properties.is_quasi_aperiodic  # its modulus is not 2, the only one that signs count
    return ClassVerdict(
        kind,
        Answer.NO,
        "ours (signs)" if quasi_aperiodic else "G4",
        (VerdictEvidence.ARGUED,) if quasi_aperiodic else (VerdictEvidence.ABSTRACT, VerdictEvidence.ARGUED),
        "two steps together are monotone in every word, so that powers of a word of even length stabilize",
        REAL,
        FINITE,
        witness=s.even_recurring,
    )


def _last_symbol_and_position(kind: str, s: AlgebraicProfile) -> ClassVerdict | None:
    """Return "yes" if the last symbol and the position modulo m determine the output, else None."""
    m = s.reads_last_symbol_and_position
    if m is None:
        return None
    reason = f"the output depends only on the last symbol and on the position modulo {m}"
    return ClassVerdict(
        kind, Answer.YES, "B3", (VerdictEvidence.NOTE,), reason, REAL, ANY, Cost(layers=1, modulus=m)
    )


def _star_free(kind: str, s: AlgebraicProfile) -> ClassVerdict:
    if s.properties.is_aperiodic:
        return ClassVerdict(
            kind,
            Answer.YES,
            "B1, C1",
            (VerdictEvidence.ABSTRACT, VerdictEvidence.RUN),
            "the monoid is aperiodic: the language is star-free",
            NONNEGATIVE,
            FINITE,
            s.cascade,
        )
    return ClassVerdict(
        kind,
        Answer.NO,
        "B2, C2",
        (VerdictEvidence.ABSTRACT,),
        "a step is monotone in every word, so that powers of a word stabilize",
        NONNEGATIVE,
        FINITE,
        witness=s.properties.recurring,
    )


def zero_one(s: AlgebraicProfile) -> ClassVerdict:
    """Decide zero-one layers: the star-free languages."""
    return _star_free("zero-one", s)


def dyadic(s: AlgebraicProfile) -> ClassVerdict:
    """Decide dyadic layers: the star-free languages."""
    return _star_free("dyadic", s)


def mixed(s: AlgebraicProfile) -> ClassVerdict:
    """Decide time-invariant layers mixed with nonnegative ones: the quasi-aperiodic languages.

    Constant matrices must be linear: a saturating one simulates any automaton (`limits.reproduce`).
    """
    kind, modulus = "mixed", s.properties.modulus
    if modulus is not None:
        return ClassVerdict(
            kind,
            Answer.YES,
            "B5",
            (VerdictEvidence.NOTE, VerdictEvidence.RUN),
            f"quasi-aperiodic with period {modulus}: the language is in AC0",
            REAL,
            LINEAR,
            s.with_positions,
        )
    return ClassVerdict(
        kind,
        Answer.NO,
        "B5, G4",
        (VerdictEvidence.NOTE, VerdictEvidence.ABSTRACT),
        "words of equal length form a nontrivial group",
        REAL,
        LINEAR,
        witness=s.properties.same_length,
    )


def _two_groups(kind: str, s: AlgebraicProfile) -> ClassVerdict:
    if s.properties.has_two_groups_only:
        return ClassVerdict(
            kind,
            Answer.YES,
            "ours (2-groups)",
            (VerdictEvidence.ARGUED,),
            "every group in the monoid is a 2-group: cyclic levels of size 2 and resets",
            REAL,
            FINITE,
            s.split(prime=True),
        )
    return ClassVerdict(
        kind,
        Answer.NO,
        "ours (2-groups)",
        (VerdictEvidence.ARGUED,),
        "a step is monotone or antitone in every word, so that powers of a word recur with periods that are "
        "powers of two",
        REAL,
        FINITE,
        witness=s.properties.recurring_oddly,
    )


def signed(s: AlgebraicProfile) -> ClassVerdict:
    """Decide signed layers: the languages all of whose groups are 2-groups."""
    return _two_groups("signed", s)


def diagonal(s: AlgebraicProfile) -> ClassVerdict:
    """Decide real diagonal layers, as signed ones: a real entry is monotone or antitone."""
    return _two_groups("diagonal", s)


def complex_diagonal(s: AlgebraicProfile) -> ClassVerdict:
    """Decide complex diagonal layers: solvable groups, one abelian factor per layer."""
    kind, properties = "complex", s.properties
    if not properties.is_solvable:
        pure = (
            "; a group automaton is possible exactly if the group is solvable (G1, G2)"
            if properties.is_group
            else ""
        )
        return ClassVerdict(
            kind,
            Answer.CONDITIONAL,
            "D1",
            (VerdictEvidence.ABSTRACT,),
            f"the monoid has a group that is not solvable{pure}",
            COMPLEX,
            "logarithmic precision",
            witness=properties.coprime_orders,
        )
    cost = s.split(prime=False)
    if properties.is_group and properties.derived_length:
        return ClassVerdict(
            kind,
            Answer.YES,
            "G1, G2",
            (VerdictEvidence.ABSTRACT,),
            f"a solvable group: one layer per step of the derived series, {properties.derived_length}",
            COMPLEX,
            "exact roots of unity; floating point up to a measured horizon",
            replace(cost, layers=properties.derived_length),
        )
    return ClassVerdict(
        kind,
        Answer.YES,
        "G1, B1",
        (VerdictEvidence.ABSTRACT, VerdictEvidence.ARGUED),
        "every group in the monoid is solvable: rotations for cyclic levels, 0 for resets",
        COMPLEX,
        "exact roots of unity; floating point up to a measured horizon",
        cost,
    )


def time_invariant_dense(s: AlgebraicProfile) -> ClassVerdict:
    """Decide dense time-invariant layers: all regular languages.

    A permutation of m words counts positions modulo m; saturating words do the rest.
    """
    kind, modulus = "time-invariant-dense", s.properties.modulus
    verdict = _last_symbol_and_position(kind, s)
    if verdict is not None:
        return verdict
    if modulus is not None:
        return ClassVerdict(
            kind,
            Answer.YES,
            "B3, B4, B5",
            (VerdictEvidence.NOTE, VerdictEvidence.RUN, VerdictEvidence.ARGUED),
            f"a permutation of words counts positions modulo {modulus}; saturating words with A = 1 set, "
            "hold and reset a bit",
            REAL,
            SATURATING,
            s.with_positions,
        )
    return ClassVerdict(
        kind,
        Answer.YES,
        "G4",
        (VerdictEvidence.RUN, VerdictEvidence.ARGUED),
        "saturating words compute conjunctions: one word per state and symbol encodes the last transition",
        REAL,
        SATURATING,
        s.one_hot_steps,
    )


def monomial(s: AlgebraicProfile) -> ClassVerdict:
    """Decide monomial layers: all regular languages."""
    return ClassVerdict(
        "monomial",
        Answer.YES,
        "G9",
        (VerdictEvidence.ABSTRACT, VerdictEvidence.RUN),
        "one layer with a word for each state",
        REAL,
        ANY,
        s.one_hot,
    )


def householder(s: AlgebraicProfile) -> ClassVerdict:
    """Decide Householder layers: group automata, as products of reflections that swap states."""
    kind = "householder"
    if s.properties.is_group:
        return ClassVerdict(
            kind,
            Answer.YES,
            "G7",
            (VerdictEvidence.NOTE,),
            f"every symbol permutes the states and moves at most {s.moved} of them",
            REAL,
            ANY,
            replace(s.one_hot, reflections=max(s.moved - 1, 0)),
        )
    return ClassVerdict(
        kind,
        Answer.OPEN,
        "G7",
        (VerdictEvidence.NOTE,),
        "a symbol merges states, but reflections are invertible: G7 is about group automata",
        REAL,
        ANY,
        note="factors I - v v^T with |v| = 1 are projections; with them resets are possible",
    )


def dense(s: AlgebraicProfile) -> ClassVerdict:
    """Decide dense layers: all regular languages."""
    return ClassVerdict(
        "dense",
        Answer.YES,
        "D2",
        (VerdictEvidence.ABSTRACT,),
        "one layer with a word for each state",
        REAL,
        ANY,
        s.one_hot,
    )


def online_thoughts(s: AlgebraicProfile) -> ClassVerdict:
    """Decide online thoughts: every deterministic streaming algorithm, in its own memory."""
    return ClassVerdict(
        "online thoughts",
        Answer.YES,
        "A4",
        (VerdictEvidence.ABSTRACT, VerdictEvidence.RUN),
        "one zero-one layer holds the state's number; a thought is the next one",
        NONNEGATIVE,
        ANY,
        s.packed,
    )


RULES: tuple[Rule, ...] = (
    time_invariant,
    zero_one,
    dyadic,
    mixed,
    signed,
    diagonal,
    complex_diagonal,
    time_invariant_dense,
    monomial,
    householder,
    dense,
    online_thoughts,
)
