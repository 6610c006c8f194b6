"""Strongly connected components in topological order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def components(successors: Sequence[Iterable[int]]) -> list[list[int]]:
    """Return the strongly connected components of a graph in reverse topological order (Kosaraju).

    A component comes after all components that its members have edges to.
    """
    order: list[int] = []
    finish, predecessors = set[int](), [list[int]() for _ in successors]
    for start in range(len(successors)):
        _postorder(successors, start, finish, order)
    for source, targets in enumerate(successors):
        for target in targets:
            predecessors[target].append(source)
    parts: list[list[int]] = []
    seen = set[int]()
    for start in reversed(order):
        members: list[int] = []
        _postorder(predecessors, start, seen, members)
        if members:
            parts.append(sorted(members))
    return parts[::-1]


def _postorder(successors: Sequence[Iterable[int]], start: int, seen: set[int], order: list[int]) -> None:
    """Append the unseen nodes reachable from ``start`` in depth-first postorder."""
    if start in seen:
        return
    seen.add(start)
    stack = [(start, iter(successors[start]))]
    while stack:
        node, remaining = stack[-1]
        unseen = next((r for r in remaining if r not in seen), None)
        if unseen is None:
            order.append(node)
            stack.pop()
        else:
            seen.add(unseen)
            stack.append((unseen, iter(successors[unseen])))
