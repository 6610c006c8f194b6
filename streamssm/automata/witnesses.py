"""Witnesses: words that refute a property of an automaton's monoid, checked by running them.

The checks follow the transition table one symbol at a time, and are independent of the search
(`witness_search`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import gcd, lcm
from typing import Any, Protocol

from streamssm.automata.automaton_class import Automaton

Word = tuple[str, ...]


class WordWitness(Protocol):
    """Words with a claim; ``verify`` checks the claim by running the words."""

    @property
    def claim(self) -> str:
        """The property of the monoid that the words refute, in words."""

    def verify(self, machine: Automaton) -> bool:
        """Return whether the claim holds, by running the words."""

    def text(self, machine: Automaton) -> str:
        """Return the words and their action on one line."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name, for JSON."""


@dataclass(frozen=True)
class RecurringWord:
    """The output after ``prefix word^i suffix`` is periodic in i, with a least period above 1.

    So the powers of the word never stabilize and the monoid is not aperiodic; if the period is odd, the
    monoid contains a group of odd order.
    """

    prefix: Word
    word: Word
    suffix: Word
    period: int
    claim: str = "the powers of a word do not stabilize"

    def verify(self, machine: Automaton) -> bool:
        """Run ``prefix word^i suffix`` for i up to the number of states and twice the period beyond.

        Law: from i = S on, the state after ``prefix word^i`` is periodic with a period of at most S, so that
        outputs with a period of ``period`` over S + ``period`` steps have it forever (S states)
        """
        start = machine.num_states
        states = [run(machine, machine.initial, self.prefix)]
        for _ in range(start + machine.num_states + self.period):
            states.append(run(machine, states[-1], self.word))
        outputs = [output_after(machine, state, self.suffix) for state in states[start:]]
        return self.period > 1 and _least_period(outputs) == self.period

    def text(self, machine: Automaton) -> str:
        prefix, word, suffix = (_text(machine, part) for part in (self.prefix, self.word, self.suffix))
        return f"after {prefix}, i times {word}, and {suffix}, the output has the period {self.period} in i"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class SameLength:
    """Two words of equal length: an idempotent, and another element of its group.

    Powers of ``word``, padded to equal length with ``idempotent``, form a nontrivial group: the language is
    not quasi-aperiodic (THEORY B5).
    """

    word: Word
    idempotent: Word
    claim: str = "words of equal length form a nontrivial group"

    def verify(self, machine: Automaton) -> bool:
        """Check e e = e, x e = e x = x, x != e, and that some power of x is e."""
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
        return f"{first} and {second} have equal lengths and form a nontrivial group"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class CoprimeOrders:
    """Two words that permute some states such that they and their product have pairwise coprime orders.

    A finite group is nonsolvable exactly if it has such elements, none of them the identity (J. G. Thompson,
    1968, corollary 3).
    """

    states: tuple[int, ...]
    first: Word
    second: Word
    orders: tuple[int, int, int]
    claim: str = "words form a group that is not solvable"

    def verify(self, machine: Automaton) -> bool:
        """Compute the orders of the permutations of ``states`` by running the words."""
        orders = tuple(
            self._order(machine, word) for word in (self.first, self.second, self.first + self.second)
        )
        coprime = gcd(orders[0], orders[1]) == gcd(orders[1], orders[2]) == gcd(orders[0], orders[2]) == 1
        return orders == self.orders and min(orders) > 1 and coprime

    def _order(self, machine: Automaton, word: Word) -> int:
        """Return the order of a word's action on ``states``, 0 if it is not a permutation of them."""
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
        size = len(self.states)
        return f"{first} and {second} permute {size} states with orders {a} and {b}, their product with {c}"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Cycle:
    """A word from a state to another, and a word back: the monoid is not R-trivial."""

    prefix: Word
    out: Word
    back: Word
    claim: str = "a state recurs after it was left"

    def verify(self, machine: Automaton) -> bool:
        """Run the words; the automaton must be minimal, so that distinct states are not equivalent."""
        start = run(machine, machine.initial, self.prefix)
        middle = run(machine, start, self.out)
        return middle != start and run(machine, middle, self.back) == start

    def text(self, machine: Automaton) -> str:
        prefix, out, back = (_text(machine, part) for part in (self.prefix, self.out, self.back))
        return f"after {prefix}, {out} leads to another state, and {back} leads back"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def run(machine: Automaton, state: int, word: Iterable[str]) -> int:
    """Return the state after a word, one table lookup per symbol."""
    for symbol in word:
        state = int(machine.next_state[state, machine.symbols.index(symbol)])
    return state


def output_after(machine: Automaton, state: int, word: Sequence[str]) -> str:
    """Return the output after a word; of a Mealy machine, the output of the last transition."""
    if machine.is_moore:
        return machine.outputs[int(machine.output[run(machine, state, word)])]
    before = run(machine, state, word[:-1])
    return machine.outputs[int(machine.output[before, machine.symbols.index(word[-1])])]


def map_of(machine: Automaton, word: Word) -> tuple[int, ...]:
    """Return the transformation of the states by a word."""
    return tuple(run(machine, state, word) for state in range(machine.num_states))


def reachable_states(machine: Automaton) -> list[int]:
    """Return the reachable states."""
    states = [machine.initial]
    for state in states:
        states += {int(target) for target in machine.next_state[state]}.difference(states)
    return states


def _then(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(second[state] for state in first)


def _same(states: Iterable[int], a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return all(a[state] == b[state] for state in states)


def _has_power(states: list[int], x: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Return whether some power of a map equals the target on the states."""
    power, seen = x, set[tuple[int, ...]]()
    while (key := tuple(power[state] for state in states)) not in seen:
        if _same(states, power, target):
            return True
        seen.add(key)
        power = _then(power, x)
    return False


def _least_period(values: Sequence[str]) -> int:
    """Return the least period of a sequence."""
    return next(p for p in range(1, len(values) + 1) if values[p:] == values[: len(values) - p])


def _text(machine: Automaton, word: Word) -> str:
    return repr(machine.alphabet.text(machine.numbers(word)))
