"""What a model must satisfy beyond its shape: transitions of their kind."""

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

    Whether a householder factor is a reflection may be left to be checked at every step; one that never is
    one is refused.
    """
    found = list(_moments(ssm))
    for number, (layer, ranges) in enumerate(
        zip(ssm.layers, _entry_ranges(ssm, found), strict=True), start=1
    ):
        for entry, values in zip(layer.entries, ranges, strict=True):
            wanted = _RULES[entry.part](layer, entry, values)
            if wanted is not None:
                raise ParameterError(
                    f"layer {number}: {entry} must be {wanted}, not range over {_shown(entry, values, layer)}"
                )
    for steps, moment in found:
        _require_reflections(steps, moment)


def _require_reflections(steps: Unroller, moment: LayerPass) -> None:
    for number, conditions in enumerate(moment.not_reflections, start=1):
        for k, condition in enumerate(conditions):
            if steps.pairs.proven(condition).lo == 1:
                raise ParameterError(
                    f"layer {number}: reflection {k} must have beta (v . v) = 0 or 2, not never"
                )


def _matrix(layer: Layer, entry: Entry, values: Range) -> str | None:
    return None if layer.kind.allows(values, _places(entry, layer)) else layer.kind.value


def _target(layer: Layer, entry: Entry, values: Range) -> str | None:
    rows = Range(0, layer.state_dim - 1)
    return None if rows.covers(values) else f"a row in {rows}"


def _anything(layer: Layer, entry: Entry, values: Range) -> str | None:
    return None


_RULES: dict[str, Callable[[Layer, Entry, Range], str | None]] = {
    "A": _matrix,
    "target": _target,
    "D": _anything,
    "v": _anything,
    "beta": _anything,
}


def _places(entry: Entry, layer: Layer) -> int:
    """Return the fraction bits of an entry of A."""
    return layer.entry_fraction_bits[entry.place[0]] if entry.part == "A" else 0


def entry_ranges(ssm: LayerStack) -> tuple[tuple[Range, ...], ...]:
    """Return, per layer, the proven range of every entry of A over all steps that have a transition."""
    return _entry_ranges(ssm, list(_moments(ssm)))


def _entry_ranges(
    ssm: LayerStack, moments: Sequence[tuple[Unroller, LayerPass]]
) -> tuple[tuple[Range, ...], ...]:
    found: list[list[Range]] = [[] for _ in ssm.layers]
    for steps, moment in moments:
        for number, entries in enumerate(moment.entries):
            ranges = [BIT if entry is None else steps.pairs.proven(entry) for entry in entries]
            known = found[number]
            found[number] = [a.hull(b) for a, b in zip(known, ranges, strict=True)] if known else ranges
    return tuple(tuple(ranges) for ranges in found)


def _moments(ssm: LayerStack) -> Iterator[tuple[Unroller, LayerPass]]:
    steps = Unroller(ssm)
    yield steps, steps.advance(steps.registers(), steps.embed_token(steps.fields()), "input step")
    if ssm.thoughts.max_per_token:
        words = enumerate(ssm.thoughts.words, start=len(ssm.fields))
        thought = [steps.pairs.leaf(steps.builder.field(i, word.range)) for i, word in words]
        yield steps, steps.advance(steps.registers(), steps.embed_thought(thought), "thought")


def _shown(entry: Entry, values: Range, layer: Layer) -> str:
    places = _places(entry, layer)
    return f"{values} / 2^{places}" if places else f"{values}"
