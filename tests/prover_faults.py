"""Planted faults of the prover, each of which can make a proof false; one that only shows less is none."""

from __future__ import annotations

from tests.proof_faults import INDUCTION, MODELS, RELATING, SMTLIB, SWEEP
from tests.term_faults import ARITHMETIC, BITS, REGIONS, TERM, TERMS

FAULTS = (*TERMS, *TERM, *BITS, *ARITHMETIC, *REGIONS, *INDUCTION, *RELATING, *SWEEP, *SMTLIB, *MODELS)
