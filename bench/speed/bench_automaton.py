"""Tables of 10^5 states and 2 symbols: minimize, compare, run; with automata-lib and numba as peers.

    pytest bench/speed/bench_automaton.py --benchmark-enable

A random machine, a cycle whose states differ only after as many symbols as there are states, and a machine
with two copies of every state.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streamssm.algorithms import SaturatingCounter
from streamssm.cext import automaton
from streamssm.equivalences.minimize import minimize
from streamssm.frontends.algorithm import Algorithm

STATES, SYMBOLS = 100_000, 2
STREAM_SYMBOLS = 10_000_000
LANES = 1_000

Tables = tuple[Any, Any, int]


def random_machine() -> Tables:
    rng = np.random.default_rng(0)
    next_state = rng.integers(STATES, size=(STATES, SYMBOLS)).astype(np.int32)
    return next_state, rng.integers(2, size=STATES).astype(np.int32), 0


def cycle() -> Tables:
    states = np.arange(STATES, dtype=np.int32)
    return np.stack([np.roll(states, -1), states], axis=1), (states == 0).astype(np.int32), 0


def doubled() -> Tables:
    rng = np.random.default_rng(1)
    half = STATES // 2
    kinds, outputs = rng.integers(half, size=(half, SYMBOLS)), rng.integers(2, size=half)
    copies = half * rng.integers(2, size=(STATES, SYMBOLS))
    return (np.tile(kinds, (2, 1)) + copies).astype(np.int32), np.tile(outputs, 2).astype(np.int32), 0


each = pytest.mark.parametrize("make", [random_machine, cycle, doubled])


def shuffled(machine: Tables) -> Tables:
    """Return the machine with its states renumbered."""
    next_state, output, initial = machine
    names = np.random.default_rng(2).permutation(len(next_state)).astype(np.int32)
    renamed, outputs = np.empty_like(next_state), np.empty_like(output)
    renamed[names], outputs[names] = names[next_state], output
    return renamed, outputs, int(names[initial])


def peer(machine: Tables) -> Any:
    dfa = pytest.importorskip("automata.fa.dfa").DFA
    next_state, output, initial = machine
    return dfa(
        states=set(range(len(next_state))),
        input_symbols=set(range(SYMBOLS)),
        transitions={state: dict(enumerate(row)) for state, row in enumerate(next_state.tolist())},
        initial_state=initial,
        final_states=set(np.flatnonzero(output).tolist()),
    )


@each
def bench_minimize(benchmark: Any, make: Any) -> None:
    machine = shuffled(make())
    benchmark.extra_info["minimal_states"] = len(benchmark(automaton.minimize, *machine)[1])


@each
def bench_minimize_automata_lib(benchmark: Any, make: Any) -> None:
    machine = shuffled(make())
    dfa = peer(machine)
    minimal = benchmark.pedantic(lambda: dfa.minify(retain_names=False), rounds=1)
    benchmark.extra_info["minimal_states"] = len(minimal.states)
    assert len(minimal.to_complete().states) == len(automaton.minimize(*machine)[1])


@each
def bench_equivalence(benchmark: Any, make: Any) -> None:
    a, b = make(), shuffled(make())
    assert benchmark(automaton.distinguish, *a, *b) is None


def bench_equivalence_automata_lib(benchmark: Any) -> None:
    a, b = peer(random_machine()), peer(shuffled(random_machine()))
    assert benchmark.pedantic(lambda: a == b, rounds=1)


@pytest.mark.parametrize("kind", ["chain", "shift register"])
def bench_minimize_a_million_reachable_states(benchmark: Any, kind: str) -> None:
    """Search, table and minimal machine; the search of a chain finds one state at a time."""
    program = (SaturatingCounter(999_999) if kind == "chain" else ShiftRegister(20)).program()
    minimized = benchmark.pedantic(lambda: minimize(program), rounds=1)
    benchmark.extra_info["states"] = minimized.reachable_states
    assert minimized.reachable_states >= 10**6


class ShiftRegister(Algorithm):
    """Store the last bits; output the oldest of them."""

    def __init__(self, bits: int) -> None:
        self.size = 2**bits
        self.tokens(bit=2)
        self.word = self.register(self.size)

    def update(self, bit: int) -> None:
        self.word = (2 * self.word + bit) % self.size

    def output(self) -> Any:
        return self.word >= self.size // 2


def measure(benchmark: Any, run: Any) -> Any:
    result = benchmark(run)
    if benchmark.stats is not None:
        rate = STREAM_SYMBOLS / benchmark.stats.stats.median / 1e6
        benchmark.extra_info["million_symbols_per_s"] = round(rate, 1)
    return result


def small_machine(num_states: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(num_states)
    next_state = rng.integers(num_states, size=(num_states, 4)).astype(np.int32)
    return next_state, rng.integers(4, size=STREAM_SYMBOLS, dtype=np.uint8)


@pytest.mark.parametrize("num_states", [8, 200, 10_000, 100_000])
def bench_run(benchmark: Any, num_states: int) -> None:
    next_state, symbols = small_machine(num_states)
    measure(benchmark, lambda: automaton.run(next_state, None, symbols, 0))


@pytest.mark.parametrize("num_states", [8, 200, 10_000, 100_000])
def bench_run_lanes(benchmark: Any, num_states: int) -> None:
    next_state, symbols = small_machine(num_states)
    lanes, initial = symbols.reshape(-1, LANES), np.zeros(LANES, np.int32)
    measure(benchmark, lambda: automaton.run_lanes(next_state, None, lanes, initial))


@pytest.mark.parametrize("num_states", [8, 200, 10_000, 100_000])
def bench_run_numba_loop(benchmark: Any, num_states: int) -> None:
    next_state, symbols = small_machine(num_states)
    loop = pytest.importorskip("numba").njit(_loop)
    loop(next_state, symbols[:1])  # compiles
    states = measure(benchmark, lambda: loop(next_state, symbols))
    assert np.array_equal(states, automaton.run(next_state, None, symbols, 0)[0])


def _loop(next_state: Any, symbols: Any) -> Any:
    states = np.empty(len(symbols), np.int32)
    state = 0
    for t in range(len(symbols)):
        state = next_state[state, symbols[t]]
        states[t] = state
    return states
