"""Integer terms: nodes with a range that always holds, and the linear facts that conditions imply."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from enum import Enum
from typing import cast

from streamssm.errors import StreamSSMError
from streamssm.ir.ranges import Range


class UnprovenRange(StreamSSMError):
    """A term cannot be shown to stay in a range that it must lie in: the obligation stays open."""


class Kind(str, Enum):
    """The operation of a term."""

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


class Term:
    """A node of a hash-consed graph: in one `Terms`, equal nodes are one object, so `is` compares them."""

    __slots__ = ("args", "attr", "index", "kind", "range")

    def __init__(self, index: int, kind: Kind, args: tuple[Term, ...], attr: object, range_: Range) -> None:
        self.index = index
        self.kind = kind
        self.args = args
        self.attr = attr
        self.range = range_

    @property
    def form(self) -> Form:
        """The term as a linear form: a constant plus multiples of terms that are not sums themselves."""
        if self.kind is Kind.SUM:
            constant, coefficients = self.weights
            return constant, tuple(zip(self.args, coefficients, strict=True))
        if self.kind is Kind.CONST:
            return self.value, ()
        return 0, ((self, 1),)

    @property
    def is_const(self) -> bool:
        return self.kind is Kind.CONST

    @property
    def value(self) -> int:
        """The value of a constant."""
        return self.range.lo

    @property
    def name(self) -> str:
        """The name of a variable."""
        assert isinstance(self.attr, str)
        return self.attr

    @property
    def weights(self) -> tuple[int, tuple[int, ...]]:
        """The constant and the coefficients of a sum."""
        return cast("tuple[int, tuple[int, ...]]", self.attr)

    @property
    def bit_slice(self) -> tuple[int, int]:
        """The lowest bit and the number of bits of an extract."""
        return cast("tuple[int, int]", self.attr)

    @property
    def entries(self) -> tuple[int, tuple[int, ...]]:
        """The first index and the values of a table."""
        return cast("tuple[int, tuple[int, ...]]", self.attr)

    def __repr__(self) -> str:
        inner = ", ".join(f"t{arg.index}" for arg in self.args)
        return f"t{self.index} = {self.kind.value}({inner}; {self.attr}) in {self.range}"


Form = tuple[int, tuple[tuple[Term, int], ...]]
Fact = tuple[Term, bool]


def is_complement(condition: Term) -> bool:
    """Return whether a condition is ``1 - c``."""
    return condition.kind is Kind.SUM and condition.attr == (1, (-1,))


def negated(inner: Iterable[tuple[Term, int]]) -> list[tuple[Term, int]]:
    return [(atom, -weight) for atom, weight in inner]


def plain_interval(form: Form) -> Range:
    """Return the range of a form by interval arithmetic, as if its terms were independent."""
    lo = hi = form[0]
    for atom, weight in form[1]:
        ends = (weight * atom.range.lo, weight * atom.range.hi)
        lo, hi = lo + min(ends), hi + max(ends)
    return Range(lo, hi)


def at_least_0(condition: Term) -> Form | None:
    """Return the form that a condition compares with 0 by >=; None if it is not such a comparison."""
    if condition.kind is Kind.GE0:
        return condition.args[0].form
    # The top bit of a word in [0, 2**(low + 1)) is set exactly where the word is at least 2**low. `Terms.ge0`
    # writes comparisons of sums with positive coefficients in this form.
    if condition.kind is Kind.EXTRACT:
        low, bits = condition.bit_slice
        whole = condition.args[0]
        if bits == 1 and whole.range.hi.bit_length() == low + 1:
            constant, inner = whole.form
            return constant - (1 << low), inner
    return None


def facts_of(condition: Term, truth: bool) -> Iterator[Form]:
    """Yield the linear forms that are at least 0 wherever the condition has this value."""
    if is_complement(condition):
        yield from facts_of(condition.args[0], not truth)
    elif (compared := at_least_0(condition)) is not None:
        constant, inner = compared
        # Over the integers, not f >= 0 means f <= -1, that is -f - 1 >= 0.
        yield (constant, inner) if truth else (-constant - 1, tuple(negated(inner)))
    # f = 0 is two linear facts; f != 0 is a disjunction (f <= -1 or f >= 1), which is not linear.
    elif condition.kind is Kind.EQ0 and truth:
        constant, inner = condition.args[0].form
        yield constant, inner
        yield -constant, tuple(negated(inner))
    # A false conjunction says only that some part is false, not which one.
    elif condition.kind is Kind.AND and truth:
        for part in condition.args:
            yield from facts_of(part, True)


def bounded(form: Form, known: Form) -> tuple[int | None, int | None]:
    """Return the lower and the upper bound of a form that ``known >= 0`` implies; None for no bound."""
    mine = dict(form[1])
    # One step of Fourier-Motzkin elimination: subtract the multiple of the known form that cancels its first
    # term, and bound the remainder by interval arithmetic.
    if not known[1] or known[1][0][0] not in mine:
        return None, None
    atom, weight = known[1][0]
    # Only integer multiples are used, so that all numbers stay integers.
    if mine[atom] % weight:
        return None, None
    times = mine[atom] // weight
    for other, coefficient in known[1]:
        mine[other] = mine.get(other, 0) - times * coefficient
    remainder = plain_interval((form[0] - times * known[0], tuple((a, w) for a, w in mine.items() if w)))
    return (remainder.lo, None) if times > 0 else (None, remainder.hi)


def cone(roots: Iterable[Term], leaves: Container[Term] = ()) -> list[Term]:
    """Return the cone of influence of the roots in topological order; the search stops at ``leaves``."""
    order: list[Term] = []
    # Iterative depth-first search: terms nest deeper than Python may recurse. A term maps to False while its
    # arguments are on the stack and to True once it is in the order.
    state: dict[Term, bool] = {}
    stack = list(roots)[::-1]
    while stack:
        term = stack[-1]
        if term not in state:
            state[term] = False
            if term not in leaves:
                stack.extend(arg for arg in term.args if arg not in state)
        else:
            stack.pop()
            if not state[term]:
                state[term] = True
                order.append(term)
    return order


def far_from(roots: Iterable[Term], steps: int) -> frozenset[Term]:
    """Return the terms with arguments whose distance from the nearest root is exactly ``steps``."""
    seen, frontier = set(roots), set(roots)
    for _ in range(steps):
        frontier = {arg for term in frontier for arg in term.args} - seen
        seen |= frontier
    return frozenset(term for term in frontier if term.args)
