"""What a proof says of a pair, in a bounded time, and whether that may be."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import Any

from streamssm.equivalences.checking.sides import side_of
from streamssm.equivalences.proving import prove
from streamssm.equivalences.smt.solver import Solver
from streamssm.errors import StreamSSMError
from tests.random_pairs import Pair, differ_on, random_pair

QUESTION_SECONDS, PAIR_SECONDS = 0.3, 1.0


class Late(BaseException):
    """The time is over; no handler of ordinary errors may catch this."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise Late where a block takes longer: building terms knows no time limit."""

    def end(number: int, frame: FrameType | None) -> None:
        raise Late

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Pool:
    """Makes solvers that share one child process: starting one takes longer than most proofs."""

    def __init__(self) -> None:
        self.solver = _Kept(QUESTION_SECONDS)

    def __call__(self, seconds: float) -> Solver:
        self.solver.seconds = seconds
        self.solver._known.clear()
        self.solver._tried.clear()
        return self.solver


class _Kept(Solver):
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:  # an answer may be on its way still, which the next question would get
            self.close()


@contextmanager
def pooled_solvers() -> Iterator[None]:
    """Let all proofs of a block use one solver's process."""
    pool, before = Pool(), Solver
    setattr(prove, "Solver", pool)  # noqa: B010
    try:
        yield
    finally:
        setattr(prove, "Solver", before)  # noqa: B010
        pool.solver.close()


def verdict(a: Any, b: Any, seconds: float = QUESTION_SECONDS) -> tuple[str, tuple[Any, ...] | None]:
    """Return "equal", "different" with a stream, "unknown" or "late".

    The prover is asked and nothing behind it: what later looks at its answer must not hide a false one.
    """
    proof = proof_of(a, b, seconds)
    if proof is None:
        return "late", None
    if proof.holds:
        return "equal", None
    stream = proof.finding.stream
    return ("unknown", None) if stream is None else ("different", stream)


def proof_of(a: Any, b: Any, seconds: float = QUESTION_SECONDS) -> prove.Proof | None:
    """Return what the prover comes to; None where it takes too long."""
    sides = side_of(a, ("weights",)), side_of(b, ("weights",))
    systems = prove.system_of(a), prove.system_of(b)
    try:
        with at_most(PAIR_SECONDS):
            return prove.Proving(*sides, systems, seconds).run()
    except Late:
        return None


@dataclass
class Tally:
    """How many pairs were proved equal, shown different or neither, and what was wrong."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, pair: Pair, seconds: float = QUESTION_SECONDS) -> None:
        """Ask for a proof, and note whether it is false."""
        truth = {True: "differs", False: "is equal", None: "may differ"}[pair.differs]
        try:
            said, stream = verdict(pair.a, pair.b, seconds)
        except (StreamSSMError, ArithmeticError, LookupError, AssertionError, TypeError, ValueError) as error:
            said, stream = "fails", None
            self.wrong.append(f"pair {pair.seed} ({pair.kind}): {type(error).__name__}: {error}")
        self.counts[truth, said] += 1
        if said == "equal" and pair.differs:
            self.wrong.append(f"pair {pair.seed} ({pair.kind}) differs and was proved equal")
        if stream is not None and (pair.differs is False or not differ_on(pair.a, pair.b, stream)):
            self.wrong.append(
                f"pair {pair.seed} ({pair.kind}) was told apart by {stream}, on which it is equal"
            )

    def __str__(self) -> str:
        return ", ".join(f"{count} {said} ({truth})" for (truth, said), count in sorted(self.counts.items()))


def tally_of(seeds: range) -> Tally:
    """Return what became of the pairs of some seeds."""
    found = Tally()
    with pooled_solvers():
        for seed in seeds:
            pair = random_pair(seed)
            if pair is not None:
                found.add(pair)
    return found
