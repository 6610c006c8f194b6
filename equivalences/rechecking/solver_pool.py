"""Two solvers that answer the same queries in parallel, each in a child process.

One that crashes or takes too long has no answer. If one answers "sat" and the other "unsat", neither can be
trusted: that is an error.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from streamssm.errors import ParameterError, ProofError

WORKER = Path(__file__).with_name("solver_worker.py")
PACKAGES = {"bitwuzla": "bitwuzla", "z3": "z3-solver"}  # module to import: its distribution
SOLVERS = tuple(PACKAGES)
# The slower solver gets this many seconds more, plus this multiple of the time of the faster one.
LEAST_PATIENCE, PATIENCE = 1.0, 4.0


def require_solvers() -> None:
    """Raise ParameterError unless both solvers can be imported."""
    if missing := missing_solvers():
        raise ParameterError(f"the re-check of a proof needs {missing}: pip install streamssm[prove]")


def missing_solvers() -> str:
    """Return the packages that a re-check needs and that are not installed."""
    missing = [package for module, package in PACKAGES.items() if importlib.util.find_spec(module) is None]
    return " and ".join(missing)


def versions() -> dict[str, str]:
    """Return each solver with its version."""
    return {name: f"{name} {importlib.metadata.version(package)}" for name, package in PACKAGES.items()}


@dataclass(frozen=True)
class PoolAnswer:
    """The solvers' answer: "sat" with values by name, "unsat", or "unknown" if none had an answer."""

    result: str
    by: tuple[str, ...]
    values: Mapping[str, int] = field(default_factory=dict)


class _Child:
    """A process that runs one solver."""

    def __init__(self, solver: str) -> None:
        self.solver = solver
        self.buffer = b""
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(WORKER), solver, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def send(self, script: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(script).encode() + b"\n")
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any] | None:
        """Return the answer, None while it is incomplete; raise EOFError if the process ended."""
        assert self.process.stdout is not None
        part = os.read(self.process.stdout.fileno(), 1 << 16)
        if not part:
            raise EOFError
        self.buffer += part
        if not self.buffer.endswith(b"\n"):
            return None
        answer, self.buffer = json.loads(self.buffer), b""
        return dict(answer)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                # Closing flushes the input that was not sent yet, to a process that is dead.
                with contextlib.suppress(OSError):
                    pipe.close()


class SolverPool:
    """Both solvers, started on the first query and again after a crash or a timeout."""

    def __init__(self, solvers: tuple[str, ...] = SOLVERS) -> None:
        self.solvers = solvers
        self.asked = 0
        self._children: dict[str, _Child] = {}
        self._known: dict[str, PoolAnswer] = {}

    def __enter__(self) -> SolverPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in list(self._children):
            self._discard(name)

    def ask(self, script: str, seconds: float) -> PoolAnswer:
        """Return the answer of the solvers within a time limit.

        Raises
        ------
        ProofError
            If one says "sat" and the other one "unsat".
        """
        if script not in self._known:
            self.asked += 1
            answer = self._combined(self._answers(script, seconds))
            # "unknown" is not cached: another query may have more time.
            if answer.result == "unknown":
                return answer
            self._known[script] = answer
        return self._known[script]

    def _answers(self, script: str, seconds: float) -> dict[str, dict[str, Any]]:
        start, answers = time.monotonic(), dict[str, dict[str, Any]]()
        end = start + seconds
        with selectors.DefaultSelector() as waiting:
            for name in self.solvers:
                self._send(name, script, waiting)
            while waiting.get_map() and (left := end - time.monotonic()) > 0:
                for key, _ in waiting.select(left):
                    self._receive(key.data, waiting, answers)
                # A second opinion is worth waiting for, in proportion to how hard the query was for the first
                # solver.
                if answers:
                    end = min(end, start + LEAST_PATIENCE + PATIENCE * (time.monotonic() - start))
            # A late solver is in the middle of a computation; its answer would be taken for that of the next
            # query.
            late = [key.data for key in waiting.get_map().values()]
        for name in late:
            self._discard(name)
        return answers

    def _send(self, name: str, script: str, waiting: selectors.BaseSelector) -> None:
        child = self._children.get(name)
        if child is None:
            child = self._children[name] = _Child(name)
        try:
            child.send(script)
        except OSError:
            self._discard(name)
        else:
            assert child.process.stdout is not None
            waiting.register(child.process.stdout, selectors.EVENT_READ, name)

    def _receive(
        self, name: str, waiting: selectors.BaseSelector, answers: dict[str, dict[str, Any]]
    ) -> None:
        child = self._children[name]
        assert child.process.stdout is not None
        try:
            answer = child.receive()
        except EOFError:
            waiting.unregister(child.process.stdout)
            self._discard(name)
            return
        if answer is not None:
            waiting.unregister(child.process.stdout)
            answers[name] = answer

    def _discard(self, name: str) -> None:
        self._children.pop(name).close()

    @staticmethod
    def _combined(answers: Mapping[str, Mapping[str, Any]]) -> PoolAnswer:
        by = {
            result: tuple(name for name, answer in answers.items() if answer["result"] == result)
            for result in ("sat", "unsat")
        }
        # The reason for a second solver: a wrong answer of either one is detected if the other one answers.
        if by["sat"] and by["unsat"]:
            raise ProofError(
                f"{' and '.join(by['sat'])} and {' and '.join(by['unsat'])} contradict each other on one "
                "question of a proof: one of them is wrong; please report it"
            )
        if by["sat"]:
            return PoolAnswer("sat", by["sat"], dict(answers[by["sat"][0]]["values"]))
        return PoolAnswer("unsat", by["unsat"]) if by["unsat"] else PoolAnswer("unknown", ())
