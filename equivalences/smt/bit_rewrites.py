"""Rewrite rules for bits of terms: extraction, concatenation, and bitwise operations, in one normal form.

The low bits of a sum depend on the sum modulo a power of two only, so that higher terms are dropped. Adjacent
bits of one word that meet in a sum are merged again, and a word combined bit by bit becomes one operation on
words.
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
            f"cannot extract {bits} bits from bit {low} of a term in {term.range}: it must be at least 0"
        )
    if bits == 0 or term.range.hi >> low == 0:
        return t.const(0)
    if term.is_const:
        return t.const(term.value >> low & (1 << bits) - 1)
    bits = min(bits, term.range.hi.bit_length() - low)
    # The word has no bits above those extracted: it is the extract.
    if low == 0 and term.range.hi >> bits == 0:
        return term
    if term.kind is Kind.EXTRACT:
        # Bits of bits are bits of the inner word.
        start, width = term.bit_slice
        return extract(t, term.args[0], start + low, max(min(bits, width - low), 0))
    if term.kind is Kind.BITXOR and all(arg.range.lo >= 0 for arg in term.args):
        return _exclusive_words(t, [extract(t, arg, low, bits) for arg in term.args])
    if term.kind is Kind.SUM:
        simpler = _extract_of_sum(t, term, low, bits)
        if simpler is not None:
            return simpler
    return t.make(Kind.EXTRACT, (term,), (low, bits), Range(0, (1 << bits) - 1))


def _extract_of_sum(t: Terms, term: Term, low: int, bits: int) -> Term | None:
    """Drop terms above the bits and split off terms below them; return None if there are none."""
    constant, inner = term.form
    end = 1 << low + bits
    # Terms that are multiples of 2**(low + bits) cannot reach the bits.
    residues = {atom: weight % end for atom, weight in inner if weight % end}
    # Reducing a weight modulo 2**(low + bits) makes it nonnegative; with nonnegative words the sum stays a
    # term that bits can be extracted from.
    if all(atom.range.lo >= 0 for atom in residues):
        gained, residues = _truncate(t, residues, low + bits)
        join_modulo(t, residues, end)
        reduced = t.sum((constant + gained) % end, residues.items())
        if reduced is not term:
            return extract(t, reduced, low, bits)
    # Terms whose weight 2**bit does not divide lie below the extracted bits. If their sum cannot carry, only
    # the other terms matter.
    for bit in {(w & -w).bit_length() - 1 for _, w in inner}:
        if bit and bit <= low:
            split = _split(t, constant, inner, bit)
            # The quotient is the whole term shifted, so it has that range even if its parts do not show it.
            if split is not None:
                range_ = Range(term.range.lo >> bit, term.range.hi >> bit)
                return extract(t, t.narrow(split, range_), low - bit, bits)
    # Every term is divisible by 2**twos: the bits below are 0.
    step = gcd(constant, *(weight for _, weight in inner))
    twos = (step & -step).bit_length() - 1
    if twos > low:
        halves = t.sum(constant >> twos, [(atom, weight >> twos) for atom, weight in inner])
        halves = t.narrow(halves, Range(term.range.lo >> twos, term.range.hi >> twos))
        return t.sum(0, [(extract(t, halves, 0, max(bits - (twos - low), 0)), 1 << twos - low)])
    return None


def _truncate(t: Terms, total: dict[Term, int], end: int) -> tuple[int, dict[Term, int]]:
    """Truncate words to the bits that their weights leave below ``end``.

    Return also the amount to add to the constant: the truncated word may be a constant or a sum.
    """
    gained, shortened = 0, dict[Term, int]()
    for atom, weight in total.items():
        bits_below_end = end - (weight & -weight).bit_length() + 1
        # weight = odd * 2**j, so only the lowest end - j bits of the word stay below the end.
        is_long = atom.kind in (Kind.EXTRACT, Kind.BITXOR) and width_of(atom) > bits_below_end
        shift, parts = (extract(t, atom, 0, bits_below_end) if is_long else atom).form
        # All weights stay nonnegative, so with a negative part the sum might become negative: keep the word.
        if any(part.range.lo < 0 for part, _ in parts):
            shift, parts = atom.form
        gained += weight * shift
        for part, times in parts:
            shortened[part] = (shortened.get(part, 0) + weight * times) % (1 << end)
    return gained, {atom: weight for atom, weight in shortened.items() if weight}


def _split(t: Terms, constant: int, inner: tuple[tuple[Term, int], ...], bit: int) -> Term | None:
    """Return the sum shifted right if the terms that 2**bit does not divide cannot carry, else None."""
    size = 1 << bit
    below = [(atom, weight) for atom, weight in inner if weight % size]
    low_part = plain_interval((constant % size, tuple(below)))
    # The terms below 2**bit produce neither a carry nor a borrow exactly if their sum stays in [0, 2**bit).
    if low_part.lo < 0 or low_part.hi >= size:
        return None
    return t.sum(constant >> bit, [(a, weight >> bit) for a, weight in inner if not weight % size])


# concatenation


def join(t: Terms, total: dict[Term, int]) -> int:
    """Merge the bits of one word in a sum until no rule applies; return the amount to add to the constant."""
    gained = 0
    while True:
        more = _join_once(t, total)
        if more is None:
            return gained
        gained += more


def join_modulo(t: Terms, total: dict[Term, int], size: int) -> None:
    """Merge adjacent bits whose weights match modulo a power of two."""
    while True:
        neighbors = _neighbors(t, total, size)
        if neighbors is None:
            return
        low, high, joined = neighbors
        weight = total.pop(low)
        del total[high]
        total[joined] = (total.get(joined, 0) + weight) % size
        if not total[joined]:
            del total[joined]


def _join_once(t: Terms, total: dict[Term, int]) -> int | None:
    neighbors = _neighbors(t, total, 0)
    if neighbors is not None:
        low, high, joined = neighbors
        weight = total.pop(low)
        del total[high]
        return t.add_to(total, joined, weight)
    for atom, weight in total.items():
        rule = _TAKEN_OFF.get(atom.kind)
        less = rule(t, total, atom, weight) if rule else None
        if less is not None:
            return less
    return None


def _neighbors(t: Terms, total: dict[Term, int], size: int) -> tuple[Term, Term, Term] | None:
    """Find adjacent bits of one word with matching weights: exactly, or modulo ``size`` if it is not 0."""
    # Indexed by weight: the partner of w x (x of k bits) must have weight w 2**k.
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
    """Return the width in bits of an extract or an exclusive or."""
    return atom.bit_slice[1] if atom.kind is Kind.EXTRACT else atom.range.hi.bit_length()


def above(t: Terms, low: Term, high: Term) -> Term | None:
    """Return the concatenation of adjacent bits of one word; None if they are not adjacent."""
    width = width_of(low)
    if high.kind is Kind.EXTRACT:
        start, more = high.bit_slice
        # The lower bits are recognized by extracting them from the word of the higher ones: hash consing
        # makes equal extracts one node.
        if start >= width and extract(t, high.args[0], start - width, width) is low:
            return extract(t, high.args[0], start - width, width + more)
        return None
    if low.kind is not Kind.BITXOR or high.kind is not Kind.BITXOR or len(low.args) != len(high.args):
        return None
    # An exclusive or of bits is matched operand by operand.
    unmatched, joined = list(high.args), list[Term]()
    for part in low.args:
        for other in unmatched:
            both = above(t, part, other)
            if both is not None:
                unmatched.remove(other)
                joined.append(both)
                break
        else:
            return None
    return _combined(t, joined, width + width_of(high))


def _combined(t: Terms, parts: list[Term], width: int) -> Term:
    """Return the exclusive or of words without normalizing it."""
    order = tuple(sorted(parts, key=lambda term: term.index))
    return t.make(Kind.BITXOR, order, None, Range(0, (1 << width) - 1))


def _take_off(t: Terms, total: dict[Term, int], atom: Term, coefficient: int) -> int | None:
    """Cancel the uppermost bits of a word against the word itself: W - 2**k (W >> k) = W mod 2**k."""
    low, bits = atom.bit_slice
    for other, weight in total.items():
        if other.kind is Kind.EXTRACT and other is not atom:
            start, width = other.bit_slice
            num_low_bits = low - start
            if 0 < num_low_bits and low + bits == start + width and coefficient == -weight << num_low_bits:
                if extract(t, other.args[0], low, bits) is atom:
                    low_bits_left = extract(t, other.args[0], start, num_low_bits)
                    del total[atom]
                    del total[other]
                    return t.add_to(total, low_bits_left, weight)
    whole = atom.args[0]
    if low and whole.range.hi.bit_length() == low + bits and coefficient % (1 << low) == 0:
        constant, inner = whole.form
        # The word may itself be a sum that was flattened into this one: then all its terms must be present
        # with the same factor.
        times = -coefficient >> low
        if all(total.get(a, 0) == times * weight for a, weight in inner):
            del total[atom]
            for a, _ in inner:
                del total[a]
            return t.add_to(total, extract(t, whole, 0, low), times) - times * constant
    return None


def _take_off_combined(t: Terms, total: dict[Term, int], atom: Term, coefficient: int) -> int | None:
    """Cancel the uppermost bits of an exclusive or against the whole of it."""
    width = width_of(atom)
    for other, weight in total.items():
        natural = other.kind is Kind.BITXOR and min(atom.range.lo, other.range.lo) >= 0
        num_low_bits = width_of(other) - width if natural else 0
        if (
            num_low_bits > 0
            and coefficient == -weight << num_low_bits
            and extract(t, other, num_low_bits, width) is atom
        ):
            del total[atom]
            del total[other]
            return t.add_to(total, extract(t, other, 0, num_low_bits), weight)
    return None


_TAKEN_OFF = {Kind.EXTRACT: _take_off, Kind.BITXOR: _take_off_combined}

# bitwise operations


def low_bits(t: Terms, term: Term, bits: int) -> Term:
    """Return ``term mod 2**bits``."""
    _require_count(bits)
    return extract(t, t.shifted(term, _lift(term, bits)), 0, bits)


def shift_right(t: Terms, term: Term, count: int) -> Term:
    """Return ``term // 2**count``."""
    _require_count(count)
    amount = _lift(term, count)
    raised = t.shifted(term, amount)
    bits = max(raised.range.hi.bit_length() - count, 0)
    return t.shifted(extract(t, raised, count, bits), -(amount >> count))


