"""Exhaust: all joint states that the two sides can reach, so that every stream is covered."""

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

    Covers every stream, or every stream up to a length where ``max_transitions`` ends the search. A witness
    found is a shortest one. Cost: reachable joint states x tokens, and a step of each side for each; plain
    Python remembers its steps.
    """
    if a.begin != b.begin:
        return Finding(EVERY_STREAM, (), (a.ways[0], b.ways[0]), shortest=True)
    explore = _Searches(a, b, max_transitions, progress)
    searched: list[tuple[tuple[ExecutionMode, ExecutionMode], JointSearchResult]] = []
    for ways in pairs_of_ways(a, b):
        found = explore(ways)
        searched.append((ways, found))
        if found.stream is not None:
            return Finding(
                every_stream_up_to(found.depth),
                found.stream,
                ways,
                shortest=True,
                details={"searches": [_details(*item) for item in searched]},
            )
    complete = all(found.closed for _, found in searched)
    depth = min((found.depth for _, found in searched if not found.closed), default=0)
    return Finding(
        EVERY_STREAM if complete else every_stream_up_to(depth),
        complete=complete,
        details={"searches": [_details(*item) for item in searched]},
    )


def pairs_of_ways(a: Side, b: Side) -> list[tuple[ExecutionMode, ExecutionMode]]:
    """Return pairs that reach every way: a's first with all of b's, the rest of a's with b's first."""
    return [*((a.ways[0], way) for way in b.ways), *((way, b.ways[0]) for way in a.ways[1:])]


def search_pair(
    a: Side, b: Side, ways: tuple[ExecutionMode, ExecutionMode], max_transitions: int
) -> JointSearchResult:
    """Search one pair of ways."""
    return _Searches(a, b, max_transitions, None)(ways)


class _Searches:
    """The searches of one check; rows of a side are kept from one to the next."""

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
        rows_a, rows_b = (self._rows_of(place, way) for place, way in enumerate(ways))
        return search(rows_a, rows_b, self._tokens, self._max_transitions, self._progress)

    def _rows_of(self, place: int, way: ExecutionMode) -> Rows:
        key = (place, way)
        if key not in self._rows:
            self._rows[key] = rows_of(self._sides[place], way, self._tokens)
        return self._rows[key]


def _details(ways: tuple[ExecutionMode, ExecutionMode], found: JointSearchResult) -> dict[str, Any]:
    return {
        "ran": [str(way) for way in ways],
        "states": found.states,
        "transitions": found.transitions,
        "depth": found.depth,
    }
