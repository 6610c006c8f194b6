"""Automatic discovery of experiments: every module of ``experiments`` lists its own in ``EXPERIMENTS``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from streamssm.claims import experiments
from streamssm.claims.evidence import Evidence


@dataclass(frozen=True)
class Experiment:
    """An experiment for some claims; the argument of ``run`` is whether to include the long instances."""

    claims: tuple[str, ...]
    instance: str
    run: Callable[[bool], Iterator[Evidence]]

    @property
    def name(self) -> str:
        """The function's name."""
        return self.run.__name__


def all_experiments() -> tuple[Experiment, ...]:
    """Return all experiments, sorted by module."""
    discovered: list[Experiment] = []
    for module in sorted(iter_modules(experiments.__path__), key=lambda module: module.name):
        discovered += import_module(f"{experiments.__name__}.{module.name}").EXPERIMENTS
    return tuple(discovered)
