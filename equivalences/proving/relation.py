"""The simulation relation: a conjunction of claims that is an inductive invariant of the two systems."""

from __future__ import annotations

from dataclasses import dataclass

from streamssm.equivalences.proving.expression import Expression, Json, States, WordRef, Words
from streamssm.equivalences.proving.reading import ClaimReading
from streamssm.equivalences.proving.state_claims import Claim
from streamssm.errors import FormatError


@dataclass(frozen=True, slots=True)
class Relation:
    """A conjunction of claims."""

    claims: tuple[Claim, ...]

    def holds(self, states: States) -> bool:
        """Return whether the relation holds of two states, in Python's integers."""
        return all(claim.holds(states) for claim in self.claims)

    def to_list(self) -> list[Json]:
        return [claim.to_json() for claim in self.claims]

    @staticmethod
    def from_list(rows: object, words: Words) -> Relation:
        """Return the relation of a certificate; raise FormatError if it is malformed."""
        if not isinstance(rows, list):
            raise FormatError(f"a relation must be a list of claims, not {rows!r}")
        reading = ClaimReading(words)
        return Relation(tuple(reading.claim(row) for row in rows))


@dataclass(frozen=True, slots=True)
class SideNames:
    """Words named after their side and themselves, as ``a.x``."""

    sides: Words

    def word(self, ref: WordRef) -> str:
        return f"{ref.side}.{self.sides[ref.side][ref.index].name}"

    def figure(self, total: Expression) -> str:
        # Invariants name some of their sums; relations name none.
        return ""


def text(claim: Claim, words: Words) -> str:
    """Return a claim in mathematical notation.

    >>> from streamssm.equivalences.proving.state_claims import Same
    >>> from streamssm.equivalences.proving.arithmetic_expressions import Bits
    >>> from streamssm.ir.ranges import Range
    >>> from streamssm.ir.words import Word
    >>> words = {"a": [Word("x", Range(0, 3))], "b": [Word("y", Range(0, 15))]}
    >>> text(Same(WordRef("a", 0), Bits(WordRef("b", 0), 2, 2)), words)
    'a.x = (b.y >> 2) mod 4'
    """
    return claim.text(SideNames(words))
