"""The cost of a model repacked into every shape (d, p) that fits its memory exactly.

The result is a dict for JSON: ``model``, ``memory_bits`` and ``rows``, one per shape with d * p = memory_bits
(or per requested shape):

    state_dim, precision_bits, memory_bits, thought_bits, parameters, nonzeros, relus, depth

where nonzeros, relus and depth (hidden layers on the longest path) are the readout's. If proofs are
requested, rows also have the result of `proofs.proof` for the model and the repacked one: verdict, seconds
and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from streamssm.bench.proofs import proof
from streamssm.equivalences.repack import repack
from streamssm.ir.ranges import MAX_WORD_BITS
from streamssm.ssm.model import SSM

Shape = tuple[int, int]  # state_dim, precision_bits


def exact_shapes(memory_bits: int) -> list[Shape]:
    """Return every (d, p) whose product is the memory.

    >>> exact_shapes(20)
    [(1, 20), (2, 10), (4, 5), (5, 4), (10, 2), (20, 1)]
    """
    shapes = [(d, memory_bits // d) for d in range(1, memory_bits + 1) if memory_bits % d == 0]
    return [(d, p) for d, p in shapes if p <= MAX_WORD_BITS] or [(1, 1)]


def measure(
    ssm: SSM,
    shapes: Sequence[Shape] | None = None,
    done: Callable[[int], None] = lambda count: None,
    *,
    timeout: float | None = None,
) -> dict[str, Any]:
    """Repack a model into every shape, and measure the cost of each.

    Parameters
    ----------
    timeout : seconds for each query of a proof that the model and the repacked one are equal; None for no
        proofs
    """
    rows = []
    for d, p in exact_shapes(ssm.memory_bits) if shapes is None else shapes:
        packed = repack(ssm, state_dim=d, precision_bits=p)
        rows.append(_row(packed) | ({} if timeout is None else proof(ssm, packed, timeout)))
        done(len(rows))
    return {"model": ssm.name, "memory_bits": ssm.memory_bits, "rows": rows}


def _row(packed: SSM) -> dict[str, Any]:
    readout = packed.layers[0].readout
    return {
        "state_dim": packed.state_dim,
        "precision_bits": packed.precision_bits,
        "memory_bits": packed.memory_bits,
        "thought_bits": packed.thoughts.bits,
        "parameters": packed.num_parameters,
        "nonzeros": readout.num_nonzeros,
        "relus": readout.num_relus,
        "depth": readout.depth,
    }
