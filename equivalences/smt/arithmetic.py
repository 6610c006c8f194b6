"""Products, quotients and shifts of terms, written out digit by digit.

Both sides of a proof are written in this one way, so that equal products are mostly the same term.
"""

from __future__ import annotations

from streamssm.equivalences.smt.term import Term, UnprovenRange
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.ranges import Range


def product(t: Terms, a: Term, b: Term) -> Term:
    """Return ``a * b``: the wider word once for every bit of the narrower."""
    for fixed, other in ((a, b), (b, a)):
        if fixed.is_const:
            return t.sum(0, [(other, fixed.value)])
    word, factor = (a, b) if a.range.bits >= b.range.bits else (b, a)
    width = max(factor.range.hi.bit_length(), (~factor.range.lo).bit_length() if factor.range.lo < 0 else 0)
    zero, parts = t.const(0), list[tuple[Term, int]]()
    if factor.range.lo < 0:
        parts.append((t.ite(t.ge0(factor), zero, word), -(1 << width)))
    raised = t.shifted(factor, 1 << width) if factor.range.lo < 0 else factor
    for place in range(width):
        parts.append((t.ite(t.extract(raised, place, 1), word, zero), 1 << place))
    found = t.sum(0, parts)
    ends = [x * y for x in (a.range.lo, a.range.hi) for y in (b.range.lo, b.range.hi)]
    return t.learn(found, Range(max(min(ends), 0) if a is b else min(ends), max(ends)))


def divmod_terms(t: Terms, a: Term, b: Term) -> tuple[Term, Term]:
    """Return ``a // b`` and ``a % b`` as Python rounds, for a divisor that is never 0.

    The range of a divisor that may be of either sign cannot show that; there, 0 divides as 1 does.
    """
    if b.range.lo == 0 or b.range.hi == 0:
        raise UnprovenRange(f"a divisor must not be 0, and lies in {b.range}")
    if b.range.hi < 0:
        quotient, rest = divmod_terms(t, t.neg(a), t.neg(b))
        return quotient, t.neg(rest)
    if b.is_const:
        return _by_constant(t, a, b.value)
    if b.range.lo < 0:
        positive = t.ge0(t.shifted(b, -1))
        size = t.ite(positive, b, t.neg(b))
        size = t.max(size, t.const(1))
        quotient, rest = divmod_terms(t, t.ite(positive, a, t.neg(a)), size)
        return quotient, t.ite(positive, rest, t.neg(rest))
    if a.range.lo >= 0:
        return _long_division(t, a, b)
    natural, inverted = t.ge0(a), t.sum(-1, [(a, -1)])
    size = t.ite(natural, a, inverted)
    quotient, rest = _long_division(t, t.max(size, t.const(0)), b)
    return (
        t.ite(natural, quotient, t.sum(-1, [(quotient, -1)])),
        t.ite(natural, rest, t.sum(-1, [(b, 1), (rest, -1)])),
    )


def _long_division(t: Terms, a: Term, b: Term) -> tuple[Term, Term]:
    """Divide a term that is not negative by a positive one, in binary.

    A multiple of the divisor is capped just above what the rest can be, which changes no comparison.
    """
    digits, rest, most = list[tuple[Term, int]](), a, a.range.hi
    for place in range((most // b.range.lo).bit_length() - 1, -1, -1):
        divisor = t.min(b, t.const((most >> place) + 1))
        left = t.sum(0, [(rest, 1), (divisor, -(1 << place))])
        digit = t.ge0(left)
        digits.append((digit, 1 << place))
        rest = t.ite(digit, left, rest)
    # what is left is below the divisor, and the quotient is one of the greatest by the least: the sums of
    # digits and the choices that they are made of show less
    quotient = t.learn(t.sum(0, digits), Range(0, most // b.range.lo))
    return quotient, t.learn(rest, Range(0, min(most, b.range.hi - 1)))


def _by_constant(t: Terms, a: Term, divisor: int) -> tuple[Term, Term]:
    """Take multiples of the divisor off, the largest power of two first."""
    whole, part = _split(t, a, divisor)
    lowest = part.range.lo // divisor
    if lowest == part.range.hi // divisor:
        return t.shifted(whole, lowest), t.shifted(part, -lowest * divisor)
    twos = (divisor & -divisor).bit_length() - 1
    if divisor == 1 << twos:
        return t.add(whole, t.shift_right(part, twos)), t.low_bits(part, twos)
    odd, raised = divisor >> twos, 0
    if part.range.lo < 0:
        raised = odd << max(twos, (-(part.range.lo // odd) - 1).bit_length())
    rest, digits = t.shifted(part, raised), list[tuple[Term, int]]()
    for place in range((rest.range.hi // odd).bit_length() - 1, twos - 1, -1):
        digit = t.ge0(t.shifted(rest, -(odd << place)))
        digits.append((digit, 1 << place - twos))
        rest = t.ite(digit, t.shifted(rest, -(odd << place)), rest)
    quotient = t.sum(-(raised // divisor), digits)
    values = Range(part.range.lo // divisor, part.range.hi // divisor)
    return t.add(whole, t.learn(quotient, values)), t.learn(rest, Range(0, divisor - 1))


def _split(t: Terms, a: Term, divisor: int) -> tuple[Term, Term]:
    """Return (whole, part) with ``a = divisor * whole + part``, the part's coefficients below the divisor."""
    constant, inner = a.form
    parts = [(atom, w // divisor if w >= 0 else -(-w // divisor)) for atom, w in inner]
    whole = t.sum(constant // divisor, parts)
    if not whole.args:
        return t.const(0), a
    return whole, t.sub(a, t.sum(0, [(whole, divisor)]))


def shift_left(t: Terms, word: Term, places: Term) -> Term:
    """Return ``word << places``."""
    for step, enough, left in _steps(t, places):
        word, places = t.ite(enough, t.sum(0, [(word, 1 << step)]), word), left
    return word


def shift_right(t: Terms, word: Term, places: Term) -> Term:
    """Return ``word >> places``."""
    if places.is_const:
        return t.shift_right(word, places.value)
    for step, enough, left in _steps(t, places):
        word, places = t.ite(enough, t.shift_right(word, step), word), left
    return word


def _steps(t: Terms, places: Term) -> list[tuple[int, Term, Term]]:
    """Cut a number of places into steps, each with the condition that it is taken and what is left."""
    if places.range.lo < 0:
        raise UnprovenRange(f"a shift must be by at least 0 places, not {places.range}")
    found: list[tuple[int, Term, Term]] = []
    while places.range.hi > 0:
        if places.is_const:
            found.append((places.value, t.const(1), t.const(0)))
            break
        step = (places.range.hi + 1) // 2
        enough, most = t.ge0(t.shifted(places, -step)), max(places.range.hi - step, step - 1)
        # less than a step is left, or what lies above it: without that range the loop need not end
        places = t.learn(t.ite(enough, t.shifted(places, -step), places), Range(0, most))
        found.append((step, enough, places))
    return found
