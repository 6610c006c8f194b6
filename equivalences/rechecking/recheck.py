"""The re-check of a proof, which takes only the relation from the prover.

Whether the relation is inductive and implies equal outputs is asked again, of two solvers, in queries that
the code of this folder derives from the graphs and the weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streamssm.equivalences.rechecking.deciding import (
    Deciding,
    Recheck,
    RecheckVerdict,
    SolverEffort,
    Stopped,
)
from streamssm.equivalences.rechecking.obligations import SIDES, Questions, questions, words_of
from streamssm.equivalences.rechecking.solver_pool import SolverPool
from streamssm.equivalences.rechecking.vector_claims import holds
from streamssm.equivalences.rechecking.vector_networks import MeaningOf
from streamssm.equivalences.rechecking.vectors import TooLargeError
from streamssm.errors import PrecisionError
from streamssm.program.program import Program
from streamssm.ssm.model import SSM


def recheck(
    a: Program | SSM, b: Program | SSM, claims: Sequence[Any], effort: SolverEffort | None = None
) -> Recheck:
    """Re-check that a relation proves two artefacts equal on every stream.

    Parameters
    ----------
    claims : the relation, as the rows of a certificate

    Raises
    ------
    ProofError
        If the two solvers contradict each other.
    """
    with SolverPool() as pool:
        return _Rechecking(a, b, claims, Deciding(pool, effort or SolverEffort())).run()


class _Rechecking:
    def __init__(self, a: Program | SSM, b: Program | SSM, claims: Sequence[Any], deciding: Deciding) -> None:
        self.a, self.b = a, b
        self.claims = claims
        self.deciding = deciding

    def run(self) -> Recheck:
        try:
            # The base case of the induction needs no solver: initial states are constants.
            self._require_initial()
            asked = self._questions()
            for obligation in asked.obligations:
                self.deciding.require_impossible(asked.script, obligation)
        except Stopped as stopped:
            return self.deciding.stopped(stopped)
        except TooLargeError as error:
            return self.deciding.report(RecheckVerdict.SKIPPED, str(error))
        return self.deciding.report(RecheckVerdict.CONFIRMED)

    def _require_initial(self) -> None:
        sides = dict(zip(SIDES, (self.a, self.b), strict=True))
        states = {label: [word.init for word in words_of(side)] for label, side in sides.items()}
        if _initial_outputs(self.a) != _initial_outputs(self.b):
            raise Stopped(RecheckVerdict.REFUTED, "the outputs before the first token differ")
        for claim in self.claims:
            if not holds(claim, states):
                raise Stopped(RecheckVerdict.REFUTED, f"the initial states are not related by {claim}")

    def _questions(self) -> Questions:
        """Return the queries, with gadgets by semantics if all inputs stay in range, else by weights."""
        # One input that may leave its range makes the semantics unusable for the whole step. "unknown" counts
        # as "may".
        with_meanings = self._written(self.deciding.lemmas.meaning_of)
        if (
            not with_meanings.strays.wrong
            or self.deciding.asked(with_meanings.script, with_meanings.strays).result == "unsat"
        ):
            return with_meanings
        return self._written(lambda gadget: None)

    def _written(self, meaning_of: MeaningOf) -> Questions:
        return questions(self.a, self.b, self.claims, meaning_of, self.deciding.effort.definitions)


def _initial_outputs(side: Program | SSM) -> tuple[int, ...] | None:
    """Return the outputs before the first token; None if there are none."""
    try:
        return side.begin()
    except PrecisionError:
        return None
