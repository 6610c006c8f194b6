"""Candidate relations: equalities of words with one name, and templates that held on sampled streams.

The method is that of Daikon: instantiate templates over the words, and keep the instances that no observed
state violates. A candidate needs no trust: the proof drops those that are not inductive (Houdini, see
`induction`).
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

# Words of at most this many values are tried as functions of some bits of another word.
SMALL = 8
# Gaussian elimination is cubic; with more words than this no linear relations are sought.
MOST_COLUMNS = 160
# Lengths of the sampled streams: short ones for the states near the start, long ones for large counters.
TRIED_STREAMS = (2, 3, 5, 8, 8, 12, 12, 20, 20, 40, 80, 120)

States = list[tuple[tuple[int, ...], tuple[int, ...]]]


def tried_states(a: Side, b: Side, seed: int) -> States:
    """Return joint states that the reference interpreters reach on random streams."""
    steps = [side.steps[side.ways[0]] for side in (a, b)]
    states: States = []
    for number, length in enumerate(TRIED_STREAMS):
        source = TokenSource(a.fields, seed + number, 1, a.constants | b.constants)
        # Both sides read the same tokens: a joint run, whose states are pairs.
        outcomes = [started(a), started(b)]
        for _ in range(length + 1):
            # An error ends the stream, and with it the states that are reachable.
            if any(outcome.error is not None for outcome in outcomes):
                break
            states.append((outcomes[0].state, outcomes[1].state))
            live = [np.array(outcome.state, dtype=np.int64).reshape(-1, 1) for outcome in outcomes]
            token = tuple(int(column[0]) for column in source.draw(live))
            outcomes = [advance(step, outcome, token) for step, outcome in zip(steps, outcomes, strict=True)]
    # Each pair once: templates are evaluated on every row.
    return list(dict.fromkeys(states))


def by_name(a: Sequence[Word], b: Sequence[Word]) -> tuple[tuple[WordRef, WordRef], ...]:
    """Return the pairs of words of the two sides with equal names."""
    positions = {word.name: i for i, word in enumerate(b)}
    return tuple(
        (WordRef("a", i), WordRef("b", positions[word.name]))
        for i, word in enumerate(a)
        if word.name in positions
    )


def named_relation(a: Side, b: Side) -> Relation | None:
    """Return that words of one name are equal; None unless names and initial values are the same."""
    words = [{word.name: word.init for word in side.words} for side in (a, b)]
    if words[0] != words[1]:
        return None
    return Relation(tuple(Same(*pair) for pair in by_name(a.words, b.words)))


def first_relation(a: Side, b: Side, states: States) -> Relation:
    """Return equalities by name that held on every stream, and template claims about the other words."""
    rows = {"a": [x for x, _ in states], "b": [y for _, y in states]}
    named = [
        (mine, theirs)
        for mine, theirs in by_name(a.words, b.words)
        if all(x[mine.index] == y[theirs.index] for x, y in states)
    ]
    # Words that are equal by name need no further claim.
    used = {word for pair in named for word in pair}
    words = {"a": a.words, "b": b.words}
    claims: list[Claim] = [Same(*pair) for pair in named]
    for side, other in (("b", "a"), ("a", "b")):
        for i, word in enumerate(words[side]):
            if WordRef(side, i) not in used:
                column = [row[i] for row in rows[side]]
                claims += _claims_about(word, WordRef(side, i), column, words[other], other, rows[other])
    return Relation(tuple(dict.fromkeys(claims)))


def _claims_about(
    word: Word,
    ref: WordRef,
    word_values: list[int],
    others: Sequence[Word],
    side: str,
    rows: Sequence[Sequence[int]],
) -> Iterator[Claim]:
    """Yield claims that relate a word to one word of the other side."""
    column = np.array(word_values, dtype=object) - word.range.lo
    if len(set(word_values)) == 1:
        yield Same(ref, Constant(word_values[0]))
        return
    offset = _plus(ref, -word.range.lo)
    for j, other in enumerate(others):
        other_column = np.array([row[j] for row in rows], dtype=object)
        # Constant words are equal to bits of anything that did not change.
        if other.range.is_constant or len(set(other_column)) == 1:
            continue
        yield from _slots(word, offset, column, other, WordRef(side, j), other_column)
        yield from _flags(word, ref, column + word.range.lo, other, WordRef(side, j), other_column)
        if 2 < word.range.size <= SMALL:
            yield from _by_two_bits(ref, column + word.range.lo, other, WordRef(side, j), other_column)


def _slots(
    word: Word, offset: Expression, column: Column, other: Word, other_ref: WordRef, other_column: Column
) -> Iterator[Claim]:
    """Yield claims that some bits of the word equal the other word, shifted, or some bits of it."""
    # Either the whole other word lies in the bits, or both are cut into equal limbs: a repacked state.
    for count in sorted({other.bits, *((word.bits // n) for n in range(2, 9))}):
        if not 0 < count <= min(word.bits, other.bits):
            continue
        mask = (1 << count) - 1
        for low in range(0, word.bits - count + 1, 1 if count == other.bits else count):
            slot = column >> low & mask
            gap = slot - other_column
            if count == other.bits and (gap == gap[0]).all():
                yield Same(_plus(other_ref, int(gap[0])), Bits(offset, low, count))
        if count < other.bits:
            yield from _limbs(word, offset, column, other, other_ref, other_column, count)


def _limbs(
    word: Word,
    offset: Expression,
    column: Column,
    other: Word,
    other_ref: WordRef,
    other_column: Column,
    count: int,
) -> Iterator[Claim]:
    raised = _plus(other_ref, -other.range.lo)
    for low in range(0, word.bits - count + 1, count):
        slot = column >> low & (1 << count) - 1
        for start in range(0, other.bits, count):
            size = min(count, other.bits - start)
            limb = other_column - other.range.lo >> start & (1 << size) - 1
            if (limb == slot).all() and len(set(limb)) > 1:
                yield Same(Bits(raised, start, size), Bits(offset, low, count))


def _flags(
    word: Word,
    ref: WordRef,
    column: Column,
    other: Word,
    other_ref: WordRef,
    other_column: Column,
) -> Iterator[Claim]:
    """Yield claims that a bit of the other word tells whether the word is positive, or that the word is an
    indicator of a value of the other one."""
    raised = _plus(other_ref, -other.range.lo)
    if word.range.size <= SMALL and word.range.lo <= 0:
        # Boolean templates: [word > 0] against each bit of the other word and its negation.
        positive = (column > 0).astype(int)
        for bit in range(other.bits):
            digit = (other_column - other.range.lo >> bit & 1).astype(int)
            source = Bits(raised, bit, 1)
            if (positive == digit).all():
                yield Same(Positive(ref), source)
            elif (positive == 1 - digit).all():
                yield Same(Positive(ref), Not(source))
    if BIT.covers(word.range):
        # The word must be 1 on all states with one value of the other word, and on no others.
        hit = other_column[np.flatnonzero(column == 1)]
        if len(set(hit)) == 1 and ((other_column == hit[0]).astype(int) == column.astype(int)).all():
            yield Same(ref, Is(other_ref, int(hit[0])))


def _by_two_bits(
    ref: WordRef, column: Column, other: Word, other_ref: WordRef, other_column: Column
) -> Iterator[Claim]:
    """Yield claims that the word is a function of two bits of the other one.

    Example: two bits of a counter of the current run tell what a bit is and was.
    """
    values, offset = column.astype(np.int64), (other_column - other.range.lo).astype(np.int64)
    if len(set(values.tolist())) < 3:
        return
    bits = [offset >> position & 1 for position in range(other.bits)]
    # A bit can take part only if each of its values leaves fewer than three values of the word: the second
    # bit distinguishes at most two. This avoids trying all pairs.
    informative = [
        p for p, bit in enumerate(bits) if all(len(set(values[bit == b].tolist())) < 3 for b in (0, 1))
    ]
    for p, q in combinations(informative, 2):
        index = bits[p] + 2 * bits[q]
        value_sets = [set(values[index == i].tolist()) for i in range(4)]
        if all(len(seen) == 1 for seen in value_sets):
            raised = _plus(other_ref, -other.range.lo)
            first, second, third, fourth = (min(seen) for seen in value_sets)
            yield Same(ref, ByBits(raised, p, q, (first, second, third, fourth)))


def _plus(word: WordRef, amount: int) -> Expression:
    return Plus(word, amount) if amount else word


def strengthening(a: Side, b: Side, states: States) -> tuple[Claim, ...]:
    """Return further claims that held on every stream, to exclude unreachable states.

    Templates: ranges of words and of bit slots, equal words of one side, congruences, linear combinations.
    """
    claims: list[Claim] = []
    for side, words, rows in (
        ("a", a.words, [x for x, _ in states]),
        ("b", b.words, [y for _, y in states]),
    ):
        columns = [tuple(row[i] for row in rows) for i in range(len(words))]
        for i, (word, column) in enumerate(zip(words, columns, strict=True)):
            seen = Range(min(column), max(column))
            if seen != word.range:
                # Each end is a claim of its own, so that Houdini can drop one and keep the other.
                claims.append(Within(WordRef(side, i), Range(seen.lo, word.range.hi)))
                claims.append(Within(WordRef(side, i), Range(word.range.lo, seen.hi)))
            claims += _ranges_of_slots(word, WordRef(side, i), column)
        claims += _equal_words(side, columns)
        for i, column in enumerate(columns):
            claims += congruences(WordRef(side, i), column)
    claims += _linear_claims(a, b, states)
    return tuple(dict.fromkeys(claims))


def _ranges_of_slots(word: Word, ref: WordRef, column: Sequence[int]) -> Iterator[Claim]:
    """Yield ranges of equally wide values packed into a word, if each took every value up to its greatest."""
    raised = _plus(ref, -word.range.lo)
    for bits in (n for n in range(2, word.bits // 2 + 1) if word.bits % n == 0):
        offsets = range(0, word.bits, bits)
        seen = [{value - word.range.lo >> low & (1 << bits) - 1 for value in column} for low in offsets]
        if all(len(values) == max(values) + 1 for values in seen):
            yield from (
                Within(Bits(raised, low, bits), Range(0, max(values)))
                for low, values in zip(offsets, seen, strict=True)
                if len(values) < 1 << bits
            )


def congruences(expression: Expression, column: Iterable[int]) -> Iterator[Claim]:
    """Yield the congruence e = r (mod m) with the largest m, if the expression ever changed."""
    first, *others = (int(value) for value in column)
    # All values agree modulo m exactly if m divides all their differences; the gcd is the largest such m.
    modulus = gcd(*(value - first for value in others))
    if modulus > 1:
        yield Same(Mod(expression, modulus), Constant(first % modulus))


def _linear_claims(a: Side, b: Side, states: States) -> Iterator[Claim]:
    """Yield claims that a word is a linear combination of others."""
    refs = [WordRef(side, i) for side, words in (("b", b.words), ("a", a.words)) for i in range(len(words))]
    if len(refs) > MOST_COLUMNS:
        return
    # The constant column 1 comes first, so that affine relations are found as linear ones.
    for dependency in dependencies([(1, *y, *x) for x, y in states]):
        weights = dict(dependency.weights)
        constant = weights.pop(0, 0)
        # Constants and equal words have templates of their own.
        if len(weights) > 1 or dependency.times > 1:
            parts = tuple((refs[column - 1], weight) for column, weight in weights.items())
            left = refs[dependency.column - 1]
            left_side = left if dependency.times == 1 else Sum(0, ((left, dependency.times),))
            yield Same(left_side, Sum(constant, parts))


def _equal_words(side: str, columns: Sequence[tuple[int, ...]]) -> Iterator[Claim]:
    # Equal columns meet in one hash lookup, instead of comparing all pairs.
    first: dict[tuple[int, ...], int] = {}
    for i, column in enumerate(columns):
        j = first.setdefault(column, i)
        if j != i and len(set(column)) > 1:
            yield Same(WordRef(side, i), WordRef(side, j))
