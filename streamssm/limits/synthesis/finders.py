"""Two ways to find weights for finitely many demands, which share nothing: a solver and a list."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from streamssm.equivalences.proving.solver import Solver, is_installed
from streamssm.errors import ParameterError
from streamssm.limits.synthesis.cover import OutOfTimeError, cover
from streamssm.limits.synthesis.demands import Demands
from streamssm.limits.synthesis.setting import Setting, Weights
from streamssm.limits.synthesis.smtlib import script, weights_of


class Found(NamedTuple):
    """An answer: weights, or none exist (``decided``), or unknown for a reason."""

    decided: bool
    weights: Weights | None = None
    reason: str = ""


Finder = Callable[[Demands], Found]


@contextmanager
def solving(setting: Setting, num_symbols: int, end: float) -> Iterator[Finder]:
    """Ask bitwuzla, in a child process that is ended at a time of the monotonic clock."""
    if not is_installed():
        raise ParameterError("synthesis by a solver needs bitwuzla: pip install streamssm[prove]")

    with Solver(0.0) as solver:

        def find(demands: Demands) -> Found:
            left = end - time.monotonic()
            if left <= 0:
                return Found(False, None, "the time is over")
            result, values, reason = solver.sent(script(setting, num_symbols, demands), left)
            if result != "sat":
                return Found(result == "unsat", None, reason)
            return Found(True, weights_of(setting, num_symbols, values))

        yield find


@contextmanager
def enumerating(setting: Setting, num_symbols: int, end: float) -> Iterator[Finder]:
    """Search the list of all machines of one word; this takes no solver."""

    def find(demands: Demands) -> Found:
        try:
            return Found(True, cover(setting, num_symbols, demands, end))
        except OutOfTimeError:
            return Found(False, None, "the list was not searched to its end in time")

    yield find


FINDERS = {"solver": solving, "enumerate": enumerating}
