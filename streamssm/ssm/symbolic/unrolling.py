"""The steps of a model as nodes: one pass through the layers, and one token with the thoughts that follow it.

What is computed after a failed check is not used, so that a word which may leave its range is clamped after
its check and everything behind it keeps its range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from streamssm.errors import ParameterError
from streamssm.ir.builder import GraphBuilder
from streamssm.ssm.symbolic.dual import Dual, DualBuilder
from streamssm.ssm.symbolic.dual_array import DualArray, chosen
from streamssm.ssm.symbolic.dual_network import DualNetwork
from streamssm.ssm.symbolic.layer_step import LayerStep, State
from streamssm.ssm.symbolic.overflow import Check, Facts, OverflowHandler

if TYPE_CHECKING:
    from streamssm.ssm.arrays import StateArray
    from streamssm.ssm.layer_stack import LayerStack
    from streamssm.ssm.layers import Layer


class Evaluation(str, Enum):
    """What a model is run by."""

    WEIGHTS = "weights"
    FUSED = "fused"


def parse_by(by: str) -> Evaluation:
    try:
        return Evaluation(by)
    except ValueError:
        raise ParameterError(f"by must be 'weights' or 'fused', not {by!r}") from None


@dataclass(frozen=True)
class StepResult:
    """What one token leads to from here on."""

    state: State
    outputs: tuple[Dual, ...]
    checks: tuple[Check, ...]


class SymbolicReadout(Protocol):
    """What the last layer gives, built when it is asked for."""

    def outputs(self, start: int = 0, stop: int | None = None) -> tuple[Dual, ...]: ...


@dataclass(frozen=True)
class LayerPass:
    """One pass through the layers: its input, the state after it, y, and what must not have happened."""

    x: tuple[Dual, ...]
    state: State
    y: SymbolicReadout
    checks: tuple[Check, ...]
    entries: tuple[tuple[Dual | None, ...], ...]  # of A, per layer; None for a bit that is not built
    not_reflections: tuple[tuple[Dual, ...], ...] = ()  # per layer, conditions that must not hold


@dataclass(frozen=True)
class Unrolled:
    """A first moment and its thoughts; ``fed_checks[i]`` guards the thought after moment i."""

    moments: tuple[LayerPass, ...]
    fed_checks: tuple[tuple[Check, ...], ...]
    late: tuple[Check, ...]


class Unroller:
    """A model's steps as nodes of one builder."""

    def __init__(self, ssm: LayerStack, *, by: str = Evaluation.FUSED) -> None:
        self.ssm = ssm
        self.by = parse_by(by)
        self.builder = GraphBuilder()
        self.pairs = DualBuilder(self.builder, by_weights=self.by is Evaluation.WEIGHTS)
        self.storing = OverflowHandler(self.pairs)

    def registers(self) -> State:
        """Return the state before the step."""
        arrays = self.ssm.arrays
        scalars = self.ssm.state[: arrays[0].first] if arrays else self.ssm.state
        leaves = (self.builder.register(i, word.range) for i, word in enumerate(scalars))
        return State(tuple(map(self.pairs.leaf, leaves)), tuple(map(self._array, arrays)))

    def _array(self, array: StateArray) -> DualArray:
        values = self.ssm.state[array.first].range
        by_weights = self.by is Evaluation.WEIGHTS
        nodes = tuple(self.builder.register(i, values) for i in array.places) if by_weights else None
        return DualArray(array.first, array.length, values, nodes)

    def fields(self) -> tuple[Dual, ...]:
        words = enumerate(self.ssm.fields)
        return tuple(self.pairs.leaf(self.builder.field(i, word.range)) for i, word in words)

    # one token

    def token(self, state: State, fields: Sequence[Dual]) -> Unrolled:
        """Return the input step and its thoughts."""
        return self.think(self.advance(state, self.embed_token(fields), "input step"))

    def think(self, first: LayerPass) -> Unrolled:
        """Return a moment, and thoughts for as long as the model may not be ready."""
        moments = [first]
        fed_checks: list[tuple[Check, ...]] = []
        waiting: Facts = ()
        while self._may_wait(moments[-1], waiting) and len(fed_checks) < self.ssm.thoughts.max_per_token:
            waiting = (*waiting, (self.ready(moments[-1]), False))
            fed, checks = self.fed_back(moments[-1].y, waiting)
            fed_checks.append(checks)
            label = f"thought {len(fed_checks)}"
            moments.append(self.advance(moments[-1].state, self.embed_thought(fed), label, waiting))
        late = self._late(moments[-1], waiting, len(fed_checks))
        return Unrolled(tuple(moments), tuple(fed_checks), late)

    def outcome(self, unrolled: Unrolled) -> StepResult:
        """Return what the first moment that is ready leads to, from the last moment backwards.

        The state after offline thoughts is that of the first moment.
        """
        last = unrolled.moments[-1]
        found = StepResult(last.state, self.outputs(last.y), (*last.checks, *unrolled.late))
        for moment, checks in zip(
            reversed(unrolled.moments[:-1]), reversed(unrolled.fed_checks), strict=True
        ):
            ready = self.ready(moment)
            waiting = self.not_(ready)
            later = [Check(c.text, self.both(waiting, c.failed)) for c in (*checks, *found.checks)]
            found = StepResult(
                self._state_after(ready, waiting, moment.state, found.state),
                self.choose(ready, self.outputs(moment.y), found.outputs),
                (*moment.checks, *later),
            )
        return found

    def _may_wait(self, moment: LayerPass, facts: Facts) -> bool:
        """Return whether the model may still be unready where the facts hold."""
        found = self.pairs.bound(self.ready(moment), facts)
        return found is not None and found.holds(0)

    def _late(self, moment: LayerPass, facts: Facts, thoughts: int) -> tuple[Check, ...]:
        if not self._may_wait(moment, facts):
            return ()
        return (Check(f"ready after {thoughts} thoughts", self.not_(self.ready(moment))),)

    def choose(self, ready: Dual, now: Sequence[Dual], later: Sequence[Dual]) -> tuple[Dual, ...]:
        pairs = zip(now, later, strict=True)
        return tuple(self.pairs.apply(self.builder.select, ready, a, b) for a, b in pairs)

    def _state_after(self, ready: Dual, waiting: Dual, now: State, later: State) -> State:
        if self.ssm.thoughts.on_copy:
            return now
        pairs = zip(now.arrays, later.arrays, strict=True)
        arrays = tuple(chosen(self.builder, ready, waiting, a, b) for a, b in pairs)
        return State(self.choose(ready, now.scalars, later.scalars), arrays)

    def fed_back(self, y: SymbolicReadout, facts: Facts) -> tuple[tuple[Dual, ...], tuple[Check, ...]]:
        """Return the next thought, each word in its range, and the checks for that where facts hold."""
        words = self.ssm.thoughts.words
        thought = y.outputs(1, self.ssm.num_thought_slots)
        kept = [
            self.storing.kept(t, w.range, f"thought word '{w.name}'", facts)
            for t, w in zip(thought, words, strict=True)
        ]
        return tuple(word for word, _ in kept), tuple(check for _, found in kept for check in found)

    def ready(self, moment: LayerPass) -> Dual:
        """Return the condition that no thought follows."""
        return self.is_ready(moment.y)

    def is_ready(self, y: SymbolicReadout) -> Dual:
        if not self.ssm.num_thought_slots:
            return self.pairs.const(1)
        return self.pairs.apply(self.builder.truth, *y.outputs(0, 1))

    def outputs(self, y: SymbolicReadout) -> tuple[Dual, ...]:
        return y.outputs(self.ssm.num_thought_slots)

    # the first layer's input

    def embed_token(self, fields: Sequence[Dual]) -> list[Dual]:
        return [*self._absent()[:2], *fields, *self._absent()[2 + len(fields) :]]

    def embed_thought(self, thought: Sequence[Dual]) -> list[Dual]:
        absent = self._absent(thought=1)
        return [*absent[: len(absent) - len(thought)], *thought]

    def embed_begin(self) -> list[Dual]:
        return self._absent(begin=1)

    def _absent(self, *, thought: int = 0, begin: int = 0) -> list[Dual]:
        lows = [word.range.lo for word in self.ssm.input_words[2:]]
        return [self.pairs.const(value) for value in (thought, begin, *lows)]

    # the layers

    def advance(self, state: State, x: Sequence[Dual], label: str, facts: Facts = ()) -> LayerPass:
        """Return one step of every layer."""
        given = tuple(x)
        scalars: list[Dual] = []
        checks: list[Check] = []
        entries: list[tuple[Dual | None, ...]] = []
        factors: list[tuple[Dual, ...]] = []
        for number, layer in enumerate(self.ssm.layers, start=1):
            where = f"{label}: layer {number}"
            last = number == self.ssm.num_layers
            arrays = state.arrays if last else ()
            dim = layer.state_dim - sum(array.length for array in arrays)
            before = State(state.scalars[len(scalars) : len(scalars) + dim], arrays)
            gates = DualNetwork(self.pairs, layer.gates, x, f"{where} gates")
            after = LayerStep(self.storing, layer, before, gates, where, facts).run(self.ssm.array_gates)
            scalars.extend(after.state.scalars)
            checks.extend(after.checks)
            entries.append(after.entries)
            factors.append(after.not_reflections)
            y = self._read(layer, after.state, x, where)
            x = x if last else y.outputs()
        found = State(tuple(scalars), after.state.arrays)
        return LayerPass(given, found, y, tuple(checks), tuple(entries), tuple(factors))

    def readout(self, state: State, x: Sequence[Dual], label: str) -> DualNetwork:
        """Return y of the last layer without a transition."""
        start = 0
        for number, layer in enumerate(self.ssm.layers, start=1):
            last = number == self.ssm.num_layers
            arrays = state.arrays if last else ()
            dim = layer.state_dim - sum(array.length for array in arrays)
            h = State(state.scalars[start : start + dim], arrays)
            y = self._read(layer, h, x, f"{label}: layer {number}")
            x = x if last else y.outputs()
            start += dim
        return y

    def _read(self, layer: Layer, h: State, x: Sequence[Dual], label: str) -> DualNetwork:
        return DualNetwork(
            self.pairs, layer.readout, [*h.scalars, *x], f"{label} readout", h.arrays, len(h.scalars)
        )

    # conditions

    def not_(self, condition: Dual) -> Dual:
        return self.pairs.apply(self.builder.not_, condition)

    def both(self, a: Dual, b: Dual) -> Dual:
        return self.pairs.apply(self.builder.bit_and, a, b)

    def any_of(self, conditions: Sequence[Dual]) -> Dual:
        found = self.pairs.const(0)
        for condition in conditions:
            found = self.pairs.apply(self.builder.bit_or, found, condition)
        return found
