"""Visiting every state and token of a small algorithm."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from streamssm.errors import StreamSSMError
from streamssm.frontends.algorithm import Algorithm, fields_of, outputs_of, registers_of, set_state, state_of
from streamssm.ir import semantics
from streamssm.program.program import Program

State = tuple[int, ...]


def transitions(instance: Algorithm) -> Iterator[tuple[State, State]]:
    """Every (state, token), reachable or not."""
    words = (*registers_of(instance), *fields_of(instance))
    count = len(registers_of(instance))
    for point in itertools.product(*(range(word.range.lo, word.range.hi + 1) for word in words)):
        yield point[:count], point[count:]


def plain_step(instance: Algorithm, state: State, token: State) -> tuple[State, State] | None:
    """Run the class itself; None where it raises because a value leaves its range."""
    set_state(instance, state)
    try:
        instance.update(*token)
    except StreamSSMError:
        return None
    return state_of(instance), outputs_of(instance)


def require_same(instance: Algorithm, program: Program) -> None:
    """Require that the class and the program agree everywhere, and that every node's range holds."""
    for state, token in transitions(instance):
        values = semantics.evaluate(program.update.nodes, state, token)
        for index, (node, value) in enumerate(zip(program.update, values, strict=True)):
            assert node.range.holds(value), (index, node, value, state, token)
        expected = plain_step(instance, state, token)
        if expected is None:
            assert program.assumptions, (state, token)
            continue
        assert program.step(state, token) == expected, (state, token)
