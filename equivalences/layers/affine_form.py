"""The affine normal form of an update: ``r' = overflow(floor(a r / 2^f) + b)``, a and b free of r itself.

The form is computed bottom-up over the update's graph. If a condition reads r, the form of one branch is used
for both, provided that it also gives the value of the other branch wherever that one is chosen. Overflow
handling (saturation or wrap-around) may replace operations of the update: ``min(r + 1, top)`` is stored as
r + 1 in a word that saturates at top, ``(r + 1) % 8`` as r + 1 in a 3-bit word that wraps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Node, Op, reachable
from streamssm.ir.ranges import Range
from streamssm.ssm.formats import Overflow, Rounding


@dataclass(frozen=True)
class AffineForm:
    """The nodes ``entry``, in units of 2^-fraction_bits, and ``increment``; ``entry * r`` is rounded."""

    entry: int
    increment: int
    fraction_bits: int = 0
    rounding: Rounding = Rounding.FLOOR


class Obstacle(str, Enum):
    """The reason why a layer cannot carry out an update."""

    FORM = "form"  # the update is not affine in its own register
    KIND = "kind"  # it is affine, but the transition kind does not allow its factor
    RANGE = "range"  # it is not proven to stay in the register's range


@dataclass(frozen=True)
class NotAffine:
    """An explanation of why an update has no usable affine form, by the offending operation for example."""

    explanation: str
    obstacle: Obstacle = Obstacle.FORM


Form = AffineForm | NotAffine


def affine_form(g: GraphBuilder, root: int, own: int, word_range: Range, overflow: Overflow) -> Form:
    """Return the affine form of a root in the register whose leaf is ``own``.

    The register is stored in a word of range ``word_range`` with the given overflow handling.
    """
    return _Reader(g, own, word_range, overflow).form(root)


class _Reader:
    def __init__(self, g: GraphBuilder, own: int, word_range: Range, overflow: Overflow) -> None:
        self.g = g
        self.own = own
        self.word_range = word_range
        self.overflow = overflow
        self.exact_forms: dict[int, Form] = {}
        self.stored_forms: dict[int, Form] = {}

    def form(self, root: int) -> Form:
        """Return the root's form, computed bottom-up over the nodes that read the register."""
        order = reachable(self.g.nodes, [root])
        depends = {self.own}
        for index in order:
            node = self.g.nodes[index]
            if index in depends or not depends.isdisjoint(node.args):
                depends.add(index)
                self.exact_forms[index] = self._exact_form(index, node)
                self.stored_forms[index] = self._stored_form(index, node)
        return self._form_of(root, self.stored_forms)

    def _form_of(self, index: int, forms: dict[int, Form]) -> Form:
        """Return a node's form; a node that does not read the register is an increment with entry 0."""
        return forms.get(index) or AffineForm(self.g.const(0), index)

    def _is_free(self, index: int) -> bool:
        return index not in self.exact_forms

    # operations

    def _exact_form(self, index: int, node: Node) -> Form:
        if index == self.own:
            return AffineForm(self.g.const(1), self.g.const(0))
        if node.op is Op.SELECT:
            return self._select(node, self.exact_forms, exact=True)
        rule = RULES.get(node.op)
        form = rule(self, node) if rule else None
        return form or NotAffine(EXPLANATIONS.get(node.op, f"it takes {node.op.value} of itself"))

    def _stored_form(self, index: int, node: Node) -> Form:
        """Return a form that equals the node after overflow handling, if the node's value is stored."""
        if node.op is Op.SELECT:
            form = self._select(node, self.stored_forms, exact=False)
            return self.exact_forms[index] if isinstance(form, NotAffine) else form
        operand = self._before_overflow(node)
        return self._form_of(operand, self.stored_forms) if operand is not None else self.exact_forms[index]

    def _before_overflow(self, node: Node) -> int | None:
        """Return the operand of a clamp or remainder that the word's overflow handling makes redundant."""
        repeats_overflow = OVERFLOW_OPERATIONS[self.overflow].get(node.op)
        if repeats_overflow is None:
            return None
        for value, bound in (node.args, node.args[::-1]):
            if self.g.range(bound).is_constant and repeats_overflow(self.g.range(bound).lo, self.word_range):
                return value
        return None

    # sums

    def add(self, a: Form, b: Form, sign: int = 1) -> Form | None:
        if isinstance(a, NotAffine) or isinstance(b, NotAffine):
            return a if isinstance(a, NotAffine) else b
        if sign < 0 and b.fraction_bits or (a.fraction_bits and b.fraction_bits):
            return None
        combine = self.g.add if sign > 0 else self.g.sub
        fraction_bits, rounding = (
            (a.fraction_bits, a.rounding) if a.fraction_bits else (b.fraction_bits, b.rounding)
        )
        first, second = (self._scaled(form.entry, fraction_bits - form.fraction_bits) for form in (a, b))
        return AffineForm(combine(first, second), combine(a.increment, b.increment), fraction_bits, rounding)

    def _scaled(self, entry: int, fraction_bits: int) -> int:
        return self.g.mul(entry, self.g.const(1 << fraction_bits))

    def times(self, form: Form, factor: int) -> Form | None:
        if isinstance(form, NotAffine):
            return form
        if form.fraction_bits:
            return None
        return AffineForm(self.g.mul(form.entry, factor), self.g.mul(form.increment, factor))

    def shifted(self, form: Form, shift: int) -> Form | None:
        """Return ``form >> shift``, the increment being a multiple of 2^shift, or half a unit more.

        The multiple is taken out of the rounding; half a unit turns floor into rounding to the nearest.
        """
        if isinstance(form, NotAffine):
            return form
        linear = self.g.form(form.increment)
        offset = linear.constant % (1 << shift)
        half = shift and offset == 1 << (shift - 1)
        if form.fraction_bits or (offset and not half) or any(w % (1 << shift) for _, w in linear.terms):
            return None
        multiple = self.g.sub(form.increment, self.g.const(offset))
        increment = self.g.shr(multiple, self.g.const(shift))
        return AffineForm(form.entry, increment, shift, Rounding.NEAREST if half else Rounding.FLOOR)

    # choices

    def _select(self, node: Node, forms: dict[int, Form], *, exact: bool) -> Form:
        test, *branches = node.args
        then, other = (_Branch(branch, self._form_of(branch, forms)) for branch in branches)
        if self._is_free(test):
            return self._chosen(test, then.form, other.form)
        return self._own_test(test, then, other, exact)

    def _own_test(self, test: int, then: _Branch, other: _Branch, exact: bool) -> Form:
        """Return one form for both branches of a condition that reads the register."""
        node = self.g.nodes[test]
        if node.op in (Op.AND, Op.OR) and any(self._is_free(arg) for arg in node.args):
            free, rest = sorted(node.args, key=lambda arg: not self._is_free(arg))
            if node.op is Op.AND:
                return self._chosen(free, self._own_test(rest, then, other, exact), other.form)
            return self._chosen(free, then.form, self._own_test(rest, then, other, exact))
        if node.op is Op.SELECT and self._is_free(node.args[0]):
            free, *tests = node.args
            yes, no = (
                self._chosen(t, then.form, other.form)
                if self._is_free(t)
                else self._own_test(t, then, other, exact)
                for t in tests
            )
            return self._chosen(free, yes, no)
        if self._agrees(then.form, other.node, (test, False), exact):
            return then.form
        if self._agrees(other.form, then.node, (test, True), exact):
            return other.form
        return NotAffine("it branches on its own value, and the branches are not a clamp or a wrap-around")

    def _chosen(self, test: int, then: Form, other: Form) -> Form:
        for form in (then, other):
            if isinstance(form, NotAffine):
                return form
        assert isinstance(then, AffineForm) and isinstance(other, AffineForm)
        if then.fraction_bits and other.fraction_bits and then.rounding is not other.rounding:
            return NotAffine("its branches use different rounding modes")
        fraction_bits = max(then.fraction_bits, other.fraction_bits)
        first, second = (
            self._scaled(form.entry, fraction_bits - form.fraction_bits) for form in (then, other)
        )
        entry = self.g.select(test, first, second)
        increment = self.g.select(test, then.increment, other.increment)
        return AffineForm(entry, increment, fraction_bits, (then if then.fraction_bits else other).rounding)

    def _agrees(self, form: Form, node: int, fact: tuple[int, bool], exact: bool) -> bool:
        """Return whether the form, after overflow handling, provably equals the node where the fact holds."""
        if isinstance(form, NotAffine) or form.fraction_bits:
            return False
        g = self.g
        value = g.add(g.mul(form.entry, self.own), form.increment)
        if not exact and self.overflow is Overflow.SATURATE:
            value = g.clamp(value, self.word_range)
        gap = g.bound(g.sub(node, value), (fact,))
        if gap is None or gap == Range(0, 0):
            return True
        wraps = not exact and self.overflow is Overflow.WRAP
        return wraps and gap.is_constant and gap.lo % self.word_range.size == 0


