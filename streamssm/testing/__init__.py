"""Shipped checks for streaming algorithms: the library's, and your own.

Each check is a function ``check_*`` of this package that takes the algorithm in all its `Forms` and raises
if they disagree; every check in a file of this folder is discovered automatically.

>>> from streamssm.algorithms import SaturatingCounter
>>> from streamssm.testing import CHECKS, run_checks
>>> run_checks(SaturatingCounter(3))
>>> [check.__name__ for check in CHECKS][:3]
['check_guarantee', 'check_memory', 'check_snapshots']
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator

from streamssm.equivalences.to_ssm import to_ssm
from streamssm.frontends.algorithm import Algorithm
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from streamssm.testing.execution_forms import Forms, Guarantee, Stream

__all__ = ["CHECKS", "Check", "Forms", "run_checks"]

Check = Callable[[Forms], None]


def _discovered() -> Iterator[Check]:
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for name, function in vars(module).items():
            if name.startswith("check_") and function.__module__ == module.__name__:
                yield function


CHECKS: tuple[Check, ...] = tuple(_discovered())


def run_checks(
    algorithm: Algorithm,
    *,
    streams: Iterable[Stream] = (),
    seed: int = 0,
    guarantee: Guarantee | None = None,
    translate: Callable[[Program], SSM] = to_ssm,
) -> None:
    """Run every check on an algorithm, with the parameters of the instance.

    Parameters
    ----------
    streams : streams to run in addition to the sampled ones
    seed : random seed for the sampled streams
    guarantee : ``guarantee(tokens, outputs)`` returns whether the outputs after each token are correct
    translate : translates the program to the model

    Raises
    ------
    CheckFailedError
        If a form of the algorithm differs from plain Python, a run does not resume from its snapshot, memory
        differs, or the guarantee is violated; with a stream that shows it.
    NotEquivalentError
        If a search of all short streams finds a difference; with the report.
    UnsupportedProgramError
        If the class cannot be translated.
    """
    forms = Forms(algorithm, tuple(streams), seed=seed, guarantee=guarantee, translate=translate)
    for check in CHECKS:
        check(forms)
