"""Coordinates for an automaton's states, found in all the ways that are known."""

from __future__ import annotations

from collections.abc import Iterator

from streamssm.equivalences.language_layers.chains import of_stages
from streamssm.equivalences.language_layers.coordinates import Coordinates, of_cascade
from streamssm.equivalences.language_layers.counters import of_counters
from streamssm.equivalences.language_layers.rewording import variants_of
from streamssm.errors import ParameterError
from streamssm.languages.cascade import Cascade
from streamssm.languages.holonomy.cascade import holonomy
from streamssm.languages.holonomy.split import split
from streamssm.languages.machine import Machine


def ways_of(machine: Machine) -> list[Coordinates]:
    """Return coordinates of a machine all of whose states are reachable."""
    return [variant for found in _found(machine) for variant in variants_of(found)]


def _found(machine: Machine) -> Iterator[Coordinates]:
    stages = of_stages(machine)
    if stages is not None:
        yield stages
    for modular in (False, True):
        yield from of_counters(machine, modular=modular)
    for cascade in cascades_of(machine):
        yield of_cascade(cascade)


def cascades_of(machine: Machine) -> Iterator[Cascade]:
    """Yield the holonomy cascade and, where groups are solvable, its splits; none if it would be too large."""
    try:
        whole = holonomy(machine)
    except ParameterError:
        return
    yield whole
    groups = [group for level in whole.levels for group in level.groups]
    if groups and all(group.is_solvable for group in groups):
        for prime in (False, True):
            try:
                yield split(whole, prime=prime)
            except ParameterError:
                return
