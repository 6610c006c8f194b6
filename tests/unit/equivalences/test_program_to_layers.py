"""E2: programs become layers without thoughts; what they cost, and why some do not."""

from __future__ import annotations

import re
from typing import Any

import pytest

import streamssm as ss
from streamssm.algorithms import Crc, FlipFlop, FunctionComposition, MinimumMaximum, SaturatingCounter
from streamssm.automata.strong_components import components
from streamssm.equivalences.layers.dataflow import cycles
from streamssm.equivalences.program_to_layers import program_to_layers
from streamssm.errors import ParameterError, UnsupportedProgramError
from streamssm.ir import words
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from streamssm.ssm.transitions import TransitionKind
from tests.layered_classes import (
    LAYERED_CASES,
    Average,
    Clock,
    DelayLine,
    LayeredCase,
    Parity,
    Previous,
    Turns,
)


def each(cases: tuple[LayeredCase, ...] = LAYERED_CASES) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


def require_equal(case: LayeredCase, model: SSM) -> None:
    source = case.make().program() if case.large else case.make()
    options = {"method": "sample", "tokens": 20_000} if case.large else {"method": "exhaust"}
    report = ss.check(source, model, **options)
    assert report.equal, str(report)
    assert case.large or report.covers == "every stream"
    assert model.transducer().error is None, "no word of a translated model can leave its range"


@each()
def test_layers_with_transitions_of_any_kind(case: LayeredCase) -> None:
    model = ss.to_ssm(case.make(), cot="none")
    shape = (model.num_layers, model.memory_bits, tuple(layer.kind.value for layer in model.layers))
    assert shape == (case.layers, case.bits, case.kinds)
    assert model.thoughts.bits == 0
    require_equal(case, model)


@each(tuple(case for case in LAYERED_CASES if case.zero_one))
def test_layers_within_zero_and_one(case: LayeredCase) -> None:
    model = ss.to_ssm(case.make(), cot="none", transition="zero-one")
    assert (model.num_layers, model.memory_bits) == case.zero_one
    assert {layer.kind for layer in model.layers} == {TransitionKind.ZERO_ONE}
    require_equal(case, model)


@each()
def test_every_register_is_in_the_map(case: LayeredCase) -> None:
    program = case.make().program()
    model = program_to_layers(program)
    names = {word.name for word in model.state_words}
    assert {register for register, _ in model.register_map} == {word.name for word in program.registers}
    assert {word for _, word in model.register_map} <= names


@each(tuple(case for case in LAYERED_CASES if not case.large))
def test_the_way_back(case: LayeredCase) -> None:
    model = program_to_layers(case.make().program())
    back = ss.to_program(model)
    report = ss.check(model, back, method="exhaust")
    assert (report.equal, report.memory_equal) == (True, True), str(report)


def test_a_copy_that_starts_differently_from_another_copy_has_a_word_of_its_own() -> None:
    class Twice(ss.Algorithm):
        def __init__(self):
            self.tokens(x=2)
            self.last = self.register(2)
            self.zero = self.register(2)
            self.one = self.register(2, init=1)

        def update(self, x):
            self.zero = self.last
            self.one = self.last
            self.last = x

        def output(self):
            return self.zero, self.one

    model = ss.to_ssm(Twice(), cot="none")
    assert ss.check(Twice(), model, method="exhaust").equal
    assert (model.num_layers, model.memory_bits) == (2, 3)


def test_parity_is_minus_one_or_wraps() -> None:
    (signed,) = ss.to_ssm(Parity(), cot="none").layers
    (wraps,) = ss.to_ssm(Parity(), cot="none", transition="zero-one").layers
    assert (signed.kind.value, signed.words[0].format.overflow.value) == ("signed", "error")
    assert (wraps.kind.value, wraps.words[0].format.overflow.value) == ("zero-one", "wrap")


@pytest.mark.parametrize("m", range(2, 13))
def test_positions_modulo_m_are_time_invariant(m: int) -> None:
    model = ss.to_ssm(Clock(m), cot="none")
    (layer,) = model.layers
    wraps = m & (m - 1) == 0
    assert layer.kind.is_time_invariant
    assert model.memory_bits == (m.bit_length() - 1 if wraps else m)
    assert ss.check(Clock(m), model, method="exhaust").covers == "every stream"


