"""Two independent engines that search for weights for finitely many examples: a solver and an enumeration."""

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
from streamssm.limits.synthesis.smt_encoding import script, weights_of

MAX_MACHINES = 4_000_000  # with several words: enumerating them takes about a minute in every round


class EngineResult(NamedTuple):
    """The answer of an engine: weights, or none exist (``decided``), or unknown for a reason.

    ``core`` is a subset of the examples that no weights satisfy, if the search yields one.
    """

    decided: bool
    weights: Weights | None = None
    reason: str = ""
    core: Examples | None = None


Engine = Callable[[Examples], EngineResult]  # the examples of each call contain those of the previous call


@contextmanager
def solver_engine(model_class: ModelClass, num_symbols: int, end: float) -> Iterator[Engine]:
    """Yield an engine that asks bitwuzla, in a child process that ends at a time of the monotonic clock."""
    if not is_installed():
        raise ParameterError("method 'solver' needs bitwuzla: pip install streamssm[prove]")

    with Solver(0.0) as solver:

        def find(examples: Examples) -> EngineResult:
            seconds = end - time.monotonic()
            if seconds <= 0:
                return EngineResult(False, None, "out of time")
            result, values, reason = solver.run_script(script(model_class, num_symbols, examples), seconds)
            if result != "sat":
                return EngineResult(result == "unsat", None, reason)
            return EngineResult(True, weights_of(model_class, num_symbols, values))

        yield find


@contextmanager
def enumeration_engine(model_class: ModelClass, num_symbols: int, end: float) -> Iterator[Engine]:
    """Yield an engine that enumerates all machines of one word; this needs no solver."""
    _require_list(model_class, num_symbols)
    parts = families(model_class, num_symbols)
    enumeration = Enumeration(parts) if model_class.state_dim == 1 else None

    def answer(examples: Examples) -> EngineResult:
        if enumeration is None:
            chosen = cover(parts, model_class.state_dim, examples, end)
            return EngineResult(True, None if chosen is None else listed_weights(chosen, num_symbols))
        machine = enumeration.first(examples, end)
        if machine is None:
            return EngineResult(True, core=enumeration.core(examples))
        return EngineResult(True, listed_weights([machine], num_symbols))

    def find(examples: Examples) -> EngineResult:
        try:
            return answer(examples)
        except OutOfTimeError:
            return EngineResult(False, reason="out of time before the end of the enumeration")

    yield find


def _require_list(model_class: ModelClass, num_symbols: int) -> None:
    count = num_machines(model_class, num_symbols)
    if count is None:
        raise ParameterError(
            f"there are too many maps of a word to enumerate at {model_class}; use method='solver'"
        )
    if model_class.state_dim > 1 and count > MAX_MACHINES:
        raise ParameterError(
            f"there are {count:,} machines of one word, and method='enumerate' takes at most "
            f"{MAX_MACHINES:,}; use method='solver'"
        )


ENGINES = {"solver": solver_engine, "enumerate": enumeration_engine}
