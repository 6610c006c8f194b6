"""Breadth-first search of the joint states of two sides, of which at least one is plain Python."""

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
    """The result of a search of joint states.

    It is a shortest differing ``stream``, or none on every stream (``closed``), or none on the streams of up
    to ``depth`` tokens.
    """

    stream: Stream | None
    closed: bool
    depth: int
    states: int
    transitions: int


class _Joint:
    """Joint states in the order of their discovery, with the step that led to each."""

    def __init__(self) -> None:
        self.pairs = [(0, 0)]
        self.depths = [0]
        self._parents = [(-1, -1)]
        self._known = {(0, 0)}

    def add_successors(self, index: int, first_token: int, a: TransitionRow, b: TransitionRow) -> None:
        """Add the successors of a joint state; a token on which both sides stop with an error has none."""
        tokens = np.flatnonzero(~a.errors)
        codes = (a.successors[tokens] << 32) | b.successors[tokens]
        _, firsts = np.unique(codes, return_index=True)
        for token in tokens[np.sort(firsts)].tolist():
            pair = (int(a.successors[token]), int(b.successors[token]))
            if pair not in self._known:
                self._known.add(pair)
                self.pairs.append(pair)
                self.depths.append(self.depths[index] + 1)
                self._parents.append((index, first_token + token))

    def path(self, index: int) -> list[int]:
        """Return the numbers of the tokens on a shortest path to a joint state."""
        tokens: list[int] = []
        while index:
            index, token = self._parents[index]
            tokens.append(token)
        return tokens[::-1]


def search(
    a: Rows, b: Rows, tokens: TokenSpace, max_transitions: int, progress: Progress | None = None
) -> JointSearchResult:
    """Explore the joint states from the initial ones; the search stops at a shortest differing stream."""
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
            token = differing(row_a, row_b)
            if token is not None:
                path = [*joint.path(index), first_token + token]
                stream = tuple(tokens.token(number) for number in path)
                return JointSearchResult(stream, False, joint.depths[index], len(joint.pairs), transitions)
            joint.add_successors(index, first_token, row_a, row_b)
            first_token += len(row_a.errors)
        index += 1
        if progress is not None:
            progress(transitions, min(max_transitions, len(joint.pairs) * tokens.size))
    return JointSearchResult(None, True, joint.depths[-1], len(joint.pairs), transitions)


def differing(a: TransitionRow, b: TransitionRow) -> int | None:
    """Return the first token on which two rows differ, None if they agree."""
    outputs_differ = (a.outputs != b.outputs).any(axis=1) & ~a.errors
    differences = np.flatnonzero((a.errors != b.errors) | outputs_differ)
    return int(differences[0]) if len(differences) else None
