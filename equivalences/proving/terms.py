"""Integer terms that are made once and kept in a normal form, each with a range that always holds.

A range follows from the ranges of what a term is made of, so that the bits that it needs are known and no
overflow can hide. Sums are flat; a condition is a term of range [0, 1], and its complement ``1 - c`` is a sum
too. What the normal form makes equal needs no solver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from math import gcd
from typing import Any

from streamssm.program import ranges
from streamssm.program.ranges import BIT, Range

SPLIT_CONDITIONS = 3  # conditions of a sum that are looked into for its range


class Kind(str, Enum):
    """What a term computes from its arguments."""

    VAR = "var"  # attr: the name
    CONST = "const"  # attr: the value
    SUM = "sum"  # attr: (constant, coefficients)
    GE0 = "ge0"  # 1 where the argument is at least 0
    EQ0 = "eq0"  # 1 where the argument is 0
    AND = "and"  # of conditions
    ITE = "ite"
    EXTRACT = "extract"  # attr: (lowest bit, number of bits) of an argument that is not negative
    BITAND = "bitand"
    BITOR = "bitor"
    BITXOR = "bitxor"
    TABLE = "table"  # attr: (first index, values)
    UDIV = "udiv"  # of arguments that are not negative, the second at least 1
    UREM = "urem"


class Term:
    """A node; two terms of one `Terms` are equal where they are the same object."""

    __slots__ = ("args", "attr", "index", "kind", "range")

    def __init__(self, index: int, kind: Kind, args: tuple[Term, ...], attr: Any, values: Range) -> None:
        self.index = index
        self.kind = kind
        self.args = args
        self.attr: Any = attr
        self.range = values

    @property
    def form(self) -> Form:
        """The term as a constant plus multiples of terms that are no sums."""
        if self.kind is Kind.SUM:
            constant, coefficients = self.attr
            return constant, tuple(zip(self.args, coefficients, strict=True))
        if self.kind is Kind.CONST:
            return self.attr, ()
        return 0, ((self, 1),)

    @property
    def is_const(self) -> bool:
        return self.kind is Kind.CONST

    @property
    def value(self) -> int:
        """The value of a constant."""
        return self.range.lo

    def __repr__(self) -> str:
        inner = ", ".join(f"t{arg.index}" for arg in self.args)
        return f"t{self.index} = {self.kind.value}({inner}; {self.attr}) in {self.range}"


Form = tuple[int, tuple[tuple[Term, int], ...]]
Fact = tuple[Term, bool]


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

    def __len__(self) -> int:
        return len(self._found)

    def _make(self, kind: Kind, args: tuple[Term, ...], attr: Any, values: Range) -> Term:
        if values.is_constant and kind is not Kind.CONST:
            return self.const(values.lo)
        key = (kind, tuple(arg.index for arg in args), attr)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = Term(len(self._found), kind, args, attr, values)
        return found

    def const(self, value: int) -> Term:
        return self._make(Kind.CONST, (), value, Range(value, value))

    def var(self, name: str, values: Range) -> Term:
        return self._make(Kind.VAR, (), name, values)

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
        """Return ``W - 2**j [W >= 2**j]`` as the lowest j bits of W, or its opposite; None if it is no such
        sum."""
        for atom, weight in total.items():
            size, sign = abs(weight), -1 if weight > 0 else 1
            if size & size - 1 or at_least_0(atom) is None:
                continue
            rest = {other: sign * w for other, w in total.items() if other is not atom}
            order = sorted(rest, key=lambda other: other.index)
            values = self._range_of((sign * constant, tuple((other, rest[other]) for other in order)))
            if 0 <= values.lo and size <= values.hi < 2 * size:
                whole = self._sum(sign * constant, rest)
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
        return self._make(Kind.SUM, tuple(order), (constant, coefficients), self._interval(form))

    def _simplified(self, constant: int, total: dict[Term, int]) -> int:
        """Join choices by one condition, and bits that are taken off or put together; return the constant."""
        while True:
            before = len(total)
            if sum(1 for atom in total if atom.kind is Kind.ITE) > 1:
                constant += self._join_choices(total)
            if any(atom.kind is Kind.EXTRACT for atom in total):
                constant += self._join_bits(total)
            if len(total) >= before:
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
                shift += self._add_to(total, self.ite(condition, *cases), 1)
        return shift

    def _add_to(self, total: dict[Term, int], term: Term, coefficient: int) -> int:
        constant, inner = term.form
        for atom, weight in inner:
            left = total.get(atom, 0) + coefficient * weight
            if left:
                total[atom] = left
            else:
                total.pop(atom, None)
        return coefficient * constant

    def _join_bits(self, total: dict[Term, int]) -> int:
        for atom in [atom for atom in total if atom.kind is Kind.EXTRACT]:
            coefficient = total.get(atom, 0)
            if not coefficient:
                continue
            low, bits = atom.attr
            whole = atom.args[0]
            above = self._joined_above(total, atom, coefficient)
            if above is not None:
                return above
            if low and whole.range.hi.bit_length() == low + bits and coefficient % (1 << low) == 0:
                constant, inner = whole.form
                times = -coefficient >> low
                if all(total.get(a, 0) == times * weight for a, weight in inner):
                    del total[atom]
                    for a, _ in inner:
                        del total[a]
                    added: int = self._add_to(total, self.extract(whole, 0, low), times)
                    return added - int(times * constant)
        return 0

    def _joined_above(self, total: dict[Term, int], atom: Term, coefficient: int) -> int | None:
        """Join bits with those right above them, or take off the uppermost of them."""
        low, bits = atom.attr
        whole = atom.args[0]
        for other, weight in total.items():
            if other.kind is not Kind.EXTRACT or other.args[0] is not whole or other is atom:
                continue
            start, more = other.attr
            if start == low + bits and weight == coefficient << bits:
                joined = self.extract(whole, low, bits + more)
            elif low < start and start + more == low + bits and weight == -coefficient << start - low:
                joined = self.extract(whole, low, start - low)
            else:
                continue
            del total[other]
            del total[atom]
            return self._add_to(total, joined, coefficient)
        return None

    def neg(self, term: Term) -> Term:
        return self.sum(0, [(term, -1)])

    def add(self, a: Term, b: Term) -> Term:
        return self.sum(0, [(a, 1), (b, 1)])

    def sub(self, a: Term, b: Term) -> Term:
        return self.sum(0, [(a, 1), (b, -1)])

    def shifted(self, a: Term, amount: int) -> Term:
        return self.sum(amount, [(a, 1)])

    # ranges

    def _interval(self, form: Form) -> Range:
        """Return a sum's range, with the newest conditions in it taken as 0 and as 1."""
        found, conditions = plain_interval(form), 0
        for atom, coefficient in reversed(form[1]):
            if conditions == SPLIT_CONDITIONS:
                break
            if atom.kind is Kind.EQ0 or at_least_0(atom) is not None:
                conditions += 1
                rest = (form[0], tuple(part for part in form[1] if part[0] is not atom))
                cases = [self._known(rest, (atom, bool(truth)), truth * coefficient) for truth in (0, 1)]
                both = [case for case in cases if case is not None]
                met = found.meet(both[0].hull(both[-1])) if both else None
                found = met if met is not None else found
        return found

    def _range_of(self, form: Form) -> Range:
        """Return a form's range, that of its term where there is one."""
        atoms, coefficients = tuple(a.index for a, _ in form[1]), tuple(w for _, w in form[1])
        known = self._found.get((Kind.SUM, atoms, (form[0], coefficients)))
        found = plain_interval(form)
        return found if known is None else found.meet(known.range) or found

    def _known(self, form: Form, fact: Fact, shift: int = 0) -> Range | None:
        """Return a range of a form, shifted, where a fact holds; None where the two exclude each other."""
        found = self._range_of(form)
        for known in facts_of(*fact):
            least, greatest = _bounded(form, known)
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
        return self._make(Kind.GE0, (term,), None, BIT)

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
        return chosen if chosen is not None else self._make(Kind.EQ0, (term,), None, BIT)

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
        return self.sum(1, [(condition, -1)])

    def and_(self, conditions: Iterable[Term]) -> Term:
        kept: dict[Term, None] = {}
        for condition in conditions:
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
        return order[0] if len(order) == 1 else self._make(Kind.AND, tuple(order), None, BIT)

    def or_(self, conditions: Iterable[Term]) -> Term:
        return self.not_(self.and_(self.not_(condition) for condition in conditions))

    def truth(self, term: Term) -> Term:
        """Return the condition ``term != 0``."""
        return term if BIT.covers(term.range) else self.not_(self.eq0(term))

    # choices

    def ite(self, condition: Term, then: Term, other: Term) -> Term:
        """Return ``then`` where the condition is 1, else ``other``."""
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
            case.meet(term.range) or case
            for case, term in zip(cases, (then, other), strict=True)
            if case is not None
        ]
        if not possible:
            return other
        return self._make(Kind.ITE, (condition, then, other), None, possible[0].hull(possible[-1]))

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
        return self.ite(self.ge0(self.sub(a, b)), a, b)

    def min(self, a: Term, b: Term) -> Term:
        a, b = self._ordered(a, b)
        return self.ite(self.ge0(self.sub(a, b)), b, a)

    def _ordered(self, a: Term, b: Term) -> tuple[Term, Term]:
        """Return two terms in one order, whichever way they were given."""
        inner = self.sub(a, b).form[1]
        return (b, a) if inner and inner[0][1] < 0 else (a, b)

    def relu(self, a: Term) -> Term:
        return self.max(a, self.const(0))

    def table(self, index: Term, first: int, values: tuple[int, ...]) -> Term:
        """Return ``values[index - first]``; entries that the index cannot reach are left out."""
        reached = values[index.range.lo - first : index.range.hi - first + 1]
        if index.is_const:
            return self.const(reached[0])
        return self._make(Kind.TABLE, (index,), (index.range.lo, reached), ranges.around(reached))

    def pick(self, words: list[Term], index: Term, first: int) -> Term:
        """Return ``words[index - first]``, as a tree of choices."""
        lo, hi = max(index.range.lo - first, 0), min(index.range.hi - first, len(words) - 1)
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

    def extract(self, term: Term, low: int, bits: int) -> Term:
        """Return ``(term >> low) mod 2**bits`` of a term that is not negative."""
        if bits <= 0 or term.range.hi >> low == 0:
            return self.const(0)
        if term.is_const:
            return self.const(term.value >> low & (1 << bits) - 1)
        bits = min(bits, term.range.hi.bit_length() - low)
        if low == 0 and term.range.hi >> bits == 0:
            return term
        if term.kind is Kind.EXTRACT:
            start, width = term.attr
            return self.extract(term.args[0], start + low, min(bits, width - low))
        if term.kind is Kind.SUM:
            simpler = self._extract_of_sum(term, low, bits)
            if simpler is not None:
                return simpler
        return self._make(Kind.EXTRACT, (term,), (low, bits), Range(0, (1 << bits) - 1))

    def _extract_of_sum(self, term: Term, low: int, bits: int) -> Term | None:
        """Drop parts above the bits, and part off those below."""
        constant, inner = term.form
        end = 1 << low + bits
        kept = [(atom, weight % end) for atom, weight in inner if weight % end]
        if all(atom.range.lo >= 0 for atom, _ in kept):
            rest = self.sum(constant % end, kept)
            if rest is not term:
                return self.extract(rest, low, bits)
        for place in {(w & -w).bit_length() - 1 for _, w in inner}:
            if place and place <= low:
                split = self._split(constant, inner, place)
                if split is not None:
                    return self.extract(split, low - place, bits)
        step = gcd(constant, *(weight for _, weight in inner))
        twos = (step & -step).bit_length() - 1
        if twos > low:
            halves = self.sum(constant >> twos, [(atom, weight >> twos) for atom, weight in inner])
            return self.sum(0, [(self.extract(halves, 0, bits - (twos - low)), 1 << twos - low)])
        return None

    def _split(self, constant: int, inner: tuple[tuple[Term, int], ...], place: int) -> Term | None:
        """Return the sum divided by a power of two if what does not divide stays below it."""
        size = 1 << place
        below = [(atom, weight) for atom, weight in inner if weight % size]
        rest = plain_interval((constant % size, tuple(below)))
        if rest.lo < 0 or rest.hi >= size:
            return None
        return self.sum(constant >> place, [(a, weight >> place) for a, weight in inner if not weight % size])

    def low_bits(self, term: Term, bits: int) -> Term:
        """Return ``term mod 2**bits``."""
        raised = self._raised(term, bits)
        return self.extract(raised, 0, bits)

    def shift_right(self, term: Term, places: int) -> Term:
        """Return ``term // 2**places``."""
        raised = self._raised(term, places)
        amount = raised.form[0] - term.form[0]
        return self.shifted(
            self.extract(raised, places, max(raised.range.hi.bit_length() - places, 0)), -(amount >> places)
        )

    def _raised(self, term: Term, places: int) -> Term:
        """Return a term that is not negative, a multiple of ``2**places`` above the given one."""
        if term.range.lo >= 0:
            return term
        return self.shifted(term, 1 << max(places, (-term.range.lo - 1).bit_length()))

    def bitwise(self, kind: Kind, a: Term, b: Term) -> Term:
        """Return ``a & b``, ``a | b`` or ``a ^ b`` in two's complement."""
        if BIT.covers(a.range) and BIT.covers(b.range):
            return self._boolean(kind, a, b)
        a, b = sorted((a, b), key=lambda term: term.index)
        for word, mask in ((a, b), (b, a)):
            if mask.is_const:
                if kind is Kind.BITAND and mask.value >= 0 and not mask.value & mask.value + 1:
                    return self.low_bits(word, mask.value.bit_length())
                if mask.value == 0 and kind is not Kind.BITAND:
                    return word
        return self._make(kind, (a, b), None, BITWISE[kind](a.range, b.range))

    def _boolean(self, kind: Kind, a: Term, b: Term) -> Term:
        if kind is Kind.BITAND:
            return self.and_([a, b])
        if kind is Kind.BITOR:
            return self.or_([a, b])
        negated = [is_complement(term) for term in (a, b)]
        a, b = (self.not_(t) if is_complement(t) else t for t in (a, b))
        if a.is_const or b.is_const or a is b:
            found = self.const(0) if a is b else (self.add(a, b) if 0 in (a.range.hi, b.range.hi) else None)
            if found is None:
                word = b if a.is_const else a
                found = self.not_(word)
        else:
            a, b = sorted((a, b), key=lambda term: term.index)
            found = self._make(Kind.BITXOR, (a, b), None, BIT)
        return self.not_(found) if sum(negated) == 1 else found

    def unsigned(self, kind: Kind, a: Term, b: Term) -> Term:
        """Return the quotient or rest of terms that are not negative, the second at least 1."""
        if kind is Kind.UDIV:
            values = ranges.floordiv(a.range, b.range)
        else:
            values = Range(0, min(a.range.hi, b.range.hi - 1))
        if a.is_const and b.is_const:
            return self.const(a.value // b.value if kind is Kind.UDIV else a.value % b.value)
        return self._make(kind, (a, b), None, values)


BITWISE = {Kind.BITAND: ranges.bit_and, Kind.BITOR: ranges.bit_or, Kind.BITXOR: ranges.bit_xor}


def is_complement(condition: Term) -> bool:
    """Return whether a condition is ``1 - c``."""
    return condition.kind is Kind.SUM and condition.attr == (1, (-1,))


def negated(inner: Iterable[tuple[Term, int]]) -> list[tuple[Term, int]]:
    return [(atom, -weight) for atom, weight in inner]


def plain_interval(form: Form) -> Range:
    """Return the sums that terms within their ranges can make."""
    lo = hi = form[0]
    for atom, weight in form[1]:
        ends = (weight * atom.range.lo, weight * atom.range.hi)
        lo, hi = lo + min(ends), hi + max(ends)
    return Range(lo, hi)


def at_least_0(condition: Term) -> Form | None:
    """Return the form that a condition says is at least 0: an argument, or what its top bit compares."""
    if condition.kind is Kind.GE0:
        return condition.args[0].form
    if condition.kind is Kind.EXTRACT:
        low, bits = condition.attr
        whole = condition.args[0]
        if bits == 1 and whole.range.hi.bit_length() == low + 1:
            constant, inner = whole.form
            return constant - (1 << low), inner
    return None


def facts_of(condition: Term, truth: bool) -> Iterator[Form]:
    """Yield forms that are at least 0 where the condition has this value."""
    if is_complement(condition):
        yield from facts_of(condition.args[0], not truth)
    elif (compared := at_least_0(condition)) is not None:
        constant, inner = compared
        yield (constant, inner) if truth else (-constant - 1, tuple(negated(inner)))
    elif condition.kind is Kind.EQ0 and truth:
        constant, inner = condition.args[0].form
        yield constant, inner
        yield -constant, tuple(negated(inner))
    elif condition.kind is Kind.AND and truth:
        for part in condition.args:
            yield from facts_of(part, True)


def _bounded(form: Form, known: Form) -> tuple[int | None, int | None]:
    """Return what ``known >= 0`` says about a form: a lower and an upper bound."""
    mine = dict(form[1])
    if not known[1] or known[1][0][0] not in mine:
        return None, None
    atom, weight = known[1][0]
    if mine[atom] % weight:
        return None, None
    times = mine[atom] // weight
    for other, coefficient in known[1]:
        mine[other] = mine.get(other, 0) - times * coefficient
    rest = plain_interval((form[0] - times * known[0], tuple((a, w) for a, w in mine.items() if w)))
    return (rest.lo, None) if times > 0 else (None, rest.hi)


def cone(roots: Iterable[Term]) -> list[Term]:
    """Return every term that the roots are made of, arguments first."""
    order: list[Term] = []
    state: dict[Term, bool] = {}
    stack = list(roots)[::-1]
    while stack:
        term = stack[-1]
        if term not in state:
            state[term] = False
            stack.extend(arg for arg in term.args if arg not in state)
        else:
            stack.pop()
            if not state[term]:
                state[term] = True
                order.append(term)
    return order


def evaluate(roots: Iterable[Term], variables: Mapping[str, int]) -> list[int]:
    """Return the roots' values where variables, by name, have these."""
    wanted = list(roots)
    values = values_of(wanted, variables)
    return [values[term] for term in wanted]


def values_of(roots: Iterable[Term], variables: Mapping[str, int]) -> dict[Term, int]:
    """Return the values of all terms that the roots are made of."""
    values: dict[Term, int] = {}
    for term in cone(roots):
        values[term] = _RULES[term.kind](term, [values[arg] for arg in term.args], variables)
    return values


def _value_of_sum(term: Term, args: list[int], variables: Mapping[str, int]) -> int:
    constant, coefficients = term.attr
    return int(constant + sum(w * x for w, x in zip(coefficients, args, strict=True)))


def _value_of_bits(term: Term, args: list[int], variables: Mapping[str, int]) -> int:
    low, bits = term.attr
    return int(args[0] >> low & (1 << bits) - 1)


def _value_of_table(term: Term, args: list[int], variables: Mapping[str, int]) -> int:
    first, entries = term.attr
    return int(entries[args[0] - first])


_RULES: dict[Kind, Callable[[Term, list[int], Mapping[str, int]], int]] = {
    Kind.VAR: lambda term, args, variables: variables[str(term.attr)],
    Kind.CONST: lambda term, args, variables: term.value,
    Kind.SUM: _value_of_sum,
    Kind.GE0: lambda term, args, variables: int(args[0] >= 0),
    Kind.EQ0: lambda term, args, variables: int(args[0] == 0),
    Kind.AND: lambda term, args, variables: int(all(args)),
    Kind.ITE: lambda term, args, variables: args[1] if args[0] else args[2],
    Kind.EXTRACT: _value_of_bits,
    Kind.BITAND: lambda term, args, variables: args[0] & args[1],
    Kind.BITOR: lambda term, args, variables: args[0] | args[1],
    Kind.BITXOR: lambda term, args, variables: args[0] ^ args[1],
    Kind.TABLE: _value_of_table,
    Kind.UDIV: lambda term, args, variables: args[0] // args[1],
    Kind.UREM: lambda term, args, variables: args[0] % args[1],
}