def _lift(term: Term, count: int) -> int:
    """Return a multiple of ``2**count`` that makes a term at least 0; adding it changes no lower bit.

    Callers need the amount itself: it cannot be read off the sum, which may be normalized to another form.
    """
    return 0 if term.range.lo >= 0 else 1 << max(count, (-term.range.lo - 1).bit_length())


def _require_count(count: int) -> None:
    if count < 0:
        raise UnprovenRange(f"a number of bits must be at least 0, not {count}")


def bitwise(t: Terms, kind: Kind, a: Term, b: Term) -> Term:
    """Return ``a & b``, ``a | b`` or ``a ^ b`` in two's complement."""
    # On bits, the operations are those of the conditions, with all their normal forms.
    if BIT.covers(a.range) and BIT.covers(b.range):
        return _boolean(t, kind, a, b)
    a, b = sorted((a, b), key=lambda term: term.index)
    for word, mask in ((a, b), (b, a)):
        if mask.is_const:
            # A mask 2**k - 1 takes the remainder modulo 2**k, also of negative words in two's complement.
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
    """Return the exclusive or of nonnegative words: bit by bit, merged again as far as possible."""
    width = max(word.range.hi.bit_length() for word in words)
    parities = (_exclusive(t, [extract(t, word, position, 1) for word in words]) for position in range(width))
    return t.sum(0, [(bit, 1 << position) for position, bit in enumerate(parities)])


def _exclusive(t: Terms, conditions: list[Term]) -> Term:
    """Return the parity of some conditions."""
    # Over GF(2): constants and complements flip the result, and equal operands cancel in pairs.
    odd, distinct, pending = False, dict[Term, None](), list(conditions)
    while pending:
        condition = pending.pop()
        if condition.is_const:
            odd ^= bool(condition.value)
        elif is_complement(condition):
            odd = not odd
            pending.append(condition.args[0])
        elif condition.kind is Kind.BITXOR:
            pending += condition.args
        elif condition in distinct:
            del distinct[condition]
        else:
            distinct[condition] = None
    parts = list(distinct)
    if len(parts) < 2:
        parity = parts[0] if parts else t.const(0)
    else:
        parity = _combined(t, parts, 1)
    return t.not_(parity) if odd else parity
