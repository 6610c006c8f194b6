"""Residuals from below, where there are too many prefixes to count them: random ones, told apart by examples.

Two statements come out, and each says what it rests on:

- *certain*: of the sampled prefixes so many are told apart from each other, each pair by a continuation that
  was run. There are at least as many residuals; never more than prefixes were sampled.
- *by chance*: if all M prefixes, drawn independently, are told apart, then there are at least
  M (M - 1) / (2 ln (1 / risk)) residuals, or something happened whose probability is at most ``risk``: with
  R residuals, M draws are all different with a probability of at most exp(-M (M - 1) / 2R), whatever the
  distribution.
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
class ToldApart:
    """What a sample of prefixes shows at one cut.

    ``rows`` holds a prefix, shape (cut, F), for each residual that was seen; any two of them are told apart
    by one of ``continuations``, shape (T - cut, C, F).
    """

    name: str
    cut: int
    sampled: int
    rows: Array
    continuations: Array

    @property
    def certain(self) -> int:
        """Residuals there are at least."""
        return len(self.rows)

    @property
    def certain_bits(self) -> float:
        return log2(self.certain)

    @property
    def by_chance_bits(self) -> float | None:
        """Bits at a risk of `RISK`; None unless all sampled prefixes are told apart and it says more."""
        if self.certain < self.sampled:
            return None
        bits = log2(max(1.0, self.sampled * (self.sampled - 1) / (2 * log(1 / RISK))))
        return bits if bits > self.certain_bits else None


def told_apart(
    program: Program,
    shape: StreamShape,
    cut: int,
    *,
    prefixes: int = 1 << 12,
    continuations: int = 1 << 6,
    seed: int = 0,
) -> ToldApart:
    """Sample prefixes of a length, and count how many of them a sample of continuations tells apart.

    Law: told_apart(...).certain <= residuals(...).counts[cut]

    Parameters
    ----------
    cut : how many tokens the prefixes have, from 0 to one less than the streams

    Examples
    --------
    >>> from streamssm.algorithms import StoredComposition
    >>> from streamssm.limits.streams.orders import parse_order, shape_of
    >>> program = StoredComposition(16, 1).program()
    >>> found = told_apart(program, shape_of(parse_order("f1,x"), program.name, program.fields), 16)
    >>> found.certain, found.certain_bits, round(found.by_chance_bits, 1)
    (4096, 12.0, 19.2)
    """
    require_fields(shape, program.fields)
    for name, value in (("prefixes", prefixes), ("continuations", continuations)):
        if value < 1:
            raise ParameterError(f"{name} must be at least 1, not {value}")
    if not 0 <= cut < shape.length:
        raise ParameterError(f"a cut must lie in [0, {shape.length - 1}], not at {cut}")
    random = np.random.default_rng([seed, cut])
    drawn = shape.sample(random, prefixes, 0, cut)
    tails = shape.some(random, continuations, cut, shape.length)
    answers = _answers(program, drawn, tails, every=shape.every)
    _, firsts = np.unique(answers, axis=0, return_index=True)
    return ToldApart(program.name, cut, prefixes, drawn[:, np.sort(firsts)].transpose(1, 0, 2), tails)


def _answers(program: Program, prefixes: Array, tails: Array, *, every: bool) -> Array:
    """Return a row for each prefix (T, B, F): what is answered behind all tails (T', C, F)."""
    lanes = program.lanes(prefixes.shape[1])
    lanes.feed(prefixes)
    packer = Packer(program.registers)
    keys, numbers = distinct(packer.pack(lanes.state))
    at_once = max(1, SLICE_STREAMS // tails.shape[1])
    parts = [
        _rows(program, packer.unpack(keys[start : start + at_once]), tails, every)
        for start in range(0, len(keys), at_once)
    ]
    found: Array = np.concatenate(parts)[numbers]
    return found


def _rows(program: Program, states: Array, tails: Array, every: bool) -> Array:
    count, width = states.shape[1], tails.shape[1]
    lanes = program.lanes(count * width)
    lanes.state = np.repeat(states, width, axis=1)
    answers = lanes.feed(np.tile(tails, (1, count, 1)))
    asked = answers if every else answers[-1:]
    return np.ascontiguousarray(asked.transpose(1, 0, 2)).reshape(count, -1)
