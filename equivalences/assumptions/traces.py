"""Sampled states: those that a program reaches on random streams before an assumption fails."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from streamssm.equivalences.checking.constants import graph_constants
from streamssm.equivalences.checking.token_sampler import TokenSource
from streamssm.errors import PrecisionError
from streamssm.ir import semantics
from streamssm.program.program import Program, RangeClaim

LANES = 16  # streams that run in parallel
MOST_STATES = 2000
MOST_STEPS = 4000

Values = tuple[int, ...]


def reached_states(program: Program, seed: int) -> list[Values]:
    """Return states that streams reach, the initial one first, deterministically for a seed."""
    claims = [a.claim for a in program.assumptions if a.claim is not None and not a.claim.after]
    source = TokenSource(program.fields, seed, LANES, graph_constants([program.transducer()]))
    states, reached = [program.initial] * LANES, {program.initial: None}
    for _ in range(MOST_STEPS // LANES):
        for lane in np.flatnonzero(source.restarts()).tolist():
            states[lane] = program.initial
        live = np.array(states, dtype=np.int64).reshape(LANES, len(program.registers)).T
        columns = [column.tolist() for column in source.draw([live])]
        tokens = list(zip(*columns, strict=True)) or [()] * LANES
        states = [_after(program, claims, state, token) for state, token in zip(states, tokens, strict=True)]
        reached.update(dict.fromkeys(states))
        if len(reached) >= MOST_STATES:
            break
    return list(reached)


def _after(program: Program, claims: Sequence[RangeClaim], state: Values, token: Values) -> Values:
    """Return the state after a token; the initial one if the step stops or an assumption fails."""
    try:
        if all(holds(claim, state, token) for claim in claims):
            return program.step(state, token)[0]
    except (PrecisionError, IndexError, ZeroDivisionError, ValueError):
        pass  # the stream ends here
    return program.initial


def holds(claim: RangeClaim, state: Sequence[int], token: Sequence[int]) -> bool:
    """Return whether an assumption holds in a step from a state, or in a state that an output reads."""
    values = semantics.evaluate(claim.graph.nodes, state, token)
    return all(not values[test] or claim.range.holds(values[node]) for test, node in claim.sites)
