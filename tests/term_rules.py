"""Each way to make a term, beside the column of values that it is defined to have."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from streamssm.equivalences.proving.encode_graph import TermLeaves, _Encoder
from streamssm.equivalences.proving.programs import clamped, outside
from streamssm.equivalences.proving.sat_sweeping import rebuilt
from streamssm.equivalences.smt.digit_arithmetic import divmod_terms, product, shift_left, shift_right
from streamssm.equivalences.smt.term import Kind, Term
from streamssm.ir.ranges import Range
from tests.random_terms import WEIGHTS, Column, Grown, Pool, Rule, summed

# sums


def sum_(p: Pool) -> Grown:
    parts = [(p.word(), p.draw.choice(WEIGHTS)) for _ in range(p.draw.randint(1, 3))]
    constant = p.draw.randint(-9, 9)
    column = summed(constant, ((weight, values) for (_, values), weight in parts), p.num_rows)
    return p.t.sum(constant, [(term, weight) for (term, _), weight in parts]), column


def difference(p: Pool) -> Grown:
    (x, v), (y, w) = p.pick(), p.pick()
    return p.draw.choice((p.t.sub(x, y), p.t.add(x, p.t.neg(y)))), v - w


def shifted(p: Pool) -> Grown:
    (x, v), amount = p.pick(), p.draw.choice((-33, -8, -1, 1, 2, 5, 16, 64))
    return p.t.shifted(x, amount), v + amount


def without_top_bit(p: Pool) -> Grown:
    """Return ``W - 2^j [W >= 2^j]`` beside a constant, for words that reach below 2^(j+1), and others."""
    (x, v), k = p.word(), p.draw.randint(-9, 9)
    size = 1 << max(x.range.hi.bit_length() - 1 + p.draw.choice((0, 0, 0, 1, -1)), 0)
    top, sign = p.t.ge0(p.t.shifted(x, -size)), p.draw.choice((1, -1))
    return p.t.sum(k, [(x, sign), (top, -sign * size)]), k + sign * (v - size * (v >= size))


def lifted_without_top_bit(p: Pool) -> Grown:
    """Return ``W - 2^j [W >= 2^j]`` of a word that is a sum, less what keeps the sum from that form."""
    (x, v), (y, w) = p.small(), p.small()
    gap, column = p.t.sub(x, y), v - w
    lift = p.draw.choice((-gap.range.lo, p.draw.randint(0, 40)))
    size = 1 << max((gap.range.hi + lift).bit_length() - 1, 0)
    top, k = p.t.ge0(p.t.shifted(gap, lift - size)), lift - p.draw.choice((0, size, lift, 3))
    return p.t.sum(k, [(gap, 1), (top, -size)]), k + column - size * (column + lift >= size)


def together(p: Pool) -> Grown:
    """Return bits of one word beside one another, some of them missing or twice as heavy."""
    (x, v), k = p.natural(), p.draw.randint(-3, 3)
    parts, column, place = list[tuple[Term, int]](), np.full(p.num_rows, k), 0
    scale = p.draw.choice((1, 1, 1, -1, 3))
    while place < min(x.range.hi.bit_length(), 10):
        bits = p.draw.randint(1, 3)
        if p.draw.random() < 0.85:
            weight = scale << place + (p.draw.random() < 0.1)
            parts.append((p.t.extract(x, place, bits), weight))
            column = column + weight * (v >> place & (1 << bits) - 1)
        place += bits
    return p.t.sum(k, parts), column


def top_bits_off(p: Pool) -> Grown:
    """Return a word less its upper bits."""
    (x, v), place, k = p.natural(), p.draw.randint(0, 5), p.draw.randint(-5, 5)
    bits, scale = p.draw.choice((1, 2, 40)), p.draw.choice((1, -1, 3))
    parts = [(x, scale), (p.t.extract(x, place, bits), -scale << place)]
    return p.t.sum(k, parts), k + scale * (v - ((v >> place & (1 << bits) - 1) << place))


def two_choices(p: Pool) -> Grown:
    """Return a sum of choices by one condition."""
    (c, u), weights = p.condition(), [p.draw.choice(WEIGHTS) for _ in range(2)]
    made = [(p.word(), p.word()) for _ in weights]
    parts = [(p.t.ite(c, x, y), weight) for ((x, _), (y, _)), weight in zip(made, weights, strict=True)]
    columns = [(k, np.where(u == 1, v, w)) for ((_, v), (_, w)), k in zip(made, weights, strict=True)]
    return p.t.sum(3, parts), summed(3, columns, p.num_rows)


# conditions


def ge0(p: Pool) -> Grown:
    x, v = sum_(p)
    return p.t.ge0(x), (v >= 0).astype(np.int64)


def eq0(p: Pool) -> Grown:
    x, v = p.draw.choice((sum_, difference))(p)
    return p.t.eq0(x), (v == 0).astype(np.int64)


def eq0_of_choice(p: Pool) -> Grown:
    """Return whether a choice of a constant is something that the constant is not, or may be."""
    (c, u), (x, v), (y, w) = p.condition(), p.word(), p.small()
    end = p.draw.choice((y.range.hi + 1, y.range.lo - 2, int(w[0])))
    choice, column = p.t.ite(c, p.t.const(end), x), np.where(u == 1, end, v)
    return p.t.eq0(p.t.sub(choice, y)), (column == w).astype(np.int64)


def not_(p: Pool) -> Grown:
    x, v = p.condition()
    return p.t.not_(x), 1 - v


def and_(p: Pool) -> Grown:
    made = [p.draw.choice((p.condition, lambda: not_(p)))() for _ in range(p.draw.randint(0, 4))]
    column = np.min([v for _, v in made], axis=0) if made else np.ones(p.num_rows, dtype=np.int64)
    return p.t.and_([x for x, _ in made]), column


def or_(p: Pool) -> Grown:
    made = [p.draw.choice((p.condition, lambda: not_(p)))() for _ in range(p.draw.randint(0, 4))]
    column = np.max([v for _, v in made], axis=0) if made else np.zeros(p.num_rows, dtype=np.int64)
    return p.t.or_([x for x, _ in made]), column


def truth(p: Pool) -> Grown:
    x, v = p.pick()
    return p.t.truth(x), (v != 0).astype(np.int64)


# choices


def ite(p: Pool) -> Grown:
    (c, u), (x, v), (y, w) = p.draw.choice((p.condition(), not_(p), and_(p))), p.pick(), p.pick()
    return p.t.ite(c, x, y), np.where(u == 1, v, w)


def nested_ite(p: Pool) -> Grown:
    """Return a choice whose arms know its condition: choices by it, sums with it, or conditions like it."""
    (c, u), (x, v), (y, w) = p.condition(), p.word(), p.word()
    then = p.t.sum(1, [(c, 5), (p.t.ite(c, x, y), -2)]), 1 + 5 * u - 2 * np.where(u == 1, v, w)
    other = p.draw.choice(((c, u), (p.t.not_(c), 1 - u), (p.t.ite(c, y, x), np.where(u == 1, w, v))))
    if p.draw.random() < 0.5:
        then, other = other, then
    return p.t.ite(c, then[0], other[0]), np.where(u == 1, then[1], other[1])


def max_(p: Pool) -> Grown:
    (x, v), (y, w) = p.pick(), p.pick()
    return p.t.max(x, y), np.maximum(v, w)


def min_(p: Pool) -> Grown:
    (x, v), (y, w) = p.pick(), p.pick()
    return p.t.min(x, y), np.minimum(v, w)


def relu(p: Pool) -> Grown:
    x, v = sum_(p)
    return p.t.relu(x), np.maximum(v, 0)


def some_range(p: Pool) -> Range:
    lo = p.draw.randint(-6, 6)
    return Range(lo, lo + p.draw.choice((0, 1, 2, 3, 6, 7, 12)))


def clamp(p: Pool) -> Grown:
    (x, v), values = p.draw.choice((p.word, lambda: sum_(p)))(), some_range(p)
    found = clamped(p.t, x, values)
    assert values.covers(found.range)
    return found, np.clip(v, values.lo, values.hi)


def inside(p: Pool) -> Grown:
    (x, v), values, traps = p.draw.choice((p.word, lambda: sum_(p)))(), some_range(p), list[Term]()
    found = _Encoder(p.t, TermLeaves((), ()), traps).inside(x, values)
    assert values.covers(found.range)
    left = (v < values.lo) | (v > values.hi)
    for trap in [*traps, *([] if values.covers(x.range) else [outside(p.t, x, values)])]:
        assert (p.values([trap])[trap] == left).all()
    assert traps or not left.any()
    return found, np.clip(v, values.lo, values.hi)


# tables


def index(p: Pool) -> Grown:
    return p.draw.choice((p.small, p.small, lambda: clamp(p), lambda: inside(p), lambda: rest(p)))()


def entries(p: Pool, x: Term) -> tuple[int, list[int]]:
    """Return a first index at or below the term's range, and numbers up to its end or beyond."""
    first = x.range.lo - p.draw.choice((0, 0, 1, 5))
    span = p.draw.choice((1, 3, 200))
    length = x.range.hi - first + 1 + p.draw.choice((0, 0, 1, 4))
    return first, [p.draw.randint(-span, span) for _ in range(length)]


