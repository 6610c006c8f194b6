"""Bits of terms: taken off, put together again, and combined; one form for each, whatever way they came.

Bits of a sum are those of the sum modulo what they reach, and a word whose bits are combined one by one is
the combination of the words.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from streamssm.equivalences.smt.term import Kind, Term, UnprovenRange, is_complement, plain_interval
from streamssm.ir import ranges
from streamssm.ir.ranges import BIT, Range

if TYPE_CHECKING:
    from streamssm.equivalences.smt.term_builder import Terms

BITWISE = {Kind.BITAND: ranges.bit_and, Kind.BITOR: ranges.bit_or, Kind.BITXOR: ranges.bit_xor}


def extract(t: Terms, term: Term, low: int, bits: int) -> Term:
    """Return ``(term >> low) mod 2**bits`` of a term that is not negative."""
    if low < 0 or bits < 0 or term.range.lo < 0:
        raise UnprovenRange(
            f"bits {low}, ... {bits} of them, must be of a term of at least 0, not {term.range}"
        )
    if bits == 0 or term.range.hi >> low == 0:
        return t.const(0)
    if term.is_const:
        return t.const(term.value >> low & (1 << bits) - 1)
    bits = min(bits, term.range.hi.bit_length() - low)
    if low == 0 and term.range.hi >> bits == 0:
        return term
    if term.kind is Kind.EXTRACT:
        start, width = term.place
        return extract(t, term.args[0], start + low, max(min(bits, width - low), 0))
    if term.kind is Kind.BITXOR and all(arg.range.lo >= 0 for arg in term.args):
        return _exclusive_words(t, [extract(t, arg, low, bits) for arg in term.args])
    if term.kind is Kind.SUM:
        simpler = _extract_of_sum(t, term, low, bits)
        if simpler is not None:
            return simpler
    return t.make(Kind.EXTRACT, (term,), (low, bits), Range(0, (1 << bits) - 1))


def _extract_of_sum(t: Terms, term: Term, low: int, bits: int) -> Term | None:
    """Leave out what lies above the bits, and part off what lies below; None where nothing does."""
    constant, inner = term.form
    end = 1 << low + bits
    kept = {atom: weight % end for atom, weight in inner if weight % end}
    if all(atom.range.lo >= 0 for atom in kept):
        gained, kept = _shortened(t, kept, low + bits)
        join_modulo(t, kept, end)
        rest = t.sum((constant + gained) % end, kept.items())
        if rest is not term:
            return extract(t, rest, low, bits)
    for place in {(w & -w).bit_length() - 1 for _, w in inner}:
        if place and place <= low:
            split = _split(t, constant, inner, place)
            if split is not None:  # it is term >> place, in the range that this gives
                values = Range(term.range.lo >> place, term.range.hi >> place)
                return extract(t, t.narrow(split, values), low - place, bits)
    step = gcd(constant, *(weight for _, weight in inner))
    twos = (step & -step).bit_length() - 1
    if twos > low:
        halves = t.sum(constant >> twos, [(atom, weight >> twos) for atom, weight in inner])
        halves = t.narrow(halves, Range(term.range.lo >> twos, term.range.hi >> twos))
        return t.sum(0, [(extract(t, halves, 0, max(bits - (twos - low), 0)), 1 << twos - low)])
    return None


def _shortened(t: Terms, total: dict[Term, int], end: int) -> tuple[int, dict[Term, int]]:
    """Cut off the bits of words that their weights lift to the end or above it.

    Return what the constant gains, too: bits of a word may be known, or be a sum.
    """
    gained, found = 0, dict[Term, int]()
    for atom, weight in total.items():
        left = end - (weight & -weight).bit_length() + 1
        is_long = atom.kind in (Kind.EXTRACT, Kind.BITXOR) and width_of(atom) > left
        shift, parts = (extract(t, atom, 0, left) if is_long else atom).form
        if any(part.range.lo < 0 for part, _ in parts):  # its weight is to stay at least 0, and so is the sum
            shift, parts = atom.form
        gained += weight * shift
        for part, times in parts:
            found[part] = (found.get(part, 0) + weight * times) % (1 << end)
    return gained, {atom: weight for atom, weight in found.items() if weight}


def _split(t: Terms, constant: int, inner: tuple[tuple[Term, int], ...], place: int) -> Term | None:
    """Return the sum divided by a power of two if what does not divide stays below it."""
    size = 1 << place
    below = [(atom, weight) for atom, weight in inner if weight % size]
    rest = plain_interval((constant % size, tuple(below)))
    if rest.lo < 0 or rest.hi >= size:
        return None
    return t.sum(constant >> place, [(a, weight >> place) for a, weight in inner if not weight % size])


# putting together


def join(t: Terms, total: dict[Term, int]) -> int:
    """Join bits of one word that stand in a sum, as far as that goes; return what the constant gains."""
    gained = 0
    while True:
        more = _joined(t, total)
        if more is None:
            return gained
        gained += more


def join_modulo(t: Terms, total: dict[Term, int], size: int) -> None:
    """Join bits whose weights fit up to a multiple of a power of two."""
    while True:
        found = _neighbours(t, total, size)
        if found is None:
            return
        low, high, joined = found
        weight = total.pop(low)
        del total[high]
        total[joined] = (total.get(joined, 0) + weight) % size
        if not total[joined]:
            del total[joined]


def _joined(t: Terms, total: dict[Term, int]) -> int | None:
    found = _neighbours(t, total, 0)
    if found is not None:
        low, high, joined = found
        weight = total.pop(low)
        del total[high]
        return t.add_to(total, joined, weight)
    for atom, weight in total.items():
        rule = _TAKEN_OFF.get(atom.kind)
        less = rule(t, total, atom, weight) if rule else None
        if less is not None:
            return less
    return None


def _neighbours(t: Terms, total: dict[Term, int], size: int) -> tuple[Term, Term, Term] | None:
    """Find bits and those right above them, with weights that fit: modulo a size, or exactly."""
    by_weight: dict[int, list[Term]] = {}
    for atom, weight in total.items():
        if atom.kind in (Kind.EXTRACT, Kind.BITXOR) and atom.range.lo >= 0:
            by_weight.setdefault(weight, []).append(atom)
    for atoms in list(by_weight.values()):
        for atom in atoms:
            raised = total[atom] << width_of(atom)
            for other in by_weight.get(raised % size if size else raised, ()):
                joined = None if other is atom else above(t, atom, other)
                if joined is not None:
                    return atom, other, joined
    return None


def width_of(atom: Term) -> int:
    """Return how many bits an extract or a combination of words has."""
    return atom.place[1] if atom.kind is Kind.EXTRACT else atom.range.hi.bit_length()


def above(t: Terms, low: Term, high: Term) -> Term | None:
    """Return bits and those right above them as bits of one word; None where they are none."""
    width = width_of(low)
    if high.kind is Kind.EXTRACT:
        start, more = high.place
        if start >= width and extract(t, high.args[0], start - width, width) is low:
            return extract(t, high.args[0], start - width, width + more)
        return None
    if low.kind is not Kind.BITXOR or high.kind is not Kind.BITXOR or len(low.args) != len(high.args):
        return None
    rest, joined = list(high.args), list[Term]()
    for part in low.args:
        for other in rest:
            both = above(t, part, other)
            if both is not None:
                rest.remove(other)
                joined.append(both)
                break
        else:
            return None
    return _combined(t, joined, width + width_of(high))


def _combined(t: Terms, parts: list[Term], width: int) -> Term:
    """Return the exclusive or of words as it stands."""
    order = tuple(sorted(parts, key=lambda term: term.index))
    return t.make(Kind.BITXOR, order, None, Range(0, (1 << width) - 1))


def _taken_off(t: Terms, total: dict[Term, int], atom: Term, coefficient: int) -> int | None:
    """Take the uppermost bits off a word that stands beside them."""
    low, bits = atom.place
    for other, weight in total.items():
        if other.kind is Kind.EXTRACT and other is not atom:
            start, width = other.place
            places = low - start
            if 0 < places and low + bits == start + width and coefficient == -weight << places:
                if extract(t, other.args[0], low, bits) is atom:
                    left = extract(t, other.args[0], start, places)
                    del total[atom]
                    del total[other]
                    return t.add_to(total, left, weight)
    whole = atom.args[0]
    if low and whole.range.hi.bit_length() == low + bits and coefficient % (1 << low) == 0:
        constant, inner = whole.form
        times = -coefficient >> low
        if all(total.get(a, 0) == times * weight for a, weight in inner):
            del total[atom]
            for a, _ in inner:
                del total[a]
            return t.add_to(total, extract(t, whole, 0, low), times) - times * constant
    return None


def _taken_off_combined(t: Terms, total: dict[Term, int], atom: Term, coefficient: int) -> int | None:
    """Take the uppermost bits off a combination of words that stands beside them."""
    width = width_of(atom)
    for other, weight in total.items():
        natural = other.kind is Kind.BITXOR and min(atom.range.lo, other.range.lo) >= 0
        places = width_of(other) - width if natural else 0
        if places > 0 and coefficient == -weight << places and extract(t, other, places, width) is atom:
            del total[atom]
            del total[other]
            return t.add_to(total, extract(t, other, 0, places), weight)
    return None


_TAKEN_OFF = {Kind.EXTRACT: _taken_off, Kind.BITXOR: _taken_off_combined}

# combining


def low_bits(t: Terms, term: Term, bits: int) -> Term:
    """Return ``term mod 2**bits``."""
    _require_places(bits)
    return extract(t, t.shifted(term, _lift(term, bits)), 0, bits)


def shift_right(t: Terms, term: Term, places: int) -> Term:
    """Return ``term // 2**places``."""
    _require_places(places)
    amount = _lift(term, places)
    raised = t.shifted(term, amount)
    bits = max(raised.range.hi.bit_length() - places, 0)
    return t.shifted(extract(t, raised, places, bits), -(amount >> places))


