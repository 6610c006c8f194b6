"""Experiments, found by being there: every module of ``experiments`` lists its own in ``EXPERIMENTS``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from streamssm.claims import experiments
from streamssm.claims.evidence import Evidence


@dataclass(frozen=True)
class Experiment:
    """What is run for some claims. ``run`` gets whether the long instances are wanted, too."""

    claims: tuple[str, ...]
    instance: str
    run: Callable[[bool], Iterator[Evidence]]

    @property
    def name(self) -> str:
        """The function's name."""
        return self.run.__name__


def all_experiments() -> tuple[Experiment, ...]:
    """Return every experiment, by module."""
    found: list[Experiment] = []
    for module in sorted(iter_modules(experiments.__path__), key=lambda module: module.name):
        found += import_module(f"{experiments.__name__}.{module.name}").EXPERIMENTS
    return tuple(found)
