"""Products, quotients and shifts of terms by shift-and-add and binary long division.

Both sides of a proof are expanded by the same rules, so that equal products are mostly the same term, and the
solver never sees a multiplier or a divider circuit: these are the hardest operations for bit-blasting.
"""

from __future__ import annotations

from streamssm.equivalences.smt.term import Term, UnprovenRange
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.ranges import Range


def product(t: Terms, a: Term, b: Term) -> Term:
    """Return ``a * b`` by shift-and-add: the wider word, once for each bit of the narrower one."""
    for fixed, other in ((a, b), (b, a)):
        if fixed.is_const:
            return t.sum(0, [(other, fixed.value)])
    word, factor = (a, b) if a.range.bits >= b.range.bits else (b, a)
    width = max(factor.range.hi.bit_length(), (~factor.range.lo).bit_length() if factor.range.lo < 0 else 0)
    zero, parts = t.const(0), list[tuple[Term, int]]()
    # In two's complement the top bit weighs -2**width.
    if factor.range.lo < 0:
        parts.append((t.ite(t.ge0(factor), zero, word), -(1 << width)))
    # Adding 2**width makes the factor nonnegative and leaves its lowest bits unchanged.
    raised = t.shifted(factor, 1 << width) if factor.range.lo < 0 else factor
    for bit in range(width):
        parts.append((t.ite(t.extract(raised, bit, 1), word, zero), 1 << bit))
    total = t.sum(0, parts)
    # A product of intervals has its extremes at the corners. Interval arithmetic on the expanded sum is
    # coarser, so the exact range is recorded; a square is never negative.
    ends = [x * y for x in (a.range.lo, a.range.hi) for y in (b.range.lo, b.range.hi)]
    return t.learn(total, Range(max(min(ends), 0) if a is b else min(ends), max(ends)))


def divmod_terms(t: Terms, a: Term, b: Term) -> tuple[Term, Term]:
    """Return ``a // b`` and ``a % b`` as Python rounds, for a divisor that is never 0.

    If the divisor can have either sign, its range cannot exclude 0; there, dividing by 0 acts as dividing by
    1.
    """
    if b.range.lo == 0 or b.range.hi == 0:
        raise UnprovenRange(f"a divisor must not be 0, but its range {b.range} contains 0")
    # a // b = -a // -b, and a % b = -(-a % -b): Python's remainder has the sign of the divisor.
    if b.range.hi < 0:
        quotient, remainder = divmod_terms(t, t.neg(a), t.neg(b))
        return quotient, t.neg(remainder)
    if b.is_const:
        return _by_constant(t, a, b.value)
    # The sign is unknown: divide by |b|, and negate dividend and remainder where b is negative.
    if b.range.lo < 0:
        positive = t.ge0(t.shifted(b, -1))
        size = t.ite(positive, b, t.neg(b))
        size = t.max(size, t.const(1))
        quotient, remainder = divmod_terms(t, t.ite(positive, a, t.neg(a)), size)
        return quotient, t.ite(positive, remainder, t.neg(remainder))
    if a.range.lo >= 0:
        return _long_division(t, a, b)
    # For a < 0, floor division satisfies a // b = ~(~a // b) and a % b = b - 1 - (~a % b), with ~a = -a - 1
    # nonnegative.
    natural, inverted = t.ge0(a), t.sum(-1, [(a, -1)])
    size = t.ite(natural, a, inverted)
    quotient, remainder = _long_division(t, t.max(size, t.const(0)), b)
    return (
        t.ite(natural, quotient, t.sum(-1, [(quotient, -1)])),
        t.ite(natural, remainder, t.sum(-1, [(b, 1), (remainder, -1)])),
    )


