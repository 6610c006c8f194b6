"""Spot check: both sides on one short stream by their reference interpreters, whatever the kernels said.

A search and a sample trust kernels, and ranges that were proven for them. This trusts neither.
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
    """Return a stream on which the sides' reference interpreters differ, and which; None if they agree."""
    source = TokenSource(a.fields, seed, 1)
    steps = {(label, way): side.steps[way] for label, side in (("a", a), ("b", b)) for way in side.ways}
    start = {(label, way): StreamOutcome((a if label == "a" else b).initial) for label, way in steps}
    now, stream = start, list[Token]()
    for _ in range(SPOT_TOKENS):
        live = [np.array(outcome.state, dtype=np.int64).reshape(-1, 1) for outcome in now.values()]
        token = tuple(int(column[0]) for column in source.draw(live))
        stream.append(token)
        now = {place: advance(step, now[place], token) for place, step in steps.items()}
        for ways in pairs_of_ways(a, b):
            if not now["a", ways[0]].agrees(now["b", ways[1]]):
                return tuple(stream), ways
        if now["a", a.ways[0]].error is not None:
            now = start
            stream.clear()
    return None
