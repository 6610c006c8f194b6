"""Lower bounds on the number of residuals from a sampled fooling set, for more prefixes than can be counted.

A fooling set holds prefixes that are pairwise distinguished by continuations that were run. It gives two
bounds:

- *certain*: there are at least as many residuals as prefixes in the fooling set. This bound never exceeds the
  number of sampled prefixes.
- *by chance*: if all M prefixes, drawn independently, are pairwise distinguished, then there are at least
  M (M - 1) / (2 ln (1 / risk)) residuals, or an event of probability at most ``risk`` has occurred: with R
  residuals, all M draws differ with a probability of at most exp(-M (M - 1) / 2R), whatever the distribution
  (the birthday bound).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, log2

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError
from streamssm.limits.streams.packing import Packer, distinct
from streamssm.limits.streams.shapes import StreamShape, require_fields
from streamssm.program.program import Program

Array = NDArray[np.int64]

RISK = 1e-6
SLICE_STREAMS = 1 << 16


@dataclass(frozen=True)
class FoolingSet:
    """The fooling set among sampled prefixes at one cut.

    ``rows`` holds a prefix, shape (cut, F), for each residual in the sample; any two of them are
    distinguished by one of ``continuations``, shape (T - cut, C, F).
    """

    name: str
    cut: int
    sampled: int
    rows: Array
    continuations: Array

    @property
    def certain(self) -> int:
        """The certain lower bound on the number of residuals."""
        return len(self.rows)

    @property
    def certain_bits(self) -> float:
        return log2(self.certain)

    @property
    def by_chance_bits(self) -> float | None:
        """Bits at a risk of `RISK`; None if some prefixes are not distinguished, or it is no improvement."""
        if self.certain < self.sampled:
            return None
        bits = log2(max(1.0, self.sampled * (self.sampled - 1) / (2 * log(1 / RISK))))
        return bits if bits > self.certain_bits else None


def fooling_set(
    program: Program,
    shape: StreamShape,
    cut: int,
    *,
    prefixes: int = 1 << 12,
    continuations: int = 1 << 6,
    seed: int = 0,
) -> FoolingSet:
    """Sample prefixes of one length, and select those that a sample of continuations distinguishes pairwise.

    Law: fooling_set(...).certain <= residuals(...).counts[cut]

    Parameters
    ----------
    cut : the number of tokens of the prefixes, from 0 to one less than that of the streams

    Examples
    --------
    >>> from streamssm.algorithms import StoredComposition
    >>> from streamssm.limits.streams.orders import parse_order, shape_of
    >>> program = StoredComposition(16, 1).program()
    >>> sample = fooling_set(program, shape_of(parse_order("f1,x"), program.name, program.fields), 16)
    >>> sample.certain, sample.certain_bits, round(sample.by_chance_bits, 1)
    (4096, 12.0, 19.2)
    """
    require_fields(shape, program.fields)
    for name, value in (("prefixes", prefixes), ("continuations", continuations)):
        if value < 1:
            raise ParameterError(f"{name} must be at least 1, not {value}")
    if not 0 <= cut < shape.length:
        raise ParameterError(f"the cut must be in [0, {shape.length - 1}], not {cut}")
    random = np.random.default_rng([seed, cut])
    drawn = shape.sample(random, prefixes, 0, cut)
    tails = shape.some(random, continuations, cut, shape.length)
    answers = _answers(program, drawn, tails, every=shape.every)
    _, firsts = np.unique(answers, axis=0, return_index=True)
    return FoolingSet(program.name, cut, prefixes, drawn[:, np.sort(firsts)].transpose(1, 0, 2), tails)


def _answers(program: Program, prefixes: Array, tails: Array, *, every: bool) -> Array:
    """Return a row for each prefix (T, B, F): the answers after all continuations (T', C, F)."""
    lanes = program.lanes(prefixes.shape[1])
    lanes.feed(prefixes)
    packer = Packer(program.registers)
    keys, numbers = distinct(packer.pack(lanes.state))
    at_once = max(1, SLICE_STREAMS // tails.shape[1])
    parts = [
        _rows(program, packer.unpack(keys[start : start + at_once]), tails, every)
        for start in range(0, len(keys), at_once)
    ]
    answers: Array = np.concatenate(parts)[numbers]
    return answers


def _rows(program: Program, states: Array, tails: Array, every: bool) -> Array:
    count, width = states.shape[1], tails.shape[1]
    lanes = program.lanes(count * width)
    lanes.state = np.repeat(states, width, axis=1)
    answers = lanes.feed(np.tile(tails, (1, count, 1)))
    required = answers if every else answers[-1:]
    return np.ascontiguousarray(required.transpose(1, 0, 2)).reshape(count, -1)
