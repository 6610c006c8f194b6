"""A collision: two streams that a model cannot tell apart, and an ending after which it would have to.

A witness is believed after it was replayed on the reference interpreters, which no kernel touches.
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
    """Streams ``first + ending`` and ``second + ending`` leave a model in one state and need other answers.

    Behind ``first`` and ``second`` the model's state is ``state`` both times, so that whatever it reads,
    thinks and says from there on is the same. ``answers`` are the required ones behind the ending.
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
    """Say whether a collision is one, on the reference executor and the reference interpreter.

    Three things must hold: one state behind the two streams; answers of the task behind the ending that
    differ, and are those of the witness; and, where the ending is empty, one last token, since a readout sees
    the token beside the state.
    """
    if not collision.ending and collision.first[-1:] != collision.second[-1:]:
        return False
    states = [_listened(model, stream) for stream in (collision.first, collision.second)]
    answers = tuple(_required(task, stream) for stream in collision.streams)
    return states == [collision.state] * 2 and answers == collision.answers and answers[0] != answers[1]


def said(collision: Collision, model: SSM) -> tuple[Token, Token]:
    """Return what a model answers behind both streams; they are equal, however long it thinks (THEORY A3)."""
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