@dataclass(frozen=True)
class _Branch:
    node: int
    form: Form


# One rule per operation. None: the operation has no affine form here, and `EXPLANATIONS` says why.


def _add(reader: _Reader, node: Node) -> Form | None:
    a, b = (reader._form_of(arg, reader.exact_forms) for arg in node.args)
    return reader.add(a, b)


def _sub(reader: _Reader, node: Node) -> Form | None:
    a, b = (reader._form_of(arg, reader.exact_forms) for arg in node.args)
    return reader.add(a, b, sign=-1)


def _mul(reader: _Reader, node: Node) -> Form | None:
    for form, factor in (node.args, node.args[::-1]):
        if reader._is_free(factor):
            return reader.times(reader.exact_forms[form], factor)
    return None


def _shl(reader: _Reader, node: Node) -> Form | None:
    shift = reader.g.range(node.args[1])
    if not shift.is_constant:
        return None
    return reader.times(reader.exact_forms[node.args[0]], reader.g.const(1 << shift.lo))


def _neuron(reader: _Reader, node: Node) -> Form | None:
    bias, weights, relu = node.neuron
    if relu:
        return None
    total: Form | None = AffineForm(reader.g.const(0), reader.g.const(bias))
    for weight, arg in zip(weights, node.args, strict=True):
        term = reader.times(reader._form_of(arg, reader.exact_forms), reader.g.const(weight))
        total = reader.add(total, term) if total is not None and term is not None else None
    return total


