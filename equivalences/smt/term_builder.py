"""Smart constructors for integer terms: hash consing, a normal form, and constant folding.

The range of a term follows from the ranges of its arguments, so that its width in bits is known and no
overflow can hide. Sums are flat linear forms; a condition is a term of range [0, 1], and its complement ``1 -
c`` is a sum too. Terms that the normal form makes identical need no solver.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd

from streamssm.equivalences.smt import bit_rewrites
from streamssm.equivalences.smt.term import (
    Fact,
    Form,
    Kind,
    Term,
    UnprovenRange,
    at_least_0,
    bounded,
    facts_of,
    is_complement,
    negated,
    plain_interval,
)
from streamssm.ir import ranges
from streamssm.ir.ranges import BIT, Range

# Conditions of a sum on which its range is split into cases; each costs a pass over the sum.
SPLIT_CONDITIONS = 3


class Terms:
    """Build terms, each distinct one once.

    >>> t = Terms()
    >>> x = t.var("x", Range(0, 15))
    >>> high = t.ge0(t.sum(-8, [(x, 1)]))
    >>> t.sum(0, [(x, 1), (high, -8)]) is t.extract(x, 0, 3)
    True
    """

    def __init__(self) -> None:
        self._nodes: dict[tuple[object, ...], Term] = {}
        self._declared: dict[str, Range] = {}
        self._learnt: dict[Term, list[Form]] = {}  # forms that are at least 0, by their first term

    def __len__(self) -> int:
        return len(self._nodes)

    def make(self, kind: Kind, args: tuple[Term, ...], attr: object, range_: Range) -> Term:
        """Return the node without normalizing it; every other method normalizes its arguments first."""
        # Constant folding: a term of one possible value is that constant, whatever it is made of.
        if range_.is_constant and kind is not Kind.CONST:
            return self.const(range_.lo)
        key = (kind, tuple(arg.index for arg in args), attr)
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = Term(len(self._nodes), kind, args, attr, range_)
        return node

    def const(self, value: int) -> Term:
        return self.make(Kind.CONST, (), value, Range(value, value))

    def var(self, name: str, range_: Range) -> Term:
        # The hash-consing table does not compare ranges, so a second declaration would silently get the range
        # of the first.
        if self._declared.setdefault(name, range_) != range_:
            raise UnprovenRange(f"{name} must have one range, not {self._declared[name]} and {range_}")
        return self.make(Kind.VAR, (), name, range_)

    def narrow(self, term: Term, range_: Range) -> Term:
        """Intersect the term's range with one that holds for all values of the variables.

        A term is shared by everything that reads it, so a range that holds only on some branch must not be
        recorded here. Facts derived from the wider range stay true: the values did not change.
        """
        if not range_.covers(term.range):
            term.range = _meet(term.range, range_, term)
        return self.const(term.range.lo) if term.range.is_constant else term

    def learn(self, term: Term, range_: Range) -> Term:
        """Narrow a term to a range that its arguments do not show, and with it the sums that contain it.

        The range of a term that is not a sum is visible to every sum. That of a sum has to be recorded,
        because sums are flat: ``(x + y) + z`` has the arguments x and y, but not x + y.
        """
        if not range_.covers(term.range) and term.kind is Kind.SUM:
            constant, inner = term.form
            for form in ((constant - range_.lo, inner), (range_.hi - constant, tuple(negated(inner)))):
                self._learnt.setdefault(inner[0][0], []).append(form)
        return self.narrow(term, range_)

    # sums

    def sum(self, constant: int, parts: Iterable[tuple[Term, int]]) -> Term:
        """Return ``constant + sum of coefficient * term``."""
        total: dict[Term, int] = {}
        for term, coefficient in parts:
            shift, inner = term.form
            constant += coefficient * shift
            for atom, weight in inner:
                total[atom] = total.get(atom, 0) + coefficient * weight
        total = {atom: weight for atom, weight in total.items() if weight}
        constant = self._simplified(constant, total)
        # A subtraction of the top bit ("wrap around once") is the same function as taking the low bits. One
        # normal form for both spares the solver the comparison.
        without_top_bit = self._without_top_bit(constant, total) if len(total) > 1 else None
        return self._sum(constant, total) if without_top_bit is None else without_top_bit

    def _without_top_bit(self, constant: int, total: dict[Term, int]) -> Term | None:
        """Return ``W - 2**j [W >= 2**j]`` as the lowest j bits of W, or its negative; None for other sums."""
        for atom, weight in total.items():
            size, sign = abs(weight), -1 if weight > 0 else 1
            # Only a comparison weighted by a power of two can be a top bit.
            if size & size - 1 or at_least_0(atom) is None:
                continue
            others = {other: sign * w for other, w in total.items() if other is not atom}
            order = sorted(others, key=lambda other: other.index)
            range_ = self._range_of((sign * constant, tuple((other, others[other]) for other in order)))
            if 0 <= range_.lo and size <= range_.hi < 2 * size:
                whole = self.narrow(self._sum(sign * constant, others), range_)
                # Hash consing makes the check exact: the condition is the top bit if it is the node that
                # comparing W builds.
                if self.ge0(self.shifted(whole, -size)) is atom:
                    return self.sum(0, [(self.extract(whole, 0, size.bit_length() - 1), sign)])
        return None

    def _sum(self, constant: int, total: dict[Term, int]) -> Term:
        order = sorted(total, key=lambda atom: atom.index)
        if not order:
            return self.const(constant)
        if constant == 0 and len(order) == 1 and total[order[0]] == 1:
            return order[0]
        coefficients = tuple(total[atom] for atom in order)
        # Look the sum up first: its range is costly to compute, and may have been narrowed since.
        key = (Kind.SUM, tuple(atom.index for atom in order), (constant, coefficients))
        known = self._nodes.get(key)
        if known is not None:
            return known
        form = (constant, tuple(zip(order, coefficients, strict=True)))
        return self.make(Kind.SUM, tuple(order), (constant, coefficients), self._interval(form))

    def _simplified(self, constant: int, total: dict[Term, int]) -> int:
        """Merge choices by one condition and adjacent bits in a sum; return the new constant."""
        # Each rewrite can enable another one. Every round has to shorten the sum, so the loop ends.
        while len(total) > 1:
            before = len(total)
            if sum(1 for atom in total if atom.kind is Kind.ITE) > 1:
                constant += self._join_choices(total)
            constant += bit_rewrites.join(self, total)
            if len(total) >= before:
                break
        return constant

    def _join_choices(self, total: dict[Term, int]) -> int:
        # u (c ? a : b) + v (c ? x : y) = c ? (u a + v x) : (u b + v y), so that one choice remains.
        by_condition: dict[Term, list[Term]] = {}
        for atom in total:
            if atom.kind is Kind.ITE:
                by_condition.setdefault(atom.args[0], []).append(atom)
        shift = 0
        for condition, atoms in by_condition.items():
            if len(atoms) > 1:
                weights = [total.pop(atom) for atom in atoms]
                cases = [
                    self.sum(0, [(a.args[branch], w) for a, w in zip(atoms, weights, strict=True)])
                    for branch in (1, 2)
                ]
                shift += self.add_to(total, self.ite(condition, *cases), 1)
        return shift

    def add_to(self, total: dict[Term, int], term: Term, coefficient: int) -> int:
        """Add a multiple of a term to the parts of a sum; return the amount to add to its constant."""
        constant, inner = term.form
        for atom, weight in inner:
            new_weight = total.get(atom, 0) + coefficient * weight
            if new_weight:
                total[atom] = new_weight
            else:
                total.pop(atom, None)
        return coefficient * constant

    def neg(self, term: Term) -> Term:
        return self.narrow(self.sum(0, [(term, -1)]), Range(-term.range.hi, -term.range.lo))

    def add(self, a: Term, b: Term) -> Term:
        return self.sum(0, [(a, 1), (b, 1)])

    def sub(self, a: Term, b: Term) -> Term:
        return self.sum(0, [(a, 1), (b, -1)])

    def shifted(self, a: Term, amount: int) -> Term:
        # The parts of a narrowed term do not show its range, but the sum has that range, shifted.
        return self.narrow(self.sum(amount, [(a, 1)]), Range(a.range.lo + amount, a.range.hi + amount))

    # ranges

    def _interval(self, form: Form) -> Range:
        """Return a sum's range by case splitting on the newest conditions among its terms."""
        range_, conditions = self._narrowed_by_learnt(plain_interval(form), form), 0
        # Case splitting: interval arithmetic treats c and the words that c compares as independent. Fixing c
        # to 0 and to 1 adds the fact that c states, which often narrows the other terms.
        for atom, coefficient in reversed(form[1]):
            if conditions == SPLIT_CONDITIONS:
                break
            # Only comparisons state linear facts; fixing other conditions would narrow nothing.
            if atom.kind is Kind.EQ0 or at_least_0(atom) is not None:
                conditions += 1
                others = (form[0], tuple(part for part in form[1] if part[0] is not atom))
                cases = [
                    self._range_under(others, (atom, bool(truth)), truth * coefficient) for truth in (0, 1)
                ]
                both = [case for case in cases if case is not None]
                # One of the cases must be possible, since a condition is 0 or 1.
                if not both:
                    raise UnprovenRange(f"a sum must have a value, and has none where {atom} is 0 or 1")
                range_ = _meet(range_, both[0].hull(both[-1]), form)
        return range_

    def _narrowed_by_learnt(self, range_: Range, form: Form) -> Range:
        """Narrow a form's range by the recorded facts about its terms (see `learn`)."""
        for atom, _ in form[1] if self._learnt else ():
            for known in self._learnt.get(atom, ()):
                least, greatest = bounded(form, known)
                lo = range_.lo if least is None else max(range_.lo, least)
                hi = range_.hi if greatest is None else min(range_.hi, greatest)
                if lo > hi:
                    raise UnprovenRange(f"{form} must have a value, but the recorded facts leave none")
                range_ = Range(lo, hi)
        return range_

    def _range_of(self, form: Form) -> Range:
        """Return the range of a linear form, including the narrowed range of its term if that exists."""
        atoms, coefficients = tuple(a.index for a, _ in form[1]), tuple(w for _, w in form[1])
        known = self._nodes.get((Kind.SUM, atoms, (form[0], coefficients)))
        range_ = plain_interval(form)
        return range_ if known is None else _meet(range_, known.range, known)

    def _range_under(self, form: Form, fact: Fact, shift: int = 0) -> Range | None:
        """Return the shifted range of a form where a fact holds; None if the form has no value there."""
        range_ = self._range_of(form)
        for known in facts_of(*fact):
            least, greatest = bounded(form, known)
            lo = range_.lo if least is None else max(range_.lo, least)
            hi = range_.hi if greatest is None else min(range_.hi, greatest)
            if lo > hi:
                return None
            range_ = Range(lo, hi)
        return Range(range_.lo + shift, range_.hi + shift)

    # conditions

    def ge0(self, term: Term) -> Term:
        """Return the condition ``term >= 0``."""
        constant, inner = term.form
        # Dividing by the gcd g of the coefficients gives one form for each half-space: g f + c >= 0 holds for
        # integers f exactly where f + floor(c / g) >= 0.
        factor = gcd(*(weight for _, weight in inner)) if inner else 1
        if factor > 1:
            term = self.sum(constant // factor, [(atom, weight // factor) for atom, weight in inner])
            constant, inner = term.form
        if term.range.lo >= 0 or term.range.hi < 0:
            return self.const(int(term.range.lo >= 0))
        if Range(-1, 0).covers(term.range):
            return self.shifted(term, 1)
        # With positive coefficients only, adding 2**k makes the term a word of k + 1 bits whose top bit is
        # the answer: comparisons and bit extractions then share one form.
        if all(weight > 0 for _, weight in inner):
            sign_bit = max((-term.range.lo - 1).bit_length(), term.range.hi.bit_length())
            return self.extract(self.shifted(term, 1 << sign_bit), sign_bit, 1)
        # f >= 0 and not (-f - 1 >= 0) are one condition: make the first coefficient positive.
        if inner[0][1] < 0:
            return self.not_(self.ge0(self.sum(-constant - 1, negated(inner))))
        return self.make(Kind.GE0, (term,), None, BIT)

    def eq0(self, term: Term) -> Term:
        """Return the condition ``term == 0``."""
        constant, inner = term.form
        factor = gcd(*(weight for _, weight in inner)) if inner else 1
        # g f + c = 0 has no integer solution unless g divides c (the gcd test).
        if not term.range.holds(0) or (inner and constant % factor):
            return self.const(0)
        if not inner:
            return self.const(1)
        # f = 0 and -f = 0 are one condition: make the first coefficient positive.
        sign = 1 if inner[0][1] > 0 else -1
        term = self.sum(sign * constant // factor, [(a, sign * weight // factor) for a, weight in inner])
        if not term.range.holds(0):
            return self.const(0)
        if BIT.covers(term.range):
            return self.not_(term)
        if Range(-1, 0).covers(term.range):
            return self.shifted(term, 1)
        chosen = self._eq0_of_choice(term)
        return chosen if chosen is not None else self.make(Kind.EQ0, (term,), None, BIT)

    def _eq0_of_choice(self, term: Term) -> Term | None:
        constant, inner = term.form
        for atom, weight in inner:
            if atom.kind is Kind.ITE and (atom.args[1].is_const or atom.args[2].is_const):
                others = [part for part in inner if part[0] is not atom]
                cases = [self.sum(constant, [*others, (arg, weight)]) for arg in atom.args[1:]]
                # The equation moves into the choice only if one branch cannot be 0, since otherwise two
                # equations would replace one.
                if any(not case.range.holds(0) for case in cases):
                    return self.ite(atom.args[0], *(self.eq0(case) for case in cases))
        return None

    def not_(self, condition: Term) -> Term:
        return self.narrow(
            self.sum(1, [(condition, -1)]), Range(1 - condition.range.hi, 1 - condition.range.lo)
        )

    def and_(self, conditions: Iterable[Term]) -> Term:
        conjuncts: dict[Term, None] = {}
        for condition in conditions:
            _require_condition(condition)
            # Conjunctions are flat sets: associativity, commutativity and idempotence need no solver.
            for part in condition.args if condition.kind is Kind.AND else (condition,):
                if part.is_const and part.value == 0:
                    return part
                if not part.is_const:
                    conjuncts[part] = None
        # c and not c is false.
        if any(self.not_(part) in conjuncts for part in conjuncts):
            return self.const(0)
        if not conjuncts:
            return self.const(1)
        order = sorted(conjuncts, key=lambda part: part.index)
        return order[0] if len(order) == 1 else self.make(Kind.AND, tuple(order), None, BIT)

    def or_(self, conditions: Iterable[Term]) -> Term:
        return self.not_(self.and_(self.not_(condition) for condition in conditions))

    def truth(self, term: Term) -> Term:
        """Return the condition ``term != 0``."""
        return term if BIT.covers(term.range) else self.not_(self.eq0(term))

    # choices

    def ite(self, condition: Term, then: Term, other: Term) -> Term:
        """Return ``then`` where the condition is 1, else ``other``."""
        _require_condition(condition)
        if condition.is_const or then is other:
            return then if condition.is_const and condition.value else other
        # Choices branch on the uncomplemented condition, so that both spellings are one node.
        if is_complement(condition):
            return self.ite(self.not_(condition), other, then)
        # Inside a branch the condition is constant.
        then, other = self._assuming(then, condition, 1), self._assuming(other, condition, 0)
        gap = self.sub(then, other)
        # Branches that differ by a constant k are the linear form other + k c, which sums can absorb.
        if gap.is_const:
            return self.sum(0, [(other, 1), (condition, gap.value)])
        if BIT.covers(then.range) and BIT.covers(other.range):
            junction = self._boolean_choice(condition, then, other)
            if junction is not None:
                return junction
        cases = [
            self._range_under(then.form, (condition, True)),
            self._range_under(other.form, (condition, False)),
        ]
        # Each branch counts only where the condition selects it, which can be narrower than its range.
        possible = [
            met  # None where the condition never has the value that takes this branch: it adds nothing
            for case, term in zip(cases, (then, other), strict=True)
            if case is not None and (met := case.meet(term.range)) is not None
        ]
        if not possible:
            raise UnprovenRange(f"a choice must have a value, and has none whether {condition} is 0 or 1")
        return self.make(Kind.ITE, (condition, then, other), None, possible[0].hull(possible[-1]))

    def _assuming(self, term: Term, condition: Term, value: int) -> Term:
        """Substitute a condition's value at the top of a term: in itself, a choice, or a sum of these."""
        if term is condition:
            return self.const(value)
        if term.kind is Kind.ITE and term.args[0] is condition:
            return term.args[2 - value]
        if term.kind is Kind.SUM and any(
            atom is condition or (atom.kind is Kind.ITE and atom.args[0] is condition) for atom in term.args
        ):
            constant, inner = term.form
            return self.sum(constant, [(self._assuming(a, condition, value), weight) for a, weight in inner])
        return term

    def _boolean_choice(self, condition: Term, then: Term, other: Term) -> Term | None:
        if other.is_const:
            conjunction = self.and_([condition, then])
            return conjunction if other.value == 0 else self.or_([self.not_(condition), then])
        if then.is_const:
            return (
                self.and_([self.not_(condition), other]) if then.value == 0 else self.or_([condition, other])
            )
        return None

    def max(self, a: Term, b: Term) -> Term:
        a, b = self._ordered(a, b)
        gap = self.sub(a, b)
        choice = b if gap.range.hi <= 0 else self.ite(self.ge0(gap), a, b)
        return self.learn(choice, ranges.maximum(a.range, b.range))  # where the choice is written as a sum

    def min(self, a: Term, b: Term) -> Term:
        a, b = self._ordered(a, b)
        gap = self.sub(a, b)
        choice = a if gap.range.hi <= 0 else self.ite(self.ge0(gap), b, a)
        return self.learn(choice, ranges.minimum(a.range, b.range))

    def _ordered(self, a: Term, b: Term) -> tuple[Term, Term]:
        """Return two terms in a canonical order, so that max(a, b) and max(b, a) are one term."""
        inner = self.sub(a, b).form[1]
        return (b, a) if inner and inner[0][1] < 0 else (a, b)

    def relu(self, a: Term) -> Term:
        return self.max(a, self.const(0))

    def table(self, index: Term, first: int, values: tuple[int, ...]) -> Term:
        """Return ``values[index - first]``; entries out of the index's range are dropped."""
        _require_entry(index, first, len(values))
        reached = values[index.range.lo - first : index.range.hi - first + 1]
        if index.is_const:
            return self.const(reached[0])
        return self.make(Kind.TABLE, (index,), (index.range.lo, reached), ranges.around(reached))

    def pick(self, words: list[Term], index: Term, first: int) -> Term:
        """Return ``words[index - first]`` as a balanced tree of choices (binary search for the index)."""
        _require_entry(index, first, len(words))
        lo, hi = index.range.lo - first, index.range.hi - first
        return self._pick(words[lo : hi + 1], index, first + lo)

    def _pick(self, words: list[Term], index: Term, first: int) -> Term:
        if len(words) == 1:
            return words[0]
        half = len(words) // 2
        above = self.ge0(self.shifted(index, -first - half))
        return self.ite(
            above, self._pick(words[half:], index, first + half), self._pick(words[:half], index, first)
        )

    # bits

    def extract(self, term: Term, low: int, count: int) -> Term:
        """Return ``(term >> low) mod 2**count`` of a term that is not negative."""
        return bit_rewrites.extract(self, term, low, count)

    def low_bits(self, term: Term, count: int) -> Term:
        """Return ``term mod 2**count``."""
        return bit_rewrites.low_bits(self, term, count)

    def shift_right(self, term: Term, count: int) -> Term:
        """Return ``term // 2**count``."""
        return bit_rewrites.shift_right(self, term, count)

    def bitwise(self, kind: Kind, a: Term, b: Term) -> Term:
        """Return ``a & b``, ``a | b`` or ``a ^ b`` in two's complement."""
        return bit_rewrites.bitwise(self, kind, a, b)


def _meet(one: Range, other: Range, of: object) -> Range:
    """Return the intersection of two ranges of one value; it is never empty for a value that exists."""
    intersection = one.meet(other)
    if intersection is None:
        raise UnprovenRange(f"{of} must lie in {one} and in {other}, which have nothing in common")
    return intersection


def _require_condition(term: Term) -> None:
    """Raise UnprovenRange unless a term is 0 or 1: the solver reads one bit of it, and evaluation all."""
    if not BIT.covers(term.range):
        raise UnprovenRange(f"a condition must be 0 or 1, not in {term.range}")


def _require_entry(index: Term, first: int, length: int) -> None:
    """Raise UnprovenRange unless an index has an entry: Python would count a negative one from the end."""
    reached = Range(first, first + length - 1)
    if not reached.covers(index.range):
        raise UnprovenRange(f"an index must lie in {reached}, not in {index.range}")
