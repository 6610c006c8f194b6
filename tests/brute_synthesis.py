"""Does a model with one layer exist? Answered by trying all weights, with ranges and steps of its own.

Nothing is taken from the synthesis: lower ends are tried on either side of 0, increments and entries further
than they need be.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations_with_replacement, product

from streamssm.automata.automaton_class import Automaton

Word = tuple[int, int, int, tuple[tuple[int, int], ...]]  # lo, hi, start, (entry, increment) by symbol


def exists(
    machine: Automaton, d: int, p: int, kind: str, overflow: str, f: int = 0, *, full_range: bool = True
) -> bool:
    """Return whether d words of at most p bits and any phi(h, x) do what the machine does."""
    words = _words(machine.num_symbols, p, kind, overflow, f, full_range)
    return any(_fits(machine, chosen, overflow, f) for chosen in combinations_with_replacement(words, d))


@cache
def _words(symbols: int, p: int, kind: str, overflow: str, f: int, full_range: bool) -> list[Word]:
    return list(_listed(symbols, p, kind, overflow, f, full_range))


def _listed(symbols: int, p: int, kind: str, overflow: str, f: int, full_range: bool) -> Iterator[Word]:
    """Yield every word's weights, those that act alike on all values once."""
    seen = set()
    unit, most = 1 << f, (1 << p) - 1
    entries = {
        "zero-one": [0, unit],
        "signed": [-unit, 0, unit],
        "dyadic": list(range(unit + 1)),
        "diagonal": list(range(-(most + 2) * unit, (most + 2) * unit + 1)),
        "time-invariant": list(range(-(most + 2) * unit, (most + 2) * unit + 1)),
    }[kind]
    sizes = [most + 1] if full_range else range(1, most + 2)
    for size, lo in product(sizes, range(-2, 3)):
        if overflow == "wrap" and size & (size - 1):
            continue
        hi = lo + size - 1
        reach = 3 * size * max(1, max(map(abs, entries)) >> f) + 4
        maps: dict[tuple[int, tuple[int | None, ...]], tuple[int, int]] = {}
        for a, b in product(entries, range(-reach, reach + 1)):
            moved = tuple(_settle((a * h >> f) + b, lo, hi, overflow) for h in range(lo, hi + 1))
            maps.setdefault((a if kind == "time-invariant" else 0, moved), (a, b))
        for start, chosen in product(range(lo, hi + 1), product(maps.items(), repeat=symbols)):
            if len({key[0] for key, _ in chosen}) > 1:
                continue
            shape = (
                start - lo,
                tuple(tuple(-1 if v is None else v - lo for v in key[1]) for key, _ in chosen),
            )
            if shape not in seen:
                seen.add(shape)
                yield lo, hi, start, tuple(step for _, step in chosen)


def _settle(value: int, lo: int, hi: int, overflow: str) -> int | None:
    if overflow == "saturate":
        return min(max(value, lo), hi)
    if overflow == "wrap":
        return lo + (value - lo) % (hi - lo + 1)
    return value if lo <= value <= hi else None


def _fits(machine: Automaton, words: tuple[Word, ...], overflow: str, f: int) -> bool:
    """Return whether no state and last symbol are reached with two answers, nor anything out of range."""
    start = (tuple(word[2] for word in words), machine.initial)
    open_states, seen = [start], {start}
    phi: dict[tuple[int, ...], int] = {}
    while open_states:
        h, place = open_states.pop()
        for x in range(machine.num_symbols):
            after: list[int] = []
            for value, (lo, hi, _, steps) in zip(h, words, strict=True):
                a, b = steps[x]
                settled = _settle((a * value >> f) + b, lo, hi, overflow)
                if settled is None:
                    return False
                after.append(settled)
            target = int(machine.next_state[place, x])
            answer = int(machine.output[target] if machine.is_moore else machine.output[place, x])
            if phi.setdefault((*after, x), answer) != answer:
                return False
            reached = (tuple(after), target)
            if reached not in seen:
                seen.add(reached)
                open_states.append(reached)
    return True
