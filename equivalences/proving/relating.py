"""States in which a relation holds, as terms: words that claims define, free ones, and what is assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from streamssm.equivalences.proving.relation import Claim, Expression, Relation, condition, expression
from streamssm.equivalences.proving.term import Term
from streamssm.equivalences.proving.terms import Terms
from streamssm.program.ranges import Range
from streamssm.program.words import Word


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
