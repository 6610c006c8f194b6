"""The affine normal form of an update: ``r' = settle(floor(a r / 2^places) + b)``, a and b free of r itself.

A form is read off node by node, from the leaves to the root. Under a condition that reads r, one branch
must be what the other one's form gives there, too: then that form serves for both. Where the word may
*settle* (saturate or wrap), a branch counts by what becomes of it in the word: ``min(r + 1, top)`` is r + 1
in a word that saturates at top, ``(r + 1) % 8`` is r + 1 in a word of 3 bits that wraps.
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
    """``entry`` in units of 2^-places and ``increment``, as nodes; what is rounded is ``entry * r``."""

    entry: int
    increment: int
    places: int = 0
    rounding: Rounding = Rounding.FLOOR


class Obstacle(str, Enum):
    """What keeps an update out of a layer."""

    FORM = "form"  # it is not affine in its own register
    KIND = "kind"  # it is, with a factor that the transition kind does not allow
    RANGE = "range"  # it may leave its range


@dataclass(frozen=True)
class NotAffine:
    """Why an update has no affine form that serves: the operation on itself that stands in the way, say."""

    why: str
    obstacle: Obstacle = Obstacle.FORM


Form = AffineForm | NotAffine


def affine_form(g: GraphBuilder, root: int, own: int, values: Range, overflow: Overflow) -> Form:
    """Return the form of a root in the register whose leaf is ``own``, for a word of that range and
    overflow."""
    return _Reader(g, own, values, overflow).form(root)


class _Reader:
    def __init__(self, g: GraphBuilder, own: int, values: Range, overflow: Overflow) -> None:
        self.g = g
        self.own = own
        self.values = values
        self.overflow = overflow
        self.inner: dict[int, Form] = {}
        self.settled: dict[int, Form] = {}

    def form(self, root: int) -> Form:
        """Return the root's form, after those of everything below it that reads the register."""
        order = reachable(self.g.nodes, [root])
        depends = {self.own}
        for index in order:
            node = self.g.nodes[index]
            if index in depends or not depends.isdisjoint(node.args):
                depends.add(index)
                self.inner[index] = self._inner(index, node)
                self.settled[index] = self._settled(index, node)
        return self._of(root, self.settled)

    def _of(self, index: int, forms: dict[int, Form]) -> Form:
        """Return a node's form; a node that does not read the register is its own increment."""
        return forms.get(index) or AffineForm(self.g.const(0), index)

    def _free(self, index: int) -> bool:
        return index not in self.inner

    # operations

    def _inner(self, index: int, node: Node) -> Form:
        if index == self.own:
            return AffineForm(self.g.const(1), self.g.const(0))
        if node.op is Op.SELECT:
            return self._select(node, self.inner, exact=True)
        rule = RULES.get(node.op)
        found = rule(self, node) if rule else None
        return found or NotAffine(PHRASES.get(node.op, f"it takes {node.op.value} of itself"))

    def _settled(self, index: int, node: Node) -> Form:
        """Return a form of what the word makes of the node, where the node's value is what is stored."""
        if node.op is Op.SELECT:
            found = self._select(node, self.settled, exact=False)
            return self.inner[index] if isinstance(found, NotAffine) else found
        inside = self._unsettled(node)
        return self._of(inside, self.settled) if inside is not None else self.inner[index]

    def _unsettled(self, node: Node) -> int | None:
        """Return what a clamp to the word's range, or a remainder by its size, is taken of."""
        rule = UNSETTLED[self.overflow].get(node.op)
        if rule is None:
            return None
        for value, bound in (node.args, node.args[::-1]):
            if self.g.range(bound).is_constant and rule(self.g.range(bound).lo, self.values):
                return value
        return None

    # sums

    def add(self, a: Form, b: Form, sign: int = 1) -> Form | None:
        if isinstance(a, NotAffine) or isinstance(b, NotAffine):
            return a if isinstance(a, NotAffine) else b
        if sign < 0 and b.places or (a.places and b.places):
            return None
        join = self.g.add if sign > 0 else self.g.sub
        places, rounding = (a.places, a.rounding) if a.places else (b.places, b.rounding)
        first, second = (self._scaled(form.entry, places - form.places) for form in (a, b))
        return AffineForm(join(first, second), join(a.increment, b.increment), places, rounding)

    def _scaled(self, entry: int, places: int) -> int:
        return self.g.mul(entry, self.g.const(1 << places))

    def times(self, form: Form, factor: int) -> Form | None:
        if isinstance(form, NotAffine):
            return form
        if form.places:
            return None
        return AffineForm(self.g.mul(form.entry, factor), self.g.mul(form.increment, factor))

    def shifted(self, form: Form, places: int) -> Form | None:
        """Return ``form >> places``: whole parts of the increment come out, half a unit is rounding."""
        if isinstance(form, NotAffine):
            return form
        linear = self.g.form(form.increment)
        offset = linear.constant % (1 << places)
        half = places and offset == 1 << (places - 1)
        if form.places or (offset and not half) or any(w % (1 << places) for _, w in linear.terms):
            return None
        whole = self.g.sub(form.increment, self.g.const(offset))
        increment = self.g.shr(whole, self.g.const(places))
        return AffineForm(form.entry, increment, places, Rounding.NEAREST if half else Rounding.FLOOR)

    # choices

    def _select(self, node: Node, forms: dict[int, Form], *, exact: bool) -> Form:
        test, *branches = node.args
        then, other = (_Branch(branch, self._of(branch, forms)) for branch in branches)
        if self._free(test):
            return self._chosen(test, then.form, other.form)
        return self._own_test(test, then, other, exact)

    def _own_test(self, test: int, then: _Branch, other: _Branch, exact: bool) -> Form:
        """Return one form for both branches of a condition that reads the register."""
        node = self.g.nodes[test]
        if node.op in (Op.AND, Op.OR) and any(self._free(arg) for arg in node.args):
            free, rest = sorted(node.args, key=lambda arg: not self._free(arg))
            if node.op is Op.AND:
                return self._chosen(free, self._own_test(rest, then, other, exact), other.form)
            return self._chosen(free, then.form, self._own_test(rest, then, other, exact))
        if node.op is Op.SELECT and self._free(node.args[0]):
            free, *tests = node.args
            yes, no = (
                self._chosen(t, then.form, other.form)
                if self._free(t)
                else self._own_test(t, then, other, exact)
                for t in tests
            )
            return self._chosen(free, yes, no)
        if self._gives(then.form, other.node, (test, False), exact):
            return then.form
        if self._gives(other.form, then.node, (test, True), exact):
            return other.form
        return NotAffine("it depends on a condition on itself that is not the edge of a clamp or a wrap")

    def _chosen(self, test: int, then: Form, other: Form) -> Form:
        for form in (then, other):
            if isinstance(form, NotAffine):
                return form
        assert isinstance(then, AffineForm) and isinstance(other, AffineForm)
        if then.places and other.places and then.rounding is not other.rounding:
            return NotAffine("its branches round differently")
        places = max(then.places, other.places)
        first, second = (self._scaled(form.entry, places - form.places) for form in (then, other))
        entry = self.g.select(test, first, second)
        increment = self.g.select(test, then.increment, other.increment)
        return AffineForm(entry, increment, places, (then if then.places else other).rounding)

    def _gives(self, form: Form, node: int, fact: tuple[int, bool], exact: bool) -> bool:
        """Return whether what the form gives, settled, is shown to be the node wherever the fact holds."""
        if isinstance(form, NotAffine) or form.places:
            return False
        g = self.g
        value = g.add(g.mul(form.entry, self.own), form.increment)
        if not exact and self.overflow is Overflow.SATURATE:
            value = g.clamp(value, self.values)
        gap = g.bound(g.sub(node, value), (fact,))
        if gap is None or gap == Range(0, 0):
            return True
        wraps = not exact and self.overflow is Overflow.WRAP
        return wraps and gap.is_constant and gap.lo % self.values.size == 0


