"""Streams on which an assumption fails, run again in plain Python; or none, and what was covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from streamssm.equivalences.assumptions.monitor import monitors
from streamssm.equivalences.assumptions.report import Refutation, Token
from streamssm.equivalences.check import check
from streamssm.equivalences.checking.report import EVERY_STREAM
from streamssm.equivalences.checking.sides import side_of
from streamssm.equivalences.checking.witness import StreamOutcome, advance
from streamssm.equivalences.proving.bounded_model_checking import bounded_search
from streamssm.equivalences.proving.induction import Prover
from streamssm.equivalences.proving.lemmas import Lemmas
from streamssm.equivalences.proving.programs import ProgramSystem
from streamssm.equivalences.smt.solver import Solver
from streamssm.errors import PrecisionError, StreamSSMError
from streamssm.frontends.algorithm import Algorithm
from streamssm.languages.language import Language
from streamssm.program.program import Assumption, Program
from streamssm.ssm.model import SSM

MOST_TOKENS = 24  # of streams that the solver looks for
PROBING_TRANSITIONS = 2 * 10**5
PROBING_TOKENS = 10**5


@dataclass(frozen=True)
class SearchEffort:
    """How hard to look for a stream."""

    seconds: float
    seed: int
    max_transitions: int
    tokens: int


@dataclass(frozen=True)
class CounterexampleResult:
    """A stream, or none among those that were covered."""

    refutation: Refutation | None
    covers: str

    @property
    def is_complete(self) -> bool:
        return self.refutation is None and self.covers == EVERY_STREAM


def probed(program: Program, assumption: Assumption, effort: SearchEffort) -> CounterexampleResult:
    """Look for a stream on which an assumption fails with little effort, if some is found for a shortest."""
    little = replace(
        effort,
        max_transitions=min(effort.max_transitions, PROBING_TRANSITIONS),
        tokens=min(effort.tokens, PROBING_TOKENS),
    )
    return searched(program, assumption, little, go_on=False)


def searched(
    program: Program, assumption: Assumption, effort: SearchEffort, *, go_on: bool = True
) -> CounterexampleResult:
    """Look for a shortest stream on which an assumption fails and none did before.

    Where none is found by running the program, and ``go_on`` is true, the solver looks for one.
    """
    a, b = monitors(program, assumption)
    report = check(a, b, seed=effort.seed, tokens=effort.tokens, max_transitions=effort.max_transitions)
    witness = report.witness
    if witness is not None and witness.shortest:
        return CounterexampleResult(Refutation(witness.tokens, True, None), report.covers)
    if witness is None and (report.covers == EVERY_STREAM or not go_on):
        return CounterexampleResult(None, report.covers)
    longest = MOST_TOKENS if witness is None else len(witness.tokens) - 1
    stream, covered = _by_solver(a, b, effort.seconds, longest)
    if stream is not None:
        return CounterexampleResult(Refutation(stream, True, None), report.covers)
    if witness is not None:
        return CounterexampleResult(Refutation(witness.tokens, covered == longest, None), report.covers)
    return CounterexampleResult(None, f"{report.covers} and every stream up to length {covered}")


def _by_solver(a: Program, b: Program, seconds: float, longest: int) -> tuple[tuple[Token, ...] | None, int]:
    """Return a shortest stream on which two programs differ, or None and how long streams were covered."""
    with Solver(seconds) as solver:
        prover = Prover(ProgramSystem(a), ProgramSystem(b), solver, Lemmas(solver))
        found = bounded_search(prover, seconds, longest)
    return found.stream, found.depth


def rerun(artefact: Algorithm | Language | SSM, refutation: Refutation) -> Refutation:
    """Return a refutation with what plain Python, or a model by its weights, raises on the last token.

    Raises
    ------
    StreamSSMError
        If it raises earlier or not at all, so that it and the program disagree.
    """
    raised, read = _raised(artefact, refutation.tokens)
    if raised is None or read != len(refutation.tokens):
        raise StreamSSMError(
            f"the program says that an assumption fails on {list(refutation.tokens)}, and what it was made "
            f"from {'raises earlier' if raised else 'does not raise'} there: one of them is wrong"
        )
    return replace(refutation, raised=raised)


def _raised(artefact: Algorithm | Language | SSM, tokens: Sequence[Token]) -> tuple[str | None, int]:
    """Return the first error that the reference interpreter raises, and how many tokens it had read."""
    try:
        side = side_of(artefact, ("weights",))
    except PrecisionError as error:  # an assumption of the output, which fails before the first token
        return str(error), 0
    outcome, (step,) = StreamOutcome(side.initial), side.steps.values()
    for read, token in enumerate(tokens, start=1):
        outcome = advance(step, outcome, token)
        if outcome.error is not None:
            return outcome.error, read
    return None, len(tokens)
