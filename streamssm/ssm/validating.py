"""Validation of a model beyond its shape: every transition is proven to be of its declared kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from streamssm.errors import ParameterError
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.layer_stack import LayerStack
from streamssm.ssm.layers import Layer
from streamssm.ssm.symbolic.unrolling import LayerPass, Unroller
from streamssm.ssm.transitions import Entry


def require_valid(ssm: LayerStack) -> None:
    """Raise ParameterError unless every transition is proven to be of its kind.

    A householder factor that is not proven to be a reflection is checked at every step; one that never is a
    reflection is rejected here.
    """
    passes = list(_passes(ssm))
    for number, (layer, ranges) in enumerate(
        zip(ssm.layers, _entry_ranges(ssm, passes), strict=True), start=1
    ):
        for entry, range_ in zip(layer.entries, ranges, strict=True):
            requirement = _RULES[entry.part](layer, entry, range_)
            if requirement is not None:
                shown = _shown(entry, range_, layer)
                raise ParameterError(f"layer {number}: {entry} must be {requirement}, not range over {shown}")
    for unroller, layer_pass in passes:
        _require_reflections(unroller, layer_pass)


def _require_reflections(unroller: Unroller, layer_pass: LayerPass) -> None:
    for number, conditions in enumerate(layer_pass.not_reflections, start=1):
        for k, condition in enumerate(conditions):
            if unroller.duals.proven(condition).lo == 1:
                raise ParameterError(
                    f"layer {number}: factor {k} is never a reflection: its beta (v . v) is never 0 or 2"
                )


def _matrix(layer: Layer, entry: Entry, range_: Range) -> str | None:
    return None if layer.kind.allows(range_, _fraction_bits(entry, layer)) else layer.kind.value


def _target(layer: Layer, entry: Entry, range_: Range) -> str | None:
    rows = Range(0, layer.state_dim - 1)
    return None if rows.covers(range_) else f"a row in {rows}"


def _unrestricted(layer: Layer, entry: Entry, range_: Range) -> str | None:
    return None


_RULES: dict[str, Callable[[Layer, Entry, Range], str | None]] = {
    "A": _matrix,
    "target": _target,
    "D": _unrestricted,
    "v": _unrestricted,
    "beta": _unrestricted,
}


def _fraction_bits(entry: Entry, layer: Layer) -> int:
    """Return the fraction bits of an entry of A."""
    return layer.entry_fraction_bits[entry.indices[0]] if entry.part == "A" else 0


def entry_ranges(ssm: LayerStack) -> tuple[tuple[Range, ...], ...]:
    """Return, per layer, the proven range of every entry of A over all steps that have a transition."""
    return _entry_ranges(ssm, list(_passes(ssm)))


def _entry_ranges(
    ssm: LayerStack, passes: Sequence[tuple[Unroller, LayerPass]]
) -> tuple[tuple[Range, ...], ...]:
    hulls: list[list[Range]] = [[] for _ in ssm.layers]
    for unroller, layer_pass in passes:
        for number, entries in enumerate(layer_pass.entries):
            ranges = [BIT if entry is None else unroller.duals.proven(entry) for entry in entries]
            known = hulls[number]
            hulls[number] = [a.hull(b) for a, b in zip(known, ranges, strict=True)] if known else ranges
    return tuple(tuple(ranges) for ranges in hulls)


def _passes(ssm: LayerStack) -> Iterator[tuple[Unroller, LayerPass]]:
    unroller = Unroller(ssm)
    yield (
        unroller,
        unroller.advance(unroller.registers(), unroller.embed_token(unroller.fields()), "input step"),
    )
    if ssm.thoughts.max_per_token:
        words = enumerate(ssm.thoughts.words, start=len(ssm.fields))
        thought = [unroller.duals.leaf(unroller.builder.field(i, word.range)) for i, word in words]
        yield unroller, unroller.advance(unroller.registers(), unroller.embed_thought(thought), "thought")


def _shown(entry: Entry, range_: Range, layer: Layer) -> str:
    fraction_bits = _fraction_bits(entry, layer)
    return f"{range_} / 2^{fraction_bits}" if fraction_bits else f"{range_}"
