"""The common form of the two sides of a check: an algorithm's class, a program, a language or a model."""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import singledispatch
from itertools import zip_longest
from typing import Any

import numpy as np

from streamssm.automata.machine_programs import readable
from streamssm.equivalences.checking.constants import class_constants, graph_constants
from streamssm.errors import ParameterError, PrecisionError
from streamssm.frontends.algorithm import (
    Algorithm,
    fields_of,
    outputs_of,
    registers_of,
    set_state,
    state_of,
)
from streamssm.ir.ranges import Range
from streamssm.ir.vocabulary import Vocabulary
from streamssm.ir.words import Word
from streamssm.languages.language import Language
from streamssm.program.program import Program
from streamssm.runtime.stream import Stream
from streamssm.runtime.transducer import Transducer
from streamssm.ssm.model import SSM

Values = tuple[int, ...]
Token = tuple[int, ...]
Step = Callable[[Sequence[int], Sequence[int]], tuple[Values, Values]]


class ExecutionMode(str, Enum):
    """The way a side is run."""

    CLASS = "plain Python"
    PROGRAM = "program"
    WEIGHTS = "weights"
    FUSED = "fused"

    def __str__(self) -> str:
        return self.value


MODEL_WAYS = {"weights": ExecutionMode.WEIGHTS, "fused": ExecutionMode.FUSED}


@dataclass(frozen=True, eq=False)
class Side:
    """One artefact in the form that checks need.

    ``steps`` are the reference interpreters, one for each way to run it, which raise PrecisionError if a word
    leaves its range. ``transducers`` are compiled for the kernels; a class has none, and is run as
    ``instance``. ``constants`` are values on which its behavior may change. ``vocabulary`` names symbols and
    outputs, ``output_names`` the output words, ``state_names`` the values of an automaton's one register.
    """

    name: str
    kind: str
    fields: tuple[Word, ...]
    words: tuple[Word, ...]
    begin: Values | None
    num_outputs: int
    steps: Mapping[ExecutionMode, Step]
    transducers: Mapping[ExecutionMode, Transducer] = field(default_factory=dict)
    constants: frozenset[int] = frozenset()
    instance: Algorithm | None = None
    vocabulary: Vocabulary | None = None
    output_names: tuple[str, ...] = ()
    state_names: tuple[str, ...] = ()

    @property
    def ways(self) -> tuple[ExecutionMode, ...]:
        return tuple(self.steps)

    @property
    def initial(self) -> Values:
        return tuple(word.init for word in self.words)

    @property
    def memory_bits(self) -> int:
        return sum(word.bits for word in self.words)

    @property
    def num_states(self) -> int:
        """Number of states that the words can hold, reachable or not."""
        total = 1
        for word in self.words:
            total *= word.range.size
        return total

    @property
    def num_tokens(self) -> int:
        """Number of different tokens."""
        total = 1
        for word in self.fields:
            total *= word.range.size
        return total


@singledispatch
def side_of(artefact: Any, by: Sequence[str] = ("weights", "fused")) -> Side:
    """Return the artefact as a side of a check; ``by`` lists the ways to run a model."""
    raise ParameterError(
        f"a side of a check must be an algorithm, a program, a language or a model, not {artefact!r}"
    )


@side_of.register
def _(artefact: Side, by: Sequence[str] = ()) -> Side:
    return artefact


@side_of.register(type)
def _(artefact: type, by: Sequence[str] = ()) -> Side:
    raise ParameterError(
        f"a side of a check must be an instance such as {artefact.__name__}(...), not the class"
    )


@side_of.register(Algorithm)
def _(artefact: Algorithm, by: Sequence[str] = ()) -> Side:
    instance = copy.copy(artefact)
    _require_no_hidden_state(instance)
    words = registers_of(instance)
    set_state(instance, [word.init for word in words])
    return Side(
        name=type(artefact).__name__,
        kind="class",
        fields=fields_of(instance),
        words=words,
        begin=outputs_of(instance),
        num_outputs=len(outputs_of(instance)),
        steps={ExecutionMode.CLASS: class_step(instance)},
        instance=instance,
        constants=class_constants(instance),
    )


@side_of.register(Program)
def _(artefact: Program, by: Sequence[str] = ()) -> Side:
    return Side(
        name=artefact.name,
        kind="program",
        fields=artefact.fields,
        words=artefact.registers,
        begin=artefact.begin(),
        num_outputs=len(artefact.outputs),
        steps={ExecutionMode.PROGRAM: artefact.step},
        transducers={ExecutionMode.PROGRAM: artefact.transducer()},
        constants=graph_constants([artefact.transducer()]),
        vocabulary=artefact.vocabulary,
        output_names=artefact.output_names,
    )


@side_of.register(Language)
def _(artefact: Language, by: Sequence[str] = ()) -> Side:
    return replace(side_of(artefact.program()), state_names=state_names_of(artefact))


