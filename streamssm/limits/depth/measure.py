"""The cost of composing K functions on [0, N) by every method, next to the lower bounds.

Measured: every method of `streamssm.limits.depth.methods`, with its answers checked. Counted exactly for
small N: the residuals of the easy order (x, f1, ..., fK) and of tables first (f1, ..., fK, x), which bound
the memory of any streaming algorithm. Asymptotic: THEORY A1, of which only the growth is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from streamssm.errors import BudgetError
from streamssm.limits.depth import methods
from streamssm.limits.residuals.order_bounds import order_residuals
from streamssm.limits.streams.orders import BlockOrder

MOST_TRANSITIONS = 1 << 14
MOST_WORDS = 128


def measure(
    sizes: Sequence[int],
    depths: Sequence[int],
    *,
    seed: int = 0,
    most_words: int = MOST_WORDS,
    done: Callable[[int], None] = lambda words: None,
) -> dict[str, Any]:
    """Return the rows of `methods`, ``needed`` and ``functions`` as values that JSON can hold.

    Returns
    -------
    dict
        ``rows`` : those of `methods.measure`
        ``needed`` : order ("easy", "tables first"), n, k, bits: log2 of the number of residuals
        ``functions`` : ``layers`` L with ``ours``, the L - 1 functions that our construction composes, and
            ``bound``, the L + 3 functions from which on d^2 p must grow like N / L^3 (THEORY A1)
    """
    result = methods.measure(sizes, depths, seed=seed, most_words=most_words, done=done)
    deepest = max((row["layers"] for row in result["rows"] if row["method"] == "layers"), default=2)
    return {
        **result,
        "needed": [*_needed(sizes, depths)],
        "functions": [{"layers": n, "ours": n - 1, "bound": n + 3} for n in range(1, deepest + 1)],
    }


def all_correct(result: dict[str, Any]) -> bool:
    """Return whether every answer was right and no method uses less memory than its order needs."""
    needed = {(row["n"], row["k"]): row["bits"] for row in result["needed"] if row["order"] == "easy"}
    enough = all(
        row["memory_bits"] >= needed.get((row["n"], row["k"]), 0)
        for row in result["rows"]
        if row["method"] != "stored"
    )
    return methods.all_correct(result) and enough


def bits_of(result: dict[str, Any], n: int, k: int) -> dict[str, int]:
    """Return the memory of every method."""
    rows = (row for row in result["rows"] if (row["n"], row["k"]) == (n, k))
    return {row["method"]: row["memory_bits"] for row in rows}


def needed_of(result: dict[str, Any], order: str, n: int, k: int) -> float | None:
    """Return the exact lower bound of an order in bits; None if it was not counted."""
    rows = (row for row in result["needed"] if (row["order"], row["n"], row["k"]) == (order, n, k))
    return next((float(row["bits"]) for row in rows), None)


def _needed(sizes: Sequence[int], depths: Sequence[int]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for k in depths:
        for name, blocks in (("easy", range(k + 1)), ("tables first", (*range(1, k + 1), 0))):
            for n in sizes:
                bits = _lower_bound(BlockOrder(tuple(blocks)), n)
                if bits is None:  # larger n have more streams still
                    break
                rows.append({"order": name, "n": n, "k": k, "bits": bits})
    return rows


def _lower_bound(order: BlockOrder, n: int) -> float | None:
    """Return log2 of the number of residuals; None if there are too many streams to count."""
    try:
        return round(order_residuals(order, n, max_transitions=MOST_TRANSITIONS).bits, 3)
    except BudgetError:
        return None
