"""Symbolic execution of a model's step: one pass through the layers, or one token with its thoughts unrolled.

Nothing computed after a failed check is used. So a word that may leave its range is clamped after its check,
and everything computed from it keeps its range.
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
    """Evaluation of a model by its weights, or fused: by the meanings of its gadgets."""

    WEIGHTS = "weights"
    FUSED = "fused"


def parse_by(by: str) -> Evaluation:
    try:
        return Evaluation(by)
    except ValueError:
        raise ParameterError(f"by must be 'weights' or 'fused', not {by!r}") from None


@dataclass(frozen=True)
class StepResult:
    """The result of one token: the state after it, the outputs, and the checks that must not fail."""

    state: State
    outputs: tuple[Dual, ...]
    checks: tuple[Check, ...]


class SymbolicReadout(Protocol):
    """The outputs of the last layer, built on demand."""

    def outputs(self, start: int = 0, stop: int | None = None) -> tuple[Dual, ...]: ...


@dataclass(frozen=True)
class LayerPass:
    """One pass through the layers: its input, the state after it, y, and the checks that must not fail."""

    x: tuple[Dual, ...]
    state: State
    y: SymbolicReadout
    checks: tuple[Check, ...]
    entries: tuple[tuple[Dual | None, ...], ...]  # of A, per layer; None for a bit that is not built
    not_reflections: tuple[tuple[Dual, ...], ...] = ()  # per layer, conditions that must not hold


@dataclass(frozen=True)
class Unrolled:
    """A first pass and its thoughts; ``fed_checks[i]`` guards the thought after pass i.

    ``late`` holds the check that the model is ready after its last thought.
    """

    passes: tuple[LayerPass, ...]
    fed_checks: tuple[tuple[Check, ...], ...]
    late: tuple[Check, ...]


class Unroller:
    """Builder of a model's steps as nodes of one expression graph."""

    def __init__(self, ssm: LayerStack, *, by: str = Evaluation.FUSED) -> None:
        self.ssm = ssm
        self.by = parse_by(by)
        self.builder = GraphBuilder()
        self.duals = DualBuilder(self.builder, by_weights=self.by is Evaluation.WEIGHTS)
        self.overflow = OverflowHandler(self.duals)

    def registers(self) -> State:
        """Return the state before the step."""
        arrays = self.ssm.arrays
        scalars = self.ssm.state[: arrays[0].first] if arrays else self.ssm.state
        leaves = (self.builder.register(i, word.range) for i, word in enumerate(scalars))
        return State(tuple(map(self.duals.leaf, leaves)), tuple(map(self._array, arrays)))

    def _array(self, array: StateArray) -> DualArray:
        range_ = self.ssm.state[array.first].range
        by_weights = self.by is Evaluation.WEIGHTS
        nodes = tuple(self.builder.register(i, range_) for i in array.indices) if by_weights else None
        return DualArray(array.first, array.length, range_, nodes)

    def fields(self) -> tuple[Dual, ...]:
        words = enumerate(self.ssm.fields)
        return tuple(self.duals.leaf(self.builder.field(i, word.range)) for i, word in words)

    # one token

    def token(self, state: State, fields: Sequence[Dual]) -> Unrolled:
        """Return the input step and its thoughts."""
        return self.think(self.advance(state, self.embed_token(fields), "input step"))

    def think(self, first: LayerPass) -> Unrolled:
        """Return a pass and the thoughts after it, for as long as the model may not be ready."""
        passes = [first]
        fed_checks: list[tuple[Check, ...]] = []
        waiting: Facts = ()
        while self._may_wait(passes[-1], waiting) and len(fed_checks) < self.ssm.thoughts.max_per_token:
            waiting = (*waiting, (self.ready(passes[-1]), False))
            fed, checks = self.fed_back(passes[-1].y, waiting)
            fed_checks.append(checks)
            label = f"thought {len(fed_checks)}"
            passes.append(self.advance(passes[-1].state, self.embed_thought(fed), label, waiting))
        late = self._late(passes[-1], waiting, len(fed_checks))
        return Unrolled(tuple(passes), tuple(fed_checks), late)

    def result(self, unrolled: Unrolled) -> StepResult:
        """Return the result of the first pass that is ready, as a chain of choices from the last pass back.

        With offline thoughts, the state is the one after the first pass.
        """
        last = unrolled.passes[-1]
        result = StepResult(last.state, self.outputs(last.y), (*last.checks, *unrolled.late))
        for layer_pass, checks in zip(
            reversed(unrolled.passes[:-1]), reversed(unrolled.fed_checks), strict=True
        ):
            ready = self.ready(layer_pass)
            waiting = self.not_(ready)
            later = [Check(c.text, self.both(waiting, c.failed)) for c in (*checks, *result.checks)]
            result = StepResult(
                self._state_after(ready, waiting, layer_pass.state, result.state),
                self.choose(ready, self.outputs(layer_pass.y), result.outputs),
                (*layer_pass.checks, *later),
            )
        return result

    def _may_wait(self, layer_pass: LayerPass, facts: Facts) -> bool:
        """Return whether the model may not be ready yet, where the facts hold."""
        bound = self.duals.bound(self.ready(layer_pass), facts)
        return bound is not None and bound.holds(0)

    def _late(self, layer_pass: LayerPass, facts: Facts, thoughts: int) -> tuple[Check, ...]:
        if not self._may_wait(layer_pass, facts):
            return ()
        return (Check(f"ready after {thoughts} thoughts", self.not_(self.ready(layer_pass))),)

    def choose(self, ready: Dual, now: Sequence[Dual], later: Sequence[Dual]) -> tuple[Dual, ...]:
        pairs = zip(now, later, strict=True)
        return tuple(self.duals.apply(self.builder.select, ready, a, b) for a, b in pairs)

    def _state_after(self, ready: Dual, waiting: Dual, now: State, later: State) -> State:
        if self.ssm.thoughts.on_copy:
            return now
        pairs = zip(now.arrays, later.arrays, strict=True)
        arrays = tuple(chosen(self.builder, ready, waiting, a, b) for a, b in pairs)
        return State(self.choose(ready, now.scalars, later.scalars), arrays)

    def fed_back(self, y: SymbolicReadout, facts: Facts) -> tuple[tuple[Dual, ...], tuple[Check, ...]]:
        """Return the next thought, each word clamped to its range, and the checks that this needs."""
        words = self.ssm.thoughts.words
        thought = y.outputs(1, self.ssm.num_thought_slots)
        fed: list[Dual] = []
        checks: list[Check] = []
        for value, word in zip(thought, words, strict=True):
            clamped, needed = self.overflow.checked(value, word.range, f"thought word '{word.name}'", facts)
            fed.append(clamped)
            checks.extend(needed)
        return tuple(fed), tuple(checks)

    def ready(self, layer_pass: LayerPass) -> Dual:
        """Return the condition that the model is ready: no thought follows."""
        return self.is_ready(layer_pass.y)

    def is_ready(self, y: SymbolicReadout) -> Dual:
        if not self.ssm.num_thought_slots:
            return self.duals.const(1)
        return self.duals.apply(self.builder.truth, *y.outputs(0, 1))

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
        return [self.duals.const(value) for value in (thought, begin, *lows)]

    # the layers

    def advance(self, state: State, x: Sequence[Dual], label: str, facts: Facts = ()) -> LayerPass:
        """Return one step of every layer."""
        given = tuple(x)
        scalars: list[Dual] = []
        checks: list[Check] = []
        entries: list[tuple[Dual | None, ...]] = []
        not_reflections: list[tuple[Dual, ...]] = []
        for number, layer in enumerate(self.ssm.layers, start=1):
            where = f"{label}: layer {number}"
            last = number == self.ssm.num_layers
            arrays = state.arrays if last else ()
            dim = layer.state_dim - sum(array.length for array in arrays)
            before = State(state.scalars[len(scalars) : len(scalars) + dim], arrays)
            gates = DualNetwork(self.duals, layer.gates, x, f"{where} gates")
            after = LayerStep(self.overflow, layer, before, gates, where, facts).run(self.ssm.array_gates)
            scalars.extend(after.state.scalars)
            checks.extend(after.checks)
            entries.append(after.entries)
            not_reflections.append(after.not_reflections)
            y = self._read(layer, after.state, x, where)
            x = x if last else y.outputs()
        after_state = State(tuple(scalars), after.state.arrays)
        return LayerPass(given, after_state, y, tuple(checks), tuple(entries), tuple(not_reflections))

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
            self.duals, layer.readout, [*h.scalars, *x], f"{label} readout", h.arrays, len(h.scalars)
        )

    # conditions

    def not_(self, condition: Dual) -> Dual:
        return self.duals.apply(self.builder.not_, condition)

    def both(self, a: Dual, b: Dual) -> Dual:
        return self.duals.apply(self.builder.bit_and, a, b)

    def any_of(self, conditions: Sequence[Dual]) -> Dual:
        disjunction = self.duals.const(0)
        for condition in conditions:
            disjunction = self.duals.apply(self.builder.bit_or, disjunction, condition)
        return disjunction