@side_of.register(SSM)
def _(artefact: SSM, by: Sequence[str] = ("weights", "fused")) -> Side:
    unknown = [name for name in by if name not in MODEL_WAYS]
    if unknown or not by:
        raise ParameterError(
            f"a model must be run by {' or '.join(MODEL_WAYS)}, not {', '.join(unknown) or 'nothing'}"
        )
    transducers = {MODEL_WAYS[name]: artefact.transducer(by=name) for name in by}
    steps = {way: reference_step(transducer) for way, transducer in transducers.items()}
    if ExecutionMode.WEIGHTS in steps:
        steps[ExecutionMode.WEIGHTS] = artefact.step
    return Side(
        name=artefact.name,
        kind="model",
        fields=artefact.fields,
        words=artefact.state,
        begin=_outputs_before_tokens(artefact),
        num_outputs=len(artefact.output_names),
        steps=steps,
        transducers=transducers,
        constants=graph_constants(transducers.values()),
        vocabulary=artefact.vocabulary,
        output_names=artefact.output_names,
    )


def state_names_of(artefact: Any) -> tuple[str, ...]:
    """Return the names of a language's states if its program's one register numbers them, else none."""
    if not isinstance(artefact, Language) or artefact.given is None:
        return ()
    machine, ranges = artefact.machine, [word.range for word in artefact.program().registers]
    if ranges != [Range(0, machine.num_states - 1)] and not machine.is_moore:
        machine, _ = readable(machine)
    return machine.state_names if ranges == [Range(0, machine.num_states - 1)] else ()


def _outputs_before_tokens(ssm: SSM) -> Values | None:
    """Return the outputs before the first token; None if the model is not ready then."""
    try:
        return ssm.begin()
    except PrecisionError:
        return None


def _require_no_hidden_state(instance: Algorithm) -> None:
    """Raise ParameterError if an attribute other than the registers could change from token to token."""
    for name, value in vars(instance).items():
        if not isinstance(value, Hashable):
            raise ParameterError(
                f"{type(instance).__name__} must keep its state in registers: attribute '{name}' is a "
                f"{type(value).__name__}, which can change; use a tuple for a constant table"
            )


def class_step(instance: Algorithm) -> Step:
    """Return the step of an algorithm as plain Python."""

    def step(state: Sequence[int], token: Sequence[int]) -> tuple[Values, Values]:
        set_state(instance, state)
        instance.update(*token)
        return state_of(instance), outputs_of(instance)

    return step


def reference_step(transducer: Transducer) -> Step:
    """Return the step of a transducer on the kernel's reference implementation in Python."""

    def step(state: Sequence[int], token: Sequence[int]) -> tuple[Values, Values]:
        stream = Stream(transducer, state=state, backend="reference")
        outputs = stream.feed(np.array([token], dtype=np.int64).reshape(1, len(transducer.fields)))
        return stream.state, tuple(outputs[0].tolist())

    return step


def require_comparable(a: Side, b: Side) -> None:
    """Raise ParameterError unless both sides read the same tokens and have equally many output words."""
    names = [tuple(word.name for word in side.fields) for side in (a, b)]
    if names[0] != names[1]:
        left, right = (", ".join(fields) or "none" for fields in names)
        raise ParameterError(
            f"both sides must read the same fields: {a.name} ({a.kind}) reads {left}, "
            f"{b.name} ({b.kind}) reads {right}"
        )
    for x, y in zip(a.fields, b.fields, strict=True):
        if x.range != y.range:
            raise ParameterError(
                f"both sides must read the same tokens: field '{x.name}' is {x.range} for {a.name} "
                f"({a.kind}) and {y.range} for {b.name} ({b.kind}); were they made for different parameters?"
            )
    if a.num_outputs != b.num_outputs:
        raise ParameterError(
            f"both sides must have as many output words: {a.name} ({a.kind}) has {a.num_outputs}, "
            f"{b.name} ({b.kind}) has {b.num_outputs}"
        )
    if a.vocabulary is not None and b.vocabulary is not None:
        _require_same_names("symbols", a, a.vocabulary.symbols, b, b.vocabulary.symbols)
        if a.vocabulary.outputs and b.vocabulary.outputs:
            _require_same_names("outputs", a, a.vocabulary.outputs, b, b.vocabulary.outputs)


def _require_same_names(kind: str, a: Side, in_a: Sequence[str], b: Side, in_b: Sequence[str]) -> None:
    """Raise ParameterError if a number names different symbols or outputs on the two sides."""
    for number, (left, right) in enumerate(zip_longest(in_a, in_b)):
        if left != right:
            raise ParameterError(
                f"both sides must number the same {kind} alike: {number} is {left or 'none'} for {a.name} "
                f"({a.kind}) and {right or 'none'} for {b.name} ({b.kind})"
            )
