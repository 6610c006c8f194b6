"""Terms as SMT-LIB text over bit-vectors (QF_BV); equal queries have equal text.

A term of range [lo, hi] with lo >= 0 is an unsigned vector of as many bits as hi needs, any other one a
signed vector that holds both ends. A sum is computed in the width w of its own range, whatever its partial
sums do: arithmetic modulo 2^w gives the right residue, and only one integer of the range has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from streamssm.equivalences.smt.term import Form, Kind, Term, cone
from streamssm.ir.ranges import Range

# Sums of at least this many terms are written as chains of definitions, whose prefixes other sums share.
MANY = 6


def width_of(range_: Range) -> int:
    """Return the width of a vector that holds a range."""
    if range_.lo >= 0:
        return max(1, range_.hi.bit_length())
    return max((~range_.lo).bit_length(), range_.hi.bit_length()) + 1


def question(
    conditions: Iterable[Term], leaves: frozenset[Term] = frozenset()
) -> tuple[str, dict[str, Term]]:
    """Return a script that asks whether all conditions can hold at once, and its constants by name.

    Leaves are free within their ranges, an over-approximation: "unsat" holds for the real terms as well.
    """
    writer = _Writer(leaves)
    # True conditions add nothing; a false one stays and makes the script unsatisfiable.
    roots = [condition for condition in conditions if not condition.is_const or not condition.value]
    return writer.script(roots), writer.variables


class _Writer:
    def __init__(self, leaves: frozenset[Term]) -> None:
        self.leaves = leaves
        self.names: dict[Term, str] = {}
        self.sums: dict[tuple[str, Term, int], tuple[str, Range]] = {}
        self.lines = ["(set-logic QF_BV)"]
        self.variables: dict[str, Term] = {}

    def script(self, roots: Sequence[Term]) -> str:
        for term in cone(roots, self.leaves):
            self._define(term)
        self.lines += [f"(assert (= {self.fitted(root, 1)} #b1))" for root in roots]
        return "\n".join(self.lines) + "\n"

    def _define(self, term: Term) -> None:
        width = width_of(term.range)
        if term.kind is Kind.CONST:
            self.names[term] = literal(term.value, width)
            return
        name = f"t{len(self.names)}"
        self.names[term] = name
        if term.kind is Kind.VAR or term in self.leaves:
            self.variables[name] = term
            self.lines.append(f"(declare-const {name} (_ BitVec {width}))")
            self._bound(term, name, width)
        else:
            self.lines.append(
                f"(define-fun {name} () (_ BitVec {width}) {_RULES[term.kind](self, term, width)})"
            )

    def _bound(self, term: Term, name: str, width: int) -> None:
        lo, hi = term.range.lo, term.range.hi
        # The width rounds a range up to a power of two, so each end that it exceeds needs an assertion.
        signed = lo < 0
        least, most = (-(1 << width - 1), (1 << width - 1) - 1) if signed else (0, (1 << width) - 1)
        sign = "s" if signed else "u"
        if lo > least:
            self.lines.append(f"(assert (bv{sign}ge {name} {literal(lo, width)}))")
        if hi < most:
            self.lines.append(f"(assert (bv{sign}le {name} {literal(hi, width)}))")

    def fitted(self, term: Term, width: int) -> str:
        """Return a term modulo ``2**width``: its value if that fits."""
        if term.kind is Kind.CONST:
            return literal(term.value, width)
        return _resized(self.names[term], term.range, width)

    def form(self, term: Term) -> Form:
        """Return a term's linear form; a leaf is opaque."""
        return (0, ((term, 1),)) if term in self.leaves else term.form

    def sum_of_many(self, constant: int, inner: Sequence[tuple[Term, int]], width: int) -> str:
        """Return a sum that shares its partial sums with other sums that begin with the same terms.

        Such sums often differ in the constant and in the sign only, which the solver then need not discover.
        """
        # Normalize the first sign, so that f and -f share all partial sums.
        sign = 1 if inner[0][1] > 0 else -1
        name, range_ = "", Range(0, 0)
        for atom, weight in inner:
            name, range_ = self._added(name, range_, atom, sign * weight)
        body = _resized(name, range_, width)
        return f"({'bvadd' if sign > 0 else 'bvsub'} {literal(constant, width)} {body})"

    def _added(self, before: str, range_: Range, atom: Term, weight: int) -> tuple[str, Range]:
        """Define a partial sum plus a multiple of one more term; return its name and range."""
        key = (before, atom, weight)
        if key not in self.sums:
            ends = (weight * atom.range.lo, weight * atom.range.hi)
            reached = Range(range_.lo + min(ends), range_.hi + max(ends))
            width = width_of(reached)
            more = _scaled(self.fitted(atom, width), weight, width) or literal(0, width)
            total = f"(bvadd {_resized(before, range_, width)} {more})" if before else more
            name = f"s{len(self.sums)}"
            self.lines.append(f"(define-fun {name} () (_ BitVec {width}) {total})")
            self.sums[key] = name, reached
        return self.sums[key]


