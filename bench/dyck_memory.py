"""Memory for bounded Dyck languages: slots, height and slots, layers, the minimal automaton.

The result is a dict for JSON: ``rows``, one for each number of kinds and depth:

    kinds, depth
    slots_bits: of the slots alone, depth * ceil(log2(kinds + 1)); they are right on prefixes of members
    slots_program_bits: of the program that also records failure, one bit more
    height_bits: of the program with a height and slots below it, with failure
    layers_bits, num_layers: of that program as layers without thoughts, with delays; null if not requested
    minimal_states, minimal_bits: of the minimal automaton, by its formula
    minimized_states: of the slots' program, minimized; null if it has too many states
    cascade_bits: of the levels of the holonomy cascade, K + 1 values for each of h brackets and 2 for failure
    cascade_levels: the computed sizes of the levels; null if the automaton has more than MAX_TABLE_STATES
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamssm.automata.holonomy.skeleton import skeleton_of
from streamssm.automata.holonomy.to_cascade import levels_of
from streamssm.equivalences.minimize import minimize
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError
from streamssm.languages.suite.bounded_dyck import MAX_TABLE_STATES, num_minimal_states, stack_machine
from streamssm.languages.suite.bracket_stacks import BracketSlots, HeightAndSlots
from streamssm.program.program import Program

MAX_TRANSITIONS = 10**6
MAX_KINDS, MAX_DEPTH = 8, 10


def measure(
    kinds: int = MAX_KINDS,
    depth: int = MAX_DEPTH,
    *,
    layers: bool = False,
    done: Callable[[int], None] = lambda count: None,
) -> dict[str, Any]:
    """Measure every number of kinds from 1 to ``kinds`` at every depth from 1 to ``depth``."""
    rows: list[dict[str, Any]] = []
    for kind_count in range(1, kinds + 1):
        for greatest in range(1, depth + 1):
            rows.append(_row(kind_count, greatest, layers))
            done(len(rows))
    return {"rows": rows}


def all_agree(result: dict[str, Any]) -> bool:
    """Return whether every automaton and every cascade that was built has the sizes of the formulas."""
    return all(
        row["minimized_states"] in (None, row["minimal_states"])
        and row["cascade_levels"] in (None, cascade_sizes(row["kinds"], row["depth"]))
        for row in result["rows"]
    )


def _row(kinds: int, depth: int, layers: bool) -> dict[str, Any]:
    slots, height = BracketSlots(kinds, depth).program(), HeightAndSlots(kinds, depth).program()
    model = to_ssm(height, cot="none") if layers else None
    states = num_minimal_states(kinds, depth)
    return {
        "kinds": kinds,
        "depth": depth,
        "slots_bits": sum(word.bits for word in slots.registers if word.name != "failed"),
        "slots_program_bits": slots.memory_bits,
        "height_bits": height.memory_bits,
        "layers_bits": model.memory_bits if model else None,
        "num_layers": model.num_layers if model else None,
        "minimal_states": states,
        "minimal_bits": (states - 1).bit_length(),
        "minimized_states": _minimized(slots),
        "cascade_bits": sum((size - 1).bit_length() for size in cascade_sizes(kinds, depth)),
        "cascade_levels": _cascade_levels(kinds, depth),
    }


def cascade_sizes(kinds: int, depth: int) -> list[int]:
    """Return the level sizes of a bounded Dyck language's cascade.

    >>> cascade_sizes(2, 3)
    [3, 3, 3, 2]
    """
    return [kinds + 1] * depth + [2]


def _cascade_levels(kinds: int, depth: int) -> list[int] | None:
    if num_minimal_states(kinds, depth) > MAX_TABLE_STATES:
        return None
    machine = stack_machine("dyck", kinds, depth)
    return [level.size for level in levels_of(skeleton_of(machine))]


def _minimized(program: Program) -> int | None:
    try:
        return minimize(program, max_transitions=MAX_TRANSITIONS).num_states
    except ParameterError:
        return None
