"""A witness: a stream on which the outputs of two sides differ, with the steps of both."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from streamssm.equivalences.checking.sides import ExecutionMode, Side, Step, Token, Values
from streamssm.equivalences.checking.stream_text import format_stream
from streamssm.errors import PrecisionError
from streamssm.ir.vocabulary import Vocabulary

_INDEXED = re.compile(r"(.+)\[\d+\]", re.DOTALL)
SHOWN_STEPS = 6  # at each end of a long witness
SHOWN_WORDS = 12  # of a state


@dataclass(frozen=True)
class StreamOutcome:
    """The state and outputs of a side after a token, or the error that it stopped with."""

    state: Values = ()
    outputs: Values = ()
    error: str | None = None

    def agrees(self, other: StreamOutcome) -> bool:
        """Return whether two outcomes are indistinguishable by their outputs: any two errors are."""
        if self.error is None and other.error is None:
            return self.outputs == other.outputs
        return self.error is not None and other.error is not None

    def __str__(self) -> str:
        return f"error: {self.error}" if self.error else f"state {self.state} output {self.outputs}"


@dataclass(frozen=True)
class Legend:
    """The names of a side's state words, of its output words, and of the states if it is an automaton."""

    words: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    states: tuple[str, ...] = ()

    def state(self, values: Values) -> str:
        """Return a state by the names of its words, arrays as lists; of many, the first ones.

        >>> Legend(("count", "a[0]", "a[1]")).state((3, 0, 7))
        'count=3 a=[0 7]'
        """
        if self.states and len(values) == 1:
            return self.states[values[0]]
        if len(self.words) != len(values):
            return " ".join(map(str, values))
        pairs = zip(self.words, values, strict=True)
        groups = groupby(pairs, key=lambda pair: _array_or_word(pair[0]))
        shown = [_named(name, [*group]) for name, group in groups]
        return (_first(shown) if shown else "none").replace("\n", " ")

    def output(self, values: Values, vocabulary: Vocabulary | None = None) -> str:
        """Return outputs by name; a lone output without its name."""
        if vocabulary is not None and vocabulary.outputs:
            return vocabulary.output(values[0])
        if len(values) == 1 or len(self.outputs) != len(values):
            return " ".join(map(str, values))
        return " ".join(f"{name}={value}" for name, value in zip(self.outputs, values, strict=True))


def _array_or_word(name: str) -> str:
    indexed = _INDEXED.fullmatch(name)
    return indexed[1] if indexed else name


def _named(name: str, words: Sequence[tuple[str, int]]) -> str:
    if words[0][0] == name:
        return f"{name}={words[-1][1]}"
    return f"{name}=[{_first([str(value) for _, value in words])}]"


def _first(texts: Sequence[str]) -> str:
    return " ".join([*texts[:SHOWN_WORDS], *["..."] * (len(texts) > SHOWN_WORDS)])


@dataclass(frozen=True)
class WitnessStep:
    """Both sides before the first token (``token`` is None) or after one."""

    token: Token | None
    a: StreamOutcome
    b: StreamOutcome


