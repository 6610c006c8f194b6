"""Transition systems: the state words, the input fields, and one step as terms."""

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
    """The term builder, gadget lemmas and range prover shared by all steps of one proof."""

    terms: Terms
    lemmas: Lemmas
    ranges: Ranges


@dataclass(frozen=True)
class SymbolicStep:
    """The state and the outputs after one token.

    ``failed`` is the condition that the step stops with an error; state and outputs are meaningful only where
    it is false. ``traps`` are conditions under which an interpreter would crash, such as a division by 0.
    """

    state: tuple[Term, ...]
    outputs: tuple[Term, ...]
    failed: Term
    traps: tuple[Term, ...]


class TransitionSystem(Protocol):
    """One of the two systems under comparison."""

    @property
    def name(self) -> str: ...

    @property
    def words(self) -> tuple[Word, ...]: ...

    @property
    def fields(self) -> tuple[Word, ...]: ...

    @property
    def digest(self) -> str: ...

    def step(self, context: Context, state: Sequence[Term], token: Sequence[Term]) -> SymbolicStep: ...
