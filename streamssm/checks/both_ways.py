"""Translating an artefact there and back, and checking both: what the fixture ``equivalence`` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from streamssm.equivalences.check import Report, check
from streamssm.equivalences.ssm_to_program import to_program
from streamssm.equivalences.translate import to_ssm
from streamssm.errors import NotEquivalentError
from streamssm.frontends.algorithm import Algorithm
from streamssm.program.program import Program
from streamssm.ssm.model import SSM

# what `auto` does by default, with plain Python on a side and without: a test should take seconds
TOKENS = {True: 10**5, False: 10**6}
TRANSITIONS = {True: 10**5, False: 10**7}


@dataclass(frozen=True)
class Equivalence:
    """What was translated, and the reports of the checks: there, and back."""

    program: Program
    model: SSM
    there: Report
    back: Report

    @property
    def covers(self) -> tuple[str, str]:
        """What the two checks covered."""
        return self.there.covers, self.back.covers


def require_equivalent(a: Any, b: Any, *, outputs_only: bool = False, **options: Any) -> Report:
    """Check two artefacts, see `streamssm.check`.

    ``outputs_only`` lets memory differ, as it does where layers without thoughts need delays.

    Raises
    ------
    NotEquivalentError
        If outputs or memory differ, or if ``method="exhaust"`` ended before it had covered every stream.
    """
    in_python = isinstance(a, Algorithm) or isinstance(b, Algorithm)
    options.setdefault("tokens", TOKENS[in_python])
    if options.get("method", "auto") == "auto":
        options.setdefault("max_transitions", TRANSITIONS[in_python])
    report = check(a, b, **options)
    if report.equal is not True or not (outputs_only or report.memory_equal):
        raise NotEquivalentError(report)
    return report


def require_equivalent_both_ways(
    source: Algorithm | Program | SSM, *, translate: Callable[[Program], SSM] = to_ssm, **options: Any
) -> Equivalence:
    """Translate an algorithm or a program to a model and back, or a model to a program and back.

    >>> from streamssm.algorithms import SaturatingCounter
    >>> require_equivalent_both_ways(SaturatingCounter(7)).covers
    ('every stream', 'every stream')

    Raises
    ------
    NotEquivalentError
        If a translation differs from what it is a translation of.
    UnsupportedProgramError
        If the algorithm's class cannot be translated.
    """
    program = to_program(source)
    model = translate(program)
    first: Program | SSM = program if isinstance(source, SSM) else model
    second: Program | SSM = model if isinstance(source, SSM) else to_program(model)
    there = require_equivalent(source, first, **options)
    return Equivalence(program, model, there, require_equivalent(first, second, **options))
