"""Reading claims from the JSON of certificates, with every part validated before it is used.

The rows, with e, f and c for rows inside of them::

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

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from streamssm.equivalences.proving.arithmetic_expressions import Bits, ByBits, Constant, Mod, Plus, Sum
from streamssm.equivalences.proving.conditions import Is, Not, Positive, When
from streamssm.equivalences.proving.expression import Condition, Expression, WordRef, Words
from streamssm.equivalences.proving.state_claims import Claim, Same, Within
from streamssm.errors import FormatError, ParameterError

# A closed table of tags: a certificate is untrusted input and cannot name any other class.
EXPRESSIONS: dict[str, type[Expression]] = {
    kind.TAG: kind for kind in (Bits, Plus, Positive, Is, Not, ByBits, Mod, Sum, When)
}
CLAIMS: dict[str, type[Claim]] = {kind.TAG: kind for kind in (Same, Within)}


@dataclass(frozen=True)
class ClaimReading:
    """Reads claims about the words of some sides."""

    sides: Words

    def claim(self, row: object) -> Claim:
        kind, parts = CLAIMS.get(_tag(row)), _parts(row)
        if kind is None or len(parts) != kind.PARTS:
            raise FormatError(f"a claim must be ['same', e, f] or ['within', e, lo, hi], not {row!r}")
        with _naming_row(row):
            return kind.from_json(parts, self)

    def expression(self, row: object) -> Expression:
        if not isinstance(row, list):
            return Constant.from_json([row], self)
        # A word is tagged by its side.
        if _tag(row) in self.sides:
            return self._word(row)
        kind, parts = EXPRESSIONS.get(_tag(row)), _parts(row)
        if kind is None or len(parts) != kind.PARTS:
            raise FormatError(f"unknown expression in a claim, or a wrong number of parts: {row!r}")
        with _naming_row(row):
            return kind.from_json(parts, self)

    def condition(self, row: object) -> Condition:
        expression = self.expression(row)
        if not isinstance(expression, Condition):
            raise FormatError(f"a condition must be 'positive', 'is' or 'not' of an expression, not {row!r}")
        return expression

    def _word(self, row: list[object]) -> WordRef:
        word = WordRef.from_json(row, self)
        if not 0 <= word.index < len(self.sides[word.side]):
            raise FormatError(f"side {word.side} has no word {word.index}: {row!r}")
        return word


def _tag(row: object) -> str:
    """Return the tag at the start of a row; empty if the row has none."""
    first = row[0] if isinstance(row, list) and row else ""
    return first if isinstance(first, str) else ""


def _parts(row: object) -> list[object]:
    return row[1:] if isinstance(row, list) else []


@contextmanager
def _naming_row(row: object) -> Iterator[None]:
    """Add the row to the error message about a number in it."""
    try:
        yield
    except ParameterError as error:
        raise FormatError(f"{error}, as in {row!r}") from None
