"""A model's step as terms, read off its networks; thoughts are unrolled as far as they may go.

What the reference executor does (`streamssm.ssm.executor`) is done here on terms: every layer's transition
with its one rounding per word, its readout, and thoughts until the head is ready.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from streamssm.equivalences.proving.networks import Network
from streamssm.equivalences.proving.programs import clamped, outside
from streamssm.equivalences.proving.transition_system import Context, SymbolicStep
from streamssm.equivalences.smt.arithmetic import divmod_terms, product
from streamssm.equivalences.smt.term import Term
from streamssm.equivalences.smt.term_builder import Terms
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from streamssm.ssm.formats import NumberFormat, Overflow, half_unit
from streamssm.ssm.layers import Layer, StateWord
from streamssm.ssm.model import SSM
from streamssm.ssm.network import ReluNet
from streamssm.ssm.transitions import MatrixLayout


@dataclass(frozen=True, eq=False)
class ModelSystem:
    """A model as one side of a proof, by its weights."""

    ssm: SSM

    @property
    def name(self) -> str:
        return self.ssm.name

    @property
    def words(self) -> tuple[Word, ...]:
        return self.ssm.state

    @property
    def fields(self) -> tuple[Word, ...]:
        return self.ssm.fields

    @property
    def digest(self) -> str:
        return self.ssm.digest

    def step(self, context: Context, state: Sequence[Term], token: Sequence[Term]) -> SymbolicStep:
        """Return the state and outputs after a token and its thoughts, as `SSM.step` gives them."""
        run = _Run(self.ssm, context)
        x = run.absent(0)
        found = run.until_ready(state, [*x[:2], *token, *x[2 + len(token) :]], 0)
        after = run.listened if self.ssm.thoughts.on_copy else found.state
        return SymbolicStep(after, found.outputs, found.failed, tuple(run.traps))


@dataclass(frozen=True)
class _After:
    state: tuple[Term, ...]
    outputs: tuple[Term, ...]
    failed: Term


@dataclass
class _Run:
    """One token."""

    ssm: SSM
    context: Context
    traps: list[Term] = field(default_factory=list)
    listened: tuple[Term, ...] = ()  # the state after the input step, before any thought

    @property
    def terms(self) -> Terms:
        return self.context.terms

    def absent(self, thought: int) -> list[Term]:
        """Return the first layer's input with nothing in it but the flag of a thought."""
        lows = (word.range.lo for word in self.ssm.input_words[2:])
        return [self.terms.const(value) for value in (thought, 0, *lows)]

    def until_ready(self, state: Sequence[Term], x: list[Term], thoughts: int) -> _After:
        t, slots = self.terms, self.ssm.num_thought_slots
        after, y, failed = self.advance(state, x)
        if not thoughts:
            self.listened = tuple(after)
        if not slots:
            return _After(tuple(after), tuple(y.outputs()), t.or_(failed))
        ready = t.truth(y.outputs(0, 1)[0])
        now = _After(tuple(after), (), t.or_(failed))
        if ready.range.lo == 1:
            return _After(now.state, tuple(y.outputs(slots)), now.failed)
        if thoughts == self.ssm.thoughts.max_per_token:
            late = t.or_([now.failed, t.not_(ready)])
            return _After(now.state, tuple(y.outputs(slots)), late)
        later = self._thought(after, y, thoughts)
        failed_later = t.or_([now.failed, t.and_([t.not_(ready), later.failed])])
        if ready.range.hi == 0:
            return _After(later.state, later.outputs, failed_later)
        outputs = y.outputs(slots)
        return _After(
            tuple(t.ite(ready, a, b) for a, b in zip(now.state, later.state, strict=True)),
            tuple(t.ite(ready, a, b) for a, b in zip(outputs, later.outputs, strict=True)),
            failed_later,
        )

    def _thought(self, state: Sequence[Term], y: Network, thoughts: int) -> _After:
        t, words = self.terms, self.ssm.thoughts.words
        thought = y.outputs(1, self.ssm.num_thought_slots)
        left = t.or_(outside(t, term, w.range) for term, w in zip(thought, words, strict=True))
        kept = [clamped(t, term, w.range) for term, w in zip(thought, words, strict=True)]
        x = self.absent(1)
        found = self.until_ready(state, [*x[: len(x) - len(kept)], *kept], thoughts + 1)
        return _After(found.state, found.outputs, t.or_([left, found.failed]))

    def advance(self, state: Sequence[Term], x: list[Term]) -> tuple[list[Term], Network, list[Term]]:
        """Return the state after one step of every layer, the last readout, and conditions of failure."""
        after, failed, start = list[Term](), list[Term](), 0
        for layer in self.ssm.layers:
            before = state[start : start + layer.state_dim]
            start += layer.state_dim
            h = self._transition(layer, before, x, failed)
            y = self._network(layer.readout, [*h, *x])
            after += h
            if layer is not self.ssm.layers[-1]:
                x = y.outputs()
        return after, y, failed

    def _network(self, net: ReluNet, inputs: Sequence[Term]) -> Network:
        c = self.context
        return Network(c.terms, net, inputs, c.lemmas, c.ranges, self.traps)

    # the transition

    def _transition(self, layer: Layer, h: Sequence[Term], x: list[Term], failed: list[Term]) -> list[Term]:
        gates = self._network(layer.gates, x).outputs()
        entries, increments = gates[: layer.num_entries], gates[layer.num_entries :]
        sums = _PRODUCTS[layer.kind.layout](self, layer, entries, h, failed)
        rows = zip(layer.words, sums, increments, layer.sum_fraction_bits, strict=True)
        return [self._stored(word, total, b, places, failed) for word, total, b, places in rows]

    def _stored(self, word: StateWord, total: Term, increment: Term, places: int, failed: list[Term]) -> Term:
        t = self.terms
        rounded = t.shift_right(t.shifted(total, half_unit(word.format.rounding, places)), places)
        value = settled(t, word.format, t.add(rounded, increment))
        if not word.range.covers(value.range):
            failed.append(outside(t, value, word.range))
        return clamped(t, value, word.range)

    def diagonal(
        self, layer: Layer, entries: list[Term], h: Sequence[Term], failed: list[Term]
    ) -> list[Term]:
        return [product(self.terms, entry, word) for entry, word in zip(entries, h, strict=True)]

    def dense(self, layer: Layer, entries: list[Term], h: Sequence[Term], failed: list[Term]) -> list[Term]:
        dim = len(h)
        return [self._dot(entries[row * dim : (row + 1) * dim], h) for row in range(dim)]

    def monomial(
        self, layer: Layer, entries: list[Term], h: Sequence[Term], failed: list[Term]
    ) -> list[Term]:
        t, dim = self.terms, len(h)
        targets = entries[:dim]
        self.traps += [outside(t, target, Range(0, dim - 1)) for target in targets]
        products = [product(t, entry, word) for entry, word in zip(entries[dim:], h, strict=True)]
        zero = t.const(0)
        columns = list(zip(targets, products, strict=True))
        return [
            t.sum(0, [(t.ite(t.eq0(t.shifted(target, -row)), part, zero), 1) for target, part in columns])
            for row in range(dim)
        ]

    def householder(
        self, layer: Layer, entries: list[Term], h: Sequence[Term], failed: list[Term]
    ) -> list[Term]:
        t, places, found = self.terms, max(layer.entry_fraction_bits, default=0), list(h)
        for k in range(layer.reflections):
            *v, beta = entries[k * (len(h) + 1) : (k + 1) * (len(h) + 1)]
            length = product(t, beta, self._dot(v, v))
            failed.append(t.not_(t.or_([t.eq0(length), t.eq0(t.shifted(length, -(2 << places)))])))
            along = product(t, beta, self._dot(v, found))
            found = [
                t.sum(0, [(word, 1 << places), (product(t, along, part), -1)])
                for word, part in zip(found, v, strict=True)
            ]
        return found

    def _dot(self, a: Sequence[Term], b: Sequence[Term]) -> Term:
        return self.terms.sum(0, [(product(self.terms, x, y), 1) for x, y in zip(a, b, strict=True)])


def settled(t: Terms, form: NumberFormat, value: Term) -> Term:
    """Return what a word holds once a value is stored; under *error* the value, in range or not."""
    if form.overflow is Overflow.SATURATE:
        return clamped(t, value, form.range)
    if form.overflow in (Overflow.WRAP, Overflow.CYCLE) and not form.range.covers(value.range):
        _, rest = divmod_terms(t, t.shifted(value, -form.range.lo), t.const(form.range.size))
        return t.shifted(rest, form.range.lo)
    return value


_PRODUCTS: dict[MatrixLayout, Callable[[_Run, Layer, list[Term], Sequence[Term], list[Term]], list[Term]]] = {
    MatrixLayout.DIAGONAL: _Run.diagonal,
    MatrixLayout.DENSE: _Run.dense,
    MatrixLayout.MONOMIAL: _Run.monomial,
    MatrixLayout.HOUSEHOLDER: _Run.householder,
}
