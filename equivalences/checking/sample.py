"""Random testing: run both sides in many lanes, on tokens drawn adversarially (see `token_sampler`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from streamssm.equivalences.checking.report import Finding, sampled_streams
from streamssm.equivalences.checking.runners import Flags, Ints, Runner, runners_of
from streamssm.equivalences.checking.sides import ExecutionMode, Side, Token
from streamssm.equivalences.checking.token_sampler import TokenSource

KERNEL_LANES = 4096
CLASS_LANES = 256  # plain Python takes microseconds per token: fewer lanes, so that streams get long
KERNEL_TOKENS = 10**7
CLASS_TOKENS = 10**6

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Difference:
    """The first step on which two runners differ, and one lane that shows it."""

    step: int
    lane: int
    ways: tuple[ExecutionMode, ExecutionMode]


class _Sampling:
    """One run of the sampler, deterministic for the sides, the seed and the number of lanes."""

    def __init__(self, a: Side, b: Side, seed: int, num_lanes: int) -> None:
        self._source = TokenSource(a.fields, seed, num_lanes, a.constants | b.constants)
        self._runners_a = runners_of(a, num_lanes)
        self._runners_b = runners_of(b, num_lanes)
        same_words = a.words == b.words and (a.instance is None or b.instance is None)
        # reading the registers of plain Python is slow, and the other side has the same ones
        self._watched = [r for r in self.runners if not (same_words and r.way is ExecutionMode.CLASS)]
        self._fresh = np.zeros(num_lanes, dtype=np.bool_)  # lanes that start again at the next step
        self.streams = num_lanes
        self.errors = 0

    @property
    def runners(self) -> list[Runner]:
        return [*self._runners_a, *self._runners_b]

    def one_sided_relus(self) -> list[str]:
        """List the ReLUs that were not seen both active and inactive."""
        return [
            f"{side}: {label}"
            for side, runners in (("a", self._runners_a), ("b", self._runners_b))
            for runner in runners
            for label, seen in runner.relu_coverage().items()
            if not all(seen)
        ]

    def advance(self, step: int) -> tuple[list[Ints], Flags, _Difference | None]:
        """Feed one token to every lane; return the tokens, the restarted lanes, and a difference or None."""
        fresh = self._source.restarts() | self._fresh
        if step and fresh.any():
            for runner in self.runners:
                runner.restart(fresh)
            self.streams += int(fresh.sum())
        columns = self._source.draw([runner.state() for runner in self._watched])
        results = [runner.step(columns) for runner in self.runners]
        self._fresh = results[0][1]
        self.errors += int(self._fresh.sum())
        return columns, fresh, self._compare(step, results)

    def _compare(self, step: int, results: list[tuple[Ints, Flags]]) -> _Difference | None:
        """Compare each runner of one side with each of the other."""
        count = len(self._runners_a)
        for x, (outputs_a, errors_a) in enumerate(results[:count]):
            for y, (outputs_b, errors_b) in enumerate(results[count:]):
                differ = (outputs_a != outputs_b).any(axis=1) & ~errors_a & ~errors_b
                differ |= errors_a != errors_b
                if differ.any():
                    ways = (self._runners_a[x].way, self._runners_b[y].way)
                    return _Difference(step, int(np.flatnonzero(differ)[0]), ways)
        return None


def sample(
    a: Side, b: Side, *, tokens: int | None = None, seed: int = 0, progress: Progress | None = None
) -> Finding:
    """Run both sides on random tokens, in every way to run them, and compare all outputs.

    Covers the streams that it ran and no others. Cost: one step of each side per token.
    """
    in_python = a.instance is not None or b.instance is not None
    num_tokens = tokens if tokens is not None else (CLASS_TOKENS if in_python else KERNEL_TOKENS)
    # about as many steps as lanes, so that there are both many streams and long ones
    num_lanes = min(math.isqrt(num_tokens), CLASS_LANES if in_python else KERNEL_LANES)
    if a.begin != b.begin:
        return Finding(sampled_streams(1), (), (a.ways[0], b.ways[0]), shortest=True)
    run = _Sampling(a, b, seed, num_lanes)
    steps = -(-num_tokens // num_lanes)
    for step in range(steps):
        *_, difference = run.advance(step)
        if difference is not None:
            return _finding(a, b, difference, seed, num_lanes, run)
        if progress is not None and step % 32 == 0:
            progress((step + 1) * num_lanes, steps * num_lanes)
    details = _details(run, steps * num_lanes, seed)
    details["relus_not_seen_both_ways"] = run.one_sided_relus()
    return Finding(covers=sampled_streams(run.streams), details=details)


def _finding(a: Side, b: Side, difference: _Difference, seed: int, num_lanes: int, run: _Sampling) -> Finding:
    return Finding(
        covers=sampled_streams(run.streams),
        stream=_lane_stream(_Sampling(a, b, seed, num_lanes), difference),
        ways=difference.ways,
        shrinkable=True,
        details=_details(run, (difference.step + 1) * num_lanes, seed),
    )


def _lane_stream(run: _Sampling, difference: _Difference) -> tuple[Token, ...]:
    """Run again from the seed, which saves recording all tokens, and return the lane's stream."""
    stream: list[Token] = []
    for step in range(difference.step + 1):
        columns, fresh, _ = run.advance(step)
        if fresh[difference.lane]:
            stream.clear()
        stream.append(tuple(int(column[difference.lane]) for column in columns))
    return tuple(stream)


def _details(run: _Sampling, tokens: int, seed: int) -> dict[str, Any]:
    ran = sorted({str(runner.way) for runner in run.runners})
    return {"tokens": tokens, "streams": run.streams, "seed": seed, "ran": ran, "errors_on_both": run.errors}
