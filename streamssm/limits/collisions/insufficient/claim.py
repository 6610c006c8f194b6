"""A model, the task that it claims to do, and the streams on which it claims to do it."""

from __future__ import annotations

from dataclasses import dataclass

from streamssm.equivalences.to_ssm import to_ssm
from streamssm.frontends.algorithm import Algorithm
from streamssm.limits.collisions.offline_thoughts import with_offline_thoughts
from streamssm.limits.streams.orders import parse_order, shape_of
from streamssm.limits.streams.shapes import StreamShape
from streamssm.program.program import Program
from streamssm.ssm.model import SSM


@dataclass(frozen=True, eq=False)
class InsufficientClaim:
    """A false claim: ``lacks`` is "memory" or "layers"; ``needs`` is the size that suffices, and why."""

    name: str
    lacks: str
    model: SSM
    task: Program
    shape: StreamShape
    needs: str


def layered(algorithm: Algorithm, *, thoughts: int = 0) -> SSM:
    """Return an algorithm's model without online thoughts, with ``thoughts`` offline ones."""
    model = to_ssm(algorithm, cot="none")
    return with_offline_thoughts(model, thoughts) if thoughts else model


def composing(
    name: str, lacks: str, model: SSM, task: Algorithm, order: str, needs: str
) -> InsufficientClaim:
    """Return the claim of a model to compose functions in an order."""
    program = task.program()
    return InsufficientClaim(
        name, lacks, model, program, shape_of(parse_order(order), program.name, program.fields), needs
    )