def _long_division(t: Terms, a: Term, b: Term) -> tuple[Term, Term]:
    """Divide a term that is not negative by a positive one, in binary.

    Each multiple of the divisor is capped just above the largest possible remainder, which changes no
    comparison.
    """
    digits, remainder, largest = list[tuple[Term, int]](), a, a.range.hi
    for bit in range((largest // b.range.lo).bit_length() - 1, -1, -1):
        # The uncapped multiple b << bit could be far wider than the dividend and cost useless bits.
        divisor = t.min(b, t.const((largest >> bit) + 1))
        difference = t.sum(0, [(remainder, 1), (divisor, -(1 << bit))])
        digit = t.ge0(difference)
        digits.append((digit, 1 << bit))
        remainder = t.ite(digit, difference, remainder)
    # The remainder is below the divisor, and the quotient is at most the largest dividend by the least
    # divisor. Interval arithmetic on the digits cannot see either bound, so both are recorded.
    quotient = t.learn(t.sum(0, digits), Range(0, largest // b.range.lo))
    return quotient, t.learn(remainder, Range(0, min(largest, b.range.hi - 1)))


def _by_constant(t: Terms, a: Term, divisor: int) -> tuple[Term, Term]:
    """Divide by a constant: split off exact multiples, shift by its powers of two, then long division."""
    whole, part = _split(t, a, divisor)
    # The quotient of the part is one constant if its range lies between two multiples.
    lowest = part.range.lo // divisor
    if lowest == part.range.hi // divisor:
        return t.shifted(whole, lowest), t.shifted(part, -lowest * divisor)
    # divisor = odd * 2**twos; dividing by the power of two alone is a selection of bits.
    twos = (divisor & -divisor).bit_length() - 1
    if divisor == 1 << twos:
        return t.add(whole, t.shift_right(part, twos)), t.low_bits(part, twos)
    odd, raised = divisor >> twos, 0
    if part.range.lo < 0:
        # Adding a multiple of the divisor makes the part nonnegative and only shifts the quotient.
        raised = odd << max(twos, (-(part.range.lo // odd) - 1).bit_length())
    remainder, digits = t.shifted(part, raised), list[tuple[Term, int]]()
    for bit in range((remainder.range.hi // odd).bit_length() - 1, twos - 1, -1):
        digit = t.ge0(t.shifted(remainder, -(odd << bit)))
        digits.append((digit, 1 << bit - twos))
        remainder = t.ite(digit, t.shifted(remainder, -(odd << bit)), remainder)
    quotient = t.sum(-(raised // divisor), digits)
    quotient_range = Range(part.range.lo // divisor, part.range.hi // divisor)
    return t.add(whole, t.learn(quotient, quotient_range)), t.learn(remainder, Range(0, divisor - 1))


def _split(t: Terms, a: Term, divisor: int) -> tuple[Term, Term]:
    """Return (whole, part) with ``a = divisor * whole + part`` all coefficients of part below it."""
    constant, inner = a.form
    parts = [(atom, w // divisor if w >= 0 else -(-w // divisor)) for atom, w in inner]
    whole = t.sum(constant // divisor, parts)
    if not whole.args:
        return t.const(0), a
    return whole, t.sub(a, t.sum(0, [(whole, divisor)]))


def shift_left(t: Terms, word: Term, amount: Term) -> Term:
    """Return ``word << amount``."""
    for step, enough, remaining in _steps(t, amount):
        word, amount = t.ite(enough, t.sum(0, [(word, 1 << step)]), word), remaining
    return word


def shift_right(t: Terms, word: Term, amount: Term) -> Term:
    """Return ``word >> amount``."""
    if amount.is_const:
        return t.shift_right(word, amount.value)
    for step, enough, remaining in _steps(t, amount):
        word, amount = t.ite(enough, t.shift_right(word, step), word), remaining
    return word


def _steps(t: Terms, amount: Term) -> list[tuple[int, Term, Term]]:
    """Split a shift amount into conditional steps: (size, condition to take it, remaining amount)."""
    if amount.range.lo < 0:
        raise UnprovenRange(f"a shift amount must be at least 0, not in {amount.range}")
    steps: list[tuple[int, Term, Term]] = []
    # Barrel shifter: halving the largest amount each time takes logarithmically many conditional shifts.
    while amount.range.hi > 0:
        if amount.is_const:
            steps.append((amount.value, t.const(1), t.const(0)))
            break
        step = (amount.range.hi + 1) // 2
        enough, largest = t.ge0(t.shifted(amount, -step)), max(amount.range.hi - step, step - 1)
        # Either less than a step remains, or the excess over it. Without this range, which interval
        # arithmetic does not find, the upper bound might not shrink and the loop would not end.
        amount = t.learn(t.ite(enough, t.shifted(amount, -step), amount), Range(0, largest))
        steps.append((step, enough, amount))
    return steps