def _resized(name: str, range_: Range, width: int) -> str:
    """Return a vector extended or truncated to a width: its value modulo ``2**width``."""
    own = width_of(range_)
    if own == width:
        return name
    if own > width:
        return f"((_ extract {width - 1} 0) {name})"
    kind = "sign_extend" if range_.lo < 0 else "zero_extend"
    return f"((_ {kind} {width - own}) {name})"


def literal(value: int, width: int) -> str:
    return f"(_ bv{value % (1 << width)} {width})"


def _bit(condition: str) -> str:
    return f"(ite {condition} #b1 #b0)"


def _sum(w: _Writer, term: Term, width: int) -> str:
    constant, inner = term.form
    if len(inner) >= MANY:
        return w.sum_of_many(constant, inner, width)
    parts = []
    for atom, weight in inner:
        scaled = _scaled(w.fitted(atom, width), weight, width)
        if scaled is not None:
            parts.append(scaled)
    if constant or not parts:
        parts.append(literal(constant, width))
    text = parts[0]
    for part in parts[1:]:
        text = f"(bvsub {text} {part[7:-1]})" if part.startswith("(bvneg ") else f"(bvadd {text} {part})"
    return text


def _scaled(word: str, weight: int, width: int) -> str | None:
    """Return a multiple of a word; None if it is 0 modulo ``2**width``."""
    size = abs(weight)
    # A shift by a constant is free in a circuit, a multiplication is not.
    if size & size - 1 == 0:
        exponent = size.bit_length() - 1
        if exponent >= width:
            return None
        scaled = word if not exponent else f"(bvshl {word} {literal(exponent, width)})"
    else:
        scaled = f"(bvmul {word} {literal(size, width)})"
    return scaled if weight > 0 else f"(bvneg {scaled})"


def _ge0(w: _Writer, term: Term, width: int) -> str:
    """Write ``x - y >= 0`` as ``x >= y``, and other comparisons as the sign bit of the whole sum."""
    argument = term.args[0]
    # Ranges may have been narrowed after the condition was built. Such an argument may have lost its sign
    # bit.
    if argument.range.lo >= 0 or argument.range.hi < 0:
        return literal(int(argument.range.lo >= 0), 1)
    constant, inner = w.form(argument)
    left = [atom for atom, weight in inner if weight == 1]
    right = [atom for atom, weight in inner if weight == -1]
    if len(left) + len(right) == len(inner) and len(left) <= 1 and len(right) + (constant != 0) <= 1 and left:
        if right:
            return _bit(_compared(w, "ge", left[0], right[0].range, w.fitted, right[0]))
        return _bit(
            _compared(
                w, "ge", left[0], Range(-constant, -constant), lambda _, n: literal(-constant, n), left[0]
            )
        )
    size = width_of(argument.range)
    return _bit(f"(= ((_ extract {size - 1} {size - 1}) {w.names[argument]}) #b0)")


def _compared(
    w: _Writer, relation: str, a: Term, right_range: Range, fit_right: Callable[[Term, int], str], b: Term
) -> str:
    both = a.range.hull(right_range)
    # Both operands must be extended to a width, and read with a sign, that fits either of them.
    size, sign = width_of(both), "s" if both.lo < 0 else "u"
    return f"(bv{sign}{relation} {w.fitted(a, size)} {fit_right(b, size)})"


