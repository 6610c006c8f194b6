"""With online thoughts only d * p matters: models of every (d, p) with enough bits, built and checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.machine_programs import program_of
from streamssm.equivalences.check import check
from streamssm.equivalences.program_to_ssm import program_to_ssm
from streamssm.equivalences.repack import repack
from streamssm.errors import NotEquivalentError, ParameterError


def repacked(machine: Automaton, splits: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Build the machine's model with online thoughts for every (d, p), and compare them on every stream.

    Returns
    -------
    dict
        ``yes`` lists the (d, p) whose model is equivalent to the machine, ``no`` those that are too small:
        d * p < ``memory_bits``.

    Raises
    ------
    NotEquivalentError
        If a model differs from the machine.

    Notes
    -----
    Source: THEORY A6.
    """
    program = program_of(machine.minimal())
    ssm = program_to_ssm(program)
    result: dict[str, Any] = {"language": machine.name, "memory_bits": ssm.memory_bits, "yes": [], "no": []}
    for d, p in splits:
        try:
            packed = repack(ssm, state_dim=d, precision_bits=p)
        except ParameterError:
            if d * p >= ssm.memory_bits:
                raise
            result["no"].append([d, p])
            continue
        report = check(program, packed, method="exhaust")
        if not report.equal:
            raise NotEquivalentError(report)
        result["yes"].append([d, p])
    return result
