"""Proving ranges under path conditions: the values of a node wherever some conditions are known.

The prover reasons on linear forms: bounds of atoms are propagated through the inequalities that the facts
state, a fact may be subtracted from the form that is bounded, and selects and disjunctions are split into
cases. It is sound and incomplete: ``fuel`` bounds the number of cases; without it a range is wider, never
wrong.
"""

from __future__ import annotations

from math import gcd

from streamssm.ir import ranges, semantics
from streamssm.ir.graph import LEAVES, Node, Op
from streamssm.ir.inequalities import RULES
from streamssm.ir.linear_form import Linear, LinearForms
from streamssm.ir.ranges import BIT, Range

Fact = tuple[int, bool]  # a condition's node, and whether it is 1 or 0
Facts = tuple[Fact, ...]

FUEL = 96
LITTLE_FUEL = 24  # for questions that come up at every node
LEAST_FUEL = 2
LARGE = 3_000  # nodes
ROUNDS = 4
ELIMINATIONS = 3
STRUCTURE_DEPTH = 8
JUNCTION_DEPTH = 24
CACHED_WORLDS = 4096
MOST_LEAVES = 8

_NONE: frozenset[int] = frozenset()


class RangeProver:
    """Bounds nodes of a growing graph."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.forms = LinearForms(nodes)
        self.fuel = 0
        self._leaves: list[frozenset[int] | None] = []
        self._worlds: dict[Facts, AbstractState | None] = {}

    def difference(self, a: int, b: int) -> Range:
        """Return a range of ``a - b`` from unconditional ranges alone."""
        return self._interval(
            self.forms[a].plus(self.forms[b], -1), ranges.sub(self.nodes[a].range, self.nodes[b].range)
        )

    def sum(self, a: int, b: int) -> Range:
        """Return a range of ``a + b`` from unconditional ranges alone."""
        return self._interval(
            self.forms[a].plus(self.forms[b]), ranges.add(self.nodes[a].range, self.nodes[b].range)
        )

    def linear_range(self, node: int) -> Range:
        """Return a range of a node from its linear form and the unconditional ranges of its atoms."""
        return self._interval(self.forms[node], self.nodes[node].range)

    def _interval(self, form: Linear, plain: Range) -> Range:
        return plain.meet(form.interval(lambda atom: self.nodes[atom].range)) or plain

    def quick_bound(self, node: int, facts: Facts) -> Range | None:
        """Return a range from a shorter search, shorter still in graphs of thousands of nodes."""
        return self.bound(node, facts, LITTLE_FUEL if len(self.nodes) < LARGE else LEAST_FUEL)

    def bound(self, node: int, facts: Facts, fuel: int = FUEL) -> Range | None:
        """Return a range of the node wherever the facts hold; None if they contradict each other."""
        known = self.nodes[node].range
        if known.is_constant:
            return known
        if len(facts) == 1 and self._apart(facts[0][0], node):
            if self.nodes[node].op in LEAVES:
                return known
            facts = ()
        self.fuel = fuel
        world = self.world(facts)
        if world is None:
            return None
        found = world.bound(self.forms[node])
        return found.meet(known) if found else None

    def world(self, facts: Facts) -> AbstractState | None:
        """Return the abstract state in which all facts hold, or None if they contradict each other."""
        known = len(facts)
        while known and facts[:known] not in self._worlds:
            known -= 1
        world = self._worlds[facts[:known]] if known else AbstractState(self, ())
        for end in range(known, len(facts)):
            if len(self._worlds) > CACHED_WORLDS:
                self._worlds.clear()
            state = AbstractState(self, facts[: end + 1], world) if world else None
            world = self._worlds[facts[: end + 1]] = state if state and state.possible else None
        return world

    def leaves(self, node: int) -> frozenset[int] | None:
        """Return the leaves (and loads) below a node, None if there are more than a few."""
        while len(self._leaves) <= node:
            self._leaves.append(self._leaves_of(len(self._leaves)))
        return self._leaves[node]

    def _leaves_of(self, node: int) -> frozenset[int] | None:
        entry = self.nodes[node]
        parts = [self._leaves[arg] for arg in entry.args]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        widest = max(known, key=len, default=_NONE)
        found = widest if all(part <= widest for part in known) else frozenset().union(*known)
        if entry.op is Op.LOAD or (entry.op in LEAVES and entry.op is not Op.CONST):
            found |= {node}
        return found if len(found) <= MOST_LEAVES else None

    def _apart(self, a: int, b: int) -> bool:
        """Return whether two nodes have no leaf in common."""
        ours, theirs = self.leaves(a), self.leaves(b)
        return ours is not None and theirs is not None and ours.isdisjoint(theirs)


class AbstractState:
    """The states in which a list of facts holds: bounds of atoms, inequalities (form <= 0), open cases."""

    def __init__(self, prover: RangeProver, facts: Facts, before: AbstractState | None = None) -> None:
        """Start from the world of all facts but the last, or from nothing."""
        self.prover = prover
        self.facts = facts
        self.possible = True
        self._derived: dict[int, Range | None] = {}
        self._decided: dict[int, bool] = dict(before._decided) if before else {}
        self._below_zero: list[Linear] = list(before._below_zero) if before else []
        self._signs: list[tuple[frozenset[int], frozenset[int]]] = list(before._signs) if before else []
        self._sums: list[Linear] = list(before._sums) if before else []
        self._not_zero: list[Linear] = list(before._not_zero) if before else []
        self._cases: list[tuple[Facts, Facts]] = list(before._cases) if before else []
        self._bounds: dict[int, Range] = dict(before._bounds) if before else {}
        self._structured: set[int] = set(before._structured) if before else set()
        if before:
            self._assume(*facts[-1])
            self._propagate(len(before._below_zero))
            self._contradict()

    # reading the facts

    def _assume(self, condition: int, truth: bool, depth: int = JUNCTION_DEPTH) -> None:
        if self._decided.setdefault(condition, truth) is not truth:
            self.possible = False
            return
        node = self.prover.nodes[condition]
        if node.op in (Op.EQ, Op.NE, Op.LT, Op.LE):
            self._assume_comparison(node, truth)
        elif node.op in (Op.AND, Op.OR) and all(BIT.covers(self.prover.nodes[a].range) for a in node.args):
            self._assume_junction(node, truth, depth)
        elif node.op is Op.SELECT:
            test, then, other = node.args
            self._cases.append((((test, True), (then, truth)), ((test, False), (other, truth))))
        elif node.op is Op.SUB and self.prover.forms[node.args[0]] == Linear(1):
            self._assume(node.args[1], not truth, depth)
        form = self.prover.forms[condition]
        self._state(form.times(-1).shifted(1) if truth else form)

    def _assume_comparison(self, node: Node, truth: bool) -> None:
        gap = self.prover.forms[node.args[0]].plus(self.prover.forms[node.args[1]], -1)
        equal = (node.op is Op.EQ) == truth
        if node.op in (Op.EQ, Op.NE) and equal:
            self._state(gap)
            self._state(gap.times(-1))
        elif node.op in (Op.EQ, Op.NE):
            self._not_zero.append(gap)
        else:
            strict = 1 if (node.op is Op.LT) == truth else 0
            self._state((gap if truth else gap.times(-1)).shifted(strict))

    def _assume_junction(self, node: Node, truth: bool, depth: int) -> None:
        if (node.op is Op.AND) == truth:
            for arg in node.args if depth else ():
                self._assume(arg, truth, depth - 1)
        else:
            a, b = node.args
            self._cases.append((((a, truth),), ((b, truth),)))

    def _state(self, form: Linear, depth: int = STRUCTURE_DEPTH) -> None:
        """Add the fact ``form <= 0``."""
        if form.terms:
            self._add_sums(form)
            self._below_zero.append(form)
            for atom, _ in form.terms:
                self._structure(atom, depth)
        elif form.constant > 0:
            self.possible = False

    def _add_sums(self, form: Linear) -> None:
        """Keep the sums with earlier forms in which an atom cancels."""
        positive, negative = form.signs()
        for other, (its_positive, its_negative) in zip(self._below_zero, self._signs, strict=True):
            if not (positive.isdisjoint(its_negative) and negative.isdisjoint(its_positive)):
                total = form.plus(other)
                if len(total.terms) <= max(len(form.terms), len(other.terms)):
                    self._sums.append(total)
        self._signs.append((positive, negative))

    def _structure(self, atom: int, depth: int = STRUCTURE_DEPTH) -> None:
        """Add the inequalities of an atom's own operation, for it and for its arguments."""
        if atom in self._structured or not depth:
            return
        self._structured.add(atom)
        node = self.prover.nodes[atom]
        rule = RULES.get(node.op)
        if rule is not None:
            own = Linear(0, ((atom, 1),))
            for form in rule(self.prover.nodes, self.prover.forms, node, own):
                self._state(form, depth - 1)

    # bounds of atoms

    def _atom(self, atom: int) -> Range:
        return self._bounds.get(atom) or self.prover.nodes[atom].range

    def _propagate(self, first_new: int) -> None:
        """Tighten bounds by the inequalities from `first_new` on, then by those of atoms that changed."""
        changed: set[int] = set()
        for turn in range(ROUNDS):
            before, changed = changed, set()
            for index, form in enumerate(self._below_zero):
                positive, negative = self._signs[index]
                new = not turn and index >= first_new
                if new or not (before.isdisjoint(positive) and before.isdisjoint(negative)):
                    self._tighten(form, changed)
                if not self.possible:
                    return
            for form in self._not_zero:
                self._exclude_zero(form, changed)
            if not changed:
                return

    def _tighten(self, form: Linear, changed: set[int]) -> None:
        bounds, nodes = self._bounds, self.prover.nodes
        olds = [bounds.get(atom) or nodes[atom].range for atom, _ in form.terms]
        least = form.constant
        for (_, coefficient), old in zip(form.terms, olds, strict=True):
            least += coefficient * (old.lo if coefficient > 0 else old.hi)
        if least > 0:
            self.possible = False
            return
        for (atom, coefficient), old in zip(form.terms, olds, strict=True):
            slack = -least // abs(coefficient)
            if slack < old.hi - old.lo:
                up, down = Range(old.lo, old.lo + slack), Range(old.hi - slack, old.hi)
                bounds[atom] = up if coefficient > 0 else down
                changed.add(atom)

    def _exclude_zero(self, form: Linear, changed: set[int]) -> None:
        values = form.interval(self._atom)
        if values.lo == values.hi == 0:
            self.possible = False
        elif values.lo == 0:
            self._tighten(form.times(-1).shifted(1), changed)
        elif values.hi == 0:
            self._tighten(form.shifted(1), changed)

    def _contradict(self) -> None:
        """Find two inequalities whose sum cannot hold; propagation would creep towards that by ones."""
        if any(form.least(self._atom) > 0 for form in self._sums):
            self.possible = False

    def _refined(self, atom: int) -> Range:
        """Return an atom's bound, with its operation's arguments bounded here too, while fuel lasts."""
        if atom not in self._derived:
            self._derived[atom] = None
            node = self.prover.nodes[atom]
            if node.op not in LEAVES and node.op is not Op.SELECT and self._spend():
                args = [self.bound(self.prover.forms[a]) or self.prover.nodes[a].range for a in node.args]
                self._derived[atom] = _safe_range(node, args)
        found, direct = self._derived[atom], self._atom(atom)
        return (direct.meet(found) or direct) if found else direct

    def _spend(self) -> bool:
        self.prover.fuel -= 1
        return self.prover.fuel > 0

    # bounds of forms

    def bound(self, form: Linear) -> Range | None:
        """Return a range of the form in this state; None if the state is impossible."""
        for atom, _ in form.terms:
            self._structure(atom)
        plain = form.interval(self._refined)
        both = plain
        for tight in (self._stated(form, plain), self._eliminated(form)):
            met = both.meet(tight) if tight else None
            if met is None:  # bounds that hold wherever the facts do, and have nothing in common
                return None
            both = met
        cases = self._cases_of(form)
        if cases is None or not self._spend():
            return both
        found: Range | None = None
        for case, rest in cases:
            world = self.prover.world(self._with(case))
            part = world.bound(rest) if world else None
            if part is not None:
                found = found.hull(part) if found else part
        return both.meet(found) if found else None

    def _with(self, case: Facts) -> Facts:
        return self.facts + tuple(fact for fact in case if fact not in self.facts)

    def _cases_of(self, form: Linear) -> list[tuple[Facts, Linear]] | None:
        """Split on a select of the form, else on an open disjunction of the facts."""
        for atom, _ in reversed(form.terms):
            node = self.prover.nodes[atom]
            if node.op is Op.SELECT:
                test, then, other = node.args
                yes = (((test, True),), form.replace(atom, self.prover.forms[then]))
                no = (((test, False),), form.replace(atom, self.prover.forms[other]))
                known = self._decided.get(test)
                return [yes, no] if known is None else [yes if known else no]
        for one, other_case in self._cases:
            if not any(set(case) <= set(self.facts) for case in (one, other_case)):
                return [(one, form), (other_case, form)]
        return None

    def _stated(self, form: Linear, plain: Range) -> Range | None:
        """Return the bounds that facts state about the form itself; this takes no fuel at any depth."""
        lo, hi, opposite = plain.lo, plain.hi, form.times(-1)
        for fact in self._below_zero:
            if fact.terms == form.terms:
                hi = min(hi, form.constant - fact.constant)
            elif fact.terms == opposite.terms:
                lo = max(lo, form.constant + fact.constant)
        return Range(lo, hi) if lo <= hi else None

    def _eliminated(self, form: Linear) -> Range | None:
        lo, hi = -self._upper(form.times(-1), ELIMINATIONS), self._upper(form, ELIMINATIONS)
        return Range(lo, hi) if lo <= hi else None

    def _upper(self, form: Linear, depth: int) -> int:
        """Return an upper bound; subtracting a positive multiple of a form <= 0 may lower it."""
        best = form.greatest(self._refined)
        if not depth or not self._spend():
            return best
        mine = dict(form.terms)
        for fact in self._below_zero:
            for atom, coefficient in fact.terms:
                own_coefficient = mine.get(atom, 0)
                if own_coefficient * coefficient > 0:
                    scale = gcd(own_coefficient, coefficient)
                    own, times = abs(coefficient) // scale, abs(own_coefficient) // scale
                    rest = form.times(own).plus(fact, -times)
                    if len(rest.terms) <= len(form.terms):
                        best = min(best, self._upper(rest, depth - 1) // own)
        return best


def _safe_range(node: Node, args: list[Range]) -> Range | None:
    if node.op is Op.LOAD:
        return node.range
    if node.op in (Op.FLOORDIV, Op.MOD) and args[1].is_constant and args[1].lo == 0:
        return None
    return semantics.range_of(node.op, args, node.attr)
