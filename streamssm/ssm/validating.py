"""What a model must satisfy beyond its shape: entries of A in their kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from streamssm.errors import ParameterError
from streamssm.program.ranges import BIT, Range
from streamssm.ssm.layers import Layer
from streamssm.ssm.steps import Moment, Steps

if TYPE_CHECKING:
    from streamssm.ssm.model import SSM


def require_valid(ssm: SSM) -> None:
    """Raise ParameterError unless every entry of A is proven to be of its kind."""
    for number, (layer, ranges) in enumerate(zip(ssm.layers, entry_ranges(ssm), strict=True), start=1):
        for (row, column), entry in zip(layer.entries, ranges, strict=True):
            if not layer.kind.allows(entry, layer.entry_fraction_bits):
                raise ParameterError(
                    f"layer {number}: A[{row}, {column}] must be {layer.kind.value}, "
                    f"not range over {_shown(entry, layer)}"
                )


def require_arrays(ssm: SSM) -> None:
    """Raise ParameterError unless the arrays are the last words of the last layer, each of one format."""
    place = len(ssm.state_words) - sum(array.length for array in ssm.arrays)
    start = len(ssm.state_words) - ssm.layers[-1].state_dim
    for array in ssm.arrays:
        if array.first != place or array.length < 1 or place < start:
            raise ParameterError(f"array '{array.name}' must start at state word {place} of the last layer")
        place += array.length
        if len({word.format for word in ssm.state_words[array.first : place]}) != 1:
            raise ParameterError(f"array '{array.name}' must have words of one format")


def entry_ranges(ssm: SSM) -> tuple[tuple[Range, ...], ...]:
    """Return, per layer, the proven range of every entry of A over all steps that have a transition."""
    found: list[list[Range]] = [[] for _ in ssm.layers]
    for steps, moment in _moments(ssm):
        for number, entries in enumerate(moment.entries):
            ranges = [BIT if entry is None else steps.pairs.proven(entry) for entry in entries]
            known = found[number]
            found[number] = [a.hull(b) for a, b in zip(known, ranges, strict=True)] if known else ranges
    return tuple(tuple(ranges) for ranges in found)


def _moments(ssm: SSM) -> Iterator[tuple[Steps, Moment]]:
    steps = Steps(ssm)
    yield steps, steps.advance(steps.registers(), steps.embed_token(steps.fields()), "input step")
    if ssm.thoughts.max_per_token:
        words = enumerate(ssm.thoughts.words, start=len(ssm.fields))
        thought = [steps.pairs.leaf(steps.builder.field(i, word.range)) for i, word in words]
        yield steps, steps.advance(steps.registers(), steps.embed_thought(thought), "thought")


def _shown(entry: Range, layer: Layer) -> str:
    unit = f" / 2^{layer.entry_fraction_bits}" if layer.entry_fraction_bits else ""
    return f"{entry}{unit}"
