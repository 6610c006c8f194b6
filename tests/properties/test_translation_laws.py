"""Laws of E1 and E4 on the table of cases: outputs and memory survive the way to a model and back.

A class, its program, its model by weights and fused, and the program back from the model are five ways of
running one algorithm. `check` explores all that they can reach; the runs below go through the public calls.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from streamssm.algorithms import FunctionComposition
from streamssm.equivalences.check import check
from streamssm.equivalences.ssm_to_program import ssm_to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.frontends.algorithm import Algorithm
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from streamssm.program.program import Program
from tests.case import Case
from tests.cases import SMALL_CASES, each
from tests.soak import examples
from tests.strategies import algorithm_classes

RNG = np.random.default_rng(20)
PROVEN = tuple(case for case in SMALL_CASES if not case.assumes)
LENGTH, CUT, LANES = 60, 23, 5


def random_tokens(fields: tuple[Word, ...], *shape: int) -> np.ndarray:
    """Return tokens of shape (..., fields), half of them at the ends of the ranges."""
    columns = []
    for word in fields:
        uniform = RNG.integers(word.range.lo, word.range.hi, size=shape, endpoint=True)
        ends = RNG.choice([word.range.lo, word.range.hi], size=shape)
        columns.append(np.where(RNG.integers(0, 2, size=shape), uniform, ends))
    return np.stack(columns, axis=-1)


@each()
def test_memory_is_the_same_on_every_side(case: Case) -> None:
    program = case.make().program()
    model = to_ssm(program)
    back = ssm_to_program(model)
    assert program.memory_bits == model.memory_bits == back.memory_bits == case.memory_bits
    assert [word.range for word in model.state] == [word.range for word in program.registers]
    assert back.registers == program.registers


@each(PROVEN)
def test_e1_outputs_of_the_model_are_the_algorithms(case: Case) -> None:
    algorithm = case.make()
    report = check(algorithm, to_ssm(algorithm), method="exhaust")
    assert (report.equal, report.covers, report.memory_equal) == (True, "every stream", True), str(report)


@each(PROVEN)
def test_e4_outputs_of_the_program_back_are_the_algorithms(case: Case) -> None:
    algorithm = case.make()
    report = check(algorithm, ssm_to_program(to_ssm(algorithm)), method="exhaust")
    assert (report.equal, report.covers, report.memory_equal) == (True, "every stream", True), str(report)


@each(tuple(case for case in SMALL_CASES if case.assumes))
def test_where_the_author_assumes_the_model_equals_the_program(case: Case) -> None:
    program = case.make().program()
    model = to_ssm(program)
    assert check(program, model, method="exhaust").equal
    assert check(program, ssm_to_program(model), method="exhaust").equal


@each()
def test_step_run_chunks_lanes_and_reference_agree(case: Case) -> None:
    require_all_ways_agree(case.make().program())


@pytest.mark.soak
@settings(max_examples=examples(25))
@given(algorithm_classes(transitions=2_000))
def test_step_run_chunks_lanes_and_reference_agree_on_random_classes(cls: type[Algorithm]) -> None:
    require_all_ways_agree(cls().program())


def require_all_ways_agree(program: Program) -> None:
    model = to_ssm(program)
    tokens = random_tokens(program.fields, LENGTH)
    state, expected = program.initial, []
    for token in tokens.tolist():
        state, outputs = program.step(state, tuple(token))
        expected.append(outputs)
    transducers = [program.transducer(), model.transducer(by="weights"), model.transducer(by="fused")]
    for transducer in transducers:
        for run in (whole, in_chunks, token_by_token, in_lanes, by_the_twin):
            assert run(transducer, tokens) == expected, (transducer.name, run.__name__)
    assert model_by_reference(model, tokens) == expected


def whole(transducer, tokens):
    from streamssm.runtime.stream import Stream

    return rows(Stream(transducer).feed(tokens))


def in_chunks(transducer, tokens):
    from streamssm.runtime.stream import Stream

    chunks = iter([tokens[:CUT], tokens[CUT:CUT], tokens[CUT:]])
    return [row for out in Stream(transducer).run(chunks) for row in rows(out)]


def token_by_token(transducer, tokens):
    from streamssm.runtime.stream import Stream

    stream = Stream(transducer)
    return [rows(stream.feed(token[None]))[0] for token in tokens]


def by_the_twin(transducer, tokens):
    from streamssm.runtime.stream import Stream

    return rows(Stream(transducer, backend="reference").feed(tokens))


def in_lanes(transducer, tokens):
    from streamssm.runtime.stream import Lanes

    batch = random_tokens(transducer.fields, LENGTH, LANES)
    batch[:, 2] = tokens
    return rows(Lanes(transducer, LANES).feed(batch)[:, 2])


def model_by_reference(model, tokens):
    state, found = model.initial, []
    for token in tokens.tolist():
        state, outputs = model.step(state, tuple(token))
        found.append(outputs)
    return found


def rows(array: np.ndarray) -> list[tuple[int, ...]]:
    return [tuple(row) for row in array.tolist()]


@pytest.mark.parametrize("n", [1, 2, 3, 8, 1000, 1 << 20])
def test_composition_keeps_two_words_on_both_sides(n: int) -> None:
    model = to_ssm(FunctionComposition(n))
    assert model.memory_bits == 2 * Range(0, n - 1).bits
    assert ssm_to_program(model).memory_bits == model.memory_bits
