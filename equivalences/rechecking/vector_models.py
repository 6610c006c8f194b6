"""A model's step on bit-vectors, mirroring `streamssm.ssm.executor`, with thoughts unrolled."""

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
        x = self._empty_input(thought=0)
        after, y, failed = self._advance(state, [*x[:2], *token, *x[2 + len(token) :]])
        result = self._think_until_ready(after, y, 0)
        # Thoughts on a copy leave the state as it was after the input step.
        next_state = after if self.ssm.thoughts.on_copy else result.state
        stopped = self.s.either([failed, result.failed])
        return VectorStep(tuple(next_state), result.outputs, stopped, tuple(self.traps), tuple(self.strays))

    def _empty_input(self, *, thought: int) -> list[Int]:
        lows = (word.range.lo for word in self.ssm.input_words[2:])
        return [self.s.const(value) for value in (thought, 0, *lows)]

    def _think_until_ready(self, state: Sequence[Int], y: Sequence[Int], thoughts: int) -> VectorStep:
        """Return the state and the outputs once the model is ready, after the thoughts that this takes."""
        s, slots = self.s, self.ssm.num_thought_slots
        if not slots:
            return VectorStep(tuple(state), tuple(y), FALSE)
        # With thoughts, the head's first output tells whether it is ready, then follow the thought and the
        # outputs.
        ready = s.nonzero(y[0])
        if thoughts == self.ssm.thoughts.max_per_token:
            # A head that is not ready after the last thought is an error.
            return VectorStep(tuple(state), tuple(y[slots:]), s.negation(ready))
        later = self._after_thought(state, y[1:slots], thoughts)
        return VectorStep(
            tuple(s.choose(ready, now, then) for now, then in zip(state, later.state, strict=True)),
            tuple(s.choose(ready, now, then) for now, then in zip(y[slots:], later.outputs, strict=True)),
            s.both([s.negation(ready), later.failed]),
        )

    def _after_thought(self, state: Sequence[Int], thought: Sequence[Int], thoughts: int) -> VectorStep:
        s, words = self.s, self.ssm.thoughts.words
        out_of_range = s.either([s.outside(value, w.range) for value, w in zip(thought, words, strict=True)])
        confined = [s.confined(value, w.range) for value, w in zip(thought, words, strict=True)]
        # A thought is fed back at the end of the input, where the fields of tokens are not.
        x = self._empty_input(thought=1)
        after, y, failed = self._advance(state, [*x[: len(x) - len(confined)], *confined])
        later = self._think_until_ready(after, y, thoughts + 1)
        return VectorStep(later.state, later.outputs, s.either([out_of_range, failed, later.failed]))

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
        return [self._store(word, total, b, fraction_bits, failed) for word, total, b, fraction_bits in rows]

    def _store(
        self, word: StateWord, total: Int, increment: Int, fraction_bits: int, failed: list[Bool]
    ) -> Int:
        s = self.s
        exact = s.add(total, s.scaled(increment, 1 << fraction_bits))
        # The increment is an integer, so scaling it first and rounding the whole sum once is exact.
        half = s.const(half_unit(word.format.rounding, fraction_bits))
        value = self._apply_overflow(word, s.shift_right(s.add(exact, half), s.const(fraction_bits)))
        failed.append(s.outside(value, word.range))
        return s.confined(value, word.range)

    def _apply_overflow(self, word: StateWord, value: Int) -> Int:
        s, range_ = self.s, word.range
        if word.format.overflow is Overflow.SATURATE:
            return s.minimum(s.maximum(value, s.const(range_.lo)), s.const(range_.hi))
        if word.format.overflow in (Overflow.WRAP, Overflow.CYCLE):
            # Wrapping is the remainder in the range, counted from its least value.
            raised = s.sub(value, s.const(range_.lo))
            _, remainder = s.floor_divmod(raised, s.const(range_.size))
            return s.add(remainder, s.const(range_.lo))
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
        # A target outside the rows would index past the state.
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
        s, fraction_bits, reflected = self.s, max(layer.entry_fraction_bits, default=0), list(h)
        for k in range(layer.reflections):
            *v, beta = entries[k * (len(h) + 1) : (k + 1) * (len(h) + 1)]
            length = s.mul(beta, self._dot(v, v))
            failed.append(
                s.negation(
                    s.either([s.equal(length, s.const(0)), s.equal(length, s.const(2 << fraction_bits))])
                )
            )
            # v (beta v . h): scaling h to the same unit makes the difference exact.
            along = s.mul(beta, self._dot(v, reflected))
            reflected = [
                s.sub(s.scaled(word, 1 << fraction_bits), s.mul(along, part))
                for word, part in zip(reflected, v, strict=True)
            ]
        return reflected

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
