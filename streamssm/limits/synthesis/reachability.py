"""Exact reachability in the product of a model and a machine, over words of every length."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from streamssm.automata.automaton_class import Automaton
from streamssm.limits.synthesis.answers import Stream, answers_of
from streamssm.limits.synthesis.examples import Pair
from streamssm.limits.synthesis.model_class import ModelClass, Weights
from streamssm.ssm.formats import NumberFormat

State = tuple[int, ...]
# Counterexamples taken from one candidate: more of them mean fewer rounds, but larger queries.
MAX_CONFLICTS = 8


@dataclass(frozen=True)
class Explored:
    """The result of a search over words of every length.

    ``phi`` has the answer by state and last symbol. ``conflicts`` are pairs of words that end in one state
    and symbol but need different answers, ``outside`` words that leave a range under overflow *error*. If
    both are empty, the weights with phi are equivalent to the machine.
    """

    phi: dict[tuple[State, int], int]
    conflicts: tuple[Pair, ...]
    outside: tuple[Stream, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _WordEnd:
    """A word as a linked list: its last symbol and the word before it, None for the empty word."""

    before: _WordEnd | None
    symbol: int

    def word(self) -> Stream:
        symbols, end = [self.symbol], self.before
        while end is not None:
            symbols.append(end.symbol)
            end = end.before
        return tuple(reversed(symbols))


def explore(model_class: ModelClass, weights: Weights, machine: Automaton) -> Explored:
    """Search the joint states breadth first, so that the conflicts with the shortest words come first."""
    phi: dict[tuple[State, int], int] = {}
    first: dict[tuple[State, int], _WordEnd] = {}
    conflicts: dict[tuple[State, int], Pair] = {}
    outside: list[Stream] = []
    for end, state, answer in _reached(model_class, weights, machine):
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
    model_class: ModelClass, weights: Weights, machine: Automaton
) -> Iterator[tuple[_WordEnd, State | None, int]]:
    """Yield a shortest word to every joint state and last symbol; None stands for a state out of range."""
    formats = weights.formats(model_class)
    next_state, answers = machine.next_state.tolist(), answers_of(machine).tolist()
    visited = {(weights.initial, machine.initial)}
    reported: set[tuple[State, int, int]] = set()
    queue: deque[tuple[_WordEnd | None, State, int]] = deque([(None, weights.initial, machine.initial)])
    while queue:
        before, state, machine_state = queue.popleft()
        for x in range(machine.num_symbols):
            after, end = _step(formats, weights, model_class.fraction_bits, state, x), _WordEnd(before, x)
            target, answer = next_state[machine_state][x], answers[machine_state][x]
            if after is None:
                yield end, None, answer
                continue
            if (after, x, answer) not in reported:
                reported.add((after, x, answer))
                yield end, after, answer
            if (after, target) not in visited:
                visited.add((after, target))
                queue.append((end, after, target))


def _step(
    formats: tuple[NumberFormat, ...], weights: Weights, fraction_bits: int, state: State, x: int
) -> State | None:
    """Return the state after a symbol, or None if it is out of range."""
    rows = zip(formats, weights.entries[x], weights.increments[x], state, strict=True)
    after = tuple(f.apply_overflow(f.rounded(a * h, fraction_bits) + b) for f, a, b, h in rows)
    return after if all(f.range.holds(h) for f, h in zip(formats, after, strict=True)) else None
