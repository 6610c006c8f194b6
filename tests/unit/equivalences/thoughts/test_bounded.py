"""E1 with bounded thoughts: outputs(ssm) == outputs(program), memory(ssm) == memory(program) + hold words."""

from __future__ import annotations

from functools import cache

import pytest

from streamssm.algorithms import FunctionComposition, SaturatingCounter, Xorshift
from streamssm.equivalences.check import check
from streamssm.equivalences.program_to_ssm import program_to_ssm
from streamssm.equivalences.ssm_to_program import ssm_to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError
from streamssm.program.program import Program
from streamssm.ssm.model import SSM, TransitionKind
from tests.cases import SMALL_CASES
from tests.unit.equivalences.array_programs import PROGRAMS

FIVE = {
    "composition": FunctionComposition(5).program(),
    "counter": SaturatingCounter(9).program(),
    "xorshift": Xorshift(6).program(),
    "a swap": PROGRAMS["a swap"],
    "read and add": PROGRAMS["read and add"],
    "sent whole": PROGRAMS["more ports than the array is worth"],
}


def full_bits(program: Program) -> int:
    return program_to_ssm(program).thoughts.bits


def sizes(program: Program) -> list[int]:
    """Every size of a thought, from the least to that of a single thought per token."""
    with pytest.raises(ParameterError, match="must be at least") as caught:
        to_ssm(program, cot_bits=0)
    least = int(str(caught.value).split("at least ")[1].split(",")[0])
    return list(range(least, full_bits(program) + 1))


def require_law(program: Program, model: SSM, most: int) -> None:
    held = [word for word in model.state if word.name.startswith("hold ")]
    assert model.memory_bits == program.memory_bits + sum(word.bits for word in held)
    assert model.thoughts.bits <= most
    assert model.layers[0].kind is TransitionKind.ZERO_ONE
    report = check(program, model)
    assert (report.equal, report.covers) == (True, "every stream")


@pytest.mark.parametrize("name", FIVE)
def test_every_size_from_the_least_to_the_whole(name: str) -> None:
    program = FIVE[name]
    bit_sizes = sizes(program)
    for bits in bit_sizes if name != "sent whole" else (bit_sizes[0], bit_sizes[-3]):
        require_law(program, to_ssm(program, cot_bits=bits), bits)
    assert to_ssm(program, cot_bits=bit_sizes[-1]) == program_to_ssm(program)


@pytest.mark.parametrize("name", ["composition", "a swap"])
def test_the_program_back_has_the_hold_words(name: str) -> None:
    model = to_ssm(FIVE[name], cot_bits=sizes(FIVE[name])[0])
    back = ssm_to_program(model)
    assert back.memory_bits == model.memory_bits
    report = check(FIVE[name], back)
    assert (report.equal, report.covers) == (True, "every stream")


@pytest.mark.parametrize(
    "case", [case for case in SMALL_CASES if case.memory_bits > 2], ids=lambda case: case.name
)
def test_the_least_size_on_the_cases(case) -> None:
    program = case.make().program()
    least = sizes(program)[0]
    require_law(program, to_ssm(program, cot_bits=least), least)


@cache
def composition(bits: int) -> SSM:
    return to_ssm(FunctionComposition(1024), cot_bits=bits)


def test_composition_needs_six_bits() -> None:
    with pytest.raises(
        ParameterError,
        match="cot_bits of FunctionComposition must be at least 6, not 5: one limb plus the number",
    ):
        composition(5)


def test_composition_holds_one_bit_when_the_image_is_written_first() -> None:
    model = composition(11)
    assert [(word.name, word.bits) for word in model.state] == [
        ("value", 10),
        ("image", 10),
        ("hold last", 1),
    ]
    assert (model.thoughts.max_per_token, model.thoughts.bits) == (2, 11)
    assert model.notes == (
        "2 thoughts of 11 bits per token: a limb of 10 bits and the number of the thought",
        "order of writes: next image, next value",
        "hold words: last (1 bit); 1 bit, no order of words and arrays needs fewer",
    )


def test_smaller_thoughts_hold_the_image_too() -> None:
    model = composition(6)
    assert (model.thoughts.max_per_token, model.thoughts.bits) == (11, 6)
    assert model.notes[1:] == (
        "order of writes: next image if eq(key, old value), next value if last",
        "hold words: image (10 bits), last (1 bit); 11 bits, no order of words and arrays needs fewer",
    )


@pytest.mark.parametrize("bits", [6, 11])
def test_hold_words_are_cleared_between_tokens(bits: int) -> None:
    model, program = composition(bits), FunctionComposition(1024).program()
    state, expected = model.initial, program.initial
    for token in [(0, 77, 1), (77, 1023, 0), (5, 6, 0), (77, 512, 1), (512, 1, 0), (9, 9, 1)]:
        step_trace = model.trace(state, token)
        expected, outputs = program.step(expected, token)
        state = step_trace.state
        assert (state[:2], step_trace.outputs) == (expected, outputs)
        assert not any(state[2:])
        assert len(step_trace.thoughts) <= model.thoughts.max_per_token


def test_hold_words_have_names_of_their_own() -> None:
    back = ssm_to_program(to_ssm(FunctionComposition(4), cot_bits=3))
    again = to_ssm(back, cot_bits=4)
    names = [word.name for word in again.state]
    assert names[:3] == ["value", "image", "hold last"] and len(set(names)) == len(names) > 3
    report = check(FunctionComposition(4), again)
    assert (report.equal, report.covers) == (True, "every stream")


def test_a_thought_is_as_large_as_it_has_to_be() -> None:
    program = FunctionComposition(1024).program()
    assert to_ssm(program, cot_bits=20) == to_ssm(program, cot_bits=10**6) == to_ssm(program)
    with pytest.raises(ParameterError, match="cot_bits must be at least 0, not -1"):
        to_ssm(program, cot_bits=-1)
