"""All forms of an algorithm (class, program, model, program back), and the streams to compare them on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from streamssm.equivalences.checking.runners import ClassRunner
from streamssm.equivalences.checking.sides import Side, Token, Values, side_of
from streamssm.equivalences.checking.stream_text import format_stream
from streamssm.equivalences.checking.token_sampler import TokenSource
from streamssm.equivalences.ssm_to_program import to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import CheckFailedError, PrecisionError
from streamssm.frontends.algorithm import Algorithm, outputs_of, set_state
from streamssm.ir.words import require_tokens
from streamssm.program.program import Program
from streamssm.ssm.model import SSM

Stream = Sequence[Token]
Guarantee = Callable[[Stream, Sequence[Values]], bool]

NUM_STREAMS, STREAM_TOKENS = 32, 64
# The interpreters are slow, as they visit every node of a graph or network: they run every eighth stream,
# cut to at most 48 tokens, or fewer for a model with many weights.
SHORT_EVERY, SHORT_TOKENS, SHORT_WEIGHTS = 8, 48, 2 * 10**6


@dataclass(frozen=True, eq=False)
class Forms:
    """An algorithm as a class, a program, a model and the program back from it, computed on demand.

    Parameters
    ----------
    given : streams to run in addition to the sampled ones
    """

    algorithm: Algorithm
    given: tuple[Stream, ...] = ()
    seed: int = 0
    guarantee: Guarantee | None = None
    translate: Callable[[Program], SSM] = to_ssm

    @property
    def name(self) -> str:
        return type(self.algorithm).__name__

    @cached_property
    def program(self) -> Program:
        return self.algorithm.program()

    @cached_property
    def model(self) -> SSM:
        return self.translate(self.program)

    @cached_property
    def back(self) -> Program:
        return to_program(self.model)

    @cached_property
    def streams(self) -> tuple[Stream, ...]:
        """The given and the sampled streams, each cut before the first token that plain Python rejects."""
        return tuple(self.accepted(stream) for stream in (*self.given, *self._sampled))

    @cached_property
    def short_streams(self) -> tuple[Stream, ...]:
        """The given streams, and a few sampled ones cut short."""
        count = len(self.given)
        length = min(SHORT_TOKENS, SHORT_WEIGHTS // (1 + self.model.num_nonzeros) + 1)
        return (
            *self.streams[:count],
            *(stream[:length] for stream in self.streams[count::SHORT_EVERY]),
        )

    def outputs(self, stream: Stream, state: Values | None = None) -> list[Values]:
        """Run plain Python; return the outputs before the first token and after each one."""
        instance = self._fresh.instance
        assert instance is not None
        set_state(instance, self._fresh.initial if state is None else state)
        rows = [outputs_of(instance)]
        for token in stream:
            instance.update(*token)
            rows.append(outputs_of(instance))
        return rows

    def accepted(self, stream: Stream) -> Stream:
        """Return the stream up to the first token that plain Python rejects, as ``ss.within`` may.

        Raises
        ------
        TokenError
            If a token does not fit the fields.
        CheckFailedError
            If plain Python rejects a token although the program has no assumption.
        """
        require_tokens(self._fresh.fields, stream)
        step, state = self._fresh.steps[self._fresh.ways[0]], self._fresh.initial
        tokens = tuple(tuple(int(value) for value in token) for token in stream)
        for position, token in enumerate(tokens):
            try:
                state, _ = step(state, token)
            except PrecisionError as error:
                if not self.program.assumptions:
                    text = f"plain Python raises where the program continues: {error}"
                    raise self.failure(text, tokens[: position + 1]) from None
                return tokens[:position]
        return tokens

    def failure(self, text: str, stream: Stream = ()) -> CheckFailedError:
        """Return the error of a failed check, with the stream that shows it."""
        shown = f"\n  stream: {format_stream(stream)}" if stream else ""
        return CheckFailedError(f"{self.name}: {text}{shown}", tuple(stream))

    @cached_property
    def _fresh(self) -> Side:
        return side_of(self.algorithm)

    @cached_property
    def _sampled(self) -> list[Stream]:
        """Draw tokens near the live register values, as ``check(method="sample")`` does."""
        runner = ClassRunner(self._fresh, NUM_STREAMS)
        source = TokenSource(self._fresh.fields, self.seed, NUM_STREAMS)
        streams: list[list[Token]] = [[] for _ in range(NUM_STREAMS)]
        open_lanes = set(range(NUM_STREAMS))
        for _ in range(STREAM_TOKENS):
            columns = source.draw([runner.state()])
            for lane in open_lanes:
                streams[lane].append(tuple(int(column[lane]) for column in columns))
            _, stopped = runner.step(columns)
            open_lanes -= set(stopped.nonzero()[0].tolist())
            runner.restart(stopped)
        return list(streams)