@dataclass(frozen=True)
class _Branch:
    node: int
    form: Form


# rules


def _add(reader: _Reader, node: Node) -> Form | None:
    a, b = (reader._of(arg, reader.inner) for arg in node.args)
    return reader.add(a, b)


def _sub(reader: _Reader, node: Node) -> Form | None:
    a, b = (reader._of(arg, reader.inner) for arg in node.args)
    return reader.add(a, b, sign=-1)


def _mul(reader: _Reader, node: Node) -> Form | None:
    for form, factor in (node.args, node.args[::-1]):
        if reader._free(factor):
            return reader.times(reader.inner[form], factor)
    return None


def _shl(reader: _Reader, node: Node) -> Form | None:
    places = reader.g.range(node.args[1])
    if not places.is_constant:
        return None
    return reader.times(reader.inner[node.args[0]], reader.g.const(1 << places.lo))


def _neuron(reader: _Reader, node: Node) -> Form | None:
    bias, weights, relu = node.neuron
    if relu:
        return None
    total: Form | None = AffineForm(reader.g.const(0), reader.g.const(bias))
    for weight, arg in zip(weights, node.args, strict=True):
        term = reader.times(reader._of(arg, reader.inner), reader.g.const(weight))
        total = reader.add(total, term) if total is not None and term is not None else None
    return total


