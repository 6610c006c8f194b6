"""What a proof needs to know of an artefact: words, fields, and one step as terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from streamssm.equivalences.proving.lemmas import Lemmas
from streamssm.equivalences.proving.networks import Ranges
from streamssm.equivalences.smt.term import Term
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.words import Word


@dataclass(frozen=True)
class Context:
    """What a step is built in."""

    terms: Terms
    lemmas: Lemmas
    ranges: Ranges


@dataclass(frozen=True)
class SymbolicStep:
    """What one token leads to.

    ``failed`` is the condition that the step stops with an error; what else the step holds counts only where
    it does not. ``traps`` are conditions that an interpreter does not survive.
    """

    state: tuple[Term, ...]
    outputs: tuple[Term, ...]
    failed: Term
    traps: tuple[Term, ...]


class TransitionSystem(Protocol):
    """One side of a proof."""

    @property
    def name(self) -> str: ...

    @property
    def words(self) -> tuple[Word, ...]: ...

    @property
    def fields(self) -> tuple[Word, ...]: ...

    @property
    def digest(self) -> str: ...

    def step(self, context: Context, state: Sequence[Term], token: Sequence[Term]) -> SymbolicStep: ...