def table(p: Pool) -> Grown | None:
    x, v = index(p)
    if x.range.size > 64:
        return None
    first, values = entries(p, x)
    return p.t.table(x, first, tuple(values)), np.array(values)[v - first]


def pick(p: Pool) -> Grown | None:
    x, v = index(p)
    if x.range.size > 16:
        return None
    first, values = entries(p, x)
    words = [p.word() for _ in values]
    return p.t.pick([word for word, _ in words], x, first), np.array([w for _, w in words])[
        v - first, np.arange(p.num_rows)
    ]


# bits


def extract(p: Pool) -> Grown:
    (x, v), low, bits = p.natural(), p.draw.randint(0, 6), p.draw.choice((0, 1, 1, 2, 3, 5, 50))
    return p.t.extract(x, low, bits), v >> low & (1 << bits) - 1


def half_known(p: Pool) -> Grown:
    """Return bits of a word of which the lowest are known."""
    (x, v), k, low, bits = p.natural(), p.draw.randint(1, 15), p.draw.randint(1, 2), p.draw.randint(2, 6)
    raised = p.t.sum(k, [(x, 8)])  # a range that was narrowed is known of x, and of 8 x maybe not
    if raised.range.lo < 0:
        return x, v
    return p.t.extract(raised, low, bits), 8 * v + k >> low & (1 << bits) - 1


