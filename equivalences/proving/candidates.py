"""Where a relation comes from: words of one name, and claims that hold on streams that were tried.

A candidate needs no trust: what is not kept by every step is dropped (see `induction`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from math import gcd

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.checking.sides import Side
from streamssm.equivalences.checking.token_sampler import TokenSource
from streamssm.equivalences.checking.witness import advance, started
from streamssm.equivalences.proving.arithmetic_expressions import Bits, ByBits, Constant, Mod, Plus, Sum
from streamssm.equivalences.proving.conditions import Is, Not, Positive
from streamssm.equivalences.proving.expression import Expression, WordRef
from streamssm.equivalences.proving.linear_relations import dependencies
from streamssm.equivalences.proving.relation import Relation
from streamssm.equivalences.proving.state_claims import Claim, Same, Within
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Word

Column = NDArray[np.object_]

SMALL = 8  # values of a word that may be a function of some bits
MOST_COLUMNS = 160  # of an elimination
TRIED_STREAMS = (2, 3, 5, 8, 8, 12, 12, 20, 20, 40, 80, 120)  # their lengths

States = list[tuple[tuple[int, ...], tuple[int, ...]]]


def tried_states(a: Side, b: Side, seed: int) -> States:
    """Return joint states that the reference interpreters reach on random streams."""
    steps = [side.steps[side.ways[0]] for side in (a, b)]
    found: States = []
    for number, length in enumerate(TRIED_STREAMS):
        source = TokenSource(a.fields, seed + number, 1, a.constants | b.constants)
        now = [started(a), started(b)]
        for _ in range(length + 1):
            if any(outcome.error is not None for outcome in now):
                break
            found.append((now[0].state, now[1].state))
            live = [np.array(outcome.state, dtype=np.int64).reshape(-1, 1) for outcome in now]
            token = tuple(int(column[0]) for column in source.draw(live))
            now = [advance(step, outcome, token) for step, outcome in zip(steps, now, strict=True)]
    return list(dict.fromkeys(found))


def by_name(a: Sequence[Word], b: Sequence[Word]) -> tuple[tuple[WordRef, WordRef], ...]:
    """Return the words of the two sides that have one name."""
    places = {word.name: i for i, word in enumerate(b)}
    return tuple(
        (WordRef("a", i), WordRef("b", places[word.name])) for i, word in enumerate(a) if word.name in places
    )


def named_relation(a: Side, b: Side) -> Relation | None:
    """Return that words of one name are equal, where that says something of every word, else None."""
    words = [{word.name: word.init for word in side.words} for side in (a, b)]
    if words[0] != words[1]:
        return None
    return Relation(tuple(Same(*pair) for pair in by_name(a.words, b.words)))


def first_relation(a: Side, b: Side, states: States) -> Relation:
    """Return the words of one name, as far as they were equal, and for others what held on every stream."""
    rows = {"a": [x for x, _ in states], "b": [y for _, y in states]}
    named = [
        (mine, theirs)
        for mine, theirs in by_name(a.words, b.words)
        if all(x[mine.index] == y[theirs.index] for x, y in states)
    ]
    used = {word for pair in named for word in pair}
    words = {"a": a.words, "b": b.words}
    found: list[Claim] = [Same(*pair) for pair in named]
    for side, other in (("b", "a"), ("a", "b")):
        for i, word in enumerate(words[side]):
            if WordRef(side, i) not in used:
                column = [row[i] for row in rows[side]]
                found += _about(word, WordRef(side, i), column, words[other], other, rows[other])
    return Relation(tuple(dict.fromkeys(found)))


def _about(
    word: Word,
    place: WordRef,
    values: list[int],
    others: Sequence[Word],
    side: str,
    rows: Sequence[Sequence[int]],
) -> Iterator[Claim]:
    """Yield what a word may have to do with a word of the other side."""
    column = np.array(values, dtype=object) - word.range.lo
    if len(set(values)) == 1:
        yield Same(place, Constant(values[0]))
        return
    offset = _plus(place, -word.range.lo)
    for j, other in enumerate(others):
        theirs = np.array([row[j] for row in rows], dtype=object)
        if other.range.is_constant or len(set(theirs)) == 1:
            continue
        yield from _slots(word, offset, column, other, WordRef(side, j), theirs)
        yield from _flags(word, place, column + word.range.lo, other, WordRef(side, j), theirs)
        if 2 < word.range.size <= SMALL:
            yield from _by_two_bits(place, column + word.range.lo, other, WordRef(side, j), theirs)


def _slots(
    word: Word, offset: Expression, column: Column, other: Word, place: WordRef, theirs: Column
) -> Iterator[Claim]:
    """Yield that some bits of the word are the other one, or some bits of it."""
    for count in sorted({other.bits, *((word.bits // n) for n in range(2, 9))}):
        if not 0 < count <= min(word.bits, other.bits):
            continue
        mask = (1 << count) - 1
        for low in range(0, word.bits - count + 1, 1 if count == other.bits else count):
            slot = column >> low & mask
            gap = slot - theirs
            if count == other.bits and (gap == gap[0]).all():
                yield Same(_plus(place, int(gap[0])), Bits(offset, low, count))
        if count < other.bits:
            yield from _limbs(word, offset, column, other, place, theirs, count)


def _limbs(
    word: Word,
    offset: Expression,
    column: Column,
    other: Word,
    place: WordRef,
    theirs: Column,
    count: int,
) -> Iterator[Claim]:
    raised = _plus(place, -other.range.lo)
    for low in range(0, word.bits - count + 1, count):
        slot = column >> low & (1 << count) - 1
        for start in range(0, other.bits, count):
            size = min(count, other.bits - start)
            limb = theirs - other.range.lo >> start & (1 << size) - 1
            if (limb == slot).all() and len(set(limb)) > 1:
                yield Same(Bits(raised, start, size), Bits(offset, low, count))


def _flags(
    word: Word,
    place: WordRef,
    column: Column,
    other: Word,
    theirs_at: WordRef,
    theirs: Column,
) -> Iterator[Claim]:
    """Yield that the word is positive exactly where a bit of the other one is set or clear, or that it says
    whether the other one has some value."""
    raised = _plus(theirs_at, -other.range.lo)
    if word.range.size <= SMALL and word.range.lo <= 0:
        positive = (column > 0).astype(int)
        for bit in range(other.bits):
            digit = (theirs - other.range.lo >> bit & 1).astype(int)
            source = Bits(raised, bit, 1)
            if (positive == digit).all():
                yield Same(Positive(place), source)
            elif (positive == 1 - digit).all():
                yield Same(Positive(place), Not(source))
    if BIT.covers(word.range):
        hit = theirs[np.flatnonzero(column == 1)]
        if len(set(hit)) == 1 and ((theirs == hit[0]).astype(int) == column.astype(int)).all():
            yield Same(place, Is(theirs_at, int(hit[0])))


def _by_two_bits(
    place: WordRef, column: Column, other: Word, theirs_at: WordRef, theirs: Column
) -> Iterator[Claim]:
    """Yield that two bits of the other word say what the word is, as a counter of the current run says what
    a bit is and was."""
    values, offset = column.astype(np.int64), (theirs - other.range.lo).astype(np.int64)
    if len(set(values.tolist())) < 3:
        return
    bits = [offset >> place & 1 for place in range(other.bits)]
    telling = [
        p for p, bit in enumerate(bits) if all(len(set(values[bit == b].tolist())) < 3 for b in (0, 1))
    ]
    for p, q in combinations(telling, 2):
        index = bits[p] + 2 * bits[q]
        found = [set(values[index == i].tolist()) for i in range(4)]
        if all(len(seen) == 1 for seen in found):
            raised = _plus(theirs_at, -other.range.lo)
            first, second, third, fourth = (min(seen) for seen in found)
            yield Same(place, ByBits(raised, p, q, (first, second, third, fourth)))


def _plus(word: WordRef, amount: int) -> Expression:
    return Plus(word, amount) if amount else word


def strengthening(a: Side, b: Side, states: States) -> tuple[Claim, ...]:
    """Return more that held on every stream tried: ranges of words and of slots, equal words of a side.

    Words also leave one rest each time, or are sums of others, of either side.
    """
    found: list[Claim] = []
    for side, words, rows in (
        ("a", a.words, [x for x, _ in states]),
        ("b", b.words, [y for _, y in states]),
    ):
        columns = [tuple(row[i] for row in rows) for i in range(len(words))]
        for i, (word, column) in enumerate(zip(words, columns, strict=True)):
            seen = Range(min(column), max(column))
            if seen != word.range:
                found.append(Within(WordRef(side, i), Range(seen.lo, word.range.hi)))
                found.append(Within(WordRef(side, i), Range(word.range.lo, seen.hi)))
            found += _ranges_of_slots(word, WordRef(side, i), column)
        found += _equal_words(side, columns)
        for i, column in enumerate(columns):
            found += congruences(WordRef(side, i), column)
    found += _sums(a, b, states)
    return tuple(dict.fromkeys(found))


def _ranges_of_slots(word: Word, place: WordRef, column: Sequence[int]) -> Iterator[Claim]:
    """Yield how far values reach that lie side by side in a word: each had every value up to its greatest."""
    raised = _plus(place, -word.range.lo)
    for bits in (n for n in range(2, word.bits // 2 + 1) if word.bits % n == 0):
        places = range(0, word.bits, bits)
        seen = [{value - word.range.lo >> low & (1 << bits) - 1 for value in column} for low in places]
        if all(len(values) == max(values) + 1 for values in seen):
            yield from (
                Within(Bits(raised, low, bits), Range(0, max(values)))
                for low, values in zip(places, seen, strict=True)
                if len(values) < 1 << bits
            )


def congruences(expression: Expression, column: Iterable[int]) -> Iterator[Claim]:
    """Yield that an expression leaves one rest by the largest number by which it does, if it ever changed."""
    first, *others = (int(value) for value in column)
    modulus = gcd(*(value - first for value in others))
    if modulus > 1:
        yield Same(Mod(expression, modulus), Constant(first % modulus))


def _sums(a: Side, b: Side, states: States) -> Iterator[Claim]:
    """Yield words that were linear combinations of others."""
    places = [WordRef(side, i) for side, words in (("b", b.words), ("a", a.words)) for i in range(len(words))]
    if len(places) > MOST_COLUMNS:
        return
    for found in dependencies([(1, *y, *x) for x, y in states]):
        weights = dict(found.weights)
        constant = weights.pop(0, 0)
        if len(weights) > 1 or found.times > 1:  # constants and equal words are looked for in other ways
            parts = tuple((places[column - 1], weight) for column, weight in weights.items())
            left = places[found.column - 1]
            mine = left if found.times == 1 else Sum(0, ((left, found.times),))
            yield Same(mine, Sum(constant, parts))


def _equal_words(side: str, columns: Sequence[tuple[int, ...]]) -> Iterator[Claim]:
    first: dict[tuple[int, ...], int] = {}
    for i, column in enumerate(columns):
        j = first.setdefault(column, i)
        if j != i and len(set(column)) > 1:
            yield Same(WordRef(side, i), WordRef(side, j))
