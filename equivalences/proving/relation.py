"""The simulation relation: claims about the words of both sides that hold before and after every token.

A claim is an equation or a range over small expressions, plain lists that a certificate can hold:

    number                      itself
    ["a", i], ["b", i]          word i of a side
    ["bits", e, low, count]     (e >> low) mod 2^count
    ["plus", e, number]         e + number
    ["positive", e]             1 where e > 0, else 0
    ["is", e, number]           1 where e = number, else 0
    ["not", e]                  1 - e
    ["by bits", e, p, q, v0, v1, v2, v3]
                                v0, v1, v2 or v3, by bit p of e and, twice as heavy, its bit q
    ["mod", e, number]          e mod number, which is at least 1
    ["sum", number, [[e, k]..]] number + k e + ...
    ["when", c, e]              e where c, one of the three conditions above, is 1, else 0

    ["same", e, f]              e = f
    ["within", e, lo, hi]       lo <= e <= hi
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from streamssm.equivalences.proving.arithmetic import divmod_terms
from streamssm.equivalences.proving.term import Term
from streamssm.equivalences.proving.terms import Terms
from streamssm.errors import FormatError
from streamssm.program.ranges import Range
from streamssm.program.words import Word

Expression = Any  # a number or a list, as above
Claim = tuple[Any, ...]


@dataclass(frozen=True)
class Relation:
    """Claims that hold together."""

    claims: tuple[Claim, ...]

    def to_list(self) -> list[Any]:
        return [_plain(claim) for claim in self.claims]

    @staticmethod
    def from_list(rows: Any, words: Mapping[str, Sequence[Word]]) -> Relation:
        """Return the relation of a certificate; FormatError unless it is well-formed."""
        found = tuple(_frozen(row) for row in rows)
        for claim in found:
            _require_claim(claim, words)
        return Relation(found)


def same(a: Expression, b: Expression) -> Claim:
    return ("same", a, b)


def within(expression: Expression, values: Range) -> Claim:
    return ("within", expression, values.lo, values.hi)


def condition(t: Terms, claim: Claim, states: Mapping[str, Sequence[Term]]) -> Term:
    """Return a claim as a condition over the words of both sides."""
    if claim[0] == "same":
        left, right = (expression(t, part, states) for part in claim[1:])
        return t.eq0(t.sub(left, right))
    word = expression(t, claim[1], states)
    return t.and_([t.ge0(t.shifted(word, -claim[2])), t.ge0(t.sum(claim[3], [(word, -1)]))])


def expression(t: Terms, e: Expression, states: Mapping[str, Sequence[Term]]) -> Term:
    if isinstance(e, int):
        return t.const(e)
    if e[0] in states:
        word: Term = states[e[0]][e[1]]
        return word
    if e[0] == "sum":
        return t.sum(e[1], [(expression(t, part, states), weight) for part, weight in e[2]])
    if e[0] == "when":
        return t.ite(expression(t, e[1], states), expression(t, e[2], states), t.const(0))
    found: Term = _RULES[e[0]](t, expression(t, e[1], states), *e[2:])
    return found


_RULES: dict[str, Callable[..., Term]] = {
    "bits": lambda t, word, low, count: t.low_bits(t.shift_right(word, low), count),
    "plus": lambda t, word, amount: t.shifted(word, amount),
    "positive": lambda t, word: t.ge0(t.shifted(word, -1)),
    "is": lambda t, word, value: t.eq0(t.shifted(word, -value)),
    "not": lambda t, word: t.not_(word),
    "by bits": lambda t, word, p, q, *values: _by_bits(t, word, (p, q), values),
    "mod": lambda t, word, number: divmod_terms(t, word, t.const(number))[1],
}
CONDITIONS = ("positive", "is", "not")
_NUMBERS = {"bits": 2, "plus": 1, "positive": 0, "is": 1, "not": 0, "by bits": 6, "mod": 1}


def _by_bits(t: Terms, word: Term, places: Sequence[int], values: Sequence[int]) -> Term:
    low, high = (t.low_bits(t.shift_right(word, place), 1) for place in places)
    cases = [t.const(value) for value in values]
    return t.ite(high, t.ite(low, cases[3], cases[2]), t.ite(low, cases[1], cases[0]))


def text(claim: Claim, words: Mapping[str, Sequence[Word]]) -> str:
    """Return a claim as people read it.

    >>> words = {"a": [Word("x", Range(0, 3))], "b": [Word("y", Range(0, 15))]}
    >>> text(("same", ("a", 0), ("bits", ("b", 0), 2, 2)), words)
    'a.x = (b.y >> 2) mod 4'
    """
    if claim[0] == "same":
        return f"{_shown(claim[1], words)} = {_shown(claim[2], words)}"
    return f"{claim[2]} <= {_shown(claim[1], words)} <= {claim[3]}"


def _shown(e: Expression, words: Mapping[str, Sequence[Word]]) -> str:
    if isinstance(e, int):
        return str(e)
    if e[0] in words:
        return f"{e[0]}.{words[e[0]][e[1]].name}"
    if e[0] == "sum":
        return shown_sum(e[1], [(_shown(part, words), weight) for part, weight in e[2]])
    inner = _shown(e[1], words)
    if e[0] == "when":
        return f"{inner} {_shown(e[2], words)}"
    if e[0] == "mod":
        return f"({inner}) mod {e[2]}"
    if e[0] == "bits":
        return f"({inner} >> {e[2]}) mod {1 << e[3]}"
    if e[0] == "plus":
        return f"{inner} + {e[2]}" if e[2] >= 0 else f"{inner} - {-e[2]}"
    if e[0] == "by bits":
        return f"({', '.join(map(str, e[4:]))}) at bits {e[2]} and {e[3]} of {inner}"
    return {"positive": f"[{inner} > 0]", "is": f"[{inner} = {e[-1]}]", "not": f"1 - {inner}"}[e[0]]


def shown_sum(constant: int, parts: Sequence[tuple[str, int]]) -> str:
    """Return a sum as people write it.

    >>> shown_sum(-1, [("x", 1), ("y", -1), ("z", 2)])
    'x - y + 2 z - 1'
    """
    terms = [(text if abs(weight) == 1 else f"{abs(weight)} {text}", weight < 0) for text, weight in parts]
    if constant or not terms:
        terms.append((str(abs(constant)), constant < 0))
    (first, negative), *rest = terms
    return ("-" if negative else "") + first + "".join(f" {'-' if n else '+'} {text}" for text, n in rest)


def _require_claim(claim: Claim, words: Mapping[str, Sequence[Word]]) -> None:
    shapes = {"same": 3, "within": 4}
    if not isinstance(claim, tuple) or not claim or shapes.get(claim[0]) != len(claim):
        raise FormatError(f"a claim must be 'same' of two expressions or 'within' of one, not {claim!r}")
    parts = claim[1:] if claim[0] == "same" else claim[1:2]
    if not all(type(number) is int for number in claim[1 + len(parts) :]):
        raise FormatError(f"the ends of a claim must be integers, not {claim!r}")
    for part in parts:
        _require_expression(part, words)


def _require_expression(e: Expression, words: Mapping[str, Sequence[Word]]) -> None:
    if type(e) is int:
        return
    wrong = FormatError(f"a claim's expression must be one that relations know, not {e!r}")
    if not isinstance(e, tuple) or not e or not isinstance(e[0], str):
        raise wrong
    if e[0] in words:
        if len(e) != 2 or type(e[1]) is not int or not 0 <= e[1] < len(words[e[0]]):
            raise wrong
        return
    if e[0] == "sum":
        _require_sum(e, words, wrong)
        return
    if e[0] == "when":
        if len(e) != 3 or not isinstance(e[1], tuple) or not e[1] or e[1][0] not in CONDITIONS:
            raise wrong
        _require_expression(e[1], words)
        _require_expression(e[2], words)
        return
    if e[0] not in _RULES or len(e) != 2 + _NUMBERS[e[0]] or any(type(n) is not int for n in e[2:]):
        raise wrong
    if e[0] in ("bits", "by bits") and not (0 <= e[2] <= 128 and 0 <= e[3] <= 128):
        raise wrong
    if e[0] == "mod" and e[2] < 1:
        raise wrong
    _require_expression(e[1], words)


def _require_sum(e: Expression, words: Mapping[str, Sequence[Word]], wrong: FormatError) -> None:
    if len(e) != 3 or type(e[1]) is not int or not isinstance(e[2], tuple):
        raise wrong
    for part in e[2]:
        if not isinstance(part, tuple) or len(part) != 2 or type(part[1]) is not int:
            raise wrong
        _require_expression(part[0], words)


def _plain(part: Any) -> Any:
    return [_plain(inner) for inner in part] if isinstance(part, tuple) else part


def _frozen(part: Any) -> Any:
    return tuple(_frozen(inner) for inner in part) if isinstance(part, list) else part


# states in which a relation holds


@dataclass(frozen=True)
class Related:
    """All pairs of states in which a relation holds: terms over free variables, and what holds of them."""

    a: tuple[Term, ...]
    b: tuple[Term, ...]
    assumed: tuple[Term, ...]

    @property
    def states(self) -> dict[str, tuple[Term, ...]]:
        return {"a": self.a, "b": self.b}


class Relating:
    """Builds the states: where a claim says what a word is, the word is that; what is left is assumed."""

    def __init__(self, t: Terms, words: Mapping[str, Sequence[Word]]) -> None:
        self.t = t
        self.words = words
        self.known: dict[tuple[str, int], Term] = {}
        self.assumed: list[Term] = []

    def build(self, relation: Relation) -> Related:
        later = [claim for claim in relation.claims if not self._define_equal(claim)]
        later = [claim for claim in later if not self._define_bits(claim)]
        later = [claim for claim in later if not self._define(claim)]
        states = {
            side: tuple(self._word((side, i)) for i in range(len(self.words[side]))) for side in ("a", "b")
        }
        self.assumed += [condition(self.t, claim, states) for claim in later]
        kept = tuple(part for part in self.assumed if not (part.is_const and part.value))
        return Related(states["a"], states["b"], kept)

    def _range(self, place: tuple[str, int]) -> Range:
        return self.words[place[0]][place[1]].range

    def _word(self, place: tuple[str, int]) -> Term:
        if place not in self.known:
            self.known[place] = self.t.var(f"{place[0]}{place[1]}", self._range(place))
        return self.known[place]

    def _set(self, place: tuple[str, int], term: Term) -> None:
        """Let a word be a term; that it lies in the word's range is assumed."""
        self.known[place] = term
        values = self._range(place)
        if not values.covers(term.range):
            self.assumed.append(condition(self.t, ("within", ("w", 0), values.lo, values.hi), {"w": [term]}))

    def _define_equal(self, claim: Claim) -> bool:
        if claim[0] != "same" or not all(_is_word(part) for part in claim[1:]):
            return False
        left, right = ((part[0], part[1]) for part in claim[1:])
        if left in self.known and right in self.known:
            return self.known[left] is self.known[right]
        if left in self.known:
            left, right = right, left
        self._set(left, self._word(right))
        return True

    def _define_bits(self, claim: Claim) -> bool:
        """Put a word together from another one and free bits around it."""
        if claim[0] != "same":
            return False
        place, low, count, raised = _bits_of_word(claim[2])
        if place is None or place in self.known or not _is_word_plus(claim[1]):
            return False
        values = self._range(place)
        if values.lo != -raised or values.size != 1 << values.bits:
            return False
        other, amount = _word_plus(claim[1])
        middle = self.t.shifted(self._word(other), amount)
        if not Range(0, (1 << count) - 1).covers(middle.range) or low + count > values.bits:
            return False
        name = f"{place[0]}{place[1]}"
        parts = [(middle, 1 << low)]
        if low:
            parts.append((self.t.var(f"{name}.low", Range(0, (1 << low) - 1)), 1))
        above = values.bits - low - count
        if above:
            parts.append((self.t.var(f"{name}.high", Range(0, (1 << above) - 1)), 1 << low + count))
        self._set(place, self.t.sum(values.lo, parts))
        return True

    def _define(self, claim: Claim) -> bool:
        """Let a word that nothing was said about yet be what a claim says that it equals."""
        if claim[0] != "same":
            return False
        for mine, other in ((claim[1], claim[2]), (claim[2], claim[1])):
            if _is_word_plus(mine):
                place, amount = _word_plus(mine)
                if place not in self.known and place not in set(places_of(other)):
                    for used in places_of(other):
                        self._word(used)
                    states = _Known(self)
                    self._set(place, self.t.shifted(expression(self.t, other, states), -amount))
                    return True
        return False


