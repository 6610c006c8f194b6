"""The class of models to search: one layer of d words of p bits, a transition kind, and an overflow.

    h[t] = settle(floor(A(x[t]) h[t-1]) + B(x[t]))       per word, with the values lo, ..., lo + top

A word of p bits has at most 2^p values, and with ``full_range`` exactly 2^p. A finite set of weights has to
be tried. B may be any integer, so

- integer entries: h = lo + u turns a h + b - lo into a u + b', b' = b + (a - 1) lo, and every b' is reached
  by some b. So lo = 0 represents every lo, including two's complement.
- entries in units of 2^-f: a lo is floor(a lo / 2^f) plus a remainder, and only the remainder, which depends
  on lo modulo 2^f, cannot be compensated by b. So lo in [0, 2^f) represents every lo.
- saturate, error: an increment beyond the bounds below drives every value to one end of the range, as the
  bound does. Entries of at least top turn all but one value into an end, as top with another b does.
- wrap: A and B matter modulo the number of values, a power of two (A modulo 2^f times that, in units).
- error, and wrap with integer entries: fewer values are a part, or a quotient, of more, so all 2^p values
  represent every top.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from streamssm.errors import ParameterError
from streamssm.ir.ranges import Range
from streamssm.ssm.formats import NumberFormat, Overflow
from streamssm.ssm.transitions import MatrixLayout, TransitionKind

MAX_STATE_BITS = 12  # phi is a table of all states, and examples may be as long as the number of states
FRACTIONAL = (TransitionKind.DYADIC, TransitionKind.DIAGONAL, TransitionKind.TIME_INVARIANT)


@dataclass(frozen=True)
class ModelClass:
    """A class of models with one layer: width, precision, transition kind, overflow.

    ``fraction_bits`` f is the unit 2^-f of the entries of A. With ``full_range`` every word has 2^p values;
    otherwise it may have fewer, and then the class grows with the number of bits.

    >>> ModelClass(1, 3).entries, ModelClass(1, 3).increments(1)
    (range(0, 2), range(-7, 8))
    """

    state_dim: int
    precision_bits: int
    kind: TransitionKind = TransitionKind.ZERO_ONE
    overflow: Overflow = Overflow.SATURATE
    fraction_bits: int = 0
    full_range: bool = True

    def __post_init__(self) -> None:
        self._require_size()
        if self.kind is TransitionKind.COMPLEX or self.kind.layout is not MatrixLayout.DIAGONAL:
            raise ParameterError(f"the transition must be diagonal and real, not {self.kind.value}")
        if self.overflow is Overflow.CYCLE:
            raise ParameterError("overflow must be error, saturate or wrap, not cycle")
        most = self.precision_bits if self.kind in FRACTIONAL else 0
        if type(self.fraction_bits) is not int or not 0 <= self.fraction_bits <= most:
            raise ParameterError(
                f"fraction_bits of a {self.kind.value} transition at {self.precision_bits} bits must be in "
                f"[0, {most}], not {self.fraction_bits!r}"
            )

    def _require_size(self) -> None:
        for name in ("state_dim", "precision_bits"):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise ParameterError(f"{name} must be an integer of at least 1, not {value!r}")
        bits = self.state_dim * self.precision_bits
        if bits > MAX_STATE_BITS:
            raise ParameterError(
                f"state_dim * precision_bits must be at most {MAX_STATE_BITS}, not {bits}: the readout is a "
                "table of all states"
            )

    @property
    def top(self) -> int:
        """The largest offset of a value from its word's low end."""
        return (1 << self.precision_bits) - 1

    @cached_property
    def tops(self) -> tuple[int, ...]:
        """The possible largest offsets of a word's values that have to be tried."""
        wraps = self.overflow is Overflow.WRAP
        if self.full_range or self.overflow is Overflow.ERROR or (wraps and not self.fraction_bits):
            return (self.top,)
        if wraps:
            return tuple((1 << bits) - 1 for bits in range(1, self.precision_bits + 1))
        return tuple(range(1, self.top + 1))

    @property
    def is_time_invariant(self) -> bool:
        return self.kind.is_time_invariant

    @cached_property
    def lows(self) -> range:
        """The lower ends of a word's range that have to be tried."""
        return range(1 << self.fraction_bits)

    @cached_property
    def entries(self) -> range:
        """The entries of A that have to be tried, in units of ``2**-fraction_bits``."""
        one = 1 << self.fraction_bits
        if self.kind is TransitionKind.ZERO_ONE:
            return range(2)
        if self.kind is TransitionKind.SIGNED:
            return range(-1, 2)
        if self.kind is TransitionKind.DYADIC:
            return range(one + 1)
        if self.overflow is Overflow.WRAP:
            return range(one << self.precision_bits)
        return range(-self.top * one, self.top * one + 1)

    def increments(self, entry: int, low: int = 0) -> range:
        """Return the increments that have to be tried with an entry, in a word that starts at ``low``."""
        if self.overflow is Overflow.WRAP:
            return range(self.top + 1)
        ends = [entry * value >> self.fraction_bits for value in (low, low + self.top)]
        return range(low - max(ends), low + self.top - min(ends) + 1)

    def format(self, low: int, top: int) -> NumberFormat:
        """Return the number format of a word with the values ``low`` to ``low + top``."""
        return NumberFormat(Range(low, low + top), overflow=self.overflow)

    def __str__(self) -> str:
        units = f" in units of 2^-{self.fraction_bits}" if self.fraction_bits else ""
        size = f"d = {self.state_dim}, p = {self.precision_bits}"
        words = "" if self.full_range else ", any range"
        return f"{size}, {self.kind.value}{units}, {self.overflow.value}{words}"


@dataclass(frozen=True)
class Weights:
    """The weights of a model without phi, in the order of words; ``entries`` and ``increments`` by symbol."""

    lows: tuple[int, ...]
    tops: tuple[int, ...]
    initial: tuple[int, ...]
    entries: tuple[tuple[int, ...], ...]
    increments: tuple[tuple[int, ...], ...]

    def formats(self, model_class: ModelClass) -> tuple[NumberFormat, ...]:
        """Return the number format of each word."""
        return tuple(model_class.format(low, top) for low, top in zip(self.lows, self.tops, strict=True))
