"""The first output of a model in floating point that differs from exact integers.

Lanes of random tokens, biased towards extreme values, run through the exact kernel and through the floats; a
lane is wrong from the first output that is not the exact integer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.checking.token_sampler import TokenSource
from streamssm.errors import ParameterError
from streamssm.ir.graph import NeuronAttr, Op
from streamssm.limits.arithmetic.exact_bits import Needs, exact_needs
from streamssm.limits.arithmetic.float_formats import FloatFormat, Floats, float_format
from streamssm.limits.arithmetic.float_step import FloatStep
from streamssm.runtime.stream import Lanes
from streamssm.runtime.transducer import Transducer
from streamssm.ssm.model import SSM
from streamssm.ssm.symbolic.unrolling import Evaluation

Ints = NDArray[np.int64]
Token = tuple[int, ...]


class FormatVerdict(str, Enum):
    """The verdict about a model in a format."""

    EXACT = "exact on every stream"  # proven by the ranges of its values
    WRONG = "wrong"
    NOT_SEEN_WRONG = "not seen wrong"


@dataclass(frozen=True)
class FloatRun:
    """A run of a model in one format.

    ``position`` is that of the first wrong output over all lanes, None if there was none; ``stream`` ends
    there and gives ``expected`` in integers and ``found`` in floats. ``needs`` suffices for exactness.
    """

    model: str
    arithmetic: str
    verdict: FormatVerdict
    needs: Needs
    lanes: int
    tokens: int
    position: int | None = None
    stream: tuple[Token, ...] = ()
    expected: Token = ()
    found: tuple[float, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as values that JSON can hold."""
        return {
            "model": self.model,
            "arithmetic": self.arithmetic,
            "verdict": self.verdict.value,
            "number_bits": self.needs.number_bits,
            "sum_bits": self.needs.sum_bits,
            "lanes": self.lanes,
            "tokens": self.tokens,
            "position": self.position,
            "stream": [list(token) for token in self.stream],
            "expected": list(self.expected),
            "found": [str(value) if not np.isfinite(value) else value for value in self.found],
        }


def first_wrong(
    ssm: SSM,
    arithmetic: str | FloatFormat,
    *,
    tokens: int = 1000,
    lanes: int = 256,
    seed: int = 0,
    progress: Callable[[int], None] = lambda position: None,
) -> FloatRun:
    """Run a model by its weights in floating point until the first wrong output.

    Parameters
    ----------
    tokens : the length of each lane's stream, unless an output is wrong earlier

    Raises
    ------
    ParameterError
        If the format is unknown.

    >>> from streamssm.algorithms import FunctionComposition
    >>> from streamssm.equivalences.to_ssm import to_ssm
    >>> small, large = (to_ssm(FunctionComposition(n)) for n in (16, 1024))
    >>> first_wrong(small, "bfloat16").verdict.value, first_wrong(large, "bfloat16").verdict.value
    ('exact on every stream', 'wrong')
    """
    chosen = arithmetic if isinstance(arithmetic, FloatFormat) else float_format(arithmetic)
    if tokens < 1 or lanes < 1:
        raise ParameterError(f"tokens and lanes must be at least 1, not {tokens} and {lanes}")
    transducer = ssm.transducer(Evaluation.WEIGHTS)
    needs = exact_needs(transducer)
    race = _Race(transducer, chosen, lanes, seed)
    for position in range(tokens):
        wrong = race.advance()
        progress(position + 1)
        if wrong.any():
            lane = int(np.argmax(wrong))
            stream, expected, actual = race.seen(lane)
            return FloatRun(
                ssm.name,
                chosen.name,
                FormatVerdict.WRONG,
                needs,
                lanes,
                tokens,
                position,
                stream,
                expected,
                actual,
            )
    verdict = FormatVerdict.EXACT if needs.met_by(chosen) else FormatVerdict.NOT_SEEN_WRONG
    return FloatRun(ssm.name, chosen.name, verdict, needs, lanes, tokens)


class _Race:
    """Exact integers and floats side by side, one token in each lane at a time."""

    def __init__(self, transducer: Transducer, arithmetic: FloatFormat, lanes: int, seed: int) -> None:
        biases = (cast(NeuronAttr, node.attr)[0] for node in transducer.step if node.op is Op.NEURON)
        self.source = TokenSource(transducer.fields, seed, lanes, set(map(abs, biases)))
        self.exact = Lanes(transducer, lanes)
        self.floats = FloatStep(transducer, arithmetic)
        self.state = self.floats.initial(lanes)
        self.history: list[list[Ints]] = []
        self.outputs: tuple[Ints, Floats] | None = None

    def advance(self) -> NDArray[np.bool_]:
        """Read a token in every lane; return a mask of the lanes whose output is wrong."""
        columns = self.source.draw([self.exact.state])
        expected = self.exact.feed([column[None] for column in columns])[0].T  # (W, B)
        self.state, actual = self.floats.run(self.state, columns)
        self.history.append(columns)
        self.outputs = expected, actual
        return np.asarray((actual.astype(np.float64) != expected.astype(np.float64)).any(axis=0))

    def seen(self, lane: int) -> tuple[tuple[Token, ...], Token, tuple[float, ...]]:
        """Return a lane's stream, and its last outputs in integers and in floats."""
        assert self.outputs is not None
        stream = tuple(tuple(int(column[lane]) for column in columns) for columns in self.history)
        expected, actual = (side[:, lane] for side in self.outputs)
        return stream, tuple(expected.tolist()), tuple(actual.astype(np.float64).tolist())
