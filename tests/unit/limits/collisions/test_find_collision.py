"""Collisions of insufficient models, replayed and unaffected by thoughts; correct models have none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from streamssm.algorithms import (
    AddingComposition,
    BlockComposition,
    FlipFlop,
    FunctionComposition,
    ModularCounter,
    SaturatingCounter,
    StoredComposition,
)
from streamssm.equivalences.ssm_to_program import to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError, PrecisionError, StreamSSMError
from streamssm.frontends.algorithm import Algorithm
from streamssm.ir.ranges import Range
from streamssm.limits.collisions import find_collision as searching
from streamssm.limits.collisions.collision import Collision, model_answers, replays
from streamssm.limits.collisions.find_collision import CollisionResult, collide
from streamssm.limits.collisions.insufficient import InsufficientClaim, claims
from streamssm.limits.collisions.insufficient.too_little_memory import FirstImages, HashedTables
from streamssm.limits.collisions.offline_thoughts import answers_after, with_offline_thoughts
from streamssm.limits.streams.orders import parse_order, shape_of
from streamssm.limits.streams.prefixes import BATCH, Prefixes, PrefixMode
from streamssm.limits.streams.shapes import StreamShape, total_shape
from streamssm.program.program import Program
from streamssm.ssm import executor, textbook
from streamssm.ssm.model import SSM, ThoughtMode, TransitionKind
from streamssm.ssm.textbook.parts import itself, model, word
from tests.offline_models import ONES, Summed, countdown, popcount
from tests.soak import SOAK

CLAIMS = claims()
LONG = "two functions in one layer of 40 bits"  # as long as the table hashed to 40 bits


def composition(algorithm: Algorithm, order: str) -> tuple[Program, StreamShape]:
    program = algorithm.program()
    return program, shape_of(parse_order(order), program.name, program.fields)


def require_collision(result: CollisionResult, ssm: SSM, task: Program, shape: StreamShape) -> Collision:
    collision = result.collision
    assert collision is not None
    assert replays(collision, ssm, task)
    assert all(shape.holds(stream) for stream in collision.streams) or shape.every
    assert model_answers(collision, ssm)[0] == model_answers(collision, ssm)[1]
    required = [tuple(task.run(list(stream))[-1].tolist()) for stream in collision.streams]
    assert tuple(required) == collision.answers and required[0] != required[1]
    return collision


# insufficient models


def test_the_list() -> None:
    """Five lack memory, up to 40 bits; five lack layers, with no less memory than two words of 4 bits."""
    assert [claim.lacks for claim in CLAIMS] == ["memory"] * 5 + ["layers"] * 5
    assert all(claim.model.memory_bits <= 40 for claim in CLAIMS[:5])
    assert {40} <= {claim.model.memory_bits for claim in CLAIMS[:5]}
    for claim in CLAIMS[5:]:
        n, k = claim.task.fields[2].range.size, claim.task.fields[0].range.hi
        assert claim.model.memory_bits >= FunctionComposition(n).program().memory_bits
        assert claim.model.num_layers < k + 1 == to_ssm(claim.task, cot="none").num_layers
    assert {claim.model.thoughts.mode for claim in CLAIMS} == {ThoughtMode.NONE, ThoughtMode.OFFLINE}


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_every_one_is_refuted(claim: InsufficientClaim) -> None:
    if claim.name == LONG and not SOAK:
        pytest.skip("a million streams at each cut once more: under SOAK")
    require_collision(collide(claim.model, claim.task, claim.shape), claim.model, claim.task, claim.shape)


def test_a_hash_by_birthday() -> None:
    """28 bits of hash, 2^16 prefixes: as with 40 bits and 2^22."""
    ssm = to_ssm(HashedTables(16, 1, 1, 28), cot="none")
    task, shape = composition(StoredComposition(16, 1), "f1,x")
    result = collide(ssm, task, shape, max_streams=1 << 17)
    require_collision(result, ssm, task, shape)
    assert result.memory_bits == 28 and result.streams < 3 << 20


def test_an_exact_number_of_states_is_the_border() -> None:
    """A counter up to 7 counts 7 tokens; a smaller one has a collision among all streams."""
    for limit, is_found in ((6, True), (7, False), (8, False)):
        ssm, task = to_ssm(SaturatingCounter(limit), cot="none"), SaturatingCounter(9).program()
        result = collide(ssm, task, total_shape(task.fields, 7))
        assert (result.collision is not None) is is_found
        if is_found:
            collision = require_collision(result, ssm, task, total_shape(task.fields, 7))
            assert collision.state == (6,)


def test_words_of_more_than_64_bits() -> None:
    """Keys are hashes then, and pairs are still compared word by word."""
    task, shape = composition(StoredComposition(64, 1), "f1,x")
    ssm = to_ssm(FirstImages(64, 12), cot="none")
    assert ssm.memory_bits == 72
    require_collision(collide(ssm, task, shape, max_streams=1 << 12), ssm, task, shape)


# correct models


@pytest.mark.parametrize(
    ("ssm", "algorithm", "order"),
    [
        (to_ssm(BlockComposition(4, 2), cot="none"), BlockComposition(4, 2), "x,f1,f2"),
        (to_ssm(AddingComposition(4, 2), cot="none"), BlockComposition(4, 2), "x,f1,f2"),
        (to_ssm(StoredComposition(4, 1), cot="none"), StoredComposition(4, 1), "f1,x"),
        (to_ssm(StoredComposition(3, 2), cot="none"), BlockComposition(3, 2), "x,f1,f2"),
        (
            with_offline_thoughts(to_ssm(BlockComposition(4, 1), cot="none"), 9),
            StoredComposition(4, 1),
            "x,f1",
        ),
    ],
    ids=["layers", "adding", "stored", "stored in the easy order", "thinking"],
)
def test_none_of_models_that_are_right(ssm: SSM, algorithm: Algorithm, order: str) -> None:
    task, shape = composition(algorithm, order)
    for seed in range(3):
        result = collide(ssm, task, shape, max_streams=1 << 13, seed=seed)
        assert result.collision is None and result.streams > 1000


@pytest.mark.parametrize(
    ("ssm", "algorithm"),
    [
        (to_ssm(FlipFlop(3), cot="none"), FlipFlop(3)),
        (textbook.rotating_counter(2), None),
        (popcount(), Summed(ONES)),
        (countdown(4), Summed(tuple(range(16)))),
    ],
    ids=lambda given: getattr(given, "name", ""),
)
def test_none_of_right_models_on_all_streams(ssm: SSM, algorithm: Algorithm | None) -> None:
    task = to_program(ssm) if algorithm is None else algorithm.program()
    result = collide(ssm, task, total_shape(task.fields, 6), max_streams=1 << 12)
    assert result.collision is None and result.streams > 100


def test_one_image_that_is_forgotten_is_found() -> None:
    task, shape = composition(StoredComposition(3, 1), "f1,x")
    ssm = to_ssm(FirstImages(3, 2), cot="none")
    one, two = require_collision(collide(ssm, task, shape), ssm, task, shape).streams
    assert [a[1] for a, b in zip(one, two, strict=True) if a != b] == [2]


# the end of the stream


def test_behind_the_last_token_a_readout_sees_it() -> None:
    """A model of no memory that copies its token is right about copying, and wrong about the sum."""
    copies = model(
        "copies",
        {"add": Range(0, 15)},
        [word("none", Range(0, 0))],
        TransitionKind.TIME_INVARIANT,
        lambda g, x: ([g.const(0)], [g.const(0)]),
        lambda g, h, x: x,
        ["value"],
    )
    shape = total_shape(copies.fields, 1)
    assert collide(copies, Summed(tuple(range(16))).program(), shape).collision is None
    longer = total_shape(copies.fields, 2)
    task = Summed(tuple(range(16))).program()
    collision = require_collision(collide(copies, task, longer), copies, task, longer)
    assert len(collision.first) + len(collision.ending) == 2


def test_a_witness_must_replay() -> None:
    task, ssm = ModularCounter(8).program(), to_ssm(SaturatingCounter(3), cot="none")
    one, two = ((1,),) * 4, ((1,),) * 5
    good = Collision(one, two, ((0,),), (3,), ((4,), (5,)))
    assert replays(good, ssm, task)
    assert replays(replace(good, ending=()), ssm, task)  # one last token
    wrong = [
        replace(good, first=((1,),) * 2, answers=((2,), (5,))),  # another state
        replace(good, state=(2,)),
        replace(good, second=one, answers=((4,), (4,))),  # no other answer
        replace(good, answers=((5,), (4,))),  # not the required ones
        replace(good, second=((1,),) * 5 + ((0,),), ending=()),  # another last token
    ]
    assert not any(replays(collision, ssm, task) for collision in wrong)


def test_a_kernel_that_lies_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "replays", lambda *given: False)
    task, ssm = ModularCounter(8).program(), to_ssm(SaturatingCounter(3), cot="none")
    with pytest.raises(StreamSSMError, match="does not replay on the reference interpreters"):
        collide(ssm, task, total_shape(task.fields, 8))


# thoughts after the stream


@pytest.mark.parametrize("thoughts", [1, 2, 1000, 300_000])
def test_thoughts_leave_a_collision_standing(thoughts: int) -> None:
    """However long a model thinks after the stream, it answers both streams alike (THEORY A3)."""
    claim = next(claim for claim in CLAIMS if claim.name == "two functions in two layers")
    collision = require_collision(
        collide(claim.model, claim.task, claim.shape), claim.model, claim.task, claim.shape
    )
    one, two = answers_after(claim.model, collision.streams, thoughts)
    assert one == two
    other = (claim.shape.sample(np.random.default_rng(1), 1, 0, claim.shape.length)[:, 0]).tolist()
    assert answers_after(claim.model, [tuple(map(tuple, other))], thoughts) != [one]


def test_thoughts_are_had_and_leave_the_state_alone() -> None:
    plain = to_ssm(BlockComposition(4, 2), cot="none")
    thinking = with_offline_thoughts(plain, 5)
    stream = [[0, 0, 3], [1, 3, 2], [2, 2, 1]]
    state = plain.initial
    for token in stream:
        state, _ = plain.step(state, token)
    trace = thinking.trace(thinking.initial, stream[0])
    assert len(trace.thoughts) == 5 and [thought[0] for thought in trace.thoughts] == [1, 2, 3, 4, 5]
    stepped = thinking.initial
    for token in stream:
        stepped = thinking.step(stepped, token)[0]
    assert stepped == state and thinking.memory_bits == plain.memory_bits
    for by in ("fused", "weights"):
        assert thinking.answer(stream, by=by) == executor.answer(thinking, stream)
    # A further thought changes the mixed word.
    assert with_offline_thoughts(plain, 6).answer(stream) != thinking.answer(stream)


def test_thoughts_that_are_refused() -> None:
    plain = textbook.flip_flop(2)
    with pytest.raises(ParameterError, match="already has offline thoughts"):
        with_offline_thoughts(with_offline_thoughts(plain, 1), 1)
    for wrong in (0, 1 << 31):
        with pytest.raises(ParameterError, match="number of thoughts must be in"):
            with_offline_thoughts(plain, wrong)


# refusals


def test_refusals() -> None:
    task, shape = composition(BlockComposition(3, 1), "x,f1")
    online = to_ssm(BlockComposition(3, 1), cot="online")
    with pytest.raises(ParameterError, match="has online thoughts"):
        collide(online, task, shape)
    with pytest.raises(ParameterError, match="must read the tokens of BlockComposition"):
        collide(to_ssm(BlockComposition(4, 1), cot="none"), task, shape)
    with pytest.raises(ParameterError, match="number of streams must be at least 2, not 1"):
        collide(to_ssm(BlockComposition(3, 1), cot="none"), task, shape, max_streams=1)
    short = model(
        "short",
        {"event": Range(0, 1)},
        [word("count", Range(0, 2))],
        TransitionKind.TIME_INVARIANT,
        lambda g, x: ([g.const(1)], x),
        itself,
        ["count"],
    )
    counting = ModularCounter(8).program()
    with pytest.raises(PrecisionError, match="'count' must stay in"):
        collide(short, counting, total_shape(counting.fields, 5))


# prefixes


@pytest.mark.parametrize("mode", list(PrefixMode))
def test_prefixes_come_out_the_same(mode: PrefixMode) -> None:
    shape = total_shape(FlipFlop(3).program().fields, 9)
    prefixes = Prefixes(shape, 8, BATCH + 500, mode, seed=3)
    whole = np.concatenate(list(prefixes.batches()), axis=1)
    assert whole.shape == (8, BATCH + 500, 2)
    numbers = np.array([0, 7, BATCH - 1, BATCH, BATCH + 499, 7])
    assert prefixes.members(numbers).tolist() == whole[:, numbers].tolist()


def test_batches_of_long_prefixes_are_small() -> None:
    shape = total_shape(FlipFlop(3).program().fields, 5000)
    prefixes = Prefixes(shape, 5000, 1000, PrefixMode.RANDOM)
    batches = list(prefixes.batches())
    assert [part.shape[1] for part in batches] == [419, 419, 162]
    numbers = np.array([418, 419, 999])
    assert prefixes.members(numbers).tolist() == np.concatenate(batches, axis=1)[:, numbers].tolist()


def test_long_streams() -> None:
    ssm, task = to_ssm(SaturatingCounter(1500), cot="none"), SaturatingCounter(2000).program()
    shape = total_shape(task.fields, 4000)
    collision = require_collision(collide(ssm, task, shape, max_streams=1000), ssm, task, shape)
    assert collision.state == (1500,)


def test_neighbors_differ_in_few_tokens() -> None:
    shape = total_shape(FlipFlop(3).program().fields, 9)
    near = next(Prefixes(shape, 9, 200, PrefixMode.NEIGHBORS).batches())
    trunk = np.array([Counter(map(tuple, row.tolist())).most_common(1)[0][0] for row in near])
    redrawn = (near != trunk[:, None]).any(axis=2).sum(axis=0)
    assert redrawn.max() == 2 and len({near[:, lane].tobytes() for lane in range(200)}) > 100


def test_few_prefixes_are_all_tried() -> None:
    shape = total_shape(FlipFlop(3).program().fields, 9)
    assert Prefixes.chosen(shape, 1, 10, PrefixMode.RANDOM, 0).mode is PrefixMode.ALL
    assert Prefixes.chosen(shape, 9, 10, PrefixMode.RANDOM, 0).mode is PrefixMode.RANDOM