def _lift(term: Term, places: int) -> int:
    """Return a multiple of ``2**places`` that makes a term at least 0; adding it changes no lower bit.

    How much was added cannot be read off the sum, which may be written in another way than the term.
    """
    return 0 if term.range.lo >= 0 else 1 << max(places, (-term.range.lo - 1).bit_length())


def _require_places(places: int) -> None:
    if places < 0:
        raise UnprovenRange(f"a number of bits must be at least 0, not {places}")


def bitwise(t: Terms, kind: Kind, a: Term, b: Term) -> Term:
    """Return ``a & b``, ``a | b`` or ``a ^ b`` in two's complement."""
    if BIT.covers(a.range) and BIT.covers(b.range):
        return _boolean(t, kind, a, b)
    a, b = sorted((a, b), key=lambda term: term.index)
    for word, mask in ((a, b), (b, a)):
        if mask.is_const:
            if kind is Kind.BITAND and mask.value >= 0 and not mask.value & mask.value + 1:
                return low_bits(t, word, mask.value.bit_length())
            if mask.value == 0 and kind is not Kind.BITAND:
                return word
    if kind is Kind.BITXOR and a.range.lo >= 0 and b.range.lo >= 0:
        return _exclusive_words(t, [a, b])
    return t.make(kind, (a, b), None, BITWISE[kind](a.range, b.range))


