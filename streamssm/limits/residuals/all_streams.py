"""Residuals of a program on all its streams: the states of its minimal machine, by the length of the prefix.

Here any token may stand anywhere and an answer is asked after every token, so that "no continuation tells
two prefixes apart" is an equivalence relation, for continuations of any length. The answer behind the
prefix itself does not count: it is given together with the token, before anything has to be kept.

Law: counts[t] == number of states of the minimal Mealy machine that streams of t tokens lead to.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from streamssm.automata.mealy import Mealy
from streamssm.equivalences.minimize import MAX_TRANSITIONS, minimize
from streamssm.errors import BudgetError, ParameterError
from streamssm.limits.residuals.residuals import Progress, Residuals
from streamssm.program.program import Program

MOST_CUTS = 1 << 16


def all_residuals(
    program: Program, *, max_transitions: int = MAX_TRANSITIONS, progress: Progress | None = None
) -> Residuals:
    """Count the residuals of a program on all streams, cut after cut, until they come again.

    Raises
    ------
    BudgetError
        If too many states can be reached; what was followed is named.

    Examples
    --------
    >>> from streamssm.algorithms import ModularCounter, SaturatingCounter
    >>> all_residuals(ModularCounter(5).program()).counts
    (1, 2, 3, 4, 5)
    """
    try:
        found = minimize(program, max_transitions=max_transitions, progress=progress)
    except ParameterError as error:
        raise BudgetError(str(error)) from None
    counts = _counts(found.machine)
    return Residuals(program.name, counts, found.reachable_states * found.machine.num_tokens)


def _counts(machine: Mealy) -> tuple[int, ...]:
    """Return how many states the streams of each length lead to, up to the first set that came before."""
    at = np.zeros(machine.num_states, dtype=bool)
    at[machine.initial] = True
    seen: set[Any] = set()
    counts: list[int] = []
    while at.tobytes() not in seen and len(counts) < MOST_CUTS:
        seen.add(at.tobytes())
        counts.append(int(at.sum()))
        states = np.flatnonzero(at)
        at = np.zeros(machine.num_states, dtype=bool)
        at[machine.next_state[states]] = True
    return tuple(counts)
