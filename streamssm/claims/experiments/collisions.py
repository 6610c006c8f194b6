"""Collisions: two streams in one state, which no head and no thoughts after the stream can distinguish."""

from __future__ import annotations

from collections.abc import Iterator

from streamssm.claims.evidence import Covers, Evidence
from streamssm.claims.experiment import Experiment
from streamssm.equivalences.ssm_to_program import to_program
from streamssm.limits.collisions.collision import Collision, replays
from streamssm.limits.collisions.find_collision import collide
from streamssm.limits.collisions.insufficient import claims
from streamssm.limits.collisions.insufficient.claim import InsufficientClaim
from streamssm.limits.collisions.offline_thoughts import with_offline_thoughts
from streamssm.limits.streams.shapes import total_shape
from streamssm.ssm.model import SSM
from streamssm.ssm.textbook import delay_line

THOUGHTS = (1, 10, 100)


def thoughts_change_nothing(full: bool) -> Iterator[Evidence]:
    """A collision of a model without thoughts, and its answers after any number of them."""
    for claim in claims() if full else claims()[1:4:2]:
        if claim.model.thoughts.max_per_token:
            continue
        result = collide(claim.model, claim.task, claim.shape)
        yield _replayed(claim, result.collision)
        for count in THOUGHTS if result.collision else ():
            yield _same_answer(claim.model, result.collision, count)


def _replayed(claim: InsufficientClaim, collision: Collision | None) -> Evidence:
    holds = collision is not None and replays(collision, claim.model, claim.task)
    return Evidence(f"{claim.name}, {claim.model.memory_bits} bits: a collision that replays", holds)


def _same_answer(model: SSM, collision: Collision | None, count: int) -> Evidence:
    assert collision is not None
    thinking = with_offline_thoughts(model, count)
    one, other = (thinking.answer(stream) for stream in collision.streams)
    needed = " and ".join(map(str, collision.answers))
    return Evidence(f"after {count} thoughts: {one} both times, and {needed} are needed", one == other)


def copying_needs_all_symbols(full: bool) -> Iterator[Evidence]:
    """Repeat the symbol of n steps ago: models that store fewer than n symbols have collisions."""
    for n, bits in ((2, 1), (3, 2), (4, 2), *(((6, 3), (8, 4)) if full else ())):
        task = to_program(delay_line(n, bits))
        shape = total_shape(task.fields, 2 * n)
        for steps in range(n):
            model = delay_line(steps, bits)
            collision = collide(model, task, shape).collision
            holds = collision is not None and replays(collision, model, task)
            yield Evidence(
                f"{n} symbols of {bits} bits, {model.memory_bits} bits of memory: a collision", holds
            )
        result = collide(delay_line(n, bits), task, shape, max_streams=1 << 14)
        seen = f"{n} symbols of {bits} bits, {delay_line(n, bits).memory_bits} bits: no collision found"
        yield Evidence(seen, result.collision is None, Covers.SOME)


EXPERIMENTS = (
    Experiment(("A3",), "models with too little memory, and 1 to 100 thoughts", thoughts_change_nothing),
    Experiment(("G14",), "copying the symbol of n steps ago, n = 2..4", copying_needs_all_symbols),
)