def extract_of_sum(p: Pool) -> Grown | None:
    """Return bits of a sum with weights that lift some of its parts above the bits, or leave some below."""
    draw = (p.natural, p.natural, lambda: half_known(p))
    weights = (1, 1, 2, 4, 8, 16, 3, 24, -4)
    parts = [(p.draw.choice(draw)(), p.draw.choice(weights)) for _ in range(p.draw.randint(1, 3))]
    constant = p.draw.choice((0, 1, 4, 8, 12, 64, -4))
    x = p.t.sum(constant, [(term, weight) for (term, _), weight in parts])
    v = summed(constant, ((weight, values) for (_, values), weight in parts), p.num_rows)
    low, bits = p.draw.randint(0, 5), p.draw.randint(1, 5)
    return (p.t.extract(x, low, bits), v >> low & (1 << bits) - 1) if x.range.lo >= 0 else None


def low_bits(p: Pool) -> Grown:
    x, v = p.draw.choice((p.pick, lambda: sum_(p), lambda: lifted_without_top_bit(p)))()
    bits = p.draw.randint(0, 6)
    return p.t.low_bits(x, bits), v % (1 << bits)


def places_right(p: Pool) -> Grown:
    x, v = p.draw.choice((p.pick, lambda: sum_(p), lambda: lifted_without_top_bit(p)))()
    places = p.draw.randint(0, 6)
    return p.t.shift_right(x, places), v >> places


def _bitwise(kind: Kind, rule: Callable[[Column, Column], Column]) -> Rule:
    def made(p: Pool) -> Grown:
        (x, v), (y, w) = p.word(), p.draw.choice((p.word(), p.const(p.draw.choice((-1, 0, 1, 3, 6, 7, -8)))))
        return p.t.bitwise(kind, x, y), rule(v, w)

    return made


# arithmetic


def products(p: Pool) -> Grown | None:
    (x, v), (y, w) = p.word(), p.draw.choice((p.small, p.small, lambda: p.const(-3)))()
    return None if x.range.size * y.range.size > 1 << 16 else (product(p.t, x, y), v * w)


def square(p: Pool) -> Grown:
    x, v = p.small()
    return product(p.t, x, x), v * v


def divisor(p: Pool) -> Grown:
    """Return a term that is never 0, of either sign or of one."""
    (x, v), way = p.small(), p.draw.randint(0, 3)
    if way == 0:
        return p.const(p.draw.choice((1, 2, 3, 4, 5, 6, 12, -1, -3, -8)))
    if way == 1:
        return p.t.max(x, p.t.const(1)), np.maximum(v, 1)
    if way == 2:
        return p.t.min(x, p.t.const(-1)), np.minimum(v, -1)
    zero = p.t.eq0(x)
    return p.t.ite(zero, p.t.const(p.draw.choice((1, -1))), x), None  # type: ignore[return-value]


