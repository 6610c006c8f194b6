"""Claims of a relation as bit-vectors and on integers, read from the plain rows of a certificate.

number                      itself
["a", i], ["b", i]          word i of a side
["bits", e, low, count]     (e >> low) mod 2^count
["plus", e, number]         e + number
["positive", e]             1 where e > 0, else 0
["is", e, number]           1 where e = number, else 0
["not", e]                  1 - e
["by bits", e, p, q, v0, v1, v2, v3]
                            v0, v1, v2 or v3, by bit p of e and, twice as heavy, its bit q
["mod", e, number]          e mod number
["sum", number, [[e, k]..]] number + k e + ...
["when", c, e]              e where the condition c is 1, else 0

["same", e, f]              e = f
["within", e, lo, hi]       lo <= e <= hi
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from streamssm.equivalences.rechecking.vectors import Bool, Int, Script

Row = Sequence[Any]
Vectors = Mapping[str, Sequence[Int]]
Integers = Mapping[str, Sequence[int]]


def condition(s: Script, claim: Row, states: Vectors) -> Bool:
    """Return a claim as a condition on bit-vectors."""
    if claim[0] == "same":
        return s.equal(_vector(s, claim[1], states), _vector(s, claim[2], states))
    value = _vector(s, claim[1], states)
    return s.both([s.less_equal(s.const(claim[2]), value), s.less_equal(value, s.const(claim[3]))])


def holds(claim: Row, states: Integers) -> bool:
    """Return whether a claim holds of a pair of states, on integers."""
    if claim[0] == "same":
        return _value(claim[1], states) == _value(claim[2], states)
    return bool(claim[2] <= _value(claim[1], states) <= claim[3])


def _vector(s: Script, e: Any, states: Vectors) -> Int:
    if isinstance(e, int):
        return s.const(e)
    # A word is tagged by its side.
    if e[0] in states:
        word: Int = states[e[0]][e[1]]
        return word
    if e[0] == "sum":
        return s.sum(e[1], [(_vector(s, part, states), weight) for part, weight in e[2]])
    if e[0] == "when":
        # The guard counts only if it is exactly 1: `not` of a word that is not a bit has other values.
        is_one = s.equal(_vector(s, e[1], states), s.const(1))
        return s.choose(is_one, _vector(s, e[2], states), s.const(0))
    vector: Int = _VECTORS[e[0]](s, _vector(s, e[1], states), *e[2:])
    return vector


def _bits(s: Script, word: Int, low: int, count: int) -> Int:
    # Not an extraction of bits: a word may be negative, or narrower than the requested bits.
    return s.floor_divmod(s.shift_right(word, s.const(low)), s.const(1 << count))[1]


def _by_bits(s: Script, word: Int, p: int, q: int, *values: int) -> Int:
    low, high = (s.nonzero(_bits(s, word, position, 1)) for position in (p, q))
    v = [s.const(value) for value in values]
    return s.choose(high, s.choose(low, v[3], v[2]), s.choose(low, v[1], v[0]))


_VECTORS: dict[str, Callable[..., Int]] = {
    "bits": _bits,
    "plus": lambda s, word, number: s.add(word, s.const(number)),
    "positive": lambda s, word: s.number(s.less(s.const(0), word)),
    "is": lambda s, word, number: s.number(s.equal(word, s.const(number))),
    "not": lambda s, word: s.sub(s.const(1), word),
    "by bits": _by_bits,
    "mod": lambda s, word, number: s.floor_divmod(word, s.const(number))[1],
}


def _value(e: Any, states: Integers) -> int:
    if isinstance(e, int):
        return e
    if e[0] in states:
        return int(states[e[0]][e[1]])
    if e[0] == "sum":
        return int(e[1] + sum(weight * _value(part, states) for part, weight in e[2]))
    if e[0] == "when":
        return _value(e[2], states) if _value(e[1], states) == 1 else 0
    return int(_VALUES[e[0]](_value(e[1], states), *e[2:]))


# Written apart from _VECTORS, in Python's own operations, so that a fault in one of them shows.
_VALUES: dict[str, Callable[..., int]] = {
    "bits": lambda word, low, count: (word >> low) % (1 << count),
    "plus": lambda word, number: word + number,
    "positive": lambda word: int(word > 0),
    "is": lambda word, number: int(word == number),
    "not": lambda word: 1 - word,
    "by bits": lambda word, p, q, *values: values[(word >> p & 1) + 2 * (word >> q & 1)],
    "mod": lambda word, number: word % number,
}
