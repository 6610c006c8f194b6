"""The table of cases: the class in plain Python, and its program, against outputs worked out by hand."""

from __future__ import annotations

from streamssm.frontends.algorithm import outputs_of, registers_of, state_of
from tests.case import Case
from tests.cases import SMALL_CASES, each
from tests.exhaustive import require_same


@each()
def test_plain_python_gives_the_outputs_by_hand(case: Case) -> None:
    instance = case.make()
    assert outputs_of(instance) == case.begin
    for token, expected in zip(case.tokens, case.outputs, strict=True):
        instance.update(*token)
        assert outputs_of(instance) == expected


@each()
def test_program_gives_the_outputs_by_hand(case: Case) -> None:
    program = case.make().program()
    state = program.initial
    assert program.begin() == case.begin
    for token, expected in zip(case.tokens, case.outputs, strict=True):
        state, outputs = program.step(state, token)
        assert outputs == expected


@each()
def test_memory_is_the_sum_of_the_words(case: Case) -> None:
    program = case.make().program()
    assert program.memory_bits == case.memory_bits
    assert program.registers == registers_of(case.make())
    assert program.initial == state_of(case.make())
    assert bool(program.assumptions) == case.assumes


@each(SMALL_CASES)
def test_program_equals_the_class_on_every_state_and_token(case: Case) -> None:
    instance = case.make()
    require_same(instance, instance.program())
