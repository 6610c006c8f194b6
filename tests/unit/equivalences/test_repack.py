"""E5: outputs(packed) == outputs(ssm), memory_bits(packed) == memory_bits(ssm), snapshots are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

import streamssm as ss
from streamssm.algorithms import FunctionComposition, MisraGries, SaturatingCounter, Xorshift
from streamssm.equivalences.repacking.bit_layout import BitLayout, layout_of
from streamssm.equivalences.repacking.packed_program import packed_program
from streamssm.errors import ParameterError, PrecisionError
from streamssm.frontends.algorithm import Algorithm
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from streamssm.program.program import Program
from streamssm.report.drawing.draw_model import drawing_of
from streamssm.report.summary import summarize
from streamssm.ssm.model import SSM, ThoughtMode, TransitionKind
from tests.cases import SMALL_CASES, each
from tests.models import random_model
from tests.sample_classes import LongestRun
from tests.soak import examples
from tests.strategies import algorithm_classes
from tests.unit.equivalences.array_programs import PROGRAMS

COMPOSITION = ss.to_ssm(FunctionComposition(1024))


def divisors(number: int) -> list[int]:
    return [d for d in range(1, number + 1) if number % d == 0]


def shapes(bits: int) -> list[tuple[int, int]]:
    """Words of one width with no bit too many, of 3 bits, of all bits at once, and more words than bits."""
    return sorted({(d, bits // d) for d in divisors(bits)} | {(bits // 3 + 1, 3), (1, 60), (bits + 2, 1)})


def drawn(random: Random, words: Sequence[Word]) -> tuple[int, ...]:
    return tuple(random.randint(word.range.lo, word.range.hi) for word in words)


def require_law(model: SSM, d: int, p: int, seed: int = 0) -> SSM:
    """Require the law step by step from any state, memory included."""
    packed = ss.repack(model, state_dim=d, precision_bits=p)
    assert (packed.state_dim, packed.memory_bits) == (d, model.memory_bits)
    assert packed.precision_bits == min(p, model.memory_bits)
    assert [layer.kind for layer in packed.layers] == [TransitionKind.ZERO_ONE]
    assert packed.transducer("weights").error is None and packed.transducer("fused").error is None
    assert packed.restore(model.snapshot(model.initial)) == packed.initial
    assert packed.begin() == model.begin()
    random = Random(seed)
    for _ in range(30):
        state, token = drawn(random, model.state), drawn(random, model.fields)
        after, outputs = model.step(state, token)
        moved = packed.step(packed.restore(model.snapshot(state)), token)
        assert moved == (packed.restore(model.snapshot(after)), outputs)
    return packed


def require_equal(model: SSM, packed: SSM) -> None:
    report = ss.check(model, packed)
    assert (report.equal, report.covers) == (True, "every stream")
    assert report.memory.equal


@pytest.mark.parametrize("n", [2, 4, 8, 16])
def test_composition_in_all_shapes_of_one_product(n: int) -> None:
    model = ss.to_ssm(FunctionComposition(n))
    for d in divisors(model.memory_bits):
        packed = require_law(model, d, model.memory_bits // d)
        assert [word.bits for word in packed.state] == [model.memory_bits // d] * d
        assert packed.thoughts.bits == model.thoughts.bits
        require_equal(model, packed)


@pytest.mark.parametrize("algorithm", [SaturatingCounter(9), MisraGries(3, 2, 2), Xorshift(6), LongestRun()])
def test_algorithms_in_all_shapes(algorithm: Algorithm) -> None:
    model = ss.to_ssm(algorithm)
    for d, p in shapes(model.memory_bits):
        require_equal(model, require_law(model, d, p))


@each(SMALL_CASES)
def test_cases(case: Any) -> None:
    model = ss.to_ssm(case.make())
    p = 1 + len(case.name) % 4
    packed = require_law(model, model.memory_bits // p + 1, p)
    assert packed.run(case.tokens).tolist() == [list(outputs) for outputs in case.outputs]


@pytest.mark.parametrize("name", PROGRAMS)
def test_arrays_are_sent_whole(name: str) -> None:
    model = ss.to_ssm(PROGRAMS[name])
    packed = require_law(model, model.memory_bits // 3 + 1, 3)
    assert packed.thoughts.bits >= packed.memory_bits
    require_equal(model, packed)


def test_a_model_that_thinks_several_times_thinks_once() -> None:
    model = ss.to_ssm(FunctionComposition(4), cot_bits=3)
    assert model.thoughts.max_per_token > 1
    for d, p in shapes(model.memory_bits):
        packed = require_law(model, d, p)
        assert packed.thoughts.max_per_token == 1
        require_equal(model, packed)
        assert {register for register, _ in packed.register_map} == {"value", "image"}


def test_packed_programs_take_bounded_thoughts() -> None:
    unpacked = FunctionComposition(16).program()
    program = packed_program(unpacked, layout_of(unpacked.name, unpacked.registers, 2, 5))
    model = ss.to_ssm(program, cot_bits=6)
    held = sum(word.bits for word in model.state if word.name.startswith("hold "))
    assert (model.memory_bits - held, [word.bits for word in program.registers]) == (8, [5, 3])
    assert model.thoughts.max_per_token > 1 and ss.check(FunctionComposition(16), model).equal


@settings(max_examples=examples(12))
@given(algorithm_classes(600))
def test_random_algorithms(cls: type[Algorithm]) -> None:
    model = ss.to_ssm(cls())
    random = Random(model.memory_bits)
    p = random.randint(1, model.memory_bits + 2)
    packed = require_law(model, -(-model.memory_bits // p) + random.randint(0, 1) or 1, p)
    require_equal(model, packed)


def test_random_models_with_thoughts() -> None:
    tried = 0
    for seed in range(examples(60)):
        model = random_model(seed)
        if model.thoughts.mode is not ThoughtMode.ONLINE:
            continue
        try:
            program = ss.to_program(model)
        except (ParameterError, PrecisionError):
            continue
        if not program.assumptions:  # else it may raise where the program clamps
            p = Random(seed).randint(1, 8)
            require_law(model, max(1, -(-model.memory_bits // p)), p, seed)
            tried += 1
    assert tried > 5


# what it costs, what it says


COSTS = {(1, 20): 95, (2, 10): 23, (4, 5): 97, (5, 4): 142, (10, 2): 148, (20, 1): 159}


@pytest.mark.parametrize("shape", COSTS)
def test_costs_of_composition(shape: tuple[int, int]) -> None:
    packed = require_law(COMPOSITION, *shape)
    readout = packed.layers[0].readout
    assert readout.num_nonzeros <= COSTS[shape]
    assert packed.layers[0].gates.num_nonzeros == COMPOSITION.layers[0].gates.num_nonzeros
    assert ss.check(COMPOSITION, packed, method="sample", tokens=10_000).equal


def test_words_stay_what_they_are_where_the_shape_does() -> None:
    packed = ss.repack(COMPOSITION, state_dim=2, precision_bits=10)
    assert [gadget.kind for gadget in packed.layers[0].readout.gadgets] == [
        gadget.kind for gadget in COMPOSITION.layers[0].readout.gadgets
    ]


def test_shapes_back_and_forth() -> None:
    model = ss.to_ssm(FunctionComposition(5))
    wide = ss.repack(model, state_dim=1, precision_bits=6)
    back = ss.repack(wide, state_dim=2, precision_bits=3)
    assert [word.range.hi for word in back.state] == [7, 4]
    assert back.register_map == (("packed[0]", "packed[0]"), ("packed[0]", "packed[1]"))
    require_equal(model, back)


def test_notes_say_where_bits_are() -> None:
    packed = ss.repack(COMPOSITION, state_dim=3, precision_bits=7)
    assert packed.notes == (
        "repacked from d = 2, p = 10 to d = 3, p = 7; same snapshots",
        "value: bit 0 of packed[0] to bit 2 of packed[1]",
        "image: bit 3 of packed[1] to bit 5 of packed[2]",
    )
    assert packed.register_map == tuple(
        (register, f"packed[{word}]")
        for register, word in [("value", 0), ("value", 1), ("image", 1), ("image", 2)]
    )
    assert summarize(packed)["register_map"] == {"value": "packed[0..1]", "image": "packed[1..2]"}


def test_notes_on_arrays_and_promises() -> None:
    model = ss.to_ssm(MisraGries(4, 2, 3))
    notes = ss.repack(model, state_dim=4, precision_bits=2).notes
    assert [note.split(": ")[1] for note in notes[-2:]] == ["packed[0..1]", "packed[2..3]"]
    assert not any(note.startswith("array ") for note in notes)
    majority = next(case for case in SMALL_CASES if case.name == "majority")
    promised = ss.repack(ss.to_ssm(majority.make()), state_dim=1, precision_bits=5).notes[0]
    assert promised.startswith("assumed, not proven: ") and promised in ss.to_ssm(majority.make()).notes


@pytest.mark.parametrize("shape", [(3, 7), (20, 1), (22, 1)])
def test_drawing_and_file(shape: tuple[int, int], tmp_path: Any) -> None:
    packed = ss.repack(COMPOSITION, state_dim=shape[0], precision_bits=shape[1])
    drawn = drawing_of(packed).layers[0].words
    assert sum(word.count for word in drawn) == shape[0]
    packed.save(str(tmp_path / "packed.safetensors"))
    assert ss.load(str(tmp_path / "packed.safetensors")) == packed


# refusals


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((0, 20), "state_dim must be at least 1, not 0"),
        ((-1, 20), "state_dim must be at least 1, not -1"),
        ((1, 61), "precision_bits must be 1 to 60, not 61"),
        ((20, 0), "precision_bits must be 1 to 60, not 0"),
        ((2, 9), r"do not fit 2 words of 9 bits: state_dim must be at least 3 or "),
        ((2, 9), "or precision_bits at least 10$"),
        ((1, 1), "do not fit 1 word of 1 bit: state_dim must be at least 20 or precision_bits at least 20$"),
        ((2.0, 10), "state_dim must be an integer, not 2.0"),
        ((2, "10"), "precision_bits must be an integer, not '10'"),
    ],
)
def test_shapes_that_do_not_fit(shape: tuple[Any, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        ss.repack(COMPOSITION, state_dim=shape[0], precision_bits=shape[1])


def test_no_width_is_advised_that_a_word_cannot_have() -> None:
    words = tuple(Word(f"w{number}", Range(0, (1 << 50) - 1)) for number in range(3))
    with pytest.raises(ParameterError, match="at least 3$"):
        layout_of("it", words, 2, 60)


def test_models_without_online_thoughts_are_refused() -> None:
    message = "has no thoughts, and without online thoughts width and precision are not interchangeable"
    with pytest.raises(ParameterError, match=message):
        ss.repack(ss.to_ssm(ss.Language.from_past_ltl("O a"), cot="none"), state_dim=1, precision_bits=1)


def test_thoughts_after_the_end_of_the_stream_do_not_do() -> None:
    offline = replace(COMPOSITION, thoughts=replace(COMPOSITION.thoughts, mode=ThoughtMode.OFFLINE))
    with pytest.raises(ParameterError, match="thinks only after the end of the stream, .* A5"):
        ss.repack(offline, state_dim=1, precision_bits=20)


def test_what_is_no_model_is_refused() -> None:
    anything: Any = FunctionComposition(4).program()
    with pytest.raises(ParameterError, match="only a model can be repacked, not a Program: translate"):
        ss.repack(anything, state_dim=1, precision_bits=4)


def test_an_update_that_may_leave_its_range_is_refused() -> None:
    g = GraphBuilder()
    update, after = g.finish([g.field(0, Range(0, 4))])
    h = GraphBuilder()
    output, outputs = h.finish([h.register(0, Range(0, 3))])
    word, token = Word("r", Range(0, 3)), Word("x", Range(0, 4))
    program = Program("loose", (token,), (word,), update, after, output, outputs, ("y",))
    with pytest.raises(
        ParameterError, match=r"cannot prove that the update of 'r' stays in \[0, 3\]: it may reach"
    ):
        packed_program(program, BitLayout((word,), (2,)))
