"""Claims from the JSON of certificates, where every part is checked before anything is made of it.

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
            raise FormatError(f"a claim must be 'same' of two expressions or 'within' of one, not {row!r}")
        with _refusing(row):
            return kind.from_json(parts, self)

    def expression(self, row: object) -> Expression:
        if not isinstance(row, list):
            return Constant.from_json([row], self)
        if _tag(row) in self.sides:
            return self._word(row)
        kind, parts = EXPRESSIONS.get(_tag(row)), _parts(row)
        if kind is None or len(parts) != kind.PARTS:
            raise FormatError(f"a claim's expression must be one that relations know, not {row!r}")
        with _refusing(row):
            return kind.from_json(parts, self)

    def condition(self, row: object) -> Condition:
        found = self.expression(row)
        if not isinstance(found, Condition):
            raise FormatError(f"a condition must be 'positive', 'is' or 'not' of an expression, not {row!r}")
        return found

    def _word(self, row: list[object]) -> WordRef:
        found = WordRef.from_json(row, self)
        if not 0 <= found.index < len(self.sides[found.side]):
            raise FormatError(f"a word must be one that its side has, not {row!r}")
        return found


def _tag(row: object) -> str:
    """Return how a row starts; empty where it is none."""
    first = row[0] if isinstance(row, list) and row else ""
    return first if isinstance(first, str) else ""


def _parts(row: object) -> list[object]:
    return row[1:] if isinstance(row, list) else []


@contextmanager
def _refusing(row: object) -> Iterator[None]:
    """Say of which row it is that a number in it is out of bounds."""
    try:
        yield
    except ParameterError as error:
        raise FormatError(f"{error}, as in {row!r}") from None
