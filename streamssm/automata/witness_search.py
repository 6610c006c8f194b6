"""Finding witnesses: short words for what a machine's monoid is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, count
from math import gcd, lcm

import numpy as np

from streamssm.automata.groups.permutations import is_identity, order_of
from streamssm.automata.groups.series import prime_factors
from streamssm.automata.machine import Automaton
from streamssm.automata.monoid.loops import ImageGroup, Loop
from streamssm.automata.monoid.powers import length_sets, unstable
from streamssm.automata.monoid.transformations import TransitionMonoid
from streamssm.automata.shortest_words import shortest_word
from streamssm.automata.strong_components import components
from streamssm.automata.witnesses import (
    CoprimeOrders,
    Cycle,
    RecurringWord,
    SameLength,
    Word,
    output_after,
    run,
)
from streamssm.errors import ParameterError

MAX_PRODUCTS = 3_000  # elements of a group among which two of coprime orders are looked for


def recurring_word(
    machine: Automaton, monoid: TransitionMonoid | None, groups: Sequence[ImageGroup], *, odd: bool = False
) -> RecurringWord:
    """Return a word whose powers do not stabilise: a shortest one if the monoid is given.

    Parameters
    ----------
    machine : minimal, with a nontrivial group; with ``odd`` with one whose order is no power of two
    odd : the period is to be odd
    """
    word = _unstable_word(machine, monoid, groups, odd=odd)
    if odd:
        while not lcm(*map(len, _state_cycles(machine, word))) % 2:
            word += word
    return _in_context(machine, word)


def even_recurring_word(machine: Automaton, groups: Sequence[ImageGroup]) -> RecurringWord:
    """Return a word of even length whose powers do not stabilise.

    Loops of even length are made of such loops and of pairs of others, so that if none of these moves a
    state, none does, and telling positions modulo 2 apart leaves no group.
    """
    word = _shortest_even_loop(groups)
    if word is None:
        raise ParameterError(f"{machine.name} must have a group that telling odd positions apart leaves")
    return _in_context(machine, named(machine, word))


def _shortest_even_loop(groups: Sequence[ImageGroup]) -> tuple[int, ...] | None:
    """Return a shortest loop of even length that moves a state: a loop, or two of odd length in a row.

    Lengths are tried in ascending order: a large group has millions of pairs, and one of the shortest will
    mostly do.
    """
    parities = [
        tuple([loop for loop in group.loops if len(loop.word) % 2 == parity] for parity in (0, 1))
        for group in groups
    ]
    lengths = {len(loop.word) for even, _ in parities for loop in even}
    lengths |= {a + b for _, odd in parities for a in _lengths(odd) for b in _lengths(odd)}
    for length in sorted(lengths):
        for even, odd in parities:
            pairs = (a * b for a in odd for b in odd if len(a.word) + len(b.word) == length)
            for loop in chain((loop for loop in even if len(loop.word) == length), pairs):
                if not is_identity(loop.permutation):
                    return loop.word
    return None


def _lengths(loops: Sequence[Loop]) -> set[int]:
    return {len(loop.word) for loop in loops}


def _in_context(machine: Automaton, word: Word) -> RecurringWord:
    """Return a word with a prefix and a suffix that tell how often it was repeated."""
    witnesses = []
    for states in _state_cycles(machine, word):
        state = min(states, key=lambda s: len(path(machine, machine.initial, s)))
        suffix = distinguishing_word(machine, state, run(machine, state, word))
        if suffix is not None:
            prefix = path(machine, machine.initial, state)
            witnesses.append(_with_period(machine, prefix, word, suffix, len(states)))
    return min(witnesses, key=lambda r: (len(r.prefix) + len(r.suffix), r.period))


def _unstable_word(
    machine: Automaton, monoid: TransitionMonoid | None, groups: Sequence[ImageGroup], *, odd: bool
) -> Word:
    element = unstable(monoid, odd=odd) if monoid is not None else None
    if monoid is not None and element is not None:
        return monoid.word(element)
    for group in groups:
        for loop in products(group):
            order = order_of(loop.permutation)
            if order & (order - 1) or (order > 1 and not odd):
                return named(machine, loop.word)
    raise ParameterError(f"{machine.name} must have a nontrivial group for a word's powers to recur")


def _state_cycles(machine: Automaton, word: Word) -> list[list[int]]:
    """Return the cycles of states to which powers of a word come back."""
    after = {state: run(machine, state, word) for state in range(machine.num_states)}
    inside = set(after)
    while len(smaller := {after[state] for state in inside}) < len(inside):
        inside = smaller
    cycles = []
    while inside:
        state, states = min(inside), []
        while state in inside:
            inside.discard(state)
            states.append(state)
            state = after[state]
        cycles.append(states)
    return cycles


def _with_period(machine: Automaton, prefix: Word, word: Word, suffix: Word, length: int) -> RecurringWord:
    """Return the witness with its least period, which divides the length of the states' cycle."""
    state, outputs = run(machine, machine.initial, prefix), []
    for _ in range(length):
        outputs.append(output_after(machine, state, suffix))
        state = run(machine, state, word)
    period = next(p for p in range(1, length + 1) if length % p == 0 and outputs[p:] == outputs[: length - p])
    return RecurringWord(prefix, word, suffix, period)


