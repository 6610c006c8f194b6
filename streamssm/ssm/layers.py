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
from streamssm.ir.ranges import MAX_WORD_BITS, Range
from streamssm.ir.words import Word
from streamssm.ssm.formats import NumberFormat, Overflow
from streamssm.ssm.network import ReluNet
from streamssm.ssm.transitions import Entry, MatrixLayout, TransitionKind, count_entries, entries_of

__all__ = ["Layer", "StateWord", "ThoughtMode", "Thoughts", "TransitionKind"]


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

    ``gates`` maps x to the entries that make up A, in the order of ``entries``, and then B, one per state
    word; ``readout`` maps the state words after the update, then x, to y. ``entry_fraction_bits`` has one
    number per row of A (default: all 0): entries of row i are in units of ``2**-entry_fraction_bits[i]``,
    B is in units of its word. ``reflections`` is the number of factors of a *householder* transition, whose
    entries v are integers and whose beta has the fraction bits.
    """

    words: tuple[StateWord, ...]
    kind: TransitionKind
    gates: ReluNet
    readout: ReluNet
    entry_fraction_bits: tuple[int, ...] = ()
    reflections: int = 0

    def __post_init__(self) -> None:
        if not self.entry_fraction_bits:
            object.__setattr__(self, "entry_fraction_bits", (0,) * self.state_dim)
        self._require_numbers()
        if len({word.name for word in self.words}) != len(self.words):
            raise ParameterError("the state words of a layer must have different names")
        self._require_formats()
        self._require("gates", "outputs", len(self.gates.outputs), self.num_entries + self.state_dim)
        self._require("readout", "inputs", len(self.readout.inputs), self.state_dim + self.input_dim)

    def _require(self, network: str, side: str, actual: int, expected: int) -> None:
        if actual != expected:
            raise ParameterError(f"a layer's {network} must have {expected} {side}, not {actual}")

    def _require_numbers(self) -> None:
        fraction_bits, count = self.entry_fraction_bits, self.reflections
        if type(fraction_bits) is not tuple or len(fraction_bits) != self.state_dim:
            raise ParameterError(
                f"entry fraction bits must be one number for each of {self.state_dim} rows, "
                f"not {fraction_bits!r}"
            )
        wrong = [bits for bits in fraction_bits if type(bits) is not int or not 0 <= bits <= MAX_WORD_BITS]
        if wrong:
            raise ParameterError(f"fraction bits must be 0 to {MAX_WORD_BITS}, not {wrong[0]!r}")
        if type(count) is not int or count < 0 or (count and self.kind is not TransitionKind.HOUSEHOLDER):
            raise ParameterError(f"a {self.kind.value} layer must have 0 reflections, not {count!r}")
        if self.kind is TransitionKind.HOUSEHOLDER:
            if len(set(fraction_bits)) > 1:
                raise ParameterError(
                    f"rows of a householder layer must have equal fraction bits, not {fraction_bits}"
                )
            if max(self.sum_fraction_bits, default=0) > MAX_WORD_BITS:
                raise ParameterError(
                    f"reflections times fraction bits must be at most {MAX_WORD_BITS}, "
                    f"not {count * fraction_bits[0]}"
                )

    def _require_formats(self) -> None:
        """Check that the words are exponents of roots of unity exactly if the layer is complex."""
        is_complex = self.kind is TransitionKind.COMPLEX
        for word in self.words:
            overflow = word.format.overflow
            if is_complex and overflow is not Overflow.CYCLE:
                raise ParameterError(
                    f"state word '{word.name}' of a complex layer must have overflow 'cycle', "
                    f"not '{overflow.value}'"
                )
            if overflow is Overflow.CYCLE and not is_complex:
                raise ParameterError(
                    f"state word '{word.name}' of a {self.kind.value} layer cannot have overflow 'cycle', "
                    "which is for complex layers"
                )
            if is_complex and word.range.lo:
                raise ParameterError(
                    f"exponents of state word '{word.name}' must range from 0, not over {word.range}"
                )
        if is_complex and any(self.entry_fraction_bits):
            raise ParameterError(
                f"a complex layer must have 0 entry fraction bits, not {self.entry_fraction_bits}"
            )

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The roles of the outputs of the gates before B."""
        return entries_of(self.kind.layout, self.state_dim, self.reflections)

    @property
    def num_entries(self) -> int:
        """Number of outputs of the gates before B."""
        return count_entries(self.kind.layout, self.state_dim, self.reflections)

    def entries_of(self, row: int) -> tuple[tuple[int, int], ...]:
        """Return (index among the entries, column) of one row of A, for diagonal and dense layouts."""
        if self.kind.layout is MatrixLayout.DIAGONAL:
            return ((row, row),)
        return tuple((row * self.state_dim + column, column) for column in range(self.state_dim))

    @property
    def sum_fraction_bits(self) -> tuple[int, ...]:
        """Fraction bits of each row's exact sum, before its one rounding."""
        factors = self.reflections if self.kind is TransitionKind.HOUSEHOLDER else 1
        return tuple(factors * bits for bits in self.entry_fraction_bits)

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
    """The time at which the model may feed tokens back to itself."""

    NONE = "none"
    ONLINE = "online"  # after any input token
    OFFLINE = "offline"  # only after the end of the stream, on a copy of the state


@dataclass(frozen=True, slots=True)
class Thoughts:
    """The words of a thought (a chain-of-thought token that is fed back), and the number of thoughts.

    ``max_per_token`` is the largest number of thoughts after one input token; offline, before one answer,
    including the answer before the first token. A thought without words is just one more step.
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
        """True if thoughts run on a copy of the state that is discarded after the answer (offline)."""
        return self.mode is ThoughtMode.OFFLINE

    @property
    def bits(self) -> int:
        """Bits of one thought."""
        return sum(word.bits for word in self.words)
