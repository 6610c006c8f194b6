"""The memory ledger: the words of both sides, one by one, and whether their totals agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streamssm.ir.ranges import Range
from streamssm.ir.words import Word


@dataclass(frozen=True)
class LedgerRow:
    """A word of one side or, if both have a word of that name, of both."""

    name: str
    range_a: Range | None
    range_b: Range | None

    @property
    def bits_a(self) -> int:
        return 0 if self.range_a is None else self.range_a.bits

    @property
    def bits_b(self) -> int:
        return 0 if self.range_b is None else self.range_b.bits


@dataclass(frozen=True)
class Ledger:
    """Every word that either side stores between two tokens.

    Law: both sides use the same memory if ``bits_a == bits_b``; its division into words may differ.
    """

    rows: tuple[LedgerRow, ...]

    @property
    def bits_a(self) -> int:
        return sum(row.bits_a for row in self.rows)

    @property
    def bits_b(self) -> int:
        return sum(row.bits_b for row in self.rows)

    @property
    def equal(self) -> bool:
        return self.bits_a == self.bits_b

    def __str__(self) -> str:
        lines = [f"{'word':<16} {'a':>24} {'bits':>5} {'b':>24} {'bits':>5}"]
        for row in self.rows:
            a = "-" if row.range_a is None else str(row.range_a)
            b = "-" if row.range_b is None else str(row.range_b)
            lines.append(f"{row.name:<16} {a:>24} {row.bits_a:>5} {b:>24} {row.bits_b:>5}")
        lines.append(f"{'total':<16} {'':>24} {self.bits_a:>5} {'':>24} {self.bits_b:>5}")
        return "\n".join(lines)


def ledger(a: Sequence[Word], b: Sequence[Word]) -> Ledger:
    """Return the ledger of two sides' words: the words of ``a`` in order, then those that only ``b`` has."""
    ranges_b = {word.name: word.range for word in b}
    rows = [LedgerRow(word.name, word.range, ranges_b.get(word.name)) for word in a]
    names = {word.name for word in a}
    rows.extend(LedgerRow(word.name, None, word.range) for word in b if word.name not in names)
    return Ledger(tuple(rows))
