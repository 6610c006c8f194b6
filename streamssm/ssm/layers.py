"""One layer: state words, a transition driven by the layer's input, and a readout.

    h[t] = A(x[t]) h[t-1] + B(x[t])        the state update
    y[t] = phi(h[t], x[t])                 the readout, the next layer's input

Shapes: d = number of state words, n = width of x.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from streamssm.errors import ParameterError
from streamssm.program.ranges import MAX_WORD_BITS, Range
from streamssm.program.words import Word
from streamssm.ssm.formats import NumberFormat
from streamssm.ssm.network import ReluNet


class TransitionKind(str, Enum):
    """What the entries of A may be, from cheap to strong; part of the model's type (THEORY B, C)."""

    TIME_INVARIANT = "time-invariant"  # diagonal, the same at every step
    ZERO_ONE = "zero-one"  # diagonal in {0, 1}
    DYADIC = "dyadic"  # diagonal, multiples of 2^-fraction_bits in [0, 1]
    SIGNED = "signed"  # diagonal in {-1, 0, 1}
    DIAGONAL = "diagonal"  # any diagonal

    def allows(self, entry: Range, fraction_bits: int) -> bool:
        """Return whether an entry, in units of ``2**-fraction_bits``, may range over ``entry``."""
        if self is TransitionKind.DIAGONAL:
            return True
        if self is TransitionKind.TIME_INVARIANT:
            return entry.is_constant
        if self is TransitionKind.DYADIC:
            return Range(0, 1 << fraction_bits).covers(entry)
        lowest = 0 if self is TransitionKind.ZERO_ONE else -1
        return fraction_bits == 0 and Range(lowest, 1).covers(entry)


@dataclass(frozen=True, slots=True)
class StateWord:
    """One word of a layer's state."""

    name: str
    format: NumberFormat
    init: int = 0

    def __post_init__(self) -> None:
        if not self.format.range.holds(self.init):
            raise ParameterError(
                f"state word '{self.name}' must start inside {self.format.range}, not at {self.init}"
            )

    @property
    def range(self) -> Range:
        return self.format.range

    @property
    def bits(self) -> int:
        return self.format.bits


@dataclass(frozen=True)
class Layer:
    """A layer of the model.

    ``gates`` maps x to the entries of A and then B, one per state word; ``readout`` maps the state words
    after the update, then x, to y. Entries of A are in units of ``2**-entry_fraction_bits``, B in units of
    its word.
    """

    words: tuple[StateWord, ...]
    kind: TransitionKind
    gates: ReluNet
    readout: ReluNet
    entry_fraction_bits: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.entry_fraction_bits <= MAX_WORD_BITS:
            raise ParameterError(
                f"fraction bits must be 0 to {MAX_WORD_BITS}, not {self.entry_fraction_bits}"
            )
        if len({word.name for word in self.words}) != len(self.words):
            raise ParameterError("the state words of a layer must have different names")
        self._require("gates", "outputs", len(self.gates.outputs), len(self.entries) + self.state_dim)
        self._require("readout", "inputs", len(self.readout.inputs), self.state_dim + self.input_dim)

    def _require(self, network: str, side: str, found: int, wanted: int) -> None:
        if found != wanted:
            raise ParameterError(f"a layer's {network} must have {wanted} {side}, not {found}")

    @cached_property
    def entries(self) -> tuple[tuple[int, int], ...]:
        """The (row, column) of A that each of the first outputs of the gates is for."""
        return tuple((i, i) for i in range(self.state_dim))

    def entries_of(self, row: int) -> tuple[tuple[int, int], ...]:
        """Return (place among the entries, column) of the entries of one row of A."""
        return ((row, row),)

    @property
    def state_dim(self) -> int:
        return len(self.words)

    @property
    def input_dim(self) -> int:
        return len(self.gates.inputs)

    @property
    def output_dim(self) -> int:
        return len(self.readout.outputs)

    @property
    def precision_bits(self) -> int:
        """Bits of the widest state word."""
        return max((word.bits for word in self.words), default=0)


class ThoughtMode(str, Enum):
    """When the model may feed tokens to itself."""

    NONE = "none"
    ONLINE = "online"  # after any input token
    OFFLINE = "offline"  # after the end of the stream alone, on a copy of the state


@dataclass(frozen=True, slots=True)
class Thoughts:
    """The words that the model may feed back to itself, and how often.

    ``max_per_token`` is the most thoughts after one input token; offline, the most before one answer, also
    before the answer that stands before the first token. A thought may have no words: then it is a step.
    """

    mode: ThoughtMode = ThoughtMode.NONE
    words: tuple[Word, ...] = ()
    max_per_token: int = 0

    def __post_init__(self) -> None:
        if self.mode is ThoughtMode.NONE and (self.words or self.max_per_token):
            raise ParameterError(
                "a model without thoughts must have no thought words and 0 thoughts per token"
            )
        if self.mode is not ThoughtMode.NONE and self.max_per_token < 1:
            per = "before an answer" if self.on_copy else "per token"
            raise ParameterError(f"thoughts {per} must be at least 1, not {self.max_per_token}")

    @property
    def on_copy(self) -> bool:
        """Whether thoughts run on a copy of the state that is thrown away with the answer (offline)."""
        return self.mode is ThoughtMode.OFFLINE

    @property
    def bits(self) -> int:
        """Bits of one thought."""
        return sum(word.bits for word in self.words)
