"""E1: outputs(ssm) == outputs(program) on every stream, memory_bits(ssm) == memory_bits(program)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from streamssm.algorithms import FunctionComposition, SaturatingCounter, Xorshift
from streamssm.equivalences.program_to_ssm import program_to_ssm
from streamssm.equivalences.ssm_to_program import ssm_to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError, PrecisionError
from streamssm.ir import semantics, words
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from streamssm.program.program import Program
from streamssm.ssm.model import SSM, TransitionKind
from streamssm.ssm.range_analysis import analyze
from tests.case import Case
from tests.cases import SMALL_CASES, each
from tests.unit.ir.graphs import RandomGraph

State = tuple[int, ...]


def _points(program: Program) -> Iterator[tuple[State, State]]:
    """Every (state, token), reachable or not."""
    axes = [range(w.range.lo, w.range.hi + 1) for w in (*program.registers, *program.fields)]
    for point in itertools.product(*axes):
        yield point[: len(program.registers)], point[len(program.registers) :]


def _fused_step(model: SSM, state: State, token: State, by: str) -> tuple[State, State]:
    made = model.transducer(by)
    values = semantics.evaluate(made.step.nodes, state, token)
    words = [*(values[i] for i in made.next_state), *state[len(made.next_state) :]]
    for store in made.stores:
        if values[store.enable]:
            words[store.first + values[store.index]] = values[store.value]
    return tuple(words), tuple(values[i] for i in made.outputs)


def _require_law(program: Program, *, executor_every: int = 1) -> SSM:
    model = program_to_ssm(program)
    assert model.memory_bits == program.memory_bits
    assert model.begin() == program.begin()
    assert [word.name for word in model.state] == [word.name for word in program.registers]
    for number, (state, token) in enumerate(_points(program)):
        expected = program.step(state, token)
        assert _fused_step(model, state, token, "fused") == expected
        assert _fused_step(model, state, token, "weights") == expected
        if number % executor_every == 0:
            assert model.step(state, token) == expected
    return model


def random_program(seed: int) -> Program:
    """A program over two registers and two fields; its outputs read registers, the token and BEGIN."""
    made = RandomGraph(seed, size=12)
    g, draw = made.g, made.random
    registers = [words.register(f"r{i}", r, draw.randint(r.lo, r.hi)) for i, r in enumerate(made.registers)]
    fields = [words.field(f"f{i}", r) for i, r in enumerate(made.fields)]
    after = [g.clamp(draw.choice(made.words[-6:] + made.conditions[-2:]), r) for r in made.registers]
    outputs = [draw.choice(made.words + made.conditions) for _ in range(2)]
    outputs.append(g.add(draw.choice(made.words), g.begin()))
    update, next_registers = g.finish(after)
    output, roots = g.finish(outputs)
    return Program(
        "random", tuple(fields), tuple(registers), update, next_registers, output, roots, ("a", "b", "c")
    )


@pytest.mark.parametrize("seed", range(40))
def test_law_e1_on_random_programs(seed):
    _require_law(random_program(seed), executor_every=7)


@pytest.mark.parametrize("seed", range(40, 70))
def test_law_round_trip_on_random_programs(seed):
    program = random_program(seed)
    back = ssm_to_program(program_to_ssm(program))
    assert (back.memory_bits, back.begin(), back.assumptions) == (program.memory_bits, program.begin(), ())
    for state, token in _points(program):
        assert back.step(state, token) == program.step(state, token)


@each(SMALL_CASES)
def test_law_e1_on_the_cases(case: Case):
    program = case.make().program()
    model = _require_law(program, executor_every=11)
    assert model.memory_bits == case.memory_bits
    assert model.transducer("fused").error is None and model.transducer("weights").error is None


@pytest.mark.parametrize("n", [2, 8, 1024, 1 << 20])
def test_the_model_of_composition(n):
    model = to_ssm(FunctionComposition(n))
    bits = (n - 1).bit_length()
    assert (model.num_layers, model.state_dim) == (1, 2)
    assert (model.precision_bits, model.memory_bits) == (bits, 2 * bits)
    assert model.layers[0].kind is TransitionKind.ZERO_ONE
    assert (model.thoughts.max_per_token, model.thoughts.bits) == (1, 2 * bits)
    readout = model.layers[0].readout
    assert readout.num_relus <= 7 and readout.num_nonzeros <= 24
    assert all(analyze(readout).holds)


def test_sizes_of_the_library():
    readouts = [to_ssm(made).layers[0].readout for made in (SaturatingCounter(255), Xorshift(16))]
    assert [(net.num_relus, net.num_nonzeros) for net in readouts] == [(2, 10), (55, 233)]


def test_fields_that_an_output_reads_travel_with_the_thought():
    g, word = GraphBuilder(), Range(-2, 5)
    h, f, unused = g.register(0, word), g.field(0, word), g.field(1, BIT)
    update, after = g.finish([g.select(unused, f, h)])
    output, roots = g.finish([g.sub(h, f), h])
    program = Program(
        "mealy", (words.field("f", word), words.field("b", BIT)), (words.register("h", word, 3),),
        update, after, output, roots, ("gap", "h"),
    )  # fmt: skip
    model = _require_law(program)
    assert [word.name for word in model.thoughts.words] == ["next h", "last f"]


def test_a_program_of_constants():
    g = GraphBuilder()
    update, after = g.finish([g.const(7)])
    output, roots = g.finish([g.begin(), g.const(-4)])
    seven = words.register("seven", Range(7, 7), 7)
    program = Program("constant", (), (seven,), update, after, output, roots, ("begin", "four"))
    model = _require_law(program)
    assert (model.memory_bits, model.begin()) == (0, (1, -4))


def test_an_update_that_leaves_its_range_is_an_error_in_both():
    g, word = GraphBuilder(), Range(0, 5)
    update, after = g.finish([g.add(g.register(0, word), g.const(1))])
    output, roots = g.finish([g.register(0, word)])
    program = Program("up", (), (words.register("h", word, 0),), update, after, output, roots, ("h",))
    model = program_to_ssm(program)
    assert model.step((4,), ()) == program.step((4,), ()) == ((5,), (5,))
    for made in (program, model):
        with pytest.raises(PrecisionError):
            made.step((5,), ())


def test_modes_of_thought():
    program = FunctionComposition(3).program()
    assert to_ssm(program) == to_ssm(FunctionComposition(3)) == program_to_ssm(program)
    with pytest.raises(ParameterError, match="cot must be one of online, none, auto, not 'offline'"):
        to_ssm(program, cot="offline")


def test_auto_thinks_where_it_has_to_and_says_why():
    thinking = to_ssm(FunctionComposition(3), cot="auto")
    assert thinking.layers == to_ssm(FunctionComposition(3)).layers
    (note,) = thinking.notes
    assert note.startswith("it thinks because the updates of value <- image <- value depend on each other")
    assert "(function_composition.py:" in note and "/" not in note
    assert to_ssm(SaturatingCounter(3), cot="auto") == to_ssm(SaturatingCounter(3), cot="none")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cot": "none", "cot_bits": 3}, "cot_bits limits thoughts"),
        ({"transition": "zero-one"}, "applies to layers only"),
        ({"cot": "none", "transition": "householder"}, "transition must be one of auto, time-invariant"),
    ],
)
def test_options_that_do_not_go_together(options, message):
    with pytest.raises(ParameterError, match=message):
        to_ssm(SaturatingCounter(3), **options)
