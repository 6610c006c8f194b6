"""Reference semantics: a formula's value at every position of a finite trace, straight from the definitions.

Programs are checked against this, so nothing is carried from one position to the next here: every temporal
operator quantifies over the positions up to the present one.

Shapes: a trace is T positions; values are bool arrays (T, ...), time first, the rest being separate traces.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError
from streamssm.frontends.past_ltl.formula import (
    BooleanConstant,
    First,
    Formula,
    Operator,
    Position,
    Proposition,
    fold,
    propositions_of,
)

Values = NDArray[np.bool_]
Trace = Sequence[Collection[str]]


def evaluate(formula: Formula, trace: Trace) -> tuple[bool, ...]:
    """Return the formula's value at every position of a trace.

    Parameters
    ----------
    trace : for each position the names of the propositions that are true there

    Notes
    -----
    Evaluates the definition, hence in time T^3 for T positions; the formula's program takes a step for each.

    >>> from streamssm.frontends.past_ltl.formula_parser import parse
    >>> evaluate(parse("O(a & Y b)"), [{"a"}, {"b"}, {"a", "b"}, set()])
    (False, False, True, True)
    """
    if any(isinstance(names, str) for names in trace):
        raise ParameterError("a position of a trace must be a set of names, not a str")
    columns = {
        name: np.array([name in names for names in trace], dtype=np.bool_)
        for name in propositions_of(formula)
    }
    return tuple(bool(value) for value in evaluate_columns(formula, columns, (len(trace),)))


def holds(formula: Formula, trace: Trace) -> bool:
    """Return the formula's value at the last position; false for the empty trace."""
    return bool(trace) and evaluate(formula, trace)[-1]


def evaluate_columns(formula: Formula, columns: Mapping[str, Values], shape: tuple[int, ...]) -> Values:
    """Return the formula's value at every position of many traces of one length.

    Parameters
    ----------
    columns : for each proposition whether it is true, shape (T, ...)
    shape : the shape of every column

    Returns
    -------
    bool array of that shape
    """

    def visit(part: Formula, below: tuple[Values, ...]) -> Values:
        if isinstance(part, Proposition):
            return columns[part.name]
        if isinstance(part, BooleanConstant):
            return np.full(shape, part.value)
        if isinstance(part, First | Position):
            return np.array([np.full(shape[1:], _at(part, t)) for t in range(shape[0])], bool).reshape(shape)
        pointwise = POINTWISE.get(part.operator)
        if pointwise is not None:
            return pointwise(*below)
        semantics = TEMPORAL[part.operator]
        if part.bounds is not None:
            semantics = partial(BOUNDED[part.operator], *part.bounds)
        return np.array([semantics(t, *below) for t in range(shape[0])], bool).reshape(shape)

    return fold(formula, visit)


def _at(part: First | Position, t: int) -> bool:
    return t == 0 if isinstance(part, First) else t % part.modulus == part.remainder


POINTWISE: dict[Operator, Callable[..., Values]] = {
    Operator.NOT: lambda f: ~f,
    Operator.AND: lambda f, g: f & g,
    Operator.XOR: lambda f, g: f ^ g,
    Operator.OR: lambda f, g: f | g,
    Operator.IMPLIES: lambda f, g: ~f | g,
    Operator.IFF: lambda f, g: f == g,
}


def _previous(t: int, f: Values) -> Values:
    return f[t - 1] if t > 0 else np.zeros(f.shape[1:], bool)


def _weak_previous(t: int, f: Values) -> Values:
    return f[t - 1] if t > 0 else np.ones(f.shape[1:], bool)


def _once(t: int, f: Values) -> Values:
    """Return whether f holds at some position up to t."""
    value: Values = np.any(f[: t + 1], axis=0)
    return value


def _historically(t: int, f: Values) -> Values:
    """Return whether f holds at every position up to t."""
    value: Values = np.all(f[: t + 1], axis=0)
    return value


def _since(t: int, f: Values, g: Values) -> Values:
    """Return whether g holds at some position s up to t, and f at every position after s up to t."""
    value: Values = np.any([g[s] & np.all(f[s + 1 : t + 1], axis=0) for s in range(t + 1)], axis=0)
    return value


def _trigger(t: int, f: Values, g: Values) -> Values:
    """Return whether at every position s up to t, g holds or f holds at some position after s up to t."""
    value: Values = np.all([g[s] | np.any(f[s + 1 : t + 1], axis=0) for s in range(t + 1)], axis=0)
    return value


# with bounds: over the positions from t - high to t - low that exist


def _window(low: int, high: int, t: int) -> range:
    return range(max(0, t - high), t - low + 1)


def _bounded_once(low: int, high: int, t: int, f: Values) -> Values:
    value: Values = np.any(f[_slice(_window(low, high, t))], axis=0)
    return value


def _bounded_historically(low: int, high: int, t: int, f: Values) -> Values:
    value: Values = np.all(f[_slice(_window(low, high, t))], axis=0)
    return value


def _slice(window: range) -> slice:
    return slice(window.start, max(window.stop, window.start))


def _bounded_since(low: int, high: int, t: int, f: Values, g: Values) -> Values:
    value = np.zeros(f.shape[1:], bool)
    for s in _window(low, high, t):
        value |= g[s] & np.all(f[s + 1 : t + 1], axis=0)
    return value


def _bounded_trigger(low: int, high: int, t: int, f: Values, g: Values) -> Values:
    value = np.ones(f.shape[1:], bool)
    for s in _window(low, high, t):
        value &= g[s] | np.any(f[s + 1 : t + 1], axis=0)
    return value


BOUNDED: dict[Operator, Callable[..., Values]] = {
    Operator.ONCE: _bounded_once,
    Operator.HISTORICALLY: _bounded_historically,
    Operator.SINCE: _bounded_since,
    Operator.TRIGGER: _bounded_trigger,
}

TEMPORAL: dict[Operator, Callable[..., Values]] = {
    Operator.PREVIOUS: _previous,
    Operator.WEAK_PREVIOUS: _weak_previous,
    Operator.ONCE: _once,
    Operator.HISTORICALLY: _historically,
    Operator.SINCE: _since,
    Operator.TRIGGER: _trigger,
}
