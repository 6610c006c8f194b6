"""The answer at the end of a stream: the stream first, then thoughts in a loop, on kernels.

Law: answer(tokens) == executor.answer(tokens), outputs and errors, by weights and fused.

A step with its thoughts unrolled grows with their number. Here the input step, the readout that an answer
starts from, and one thought are three transducers, whatever that number is.
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
from streamssm.ssm.symbolic.to_transducer import assembled
from streamssm.ssm.symbolic.unrolling import Evaluation, StepResult, Unroller

if TYPE_CHECKING:
    from streamssm.ssm.layer_stack import LayerStack
    from streamssm.ssm.symbolic.dual import Dual
    from streamssm.ssm.symbolic.layer_step import State
    from streamssm.ssm.symbolic.unrolling import SymbolicReadout

Values = tuple[int, ...]
FIRST_THOUGHTS = 64  # in one call of the kernel; twice as many in the next
MOST_THOUGHTS = 1 << 16
READY, FAILED = 0, 1  # outputs of the steps below, then the thought words, then the model's outputs


class Asked(NamedTuple):
    """The end of a stream: the state, the last token, and its position."""

    state: Values
    token: Values | None = None
    position: int | None = None


def offline_input_step(ssm: LayerStack, by: Evaluation = Evaluation.FUSED) -> Transducer:
    """Return the step that reads the stream of an offline model, without thoughts and outputs."""
    steps = Unroller(ssm, by=by)
    moment = steps.advance(steps.registers(), steps.embed_token(steps.fields()), "input step")

    outcome = StepResult(moment.state, (), moment.checks)
    return assembled(steps, outcome, ssm.fields, ssm.state, reference=partial(executor.listen, ssm))


class OfflineRunner:
    """What answers for a model, by its weights or fused."""

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
            found = stream.feed(chunk)
            if len(found):
                outputs = tuple(found[-1].tolist())
                last = tuple(int(c[-1]) for c in columns_of(self.ssm.fields, chunk)[0])
        if self.ssm.thoughts.on_copy:
            position = None if last is None else stream.position - 1
            return self._answered(Asked(stream.state, last, position))
        return executor.begin(self.ssm, stream.state) if last is None else outputs

    # thinking

    def _answered(self, asked: Asked) -> Values:
        """Return the outputs of the first thought that is ready."""
        opening = self._starting if asked.token is None else self._asking
        fields = np.array([asked.token or ()], dtype=np.int64).reshape(1, len(opening.fields))
        rows = Stream(opening, state=asked.state).feed(fields)
        width = 2 + len(self.ssm.thoughts.words)
        thinking, thoughts, most = None, 0, FIRST_THOUGHTS
        while True:
            stops = np.flatnonzero(rows[:, [READY, FAILED]].any(axis=1))
            if len(stops) and not rows[stops[0], FAILED]:
                return tuple(rows[stops[0], width:].tolist())
            left = self.ssm.thoughts.max_per_token - thoughts
            if len(stops) or not left:
                self._fail(asked)
            if thinking is None:
                thinking = Stream(self._thinking, state=(*asked.state, *rows[0, 2:width].tolist()))
            rows = thinking.feed(_no_fields(min(left, most)))
            thoughts, most = thoughts + len(rows), min(2 * most, MOST_THOUGHTS)

    def _fail(self, asked: Asked) -> NoReturn:
        """Raise what the reference executor says of an answer that has an error."""
        name = self.ssm.name
        try:
            executor.ask(self.ssm, *asked)
        except PrecisionError as error:
            raise PrecisionError(f"{name}: {error}") from None
        raise StreamSSMError(
            f"the kernel has an error in the thoughts of {name} by {self.by.value} from state {asked.state}, "
            "and the reference executor has none: one of them is wrong"
        )

    # the steps

    @cached_property
    def _asking(self) -> Transducer:
        """Return the readout after a token, which leaves the state as it is."""
        steps = Unroller(self.ssm, by=self.by)
        state = steps.registers()
        y = steps.readout(state, steps.embed_token(steps.fields()), "answer")
        return assembled(steps, _spoken(steps, state, y)[0], self.ssm.fields, self.ssm.state)

    @cached_property
    def _starting(self) -> Transducer:
        """Return the readout before the first token."""
        steps = Unroller(self.ssm, by=self.by)
        state = steps.registers()
        y = steps.readout(state, steps.embed_begin(), "begin")
        return assembled(steps, _spoken(steps, state, y)[0], (), self.ssm.state)

    @cached_property
    def _thinking(self) -> Transducer:
        """Return one thought: from the state and the thought that is fed to the next of both.

        The words of the thought are single words behind the state, each written by a store.
        """
        ssm, steps = self.ssm, Unroller(self.ssm, by=self.by)
        places = range(len(ssm.state), len(ssm.state) + len(ssm.thoughts.words))
        slots = list(zip(places, ssm.thoughts.words, strict=True))
        fed = [steps.pairs.leaf(steps.builder.register(i, word.range)) for i, word in slots]
        moment = steps.advance(steps.registers(), steps.embed_thought(fed), "thought")
        failed = steps.any_of([check.failed for check in moment.checks])
        outcome, thought = _spoken(steps, moment.state, moment.y, failed)
        zero, one = steps.builder.const(0), steps.builder.const(1)
        stores = [Store(i, 1, one, zero, word.weights) for i, word in zip(places, thought, strict=True)]
        return assembled(steps, outcome, (), (*ssm.state, *ssm.thoughts.words), more_stores=stores)


def _spoken(
    steps: Unroller, state: State, y: SymbolicReadout, failed: Dual | None = None
) -> tuple[StepResult, tuple[Dual, ...]]:
    """Return a step that gives ready, failed, the thought and the outputs, and the thought in its range."""
    ready = steps.is_ready(y)
    thought, checks = steps.fed_back(y, ((ready, False),))
    waiting = steps.both(steps.not_(ready), steps.any_of([check.failed for check in checks]))
    flags = (ready, waiting if failed is None else steps.any_of([failed, waiting]))
    return StepResult(state, (*flags, *thought, *steps.outputs(y)), ()), thought


def _no_fields(count: int) -> NDArray[np.int64]:
    return np.empty((count, 0), dtype=np.int64)
