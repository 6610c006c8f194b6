"""Breadth-first search of the joint states of two sides, one of which is plain Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from streamssm.equivalences.checking.sides import Token
from streamssm.equivalences.checking.transition_rows import Rows, TokenSpace, TransitionRow

Progress = Callable[[int, int], None]
Stream = tuple[Token, ...]


@dataclass(frozen=True)
class JointSearchResult:
    """How far a search got.

    It found a shortest differing ``stream``, or it covered every stream (``closed``), or all of up to
    ``depth`` tokens.
    """

    stream: Stream | None
    closed: bool
    depth: int
    states: int
    transitions: int


class _Joint:
    """Joint states in the order in which they were met, with the step that led to each."""

    def __init__(self) -> None:
        self.pairs = [(0, 0)]
        self.depths = [0]
        self._parents = [(-1, -1)]
        self._known = {(0, 0)}

    def add_successors(self, index: int, first_token: int, a: TransitionRow, b: TransitionRow) -> None:
        """Take in what a joint state leads to; where both sides stop with an error, nothing follows."""
        places = np.flatnonzero(~a.errors)
        codes = (a.successors[places] << 32) | b.successors[places]
        _, firsts = np.unique(codes, return_index=True)
        for place in places[np.sort(firsts)].tolist():
            pair = (int(a.successors[place]), int(b.successors[place]))
            if pair not in self._known:
                self._known.add(pair)
                self.pairs.append(pair)
                self.depths.append(self.depths[index] + 1)
                self._parents.append((index, first_token + place))

    def path(self, index: int) -> list[int]:
        """Return the tokens' places that lead to a joint state."""
        places: list[int] = []
        while index:
            index, token = self._parents[index]
            places.append(token)
        return places[::-1]


def search(
    a: Rows, b: Rows, tokens: TokenSpace, max_transitions: int, progress: Progress | None = None
) -> JointSearchResult:
    """Explore the joint states from the initial ones; the first difference found is a shortest one."""
    joint = _Joint()
    transitions = 0
    index = 0
    while index < len(joint.pairs):
        number_a, number_b = joint.pairs[index]
        first_token = 0
        for block in range(tokens.num_blocks):
            if transitions >= max_transitions:
                return JointSearchResult(None, False, joint.depths[index], len(joint.pairs), transitions)
            row_a, row_b = a.row(number_a, block), b.row(number_b, block)
            transitions += len(row_a.errors)
            unlike = differing(row_a, row_b)
            if unlike is not None:
                path = [*joint.path(index), first_token + unlike]
                stream = tuple(tokens.token(place) for place in path)
                return JointSearchResult(stream, False, joint.depths[index], len(joint.pairs), transitions)
            joint.add_successors(index, first_token, row_a, row_b)
            first_token += len(row_a.errors)
        index += 1
        if progress is not None:
            progress(transitions, min(max_transitions, len(joint.pairs) * tokens.size))
    return JointSearchResult(None, True, joint.depths[-1], len(joint.pairs), transitions)


def differing(a: TransitionRow, b: TransitionRow) -> int | None:
    """Return the first token on which two rows differ."""
    outputs = (a.outputs != b.outputs).any(axis=1) & ~a.errors
    unlike = np.flatnonzero((a.errors != b.errors) | outputs)
    return int(unlike[0]) if len(unlike) else None
