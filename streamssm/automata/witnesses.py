"""Witnesses: words that show that a machine's monoid is not of some class, each checked by running words.

The checks here follow the machine's table one symbol at a time and use nothing of the search that found the
words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import gcd, lcm
from typing import Any, Protocol

from streamssm.automata.machine import Automaton

Word = tuple[str, ...]


class WordWitness(Protocol):
    """Words and what they show; ``verify`` runs them."""

    @property
    def claim(self) -> str:
        """What the words show."""

    def verify(self, machine: Automaton) -> bool:
        """Return whether the words do what is claimed."""

    def text(self, machine: Automaton) -> str:
        """Return the words and what they do, on one line."""

    def to_dict(self) -> dict[str, Any]:
        """Return the words by name, for JSON."""


@dataclass(frozen=True)
class RecurringWord:
    """After prefix, word repeated i times, and suffix, outputs recur with a least period above 1 for ever.

    So the powers of the word never stabilise: the monoid is not aperiodic; and if the period is odd, a
    group of odd order is in it.
    """

    prefix: Word
    word: Word
    suffix: Word
    period: int
    claim: str = "the powers of a word do not stabilise"

    def verify(self, machine: Automaton) -> bool:
        """Run ``prefix word^i suffix`` for i up to the number of states and twice the period beyond.

        Law: from i = number of states on, the state after ``prefix word^i`` recurs; with a period of the
        outputs that divides ``period`` over one whole round of the states it does so for ever
        """
        start = machine.num_states
        states = [run(machine, machine.initial, self.prefix)]
        for _ in range(start + machine.num_states + self.period):
            states.append(run(machine, states[-1], self.word))
        outputs = [output_after(machine, state, self.suffix) for state in states[start:]]
        return self.period > 1 and _least_period(outputs) == self.period

    def text(self, machine: Automaton) -> str:
        prefix, word, suffix = (_text(machine, part) for part in (self.prefix, self.word, self.suffix))
        return (
            f"after {prefix}, i times {word}, and {suffix} the answer recurs with period {self.period} in i"
        )

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class SameLength:
    """Two words of one length: the second's map is its own square, the first's runs through a cycle to it.

    Powers of the first, made as long with the second, are words of one length whose maps are a nontrivial
    group: the language is not quasi-aperiodic (THEORY B5).
    """

    word: Word
    idempotent: Word
    claim: str = "words of one length make a nontrivial group"

    def verify(self, machine: Automaton) -> bool:
        """Compare the maps of the words, and of a power of the first with the second."""
        if len(self.word) != len(self.idempotent):
            return False
        x, e = map_of(machine, self.word), map_of(machine, self.idempotent)
        reached = reachable_states(machine)
        same = [
            _same(reached, _then(e, e), e),
            _same(reached, _then(x, e), x),
            _same(reached, _then(e, x), x),
        ]
        return all(same) and not _same(reached, x, e) and _has_power(reached, x, e)

    def text(self, machine: Automaton) -> str:
        first, second = _text(machine, self.word), _text(machine, self.idempotent)
        return f"{first} and {second} are as long, and make a nontrivial group"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class CoprimeOrders:
    """Two words that permute some states; they and the two in a row have orders without a common factor.

    A finite group with such elements, none the identity, is not solvable, and every group that is not
    solvable has some (J. G. Thompson, 1968, corollary 3).
    """

    states: tuple[int, ...]
    first: Word
    second: Word
    orders: tuple[int, int, int]
    claim: str = "words make a group that is not solvable"

    def verify(self, machine: Automaton) -> bool:
        """Run the words from each of the states, and count after how many times all of them are back."""
        orders = tuple(
            self._order(machine, word) for word in (self.first, self.second, self.first + self.second)
        )
        coprime = gcd(orders[0], orders[1]) == gcd(orders[1], orders[2]) == gcd(orders[0], orders[2]) == 1
        return orders == self.orders and min(orders) > 1 and coprime

    def _order(self, machine: Automaton, word: Word) -> int:
        """Return how often a word runs until all states are where they began; 0 if it permutes them not."""
        after = {state: run(machine, state, word) for state in self.states}
        if sorted(after.values()) != sorted(self.states):
            return 0
        orders = []
        for state in self.states:
            steps, at = 1, after[state]
            while at != state:
                steps, at = steps + 1, after[at]
            orders.append(steps)
        return lcm(*orders)

    def text(self, machine: Automaton) -> str:
        first, second = _text(machine, self.first), _text(machine, self.second)
        a, b, c = self.orders
        return f"{first} and {second} permute {len(self.states)} states with orders {a} and {b}, in a row {c}"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Cycle:
    """A word that leads from a state to another, and one that leads back: the monoid is not R-trivial."""

    prefix: Word
    out: Word
    back: Word
    claim: str = "a state is left and comes back"

    def verify(self, machine: Automaton) -> bool:
        """Run the words; the machine must be minimal for its states to be told apart."""
        start = run(machine, machine.initial, self.prefix)
        middle = run(machine, start, self.out)
        return middle != start and run(machine, middle, self.back) == start

    def text(self, machine: Automaton) -> str:
        prefix, out, back = (_text(machine, part) for part in (self.prefix, self.out, self.back))
        return f"after {prefix}, {out} leads to another state and {back} back"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def run(machine: Automaton, state: int, word: Iterable[str]) -> int:
    """Return the state after a word, from the table."""
    for symbol in word:
        state = int(machine.next_state[state, machine.symbols.index(symbol)])
    return state


def output_after(machine: Automaton, state: int, word: Sequence[str]) -> str:
    """Return the output after a word; of a machine with outputs of transitions the last symbol's."""
    if machine.is_moore:
        return machine.outputs[int(machine.output[run(machine, state, word)])]
    before = run(machine, state, word[:-1])
    return machine.outputs[int(machine.output[before, machine.symbols.index(word[-1])])]


def map_of(machine: Automaton, word: Word) -> tuple[int, ...]:
    """Return where a word leads from every state."""
    return tuple(run(machine, state, word) for state in range(machine.num_states))


def reachable_states(machine: Automaton) -> list[int]:
    """Return the states that words lead to."""
    states = [machine.initial]
    for state in states:
        states += {int(target) for target in machine.next_state[state]}.difference(states)
    return states


def _then(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(second[state] for state in first)


def _same(states: Iterable[int], a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return all(a[state] == b[state] for state in states)


def _has_power(states: list[int], x: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Return whether some power of a map is another, before the powers recur."""
    power, seen = x, set[tuple[int, ...]]()
    while (key := tuple(power[state] for state in states)) not in seen:
        if _same(states, power, target):
            return True
        seen.add(key)
        power = _then(power, x)
    return False


def _least_period(values: Sequence[str]) -> int:
    """Return the least shift under which a sequence agrees with itself."""
    return next(p for p in range(1, len(values) + 1) if values[p:] == values[: len(values) - p])


def _text(machine: Automaton, word: Word) -> str:
    return repr(machine.alphabet.text(machine.numbers(word)))