@dataclass(frozen=True)
class Witness:
    """A stream on which two sides differ; the outputs after its last token are the difference.

    ``shortest`` is True only if a search of all shorter streams found no difference. ``vocabulary`` names
    symbols and outputs, ``legends`` the words of both sides.
    """

    tokens: tuple[Token, ...]
    steps: tuple[WitnessStep, ...]
    ways: tuple[ExecutionMode, ExecutionMode]
    shortest: bool
    replay: str
    vocabulary: Vocabulary | None = None
    legends: tuple[Legend, Legend] = (Legend(), Legend())

    @property
    def position(self) -> int:
        """Number of tokens read when the outputs differ."""
        return len(self.tokens)

    @property
    def outputs(self) -> tuple[Values | str, Values | str]:
        """The differing outputs of both sides, or the error that one stopped with."""
        last = self.steps[-1]
        return (last.a.error or last.a.outputs, last.b.error or last.b.outputs)

    def to_dict(self) -> dict[str, Any]:
        """Return the witness as plain values for JSON."""
        return {
            "tokens": [list(token) for token in self.tokens],
            **({} if self.vocabulary is None else {"symbols": [self._token(t) for t in self.tokens]}),
            "position": self.position,
            "shortest": self.shortest,
            "ran": [str(way) for way in self.ways],
            "steps": [
                {
                    "token": None if step.token is None else list(step.token),
                    "a": _outcome_dict(step.a),
                    "b": _outcome_dict(step.b),
                }
                for step in self.steps
            ],
            "replay": self.replay,
        }

    def __str__(self) -> str:
        kind = "shortest differing stream" if self.shortest else "differing stream"
        head = f"{kind}: {self.position} tokens (a by {self.ways[0]}, b by {self.ways[1]})"
        lines = [head.replace(" 1 tokens", " 1 token")]
        hidden = len(self.steps) - 2 * SHOWN_STEPS
        for number, step in enumerate(self.steps):
            if hidden > 1 and SHOWN_STEPS <= number < SHOWN_STEPS + hidden:
                if number == SHOWN_STEPS:
                    lines.append(f"  ... {hidden} more ...")
                continue
            token = "begin" if step.token is None else self._token(step.token)
            lines.append(f"  {token:<16} a: {self._outcome(step.a, self.legends[0])}")
            lines.append(f"  {'':<16} b: {self._outcome(step.b, self.legends[1])}")
        lines.append(f"replay: {self.replay}")
        return "\n".join(lines)

    def _token(self, token: Token) -> str:
        if self.vocabulary is not None and len(token) == 1:
            return self.vocabulary.symbol(token[0])
        return " ".join(map(str, token))

    def _outcome(self, outcome: StreamOutcome, legend: Legend) -> str:
        if outcome.error:
            return str(outcome)
        return (
            f"state {legend.state(outcome.state)}; output {legend.output(outcome.outputs, self.vocabulary)}"
        )


def _outcome_dict(outcome: StreamOutcome) -> dict[str, Any]:
    if outcome.error is not None:
        return {"error": outcome.error}
    return {"state": list(outcome.state), "outputs": list(outcome.outputs)}


def legends_of(a: Side, b: Side) -> tuple[Legend, Legend]:
    """Return the names that the sides of a check have for states and outputs."""
    outputs = a.output_names or b.output_names  # a class has none
    legends = (Legend(tuple(word.name for word in s.words), outputs, s.state_names) for s in (a, b))
    return next(legends), next(legends)


def walk(
    a: Side, b: Side, ways: tuple[ExecutionMode, ExecutionMode], tokens: Sequence[Token]
) -> tuple[WitnessStep, ...]:
    """Run both reference interpreters up to the first difference, or up to an error on both sides.

    If neither side has outputs before the first token, the walk continues: these outputs are optional.
    """
    left, right = started(a), started(b)
    steps = [WitnessStep(None, left, right)]
    for token in tokens:
        if not left.agrees(right) or (left.error and len(steps) > 1):
            break
        left = advance(a.steps[ways[0]], left, token)
        right = advance(b.steps[ways[1]], right, token)
        steps.append(WitnessStep(tuple(token), left, right))
    return tuple(steps)


def started(side: Side) -> StreamOutcome:
    """Return the outcome of a side before the first token."""
    if side.begin is None:
        return StreamOutcome(side.initial, error=f"{side.name} is not ready before the first token")
    return StreamOutcome(side.initial, side.begin)


def advance(step: Step, before: StreamOutcome, token: Token) -> StreamOutcome:
    """Return the outcome of a side after one more token."""
    try:
        return StreamOutcome(*step(before.state, token))
    except PrecisionError as error:
        return StreamOutcome(error=str(error))


def differs(steps: Sequence[WitnessStep]) -> bool:
    """Return whether a walk ended in a difference."""
    return not steps[-1].a.agrees(steps[-1].b)


def make_witness(
    steps: tuple[WitnessStep, ...],
    ways: tuple[ExecutionMode, ExecutionMode],
    *,
    shortest: bool,
    command: Sequence[str] | None,
    vocabulary: Vocabulary | None = None,
    legends: tuple[Legend, Legend] = (Legend(), Legend()),
) -> Witness:
    """Return the witness of a walk that ended in a difference, with the line that replays it."""
    tokens = tuple(step.token for step in steps if step.token is not None)
    if command is None:
        replay = f"streamssm.check(a, b, stream={list(tokens)!r})"
    else:
        replay = shlex.join([*command, "--stream", format_stream(tokens)])
    return Witness(tokens, steps, ways, shortest, replay, vocabulary, legends)
