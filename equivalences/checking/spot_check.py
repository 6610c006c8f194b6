"""Spot check: run both sides on one short stream by their reference interpreters.

Exhaustive search and sampling trust the kernels, and the ranges that were proven for them; this check trusts
neither.
"""

from __future__ import annotations

import numpy as np

from streamssm.equivalences.checking.exhaust import pairs_of_ways
from streamssm.equivalences.checking.sides import ExecutionMode, Side, Token
from streamssm.equivalences.checking.token_sampler import TokenSource
from streamssm.equivalences.checking.witness import StreamOutcome, advance

SPOT_TOKENS = 64


def spot_check(
    a: Side, b: Side, seed: int
) -> tuple[tuple[Token, ...], tuple[ExecutionMode, ExecutionMode]] | None:
    """Return a differing stream and the ways to run the sides on it; None if the sides agree."""
    source = TokenSource(a.fields, seed, 1)
    steps = {(label, way): side.steps[way] for label, side in (("a", a), ("b", b)) for way in side.ways}
    start = {(label, way): StreamOutcome((a if label == "a" else b).initial) for label, way in steps}
    outcomes, stream = start, list[Token]()
    for _ in range(SPOT_TOKENS):
        live = [np.array(outcome.state, dtype=np.int64).reshape(-1, 1) for outcome in outcomes.values()]
        token = tuple(int(column[0]) for column in source.draw(live))
        stream.append(token)
        outcomes = {key: advance(step, outcomes[key], token) for key, step in steps.items()}
        for ways in pairs_of_ways(a, b):
            if not outcomes["a", ways[0]].agrees(outcomes["b", ways[1]]):
                return tuple(stream), ways
        if outcomes["a", a.ways[0]].error is not None:
            outcomes = start
            stream.clear()
    return None
