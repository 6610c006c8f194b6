"""All known state encodings of an automaton."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.cascade import Cascade
from streamssm.automata.holonomy.building import MAX_CHAINS
from streamssm.automata.holonomy.split import split
from streamssm.automata.holonomy.to_cascade import holonomy
from streamssm.automata.positions import with_positions
from streamssm.automata.properties import properties_of
from streamssm.equivalences.state_encoding.components import of_components
from streamssm.equivalences.state_encoding.congruences import of_congruences
from streamssm.equivalences.state_encoding.counter_encoding import of_counters
from streamssm.equivalences.state_encoding.encoding import StateEncoding, of_cascade
from streamssm.equivalences.state_encoding.recoding import variants_of
from streamssm.equivalences.state_encoding.stages import is_chain, of_stages
from streamssm.equivalences.state_encoding.with_position import at_positions
from streamssm.errors import ParameterError

FEW_CHAINS = 1 << 11  # of a first cascade; `MAX_CHAINS` are tried if nothing else works


def encodings_of(machine: Automaton) -> list[StateEncoding]:
    """Return encodings with few tuples of a machine whose states are all reachable."""
    return _variants([*_direct(machine), *_cascaded(machine, FEW_CHAINS)])


def large_encodings_of(machine: Automaton) -> list[StateEncoding]:
    """Return the encodings by the machine's cascades if these have more than `FEW_CHAINS` chains."""
    few = next(cascades_of(machine, FEW_CHAINS), None)
    return [] if few else _variants(list(map(of_cascade, cascades_of(machine, MAX_CHAINS))))


def encodings_at_positions(machine: Automaton) -> list[StateEncoding]:
    """Return encodings of a quasi-aperiodic machine by the position modulo m and an aperiodic rest.

    There are none for a machine that is aperiodic without the position, or not even with it.
    """
    try:
        modulus = properties_of(machine).modulus
    except ParameterError:
        return []
    if modulus in (None, 1):
        return []
    with_position = with_positions(machine, modulus)
    encodings = [*_direct(with_position), *_cascaded(with_position, FEW_CHAINS)] or [
        *_cascaded(with_position, MAX_CHAINS)
    ]
    return _variants([at_positions(machine, encoding, modulus) for encoding in encodings])


def _variants(encodings: list[StateEncoding]) -> list[StateEncoding]:
    return [variant for encoding in encodings for variant in variants_of(encoding)]


def _cascaded(machine: Automaton, max_chains: int) -> Iterator[StateEncoding]:
    for choice in range(3):
        inner_of = partial(_inner, choice=choice, max_chains=max_chains)
        encodings = [
            of_components(machine, inner_of) if not is_chain(machine) else None,
            of_congruences(machine, inner_of),
            of_congruences(machine, inner_of, last=True),
        ]
        yield from (encoding for encoding in encodings if encoding is not None)
    yield from map(of_cascade, cascades_of(machine, max_chains))


def _direct(machine: Automaton) -> Iterator[StateEncoding]:
    stages = of_stages(machine)
    if stages is not None:
        yield stages
    for modular in (False, True):
        yield from of_counters(machine, modular=modular)


def _inner(part: Automaton, choice: int, max_chains: int) -> StateEncoding | None:
    """Return an encoding of a part: by counters (choice 0), by its cascade (1), or by a split of that (2)."""
    if choice == 0:
        return next(of_counters(part, modular=True), None)
    cascades = list(cascades_of(part, max_chains))
    if choice > len(cascades):
        return None
    return of_cascade(cascades[choice - 1])


def cascades_of(machine: Automaton, max_chains: int) -> Iterator[Cascade]:
    """Yield the holonomy cascade and, if its groups are solvable, its splits, unless they are too large."""
    try:
        cascade = holonomy(machine, max_chains=max_chains)
    except ParameterError:
        return
    yield cascade
    groups = [group for level in cascade.levels for group in level.groups]
    if groups and all(group.is_solvable for group in groups):
        for prime in (False, True):
            try:
                yield split(cascade, prime=prime, max_chains=max_chains)
            except ParameterError:
                return
