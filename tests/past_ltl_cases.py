"""The one table of past-time LTL formulas, and what some of them say in plain words."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Position = frozenset[str]
Trace = tuple[Position, ...]
Said = Callable[[Trace], bool]


@dataclass(frozen=True)
class FormulaCase:
    """A formula, how deep its temporal operators are nested, and what it says of a nonempty trace."""

    text: str
    depth: int
    says: Said | None = None


def _where(trace: Trace, name: str) -> list[int]:
    return [t for t, names in enumerate(trace) if name in names]


def _in_scopes(trace: Trace, opens: str, closes: str) -> list[range]:
    """Return what lies between every ``closes`` and the first ``opens`` since the ``closes`` before it."""
    scopes, start = [], None
    for t, names in enumerate(trace):
        if closes in names:
            if start is not None:
                scopes.append(range(start, t))
            start = None
        elif opens in names and start is None:
            start = t
    return scopes


# every operator, alone and in each other
OPERATORS = (
    FormulaCase("a", 0, lambda trace: "a" in trace[-1]),
    FormulaCase("true", 0, lambda trace: True),
    FormulaCase("false", 0, lambda trace: False),
    FormulaCase("!a", 0),
    FormulaCase("a & b", 0),
    FormulaCase("a ^ b", 0),
    FormulaCase("a | b", 0),
    FormulaCase("a -> b", 0),
    FormulaCase("a <-> b", 0),
    FormulaCase("first", 1, lambda trace: len(trace) == 1),
    FormulaCase("Y a", 1, lambda trace: len(trace) > 1 and "a" in trace[-2]),
    FormulaCase("Z a", 1, lambda trace: len(trace) == 1 or "a" in trace[-2]),
    FormulaCase("O a", 1, lambda trace: any("a" in names for names in trace)),
    FormulaCase("H a", 1, lambda trace: all("a" in names for names in trace)),
    FormulaCase(
        "a S b",
        1,
        lambda trace: any(all("a" in x for x in trace[s + 1 :]) for s in _where(trace, "b")),
    ),
    FormulaCase(
        "a T b",
        1,
        lambda trace: all("b" in x or any("a" in y for y in trace[s + 1 :]) for s, x in enumerate(trace)),
    ),
    FormulaCase("O[0,2] a", 2, lambda trace: any("a" in names for names in trace[-3:])),
    FormulaCase("H[0,2] a", 2, lambda trace: all("a" in names for names in trace[-3:])),
    FormulaCase("O[2,3] a", 3, lambda trace: any("a" in names for names in trace[-4:-2])),
    FormulaCase("H[2,2] a", 2, lambda trace: len(trace) < 3 or "a" in trace[-3]),
    FormulaCase(
        "a S[0,1] b", 1, lambda trace: "b" in trace[-1] or ("a" in trace[-1] and "b" in trace[-2:][0])
    ),
    FormulaCase("Y true", 1, lambda trace: len(trace) > 1),
    FormulaCase("Z false", 1, lambda trace: len(trace) == 1),
    FormulaCase("!(a S b)", 1),
    FormulaCase("O a & H b", 1),
    FormulaCase("(a S b) ^ (b S a)", 1),
    FormulaCase("Y a & Y b", 1),
    FormulaCase("Y a | Z a", 1),
    FormulaCase("H a <-> !O !a", 1, lambda trace: True),
    FormulaCase("Y Y a", 2),
    FormulaCase("Y Z a", 2),
    FormulaCase("Z Y a", 2),
    FormulaCase("Y H a", 2),
    FormulaCase("Z H a", 2),
    FormulaCase("Y !O a", 2),
    FormulaCase("Y first", 2, lambda trace: len(trace) == 2),
    FormulaCase("O(first & a)", 2, lambda trace: "a" in trace[0]),
    FormulaCase("a S (b & Y a)", 2),
    FormulaCase("(a S b) S !a", 2),
    FormulaCase("a S b S a", 2),
    FormulaCase("O H a", 2, lambda trace: "a" in trace[0]),
    FormulaCase("H O a", 2, lambda trace: "a" in trace[0]),
    FormulaCase("Y(a & Y b)", 2),
    FormulaCase("O(Y(O a))", 3, lambda trace: any("a" in names for names in trace[:-1])),
    FormulaCase("Y Y Y a", 3, lambda trace: len(trace) > 3 and "a" in trace[-4]),
    FormulaCase("O Y Y b", 3),
    FormulaCase("a S (Y b S Y a)", 3),
    FormulaCase("Y O Y a | Y Y O a", 3),
    FormulaCase("H(a -> Y(b S a))", 3),
    FormulaCase("Z(a S Z(b S a))", 4),
    FormulaCase("a S (Y(b S Y a))", 4),
    FormulaCase("O(a & Y O(b & Y O a))", 5),
    FormulaCase("H(a -> O(b & H(a | Y O b)))", 5),
    FormulaCase("(((a S b) S !a) S !b) S (a S !b)", 4),
    FormulaCase("Y(a S Y(b S Y a))", 5),
)

# Dwyer, Avrunin and Corbett's specification patterns, looking back from the end of the trace
PATTERNS = (
    # absence
    FormulaCase("H !a", 1, lambda trace: not _where(trace, "a")),
    FormulaCase(
        "H(b -> Z H !a)",
        3,
        lambda trace: not any(t < s for t in _where(trace, "a") for s in _where(trace, "b")),
    ),
    FormulaCase(
        "H(a -> H !b)",
        2,
        lambda trace: not any(s <= t for t in _where(trace, "a") for s in _where(trace, "b")),
    ),
    FormulaCase(
        "H(c -> Z(!(!c S (!c & a & (!c S (b & !c))))))",
        4,
        lambda trace: not any("a" in trace[t] for scope in _in_scopes(trace, "b", "c") for t in scope),
    ),
    # existence, and twice at least
    FormulaCase("O(a & b)", 1, lambda trace: bool(set(_where(trace, "a")) & set(_where(trace, "b")))),
    FormulaCase("H(b -> Y O a)", 3, lambda trace: all(_where(trace[:s], "a") for s in _where(trace, "b"))),
    FormulaCase("O(a & Y O a)", 3, lambda trace: len(_where(trace, "a")) >= 2),
    FormulaCase("!O(a & Y O(a & Y O a))", 5, lambda trace: len(_where(trace, "a")) <= 2),
    FormulaCase(
        "H(c & Y(!c S (b & !c)) -> Y(!c S (a & !c & (!c S (b & !c)))))",
        4,
        lambda trace: all(any("a" in trace[t] for t in scope) for scope in _in_scopes(trace, "b", "c")),
    ),
    # universality
    FormulaCase("H(a | b)", 1, lambda trace: all(trace)),
    FormulaCase(
        "H(O b -> a)", 2, lambda trace: all("a" in x for x in trace[min(_where(trace, "b"), default=9) :])
    ),
    # precedence: b only after a
    FormulaCase("H(b -> O a)", 2, lambda trace: all(_where(trace[: s + 1], "a") for s in _where(trace, "b"))),
    FormulaCase("H(c -> O(b & Y O a))", 4),
    # response: every a was answered by b, at once or later
    FormulaCase(
        "!(!b S (a & !b))",
        1,
        lambda trace: all(any("b" in x for x in trace[t:]) for t in _where(trace, "a")),
    ),
    FormulaCase("H(c -> !(!b S (a & !b)))", 2),
    # bounded response: b at most two steps after a
    FormulaCase("H(Y Y a -> b | Y b | Y Y b)", 3),
    # alternation: no a twice without b between
    FormulaCase(
        "H(a -> Z(!a S b | H !a))",
        3,
        lambda trace: all(
            _where(trace[s + 1 : t], "b") or "b" in trace[s]
            for s, t in itertools.pairwise(_where(trace, "a"))
        ),
    ),
)

# modular predicates: positions count from 0
MODULAR = (
    FormulaCase("pos % 2 == 0", 1, lambda trace: len(trace) % 2 == 1),
    FormulaCase("pos % 1 == 0", 1, lambda trace: True),
    FormulaCase("O(a & pos % 3 == 1)", 2, lambda trace: any("a" in x for x in trace[1::3])),
    FormulaCase("Y(pos % 4 == 3)", 2, lambda trace: len(trace) % 4 == 1 and len(trace) > 1),
    FormulaCase("H(pos % 2 == 0 -> a) & H(pos % 2 == 1 -> b)", 2),
    FormulaCase("(a & pos % 3 == 0) S (b & pos % 2 == 1)", 2),
)

CASES = (*OPERATORS, *PATTERNS, *MODULAR)


def all_traces(num_propositions: int, length: int) -> NDArray[np.int64]:
    """Return every trace of a length: bits of shape (length, number of traces, propositions)."""
    letters = np.array(list(itertools.product((0, 1), repeat=num_propositions)), dtype=np.int64)
    codes = np.indices((len(letters),) * length).reshape(length, -1)
    return letters.reshape(len(letters), num_propositions)[codes]
