"""The tasks on which memory is measured: an algorithm of any size, and streams with known answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from streamssm.algorithms import FunctionComposition
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm
from streamssm.limits.streams.composition_streams import CompositionStream


@dataclass(frozen=True)
class BenchTask:
    """An algorithm for inputs of size n, and a stream with a known answer."""

    algorithm: Callable[[int], Algorithm]
    stream: Callable[[int, int, int], CompositionStream]  # n, k, seed


TASKS = {"function_composition": BenchTask(FunctionComposition, CompositionStream)}


def task_named(name: str) -> BenchTask:
    """Return a task by name; ParameterError with the known names if there is none."""
    if name not in TASKS:
        raise ParameterError(f"the task must be one of {', '.join(TASKS)}, not {name!r}")
    return TASKS[name]
