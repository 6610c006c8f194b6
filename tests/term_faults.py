"""Faults in how terms are made, and in what is said of their values and ranges."""

from __future__ import annotations

from tests.planting import faults_of

TERMS = faults_of(
    "streamssm.equivalences.smt.term_builder",
    (
        "ge0: a factor rounds the constant up",
        "term = self.sum(constant // factor, [(atom, weight // factor)",
        "term = self.sum(-(-constant // factor), [(atom, weight // factor)",
    ),
    (
        "ge0: 0 counts as negative",
        "if term.range.lo >= 0 or term.range.hi < 0:\n            return self.const(int(term.range.lo >= 0))",
        "if term.range.lo >= 0 or term.range.hi < 0:\n            return self.const(int(term.range.lo > 0))",
    ),
    (
        "ge0: turned without the 1",
        "self.not_(self.ge0(self.sum(-constant - 1, negated(inner))))",
        "self.not_(self.ge0(self.sum(-constant, negated(inner))))",
    ),
    ("eq0: no multiple of the factor is possible", "(inner and constant % factor)", "(inner and factor > 1)"),
    (
        "eq0: the sign of the constant is lost",
        "self.sum(sign * constant // factor, [(a, sign",
        "self.sum(constant // factor, [(a, sign",
    ),
    (
        "and: contradictions are overlooked",
        "if any(self.not_(part) in conjuncts for part in conjuncts):\n            return self.const(0)",
        "if any(self.not_(part) in conjuncts for part in conjuncts):\n            return self.const(1)",
    ),
    (
        "ite: complement without exchange",
        "return self.ite(self.not_(condition), other, then)",
        "return self.ite(self.not_(condition), then, other)",
    ),
    ("ite: known branches are mixed up", "return term.args[2 - value]", "return term.args[1 + value]"),
    ("ite: range of one branch only", "possible[0].hull(possible[-1])", "possible[0]"),
    (
        "boolean choice: or for and",
        "if then.value == 0 else self.or_([condition, other])",
        "if then.value == 0 else self.or_([self.not_(condition), other])",
    ),
    (
        "max: the smaller one at the end of the range",
        "choice = b if gap.range.hi <= 0",
        "choice = b if gap.range.hi <= 1",
    ),
    (
        "min: the larger one at the end of the range",
        "choice = a if gap.range.hi <= 0",
        "choice = a if gap.range.hi <= 1",
    ),
    (
        "table: entries are one off",
        "values[index.range.lo - first : index",
        "values[max(index.range.lo - first - 1, 0) : index",
    ),
    (
        "pick: half is one off",
        "above = self.ge0(self.shifted(index, -first - half))",
        "above = self.ge0(self.shifted(index, -first - half - (half > 1)))",
    ),
    (
        "facts: a bound too narrow",
        "self._range_under(then.form, (condition, True)),",
        "self._range_under(then.form, (condition, False)),",
    ),
    (
        "sums: joined choices lose weights",
        "[(a.args[branch], w) for a, w in zip(atoms",
        "[(a.args[branch], abs(w)) for a, w in zip(atoms",
    ),
    (
        "top bit: taken off whatever the size",
        "if 0 <= range_.lo and size <= range_.hi < 2 * size:",
        "if 0 <= range_.lo and size <= range_.hi:",
    ),
)

TERM = faults_of(
    "streamssm.equivalences.smt.term",
    (
        "facts: the complement of a comparison",
        "(constant, inner) if truth else (-constant - 1, tuple",
        "(constant, inner) if truth else (-constant - 2, tuple",
    ),
    (
        "facts: a conjunction that is false",
        "elif condition.kind is Kind.AND and truth:",
        "elif condition.kind is Kind.AND:",
    ),
    (
        "facts: what is unequal is 0",
        "elif condition.kind is Kind.EQ0 and truth:",
        "elif condition.kind is Kind.EQ0:",
    ),
    ("top bit: any bit", "if bits == 1 and whole.range.hi.bit_length() == low + 1:", "if bits == 1:"),
    (
        "bounds: the wrong side",
        "return (remainder.lo, None) if times > 0 else (None, remainder.hi)",
        "return (remainder.lo, None) if times > 0 else (None, remainder.hi - 1)",
    ),
)

BITS = faults_of(
    "streamssm.equivalences.smt.bit_rewrites",
    (
        "extract: bits of bits start too low",
        "return extract(t, term.args[0], start + low,",
        "return extract(t, term.args[0], start + (low > 1) * low,",
    ),
    (
        "extract: what lies below carries",
        "if low_part.lo < 0 or low_part.hi >= size:",
        "if low_part.lo < 0 or low_part.hi >= 2 * size:",
    ),
    (
        "join: the wrong weight",
        "return t.add_to(total, joined, weight)",
        "return t.add_to(total, joined, abs(weight))",
    ),
    (
        "low bits: a mask of any number",
        "mask.value >= 0 and not mask.value & mask.value + 1",
        "mask.value >= 0",
    ),
    ("xor: a complement is forgotten", "            odd = not odd\n", "            odd = odd\n"),
    ("shift right: the lift stays", "-(amount >> count)", "-(amount >> count) // 2"),
)

ARITHMETIC = faults_of(
    "streamssm.equivalences.smt.digit_arithmetic",
    ("product: the sign's bit is positive", "word), -(1 << width)))", "word), 1 << width))"),
    (
        "product: its range is too narrow",
        "Range(max(min(ends), 0) if a is b else min(ends), max(ends))",
        "Range(max(min(ends), 0), max(ends))",
    ),
    (
        "division: negative words round to 0",
        "t.ite(natural, quotient, t.sum(-1, [(quotient, -1)]))",
        "t.ite(natural, quotient, t.sum(0, [(quotient, -1)]))",
    ),
    (
        "division: a digit is missing",
        "range((largest // b.range.lo).bit_length() - 1, -1, -1)",
        "range((largest // b.range.hi).bit_length() - 1, -1, -1)",
    ),
    (
        "shift: enough is one off",
        "enough, largest = t.ge0(t.shifted(amount, -step)),",
        "enough, largest = t.ge0(t.shifted(amount, -step - 1)),",
    ),
)

REGIONS = faults_of(
    "streamssm.equivalences.smt.linear_regions",
    ("regions: below 0 is left out", "self._with({condition: False}, [less]),\n", ""),
    (
        "regions: an empty part is anything at most 0",
        "return Range(lo, hi) if lo <= hi else None",
        "return Range(lo, hi) if lo < hi else None",
    ),
    (
        "regions: a fact bounds too much",
        "hi = min(hi, _ends(remainder)[1])",
        "hi = min(hi, _ends(remainder)[1] - 1)",
    ),
    (
        "regions: choices by the other branch",
        "then if self.truth(condition) else other",
        "then if not self.truth(condition) else other",
    ),
)