class _Known(Mapping[str, Sequence[Term]]):
    """The words known so far, as the states of an expression."""

    def __init__(self, relating: Relating) -> None:
        self._relating = relating

    def __getitem__(self, side: str) -> Sequence[Term]:
        if side not in self._relating.words:
            raise KeyError(side)
        words = self._relating.words[side]
        return _Side(self._relating, side, len(words))

    def __iter__(self) -> Any:
        return iter(self._relating.words)

    def __len__(self) -> int:
        return len(self._relating.words)


class _Side(Sequence[Term]):
    def __init__(self, relating: Relating, side: str, length: int) -> None:
        self._relating, self._name, self._length = relating, side, length

    def __getitem__(self, place: Any) -> Any:
        return self._relating._word((self._name, place))

    def __len__(self) -> int:
        return self._length


def places_of(e: Expression) -> list[tuple[str, int]]:
    """Return the words that an expression reads."""
    if isinstance(e, int):
        return []
    if e[0] == "sum":
        return [place for part, _ in e[2] for place in places_of(part)]
    if e[0] == "when":
        return [*places_of(e[1]), *places_of(e[2])]
    return [(e[0], e[1])] if _is_word(e) else places_of(e[1])


def _is_word(e: Expression) -> bool:
    return isinstance(e, tuple) and e[0] in ("a", "b")


def _is_word_plus(e: Expression) -> bool:
    return _is_word(e) or (isinstance(e, tuple) and e[0] == "plus" and _is_word(e[1]))


def _word_plus(e: Expression) -> tuple[tuple[str, int], int]:
    return ((e[0], e[1]), 0) if _is_word(e) else ((e[1][0], e[1][1]), e[2])


def _bits_of_word(e: Expression) -> tuple[tuple[str, int] | None, int, int, int]:
    """Return (word, lowest bit, number of bits, what is added to the word) of bits of one word."""
    if isinstance(e, tuple) and e[0] == "bits" and _is_word_plus(e[1]):
        place, amount = _word_plus(e[1])
        return place, e[2], e[3], amount
    return None, 0, 0, 0
