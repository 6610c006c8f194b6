"""Exact reachability: all states that weights and a machine reach together, over words of every length."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from streamssm.automata.machine import Automaton
from streamssm.limits.synthesis.answers import Stream, answers_of
from streamssm.limits.synthesis.examples import Pair
from streamssm.limits.synthesis.model_class import ModelClass, Weights
from streamssm.ssm.formats import NumberFormat

State = tuple[int, ...]
MAX_CONFLICTS = 8  # of one candidate: more make questions longer and rounds fewer


@dataclass(frozen=True)
class Explored:
    """What the words of every length reach.

    ``phi`` holds the answer by state and last symbol. ``conflicts`` are pairs of words that end in one state
    and symbol and need different answers, ``outside`` words that leave a range under overflow *error*. Where
    both are empty, the weights and phi do what the machine does.
    """

    phi: dict[tuple[State, int], int]
    conflicts: tuple[Pair, ...]
    outside: tuple[Stream, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _End:
    """A word by its last symbol and what comes before; the empty one is None."""

    before: _End | None
    symbol: int

    def word(self) -> Stream:
        symbols, end = [self.symbol], self.before
        while end is not None:
            symbols.append(end.symbol)
            end = end.before
        return tuple(reversed(symbols))


def explore(setting: ModelClass, weights: Weights, machine: Automaton) -> Explored:
    """Search the joint states breadth first; conflicts come shortest words first."""
    phi: dict[tuple[State, int], int] = {}
    first: dict[tuple[State, int], _End] = {}
    conflicts: dict[tuple[State, int], Pair] = {}
    outside: list[Stream] = []
    for end, state, answer in _reached(setting, weights, machine):
        if state is None:
            outside.append(end.word())
        elif phi.setdefault((state, end.symbol), answer) == answer:
            first.setdefault((state, end.symbol), end)
        elif (state, end.symbol) not in conflicts:
            conflicts[state, end.symbol] = (first[state, end.symbol].word(), end.word())
        if len(conflicts) + len(outside) >= MAX_CONFLICTS:
            break
    return Explored(phi, tuple(conflicts.values()), tuple(outside))


def _reached(
    setting: ModelClass, weights: Weights, machine: Automaton
) -> Iterator[tuple[_End, State | None, int]]:
    """Yield a shortest word to every joint state and last symbol; a state of None is out of range."""
    formats = weights.formats(setting)
    next_state, answers = machine.next_state.tolist(), answers_of(machine).tolist()
    walked = {(weights.initial, machine.initial)}
    ended: set[tuple[State, int, int]] = set()
    queue: deque[tuple[_End | None, State, int]] = deque([(None, weights.initial, machine.initial)])
    while queue:
        before, state, place = queue.popleft()
        for x in range(machine.num_symbols):
            after, end = _step(formats, weights, setting.fraction_bits, state, x), _End(before, x)
            target, answer = next_state[place][x], answers[place][x]
            if after is None:
                yield end, None, answer
                continue
            if (after, x, answer) not in ended:
                ended.add((after, x, answer))
                yield end, after, answer
            if (after, target) not in walked:
                walked.add((after, target))
                queue.append((end, after, target))


def _step(
    formats: tuple[NumberFormat, ...], weights: Weights, places: int, state: State, x: int
) -> State | None:
    """Return the state after a symbol, or None where it is out of range."""
    rows = zip(formats, weights.entries[x], weights.increments[x], state, strict=True)
    after = tuple(f.apply_overflow(f.rounded(a * h, places) + b) for f, a, b, h in rows)
    return after if all(f.range.holds(h) for f, h in zip(formats, after, strict=True)) else None
