"""Laws of models of several layers: all ways of running one agree, on every kind of transition.

The executor reads the weights with Python integers; the graphs by weights and fused are built by other code,
run by the kernel and by its twin, at once, in chunks and in lanes. States, outputs, and the position and text
of an error must be the same. The models come from hypothesis, and from fixed seeds that are known to cover
every kind, rounding and overflow mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings

from streamssm.equivalences.ssm_to_program import ssm_to_program
from streamssm.errors import PrecisionError
from streamssm.files import load
from streamssm.runtime.stream import Stream
from streamssm.ssm.formats import Overflow, Rounding
from streamssm.ssm.model import SSM, TransitionKind
from tests.soak import examples
from tests.strategies import layered_model, models

SEEDS = range(examples(150))
LENGTH = 12
WAYS = [*product(("weights", "fused"), ("kernel", "reference"))]

Token = tuple[int, ...]


@dataclass(frozen=True)
class Ran:
    """What became of a stream: outputs and states up to the end or the error, and its text."""

    outputs: list[Token]
    states: list[Token]
    error: str


def by_the_executor(model: SSM, tokens: Sequence[Token]) -> Ran:
    state, found = model.initial, Ran([], [], "")
    for position, token in enumerate(tokens):
        try:
            state, outputs = model.step(state, token)
        except PrecisionError as error:
            return Ran(found.outputs, found.states, f"{model.name}: {error} at token {position}")
        found.states.append(state)
        found.outputs.append(outputs)
    return found


def token_by_token(stream: Stream, tokens: Sequence[Token]) -> Ran:
    found = Ran([], [], "")
    for token in tokens:
        try:
            outputs = stream.feed(np.array([token], np.int64))
        except PrecisionError as error:
            return Ran(found.outputs, found.states, str(error))
        found.outputs.append(tuple(outputs[0].tolist()))
        found.states.append(tuple(stream.state))
    return found


def some_tokens(model: SSM, seed: int, count: int = LENGTH) -> list[Token]:
    """Return tokens that are mostly at the ends of their ranges, and hold there for a while."""
    r, found = Random(seed), []
    token = tuple(word.range.lo for word in model.fields)
    for _ in range(count):
        if r.random() < 0.7:
            token = tuple(
                r.choice([word.range.lo, word.range.hi, r.randint(word.range.lo, word.range.hi)])
                for word in model.fields
            )
        found.append(token)
    return found


def require_all_ways_agree(model: SSM) -> None:
    tokens = some_tokens(model, 7)
    wanted = by_the_executor(model, tokens)
    for by, backend in WAYS:
        assert token_by_token(model.stream(by=by, backend=backend), tokens) == wanted, (by, backend)
    good = np.array(tokens[: len(wanted.outputs)], np.int64).reshape(-1, len(model.fields))
    for by in ("weights", "fused"):
        chunks = list(model.run(iter([good[:5], good[5:6], good[6:]]), by=by))
        at_once = model.run(good, by=by)
        assert [tuple(row) for chunk in chunks for row in chunk.tolist()] == wanted.outputs
        assert [tuple(row) for row in at_once.tolist()] == wanted.outputs
        if wanted.error:
            with pytest.raises(PrecisionError) as raised:
                model.run(np.array(tokens, np.int64), by=by)
            assert str(raised.value) == wanted.error


def require_lanes_agree(model: SSM) -> None:
    streams = [some_tokens(model, seed) for seed in range(5)]
    wanted = [by_the_executor(model, tokens) for tokens in streams]
    length = min(len(ran.outputs) for ran in wanted)
    tokens = np.array(streams, np.int64).swapaxes(0, 1)
    for by, backend in WAYS:
        lanes = model.lanes(len(streams), by=by, backend=backend)
        found = lanes.feed(tokens[:length])
        assert found.swapaxes(0, 1).tolist() == [list(map(list, ran.outputs[:length])) for ran in wanted]
        if length:
            assert lanes.state.T.tolist() == [list(ran.states[length - 1]) for ran in wanted]
        if length < LENGTH:
            first = next(i for i, ran in enumerate(wanted) if len(ran.outputs) == length)
            with pytest.raises(PrecisionError, match=f"token {length} of lane {first}"):
                lanes.feed(tokens[length:])


def require_saved(model: SSM, path: Path) -> None:
    model.save(str(path))
    assert load(str(path)) == model


def require_program_agrees(model: SSM) -> bool:
    """E4 on a model whose words cannot err; return whether it is one."""
    if model.transducer("fused").error is not None:
        return False
    program = ssm_to_program(model)
    assert program.memory_bits == model.memory_bits
    assert not program.assumptions
    tokens = np.array(some_tokens(model, 11, 40), np.int64).reshape(-1, len(model.fields))
    assert np.array_equal(program.run(tokens), model.run(tokens))
    return True


@pytest.mark.parametrize("start", range(0, len(SEEDS), 25))
def test_all_ways_agree_on_known_seeds(start: int) -> None:
    for seed in SEEDS[start : start + 25]:
        model = layered_model(Random(seed))
        require_all_ways_agree(model)
        require_lanes_agree(model)


@settings(max_examples=examples(60))
@given(models())
def test_all_ways_agree(model: SSM) -> None:
    require_all_ways_agree(model)
    require_lanes_agree(model)


def test_files_hold_everything(tmp_path: Path) -> None:
    for seed in SEEDS[:40]:
        require_saved(layered_model(Random(seed)), tmp_path / "model.safetensors")


def test_e4_programs_of_models_that_cannot_err_are_equal() -> None:
    found = [require_program_agrees(layered_model(Random(seed))) for seed in SEEDS]
    assert sum(found) >= len(SEEDS) // 8


def test_known_seeds_cover_every_kind_and_format() -> None:
    seen: set[tuple[object, ...]] = set()
    depths, widths, bits = set[int](), set[int](), set[int]()
    for seed in SEEDS:
        model = layered_model(Random(seed))
        depths.add(model.num_layers)
        for layer in model.layers:
            widths.add(layer.state_dim)
            bits.add(layer.precision_bits)
            rows = zip(layer.words, layer.entry_fraction_bits, strict=True)
            seen |= {(layer.kind, w.format.rounding, w.format.overflow, places > 0) for w, places in rows}
    whole = {TransitionKind.ZERO_ONE, TransitionKind.SIGNED}
    modes = [mode for mode in Overflow if mode is not Overflow.CYCLE]
    wanted: set[tuple[object, ...]] = {
        (kind, rounding, overflow, fraction)
        for kind, rounding, overflow in product(TransitionKind, Rounding, modes)
        for fraction in ((False,) if kind in whole else (False, True))
        if kind is not TransitionKind.COMPLEX
    }
    wanted |= {(TransitionKind.COMPLEX, rounding, Overflow.CYCLE, False) for rounding in Rounding}
    assert seen == wanted
    assert depths == set(range(1, 7))
    assert {1, 2, 3, 4, 8, 16} == widths
    assert {1, 2, 4, 6, 24} <= bits


def test_known_seeds_meet_every_error_and_none() -> None:
    ran = [by_the_executor(m, some_tokens(m, 7)) for m in (layered_model(Random(seed)) for seed in SEEDS)]
    assert sum(not found.error for found in ran) >= len(SEEDS) // 4
    assert sum("reflection" in found.error for found in ran) >= 1
    assert sum("must stay in" in found.error and len(found.outputs) > 1 for found in ran) >= len(SEEDS) // 12
