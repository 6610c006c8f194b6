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