def same_length(
    machine: Automaton, monoid: TransitionMonoid | None, groups: Sequence[ImageGroup]
) -> SameLength:
    """Return two words of one length that make a nontrivial group: shortest ones if the monoid is given."""
    pair = None
    if monoid is not None:
        sets = length_sets(monoid)
        pair = sets.group_pair
    if pair is not None:
        length, member, idempotent = pair
        return SameLength(sets.word(length, member), sets.word(length, idempotent))
    group = next(group for group in groups if group.step is None)
    return _from_loops(machine, *group.same_length())


def _from_loops(machine: Automaton, a: Loop, b: Loop) -> SameLength:
    """Return words of one length made of two loops of one length that differ.

    b^s is made idempotent and does nothing to the loops' states; y = b^s a b^(s-1) b^s is then as long as
    b^3s and does a b^-1 to them. So y^(w+1) and y^w b^3s will do, where y^w is idempotent.
    """
    n = order_of(b.permutation)
    s = n * _idempotent_power(machine, named(machine, (b**n).word))
    e, y = b**s, b**s * a * b ** (s - 1) * b**s
    w = _idempotent_power(machine, named(machine, y.word))
    return SameLength(named(machine, (y ** (w + 1)).word), named(machine, (y**w * e**3).word))


def _idempotent_power(machine: Automaton, word: Word) -> int:
    """Return the least power of a word whose map of the states is its own square."""
    step = np.array([run(machine, state, word) for state in range(machine.num_states)])
    power = step
    for exponent in count(1):
        if np.array_equal(power[power], power):
            return exponent
        power = step[power]
    raise AssertionError  # unreachable: powers of a map of finitely many states hold an idempotent


def coprime_orders(machine: Automaton, groups: Sequence[ImageGroup]) -> CoprimeOrders:
    """Return two words of a group that is not solvable that have, with the two in a row, coprime orders."""
    group = min((g for g in groups if not g.group.is_solvable), key=lambda g: g.group.order)
    parts = list[tuple[Loop, int]]()
    for number, loop in enumerate(products(group)):
        if number >= MAX_PRODUCTS:
            break
        for part, order in _prime_parts(loop):
            parts.append((part, order))
            for other, other_order in parts:
                third = _coprime_third(other, other_order, part, order)
                if third > 1:
                    words = named(machine, other.word), named(machine, part.word)
                    return CoprimeOrders(group.states, *words, (other_order, order, third))
    raise ParameterError(
        f"the group of order {group.group.order} of {machine.name} must show coprime orders among "
        f"{MAX_PRODUCTS:,} of its elements"
    )


def _coprime_third(a: Loop, a_order: int, b: Loop, b_order: int) -> int:
    """Return the order of two loops in a row if all three orders are pairwise coprime, else 1."""
    if gcd(a_order, b_order) > 1:
        return 1
    order = order_of((a * b).permutation)
    return order if gcd(order, a_order * b_order) == 1 else 1


def _prime_parts(loop: Loop) -> Iterator[tuple[Loop, int]]:
    """Return the powers of a loop whose orders are the prime powers in its order."""
    order = order_of(loop.permutation)
    for prime in prime_factors(order):
        size = 1
        while order % (size * prime) == 0:
            size *= prime
        yield loop ** (order // size), size


def products(group: ImageGroup) -> Iterator[Loop]:
    """Return a loop for each element of an image's group, breadth first."""
    start = Loop((), np.arange(len(group.states), dtype=np.int32))
    loops, seen = [start], {start.permutation.tobytes()}
    for loop in loops:
        yield loop
        for step in group.loops:
            product = loop * step
            if (key := product.permutation.tobytes()) not in seen:
                seen.add(key)
                loops.append(product)


def cycle(machine: Automaton) -> Cycle | None:
    """Return words that leave a state and come back; None if none do."""
    parts = [part for part in components(machine.next_state.tolist()) if len(part) > 1]
    if not parts:
        return None
    start = min(
        (s for part in parts for s in part), key=lambda s: (len(path(machine, machine.initial, s)), s)
    )
    part = next(part for part in parts if start in part)
    other = min((s for s in part if s != start), key=lambda s: (len(path(machine, start, s)), s))
    return Cycle(
        path(machine, machine.initial, start), path(machine, start, other), path(machine, other, start)
    )


def distinguishing_word(machine: Automaton, a: int, b: int) -> Word | None:
    """Return a shortest word after which the outputs differ from two states; None if there is none."""
    return replace(machine, initial=a).difference(replace(machine, initial=b)) if a != b else None


def path(machine: Automaton, start: int, end: int) -> Word:
    """Return a shortest word from a state to another; ParameterError if there is none."""
    word = shortest_word(machine.next_state, start, end)
    if word is None:
        raise ParameterError(f"{machine.name} has no word from state {start} to state {end}")
    return named(machine, word)


def named(machine: Automaton, numbers: Sequence[int]) -> Word:
    """Return the symbols of some numbers."""
    return tuple(machine.symbols[number] for number in numbers)