def _eq0(w: _Writer, term: Term, width: int) -> str:
    argument = term.args[0]
    # The range may have been narrowed after the condition was built.
    if not argument.range.holds(0):
        return literal(0, 1)
    constant, inner = w.form(argument)
    # Comparing x with a constant, or x with y, needs no subtraction and often fewer bits.
    if len(inner) == 1 and inner[0][1] == 1:
        if not inner[0][0].range.holds(-constant):
            return literal(0, 1)
        size = width_of(inner[0][0].range)
        return _bit(f"(= {w.fitted(inner[0][0], size)} {literal(-constant, size)})")
    if len(inner) == 2 and constant == 0 and {weight for _, weight in inner} == {1, -1}:
        size = width_of(inner[0][0].range.hull(inner[1][0].range))
        return _bit(f"(= {w.fitted(inner[0][0], size)} {w.fitted(inner[1][0], size)})")
    size = width_of(argument.range)
    return _bit(f"(= {w.names[argument]} {literal(0, size)})")


def _and(w: _Writer, term: Term, width: int) -> str:
    text = w.fitted(term.args[0], 1)
    for part in term.args[1:]:
        text = f"(bvand {text} {w.fitted(part, 1)})"
    return text


def _ite(w: _Writer, term: Term, width: int) -> str:
    condition, then, other = term.args
    return f"(ite (= {w.fitted(condition, 1)} #b1) {w.fitted(then, width)} {w.fitted(other, width)})"


def _extract(w: _Writer, term: Term, width: int) -> str:
    low, _ = term.bit_slice
    whole = term.args[0]
    word = w.fitted(whole, max(low + width, width_of(whole.range)))
    return f"((_ extract {low + width - 1} {low}) {word})"


def _binary(operation: str) -> Callable[[_Writer, Term, int], str]:
    def write(w: _Writer, term: Term, width: int) -> str:
        size = max(width, width_of(term.args[0].range.hull(term.args[1].range)))
        text = f"({operation} {w.fitted(term.args[0], size)} {w.fitted(term.args[1], size)})"
        return text if size == width else f"((_ extract {width - 1} 0) {text})"

    return write


def _exclusive(w: _Writer, term: Term, width: int) -> str:
    size = max(width, *(width_of(arg.range) for arg in term.args))
    if any(arg.range.lo < 0 for arg in term.args):
        size = max(size, *(width_of(arg.range.hull(Range(-1, 0))) for arg in term.args))
    text = w.fitted(term.args[0], size)
    for part in term.args[1:]:
        text = f"(bvxor {text} {w.fitted(part, size)})"
    return text if size == width else f"((_ extract {width - 1} 0) {text})"


def _table(w: _Writer, term: Term, width: int) -> str:
    first, entries = term.entries
    index = term.args[0]
    # The index's range may have been narrowed since, but the constants that it is compared with must fit too.
    both = index.range.hull(Range(first, first + len(entries) - 1))
    size, sign = width_of(both), "s" if both.lo < 0 else "u"
    word = w.fitted(index, size)

    # A balanced tree of comparisons, which stops early where all remaining entries are equal.
    def tree(start: int, stop: int) -> str:
        if len(set(entries[start:stop])) == 1:
            return literal(entries[start], width)
        middle = (start + stop) // 2
        below = f"(bv{sign}lt {word} {literal(first + middle, size)})"
        return f"(ite {below} {tree(start, middle)} {tree(middle, stop)})"

    return tree(0, len(entries))


_RULES: dict[Kind, Callable[[_Writer, Term, int], str]] = {
    Kind.SUM: _sum,
    Kind.GE0: _ge0,
    Kind.EQ0: _eq0,
    Kind.AND: _and,
    Kind.ITE: _ite,
    Kind.EXTRACT: _extract,
    Kind.BITAND: _binary("bvand"),
    Kind.BITOR: _binary("bvor"),
    Kind.BITXOR: _exclusive,
    Kind.TABLE: _table,
}