def test_time_invariant_is_what_it_says() -> None:
    (wraps,) = ss.to_ssm(Parity(), cot="none", transition="time-invariant").layers
    assert (wraps.kind.value, wraps.words[0].format.overflow.value) == ("time-invariant", "wrap")
    dense = ss.to_ssm(Previous(4), cot="none", transition="time-invariant-dense")
    assert (dense.memory_bits, all(layer.kind.is_time_invariant for layer in dense.layers)) == (4, True)
    for transition in ("time-invariant", "time-invariant-dense"):
        text = refusal(FlipFlop(4), transition=transition)
        assert f"its factor ranges over [0, 1], which is not {transition}" in text


def test_a_register_of_many_bits_is_not_held_as_one_word_per_value() -> None:
    for transition in ("auto", "monomial"):
        text = refusal(Crc(), transition=transition)
        assert "looks itself up in a table" in text or "operates on its own bits" in text
        assert "words of one bit" not in text


def test_one_hot_words_do_what_no_diagonal_does() -> None:
    with pytest.raises(
        UnsupportedProgramError, match="takes itself modulo.*transition='monomial', with 3 one-bit words"
    ):
        ss.to_ssm(Turns(), cot="none")
    model = ss.to_ssm(Turns(), cot="none", transition="monomial")
    assert [layer.kind.value for layer in model.layers] == ["monomial"]
    assert model.memory_bits == 3
    assert ss.check(Turns(), model, method="exhaust").covers == "every stream"


def test_long_delay_lines_share_words_of_60_bits() -> None:
    model = ss.to_ssm(DelayLine(1 << 11), cot="none")
    assert [word.bits for word in model.state_words] == [60, 6]
    assert ss.check(DelayLine(1 << 11).program(), model, method="sample", tokens=20_000).equal


def test_delays_say_what_they_are_for() -> None:
    (note,) = ss.to_ssm(Previous(4), cot="none").notes
    assert note == "layer 1: 4 bits store last and its values up to 1 step before"


# refusals


def refusal(source: Any, transition: str = "auto") -> str:
    with pytest.raises(UnsupportedProgramError) as caught:
        ss.to_ssm(source, cot="none", transition=transition)
    return str(caught.value)


def test_a_cycle_is_named_with_its_lines() -> None:
    text = refusal(FunctionComposition(8))
    assert text.startswith("FunctionComposition cannot be translated without thoughts, for 1 reason:")
    assert re.search(r"function_composition\.py:\d+: the updates of value <- image <- value depend on", text)
    assert re.search(r"\(also line \d+\)", text) and "use online thoughts instead" in text


def test_every_reason_is_given_at_once() -> None:
    text = refusal(MinimumMaximum(0, 3))
    assert "for 2 reasons" in text
    assert "the minimum of itself and a value other" in text
    assert "the maximum of itself and a value other" in text


def test_entries_outside_the_kind_that_is_asked_for() -> None:
    text = refusal(Average(), transition="zero-one")
    assert "its factor ranges over [3, 3] / 2^2, which is not zero-one" in text
    assert "needs another kind of transition" in text and "transition='auto'" in text


def test_a_saved_program_still_knows_its_lines(tmp_path) -> None:
    path = str(tmp_path / "compose.json")
    FunctionComposition(8).program().save(path)
    assert "function_composition.py:" in refusal(ss.load(path))


def test_unknown_kinds() -> None:
    with pytest.raises(ParameterError, match="transition must be one of auto, time-invariant, zero-one"):
        program_to_layers(FlipFlop(4).program(), "sparse")


def test_the_memory_of_a_translated_counter_is_its_own() -> None:
    model = ss.to_ssm(SaturatingCounter(255), cot="none")
    assert ss.check(SaturatingCounter(255), model).memory_equal


def test_updates_that_may_leave_their_range() -> None:
    g, values = GraphBuilder(), Range(0, 5)
    update, after = g.finish([g.add(g.register(0, values), g.const(1))])
    output, roots = g.finish([g.register(0, values)])
    program = Program("up", (), (words.register("h", values, 0),), update, after, output, roots, ("h",))
    text = refusal(program)
    assert "the update of h must stay in [0, 5], but its computed range is [1, 6]; clamp or wrap" in text


# the order of registers


def test_components_come_after_what_they_read() -> None:
    below = [{1}, {2, 3}, {1}, set(), {0, 4}]
    assert components(below) == [[3], [1, 2], [0], [4]]


def test_cycles_go_through_every_member() -> None:
    dependencies = [{1}, {2, 0}, {0}]
    assert cycles(dependencies, [0, 1, 2]) == [(0, 1), (2, 0, 1)]
