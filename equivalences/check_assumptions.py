"""Check what an author assumed with ``ss.within``: is it so on every stream?

An assumption is proved by an invariant of the registers, which is guessed from states that streams reach and
shown by induction, or by a search of all reachable states. It is refuted by a stream on which it fails.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from streamssm.equivalences.assumptions.counterexample import (
    CounterexampleResult,
    SearchEffort,
    probed,
    rerun,
    searched,
)
from streamssm.equivalences.assumptions.houdini import Induction
from streamssm.equivalences.assumptions.proof import AssumptionProof, proofs
from streamssm.equivalences.assumptions.report import AssumptionFinding, AssumptionReport, AssumptionVerdict
from streamssm.equivalences.assumptions.text import told as worded
from streamssm.equivalences.proving.relation import Relation
from streamssm.equivalences.rechecking.confirm import effort_of, rechecked_invariant
from streamssm.equivalences.rechecking.deciding import SolverEffort
from streamssm.equivalences.smt.solver import Solver, require_installed
from streamssm.equivalences.ssm_to_program import to_program
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm
from streamssm.languages.language import Language
from streamssm.program.program import Assumption, Program
from streamssm.ssm.model import SSM

__all__ = ["AssumptionReport", "check_assumptions"]

SECONDS = 60.0  # for the invariant of all assumptions, and again for a stream that refutes one
MAX_TRANSITIONS = 10**7
TOKENS = 10**6

FindingCallback = Callable[[AssumptionFinding], None]


def check_assumptions(
    artefact: Algorithm | Program | Language | SSM,
    *,
    timeout: float | None = None,
    seed: int = 0,
    max_transitions: int = MAX_TRANSITIONS,
    tokens: int = TOKENS,
    told: FindingCallback | None = None,
    recheck: bool | None = None,
) -> AssumptionReport:
    """Prove or refute what an algorithm's class, or a program, assumes.

    Law: a proved assumption fails on no stream before another one did; if all are proved, no stream reaches
    a clamp, and the program's outputs equal the class's on every stream.

    Parameters
    ----------
    timeout : seconds for an invariant of all assumptions, and for the solver's search of a stream that
        refutes one; 60 if left out
    seed : of the streams whose states are generalised, and of sampled streams
    max_transitions : bound of the search of all reachable states
    tokens : how many tokens to sample at least, where that search does not end
    told : called with each finding once it is known
    recheck : whether each proof is decided again by code that shares nothing with the prover, and by a second
        solver: True for as long as it takes, False for no re-check; if left out, for up to half a minute

    Raises
    ------
    ParameterError
        If the solver is not installed.
    ProofError
        If a proof does not withstand its re-check.

    Examples
    --------
    >>> from streamssm.algorithms import SlidingSum
    >>> report = check_assumptions(SlidingSum(n=4, window=3))
    >>> report.holds, report.findings[0].invariant
    (True, ('total == sum of values',))
    """
    start = time.perf_counter()
    if timeout is not None and not timeout > 0:
        raise ParameterError(f"timeout must be more than 0 seconds, not {timeout!r}")
    require_installed("a check of assumptions")
    effort = SearchEffort(timeout or SECONDS, seed, max_transitions, tokens)
    request = _Request(artefact, to_program(artefact), effort, effort_of(recheck))
    found = dict[Assumption, AssumptionFinding]()
    for finding in request.findings():
        found[finding.assumption] = finding
        if told is not None:
            told(finding)
    in_order = tuple(found[assumption] for assumption in request.program.assumptions)
    return AssumptionReport(request.program.name, in_order, time.perf_counter() - start)


@dataclass(frozen=True)
class _Request:
    """A program, what it is the program of, and how hard to look."""

    artefact: Algorithm | Program | Language | SSM
    program: Program
    effort: SearchEffort
    recheck: SolverEffort | None

    def findings(self) -> Iterator[AssumptionFinding]:
        """Yield what is refuted with little effort, then what is proved, and then what became of the rest."""
        left = list[Assumption]()
        for assumption in self.program.assumptions:
            start = time.perf_counter()
            found = None if assumption.claim is None else probed(self.program, assumption, self.effort)
            if found is not None and found.refutation is not None:
                yield self._searched(assumption, found, start)
            else:
                left.append(assumption)
        start = time.perf_counter()
        proved = self._proofs(left)
        seconds = (time.perf_counter() - start) / max(len(proved), 1)
        for assumption in left:
            if assumption in proved:
                yield self._proved(assumption, proved[assumption], seconds)
            elif assumption.claim is None:
                how = "it is not known which value it is about: translate it again"
                yield AssumptionFinding(assumption, AssumptionVerdict.UNKNOWN, how)
            else:
                start = time.perf_counter()
                yield self._searched(assumption, searched(self.program, assumption, self.effort), start)

    def _proofs(self, assumptions: Sequence[Assumption]) -> Mapping[Assumption, AssumptionProof]:
        with Solver(self.effort.seconds) as solver:
            induction = Induction(self.program, solver, self.effort.seconds)
            return proofs(induction, assumptions, self.effort.seed)

    def _proved(self, assumption: Assumption, proof: AssumptionProof, seconds: float) -> AssumptionFinding:
        texts = tuple(worded(claim, self.program) for claim in proof.invariant)
        how = "by an invariant" if texts else "by the ranges of the registers"
        rows = Relation(proof.invariant).to_list()
        found = rechecked_invariant(self.program, rows, assumption, self.recheck)
        return AssumptionFinding(
            assumption, AssumptionVerdict.PROVED, how, texts, seconds=seconds, recheck=str(found)
        )

    def _searched(
        self, assumption: Assumption, found: CounterexampleResult, start: float
    ) -> AssumptionFinding:
        refutation = found.refutation
        if refutation is not None and not isinstance(self.artefact, Program):
            refutation = rerun(self.artefact, refutation)
        verdict = AssumptionVerdict.PROVED if found.is_complete else AssumptionVerdict.UNKNOWN
        how = "by a search of all reachable states" if found.is_complete else f"no failure on {found.covers}"
        if refutation is not None:
            verdict, how = AssumptionVerdict.REFUTED, "by a stream"
        seconds = time.perf_counter() - start
        return AssumptionFinding(assumption, verdict, how, refutation=refutation, seconds=seconds)
