"""The answer at the end of a stream: kernels read the stream, then run the thoughts in a loop.

Law: answer(tokens) == executor.answer(tokens), outputs and errors, by weights and fused.

The size of a step with unrolled thoughts grows with their number. Here the input step, the readout before the
first thought, and one thought are three transducers, for any number of thoughts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import PrecisionError, StreamSSMError
from streamssm.ir.graph import Store
from streamssm.runtime.stream import Stream, columns_of
from streamssm.runtime.transducer import Transducer
from streamssm.ssm import executor
from streamssm.ssm.symbolic.ssm_transducer import assemble
from streamssm.ssm.symbolic.unrolling import Evaluation, StepResult, Unroller

if TYPE_CHECKING:
    from streamssm.ssm.layer_stack import LayerStack
    from streamssm.ssm.symbolic.dual import Dual
    from streamssm.ssm.symbolic.layer_step import State
    from streamssm.ssm.symbolic.unrolling import SymbolicReadout

Values = tuple[int, ...]
# A call of the kernel runs a fixed number of thoughts, ready or not. The number doubles from call to call, so
# that few thoughts are wasted on short answers and few calls are needed for long ones.
FIRST_THOUGHTS = 64
MOST_THOUGHTS = 1 << 16
# the first two outputs of the steps below; the thought words and the model's outputs follow them
READY, FAILED = 0, 1


class Asked(NamedTuple):
    """The end of a stream: the state, the last token, and its position."""

    state: Values
    token: Values | None = None
    position: int | None = None


def offline_input_step(ssm: LayerStack, by: Evaluation = Evaluation.FUSED) -> Transducer:
    """Return the step that reads the stream of an offline model, without thoughts and outputs."""
    unroller = Unroller(ssm, by=by)
    layer_pass = unroller.advance(unroller.registers(), unroller.embed_token(unroller.fields()), "input step")
    result = StepResult(layer_pass.state, (), layer_pass.checks)
    return assemble(unroller, result, ssm.fields, ssm.state, reference=partial(executor.listen, ssm))


class OfflineRunner:
    """Runner of a model for its answer at the end of a stream, by weights or fused."""

    def __init__(self, ssm: LayerStack, by: Evaluation, input_step: Transducer) -> None:
        self.ssm = ssm
        self.by = by
        self.input_step = input_step

    def answer(self, tokens: Any, state: Sequence[int] | None) -> Values:
        """Read the tokens, an array or an iterator of chunks, and return the answer after them."""
        stream = Stream(self.input_step, state=state)
        last: Values | None = None
        outputs: Values = ()
        for chunk in tokens if isinstance(tokens, Iterator) else [tokens]:
            rows = stream.feed(chunk)
            if len(rows):
                outputs = tuple(rows[-1].tolist())
                last = tuple(int(c[-1]) for c in columns_of(self.ssm.fields, chunk)[0])
        if self.ssm.thoughts.on_copy:
            position = None if last is None else stream.position - 1
            return self._run_thoughts(Asked(stream.state, last, position))
        return executor.begin(self.ssm, stream.state) if last is None else outputs

    # thoughts

    def _run_thoughts(self, end: Asked) -> Values:
        """Run thoughts until the model is ready, and return its outputs."""
        opening = self._begin_readout if end.token is None else self._answer_readout
        fields = np.array([end.token or ()], dtype=np.int64).reshape(1, len(opening.fields))
        rows = Stream(opening, state=end.state).feed(fields)
        width = 2 + len(self.ssm.thoughts.words)
        thought_stream, thoughts, chunk = None, 0, FIRST_THOUGHTS
        while True:
            stops = np.flatnonzero(rows[:, [READY, FAILED]].any(axis=1))
            if len(stops) and not rows[stops[0], FAILED]:
                return tuple(rows[stops[0], width:].tolist())
            remaining = self.ssm.thoughts.max_per_token - thoughts
            if len(stops) or not remaining:
                self._fail(end)
            if thought_stream is None:
                start = (*end.state, *rows[0, 2:width].tolist())
                thought_stream = Stream(self._thought_step, state=start)
            rows = thought_stream.feed(_no_fields(min(remaining, chunk)))
            thoughts, chunk = thoughts + len(rows), min(2 * chunk, MOST_THOUGHTS)

    def _fail(self, end: Asked) -> NoReturn:
        """Raise the error of the reference executor, which names the word and the value."""
        name = self.ssm.name
        try:
            executor.ask(self.ssm, *end)
        except PrecisionError as error:
            raise PrecisionError(f"{name}: {error}") from None
        raise StreamSSMError(
            f"internal error: the kernel fails in the thoughts of {name} by {self.by.value} from state "
            f"{end.state}, and the reference executor does not"
        )

    # the steps

    @cached_property
    def _answer_readout(self) -> Transducer:
        """The readout after the last token, which does not change the state."""
        unroller = Unroller(self.ssm, by=self.by)
        state = unroller.registers()
        y = unroller.readout(state, unroller.embed_token(unroller.fields()), "answer")
        return assemble(unroller, _readout_result(unroller, state, y)[0], self.ssm.fields, self.ssm.state)

    @cached_property
    def _begin_readout(self) -> Transducer:
        """The readout before the first token."""
        unroller = Unroller(self.ssm, by=self.by)
        state = unroller.registers()
        y = unroller.readout(state, unroller.embed_begin(), "begin")
        return assemble(unroller, _readout_result(unroller, state, y)[0], (), self.ssm.state)

    @cached_property
    def _thought_step(self) -> Transducer:
        """One thought: from the state and the thought that is fed back to the next state and thought.

        The words of the thought follow those of the state, each written by a store.
        """
        ssm, unroller = self.ssm, Unroller(self.ssm, by=self.by)
        indices = range(len(ssm.state), len(ssm.state) + len(ssm.thoughts.words))
        slots = list(zip(indices, ssm.thoughts.words, strict=True))
        fed = [unroller.duals.leaf(unroller.builder.register(i, word.range)) for i, word in slots]
        layer_pass = unroller.advance(unroller.registers(), unroller.embed_thought(fed), "thought")
        failed = unroller.any_of([check.failed for check in layer_pass.checks])
        result, thought = _readout_result(unroller, layer_pass.state, layer_pass.y, failed)
        zero, one = unroller.builder.const(0), unroller.builder.const(1)
        stores = [Store(i, 1, one, zero, word.weights) for i, word in zip(indices, thought, strict=True)]
        return assemble(unroller, result, (), (*ssm.state, *ssm.thoughts.words), more_stores=stores)


def _readout_result(
    unroller: Unroller, state: State, y: SymbolicReadout, failed: Dual | None = None
) -> tuple[StepResult, tuple[Dual, ...]]:
    """Return a step with outputs ready, failed, the thought and the outputs; and the thought, clamped."""
    ready = unroller.is_ready(y)
    thought, checks = unroller.fed_back(y, ((ready, False),))
    waiting = unroller.both(unroller.not_(ready), unroller.any_of([check.failed for check in checks]))
    flags = (ready, waiting if failed is None else unroller.any_of([failed, waiting]))
    return StepResult(state, (*flags, *thought, *unroller.outputs(y)), ()), thought


def _no_fields(count: int) -> NDArray[np.int64]:
    return np.empty((count, 0), dtype=np.int64)
