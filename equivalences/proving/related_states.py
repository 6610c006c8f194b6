"""A symbolic description of all pairs of states in which a relation holds.

Equations that define a word are substituted, which leaves fewer variables and simpler terms for the solver;
the other claims become assumptions.

Law: over all values of the free variables for which the assumed conditions hold, the states are exactly the
pairs of states in which the relation holds. If a pair were missing, a proof would overlook it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from streamssm.equivalences.proving.expression import Expression, Slot, WordRef
from streamssm.equivalences.proving.relation import Relation
from streamssm.equivalences.proving.state_claims import Claim, Same, lies_within
from streamssm.equivalences.smt.term import Term
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word

SIDES = ("a", "b")


@dataclass(frozen=True)
class Related:
    """All pairs of states in which a relation holds: terms over free variables, and assumptions on these."""

    a: tuple[Term, ...]
    b: tuple[Term, ...]
    assumed: tuple[Term, ...]

    @property
    def states(self) -> dict[str, tuple[Term, ...]]:
        return {"a": self.a, "b": self.b}


class RelatedStatesBuilder:
    """Substitutes defining equations into the states and assumes the remaining claims.

    A word is settled once, as a variable of its range or as a term over words that were settled before, so
    that definitions are never circular. A claim is consumed only if the definition implies all of it.
    """

    def __init__(self, t: Terms, words: Mapping[str, Sequence[Word]]) -> None:
        self.t = t
        self.words = words
        self.settled: dict[str, dict[int, Term]] = {side: {} for side in SIDES}
        self.assumed: list[Term] = []

    def build(self, relation: Relation) -> Related:
        # Equal words first, then words composed of others: the latter need a word that is not settled yet.
        # Definitions are tried by kind, over all claims, since a word can be defined only once.
        remaining: list[Claim] = list(relation.claims)
        for defines in (self._define_equal, self._define_bits, self._define):
            remaining = [claim for claim in remaining if not (isinstance(claim, Same) and defines(claim))]
        states = {
            side: tuple(self._word(WordRef(side, i)) for i in range(len(self.words[side]))) for side in SIDES
        }
        self.assumed += [claim.condition(self.t, states) for claim in remaining]
        assumed = tuple(part for part in self.assumed if not (part.is_const and part.value))
        return Related(states["a"], states["b"], assumed)

    def _range(self, word: WordRef) -> Range:
        return self.words[word.side][word.index].range

    def _is_settled(self, word: WordRef) -> bool:
        return word.index in self.settled[word.side]

    def _word(self, word: WordRef) -> Term:
        """Return a word's term; settle it as a variable if it has none."""
        side = self.settled[word.side]
        if word.index not in side:
            side[word.index] = self.t.var(f"{word.side}{word.index}", self._range(word))
        return side[word.index]

    def _settle(self, word: WordRef, term: Term) -> None:
        """Define a word as a term, and assume that the term lies in the word's range."""
        self.settled[word.side][word.index] = term
        range_ = self._range(word)
        if not range_.covers(term.range):
            self.assumed.append(lies_within(self.t, term, range_))

    def _define_equal(self, claim: Same) -> bool:
        """Use an equation between two plain words: both get the same term."""
        pair = [_plain_word(part) for part in (claim.left, claim.right)]
        left, right = pair
        if left is None or right is None:
            return False
        # Both are terms already: the claim is redundant if they are the same one, and an assumption
        # otherwise.
        if self._is_settled(left) and self._is_settled(right):
            return self._word(left) is self._word(right)
        if self._is_settled(left):
            left, right = right, left
        self._settle(left, self._word(right))
        return True

    def _define_bits(self, claim: Same) -> bool:
        """Use an equation between a word and bits of another: compose the latter, its other bits free."""
        slot, source = claim.right.as_slot(), claim.left.as_shifted_word()
        if slot is None or source is None or source[0] == slot.word or self._is_settled(slot.word):
            return False
        if not self._has_bits(slot):
            return False
        middle = self.t.shifted(self._word(source[0]), source[1])
        # If the word can exceed the bits, the claim also restricts the word. A definition would lose that
        # part, so the claim is assumed instead.
        if not Range(0, (1 << slot.count) - 1).covers(middle.range):
            return False
        self._settle(slot.word, self.t.sum(-slot.raised, self._around(slot, middle)))
        return True

    def _has_bits(self, slot: Slot) -> bool:
        """Return whether the raised word takes every value of its bits and the slot lies within them.

        Only then is every choice of the bits around the slot a value of the word.
        """
        range_ = self._range(slot.word)
        fills = range_.lo == -slot.raised and range_.size == 1 << range_.bits
        return fills and slot.low + slot.count <= range_.bits

    def _around(self, slot: Slot, middle: Term) -> list[tuple[Term, int]]:
        """Return the summands of a word with the given slot; its other bits are fresh variables."""
        top = slot.low + slot.count
        above = self._range(slot.word).bits - top
        free = [("low", slot.low, 0), ("high", above, top)]
        name = f"{slot.word.side}{slot.word.index}"
        parts = [
            (self.t.var(f"{name}.{end}", Range(0, (1 << count) - 1)), 1 << offset)
            for end, count, offset in free
            if count
        ]
        return [(middle, 1 << slot.low), *parts]

    def _define(self, claim: Same) -> bool:
        """Use an equation that can be solved for a word that is not settled."""
        for mine, other in ((claim.left, claim.right), (claim.right, claim.left)):
            shifted = mine.as_shifted_word()
            # An equation x = e(x) does not define x: it is a condition on x and stays an assumption.
            if shifted is not None and not self._is_settled(shifted[0]) and shifted[0] not in other.words():
                self._settle(shifted[0], self.t.shifted(self._expression(other), -shifted[1]))
                return True
        return False

    def _expression(self, e: Expression) -> Term:
        for word in e.words():
            self._word(word)
        return e.term(self.t, self.settled)


def _plain_word(e: Expression) -> WordRef | None:
    word, amount = e.as_shifted_word() or (None, 0)
    return None if amount else word
