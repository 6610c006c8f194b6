"""The machine's kernel equals its twin: every opcode, word width, instruction set, dtype and layout."""

from __future__ import annotations

import signal
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamssm.cext import program_vm as kernel
from streamssm.errors import PrecisionError
from streamssm.reference import program_vm as twin
from tests.soak import examples
from tests.unit.cext.random_code import (
    ADD,
    AND,
    COPY,
    FLOORDIV,
    LOAD,
    MOD,
    NEURON,
    SHL,
    SHR,
    STORE,
    TABLE,
    RandomCode,
    arguments,
    counter,
)

WORD_BITS = (32, 64)
ISAS = kernel.available_isas()
seeds = st.integers(0, 2**32 - 1)


def random_code(seed: int, word_bits: int, **options: Any) -> RandomCode:
    return RandomCode(np.random.default_rng(seed), word_bits).build(**options)


def corner_values(bits: int) -> list[int]:
    powers = [1 << k for k in (0, 1, 5, bits // 2, bits - 2)]
    values = {0, 3, 7, 10, 255, *powers, *(p - 1 for p in powers), (1 << bits - 1) - 1}
    return sorted(values | {-v for v in values} | {-(1 << bits - 1)})


@pytest.mark.parametrize("word_bits", WORD_BITS)
@settings(max_examples=examples(60))
@given(seed=seeds)
def test_one_stream_equals_twin(word_bits: int, seed: int) -> None:
    code = random_code(seed, word_bits)
    length = int(code.rng.integers(0, 40))
    columns, state = code.tokens((length,), faults=True), code.states()
    results = []
    for module in (kernel, twin):
        words, out = state.copy(), np.full((length, len(code.arguments["output_slots"])), 77)
        stop = module.VirtualMachine(**code.arguments).run(columns, words, out)
        results.append((stop, words.tolist(), out.tolist()))
    assert results[0] == results[1]


@pytest.mark.parametrize("word_bits", WORD_BITS)
@pytest.mark.parametrize("isa", ISAS)
@settings(max_examples=examples(40))
@given(seed=seeds)
def test_lanes_equal_twin(isa: str, word_bits: int, seed: int) -> None:
    code = random_code(seed, word_bits)
    length, lanes = int(code.rng.integers(0, 5)), int(code.rng.choice([1, 2, 15, 16, 17, 37]))
    columns, state = code.tokens((length, lanes), faults=code.rng.random() < 0.2), code.states(lanes)
    results = []
    for module, chosen in ((kernel, isa), (twin, None)):
        words, out = state.copy(), np.zeros((length, lanes, len(code.arguments["output_slots"])), np.int64)
        coverage = np.zeros(len(code.arguments["instructions"]), np.uint8)
        stop = module.VirtualMachine(**code.arguments).run_lanes(
            columns, words, out, coverage=coverage, isa=chosen
        )
        results.append([stop, words.tolist(), out.tolist(), coverage.tolist()])
    if results[1][0].kind == "error":  # everything but the place is unspecified
        results = [result[:1] for result in results]
    assert results[0] == results[1]


@pytest.mark.parametrize("isa", ISAS)
@settings(max_examples=examples(15))
@given(seed=seeds, word_bits=st.sampled_from(WORD_BITS))
def test_many_blocks_of_lanes_equal_single_streams(isa: str, word_bits: int, seed: int) -> None:
    code = random_code(seed, word_bits, allow_error=False)
    length, lanes = 3, 1024 + 64 + 5
    columns, state = code.tokens((length, lanes), faults=False), code.states(lanes)
    machine = kernel.VirtualMachine(**code.arguments)
    words, out = state.copy(), np.zeros((length, lanes, machine.num_outputs), np.int64)
    assert machine.run_lanes(columns, words, out, isa=isa, num_tokens=length).kind == "end"
    for lane in (0, 63, 1023, 1024, lanes - 1):
        one, one_out = state[:, lane].copy(), np.zeros((length, machine.num_outputs), np.int64)
        machine.run([column[:, lane] for column in columns], one, one_out)
        assert (one.tolist(), one_out.tolist()) == (words[:, lane].tolist(), out[:, lane].tolist())


@settings(max_examples=examples(40))
@given(seed=seeds)
def test_chunks_equal_whole(seed: int) -> None:
    code = random_code(seed, 64, allow_error=False)
    length = int(code.rng.integers(1, 1500))  # several blocks of tokens
    columns, whole = code.tokens((length,), faults=False), code.states()
    machine = kernel.VirtualMachine(**code.arguments)
    chunked = whole.copy()
    outs = np.zeros((2, length, machine.num_outputs), np.int64)
    machine.run(columns, whole, outs[0])
    cuts = sorted({0, length, *code.rng.integers(0, length, 3).tolist()})
    for begin, end in zip(cuts, cuts[1:], strict=False):
        machine.run([column[begin:end] for column in columns], chunked, outs[1, begin:end])
    assert chunked.tolist() == whole.tolist()
    assert outs[0].tolist() == outs[1].tolist()


def in_every_way(args: dict[str, Any], columns: list[np.ndarray[Any, Any]]) -> list[list[int]]:
    """Return the first output over the tokens, from a stream and from the lanes of every instruction set."""
    machine = kernel.VirtualMachine(**args)
    length = len(columns[0])
    out, state = np.zeros((length, 1), np.int64), np.zeros(0, np.int64)
    assert machine.run(columns, state, out).kind == "end"
    found = [out[:, 0].tolist()]
    for isa in ISAS:
        lanes = np.zeros((1, length, 1), np.int64)
        rows = [column.reshape(1, -1) for column in columns]
        assert machine.run_lanes(rows, np.zeros((0, length), np.int64), lanes, isa=isa).kind == "end"
        found.append(lanes[0, :, 0].tolist())
    return found


@pytest.mark.parametrize("word_bits", WORD_BITS)
@pytest.mark.parametrize("op", range(TABLE))
def test_opcode_on_corner_values(op: int, word_bits: int) -> None:
    bound = 1 << word_bits - 1
    shifts, values = [0, 1, 4, 31, 62], corner_values(word_bits)
    wanted, tokens, reference = [], [], twin.VirtualMachine(**binary(op, word_bits))
    for token in product(values, shifts if op in (SHL, SHR) else values, (0, -9)):
        try:
            [value] = reference.step([], token).outputs
        except PrecisionError:  # not promised
            continue
        wanted.append(value)
        tokens.append(token)
    assert bound > max(wanted) and len(wanted) > 50
    columns = [np.array(column) for column in zip(*tokens, strict=True)]
    assert in_every_way(binary(op, word_bits), columns) == [wanted] * (1 + len(ISAS))


def binary(op: int, word_bits: int) -> dict[str, Any]:
    bound = 1 << word_bits - 1
    return arguments(
        instructions=[(op, 3, 0, 1, 2, 0)],
        num_slots=4,
        output_slots=[3],
        field_lo=[-bound] * 3,
        field_hi=[bound - 1] * 3,
        word_bits=word_bits,
    )


@pytest.mark.parametrize("word_bits", WORD_BITS)
@pytest.mark.parametrize("op", [FLOORDIV, MOD])
def test_constant_divisors(op: int, word_bits: int) -> None:
    bound = 1 << word_bits - 1
    rng = np.random.default_rng(3)
    dividends = np.array([*corner_values(word_bits)[1:], *rng.integers(1 - bound, bound, 300)])
    for divisor in (*corner_values(word_bits), *rng.integers(1, bound, 40).tolist(), 641, 6700417):
        near = divisor * (dividends // (divisor or 1))
        numbers = np.concatenate([dividends, near, near - 1])
        numbers = numbers[(numbers > -bound) & (numbers < bound)]
        args = arguments(
            instructions=[(op, 2, 0, 1, 0, 0)],
            constants=[divisor],
            num_slots=3,
            output_slots=[2],
            field_lo=[-bound],
            field_hi=[bound - 1],
            word_bits=word_bits,
        )
        if divisor:
            wanted = [a // divisor if op == FLOORDIV else a % divisor for a in numbers.tolist()]
        else:
            wanted = [0] * len(numbers)
        assert in_every_way(args, [numbers]) == [wanted] * (1 + len(ISAS)), divisor


@settings(max_examples=examples(100))
@given(seed=seeds, word_bits=st.sampled_from(WORD_BITS))
def test_broken_promises_are_survived(seed: int, word_bits: int) -> None:
    rng = np.random.default_rng(seed)
    size, count = 8, int(rng.integers(1, 12))
    rows = rng.integers(0, size, (count, 6))
    rows[:, 0] = rng.choice([FLOORDIV, MOD, SHL, SHR, ADD, TABLE, LOAD, STORE, NEURON], count)
    rows[:, 5] = rng.integers(-(2**31), 2**31, count)
    neurons = rows[:, 0] == NEURON
    rows[neurons, 2:] = [0, 3, 1, 0]
    bound = 1 << word_bits - 1
    args = arguments(
        instructions=rows,
        tables=[4, 5],
        terms=[0, 1, 2],
        weights=[bound - 1, -bound, 3],
        biases=[bound - 1],
        num_state=size,
        num_slots=size,
        next_slots=range(size),
        output_slots=[0],
        word_bits=word_bits,
    )
    machine = kernel.VirtualMachine(**args)
    state = rng.choice(corner_values(word_bits), (size, 20))
    assert machine.run([], state[:, 0].copy(), num_tokens=5).kind == "end"
    for isa in ISAS:
        assert machine.run_lanes([], state.copy(), num_tokens=5, isa=isa).kind == "end"


@pytest.mark.parametrize("module", [kernel, twin])
def test_error_leaves_the_state_before_it(module: Any) -> None:
    state, out = np.array([0]), np.zeros((4, 1), np.int64)
    stop = module.VirtualMachine(**counter()).run([np.array([4, 5, 3, 1])], state, out)
    assert (stop, state.tolist(), out.tolist()) == (("error", 2, 0), [9], [[4], [9], [0], [0]])


@pytest.mark.parametrize("module", [kernel, twin])
def test_failed_step_puts_arrays_back(module: Any) -> None:
    args = arguments(
        instructions=[(STORE, 0, 2, 3, 4, 0), (STORE, 0, 2, 4, 4, 0), (COPY, 1, 3, 0, 0, 0)],
        constants=[0, 7, 1],
        num_state=2,
        num_slots=5,
        next_slots=[0, 1],
        error_slot=4,
    )
    state = np.array([5, 6])
    assert module.VirtualMachine(**args).run([], state, num_tokens=3) == ("error", 0, 0)
    assert state.tolist() == [5, 6]


@pytest.mark.parametrize("module", [kernel, twin])
def test_earliest_error_of_all_lanes(module: Any) -> None:
    machine = module.VirtualMachine(**counter(word_bits=32))
    tokens = np.zeros((6, 3000), np.uint8)
    tokens[1:, 2000], tokens[:, 2500], tokens[:, 2600], tokens[:, 10] = 5, 5, 5, 2
    lanes = [tokens] if module is kernel else [tokens[:, 2000:]]
    stop = machine.run_lanes(lanes, np.zeros((1, lanes[0].shape[1]), np.int64))
    assert (stop.kind, stop.position, stop.lane) == ("error", 1, 2500 if module is kernel else 500)


@pytest.mark.parametrize("module", [kernel, twin])
def test_bad_token_in_lanes_runs_nothing(module: Any) -> None:
    tokens = np.ones((6, 40), np.int16)
    tokens[5, 3], tokens[4, 39], tokens[4, 38] = -1, 6, 99
    state = np.zeros((1, 40), np.int64)
    stop = module.VirtualMachine(**counter()).run_lanes([tokens], state)
    assert stop == ("token", 4, 0, 38)
    assert not state.any()


@pytest.mark.parametrize("value", [2**63, 2**64 - 1])
def test_unsigned_token_past_int64(value: int) -> None:
    args = arguments(field_lo=[-5], field_hi=[2**62], num_slots=1)
    column = np.array([3, value], dtype=np.uint64)
    assert kernel.VirtualMachine(**args).run([column], np.zeros(0, np.int64)) == ("token", 1, 0)


@pytest.mark.parametrize("module", [kernel, twin])
@pytest.mark.parametrize(("dtype", "fits"), [("int8", 127), ("uint8", 255), ("uint32", 300), ("uint64", 300)])
def test_output_dtype(module: Any, dtype: str, fits: int) -> None:
    args = arguments(output_slots=[0], field_lo=[-1], field_hi=[300], num_slots=1, word_bits=32)
    machine = module.VirtualMachine(**args)
    out, state = np.zeros((1, 3, 1), dtype), np.zeros((0, 3), np.int64)
    assert machine.run_lanes([np.array([[0, fits, 5]])], state, out).kind == "end"
    assert out.ravel().tolist() == [0, fits, 5]
    with pytest.raises(PrecisionError, match=f"output 0 at position 0 does not fit {dtype}"):
        machine.run_lanes([np.array([[0, fits + 1 if fits < 300 else -1, 5]])], state, out)


@pytest.mark.parametrize("lanes", [0, 64])
def test_interrupt_ends_a_long_run_and_leaves_the_state(lanes: int) -> None:
    args = arguments(
        instructions=[(ADD, 0, 0, 1, 0, 0)],
        constants=[1],
        num_state=1,
        num_slots=2,
        next_slots=[0],
        word_bits=64,
    )
    machine, state = kernel.VirtualMachine(**args), np.zeros((1, lanes) if lanes else 1, np.int64)
    run = machine.run_lanes if lanes else machine.run

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(KeyboardInterrupt):
            run([], state, num_tokens=10**12)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert not state.any()


def test_state_may_be_empty_and_lanes_none() -> None:
    machine = kernel.VirtualMachine(
        **arguments(instructions=[(AND, 1, 0, 0, 0, 0)], constants=[3], num_slots=2)
    )
    assert machine.run([], np.zeros(0, np.int64), num_tokens=4) == ("end", 4, 0)
    assert machine.run_lanes([], np.zeros((0, 0), np.int64), num_tokens=4) == ("end", 4, 0, 0)