def _divided(p: Pool) -> tuple[Grown, Grown] | None:
    (x, v), (y, w) = p.draw.choice((p.word(), sum_(p))), divisor(p)
    if y.range.lo == 0 or y.range.hi == 0 or x.range.size > 1 << 12:
        return None
    w = p.values([y])[y] if w is None else w
    quotient, left = divmod_terms(p.t, x, y)
    return (quotient, v // w), (left, v % w)


def quotient(p: Pool) -> Grown | None:
    found = _divided(p)
    return found[0] if found is not None else None


def rest(p: Pool) -> Grown:
    (x, v), modulus = p.draw.choice((p.word(), sum_(p))), p.draw.choice((2, 3, 3, 5, 6, 7, 12))
    found = divmod_terms(p.t, x, p.t.const(modulus))[1]
    assert Range(0, modulus - 1).covers(found.range)
    return found, v % modulus


def remainder(p: Pool) -> Grown | None:
    found = _divided(p)
    return found[1] if found is not None else None


def places(p: Pool) -> Grown:
    x, v = p.small()
    most = p.draw.choice((1, 2, 5, 6, 7))
    return clamped(p.t, x, Range(0, most)), np.clip(v, 0, most)


def left_by_term(p: Pool) -> Grown:
    (x, v), (y, w) = p.small(), p.draw.choice((places(p), p.const(3)))
    return shift_left(p.t, x, y), v << w


def right_by_term(p: Pool) -> Grown:
    (x, v), (y, w) = p.draw.choice((p.word(), sum_(p))), p.draw.choice((places(p), p.const(2)))
    return shift_right(p.t, x, y), v >> w


# what is known of terms


def _some_known(p: Pool) -> tuple[Term, Column, Range]:
    """Return a term and a range of its values on the rows, at least as wide as they need."""
    x, v = p.draw.choice((p.pick(), sum_(p), difference(p)))
    lo = p.draw.choice((x.range.lo, int(v.min()), p.draw.randint(x.range.lo, int(v.min()))))
    return (
        x,
        v,
        Range(lo, p.draw.choice((x.range.hi, int(v.max()), p.draw.randint(int(v.max()), x.range.hi)))),
    )


def learnt(p: Pool) -> Grown:
    x, v, values = _some_known(p)
    found = p.t.learn(x, values)
    assert values.covers(found.range)
    return found, v


def narrowed(p: Pool) -> Grown:
    x, v, values = _some_known(p)
    found = p.t.narrow(x, values)
    assert values.covers(found.range)
    return found, v


def over_equal_words(p: Pool) -> Grown:
    """Return a term over variables that equal its arguments, and may seem to reach further."""
    x, v = p.pick()
    columns = p.values([x])
    args = [p.equal_word(columns[a], a.range) if p.draw.random() < 0.8 else a for a in x.args]
    return rebuilt(p.t, x, args), v


RULES: dict[str, Rule] = {
    "sum": sum_,
    "difference": difference,
    "shifted": shifted,
    "without_top_bit": without_top_bit,
    "lifted_without_top_bit": lifted_without_top_bit,
    "together": together,
    "top_bits_off": top_bits_off,
    "two_choices": two_choices,
    "ge0": ge0,
    "eq0": eq0,
    "eq0_of_choice": eq0_of_choice,
    "not": not_,
    "and": and_,
    "or": or_,
    "truth": truth,
    "ite": ite,
    "nested_ite": nested_ite,
    "max": max_,
    "min": min_,
    "relu": relu,
    "clamp": clamp,
    "inside": inside,
    "table": table,
    "pick": pick,
    "extract": extract,
    "extract_of_sum": extract_of_sum,
    "low_bits": low_bits,
    "places_right": places_right,
    "bit_and": _bitwise(Kind.BITAND, np.bitwise_and),
    "bit_or": _bitwise(Kind.BITOR, np.bitwise_or),
    "bit_xor": _bitwise(Kind.BITXOR, np.bitwise_xor),
    "product": products,
    "square": square,
    "quotient": quotient,
    "remainder": remainder,
    "rest": rest,
    "left_by_term": left_by_term,
    "right_by_term": right_by_term,
    "learnt": learnt,
    "narrowed": narrowed,
    "over_equal_words": over_equal_words,
}
