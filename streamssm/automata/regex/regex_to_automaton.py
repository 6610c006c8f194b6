"""Regular expression -> minimal DFA: Thompson's NFA, subset construction, Hopcroft's minimization.

Operands of intersections and complements are determinized and minimized first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.regex import regex_expression as ex
from streamssm.automata.regex.regex_parser import fault, parse
from streamssm.errors import ParameterError

MAX_POSITIONS = 300_000  # NFA states after expanding repetitions
MAX_STATES = 300_000  # DFA states before minimization, about 1 GB of memory at worst

T = TypeVar("T")
_Transitions = list[tuple[tuple[int, ...], int]]
_States = tuple[list[list[int]], list[_Transitions]]


def machine_of_regex(text: str, symbols: Sequence[str], *, name: str | None = None) -> Automaton:
    """Return the minimal DFA of a regular expression in the syntax of `parser`.

    Raises
    ------
    ParameterError
        If the text is not an expression over the symbols (with line and column), or needs too many states.

    >>> ends_in_ab = machine_of_regex("(a|b)*ab", "ab")
    >>> ends_in_ab.num_states, ends_in_ab.accepts("aab"), ends_in_ab.accepts("aba")
    (3, True, False)
    """
    items = parse(text, symbols)
    construction = _Construction(text, tuple(symbols))
    for item in items:
        construction.add(item)
    return construction.machine(name or text or "()")


@dataclass(frozen=True)
class _Fragment:
    """An NFA with one entry and one exit; its states are those from ``start`` up to the next fragment."""

    start: int
    entry: int
    exit: int


class _Construction:
    """Thompson's NFA under construction; ``silent`` and ``transitions`` are the edges of each state."""

    def __init__(self, text: str, symbols: tuple[str, ...]) -> None:
        self.text = text
        self.symbols = symbols
        self.silent: list[list[int]] = []
        self.transitions: list[_Transitions] = []
        self.stack: list[_Fragment] = []

    def add(self, item: ex.Item) -> None:
        make: dict[type, Callable[..., _Fragment]] = {
            ex.Symbols: self._symbols,
            ex.Sequence: self._sequence,
            ex.Union: self._union,
            ex.Intersection: self._intersection,
            ex.Complement: self._complement,
            ex.Repeat: self._repeat,
        }
        self.stack.append(make[type(item)](item))

    def machine(self, name: str) -> Automaton:
        return self._subset_construction(self.stack[-1], name)

    def _pop(self, count: int) -> list[_Fragment]:
        taken = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        return taken

    def _state(self) -> int:
        self.silent.append([])
        self.transitions.append([])
        return len(self.silent) - 1

    # operators

    def _symbols(self, item: ex.Symbols) -> _Fragment:
        entry, exit_ = self._state(), self._state()
        if item.numbers:
            self.transitions[entry].append((item.numbers, exit_))
        return _Fragment(entry, entry, exit_)

    def _sequence(self, item: ex.Sequence) -> _Fragment:
        if not item.count:
            state = self._state()
            return _Fragment(state, state, state)
        return self._concatenate(self._pop(item.count))

    def _concatenate(self, parts: Sequence[_Fragment]) -> _Fragment:
        for before, after in zip(parts, parts[1:], strict=False):
            self.silent[before.exit].append(after.entry)
        return _Fragment(parts[0].start, parts[0].entry, parts[-1].exit)

    def _union(self, item: ex.Union) -> _Fragment:
        parts = self._pop(item.count)
        entry, exit_ = self._state(), self._state()
        for part in parts:
            self.silent[entry].append(part.entry)
            self.silent[part.exit].append(exit_)
        return _Fragment(parts[0].start, entry, exit_)

    def _star(self, part: _Fragment) -> _Fragment:
        state = self._state()
        self.silent[state].append(part.entry)
        self.silent[part.exit].append(state)
        return _Fragment(part.start, state, state)

    def _optional(self, part: _Fragment) -> _Fragment:
        entry, exit_ = self._state(), self._state()
        self.silent[entry] += [part.entry, exit_]
        self.silent[part.exit].append(exit_)
        return _Fragment(part.start, entry, exit_)

    def _repeat(self, item: ex.Repeat) -> _Fragment:
        (part,) = self._pop(1)
        stop = len(self.silent)
        copies = item.least + 1 if item.most is None else item.most
        if stop + copies * (stop - part.start) > MAX_POSITIONS:
            limit = f"{MAX_POSITIONS:,} states in all"
            raise fault(
                self.text, item.position, f"repetitions expand to more than {limit}: repeat less often"
            )
        if (item.least, item.most) == (1, None):
            return self._plus(part)  # without a copy, so that nested + do not grow exponentially
        if not copies:
            self._remove_states(part)
            return self._sequence(ex.Sequence(0))
        pattern = self._remove_states(part) if copies > 1 else None
        parts = []
        for number in range(copies):
            copy = part if pattern is None else self._copy(pattern, part)
            if number >= item.least:
                copy = self._star(copy) if item.most is None else self._optional(copy)
            parts.append(copy)
        return self._concatenate(parts)

    def _plus(self, part: _Fragment) -> _Fragment:
        entry, exit_ = self._state(), self._state()
        self.silent[entry].append(part.entry)
        self.silent[part.exit].append(exit_)
        self.silent[exit_].append(entry)
        return _Fragment(part.start, entry, exit_)

    def _remove_states(self, part: _Fragment) -> _States:
        """Remove the states of the last fragment, and return them."""
        states = self.silent[part.start :], self.transitions[part.start :]
        del self.silent[part.start :], self.transitions[part.start :]
        return states

    def _copy(self, pattern: _States, part: _Fragment) -> _Fragment:
        start = len(self.silent)
        shift = start - part.start
        silent, moves = pattern
        self.silent += [[target + shift for target in row] for row in silent]
        self.transitions += [[(numbers, target + shift) for numbers, target in row] for row in moves]
        return _Fragment(start, part.entry + shift, part.exit + shift)

    # operands that must be deterministic

    def _complement(self, item: ex.Complement) -> _Fragment:
        (part,) = self._pop(1)
        machine = self._subset_construction(part, "complement")
        self._remove_states(part)
        return self._embed(machine.next_state.tolist(), (~machine.accepting).tolist())

    def _intersection(self, item: ex.Intersection) -> _Fragment:
        parts = self._pop(item.count)
        machines = [self._subset_construction(part, "operand") for part in parts]
        self._remove_states(parts[0])  # and with it the states of all later operands
        starts = tuple(machine.initial for machine in machines)
        tables = [machine.next_state.tolist() for machine in machines]

        def step(states: tuple[int, ...]) -> list[tuple[int, ...]]:
            return list(
                zip(*(table[state] for table, state in zip(tables, states, strict=True)), strict=True)
            )

        tuples, rows = _explore(starts, step)
        accepting = [all(m.accepting[s] for m, s in zip(machines, at, strict=True)) for at in tuples]
        return self._embed(rows, accepting)

    def _embed(self, rows: Sequence[Sequence[int]], accepting: Sequence[bool]) -> _Fragment:
        """Add the states of a DFA whose initial state is the first."""
        start = len(self.silent)
        for row in rows:
            by_target: dict[int, list[int]] = {}
            for number, target in enumerate(row):
                by_target.setdefault(target, []).append(number)
            state = self._state()
            self.transitions[state] += [
                (tuple(numbers), start + target) for target, numbers in by_target.items()
            ]
        exit_ = self._state()
        for state, accepts in enumerate(accepting):
            if accepts:
                self.silent[start + state].append(exit_)
        return _Fragment(start, start, exit_)

    # determinization

    def _subset_construction(self, part: _Fragment, name: str) -> Automaton:
        closures: dict[int, frozenset[int]] = {}

        def closure(state: int) -> frozenset[int]:
            if state not in closures:
                closures[state] = self._closure(state, part.exit)
            return closures[state]

        def step(states: frozenset[int]) -> list[frozenset[int]]:
            reached: list[set[int]] = [set() for _ in self.symbols]
            for state in states:
                for numbers, target in self.transitions[state]:
                    for number in numbers:
                        reached[number] |= closure(target)
            return list(map(frozenset, reached))

        subsets, rows = _explore(closure(part.entry), step)
        accepting = [part.exit in states for states in subsets]
        return Automaton.acceptor(name, self.symbols, np.array(rows, np.int32), accepting).minimal()

    def _closure(self, state: int, exit_: int) -> frozenset[int]:
        """Return the silent closure of a state, restricted to the exit and states with symbol transitions."""
        seen, stack = {state}, [state]
        while stack:
            for target in self.silent[stack.pop()]:
                if target not in seen:
                    seen.add(target)
                    stack.append(target)
        return frozenset(at for at in seen if self.transitions[at] or at == exit_)


def _explore(start: T, step: Callable[[T], Sequence[T]]) -> tuple[list[T], list[list[int]]]:
    """Return the reachable states, breadth first, and their transition table by number."""
    numbers, reached, rows = {start: 0}, [start], []
    for at in reached:
        row = []
        for target in step(at):
            number = numbers.setdefault(target, len(reached))
            if number == len(reached):
                reached.append(target)
            row.append(number)
        rows.append(row)
        if len(reached) > MAX_STATES:
            raise ParameterError(
                f"the regular expression needs more than {MAX_STATES:,} DFA states before minimization"
            )
    return reached, rows
