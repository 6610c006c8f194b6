"""The steps of a model as nodes: one pass through the layers, and one token with the thoughts that follow it.

What is computed after a failed check is not used, so that a word which may leave its range is clamped after
its check and everything behind it keeps its range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from streamssm.errors import ParameterError
from streamssm.program.builder import GraphBuilder
from streamssm.program.ranges import Range
from streamssm.ssm.formats import Overflow, half_unit
from streamssm.ssm.pairs import Pair, PairNet, Pairs, naming

if TYPE_CHECKING:
    from streamssm.ssm.layers import Layer, StateWord
    from streamssm.ssm.model import SSM

Facts = tuple[tuple[Pair, bool], ...]


class By(str, Enum):
    """What a model is run by."""

    WEIGHTS = "weights"
    FUSED = "fused"


def parse_by(by: str) -> By:
    try:
        return By(by)
    except ValueError:
        raise ParameterError(f"by must be 'weights' or 'fused', not {by!r}") from None


@dataclass(frozen=True)
class Check:
    """Something that must not happen: a condition, and what it means in words."""

    text: str
    failed: Pair


@dataclass(frozen=True)
class Outcome:
    """What one token leads to from here on."""

    state: tuple[Pair, ...]
    outputs: tuple[Pair, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Moment:
    """One pass through the layers: its input, the state after it, y, and what must not have happened."""

    x: tuple[Pair, ...]
    state: tuple[Pair, ...]
    y: PairNet
    checks: tuple[Check, ...]
    entries: tuple[tuple[Pair, ...], ...]  # of A, per layer


@dataclass(frozen=True)
class Unrolled:
    """The moments of one token, the input step first; ``fed_checks[i]`` guards the thought after moment i."""

    moments: tuple[Moment, ...]
    fed_checks: tuple[tuple[Check, ...], ...]
    late: tuple[Check, ...]


class Steps:
    """A model's steps as nodes of one builder."""

    def __init__(self, ssm: SSM, *, by: str = By.FUSED) -> None:
        self.ssm = ssm
        self.by = parse_by(by)
        self.builder = GraphBuilder()
        self.pairs = Pairs(self.builder, by_weights=self.by is By.WEIGHTS)

    def registers(self) -> tuple[Pair, ...]:
        words = enumerate(self.ssm.state)
        return tuple(self.pairs.leaf(self.builder.register(i, word.range)) for i, word in words)

    def fields(self) -> tuple[Pair, ...]:
        words = enumerate(self.ssm.fields)
        return tuple(self.pairs.leaf(self.builder.field(i, word.range)) for i, word in words)

    # one token

    def token(self, state: Sequence[Pair], fields: Sequence[Pair]) -> Unrolled:
        """Return the input step, and thoughts for as long as the model may not be ready."""
        moments = [self.advance(state, self.embed_token(fields), "input step")]
        fed_checks: list[tuple[Check, ...]] = []
        waiting: Facts = ()
        while self._may_wait(moments[-1], waiting) and len(fed_checks) < self.ssm.thoughts.max_per_token:
            waiting = (*waiting, (self.ready(moments[-1]), False))
            fed, checks = self._fed_back(moments[-1], waiting)
            fed_checks.append(checks)
            label = f"thought {len(fed_checks)}"
            moments.append(self.advance(moments[-1].state, self.embed_thought(fed), label, waiting))
        late = self._late(moments[-1], waiting, len(fed_checks))
        return Unrolled(tuple(moments), tuple(fed_checks), late)

    def outcome(self, unrolled: Unrolled) -> Outcome:
        """Return what the first moment that is ready leads to, from the last moment backwards."""
        last = unrolled.moments[-1]
        found = Outcome(last.state, self.outputs(last.y), (*last.checks, *unrolled.late))
        for moment, checks in zip(
            reversed(unrolled.moments[:-1]), reversed(unrolled.fed_checks), strict=True
        ):
            ready = self.ready(moment)
            waiting = self._not(ready)
            later = [Check(c.text, self._both(waiting, c.failed)) for c in (*checks, *found.checks)]
            found = Outcome(
                self.choose(ready, moment.state, found.state),
                self.choose(ready, self.outputs(moment.y), found.outputs),
                (*moment.checks, *later),
            )
        return found

    def _may_wait(self, moment: Moment, facts: Facts) -> bool:
        """Return whether the model may still be unready where the facts hold."""
        found = self.pairs.bound(self.ready(moment), facts)
        return found is not None and found.holds(0)

    def _late(self, moment: Moment, facts: Facts, thoughts: int) -> tuple[Check, ...]:
        if not self._may_wait(moment, facts):
            return ()
        return (Check(f"ready after {thoughts} thoughts", self._not(self.ready(moment))),)

    def choose(self, ready: Pair, now: Sequence[Pair], later: Sequence[Pair]) -> tuple[Pair, ...]:
        pairs = zip(now, later, strict=True)
        return tuple(self.pairs.apply(self.builder.select, ready, a, b) for a, b in pairs)

    def _fed_back(self, moment: Moment, facts: Facts) -> tuple[tuple[Pair, ...], tuple[Check, ...]]:
        words = self.ssm.thoughts.words
        thought = moment.y.outputs(1, self.ssm.num_thought_slots)
        kept = [
            self.kept(t, w.range, f"thought word '{w.name}'", facts)
            for t, w in zip(thought, words, strict=True)
        ]
        return tuple(word for word, _ in kept), tuple(check for _, found in kept for check in found)

    def ready(self, moment: Moment) -> Pair:
        """Return the condition that no thought follows."""
        if not self.ssm.num_thought_slots:
            return self.pairs.const(1)
        return self.pairs.apply(self.builder.truth, *moment.y.outputs(0, 1))

    def outputs(self, y: PairNet) -> tuple[Pair, ...]:
        return y.outputs(self.ssm.num_thought_slots)

    # the first layer's input

    def embed_token(self, fields: Sequence[Pair]) -> list[Pair]:
        return [*self._absent()[:2], *fields, *self._absent()[2 + len(fields) :]]

    def embed_thought(self, thought: Sequence[Pair]) -> list[Pair]:
        absent = self._absent(thought=1)
        return [*absent[: len(absent) - len(thought)], *thought]

    def embed_begin(self) -> list[Pair]:
        return self._absent(begin=1)

    def _absent(self, *, thought: int = 0, begin: int = 0) -> list[Pair]:
        lows = [word.range.lo for word in self.ssm.input_words[2:]]
        return [self.pairs.const(value) for value in (thought, begin, *lows)]

    # the layers

    def advance(self, state: Sequence[Pair], x: Sequence[Pair], label: str, facts: Facts = ()) -> Moment:
        """Return one step of every layer."""
        given = tuple(x)
        after: list[Pair] = []
        checks: list[Check] = []
        entries: list[tuple[Pair, ...]] = []
        for number, layer in enumerate(self.ssm.layers, start=1):
            where = f"{label}: layer {number}"
            before = state[len(after) : len(after) + layer.state_dim]
            gates = PairNet(self.pairs, layer.gates, x, f"{where} gates").outputs()
            entries.append(gates[: len(layer.entries)])
            h: list[Pair] = []
            for row, word in enumerate(layer.words):
                with naming(f"{where} state word '{word.name}'"):
                    value = self._next_value(layer, row, before, gates)
                    stored, found = self._stored(word, value, facts)
                h.append(stored)
                checks.extend(found)
            after.extend(h)
            y = PairNet(self.pairs, layer.readout, [*h, *x], f"{where} readout")
            x = y.outputs() if number < self.ssm.num_layers else x
        return Moment(given, tuple(after), y, tuple(checks), tuple(entries))

    def readout(self, state: Sequence[Pair], x: Sequence[Pair], label: str) -> PairNet:
        """Return y of the last layer without a transition."""
        start = 0
        for number, layer in enumerate(self.ssm.layers, start=1):
            h = state[start : start + layer.state_dim]
            y = PairNet(self.pairs, layer.readout, [*h, *x], f"{label}: layer {number} readout")
            x = y.outputs() if number < self.ssm.num_layers else x
            start += layer.state_dim
        return y

    def _next_value(self, layer: Layer, row: int, before: Sequence[Pair], gates: Sequence[Pair]) -> Pair:
        """Return the rounded sum of A h, plus B: B is whole, so that it may be added afterwards."""
        apply, g, form = self.pairs.apply, self.builder, layer.words[row].format
        total = self.pairs.const(half_unit(form.rounding, layer.entry_fraction_bits))
        for (place, column), entry in zip(layer.entries, gates, strict=False):
            if place == row:
                total = apply(g.add, total, apply(g.mul, entry, before[column]))
        rounded = apply(g.shr, total, self.pairs.const(layer.entry_fraction_bits))
        return apply(g.add, rounded, gates[len(layer.entries) + row])

    def _stored(self, word: StateWord, value: Pair, facts: Facts) -> tuple[Pair, list[Check]]:
        if word.format.overflow is Overflow.WRAP:
            return self._wrapped(value, word.range), []
        if word.format.overflow is Overflow.SATURATE:
            return self._clamped(value, word.range), []
        return self.kept(value, word.range, f"state word '{word.name}'", facts)

    def _wrapped(self, value: Pair, values: Range) -> Pair:
        if values.covers(self.pairs.range(value)):
            return value
        low, mask = self.pairs.const(values.lo), self.pairs.const(values.size - 1)
        offset = self.pairs.apply(self.builder.sub, value, low)
        return self.pairs.apply(self.builder.add, self.pairs.apply(self.builder.bit_and, offset, mask), low)

    def _clamped(self, value: Pair, values: Range) -> Pair:
        return self.pairs.apply(lambda node: self.builder.clamp(node, values), value)

    def kept(self, value: Pair, values: Range, name: str, facts: Facts) -> tuple[Pair, list[Check]]:
        """Return a word that must stay in range where the facts hold, and the checks that this needs."""
        if values.covers(self.pairs.proven(value)):
            return value, []
        kept = self._clamped(value, values)
        found = self.pairs.bound(value, facts)
        if found is None or values.covers(found):
            return kept, []
        return kept, [Check(f"{name} in {values}", self.pairs.apply(self.builder.ne, value, kept))]

    # conditions

    def _not(self, condition: Pair) -> Pair:
        return self.pairs.apply(self.builder.not_, condition)

    def _both(self, a: Pair, b: Pair) -> Pair:
        return self.pairs.apply(self.builder.bit_and, a, b)

    def any_of(self, conditions: Sequence[Pair]) -> Pair:
        found = self.pairs.const(0)
        for condition in conditions:
            found = self.pairs.apply(self.builder.bit_or, found, condition)
        return found
