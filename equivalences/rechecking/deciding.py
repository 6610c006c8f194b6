"""Deciding obligations with two solvers within a time budget, and the verdict of a re-check."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from streamssm.equivalences.rechecking.gadget_lemmas import GadgetLemmas
from streamssm.equivalences.rechecking.obligations import RestatedObligation
from streamssm.equivalences.rechecking.solver_pool import SOLVERS, PoolAnswer, SolverPool, versions
from streamssm.equivalences.rechecking.vectors import Bool, Script

# A query is split by the values of a variable only if there are fewer than this.
MOST_PARTS = 1 << 8
# A query that can be split gets its time limit divided by this: its parts are mostly easier.
HASTE = 5


class RecheckVerdict(str, Enum):
    """The verdict of a re-check."""

    CONFIRMED = "confirmed"  # every obligation was shown by at least one solver
    REFUTED = "refuted"  # the proof is wrong
    UNDECIDED = "undecided"  # some query had no answer in time
    SKIPPED = "skipped"  # too large, or not requested


@dataclass(frozen=True)
class SolverEffort:
    """The budget of a re-check: seconds for one query and for all, and definitions of a step."""

    question_seconds: float = 10.0
    seconds: float = 30.0
    definitions: int = 20_000


THOROUGH = SolverEffort(60.0, 3600.0, 1 << 20)


@dataclass(frozen=True)
class Recheck:
    """The result of a re-check.

    ``by`` counts the queries that each solver answered; ``reason`` names the obligation that is open or
    refuted, and ``broken`` holds the states and the token that refute it.
    """

    verdict: RecheckVerdict
    questions: int = 0
    lemmas: int = 0
    by: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    reason: str = ""
    broken: Mapping[str, int] = field(default_factory=dict)

    @property
    def solvers(self) -> str:
        """The solvers that answered, with the number of queries for those that did not answer all."""
        known = versions()
        return " and ".join(
            known[name] + ("" if count == self.questions else f" ({count} of {self.questions} questions)")
            for name, count in self.by.items()
            if count
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the re-check as plain values for JSON."""
        return {
            "verdict": self.verdict.value,
            "summary": str(self),
            "by": dict(self.by),
            "questions": self.questions,
            "lemmas": self.lemmas,
            "seconds": round(self.seconds, 3),
            "reason": self.reason,
        }

    def __str__(self) -> str:
        if self.verdict is not RecheckVerdict.CONFIRMED:
            return f"{self.verdict.value}: {self.reason}"
        return f"confirmed by {self.solvers or 'trying all inputs'} in {self.seconds:.2f} s"


class Stopped(Exception):
    """The early end of a re-check, with its verdict."""

    def __init__(self, verdict: RecheckVerdict, reason: str, broken: Mapping[str, int] | None = None) -> None:
        self.verdict = verdict
        self.reason = reason
        self.broken = broken or {}


class Deciding:
    """A re-check in progress: its solvers, its budget, and the solvers that answered each query."""

    def __init__(self, pool: SolverPool, effort: SolverEffort) -> None:
        self.pool = pool
        self.effort = effort
        self.start = time.monotonic()
        self.end = self.start + effort.seconds
        # Lemmas share the deadline, so that many of them cannot exceed the budget.
        self.lemmas = GadgetLemmas(pool, effort.question_seconds, self.end)
        self.by: list[tuple[str, ...]] = []

    def report(self, verdict: RecheckVerdict, reason: str = "") -> Recheck:
        answered = [*self.lemmas.by, *self.by]
        by = {name: sum(name in solvers for solvers in answered) for name in SOLVERS}
        seconds = time.monotonic() - self.start
        return Recheck(verdict, len(answered), len(self.lemmas), by, seconds, reason)

    def stopped(self, stopped: Stopped) -> Recheck:
        return replace(self.report(stopped.verdict, stopped.reason), broken=stopped.broken)

    def require_impossible(self, script: Script, obligation: RestatedObligation) -> None:
        """Raise Stopped unless everything that violates an obligation is impossible."""
        answer = self.asked(script, obligation)
        if answer.result == "sat":
            broken = script.signed(answer.values)
            raise Stopped(RecheckVerdict.REFUTED, f"violated obligation: {obligation.name}", broken)
        if answer.result == "unknown":
            raise Stopped(
                RecheckVerdict.UNDECIDED, f"no answer in time for the obligation: {obligation.name}"
            )

    def asked(self, script: Script, obligation: RestatedObligation) -> PoolAnswer:
        """Ask about all violations at once, and split the query as long as there is no answer.

        First the violations are halved, then the cases of a variable that selects words are separated.
        """
        # Divide and conquer: one query for everything is the cheapest if it succeeds.
        pending = [(obligation.assumed, obligation.wrong)]
        while pending:
            assumed, wrong = pending.pop()
            parts = _parts(script, obligation, assumed, wrong)
            limit = self.effort.question_seconds / (HASTE if parts else 1)
            answer = self._answer(script.question(assumed, wrong), limit)
            # A part that is possible makes the whole possible.
            if answer.result == "sat":
                return answer
            if answer.result == "unsat":
                self.by.append(answer.by)
                continue
            # One open part leaves the obligation open, whatever the others say.
            if not parts or time.monotonic() >= self.end:
                return answer
            pending += parts
        return PoolAnswer("unsat", ())

    def _answer(self, text: str, limit: float) -> PoolAnswer:
        seconds = min(limit, self.end - time.monotonic())
        return self.pool.ask(text, seconds) if seconds > 0 else PoolAnswer("unknown", ())


Part = tuple[tuple[Bool, ...], tuple[Bool, ...]]  # assumed, wrong


def _parts(
    script: Script, obligation: RestatedObligation, assumed: tuple[Bool, ...], wrong: tuple[Bool, ...]
) -> list[Part]:
    """Return queries that together cover a harder one; none if it cannot be split."""
    if len(wrong) > 1:
        return [(assumed, wrong[: len(wrong) // 2]), (assumed, wrong[len(wrong) // 2 :])]
    # Split by one index only: values of two would multiply.
    for index in script.indices if assumed == obligation.assumed else ():
        if index.hi - index.lo < MOST_PARTS:
            values = range(index.lo, index.hi + 1)
            return [((script.equal(index, script.const(v)), *assumed), wrong) for v in values]
    return []
