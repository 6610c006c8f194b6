"""Programs: the reference interpreter, memory, runs in chunks and lanes, and what is refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from streamssm.errors import FormatError, ParameterError, PrecisionError, TokenError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Word, register
from tests.unit.program.samples import compose, parity_machine

STREAM = [(0, 5, 1), (5, 3, 0), (2, 7, 1), (3, 6, 0), (1, 1, 1)]


def test_composition_by_hand():
    program = compose(8)
    assert program.begin() == (0,)
    assert program.run(STREAM).tolist() == [[5], [5], [3], [3], [6]]


@pytest.mark.parametrize(("n", "bits"), [(1, 0), (2, 2), (3, 4), (8, 6), (1000, 20), (1024, 20), (1025, 22)])
def test_memory_is_two_words_of_log_n_bits(n, bits):
    assert compose(n).memory_bits == bits


def test_run_equals_step_equals_chunks_equals_lanes():
    program = compose(8)
    state, stepped = program.initial, []
    for token in STREAM:
        state, outputs = program.step(state, token)
        stepped.append(list(outputs))
    assert program.run(STREAM).tolist() == stepped
    chunks = program.run(iter([STREAM[:2], STREAM[2:2], STREAM[2:]]))
    assert np.concatenate(list(chunks)).tolist() == stepped
    lanes = program.run_lanes(np.array([STREAM, STREAM[::-1]]).transpose(1, 0, 2))
    assert lanes[:, 0].tolist() == stepped
    assert lanes[:, 1].tolist() == program.run(STREAM[::-1]).tolist()


def test_a_given_state_is_not_dropped():
    program = compose(8)
    assert program.run([(4, 6, 1)], state=(4, 0)).tolist() == [[6]]
    with pytest.raises(PrecisionError, match=r"'value' must stay in \[0, 7\], not become 9"):
        program.run(STREAM, state=(9, 0))


def test_an_output_may_read_the_token_and_the_beginning():
    program = parity_machine()
    assert program.begin() == (2,)
    assert program.run([1, 1, 0]).tolist() == [[5], [4], [0]]
    state, outputs = program.step((1,), (1,))
    assert (state, outputs) == ((0,), (4,))


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ([(0, 0, 0), (0, 8, 0)], r"token 1: field 'image' must be in \[0, 7\], not 8"),
        ([(0, -1, 0)], r"token 0: field 'image' must be in \[0, 7\], not -1"),
        ([(0, 1)], r"3 fields \(key, image, last\), not the shape \(1, 2\)"),
        ([(0, 1, 0), (0, 1)], "3 fields, not differing numbers"),
        ([(0.5, 1, 0)], "must be integers that fit 64 bits, not float64"),
        ([(2**70, 1, 0)], "must be integers that fit 64 bits, not object"),
        (np.zeros((2, 4), dtype=np.int8), r"3 fields \(key, image, last\), not the shape \(2, 4\)"),
    ],
)
def test_tokens_that_do_not_fit(tokens, message):
    with pytest.raises(TokenError, match=message):
        compose(8).run(tokens)


def test_a_token_error_counts_from_the_start_of_the_stream():
    stream = compose(8).stream()
    stream.feed(STREAM)
    with pytest.raises(TokenError, match="token 6: field 'last'"):
        stream.feed([(0, 0, 1), (0, 0, 2)])
    assert stream.position == 6


def test_lanes_name_the_lane():
    tokens = np.zeros((2, 3, 3), dtype=np.uint8)
    tokens[1, 2, 0] = 200
    with pytest.raises(TokenError, match=r"token 1 of lane 2: field 'key' must be in \[0, 7\], not 200"):
        compose(8).run_lanes(tokens)


def test_an_output_array_that_is_too_narrow_is_refused():
    lanes = compose(1024).lanes(2)
    with pytest.raises(ParameterError, match=r"outputs in \[0, 1023\], which uint8 does not"):
        lanes.feed(np.zeros((1, 2, 3), dtype=np.int64), out=np.empty((1, 2, 1), dtype=np.uint8))


@pytest.mark.parametrize("n", [1, 2, 5, 8, 1000])
def test_a_snapshot_is_the_memory_and_nothing_else(n):
    program = compose(n)
    for state in [(0, 0), (n - 1, 0), (0, n - 1), (n // 2, n // 3)]:
        data = program.snapshot(state)
        assert len(data) == -(-program.memory_bits // 8)
        assert program.restore(data) == state


def test_a_snapshot_that_cannot_be_one_is_refused():
    program = compose(5)  # two words of 3 bits
    with pytest.raises(FormatError):
        program.restore(bytes([0b00_000_111]))
    with pytest.raises(FormatError):
        program.restore(bytes([0b01_000_000]))
    with pytest.raises(FormatError):
        program.restore(b"")


def test_a_run_resumes_from_a_snapshot():
    program = compose(8)
    first = program.stream()
    head = first.feed(STREAM[:2])
    tail = program.run(STREAM[2:], state=program.restore(first.snapshot()))
    assert np.array_equal(np.concatenate([head, tail]), program.run(STREAM))


def test_an_update_that_may_overflow_is_checked_while_it_runs():
    g = GraphBuilder()
    small = Range(0, 3)
    update, after = g.finish([g.add(g.register(0, small), g.field(0, BIT))])
    program = dataclasses.replace(
        parity_machine(), registers=(Word("odd", small),), update=update, next_registers=after,
        output=update.__class__(), outputs=(), output_names=(),
    )  # fmt: skip
    with pytest.raises(PrecisionError, match="at token 4"):
        program.run([1, 1, 0, 1, 1, 1])
    with pytest.raises(PrecisionError, match=r"'odd' must stay in \[0, 3\], not become 4"):
        program.step((3,), (1,))


def test_a_program_must_be_consistent():
    with pytest.raises(ParameterError, match="must update its 2 registers, not 1"):
        dataclasses.replace(compose(8), next_registers=(0,))
    with pytest.raises(ParameterError, match="1 outputs must have as many names"):
        dataclasses.replace(compose(8), output_names=())
    with pytest.raises(ParameterError, match="with its range"):
        dataclasses.replace(compose(8), registers=compose(9).registers)


def test_words_are_limited_to_60_bits():
    assert register("r", Range(0, 2**60 - 1), 0).bits == 60
    with pytest.raises(ParameterError, match="register 'r' must fit 60 bits"):
        register("r", Range(0, 2**60), 0)
    with pytest.raises(ParameterError, match=r"must start inside \[0, 3\], not at 4"):
        register("r", Range(0, 3), 4)
