"""The groups of a single layer, by the interval of its gates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from streamssm.automata.groups.description import GroupDescription
from streamssm.claims.evidence import Covers, Evidence
from streamssm.claims.experiment import Experiment
from streamssm.claims.experiments.one_layer import PARITY, decided
from streamssm.claims.random_models import DYADIC, ROOTS, SIGNED, UNIT, Drawn, RandomGate, drawn
from streamssm.languages.suite import find
from streamssm.limits.synthesis.model_class import ModelClass
from streamssm.ssm.model import SSM
from streamssm.ssm.transitions import TransitionKind

Interval = tuple[Fraction, Fraction]


def interval_of(model: SSM) -> Interval:
    """Return the least and the largest entry of a one-layer model, over all symbols.

    >>> from streamssm.ssm.textbook import running_parity
    >>> interval_of(running_parity())
    (Fraction(-1, 1), Fraction(1, 1))
    """
    (layer,) = model.layers
    tokens = range(model.fields[0].range.lo, model.fields[0].range.hi + 1)
    units = [1 << fraction_bits for fraction_bits in layer.entry_fraction_bits]
    rows = [layer.gates.evaluate((0, 0, token))[: layer.num_entries] for token in tokens]
    entries = [Fraction(entry, unit) for row in rows for entry, unit in zip(row, units, strict=True)]
    return min(entries), max(entries)


def is_small(groups: tuple[GroupDescription, ...], interval: Interval) -> bool:
    """Return whether a diagonal layer has only the groups that its interval within [-1, 1] allows."""
    if interval[0] >= 0:
        return not groups
    return all(set(group.structure.split(" x ")) == {"Z2"} for group in groups)


def intervals_tell_groups(full: bool) -> Iterator[Evidence]:
    """Random models of one layer: gates in [0, 1], in [-1, 1], and on the unit circle.

    It fails if nonnegative gates give a nontrivial group, gates of both signs any but products of Z2, or
    rotations a nonabelian one; if the latter two give no group; or if two layers give no other group.
    """
    count = 1500 if full else 200
    for gate, claimed, holds, has_group in CLAIMED:
        samples = list(drawn(count, (gate,), 6, most_words=3))
        held, seen = sum(map(holds, samples)), sum(bool(sample.properties.groups) for sample in samples)
        label = f"{count} random layers, {gate}: {seen} with a group, {claimed} in {held}"
        yield Evidence(label, held == count and (seen > 0) is has_group, Covers.SOME)
    others = sum(_has_another(sample) for sample in drawn(count, (SIGNED, SIGNED), 6, most_words=2))
    yield Evidence(f"two layers with signs: another group in {others} of {count}", others > 0, Covers.SOME)


def _diagonal(sample: Drawn) -> bool:
    return is_small(sample.properties.groups, interval_of(sample.model))


def _has_another(sample: Drawn) -> bool:
    return not is_small(sample.properties.groups, (Fraction(-1), Fraction(1)))


CLAIMED: tuple[tuple[RandomGate, str, Callable[[Drawn], bool], bool], ...] = (
    (DYADIC, "none", _diagonal, False),
    (UNIT, "none but copies of Z2", _diagonal, True),
    (ROOTS, "abelian ones alone", lambda one: one.properties.is_abelian, True),
)


def one_layer_decided(full: bool) -> Iterator[Evidence]:
    """Z2 and Z3 in one layer, over all weights.

    It fails if Z2 (parity) needs no negative entry, if -1 does not suffice, or if signs suffice for Z3
    (Tomita 6).
    """
    quarter = ModelClass(1, 2, TransitionKind.DYADIC, fraction_bits=2)
    yield decided(PARITY, quarter, False)
    yield decided(PARITY, ModelClass(1, 1, TransitionKind.SIGNED), True)
    for d, p in ((1, 2), (2, 1), (2, 2)):
        yield decided(find("tomita_6").language().machine, ModelClass(d, p, TransitionKind.SIGNED), False)


EXPERIMENTS = (
    Experiment(("G3",), "random layers by the interval of their gates", intervals_tell_groups),
    Experiment(("G3",), "Z2 and Z3 in one layer, all weights", one_layer_decided),
)
