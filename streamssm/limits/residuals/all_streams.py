"""Residuals of a program on all its streams: the states of its minimal machine, by the length of the prefix.

Any token may occur at any position and an answer is required after every token, so that "no continuation
distinguishes two prefixes" is an equivalence relation, for continuations of any length. The answer to the
last token of the prefix does not count: it is given with that token, before anything has to be remembered.

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
    """Count the residuals of a program on all streams at every cut, until the sets of states repeat.

    Raises
    ------
    BudgetError
        If too many states are reachable; the message says how many transitions were followed.

    Examples
    --------
    >>> from streamssm.algorithms import ModularCounter, SaturatingCounter
    >>> all_residuals(ModularCounter(5).program()).counts
    (1, 2, 3, 4, 5)
    """
    try:
        minimized = minimize(program, max_transitions=max_transitions, progress=progress)
    except ParameterError as error:
        raise BudgetError(str(error)) from None
    counts = _counts(minimized.machine)
    return Residuals(program.name, counts, minimized.reachable_states * minimized.machine.num_tokens)


def _counts(machine: Mealy) -> tuple[int, ...]:
    """Return the number of states that streams of each length reach, up to the first repeated set."""
    reached = np.zeros(machine.num_states, dtype=bool)
    reached[machine.initial] = True
    seen: set[Any] = set()
    counts: list[int] = []
    while reached.tobytes() not in seen and len(counts) < MOST_CUTS:
        seen.add(reached.tobytes())
        counts.append(int(reached.sum()))
        states = np.flatnonzero(reached)
        reached = np.zeros(machine.num_states, dtype=bool)
        reached[machine.next_state[states]] = True
    return tuple(counts)