def _boolean(t: Terms, kind: Kind, a: Term, b: Term) -> Term:
    if kind is Kind.BITAND:
        return t.and_([a, b])
    return t.or_([a, b]) if kind is Kind.BITOR else _exclusive(t, [a, b])


def _exclusive_words(t: Terms, words: list[Term]) -> Term:
    """Return the exclusive or of words that are not negative: bit by bit, then joined as far as that goes."""
    width = max(word.range.hi.bit_length() for word in words)
    found = (_exclusive(t, [extract(t, word, place, 1) for word in words]) for place in range(width))
    return t.sum(0, [(bit, 1 << place) for place, bit in enumerate(found)])


def _exclusive(t: Terms, conditions: list[Term]) -> Term:
    """Return the condition that an odd number of conditions hold."""
    odd, kept, left = False, dict[Term, None](), list(conditions)
    while left:
        condition = left.pop()
        if condition.is_const:
            odd ^= bool(condition.value)
        elif is_complement(condition):
            odd = not odd
            left.append(condition.args[0])
        elif condition.kind is Kind.BITXOR:
            left += condition.args
        elif condition in kept:
            del kept[condition]
        else:
            kept[condition] = None
    parts = list(kept)
    if len(parts) < 2:
        found = parts[0] if parts else t.const(0)
    else:
        found = _combined(t, parts, 1)
    return t.not_(found) if odd else found
