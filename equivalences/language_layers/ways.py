"""Coordinates for an automaton's states, found in all the ways that are known."""

from __future__ import annotations

from collections.abc import Iterator

from streamssm.equivalences.language_layers.chains import of_stages
from streamssm.equivalences.language_layers.coordinates import Coordinates
from streamssm.equivalences.language_layers.counters import of_counters
from streamssm.equivalences.language_layers.rewording import variants_of
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
