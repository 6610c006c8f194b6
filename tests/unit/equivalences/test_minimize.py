"""The memory that is really needed: known counts, one machine for one behaviour, and the outputs kept."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import streamssm as ss
from streamssm.algorithms import (
    DGIM,
    BlockComposition,
    FunctionComposition,
    ModularCounter,
    SaturatingCounter,
)
from streamssm.automata.mealy import Mealy
from streamssm.equivalences.minimize import minimize
from streamssm.errors import ParameterError, PrecisionError, TokenError
from tests.case import Case
from tests.cases import SMALL_CASES, each
from tests.layered_models import layered_model
from tests.soak import examples


class Started(ss.Algorithm):
    """Says 1 for ever, and something else before the first token."""

    def __init__(self, first: int) -> None:
        self.tokens(x=2)
        self.said = self.register((0, 2), init=first)

    def update(self, x: int) -> None:
        self.said = 1

    def output(self) -> int:
        return self.said


@pytest.mark.parametrize(
    ("algorithm", "reachable", "states", "needed"),
    [
        (ModularCounter(1), 1, 1, 0),
        (ModularCounter(2), 2, 2, 1),
        (ModularCounter(5), 5, 5, 3),
        (SaturatingCounter(255), 256, 256, 8),
        (FunctionComposition(4), 16, 16, 4),
        (BlockComposition(2, 2), 8, 8, 3),
        (BlockComposition(3, 2), 27, 27, 5),
        (DGIM(4), 2580, 11, 4),
        (Started(2), 2, 1, 0),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ss.Algorithm) else str(value),
)
def test_known_counts(algorithm: ss.Algorithm, reachable: int, states: int, needed: int) -> None:
    minimal = minimize(algorithm)
    assert (minimal.reachable_states, minimal.num_states, minimal.memory_bits) == (reachable, states, needed)
    assert minimal.declared_bits == algorithm.program().memory_bits


@pytest.mark.parametrize(("n", "k"), [(2, 1), (3, 1), (3, 2), (4, 2), (5, 2), (3, 4)])
def test_unrolled_composition_needs_all_its_words(n: int, k: int) -> None:
    """It declares whole bits for every word; all words together need fewer where n is no power of two."""
    program = BlockComposition(n, k).program()
    minimal = minimize(program)
    assert minimal.num_states == n ** (k + 1)
    assert minimal.declared_bits == (k + 1) * (n - 1).bit_length()
    assert minimize(ss.to_ssm(program, cot="none")).machine == minimal.machine


@each(SMALL_CASES)
def test_machine_gives_the_outputs(case: Case) -> None:
    program = case.make().program()
    minimal = minimize(program)
    assert minimal.machine.begin == case.begin
    rng = np.random.default_rng(7)
    columns = [rng.integers(w.range.lo, w.range.hi, size=300, endpoint=True) for w in program.fields]
    stream = np.stack(columns, axis=1) if columns else np.zeros((300, 0), np.int64)
    assert minimal.machine.run(stream) == [tuple(row) for row in program.run(stream).tolist()]
    assert minimal.machine.run(list(case.tokens)) == list(case.outputs)
    assert minimal.memory_bits <= minimal.declared_bits == case.memory_bits


@each(SMALL_CASES)
def test_minimizing_again_changes_nothing(case: Case) -> None:
    minimal = minimize(case.make())
    again = minimize(minimal.machine)
    assert again.machine == minimal.machine and hash(again.machine) == hash(minimal.machine)
    assert again.reachable_states == again.num_states == minimal.num_states
    assert again.examples[:, 0].tolist() == list(range(minimal.num_states))


@each(SMALL_CASES)
def test_program_and_model_have_one_machine(case: Case) -> None:
    program = case.make().program()
    machine = minimize(program).machine
    model = ss.to_ssm(program)
    for by in ("fused", "weights"):
        minimal = minimize(model, by=by)
        assert (minimal.machine, minimal.ran) == (machine, by)
    assert machine.difference(minimize(model).machine) is None


@pytest.mark.soak
@settings(max_examples=examples(15))
@given(random=st.randoms(use_true_random=False))
def test_random_models(random: Any) -> None:
    model = layered_model(random)
    try:
        minimal = minimize(model, max_transitions=20_000)
    except (ParameterError, PrecisionError) as error:
        assert "max_transitions" in str(error) or "stops with an error" in str(error)
        return
    assert minimize(model, max_transitions=20_000, by="weights").machine == minimal.machine
    rng = np.random.default_rng(random.getrandbits(32))
    columns = [rng.integers(w.range.lo, w.range.hi, size=100, endpoint=True) for w in model.fields]
    stream = np.stack(columns, axis=1)
    assert minimal.machine.run(stream) == [tuple(row) for row in model.run(stream).tolist()]


@pytest.mark.parametrize(
    "make", [lambda: BlockComposition(2, 2), lambda: DGIM(3), lambda: SaturatingCounter(9)]
)
def test_streams_that_tell_states_apart(make: Any) -> None:
    algorithm = make()
    program, minimal = algorithm.program(), minimize(algorithm)
    for a, b in product(range(minimal.num_states), repeat=2):
        stream = minimal.distinguish(a, b)
        assert (stream is None) == (a == b)
        if stream is not None:
            last = [program.run(list(stream), minimal.example(state))[-1].tolist() for state in (a, b)]
            assert last[0] != last[1]
            ahead = [minimal.machine.run(list(stream), state)[:-1] for state in (a, b)]
            assert ahead[0] == ahead[1]  # or a shorter one would do


def test_states_after_streams() -> None:
    minimal = minimize(BlockComposition(2, 2))
    for state in range(minimal.num_states):
        stream = minimal.machine.stream_to(state)
        assert minimal.state_after(stream) == state
        words = BlockComposition(2, 2).program().stream()
        if stream:
            words.feed(list(stream))
        assert words.state == minimal.example(state)
    assert minimal.state_after([]) == 0 and minimal.machine.stream_to(0) == ()


def test_the_output_before_the_first_token_tells_machines_apart_and_needs_no_memory() -> None:
    zero, two = minimize(Started(0)).machine, minimize(Started(2)).machine
    assert (zero.begin, two.begin) == ((0,), (2,))
    assert zero != two and zero.difference(two) == ()
    assert zero.num_states == two.num_states == 1


def test_a_shortest_stream_on_which_machines_differ() -> None:
    nine, six = (minimize(SaturatingCounter(limit)).machine for limit in (9, 6))
    assert nine.difference(six) == ((1,),) * 7
    with pytest.raises(ParameterError, match="must read the same tokens to be compared"):
        nine.difference(minimize(FunctionComposition(2)).machine)


class NeverRead(ss.Algorithm):
    """Remembers what nothing can show."""

    def __init__(self) -> None:
        self.tokens()
        self.count = self.register(7)

    def update(self) -> None:
        self.count = (self.count + 1) % 7

    def output(self) -> int:
        return 3


def test_without_fields_there_is_one_token() -> None:
    minimal = minimize(NeverRead())
    assert (minimal.reachable_states, minimal.num_states, minimal.declared_bits, minimal.memory_bits) == (
        7,
        1,
        3,
        0,
    )
    assert minimal.machine.run([(), ()]) == [(3,), (3,)]


@pytest.mark.parametrize(
    ("artefact", "options", "message"),
    [
        (
            FunctionComposition(64),
            {"max_transitions": 8191},
            "has 8,192 tokens: raise max_transitions",
        ),
        (FunctionComposition(4), {"max_transitions": 511}, "32 tokens and more than 15 reachable states"),
        (FunctionComposition(4), {"max_transitions": 0}, r"max_transitions must be in \[1, 2\^31\), got 0"),
        (FunctionComposition(4), {"max_transitions": 2**31}, "max_transitions must be in"),
        (FunctionComposition, {}, "must be an instance such as"),
        (7, {}, "a side of a check must be"),
    ],
)
def test_refusals(artefact: Any, options: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        minimize(artefact, **options)


def test_exactly_as_many_transitions_as_are_allowed() -> None:
    assert minimize(FunctionComposition(4), max_transitions=512).reachable_states == 16


def test_queries_are_checked() -> None:
    minimal = minimize(ModularCounter(3))
    for call in (
        lambda: minimal.example(3),
        lambda: minimal.distinguish(0, -1),
        lambda: minimal.machine.stream_to(3),
    ):
        with pytest.raises(ParameterError, match=r"must (be|be a state|lie) in \[0, 2\]"):
            call()
    with pytest.raises(TokenError, match=r"token 1: field 'event' must be in \[0, 1\], not 2"):
        minimal.state_after([(1,), (2,)])


def test_progress_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamssm.equivalences.minimize.SLICE_TRANSITIONS", 100)
    seen: list[tuple[int, int]] = []
    minimize(FunctionComposition(16), progress=lambda done, whole: seen.append((done, whole)))
    assert len(seen) > 50 and all(0 < done <= whole <= 256 * 512 for done, whole in seen)


@pytest.mark.soak
def test_as_many_states_as_automata_lib() -> None:
    dfa = pytest.importorskip("automata.fa.dfa").DFA
    rng = np.random.default_rng(3)
    for _ in range(examples(200)):
        num_states, num_symbols = int(rng.integers(1, 30)), int(rng.integers(1, 4))
        table = rng.integers(num_states, size=(num_states, num_symbols)).astype(np.int32)
        if rng.random() < 0.5:
            table = np.minimum(table, np.arange(num_states)[:, None] + 1).astype(np.int32)
        accepting = (rng.random(num_states) < rng.choice([0.1, 0.5])).astype(np.int32)
        peer = dfa(
            states=set(range(num_states)),
            input_symbols=set(range(num_symbols)),
            transitions={state: dict(enumerate(row)) for state, row in enumerate(table.tolist())},
            initial_state=0,
            final_states=set(np.flatnonzero(accepting).tolist()),
        )
        assert moore_size(table, accepting) == len(peer.minify().to_complete().states)


def moore_size(table: Any, accepting: Any) -> int:
    """Return how many states the minimal machine has whose outputs are those of the states."""
    from streamssm.cext import automaton

    return len(automaton.minimize(table, accepting, 0)[1])


def test_mealy_checks_its_tables() -> None:
    machine = minimize(ModularCounter(2)).machine
    tables: dict[str, Any] = dict(
        next_state=machine.next_state, output=machine.output, outputs=machine.outputs
    )
    for changes, message in (
        (dict(next_state=np.zeros((2, 3), np.int32)), "a column for each of 2 tokens"),
        (dict(next_state=machine.next_state + 1), r"must hold states in \[0, 1\], not 2"),
        (dict(output=machine.output + 1), "output must be indices in \\[0, 1\\]"),
        (dict(outputs=machine.outputs[:1]), "output must be indices in \\[0, 0\\]"),
        (dict(outputs=np.zeros((2, 2), np.int64)), "must have 1 words"),
        (dict(initial=2), r"initial must be a state in \[0, 1\], not 2"),
    ):
        rest: dict[str, Any] = {**tables, **changes}
        with pytest.raises(ParameterError, match=message):
            Mealy("m", machine.fields, ("n",), begin=(0,), **rest)
    with pytest.raises(ValueError, match="read-only"):
        machine.next_state[0, 0] = 1


def test_dot_groups_tokens() -> None:
    text = minimize(BlockComposition(2, 2)).to_dot()
    assert 's0 -> s0 [label="0 0 0; 0 1 0; ' in text
    assert minimize(NeverRead()).to_dot().count('s0 -> s0 [label="- / 3"]') == 1
    assert 's1 -> s1 [label="any / 1"]' not in text
    assert 's0 -> s0 [label="any / 1"]' in minimize(Started(0)).to_dot()
