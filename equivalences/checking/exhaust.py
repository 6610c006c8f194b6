"""Exhaustive check: search all reachable joint states of the two sides, which covers every stream."""

from __future__ import annotations

from typing import Any

from streamssm.equivalences.checking.joint_search import JointSearchResult, Progress, search
from streamssm.equivalences.checking.kernel_search import kernel_search
from streamssm.equivalences.checking.report import EVERY_STREAM, Finding, every_stream_up_to
from streamssm.equivalences.checking.sides import ExecutionMode, Side
from streamssm.equivalences.checking.transition_rows import Rows, TokenSpace, rows_of

MAX_TRANSITIONS = 10**9
MAX_KERNEL_TOKENS = 1 << 62


def exhaust(
    a: Side, b: Side, *, max_transitions: int = MAX_TRANSITIONS, progress: Progress | None = None
) -> Finding:
    """Search the joint states breadth first, for every way to run either side.

    Covers every stream, or every stream up to some length if ``max_transitions`` ends the search. A witness
    is a shortest one. Cost: reachable joint states x tokens, with a step of each side for each; the steps of
    plain Python are cached.
    """
    if a.begin != b.begin:
        return Finding(EVERY_STREAM, (), (a.ways[0], b.ways[0]), shortest=True)
    explore = _Searches(a, b, max_transitions, progress)
    searched: list[tuple[tuple[ExecutionMode, ExecutionMode], JointSearchResult]] = []
    for ways in pairs_of_ways(a, b):
        result = explore(ways)
        searched.append((ways, result))
        if result.stream is not None:
            return Finding(
                every_stream_up_to(result.depth),
                result.stream,
                ways,
                shortest=True,
                details={"searches": [_details(*item) for item in searched]},
            )
    complete = all(result.closed for _, result in searched)
    depth = min((result.depth for _, result in searched if not result.closed), default=0)
    return Finding(
        EVERY_STREAM if complete else every_stream_up_to(depth),
        complete=complete,
        details={"searches": [_details(*item) for item in searched]},
    )


def pairs_of_ways(a: Side, b: Side) -> list[tuple[ExecutionMode, ExecutionMode]]:
    """Return pairs that contain every way to run either side.

    They are a's first with each of b's, and each other of a's with b's first: that all of them agree implies
    that any two agree.
    """
    return [*((a.ways[0], way) for way in b.ways), *((way, b.ways[0]) for way in a.ways[1:])]


def search_pair(
    a: Side, b: Side, ways: tuple[ExecutionMode, ExecutionMode], max_transitions: int
) -> JointSearchResult:
    """Search the joint states for one pair of ways to run the sides."""
    return _Searches(a, b, max_transitions, None)(ways)


class _Searches:
    """The searches of one check, which share the transition rows of each side."""

    def __init__(self, a: Side, b: Side, max_transitions: int, progress: Progress | None) -> None:
        self._sides = (a, b)
        self._max_transitions = max_transitions
        self._progress = progress
        self._tokens = TokenSpace(a.fields)
        self._rows: dict[tuple[int, ExecutionMode], Rows] = {}

    def __call__(self, ways: tuple[ExecutionMode, ExecutionMode]) -> JointSearchResult:
        a, b = (side.transducers.get(way) for side, way in zip(self._sides, ways, strict=True))
        if a is not None and b is not None and self._tokens.size < MAX_KERNEL_TOKENS:
            return kernel_search(a, b, self._max_transitions, self._progress)
        rows_a, rows_b = (self._rows_of(index, way) for index, way in enumerate(ways))
        return search(rows_a, rows_b, self._tokens, self._max_transitions, self._progress)

    def _rows_of(self, index: int, way: ExecutionMode) -> Rows:
        key = (index, way)
        if key not in self._rows:
            self._rows[key] = rows_of(self._sides[index], way, self._tokens)
        return self._rows[key]


def _details(ways: tuple[ExecutionMode, ExecutionMode], result: JointSearchResult) -> dict[str, Any]:
    return {
        "ran": [str(way) for way in ways],
        "states": result.states,
        "transitions": result.transitions,
        "depth": result.depth,
    }
