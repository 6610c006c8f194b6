"""The cascade of a quasi-aperiodic language that is told positions: a counter beside resets only."""

from __future__ import annotations

from streamssm.automata.holonomy.building import MAX_CHAINS, HolonomyCascade
from streamssm.automata.holonomy.cascade import holonomy
from streamssm.automata.holonomy.images import MAX_IMAGES
from streamssm.automata.machine import Automaton
from streamssm.automata.positions import with_positions
from streamssm.automata.properties import properties_of
from streamssm.errors import ParameterError


def cascade_with_positions(
    machine: Automaton, *, max_images: int = MAX_IMAGES, max_chains: int = MAX_CHAINS
) -> tuple[int, HolonomyCascade]:
    """Return the period m and a cascade of reset levels over letters "symbol@r", r the position modulo m.

    The cascade's machine is the minimal one that is told positions; its letter number is that of the symbol,
    times m, plus r. A counter of the position modulo m and the cascade are the language (THEORY B5).

    Raises
    ------
    ParameterError
        If the language is not quasi-aperiodic, or a cascade would be too large.

    >>> even = Automaton.acceptor("(aa)*", "ab", [[1, 2], [0, 2], [2, 2]], [True, False, False])
    >>> modulus, cascade = cascade_with_positions(even)
    >>> modulus, cascade.machine.symbols, cascade.sizes, {level.kind.value for level in cascade.levels}
    (2, ('a@0', 'a@1', 'b@0', 'b@1'), (2, 2), {'reset'})
    """
    found = properties_of(machine, max_images=max_images)
    if found.modulus is None:
        raise ParameterError(
            f"{machine.name} must be quasi-aperiodic for positions to take its groups away; words of one "
            "length make a nontrivial group"
        )
    told = with_positions(found.machine, found.modulus).minimal()
    return found.modulus, holonomy(told, max_images=max_images, max_chains=max_chains)
