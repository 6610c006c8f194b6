"""Two ways to find weights for finitely many demands, which share nothing: a solver and a list."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from streamssm.equivalences.smt.solver import Solver, is_installed
from streamssm.errors import ParameterError
from streamssm.limits.synthesis.cover import cover
from streamssm.limits.synthesis.enumeration import Enumeration
from streamssm.limits.synthesis.examples import Examples
from streamssm.limits.synthesis.machines import (
    OutOfTimeError,
    families,
    listed_weights,
    num_machines,
)
from streamssm.limits.synthesis.model_class import ModelClass, Weights
from streamssm.limits.synthesis.smtlib import script, weights_of

MAX_MACHINES = 4_000_000  # with several words; listing them takes about a minute for each question


class EngineResult(NamedTuple):
    """An answer: weights, or none exist (``decided``), or unknown for a reason.

    ``core`` is a part of the demands that no weights meet, where the search tells one.
    """

    decided: bool
    weights: Weights | None = None
    reason: str = ""
    core: Examples | None = None


Engine = Callable[[Examples], EngineResult]  # each question asks for what the one before did, and more


@contextmanager
def solving(setting: ModelClass, num_symbols: int, end: float) -> Iterator[Engine]:
    """Ask bitwuzla, in a child process that is ended at a time of the monotonic clock."""
    if not is_installed():
        raise ParameterError("synthesis by a solver needs bitwuzla: pip install streamssm[prove]")

    with Solver(0.0) as solver:

        def find(demands: Examples) -> EngineResult:
            left = end - time.monotonic()
            if left <= 0:
                return EngineResult(False, None, "the time is over")
            result, values, reason = solver.run_script(script(setting, num_symbols, demands), left)
            if result != "sat":
                return EngineResult(result == "unsat", None, reason)
            return EngineResult(True, weights_of(setting, num_symbols, values))

        yield find


@contextmanager
def enumerating(setting: ModelClass, num_symbols: int, end: float) -> Iterator[Engine]:
    """Search the list of all machines of one word; this takes no solver."""
    _require_list(setting, num_symbols)
    parts = families(setting, num_symbols)
    sweep = Enumeration(parts) if setting.state_dim == 1 else None

    def answer(demands: Examples) -> EngineResult:
        if sweep is None:
            chosen = cover(parts, setting.state_dim, demands, end)
            return EngineResult(True, None if chosen is None else listed_weights(chosen, num_symbols))
        machine = sweep.first(demands, end)
        if machine is None:
            return EngineResult(True, core=sweep.core(demands))
        return EngineResult(True, listed_weights([machine], num_symbols))

    def find(demands: Examples) -> EngineResult:
        try:
            return answer(demands)
        except OutOfTimeError:
            return EngineResult(False, reason="the list was not searched to its end in time")

    yield find


def _require_list(setting: ModelClass, num_symbols: int) -> None:
    count = num_machines(setting, num_symbols)
    if count is None:
        raise ParameterError(
            f"method 'enumerate' must list fewer maps of a word than there are at {setting}; "
            "'solver' lists none"
        )
    if setting.state_dim > 1 and count > MAX_MACHINES:
        raise ParameterError(
            f"method 'enumerate' must list at most {MAX_MACHINES:,} machines of one word, not {count:,}; "
            "'solver' lists none"
        )


FINDERS = {"solver": solving, "enumerate": enumerating}
