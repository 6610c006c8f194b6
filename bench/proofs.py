"""Equivalence proofs for the library: every algorithm against its model, and the program back from the model.

The result is a dict for JSON: ``solver``, ``timeout`` and ``rows``, two per instance:

    algorithm, parameters, word_bits    word_bits is None if the algorithm does not scale
    side                                "model" or "program back"
    verdict                             "proven", "unknown" or "differs"
    seconds, cpu_seconds                of the proof and its re-check; processor time is that of the solvers'
                                        processes too
    obligations, lemmas, cut_points     numbers of each
    not_shown                           the obligations that remain if the verdict is unknown
    recheck                             the result of the re-check of a proof, as in a report's details; None
                                        if nothing was proven
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from streamssm.bench.bench_instances import Instance
from streamssm.equivalences.check import Report, check
from streamssm.equivalences.smt.solver import require_installed, solver_version
from streamssm.equivalences.ssm_to_program import ssm_to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.program.program import Program
from streamssm.ssm.model import SSM

SIDES = ("model", "program back")
PROVEN, UNKNOWN, DIFFERS = "proven", "unknown", "differs"
VERDICTS = {True: PROVEN, False: DIFFERS, None: UNKNOWN}

Row = dict[str, Any]


def measure(
    instances: Sequence[Instance],
    *,
    timeout: float,
    recheck: bool | None = None,
    done: Callable[[int, Row], None] = lambda count, row: None,
) -> dict[str, Any]:
    """Prove the models of some instances, and the programs back from the models.

    Parameters
    ----------
    timeout : seconds for each query of a proof
    recheck : as for `check`
    done : called with the number of rows so far and the last one
    """
    require_installed()
    rows: list[Row] = []
    for instance in instances:
        for row in _rows(instance, timeout, recheck):
            rows.append(row)
            done(len(rows), row)
    return {"solver": solver_version(), "timeout": timeout, "rows": rows}


def _rows(instance: Instance, timeout: float, recheck: bool | None) -> Iterator[Row]:
    program = instance.make().program()
    model = to_ssm(program)
    others: tuple[SSM | Program, ...] = (model, ssm_to_program(model))
    for side, other in zip(SIDES, others, strict=True):
        yield {
            "algorithm": instance.algorithm,
            "parameters": dict(instance.parameters),
            "word_bits": instance.word_bits,
            "side": side,
            **proof(program, other, timeout, recheck),
        }


def proof(a: SSM | Program, b: SSM | Program, timeout: float, recheck: bool | None = None) -> Row:
    """Return the verdict about two sides and the cost of the proof."""
    began, used = time.perf_counter(), _cpu_seconds()
    report = check(a, b, method="prove", timeout=timeout, recheck=recheck)
    return {
        "verdict": VERDICTS[report.equal],
        "seconds": round(time.perf_counter() - began, 3),
        "cpu_seconds": round(_cpu_seconds() - used, 3),
        **_figures(report),
    }


def _cpu_seconds() -> float:
    """Return the processor time of this process and of its children that have ended."""
    return sum(os.times()[:4])


def _figures(report: Report) -> Row:
    details = report.details
    return {
        "obligations": len(details.get("obligations", ())),
        "lemmas": len(details.get("lemmas", ())),
        "cut_points": details.get("cut_points", 0),
        "not_shown": list(details.get("not shown", ())),
        "recheck": details.get("re-check"),
    }
