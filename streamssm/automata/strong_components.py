"""The strongly connected components of a graph, in an order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def components(below: Sequence[Iterable[int]]) -> list[list[int]]:
    """Return the strongly connected components of a graph, those that are read before those that read
    them."""
    order: list[int] = []
    finish, above = set[int](), [list[int]() for _ in below]
    for start in range(len(below)):
        _finished(below, start, finish, order)
    for reader, read in enumerate(below):
        for register in read:
            above[register].append(reader)
    found: list[list[int]] = []
    seen = set[int]()
    for start in reversed(order):
        members: list[int] = []
        _finished(above, start, seen, members)
        if members:
            found.append(sorted(members))
    return found[::-1]


def _finished(below: Sequence[Iterable[int]], start: int, seen: set[int], order: list[int]) -> None:
    """Append what can be reached from a start, each after everything that it leads to."""
    if start in seen:
        return
    seen.add(start)
    stack = [(start, iter(below[start]))]
    while stack:
        at, rest = stack[-1]
        following = next((r for r in rest if r not in seen), None)
        if following is None:
            order.append(at)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(below[following])))
