"""States in which a relation holds, as terms: words that claims define, free ones, and what is assumed.

Law: over all values of the free variables for which the assumed conditions hold, the states are exactly the
pairs of states in which the relation holds. A pair that were missing is one that a proof does not look at.
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
    """All pairs of states in which a relation holds: terms over free variables, and what holds of them."""

    a: tuple[Term, ...]
    b: tuple[Term, ...]
    assumed: tuple[Term, ...]

    @property
    def states(self) -> dict[str, tuple[Term, ...]]:
        return {"a": self.a, "b": self.b}


class RelatedStatesBuilder:
    """Builds the states: where a claim says what a word is, the word is that; what is left is assumed.

    A word is settled once, as a variable of its range or as a term over words that were settled before, so
    that no definition goes round in a circle. A claim is used up only where a definition says all of it.
    """

    def __init__(self, t: Terms, words: Mapping[str, Sequence[Word]]) -> None:
        self.t = t
        self.words = words
        self.settled: dict[str, dict[int, Term]] = {side: {} for side in SIDES}
        self.assumed: list[Term] = []

    def build(self, relation: Relation) -> Related:
        # Equal words first, then words put together of others: these need a word that is not settled yet.
        left: list[Claim] = list(relation.claims)
        for defines in (self._define_equal, self._define_bits, self._define):
            left = [claim for claim in left if not (isinstance(claim, Same) and defines(claim))]
        states = {
            side: tuple(self._word(WordRef(side, i)) for i in range(len(self.words[side]))) for side in SIDES
        }
        self.assumed += [claim.condition(self.t, states) for claim in left]
        kept = tuple(part for part in self.assumed if not (part.is_const and part.value))
        return Related(states["a"], states["b"], kept)

    def _range(self, word: WordRef) -> Range:
        return self.words[word.side][word.index].range

    def _is_settled(self, word: WordRef) -> bool:
        return word.index in self.settled[word.side]

    def _word(self, word: WordRef) -> Term:
        """Return a word's term, a variable from now on if it is not settled."""
        side = self.settled[word.side]
        if word.index not in side:
            side[word.index] = self.t.var(f"{word.side}{word.index}", self._range(word))
        return side[word.index]

    def _settle(self, word: WordRef, term: Term) -> None:
        """Let a word be a term; that it lies in the word's range is assumed."""
        self.settled[word.side][word.index] = term
        values = self._range(word)
        if not values.covers(term.range):
            self.assumed.append(lies_within(self.t, term, values))

    def _define_equal(self, claim: Same) -> bool:
        """Let one word be another one."""
        pair = [_plain_word(part) for part in (claim.left, claim.right)]
        left, right = pair
        if left is None or right is None:
            return False
        if self._is_settled(left) and self._is_settled(right):
            return self._word(left) is self._word(right)
        if self._is_settled(left):
            left, right = right, left
        self._settle(left, self._word(right))
        return True

    def _define_bits(self, claim: Same) -> bool:
        """Put a word together from another one and free bits around it."""
        slot, source = claim.right.as_slot(), claim.left.as_shifted_word()
        if slot is None or source is None or source[0] == slot.word or self._is_settled(slot.word):
            return False
        if not self._has_bits(slot):
            return False
        middle = self.t.shifted(self._word(source[0]), source[1])
        # Bits cannot hold what is wider than they are; then the claim narrows the other word, and is assumed.
        if not Range(0, (1 << slot.count) - 1).covers(middle.range):
            return False
        self._settle(slot.word, self.t.sum(-slot.raised, self._around(slot, middle)))
        return True

    def _has_bits(self, slot: Slot) -> bool:
        """Return whether a word, raised, takes every value of its bits, and the slot lies in them.

        Only then is every choice of the bits around the slot a value of the word.
        """
        values = self._range(slot.word)
        fills = values.lo == -slot.raised and values.size == 1 << values.bits
        return fills and slot.low + slot.count <= values.bits

    def _around(self, slot: Slot, middle: Term) -> list[tuple[Term, int]]:
        """Return the parts of a word of which the slot is a term, the other bits free."""
        top = slot.low + slot.count
        above = self._range(slot.word).bits - top
        free = [("low", slot.low, 0), ("high", above, top)]
        name = f"{slot.word.side}{slot.word.index}"
        parts = [
            (self.t.var(f"{name}.{end}", Range(0, (1 << count) - 1)), 1 << place)
            for end, count, place in free
            if count
        ]
        return [(middle, 1 << slot.low), *parts]

    def _define(self, claim: Same) -> bool:
        """Let a word that is not settled be what a claim says that it equals."""
        for mine, other in ((claim.left, claim.right), (claim.right, claim.left)):
            shifted = mine.as_shifted_word()
            # A word that the other side reads, too, is not defined but asked something of.
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