def _shr(reader: _Reader, node: Node) -> Form | None:
    places = reader.g.range(node.args[1])
    return reader.shifted(reader.inner[node.args[0]], places.lo) if _is_own_constant(reader, node) else None


def _floordiv(reader: _Reader, node: Node) -> Form | None:
    divisor = reader.g.range(node.args[1])
    if not _is_own_constant(reader, node) or divisor.lo < 1 or divisor.lo & (divisor.lo - 1):
        return None
    return reader.shifted(reader.inner[node.args[0]], divisor.lo.bit_length() - 1)


def _is_own_constant(reader: _Reader, node: Node) -> bool:
    return not reader._free(node.args[0]) and reader.g.range(node.args[1]).is_constant


RULES: dict[Op, Callable[[_Reader, Node], Form | None]] = {
    Op.ADD: _add,
    Op.SUB: _sub,
    Op.MUL: _mul,
    Op.SHL: _shl,
    Op.SHR: _shr,
    Op.FLOORDIV: _floordiv,
    Op.NEURON: _neuron,
}

PHRASES = {
    Op.MIN: "it takes the smaller of itself and something else than its upper end",
    Op.MAX: "it takes the larger of itself and something else than its lower end",
    Op.MUL: "it multiplies itself by something that depends on it",
    Op.MOD: "it takes a remainder of itself, and not that by its size, a power of two",
    Op.FLOORDIV: "it divides itself, and not exactly by a power of two",
    Op.SHR: "it shifts itself by a number of places that is not fixed, or after adding what does not divide",
    Op.TABLE: "it looks itself up in a table",
    Op.EQ: "it compares itself",
    Op.NE: "it compares itself",
    Op.LT: "it compares itself",
    Op.LE: "it compares itself",
    Op.AND: "it takes apart its own bits",
    Op.OR: "it takes apart its own bits",
    Op.XOR: "it takes apart its own bits",
}

Settles = Callable[[int, Range], bool]


def _is_top(bound: int, values: Range) -> bool:
    return bound == values.hi


def _is_bottom(bound: int, values: Range) -> bool:
    return bound == values.lo


def _is_size(bound: int, values: Range) -> bool:
    return values.lo == 0 and bound == values.size and not bound & (bound - 1)


def _is_mask(bound: int, values: Range) -> bool:
    return _is_size(bound + 1, values)


UNSETTLED: dict[Overflow, dict[Op, Settles]] = {
    Overflow.ERROR: {},
    Overflow.SATURATE: {Op.MIN: _is_top, Op.MAX: _is_bottom},
    Overflow.WRAP: {Op.MOD: _is_size, Op.AND: _is_mask},
}


def overflows(values: Range) -> Sequence[Overflow]:
    """Return what a word of a range may do on overflow, what claims least first."""
    whole = values.size & (values.size - 1) == 0
    return [Overflow.ERROR, Overflow.SATURATE, *([Overflow.WRAP] if whole else [])]
