"""Queries to the SMT solver (bitwuzla), which runs in a child process.

If it crashes or exceeds its time limit, the answer is "unknown".
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import select
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from streamssm.equivalences.smt.smtlib import question
from streamssm.equivalences.smt.term import Kind, Term, cone, far_from
from streamssm.errors import ParameterError

# Distances from a query's conditions at which its definitions are cut off, tried from the smallest.
NEAR = (6, 12, 24)
NEAR_SECONDS = 1.0
# A query of at most this many terms is cut off whatever share of it remains.
SMALL = 100
WORKER = Path(__file__).with_name("worker.py")


def is_installed() -> bool:
    return importlib.util.find_spec("bitwuzla") is not None


def require_installed(feature: str = "method 'prove'") -> None:
    """Raise ParameterError unless the solver can be imported."""
    if not is_installed():
        raise ParameterError(f"{feature} needs bitwuzla: pip install streamssm[prove]")


def solver_version() -> str:
    try:
        return f"bitwuzla {importlib.metadata.version('bitwuzla')}"
    except importlib.metadata.PackageNotFoundError:
        return "bitwuzla"


@dataclass(frozen=True)
class SolverAnswer:
    """The answer to a query: "unsat", "sat" with values by variable, or "unknown" with the reason."""

    result: str
    digest: str
    seconds: float
    values: dict[str, int]
    reason: str = ""


class Solver:
    """A child process that is started on the first query, and again after a crash or a timeout."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._known: dict[str, SolverAnswer] = {}
        self._tried: dict[str, float] = {}  # the time limit at which an answer stayed unknown
        self._buffer = b""

    def __enter__(self) -> Solver:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill the child process."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    pipe.close()
            self._child = None

    def refute(self, conditions: Sequence[Term], seconds: float | None = None) -> SolverAnswer:
        """Ask whether all conditions can hold at once, first by their local definitions only."""
        limit = self.seconds if seconds is None else seconds
        near = self.refute_near(conditions, limit)
        return near if near.result != "unknown" else self.ask(conditions, limit)

    def refute_near(self, conditions: Sequence[Term], seconds: float) -> SolverAnswer:
        """Ask with definitions far from the conditions abstracted away; "unknown" if that is not enough."""
        size = len(cone(conditions))
        # Abstraction by localization: far terms become free variables. That only adds behaviors, so "unsat"
        # carries over to the full query, and "sat" does not, unless nothing was cut off.
        for steps in NEAR:
            leaves = far_from(conditions, steps)
            # If most of the query remains, the cheap attempt would cost about as much as the full one.
            if size > SMALL and len(cone(conditions, leaves)) > size // 2:
                break
            answer = self.ask(conditions, min(seconds, NEAR_SECONDS), leaves)
            if answer.result == "unsat" or not leaves:
                return answer
        return SolverAnswer("unknown", "", 0.0, {}, "the local definitions do not suffice")

    def ask(
        self,
        conditions: Iterable[Term],
        seconds: float | None = None,
        leaves: frozenset[Term] = frozenset(),
    ) -> SolverAnswer:
        """Ask whether all conditions can hold at once; leaves are free within their ranges."""
        # The text of a query is canonical, so its digest identifies it, here and in certificates.
        script, variables = question(conditions, leaves)
        digest = hashlib.sha256(script.encode()).hexdigest()
        known = self._known.get(digest)
        limit = self.seconds if seconds is None else seconds
        if known is not None and (known.result == "unsat" or self._is_too_hard(known, limit)):
            return known
        start = time.perf_counter()
        result, values, reason = self.run_script(script, limit)
        variable_values = {
            n: v for n, v in values.items() if n in variables and variables[n].kind is Kind.VAR
        }
        named = {variables[n].name: _signed(v, variables[n]) for n, v in variable_values.items()}
        answer = SolverAnswer(result, digest, time.perf_counter() - start, named, reason)
        self._known[digest] = answer
        if result == "unknown":
            self._tried[digest] = limit
        return answer

    def _is_too_hard(self, known: SolverAnswer, limit: float) -> bool:
        return known.result == "unknown" and self._tried.get(known.digest, 0.0) >= limit

    def run_script(self, script: str, seconds: float) -> tuple[str, dict[str, int], str]:
        """Run an SMT-LIB script; return the result, the values of constants, and the reason if unknown."""
        self.asked += 1
        end = time.monotonic() + seconds
        child = self._running_child()
        assert child.stdin is not None
        try:
            child.stdin.write(json.dumps(script).encode() + b"\n")
            child.stdin.flush()
            line = self._read_line(child, seconds)
        except (BrokenPipeError, OSError):
            line = b""
        if not line:
            # The child may be in the middle of a computation: it cannot be used again.
            over = time.monotonic() >= end
            self.close()
            return "unknown", {}, f"no answer in {seconds:g} s" if over else "the solver crashed"
        reply = json.loads(line)
        return reply["result"], reply.get("values", {}), "" if reply["result"] != "unknown" else "no answer"

    def _read_line(self, child: subprocess.Popen[bytes], seconds: float) -> bytes:
        """Return the child's next line of output; empty on a timeout or at the end of its output."""
        assert child.stdout is not None
        end = time.monotonic() + seconds
        while b"\n" not in self._buffer:
            ready, _, _ = select.select([child.stdout], [], [], max(0.0, end - time.monotonic()))
            part = child.stdout.read1(1 << 16) if ready else b""  # type: ignore[attr-defined]
            if not part:
                return b""
            self._buffer += part
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _running_child(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            require_installed()
            self._buffer = b""
            self._child = subprocess.Popen(
                [sys.executable, "-I", str(WORKER), json.dumps(sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._child


def _signed(value: int, term: Term) -> int:
    """Return the integer that a bit-vector encodes: two's complement if the range has negative values."""
    from streamssm.equivalences.smt.smtlib import width_of

    width = width_of(term.range)
    return value - (1 << width) if term.range.lo < 0 and value >> width - 1 else value
