"""Why a program has no layers: every cycle and every update that is not affine, with the lines that say
so."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from streamssm.equivalences.layers.affine import NotAffine, Obstacle
from streamssm.equivalences.layers.dataflow import Dataflow, cycles
from streamssm.errors import Reason, UnsupportedProgramError
from streamssm.program.program import Program
from streamssm.ssm.transitions import TransitionKind

ADVISED = 64  # words of one bit that are worth proposing
ONLINE = "online thoughts would do (cot='online')"


def cycle_reasons(flow: Dataflow, members: Sequence[int]) -> list[Reason]:
    """Return a reason for each cycle through the registers of a component."""
    program, found = flow.program, list[Reason]()
    for cycle in cycles(flow.below, members):
        names = _names(program, cycle)
        circle = " <- ".join([*names, names[0]])
        who = f"the updates of {circle}" if len(names) > 1 else f"the words of {names[0]}"
        file, line, others = _lines(program, names)
        text = f"{who} read each other in a circle{others}, and a layer reads only layers below it"
        found.append(Reason(file, line, text, ONLINE))
    return list(dict.fromkeys(found))


def update_reason(flow: Dataflow, register: int, why: NotAffine, kind: TransitionKind | None) -> Reason:
    """Return the reason for an update that no layer of the kind carries out."""
    (name,) = _names(flow.program, [register])
    file, line, others = _lines(flow.program, [name])
    values = flow.registers[register].range
    if why.obstacle is Obstacle.RANGE:
        text = f"the update of {name}{others} must stay in {values}, and {why.why}"
        return Reason(file, line, text, "clamp or wrap it, or take online thoughts (cot='online')")
    if why.obstacle is Obstacle.KIND:
        text = f"the update of '{name}'{others} has a form that another kind of transition allows: {why.why}"
        return Reason(file, line, text, f"leave the kind to transition='auto'; {ONLINE}, too")
    ways = [ONLINE]
    if kind is not TransitionKind.MONOMIAL and values.size <= ADVISED:
        ways.append(f"so would transition='monomial', with {values.size} words of one bit for '{name}'")
    text = f"the update of '{name}'{others} is not A * h + B, where h is the register itself: {why.why}"
    return Reason(file, line, text, ", and ".join(ways))


def refusal(program: Program, reasons: Iterable[Reason]) -> UnsupportedProgramError:
    """Return the error that lists all reasons, equal ones once."""
    return UnsupportedProgramError(program.name, tuple(dict.fromkeys(reasons)), " without thoughts")


def _names(program: Program, registers: Sequence[int]) -> list[str]:
    """Return registers by name, words of an array by that of the array, in order and without repetitions."""
    scalars = len(program.next_registers)
    names = [program.registers[r].name if r < scalars else program.array_of(r).name for r in registers]
    return list(dict.fromkeys(names))


def _lines(program: Program, names: Sequence[str]) -> tuple[str, int, str]:
    """Return the first place where a register is assigned, and the others as text."""
    places = [(a.file, a.line) for name in names for a in program.assignments if a.register == name]
    places = list(dict.fromkeys(places))
    if not places:
        return "", 0, ""
    (file, line), *rest = places
    more = [str(n) if f == file else f"{os.path.basename(f)}:{n}" for f, n in rest]
    return file, line, f" (also line {', '.join(more)})" if more else ""