def _shr(reader: _Reader, node: Node) -> Form | None:
    shift = reader.g.range(node.args[1])
    return (
        reader.shifted(reader.exact_forms[node.args[0]], shift.lo) if _is_own_constant(reader, node) else None
    )


def _floordiv(reader: _Reader, node: Node) -> Form | None:
    divisor = reader.g.range(node.args[1])
    if not _is_own_constant(reader, node) or divisor.lo < 1 or divisor.lo & (divisor.lo - 1):
        return None
    return reader.shifted(reader.exact_forms[node.args[0]], divisor.lo.bit_length() - 1)


def _is_own_constant(reader: _Reader, node: Node) -> bool:
    return not reader._is_free(node.args[0]) and reader.g.range(node.args[1]).is_constant


RULES: dict[Op, Callable[[_Reader, Node], Form | None]] = {
    Op.ADD: _add,
    Op.SUB: _sub,
    Op.MUL: _mul,
    Op.SHL: _shl,
    Op.SHR: _shr,
    Op.FLOORDIV: _floordiv,
    Op.NEURON: _neuron,
}

EXPLANATIONS = {
    Op.MIN: "it takes the minimum of itself and a value other than its upper bound",
    Op.MAX: "it takes the maximum of itself and a value other than its lower bound",
    Op.MUL: "it multiplies itself by a factor that depends on it",
    Op.MOD: "it takes itself modulo a number other than its size, a power of two",
    Op.FLOORDIV: "it divides itself by a number that is not a constant power of two, or with a remainder",
    Op.SHR: "it shifts itself by a variable distance, or after adding a term that is not divisible",
    Op.TABLE: "it looks itself up in a table",
    Op.EQ: "it compares itself",
    Op.NE: "it compares itself",
    Op.LT: "it compares itself",
    Op.LE: "it compares itself",
    Op.AND: "it operates on its own bits",
    Op.OR: "it operates on its own bits",
    Op.XOR: "it operates on its own bits",
}

BoundTest = Callable[[int, Range], bool]


def _is_top(bound: int, word_range: Range) -> bool:
    return bound == word_range.hi


def _is_bottom(bound: int, word_range: Range) -> bool:
    return bound == word_range.lo


def _is_size(bound: int, word_range: Range) -> bool:
    return word_range.lo == 0 and bound == word_range.size and not bound & (bound - 1)


def _is_mask(bound: int, word_range: Range) -> bool:
    return _is_size(bound + 1, word_range)


# Operations that overflow handling carries out by itself, with a test of their constant operand.
OVERFLOW_OPERATIONS: dict[Overflow, dict[Op, BoundTest]] = {
    Overflow.ERROR: {},
    Overflow.SATURATE: {Op.MIN: _is_top, Op.MAX: _is_bottom},
    Overflow.WRAP: {Op.MOD: _is_size, Op.AND: _is_mask},
}


def overflows(word_range: Range) -> Sequence[Overflow]:
    """Return the overflow modes of a word of the given range, the mode with the weakest claim first."""
    is_power_of_two = word_range.size & (word_range.size - 1) == 0
    return [Overflow.ERROR, Overflow.SATURATE, *([Overflow.WRAP] if is_power_of_two else [])]
