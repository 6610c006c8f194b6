"""Diagnostics of programs that have no layers: cyclic dependencies and updates that are not affine."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from streamssm.equivalences.layers.affine_form import NotAffine, Obstacle
from streamssm.equivalences.layers.dataflow import Dataflow, cycles
from streamssm.errors import Reason, UnsupportedProgramError
from streamssm.program.program import Program
from streamssm.ssm.transitions import TransitionKind

MOST_ADVISED = 64  # one-hot words; beyond that monomial layers are no practical remedy
ONLINE = "use online thoughts instead (cot='online')"


def cycle_reasons(dataflow: Dataflow, members: Sequence[int]) -> list[Reason]:
    """Return a reason for each cycle through the registers of a component."""
    program, reasons = dataflow.program, list[Reason]()
    for cycle in cycles(dataflow.dependencies, members):
        names = _names(program, cycle)
        cycle_text = " <- ".join([*names, names[0]])
        subject = f"the updates of {cycle_text}" if len(names) > 1 else f"the words of {names[0]}"
        file, line, more_lines = _lines(program, names)
        text = (
            f"{subject} depend on each other in a cycle{more_lines}, but a layer reads only layers below it"
        )
        reasons.append(Reason(file, line, text, ONLINE))
    return list(dict.fromkeys(reasons))


def update_reason(
    dataflow: Dataflow, register: int, problem: NotAffine, kind: TransitionKind | None
) -> Reason:
    """Return the reason why no layer of the kind can carry out an update."""
    (name,) = _names(dataflow.program, [register])
    file, line, more_lines = _lines(dataflow.program, [name])
    word_range = dataflow.registers[register].range
    if problem.obstacle is Obstacle.RANGE:
        text = f"the update of {name}{more_lines} must stay in {word_range}, but {problem.explanation}"
        return Reason(file, line, text, f"clamp or wrap it, or {ONLINE}")
    if problem.obstacle is Obstacle.KIND:
        text = f"the update of '{name}'{more_lines} needs another kind of transition: {problem.explanation}"
        return Reason(file, line, text, f"use transition='auto', or {ONLINE}")
    remedies = [ONLINE]
    if kind is not TransitionKind.MONOMIAL and word_range.size <= MOST_ADVISED:
        remedies.append(f"transition='monomial', with {word_range.size} one-bit words for '{name}'")
    text = (
        f"the update of '{name}'{more_lines} is not A * h + B, where h is the register itself: "
        f"{problem.explanation}"
    )
    return Reason(file, line, text, ", or ".join(remedies))


def refusal(program: Program, reasons: Iterable[Reason]) -> UnsupportedProgramError:
    """Return the error that lists all reasons, equal ones once."""
    return UnsupportedProgramError(program.name, tuple(dict.fromkeys(reasons)), " without thoughts")


def _names(program: Program, registers: Sequence[int]) -> list[str]:
    """Return the names of registers, or of the arrays that they belong to, without repetitions."""
    scalars = len(program.next_registers)
    names = [program.registers[r].name if r < scalars else program.array_of(r).name for r in registers]
    return list(dict.fromkeys(names))


def _lines(program: Program, names: Sequence[str]) -> tuple[str, int, str]:
    """Return file and line of the first assignment to the registers, and the other lines as text."""
    locations = [(a.file, a.line) for name in names for a in program.assignments if a.register == name]
    locations = list(dict.fromkeys(locations))
    if not locations:
        return "", 0, ""
    (file, line), *rest = locations
    others = [str(n) if f == file else f"{os.path.basename(f)}:{n}" for f, n in rest]
    return file, line, f" (also line {', '.join(others)})" if others else ""
