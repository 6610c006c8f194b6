"""Check the assumptions that an author made with ``ss.assume_in_range``.

An assumption is proved by an inductive invariant of the registers, whose candidates come from sampled states,
or by a search of all reachable states. It is refuted by a stream on which it fails.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from streamssm.equivalences.assumptions.assumption_report import (
    AssumptionFinding,
    AssumptionReport,
    AssumptionVerdict,
)
from streamssm.equivalences.assumptions.assumption_text import claim_text
from streamssm.equivalences.assumptions.counterexample import (
    CounterexampleResult,
    SearchEffort,
    probe,
    rerun,
    search,
)
from streamssm.equivalences.assumptions.houdini import Induction
from streamssm.equivalences.assumptions.proof import AssumptionProof, proofs
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

SECONDS = 60.0  # limit for the invariant of all assumptions, and again for each search for a stream
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
    on_finding: FindingCallback | None = None,
    recheck: bool | None = None,
    told: FindingCallback | None = None,
) -> AssumptionReport:
    """Prove or refute the assumptions of an algorithm's class, or of a program.

    Law: on every stream, a proved assumption is never the first to fail; if all are proved, no stream reaches
    a clamp, and the program's outputs equal the class's on every stream.

    Parameters
    ----------
    timeout : seconds for an invariant of all assumptions, and for each search of the solver for a stream
        that refutes one; 60 by default
    seed : random seed of the sampled states and streams
    max_transitions : limit on the search of all reachable states
    tokens : minimum number of tokens to sample if that search does not end
    on_finding : called with each finding as soon as it is known
    recheck : whether each proof is decided again by code that shares nothing with the prover, and by a second
        solver: True without a time limit, False for no re-check; by default for up to half a minute
    told : the former name of ``on_finding``, deprecated

    Raises
    ------
    ParameterError
        If the solver is not installed.
    ProofError
        If the re-check of a proof contradicts it.

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
    if told is not None:
        warnings.warn(
            "told= is now on_finding=; the old name goes with the next version",
            DeprecationWarning,
            stacklevel=2,
        )
        on_finding = on_finding or told
    require_installed("a check of assumptions")
    effort = SearchEffort(timeout or SECONDS, seed, max_transitions, tokens)
    request = _Request(artefact, to_program(artefact), effort, effort_of(recheck))
    findings = dict[Assumption, AssumptionFinding]()
    for finding in request.findings():
        findings[finding.assumption] = finding
        if on_finding is not None:
            on_finding(finding)
    in_order = tuple(findings[assumption] for assumption in request.program.assumptions)
    return AssumptionReport(request.program.name, in_order, time.perf_counter() - start)


@dataclass(frozen=True)
class _Request:
    """A program, the artefact that it was translated from, and the limits of the search."""

    artefact: Algorithm | Program | Language | SSM
    program: Program
    effort: SearchEffort
    recheck: SolverEffort | None

    def findings(self) -> Iterator[AssumptionFinding]:
        """Yield the findings, the cheapest first: quick refutations, proofs, and then exhaustive searches."""
        left = list[Assumption]()
        for assumption in self.program.assumptions:
            start = time.perf_counter()
            probed = None if assumption.claim is None else probe(self.program, assumption, self.effort)
            if probed is not None and probed.refutation is not None:
                yield self._searched(assumption, probed, start)
            else:
                left.append(assumption)
        start = time.perf_counter()
        proved = self._proofs(left)
        seconds = (time.perf_counter() - start) / max(len(proved), 1)
        for assumption in left:
            if assumption in proved:
                yield self._proved(assumption, proved[assumption], seconds)
            elif assumption.claim is None:
                how = "the program does not say which value it is about: translate it again"
                yield AssumptionFinding(assumption, AssumptionVerdict.UNKNOWN, how)
            else:
                start = time.perf_counter()
                yield self._searched(assumption, search(self.program, assumption, self.effort), start)

    def _proofs(self, assumptions: Sequence[Assumption]) -> Mapping[Assumption, AssumptionProof]:
        with Solver(self.effort.seconds) as solver:
            induction = Induction(self.program, solver, self.effort.seconds)
            return proofs(induction, assumptions, self.effort.seed)

    def _proved(self, assumption: Assumption, proof: AssumptionProof, seconds: float) -> AssumptionFinding:
        texts = tuple(claim_text(claim, self.program) for claim in proof.invariant)
        how = "by an invariant" if texts else "by the ranges of the registers"
        rows = Relation(proof.invariant).to_list()
        recheck = rechecked_invariant(self.program, rows, assumption, self.recheck)
        return AssumptionFinding(
            assumption, AssumptionVerdict.PROVED, how, texts, seconds=seconds, recheck=str(recheck)
        )

    def _searched(
        self, assumption: Assumption, result: CounterexampleResult, start: float
    ) -> AssumptionFinding:
        refutation = result.refutation
        if refutation is not None and not isinstance(self.artefact, Program):
            refutation = rerun(self.artefact, refutation)
        verdict, how = AssumptionVerdict.UNKNOWN, f"no failure on {result.covers}"
        if refutation is not None:
            verdict, how = AssumptionVerdict.REFUTED, "by a stream"
        elif result.is_complete:
            verdict, how = AssumptionVerdict.PROVED, "by a search of all reachable states"
        seconds = time.perf_counter() - start
        return AssumptionFinding(assumption, verdict, how, refutation=refutation, seconds=seconds)
