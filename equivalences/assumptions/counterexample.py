"""Search for a stream on which an assumption fails, and run it again in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from streamssm.equivalences.assumptions.assumption_report import Refutation, Token
from streamssm.equivalences.assumptions.monitor import monitors
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

MOST_TOKENS = 24  # limit on the length of streams for bounded model checking
PROBING_TRANSITIONS = 2 * 10**5
PROBING_TOKENS = 10**5


@dataclass(frozen=True)
class SearchEffort:
    """Limits of the search for a stream."""

    seconds: float
    seed: int
    max_transitions: int
    tokens: int


@dataclass(frozen=True)
class CounterexampleResult:
    """A refuting stream, or the streams that were covered without finding one."""

    refutation: Refutation | None
    covers: str

    @property
    def is_complete(self) -> bool:
        return self.refutation is None and self.covers == EVERY_STREAM


def probe(program: Program, assumption: Assumption, effort: SearchEffort) -> CounterexampleResult:
    """Search with little effort for a stream on which an assumption fails.

    If one is found, the solver looks for a shortest one.
    """
    little = replace(
        effort,
        max_transitions=min(effort.max_transitions, PROBING_TRANSITIONS),
        tokens=min(effort.tokens, PROBING_TOKENS),
    )
    return search(program, assumption, little, use_solver=False)


def search(
    program: Program, assumption: Assumption, effort: SearchEffort, *, use_solver: bool = True
) -> CounterexampleResult:
    """Search for a shortest stream on which an assumption fails and no assumption failed before.

    If running the program finds no stream, and ``use_solver`` is true, bounded model checking looks for one.
    """
    a, b = monitors(program, assumption)
    report = check(a, b, seed=effort.seed, tokens=effort.tokens, max_transitions=effort.max_transitions)
    witness = report.witness
    if witness is not None and witness.shortest:
        return CounterexampleResult(Refutation(witness.tokens, True, None), report.covers)
    if witness is None and (report.covers == EVERY_STREAM or not use_solver):
        return CounterexampleResult(None, report.covers)
    longest = MOST_TOKENS if witness is None else len(witness.tokens) - 1
    stream, covered = _by_solver(a, b, effort.seconds, longest)
    if stream is not None:
        return CounterexampleResult(Refutation(stream, True, None), report.covers)
    if witness is not None:
        return CounterexampleResult(Refutation(witness.tokens, covered == longest, None), report.covers)
    return CounterexampleResult(None, f"{report.covers} and every stream up to length {covered}")


def _by_solver(a: Program, b: Program, seconds: float, longest: int) -> tuple[tuple[Token, ...] | None, int]:
    """Return a shortest stream on which two programs differ, or None, and the length that was covered."""
    with Solver(seconds) as solver:
        prover = Prover(ProgramSystem(a), ProgramSystem(b), solver, Lemmas(solver))
        result = bounded_search(prover, seconds, longest)
    return result.stream, result.depth


def rerun(artefact: Algorithm | Language | SSM, refutation: Refutation) -> Refutation:
    """Add the error that plain Python, or a model by its weights, raises on a refutation's last token.

    Raises
    ------
    StreamSSMError
        If there is an earlier error or none, so that the artefact and its program disagree.
    """
    raised, read = _first_error(artefact, refutation.tokens)
    if raised is None or read != len(refutation.tokens):
        raise StreamSSMError(
            f"internal error: in the program an assumption fails on {list(refutation.tokens)}, but the "
            f"source of the program {'raises earlier' if raised else 'does not raise'} there"
        )
    return replace(refutation, raised=raised)


def _first_error(artefact: Algorithm | Language | SSM, tokens: Sequence[Token]) -> tuple[str | None, int]:
    """Return the first error of the reference interpreter, and the number of tokens read by then."""
    try:
        side = side_of(artefact, ("weights",))
    except PrecisionError as error:  # an assumption about the output fails before the first token
        return str(error), 0
    outcome, (step,) = StreamOutcome(side.initial), side.steps.values()
    for read, token in enumerate(tokens, start=1):
        outcome = advance(step, outcome, token)
        if outcome.error is not None:
            return outcome.error, read
    return None, len(tokens)
