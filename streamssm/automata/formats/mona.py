"""Automata as text of ``mona -w``: a DFA over bit vectors of the formula's free variables.

Symbols are the assignments of the variables, ``P&~Q``. The automaton is read as MONA runs it: for a formula
of WS1S the first letter holds the values of its Boolean variables.
"""

from __future__ import annotations

import os
import re

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.formats.source_text import text_of
from streamssm.automata.guards import (
    MAX_PROPOSITIONS,
    MAX_WORK,
    assignments_of,
    gap_of,
    symbols_of,
    targets_of,
    vector_mask,
)
from streamssm.errors import FormatError, ParameterError

MAX_TABLE = 1 << 24  # states x assignments
_LINE = re.compile(r"State ([0-9]{1,9}): ([01X]*) *-> state ([0-9]{1,9})")


def machine_of_mona(source: str | os.PathLike[str], *, name: str | None = None) -> Automaton:
    """Return the DFA of the text that ``mona -w`` prints, in a path or a string.

    Raises
    ------
    FormatError
        For texts without an automaton, tree automata, don't-care states, vectors of another length, and
        vectors that overlap or leave a gap (with state and assignment).
    """
    text, where, default = text_of(source, "DFA for formula", "MONA")
    try:
        return _machine(text, name or default)
    except (FormatError, ParameterError) as error:
        raise FormatError(f"{where}: {error}") from None


def _machine(text: str, name: str) -> Automaton:
    if "GTA for formula" in text:
        raise FormatError("tree automata (GTA) cannot be read")
    variables = tuple(_after(text, "DFA for formula with free variables").split())
    if len(variables) > MAX_PROPOSITIONS or len(set(variables)) != len(variables):
        raise FormatError(f"must have at most {MAX_PROPOSITIONS} variables, all distinct")
    initial, accepting, rejecting = (
        _numbers(_after(text, f"{kind} state" + "s" * (kind != "Initial")))
        for kind in ("Initial", "Accepting", "Rejecting")
    )
    if re.search(r"^Don't-care states:[ \t]*[0-9]", text, re.MULTILINE):
        raise FormatError("don't-care states cannot be read: a state must accept or reject")
    states = sorted(accepting + rejecting)
    count = len(states)
    if states != list(range(count)) or len(initial) != 1 or initial[0] not in states:
        raise FormatError("each state must be accepting or rejecting once, and one state initial")
    if count << len(variables) > MAX_TABLE:
        raise FormatError(f"states x assignments must be at most {MAX_TABLE:,}")
    edges = _edges(text, count, len(variables))
    assignments = assignments_of(len(variables))
    rows = []
    for state, lines in enumerate(edges):
        masks = [vector_mask(vector, assignments) for vector, _ in lines]
        row = targets_of(masks, [target for _, target in lines], variables, str(state))
        if (gap := gap_of(row, variables)) is not None:
            raise FormatError(f"not complete: state {state} has no line for {gap}")
        rows.append(row)
    accepts = [state in set(accepting) for state in states]
    return Automaton.acceptor(name, symbols_of(variables), np.array(rows), accepts, initial=initial[0])


def _edges(text: str, count: int, width: int) -> list[list[tuple[str, int]]]:
    """Return the vectors and targets of each state."""
    edges: list[list[tuple[str, int]]] = [[] for _ in range(count)]
    lines = [line.strip() for line in text.splitlines() if line.startswith("State ")]
    if len(lines) << width > MAX_WORK >> 4:
        raise FormatError("must have fewer transitions for this number of variables")
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            raise FormatError(f"a transition must be State N: VECTOR -> state M, not {line[:60]!r}")
        source, vector, target = int(match[1]), match[2], int(match[3])
        if max(source, target) >= count or len(vector) != width:
            raise FormatError(f"a transition must be of {count} states and {width} bits, not {line[:60]!r}")
        edges[source].append((vector, target))
    return edges


def _after(text: str, title: str) -> str:
    lines = re.findall(rf"^{title}:(.*)$", text.replace("\r", ""), re.MULTILINE)
    if len(lines) > 1:
        raise FormatError("holds several automata: keep one to a file")
    if not lines:
        raise FormatError(f"must have a line {title}: it is not the text of mona -w")
    return str(lines[0])


def _numbers(text: str) -> list[int]:
    if not re.fullmatch(r"[0-9 \t]*", text) or any(len(part) > 9 for part in text.split()):
        raise FormatError(f"numbers of states must come, not {text[:40]!r}")
    return [int(part) for part in text.split()]
