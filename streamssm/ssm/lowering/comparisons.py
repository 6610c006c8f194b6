"""Comparisons, choices and conditions on words."""

from __future__ import annotations

from math import gcd

from streamssm.ir.linear_form import Linear
from streamssm.ir.ranges import Range, sub
from streamssm.ssm.lowering.network_builder import ONE, ZERO, Literal, NetBuilder, NetworkValue

# comparisons


def at_least(net: NetBuilder, form: Linear, k: int = 0) -> Linear:
    """Return the condition ``form >= k``."""
    total, k = _without_constant(form, k)
    factor = gcd(*(weight for _, weight in total.terms)) or 1
    total, k = _divided(total, factor), -(-k // factor)
    sums = net.interval(total)
    if sums.lo >= k or sums.hi < k:
        return ONE if sums.lo >= k else ZERO
    if Range(k - 1, k).covers(sums):
        return total.shifted(1 - k)
    return net.emit("ge", *_operand(net, total, k))


def equal(net: NetBuilder, form: Linear, *, kind: str = "eq") -> Linear:
    """Return the condition ``form == 0``, or its complement for kind "ne"."""
    total, k = _without_constant(form, 0)
    factor = gcd(*(weight for _, weight in total.terms)) or 1
    yes, no = (ONE, ZERO) if kind == "eq" else (ZERO, ONE)
    if k % factor:
        return no
    total, k = _divided(total, factor), k // factor
    sums = net.interval(total)
    if not sums.holds(k):
        return no
    if sums.is_constant:
        return yes
    if Range(k - 1, k).covers(sums):
        return _one_of(total.shifted(1 - k), kind == "eq")
    if Range(k, k + 1).covers(sums):
        return _one_of(total.shifted(-k), kind == "ne")
    return net.emit(kind, *_operand(net, total, k))


def _one_of(condition: Linear, same: bool) -> Linear:
    return condition if same else complement(condition)


def _without_constant(form: Linear, k: int) -> tuple[Linear, int]:
    return Linear(0, form.terms), k - form.constant


def _divided(form: Linear, factor: int) -> Linear:
    return Linear(0, tuple((signal, weight // factor) for signal, weight in form.terms))


def _operand(net: NetBuilder, total: Linear, k: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return a comparison's parameters and inputs; more than two words are summed to one signal first."""
    if len(total.terms) > 2:
        total = Linear(0, ((net.signal(total), 1),))
    return (k, *(weight for _, weight in total.terms)), tuple(signal for signal, _ in total.terms)


# conditions


def complement(condition: Linear) -> Linear:
    return ONE.plus(condition, -1)


def both(net: NetBuilder, a: Linear, b: Linear) -> Linear:
    """Return the conjunction of two conditions."""
    if a == b or b == ONE:
        return a
    if a == ONE:
        return b
    if ZERO in (a, b) or a == complement(b):
        return ZERO
    return net.emit("and", *_literals(net, a, b))


def either(net: NetBuilder, a: Linear, b: Linear) -> Linear:
    """Return the disjunction of two conditions."""
    if a == b or b == ZERO:
        return a
    if a == ZERO:
        return b
    if ONE in (a, b) or a == complement(b):
        return ONE
    return net.emit("or", *_literals(net, a, b))


def differ(net: NetBuilder, a: Linear, b: Linear) -> Linear:
    """Return the exclusive or of two conditions."""
    for one, other in ((a, b), (b, a)):
        if not one.terms:
            return complement(other) if one == ONE else other
    if a == b or a == complement(b):
        return ZERO if a == b else ONE
    first, second = sorted((net.literal(a), net.literal(b)), key=lambda literal: literal.signal)
    result = net.emit("xor", (), (first.signal, second.signal))
    return result if first.sense == second.sense else complement(result)


def _literals(net: NetBuilder, a: Linear, b: Linear) -> tuple[tuple[int, ...], tuple[int, ...]]:
    literals = sorted((net.literal(a), net.literal(b)), key=lambda literal: literal.signal)
    return tuple(literal.sense for literal in literals), tuple(literal.signal for literal in literals)


# choices


def choose(net: NetBuilder, condition: Linear, then: NetworkValue, other: NetworkValue) -> Linear:
    """Return ``then`` if the condition is 1, else ``other``, by the cheapest gadget.

    Two constants give a linear form; branches that differ by a constant need no ReLU; for branches with
    common terms only the difference is gated.
    """
    if not condition.terms or then.form == other.form:
        return (then if condition == ONE else other).form
    if not then.form.terms and not other.form.terms:
        return other.form.plus(condition, then.form.constant - other.form.constant)
    test = net.literal(condition)
    if len(then.form.terms) < len(other.form.terms):
        then, other, test = other, then, Literal(test.signal, 1 - test.sense)
    difference = then.form.plus(other.form, -1)
    if not difference.terms:
        return net.emit("add_const_if", (difference.constant, test.sense), (test.signal, net.word(other)))
    if not other.form.terms:
        return net.emit("select_const", (other.form.constant, test.sense), (test.signal, net.word(then)))
    if len(difference.terms) < len(then.form.terms):
        return add_if(net, test, other, difference)
    words = (net.word(then), net.word(other))
    return net.emit("select", (), (test.signal, *(words if test.sense else reversed(words))))


def add_if(net: NetBuilder, test: Literal, base: NetworkValue, amount: Linear) -> Linear:
    """Return ``base + amount`` if the literal holds, else ``base``."""
    signal, weight = net.signal(amount), 1
    if amount.constant == 0 and len(amount.terms) == 1:
        ((signal, weight),) = amount.terms
    return net.emit("add_if", (weight, test.sense), (test.signal, net.word(base), signal))


def masked(net: NetBuilder, condition: Linear, word: NetworkValue) -> Linear:
    """Return the word if the condition is 1, else 0."""
    return choose(net, condition, word, NetworkValue(ZERO, Range(0, 0)))


def extreme(net: NetBuilder, kind: str, a: NetworkValue, b: NetworkValue) -> Linear:
    """Return the larger ("max") or smaller ("min") of two words."""
    sign = 1 if kind == "max" else -1
    gap = net.value(a.form.plus(b.form, -1), sub(a.range, b.range)).range
    low, high = sorted((sign * gap.lo, sign * gap.hi))
    if low >= 0 or high <= 0:
        return (a if low >= 0 else b).form
    words = [net.word(value) for value in (a, b) if value.form.terms]
    constants = [value.form.constant for value in (a, b) if not value.form.terms]
    return net.emit(kind, constants, words)
