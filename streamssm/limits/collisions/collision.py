"""A collision: two streams in one state of a model, and an ending after which the answers must differ.

A collision counts only if it replays on the reference interpreters, which share no code with the kernels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from streamssm.program.program import Program
from streamssm.ssm import executor
from streamssm.ssm.model import SSM

Token = tuple[int, ...]
Stream = tuple[Token, ...]

VERDICT = "a collision refutes one model's heads and offline thoughts, never a class"


@dataclass(frozen=True)
class Collision:
    """Streams ``first`` and ``second`` leave a model in one state; after ``ending`` they need other answers.

    The model is in ``state`` after both of them, so everything that it reads, thinks and outputs from there
    on is the same. ``answers`` are the required answers after the ending.
    """

    first: Stream
    second: Stream
    ending: Stream
    state: tuple[int, ...]
    answers: tuple[Token, Token]

    @property
    def streams(self) -> tuple[Stream, Stream]:
        return self.first + self.ending, self.second + self.ending

    def to_dict(self) -> dict[str, Any]:
        """Return the witness as values that JSON can hold."""
        return {
            "first": [list(token) for token in self.first],
            "second": [list(token) for token in self.second],
            "ending": [list(token) for token in self.ending],
            "state": list(self.state),
            "required": [list(answer) for answer in self.answers],
        }


def replays(collision: Collision, model: SSM, task: Program) -> bool:
    """Return whether a collision replays on the reference executor and the reference interpreter.

    Three conditions: both streams leave the model in the given state; the task's answers after the ending
    are the given ones and differ; and if the ending is empty, both streams have the same last token, because
    a readout sees the token as well as the state.
    """
    if not collision.ending and collision.first[-1:] != collision.second[-1:]:
        return False
    states = [_listened(model, stream) for stream in (collision.first, collision.second)]
    answers = tuple(_required(task, stream) for stream in collision.streams)
    return states == [collision.state] * 2 and answers == collision.answers and answers[0] != answers[1]


def model_answers(collision: Collision, model: SSM) -> tuple[Token, Token]:
    """Return the model's answers to both streams: equal, however long it thinks (THEORY A3)."""
    first, second = (model.answer([list(token) for token in stream]) for stream in collision.streams)
    return first, second


def _listened(model: SSM, stream: Sequence[Token]) -> Token:
    state = model.initial
    for position, token in enumerate(stream):
        state = executor.listen(model, state, token, position)
    return state


def _required(task: Program, stream: Sequence[Token]) -> Token:
    state, answer = task.initial, task.begin()
    for token in stream:
        state, answer = task.step(state, token)
    return answer
