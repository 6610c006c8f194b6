"""Round trip: translate an artefact there and back and check both, for the fixture ``equivalence``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamssm.equivalences.check import METHODS, Report, check
from streamssm.equivalences.checking.check_options import options_for
from streamssm.equivalences.checking.report import EVERY_STREAM
from streamssm.equivalences.smt.solver import is_installed
from streamssm.equivalences.ssm_to_program import to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import NotEquivalentError, ParameterError
from streamssm.frontends.algorithm import Algorithm
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from streamssm.testing.cached_proofs import prove

# Default sizes with plain Python on a side (True) and without (False): a test should take seconds.
KINDS = (*METHODS, "strongest")
TOKENS = {True: 10**5, False: 10**6}
TRANSITIONS = {True: 10**5, False: 10**7}


@dataclass(frozen=True)
class Equivalence:
    """The program and the model of a round trip, and the reports of both checks."""

    program: Program
    model: SSM
    there: Report
    back: Report

    @property
    def covers(self) -> tuple[str, str]:
        """The streams that the two checks cover."""
        return self.there.covers, self.back.covers


def require_equivalent(
    a: Any,
    b: Any,
    *,
    method: str = "auto",
    outputs_only: bool = False,
    certificates: Path | None = None,
    **options: Any,
) -> Report:
    """Check two artefacts, see `streamssm.check`.

    Parameters
    ----------
    method : one of `streamssm.check`, or "strongest": a search if that covers every stream, else a proof if
        one is found, else sampling
    outputs_only : ignore memory, which differs if layers without thoughts need delays
    certificates : a folder where proofs are cached and re-checked

    Raises
    ------
    NotEquivalentError
        If outputs or memory differ, if a search stopped before it covered every stream, or if ``method``
        requires a proof and none was found.
    """
    if method not in KINDS:
        raise ParameterError(f"method must be one of {', '.join(KINDS)}, not {method!r}")
    in_python = isinstance(a, Algorithm) or isinstance(b, Algorithm)
    if method in ("auto", "sample", "strongest"):
        options.setdefault("tokens", TOKENS[in_python])
    if method in ("auto", "strongest"):
        options.setdefault("max_transitions", TRANSITIONS[in_python])
    report = _checked(a, b, method, certificates, options)
    if report.equal is not True or not (outputs_only or report.memory_equal):
        raise NotEquivalentError(report)
    return report


def _checked(a: Any, b: Any, method: str, certificates: Path | None, options: dict[str, Any]) -> Report:
    if method == "prove":
        return prove(a, b, certificates, **options)
    if method != "strongest":
        return check(a, b, method=method, **options)
    report = check(a, b, method="auto", **options_for("auto", options))
    if report.equal is False or report.covers == EVERY_STREAM or not is_installed():
        return report
    proof = prove(a, b, certificates, **options_for("prove", options))
    return report if proof.equal is None else proof


def require_equivalent_both_ways(
    source: Algorithm | Program | SSM, *, translate: Callable[[Program], SSM] = to_ssm, **options: Any
) -> Equivalence:
    """Translate an algorithm or a program to a model and back, or a model to a program and back.

    >>> from streamssm.algorithms import SaturatingCounter
    >>> require_equivalent_both_ways(SaturatingCounter(7)).covers
    ('every stream', 'every stream')

    The options are those of `require_equivalent`.

    Raises
    ------
    NotEquivalentError
        If a translation differs from its source.
    UnsupportedProgramError
        If the algorithm's class cannot be translated.
    """
    program = to_program(source)
    model = translate(program)
    first: Program | SSM = program if isinstance(source, SSM) else model
    second: Program | SSM = model if isinstance(source, SSM) else to_program(model)
    there = require_equivalent(source, first, **options)
    return Equivalence(program, model, there, require_equivalent(first, second, **options))
