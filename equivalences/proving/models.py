"""Symbolic execution of one step of a model, from its weights; thoughts are unrolled up to their limit.

Mirrors the reference executor (`streamssm.ssm.executor`) on terms: every layer's transition with one rounding
per word, its readout, and thoughts until the head is ready.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from streamssm.equivalences.proving.networks import Network
from streamssm.equivalences.proving.programs import clamped, outside
from streamssm.equivalences.proving.transition_system import Context, SymbolicStep
from streamssm.equivalences.smt.digit_arithmetic import divmod_terms, product
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
    """A model as a transition system, by its weights."""

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
        """Return the state and outputs after a token and its thoughts, as `SSM.step` does."""
        run = _Run(self.ssm, context)
        x = run.empty_input(0)
        result = run.until_ready(state, [*x[:2], *token, *x[2 + len(token) :]], 0)
        # Thoughts on a copy leave the state as it was after the input step.
        after = run.after_input if self.ssm.thoughts.on_copy else result.state
        return SymbolicStep(after, result.outputs, result.failed, tuple(run.traps))


@dataclass(frozen=True)
class _After:
    state: tuple[Term, ...]
    outputs: tuple[Term, ...]
    failed: Term


@dataclass
class _Run:
    """The symbolic run of one token."""

    ssm: SSM
    context: Context
    traps: list[Term] = field(default_factory=list)
    after_input: tuple[Term, ...] = ()  # the state after the input step, before any thought

    @property
    def terms(self) -> Terms:
        return self.context.terms

    def empty_input(self, thought: int) -> list[Term]:
        """Return the first layer's input without a token: the thought flag, and all fields at their least."""
        lows = (word.range.lo for word in self.ssm.input_words[2:])
        return [self.terms.const(value) for value in (thought, 0, *lows)]

    def until_ready(self, state: Sequence[Term], x: list[Term], thoughts: int) -> _After:
        t, slots = self.terms, self.ssm.num_thought_slots
        after, y, failed = self.advance(state, x)
        if not thoughts:
            self.after_input = tuple(after)
        if not slots:
            return _After(tuple(after), tuple(y.outputs()), t.or_(failed))
        # With thoughts, the head's first output tells whether it is ready, then follow the thought and the
        # outputs.
        ready = t.truth(y.outputs(0, 1)[0])
        now = _After(tuple(after), (), t.or_(failed))
        # The range shows that the head is always ready: no thought can follow, so unrolling ends here.
        if ready.range.lo == 1:
            return _After(now.state, tuple(y.outputs(slots)), now.failed)
        # A head that is not ready after the last thought is an error.
        if thoughts == self.ssm.thoughts.max_per_token:
            late = t.or_([now.failed, t.not_(ready)])
            return _After(now.state, tuple(y.outputs(slots)), late)
        later = self._think(after, y, thoughts)
        # Failures of later thoughts count only on the paths that take them.
        failed_later = t.or_([now.failed, t.and_([t.not_(ready), later.failed])])
        # The head is never ready yet: no choice is needed.
        if ready.range.hi == 0:
            return _After(later.state, later.outputs, failed_later)
        outputs = y.outputs(slots)
        return _After(
            tuple(t.ite(ready, a, b) for a, b in zip(now.state, later.state, strict=True)),
            tuple(t.ite(ready, a, b) for a, b in zip(outputs, later.outputs, strict=True)),
            failed_later,
        )

    def _think(self, state: Sequence[Term], y: Network, thoughts: int) -> _After:
        t, words = self.terms, self.ssm.thoughts.words
        thought = y.outputs(1, self.ssm.num_thought_slots)
        out_of_range = t.or_(outside(t, term, w.range) for term, w in zip(thought, words, strict=True))
        clamped_thought = [clamped(t, term, w.range) for term, w in zip(thought, words, strict=True)]
        # A thought is fed back at the end of the input, where the fields of tokens are not.
        x = self.empty_input(1)
        later = self.until_ready(state, [*x[: len(x) - len(clamped_thought)], *clamped_thought], thoughts + 1)
        return _After(later.state, later.outputs, t.or_([out_of_range, later.failed]))

    def advance(self, state: Sequence[Term], x: list[Term]) -> tuple[list[Term], Network, list[Term]]:
        """Return the state after one step of every layer, the last readout, and the conditions of failure."""
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

    # transition

    def _transition(self, layer: Layer, h: Sequence[Term], x: list[Term], failed: list[Term]) -> list[Term]:
        gates = self._network(layer.gates, x).outputs()
        entries, increments = gates[: layer.num_entries], gates[layer.num_entries :]
        sums = _PRODUCTS[layer.kind.layout](self, layer, entries, h, failed)
        rows = zip(layer.words, sums, increments, layer.sum_fraction_bits, strict=True)
        return [self._store(word, total, b, fraction_bits, failed) for word, total, b, fraction_bits in rows]

    def _store(
        self, word: StateWord, total: Term, increment: Term, fraction_bits: int, failed: list[Term]
    ) -> Term:
        t = self.terms
        # One rounding per word: the exact sum is rounded, and the increment is an integer already.
        rounded = t.shift_right(
            t.shifted(total, half_unit(word.format.rounding, fraction_bits)), fraction_bits
        )
        value = apply_overflow(t, word.format, t.add(rounded, increment))
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
        # A target outside the rows would index past the state.
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
        t, fraction_bits, reflected = self.terms, max(layer.entry_fraction_bits, default=0), list(h)
        for k in range(layer.reflections):
            *v, beta = entries[k * (len(h) + 1) : (k + 1) * (len(h) + 1)]
            length = product(t, beta, self._dot(v, v))
            # A reflection needs beta (v . v) = 0 or 2; in fixed point, 2 is 2 << fraction_bits.
            failed.append(t.not_(t.or_([t.eq0(length), t.eq0(t.shifted(length, -(2 << fraction_bits)))])))
            # v (beta v . h): scaling h to the same unit makes the difference exact.
            along = product(t, beta, self._dot(v, reflected))
            reflected = [
                t.sum(0, [(word, 1 << fraction_bits), (product(t, along, part), -1)])
                for word, part in zip(reflected, v, strict=True)
            ]
        return reflected

    def _dot(self, a: Sequence[Term], b: Sequence[Term]) -> Term:
        return self.terms.sum(0, [(product(self.terms, x, y), 1) for x, y in zip(a, b, strict=True)])


def apply_overflow(t: Terms, form: NumberFormat, value: Term) -> Term:
    """Apply a format's overflow rule to a value; under *error* the value stays, in range or not."""
    if form.overflow is Overflow.SATURATE:
        return clamped(t, value, form.range)
    if form.overflow in (Overflow.WRAP, Overflow.CYCLE) and not form.range.covers(value.range):
        # Wrapping is the remainder in the range, counted from its least value.
        _, remainder = divmod_terms(t, t.shifted(value, -form.range.lo), t.const(form.range.size))
        return t.shifted(remainder, form.range.lo)
    return value


_PRODUCTS: dict[MatrixLayout, Callable[[_Run, Layer, list[Term], Sequence[Term], list[Term]], list[Term]]] = {
    MatrixLayout.DIAGONAL: _Run.diagonal,
    MatrixLayout.DENSE: _Run.dense,
    MatrixLayout.MONOMIAL: _Run.monomial,
    MatrixLayout.HOUSEHOLDER: _Run.householder,
}
