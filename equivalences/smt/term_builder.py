"""Making integer terms: each is made once, and kept in a normal form.

A range follows from the ranges of what a term is made of, so that the bits that it needs are known and no
overflow can hide. Sums are flat; a condition is a term of range [0, 1], and its complement ``1 - c`` is a sum
too. What the normal form makes equal needs no solver.
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

SPLIT_CONDITIONS = 3  # conditions of a sum that are looked into for its range


class Terms:
    """Makes terms.

    >>> t = Terms()
    >>> x = t.var("x", Range(0, 15))
    >>> high = t.ge0(t.sum(-8, [(x, 1)]))
    >>> t.sum(0, [(x, 1), (high, -8)]) is t.extract(x, 0, 3)
    True
    """

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], Term] = {}
        self._declared: dict[str, Range] = {}
        self._learnt: dict[Term, list[Form]] = {}  # forms that are at least 0, by their first term

    def __len__(self) -> int:
        return len(self._found)

    def make(self, kind: Kind, args: tuple[Term, ...], attr: object, values: Range) -> Term:
        """Return the node as it stands; the other methods bring what they are given into its form first."""
        if values.is_constant and kind is not Kind.CONST:
            return self.const(values.lo)
        key = (kind, tuple(arg.index for arg in args), attr)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = Term(len(self._found), kind, args, attr, values)
        return found

    def const(self, value: int) -> Term:
        return self.make(Kind.CONST, (), value, Range(value, value))

    def var(self, name: str, values: Range) -> Term:
        if self._declared.setdefault(name, values) != values:  # the first one's range would be taken for both
            raise UnprovenRange(f"{name} must have one range, not {self._declared[name]} and {values}")
        return self.make(Kind.VAR, (), name, values)

    def narrow(self, term: Term, values: Range) -> Term:
        """Return the term, whose values lie in a range whatever the variables are.

        A term is made once and read everywhere, so what holds only in some branch must not be told here. For
        the same reason a fact that was derived from the wider range stays true: the values are the same ones.
        """
        if not values.covers(term.range):
            term.range = _both(term.range, values, term)
        return self.const(term.range.lo) if term.range.is_constant else term

    def learn(self, term: Term, values: Range) -> Term:
        """Narrow a term to a range that its parts do not show, and with it the sums that contain it.

        A range of a term that is no sum is seen by every sum; one of a sum has to be remembered, because the
        sums are flat: ``(x + y) + z`` holds x and y, and not x + y.
        """
        if not values.covers(term.range) and term.kind is Kind.SUM:
            constant, inner = term.form
            for form in ((constant - values.lo, inner), (values.hi - constant, tuple(negated(inner)))):
                self._learnt.setdefault(inner[0][0], []).append(form)
        return self.narrow(term, values)

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
        left = self._without_top_bit(constant, total) if len(total) > 1 else None
        return self._sum(constant, total) if left is None else left

    def _without_top_bit(self, constant: int, total: dict[Term, int]) -> Term | None:
        """Return ``W - 2**j [W >= 2**j]`` as the lowest j bits of W, or its opposite; None for other sums."""
        for atom, weight in total.items():
            size, sign = abs(weight), -1 if weight > 0 else 1
            if size & size - 1 or at_least_0(atom) is None:
                continue
            rest = {other: sign * w for other, w in total.items() if other is not atom}
            order = sorted(rest, key=lambda other: other.index)
            values = self._range_of((sign * constant, tuple((other, rest[other]) for other in order)))
            if 0 <= values.lo and size <= values.hi < 2 * size:
                whole = self.narrow(self._sum(sign * constant, rest), values)
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
        key = (Kind.SUM, tuple(atom.index for atom in order), (constant, coefficients))
        known = self._found.get(key)
        if known is not None:
            return known
        form = (constant, tuple(zip(order, coefficients, strict=True)))
        return self.make(Kind.SUM, tuple(order), (constant, coefficients), self._interval(form))

    def _simplified(self, constant: int, total: dict[Term, int]) -> int:
        """Join choices by one condition, and bits that are taken off or put together; return the constant."""
        while len(total) > 1:
            before = len(total)
            if sum(1 for atom in total if atom.kind is Kind.ITE) > 1:
                constant += self._join_choices(total)
            constant += bit_rewrites.join(self, total)
            if len(total) >= before:
                break
        return constant

    def _join_choices(self, total: dict[Term, int]) -> int:
        by_condition: dict[Term, list[Term]] = {}
        for atom in total:
            if atom.kind is Kind.ITE:
                by_condition.setdefault(atom.args[0], []).append(atom)
        shift = 0
        for condition, atoms in by_condition.items():
            if len(atoms) > 1:
                weights = [total.pop(atom) for atom in atoms]
                cases = [
                    self.sum(0, [(a.args[place], w) for a, w in zip(atoms, weights, strict=True)])
                    for place in (1, 2)
                ]
                shift += self.add_to(total, self.ite(condition, *cases), 1)
        return shift

    def add_to(self, total: dict[Term, int], term: Term, coefficient: int) -> int:
        """Add a multiple of a term to a sum's parts; return what the constant gains."""
        constant, inner = term.form
        for atom, weight in inner:
            left = total.get(atom, 0) + coefficient * weight
            if left:
                total[atom] = left
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
        # the parts of a term that was narrowed do not show its range, which the sum has all the same
        return self.narrow(self.sum(amount, [(a, 1)]), Range(a.range.lo + amount, a.range.hi + amount))

    # ranges

    def _interval(self, form: Form) -> Range:
        """Return a sum's range, with the newest conditions in it taken as 0 and as 1."""
        found, conditions = self._met(plain_interval(form), form), 0
        for atom, coefficient in reversed(form[1]):
            if conditions == SPLIT_CONDITIONS:
                break
            if atom.kind is Kind.EQ0 or at_least_0(atom) is not None:
                conditions += 1
                rest = (form[0], tuple(part for part in form[1] if part[0] is not atom))
                cases = [self._known(rest, (atom, bool(truth)), truth * coefficient) for truth in (0, 1)]
                both = [case for case in cases if case is not None]
                if not both:  # a condition is 0 or 1
                    raise UnprovenRange(f"a sum must have a value, and has none where {atom} is 0 or 1")
                found = _both(found, both[0].hull(both[-1]), form)
        return found

    def _met(self, found: Range, form: Form) -> Range:
        """Narrow a form's range by what was learnt of some of its parts."""
        for atom, _ in form[1] if self._learnt else ():
            for known in self._learnt.get(atom, ()):
                least, greatest = bounded(form, known)
                lo = found.lo if least is None else max(found.lo, least)
                hi = found.hi if greatest is None else min(found.hi, greatest)
                if lo > hi:
                    raise UnprovenRange(f"{form} must have a value, and what is known leaves none")
                found = Range(lo, hi)
        return found

    def _range_of(self, form: Form) -> Range:
        """Return a form's range, that of its term where there is one."""
        atoms, coefficients = tuple(a.index for a, _ in form[1]), tuple(w for _, w in form[1])
        known = self._found.get((Kind.SUM, atoms, (form[0], coefficients)))
        found = plain_interval(form)
        return found if known is None else _both(found, known.range, known)

    def _known(self, form: Form, fact: Fact, shift: int = 0) -> Range | None:
        """Return a range of a form, shifted, where a fact holds; None where the two exclude each other."""
        found = self._range_of(form)
        for known in facts_of(*fact):
            least, greatest = bounded(form, known)
            lo = found.lo if least is None else max(found.lo, least)
            hi = found.hi if greatest is None else min(found.hi, greatest)
            if lo > hi:
                return None
            found = Range(lo, hi)
        return Range(found.lo + shift, found.hi + shift)

    # conditions

    def ge0(self, term: Term) -> Term:
        """Return the condition ``term >= 0``."""
        constant, inner = term.form
        factor = gcd(*(weight for _, weight in inner)) if inner else 1
        if factor > 1:
            term = self.sum(constant // factor, [(atom, weight // factor) for atom, weight in inner])
            constant, inner = term.form
        if term.range.lo >= 0 or term.range.hi < 0:
            return self.const(int(term.range.lo >= 0))
        if Range(-1, 0).covers(term.range):
            return self.shifted(term, 1)
        if all(weight > 0 for _, weight in inner):
            place = max((-term.range.lo - 1).bit_length(), term.range.hi.bit_length())
            return self.extract(self.shifted(term, 1 << place), place, 1)
        if inner[0][1] < 0:  # one of the two ways to say it
            return self.not_(self.ge0(self.sum(-constant - 1, negated(inner))))
        return self.make(Kind.GE0, (term,), None, BIT)

    def eq0(self, term: Term) -> Term:
        """Return the condition ``term == 0``."""
        constant, inner = term.form
        factor = gcd(*(weight for _, weight in inner)) if inner else 1
        if not term.range.holds(0) or (inner and constant % factor):
            return self.const(0)
        if not inner:
            return self.const(1)
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
                rest = [part for part in inner if part[0] is not atom]
                cases = [self.sum(constant, [*rest, (arg, weight)]) for arg in atom.args[1:]]
                if any(not case.range.holds(0) for case in cases):
                    return self.ite(atom.args[0], *(self.eq0(case) for case in cases))
        return None

    def not_(self, condition: Term) -> Term:
        return self.narrow(
            self.sum(1, [(condition, -1)]), Range(1 - condition.range.hi, 1 - condition.range.lo)
        )

    def and_(self, conditions: Iterable[Term]) -> Term:
        kept: dict[Term, None] = {}
        for condition in conditions:
            _require_condition(condition)
            for part in condition.args if condition.kind is Kind.AND else (condition,):
                if part.is_const and part.value == 0:
                    return part
                if not part.is_const:
                    kept[part] = None
        if any(self.not_(part) in kept for part in kept):
            return self.const(0)
        if not kept:
            return self.const(1)
        order = sorted(kept, key=lambda part: part.index)
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
        if is_complement(condition):
            return self.ite(self.not_(condition), other, then)
        then, other = self._assuming(then, condition, 1), self._assuming(other, condition, 0)
        gap = self.sub(then, other)
        if gap.is_const:
            return self.sum(0, [(other, 1), (condition, gap.value)])
        if BIT.covers(then.range) and BIT.covers(other.range):
            junction = self._boolean_choice(condition, then, other)
            if junction is not None:
                return junction
        cases = [self._known(then.form, (condition, True)), self._known(other.form, (condition, False))]
        possible = [
            met  # None where the condition never has the value that takes this branch: it adds nothing
            for case, term in zip(cases, (then, other), strict=True)
            if case is not None and (met := case.meet(term.range)) is not None
        ]
        if not possible:
            raise UnprovenRange(f"a choice must have a value, and has none whether {condition} is 0 or 1")
        return self.make(Kind.ITE, (condition, then, other), None, possible[0].hull(possible[-1]))

    def _assuming(self, term: Term, condition: Term, value: int) -> Term:
        """Return a term where a condition is known, as far as that shows at its top."""
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
            rest = self.and_([condition, then])
            return rest if other.value == 0 else self.or_([self.not_(condition), then])
        if then.is_const:
            return (
                self.and_([self.not_(condition), other]) if then.value == 0 else self.or_([condition, other])
            )
        return None

    def max(self, a: Term, b: Term) -> Term:
        a, b = self._ordered(a, b)
        gap = self.sub(a, b)
        found = b if gap.range.hi <= 0 else self.ite(self.ge0(gap), a, b)
        return self.learn(found, ranges.maximum(a.range, b.range))  # where the choice is written as a sum

    def min(self, a: Term, b: Term) -> Term:
        a, b = self._ordered(a, b)
        gap = self.sub(a, b)
        found = a if gap.range.hi <= 0 else self.ite(self.ge0(gap), b, a)
        return self.learn(found, ranges.minimum(a.range, b.range))

    def _ordered(self, a: Term, b: Term) -> tuple[Term, Term]:
        """Return two terms in one order, whichever way they were given."""
        inner = self.sub(a, b).form[1]
        return (b, a) if inner and inner[0][1] < 0 else (a, b)

    def relu(self, a: Term) -> Term:
        return self.max(a, self.const(0))

    def table(self, index: Term, first: int, values: tuple[int, ...]) -> Term:
        """Return ``values[index - first]``; entries that the index cannot reach are left out."""
        _require_place(index, first, len(values))
        reached = values[index.range.lo - first : index.range.hi - first + 1]
        if index.is_const:
            return self.const(reached[0])
        return self.make(Kind.TABLE, (index,), (index.range.lo, reached), ranges.around(reached))

    def pick(self, words: list[Term], index: Term, first: int) -> Term:
        """Return ``words[index - first]``, as a tree of choices."""
        _require_place(index, first, len(words))
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

    def shift_right(self, term: Term, places: int) -> Term:
        """Return ``term // 2**places``."""
        return bit_rewrites.shift_right(self, term, places)

    def bitwise(self, kind: Kind, a: Term, b: Term) -> Term:
        """Return ``a & b``, ``a | b`` or ``a ^ b`` in two's complement."""
        return bit_rewrites.bitwise(self, kind, a, b)


def _both(one: Range, other: Range, of: object) -> Range:
    """Return where values lie that lie in both ranges; there is always some value."""
    met = one.meet(other)
    if met is None:
        raise UnprovenRange(f"{of} must lie in {one} and in {other}, which have nothing in common")
    return met


def _require_condition(term: Term) -> None:
    """Raise UnprovenRange unless a term is 0 or 1: the solver reads one bit of it, and evaluation all."""
    if not BIT.covers(term.range):
        raise UnprovenRange(f"a condition must be 0 or 1, not in {term.range}")


def _require_place(index: Term, first: int, length: int) -> None:
    """Raise UnprovenRange unless an index has an entry: Python would count a negative one from the end."""
    reached = Range(first, first + length - 1)
    if not reached.covers(index.range):
        raise UnprovenRange(f"an index must lie in {reached}, not in {index.range}")
