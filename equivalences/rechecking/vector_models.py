"""A model's step as vectors, as `streamssm.ssm.executor` takes it, with thoughts unrolled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from streamssm.equivalences.rechecking.vector_networks import MeaningOf, network_outputs
from streamssm.equivalences.rechecking.vector_programs import VectorStep
from streamssm.equivalences.rechecking.vectors import FALSE, Bool, Int, Script
from streamssm.ir.ranges import Range
from streamssm.ssm.formats import Overflow, half_unit
from streamssm.ssm.layers import Layer, StateWord
from streamssm.ssm.model import SSM
from streamssm.ssm.transitions import MatrixLayout


def model_step(
    s: Script, ssm: SSM, state: Sequence[Int], token: Sequence[Int], meaning_of: MeaningOf
) -> VectorStep:
    """Return the state and the outputs after one token and its thoughts."""
    return _Executor(s, ssm, meaning_of).step(state, token)


@dataclass
class _Executor:
    s: Script
    ssm: SSM
    meaning_of: MeaningOf
    traps: list[Bool] = field(default_factory=list)
    strays: list[Bool] = field(default_factory=list)

    def step(self, state: Sequence[Int], token: Sequence[Int]) -> VectorStep:
        x = self._absent(thought=0)
        after, y, failed = self._advance(state, [*x[:2], *token, *x[2 + len(token) :]])
        found = self._thinking(after, y, 0)
        kept = after if self.ssm.thoughts.on_copy else found.state
        stopped = self.s.either([failed, found.failed])
        return VectorStep(tuple(kept), found.outputs, stopped, tuple(self.traps), tuple(self.strays))

    def _absent(self, *, thought: int) -> list[Int]:
        lows = (word.range.lo for word in self.ssm.input_words[2:])
        return [self.s.const(value) for value in (thought, 0, *lows)]

    def _thinking(self, state: Sequence[Int], y: Sequence[Int], thoughts: int) -> VectorStep:
        """Return what a readout leads to, once the model is ready."""
        s, slots = self.s, self.ssm.num_thought_slots
        if not slots:
            return VectorStep(tuple(state), tuple(y), FALSE)
        ready = s.nonzero(y[0])
        if thoughts == self.ssm.thoughts.max_per_token:
            return VectorStep(tuple(state), tuple(y[slots:]), s.negation(ready))
        later = self._after_thought(state, y[1:slots], thoughts)
        return VectorStep(
            tuple(s.choose(ready, now, then) for now, then in zip(state, later.state, strict=True)),
            tuple(s.choose(ready, now, then) for now, then in zip(y[slots:], later.outputs, strict=True)),
            s.both([s.negation(ready), later.failed]),
        )

    def _after_thought(self, state: Sequence[Int], thought: Sequence[Int], thoughts: int) -> VectorStep:
        s, words = self.s, self.ssm.thoughts.words
        left = s.either([s.outside(value, w.range) for value, w in zip(thought, words, strict=True)])
        kept = [s.confined(value, w.range) for value, w in zip(thought, words, strict=True)]
        x = self._absent(thought=1)
        after, y, failed = self._advance(state, [*x[: len(x) - len(kept)], *kept])
        found = self._thinking(after, y, thoughts + 1)
        return VectorStep(found.state, found.outputs, s.either([left, failed, found.failed]))

    def _advance(self, state: Sequence[Int], x: list[Int]) -> tuple[list[Int], list[Int], Bool]:
        """Return the state after every layer's step, the last readout, and whether a word left its range."""
        after, failed, start = list[Int](), list[Bool](), 0
        for layer in self.ssm.layers:
            h = self._transition(layer, state[start : start + layer.state_dim], x, failed)
            start += layer.state_dim
            after += h
            x = network_outputs(self.s, layer.readout, [*h, *x], self.meaning_of, self.strays)
        return after, x, self.s.either(failed)

    def _transition(self, layer: Layer, h: Sequence[Int], x: Sequence[Int], failed: list[Bool]) -> list[Int]:
        gates = network_outputs(self.s, layer.gates, x, self.meaning_of, self.strays)
        entries, increments = gates[: layer.num_entries], gates[layer.num_entries :]
        sums = _PRODUCTS[layer.kind.layout](self, layer, entries, h, failed)
        rows = zip(layer.words, sums, increments, layer.sum_fraction_bits, strict=True)
        return [self._stored(word, total, b, places, failed) for word, total, b, places in rows]

    def _stored(self, word: StateWord, total: Int, increment: Int, places: int, failed: list[Bool]) -> Int:
        s = self.s
        exact = s.add(total, s.scaled(increment, 1 << places))
        half = s.const(half_unit(word.format.rounding, places))
        value = self._settled(word, s.shift_right(s.add(exact, half), s.const(places)))
        failed.append(s.outside(value, word.range))
        return s.confined(value, word.range)

    def _settled(self, word: StateWord, value: Int) -> Int:
        s, values = self.s, word.range
        if word.format.overflow is Overflow.SATURATE:
            return s.minimum(s.maximum(value, s.const(values.lo)), s.const(values.hi))
        if word.format.overflow in (Overflow.WRAP, Overflow.CYCLE):
            raised = s.sub(value, s.const(values.lo))
            _, rest = s.floor_divmod(raised, s.const(values.size))
            return s.add(rest, s.const(values.lo))
        return value

    # A h

    def _diagonal(
        self, layer: Layer, entries: Sequence[Int], h: Sequence[Int], failed: list[Bool]
    ) -> list[Int]:
        return [self.s.mul(entry, word) for entry, word in zip(entries, h, strict=True)]

    def _dense(self, layer: Layer, entries: Sequence[Int], h: Sequence[Int], failed: list[Bool]) -> list[Int]:
        dim = len(h)
        return [self._dot(entries[row * dim : (row + 1) * dim], h) for row in range(dim)]

    def _monomial(
        self, layer: Layer, entries: Sequence[Int], h: Sequence[Int], failed: list[Bool]
    ) -> list[Int]:
        s, dim = self.s, len(h)
        targets, factors = entries[:dim], entries[dim:]
        self.traps += [s.outside(target, Range(0, dim - 1)) for target in targets]
        parts = [s.mul(factor, word) for factor, word in zip(factors, h, strict=True)]
        zero = s.const(0)
        return [
            s.sum(
                0,
                [
                    (s.choose(s.equal(target, s.const(row)), part, zero), 1)
                    for target, part in zip(targets, parts, strict=True)
                ],
            )
            for row in range(dim)
        ]

    def _householder(
        self, layer: Layer, entries: Sequence[Int], h: Sequence[Int], failed: list[Bool]
    ) -> list[Int]:
        s, places, found = self.s, max(layer.entry_fraction_bits, default=0), list(h)
        for k in range(layer.reflections):
            *v, beta = entries[k * (len(h) + 1) : (k + 1) * (len(h) + 1)]
            length = s.mul(beta, self._dot(v, v))
            failed.append(
                s.negation(s.either([s.equal(length, s.const(0)), s.equal(length, s.const(2 << places))]))
            )
            along = s.mul(beta, self._dot(v, found))
            found = [
                s.sub(s.scaled(word, 1 << places), s.mul(along, part))
                for word, part in zip(found, v, strict=True)
            ]
        return found

    def _dot(self, a: Sequence[Int], b: Sequence[Int]) -> Int:
        return self.s.sum(0, [(self.s.mul(x, y), 1) for x, y in zip(a, b, strict=True)])


_PRODUCTS: dict[
    MatrixLayout, Callable[[_Executor, Layer, Sequence[Int], Sequence[Int], list[Bool]], list[Int]]
] = {
    MatrixLayout.DIAGONAL: _Executor._diagonal,
    MatrixLayout.DENSE: _Executor._dense,
    MatrixLayout.MONOMIAL: _Executor._monomial,
    MatrixLayout.HOUSEHOLDER: _Executor._householder,
}
