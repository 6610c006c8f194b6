"""Tables: the kernel equals its twin, blocks are the behaviours, and words that tell apart are shortest."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamssm.cext import automaton as kernel
from streamssm.errors import ParameterError, TokenError
from streamssm.reference import automaton as twin
from tests.soak import examples

MODULES = pytest.mark.parametrize("module", [kernel, twin], ids=["kernel", "twin"])
Machine = tuple[Any, Any, int]


def int32s(*rows: Any) -> Any:
    return np.array(rows, dtype=np.int32)


def random_machine(rng: np.random.Generator, num_symbols: int, by_state: bool) -> Machine:
    """Return a machine with unreachable states and, often, states that behave alike."""
    num_kinds = int(rng.integers(1, 12))
    copies = int(rng.integers(1, 5))
    num_states = num_kinds * copies
    kinds = rng.integers(num_kinds, size=(num_kinds, num_symbols))
    if rng.random() < 0.3:
        kinds = np.minimum(np.arange(num_kinds)[:, None] + rng.integers(0, 2, kinds.shape), num_kinds - 1)
    shape = (num_kinds,) if by_state else kinds.shape
    outputs = rng.integers(-1, int(rng.integers(0, 3)), size=shape)
    if rng.random() < 0.3:
        outputs[...] = 0
        outputs.flat[0] = 1
    which = rng.integers(copies, size=(num_states, num_symbols))
    table = np.tile(kinds, (copies, 1)) + num_kinds * which
    names = rng.permutation(num_states)
    next_state, output = np.empty_like(table), np.empty((num_states, *shape[1:]), np.int64)
    next_state[names] = names[table]
    output[names] = np.tile(outputs, (copies, *(1 for _ in shape[1:])))
    return next_state.astype(np.int32), output.astype(np.int32), int(rng.integers(num_states))


def random_machines(seed: int, count: int = 1) -> list[Machine]:
    rng = np.random.default_rng(seed)
    num_symbols, by_state = int(rng.integers(1, 5)), bool(rng.integers(2))
    return [random_machine(rng, num_symbols, by_state) for _ in range(count)]


SEEDS = st.integers(0, 2**32 - 1)


@pytest.mark.soak
@settings(max_examples=examples(200))
@given(seed=SEEDS)
def test_minimize_equals_twin(seed: int) -> None:
    (machine,) = random_machines(seed)
    for found, expected in zip(kernel.minimize(*machine), twin.minimize(*machine), strict=True):
        assert found.dtype == expected.dtype == np.dtype(np.int32)
        assert found.tolist() == expected.tolist()
    assert (
        kernel.reachable(machine[0], machine[2]).tolist() == twin.reachable(machine[0], machine[2]).tolist()
    )


@pytest.mark.soak
@settings(max_examples=examples(60))
@given(seed=SEEDS)
def test_blocks_are_behaviours(seed: int) -> None:
    ((next_state, output, initial),) = random_machines(seed)
    block_of, firsts = kernel.minimize(next_state, output, initial)
    assert set(np.flatnonzero(block_of >= 0)) == set(kernel.reachable(next_state, initial))
    alike = block_of[block_of >= 0]
    states = np.flatnonzero(block_of >= 0).tolist()
    for a, block_a in zip(states, alike, strict=True):
        for b, block_b in zip(states, alike, strict=True):
            word = kernel.distinguish(next_state, output, a, next_state, output, b)
            assert (word is None) == (block_a == block_b)
    assert block_of[firsts].tolist() == list(range(len(firsts)))


@pytest.mark.soak
@settings(max_examples=examples(100))
@given(seed=SEEDS)
def test_equal_machines_get_equal_tables(seed: int) -> None:
    ((next_state, output, initial),) = random_machines(seed)
    rng = np.random.default_rng(seed)
    names = rng.permutation(len(next_state))
    renamed, outputs = np.empty_like(next_state), np.empty_like(output)
    renamed[names], outputs[names] = names[next_state], output
    found = [minimal(next_state, output, initial), minimal(renamed, outputs, int(names[initial]))]
    assert [part.tolist() for part in found[0]] == [part.tolist() for part in found[1]]
    again = minimal(*found[0], 0)
    assert [part.tolist() for part in again] == [part.tolist() for part in found[0]]


def minimal(next_state: Any, output: Any, initial: int) -> tuple[Any, Any]:
    block_of, firsts = kernel.minimize(next_state, output, initial)
    return block_of[next_state[firsts]], output[firsts]


@pytest.mark.soak
@settings(max_examples=examples(200))
@given(seed=SEEDS)
def test_distinguishing_words(seed: int) -> None:
    a, b = random_machines(seed, 2)
    word, expected = kernel.distinguish(*a, *b), twin.distinguish(*a, *b)
    shortest = shortest_by_search(a, b)
    if word is None:
        assert expected is None and shortest is None
        return
    assert word.dtype == np.int32 and expected is not None
    assert word.tolist() == expected.tolist() and len(word) == shortest
    last = [last_output(*machine, word) for machine in (a, b)]
    assert last[0] != last[1]


def last_output(next_state: Any, output: Any, initial: int, word: Any) -> int:
    if len(word) == 0:
        return int(output[initial])
    outputs = twin.run(next_state, output, word, initial)[1]
    assert outputs is not None
    return int(outputs[-1])


def shortest_by_search(a: Machine, b: Machine) -> int | None:
    """Return the length of a shortest word that tells two machines apart, by all their joint states."""
    todo, known = deque([(a[2], b[2], 0)]), {(a[2], b[2])}
    while todo:
        p, q, length = todo.popleft()
        if not np.array_equal(a[1][p], b[1][q]):
            return length + int(a[1].ndim) - 1
        for pair in zip(a[0][p].tolist(), b[0][q].tolist(), strict=True):
            if pair not in known:
                known.add(pair)
                todo.append((*pair, length + 1))
    return None


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int32", "int64", ">i4"])
@settings(max_examples=examples(10))
@given(seed=SEEDS)
def test_runs_equal_twin(dtype: str, seed: int) -> None:
    ((next_state, output, initial),) = random_machines(seed)
    rng = np.random.default_rng(seed)
    word = rng.integers(next_state.shape[1], size=int(rng.integers(0, 30))).astype(dtype)
    words = rng.integers(next_state.shape[1], size=(int(rng.integers(0, 9)), int(rng.integers(0, 5)))).astype(
        dtype
    )
    starts = rng.integers(len(next_state), size=words.shape[1]).astype(np.int32)
    for given_output in (output, None):
        same(*(m.run(next_state, given_output, word, initial) for m in (kernel, twin)))
        same(*(m.run_lanes(next_state, given_output, words, starts) for m in (kernel, twin)))
        same(*(m.run_lanes(next_state, given_output, words[::2], starts) for m in (kernel, twin)))


def same(found: tuple[Any, Any], expected: tuple[Any, Any]) -> None:
    for a, b in zip(found, expected, strict=True):
        assert (a is None) == (b is None)
        assert a is None or (a.dtype, a.shape, a.tolist()) == (np.int32, b.shape, b.tolist())


@MODULES
def test_one_state_and_one_symbol(module: Any) -> None:
    machine = (int32s([0]), int32s(5), 0)
    block_of, firsts = module.minimize(*machine)
    assert (block_of.tolist(), firsts.tolist()) == ([0], [0])
    assert module.distinguish(*machine, *machine) is None
    assert module.distinguish(*machine, int32s([0]), int32s(6), 0).tolist() == []
    assert module.distinguish(int32s([0]), int32s([5]), 0, int32s([0]), int32s([6]), 0).tolist() == [0]


@pytest.mark.parametrize("num_states", [1, 2, 3, 64, 1000, 4097])
def test_chains_need_every_state(num_states: int) -> None:
    """A chain splits off one state at a time: where the coarse rounds stop."""
    chain = np.minimum(np.arange(num_states) + 1, num_states - 1).astype(np.int32)[:, None]
    output = np.zeros(num_states, np.int32)
    output[-1] = 1
    block_of, firsts = kernel.minimize(chain, output, 0)
    assert block_of.tolist() == firsts.tolist() == list(range(num_states))
    word = kernel.distinguish(chain, output, 0, chain, output, min(1, num_states - 1))
    assert (None if word is None else len(word)) == (None if num_states == 1 else num_states - 2)


@pytest.mark.parametrize(("num_states", "period"), [(60, 4), (60, 60), (1 << 12, 1 << 5), (3**7, 3)])
def test_cycles_fold_to_their_period(num_states: int, period: int) -> None:
    cycle = np.roll(np.arange(num_states, dtype=np.int32), -1)[:, None]
    output = (np.arange(num_states) % period == 0).astype(np.int32)
    block_of, _ = kernel.minimize(cycle, output, 0)
    assert block_of.tolist() == [state % period for state in range(num_states)]


TABLE, OUTPUT = int32s([0, 1], [1, 0]), int32s(0, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((TABLE.astype(np.int64), OUTPUT, 0), "next_state must be an int32 array of 2 dimensions, not int64"),
        ((TABLE.tolist(), OUTPUT, 0), "next_state must be an int32 array of 2 dimensions, not list"),
        ((TABLE[0], OUTPUT, 0), "next_state must be an int32 array of 2 dimensions"),
        ((TABLE[:0], OUTPUT[:0], 0), "next_state must have a state and a symbol"),
        ((TABLE[:, :0], OUTPUT, 0), "next_state must have a state and a symbol"),
        ((TABLE + 1, OUTPUT, 0), r"next_state must hold states in \[0, 1\], not 2"),
        ((TABLE - 1, OUTPUT, 0), r"next_state must hold states in \[0, 1\], not -1"),
        (
            (TABLE, OUTPUT[:1], 0),
            r"output must be an int32 array of shape \(2,\) or \(2, 2\), not int32 \(1,\)",
        ),
        ((TABLE, OUTPUT.astype(float), 0), "output must be an int32 array"),
        ((TABLE, None, 0), "output must be an int32 array"),
        ((TABLE, OUTPUT, 2), r"initial must be a state in \[0, 1\], not 2"),
        ((TABLE, OUTPUT, -1), r"initial must be a state in \[0, 1\], not -1"),
        ((TABLE, OUTPUT, 2**70), "initial must be a state in"),
        ((TABLE, OUTPUT, 0.0), "initial must be an integer, not float"),
    ],
)
def test_tables_are_checked(arguments: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        kernel.minimize(*arguments)
    named = message.replace("next_state", "next_state_a").replace("output", "output_a")
    with pytest.raises(ParameterError, match=named.replace("initial", "initial_a")):
        table, output, initial = arguments
        kernel.distinguish(table, output, initial, TABLE, OUTPUT, 0)


def test_machines_must_be_comparable() -> None:
    for table, output in ((TABLE[:, :1], OUTPUT), (TABLE, TABLE)):
        with pytest.raises(ParameterError, match="as many symbols, and outputs of the same kind"):
            kernel.distinguish(TABLE, OUTPUT, 0, table, output, 0)


@pytest.mark.parametrize("symbol", [2, -1, 2**31, -(2**31)])
def test_symbols_are_checked(symbol: int) -> None:
    with pytest.raises(TokenError, match=rf"symbol 1 must lie in \[0, 1\], not be {symbol}"):
        kernel.run(TABLE, OUTPUT, np.array([1, symbol]), 0)
    with pytest.raises(TokenError, match=rf"symbol 0 of lane 1 must lie in \[0, 1\], not be {symbol}"):
        kernel.run_lanes(TABLE, None, np.array([[1, symbol]]), int32s(0, 0))


@pytest.mark.parametrize(
    ("symbols", "initial", "message"),
    [
        (np.zeros((2, 2)), int32s(0, 0), "symbols must be an integer array of 2 dimensions, not float64"),
        (OUTPUT, int32s(0, 0), "symbols must be an integer array of 2 dimensions"),
        (TABLE, int32s(0, 0, 0), "initial must have 2 lanes as symbols has, not 3"),
        (TABLE, np.zeros(2), "initial must be an int32 array of 1 dimensions"),
        (TABLE, int32s(0, 2), r"initial must hold states in \[0, 1\], not 2"),
    ],
)
def test_lanes_are_checked(symbols: Any, initial: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        kernel.run_lanes(TABLE, None, symbols, initial)


def test_symbols_up_to_a_byte() -> None:
    table = np.arange(256, dtype=np.int32)[None].repeat(256, axis=0)
    word = np.arange(255, -1, -1, dtype=np.uint8)
    assert kernel.run(table, None, word, 0)[0].tolist() == word.tolist()


@pytest.mark.parametrize(
    ("num_states", "num_symbols"),
    [(16_384, 4), (16_385, 4), (16_384, 3), (65_536, 1), (65_537, 1), (257, 255)],
)
@pytest.mark.parametrize("dtype", [np.uint8, np.int32])
def test_runs_where_entries_change_their_width(num_states: int, num_symbols: int, dtype: Any) -> None:
    rng = np.random.default_rng(num_states)
    next_state = rng.integers(num_states, size=(num_states, num_symbols)).astype(np.int32)
    word = rng.integers(num_symbols, size=2_000).astype(dtype)
    states, _ = kernel.run(next_state, None, word, num_states - 1)
    assert np.array_equal(states, twin.run(next_state, None, word, num_states - 1)[0])
