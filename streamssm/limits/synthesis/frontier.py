"""The frontier of widths and precisions that suffice for a language, for all (d, p) up to a number of bits.

Every row carries its evidence: a "yes" has weights, a "no" the pairs of words that no weights distinguish, so
that `recheck.holds` can check it without the search. Different answers for the same d * p show that width and
precision are not interchangeable (THEORY A5); with online thoughts they are (A6): see `repacked`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby, product
from typing import Any

from streamssm.automata.automaton_class import Automaton
from streamssm.limits.synthesis.model_class import ModelClass
from streamssm.limits.synthesis.repacked import repacked
from streamssm.limits.synthesis.synthesize import SECONDS, synthesize
from streamssm.ssm.formats import Overflow
from streamssm.ssm.transitions import TransitionKind

KEYS = ("language", "transition", "overflow")

Row = dict[str, Any]
Model = tuple[TransitionKind, Overflow]

MODELS: tuple[Model, ...] = (
    (TransitionKind.ZERO_ONE, Overflow.SATURATE),
    (TransitionKind.SIGNED, Overflow.SATURATE),
    (TransitionKind.ZERO_ONE, Overflow.WRAP),
)
MAX_BITS = 6


def splits(max_bits: int) -> list[tuple[int, int]]:
    """Return all (d, p) of at most a number of bits, sorted by d * p.

    >>> splits(3)
    [(1, 1), (1, 2), (2, 1), (1, 3), (3, 1)]
    """
    shapes = [(d, p) for d, p in product(range(1, max_bits + 1), repeat=2) if d * p <= max_bits]
    return sorted(shapes, key=lambda split: (split[0] * split[1], split[0]))


def frontier(
    machines: Mapping[str, Automaton],
    models: Sequence[Model] = MODELS,
    *,
    max_bits: int = MAX_BITS,
    method: str = "auto",
    timeout: float = SECONDS,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Decide every (d, p) of at most ``max_bits`` bits, for every language and kind of model.

    Parameters
    ----------
    models : transition kinds, each with its overflow
    method, timeout : as in `synthesize`, for each row
    progress : called with the number of finished rows

    Returns
    -------
    dict
        ``rows``, ``differences`` (equal d * p, different answers) and ``repacked``, as plain values.
    """
    rows: list[Row] = []
    for machine, (kind, overflow), (d, p) in product(machines.values(), models, splits(max_bits)):
        result = synthesize(machine, ModelClass(d, p, kind, overflow), method=method, timeout=timeout)
        rows.append(row_of(result.to_dict()))
        if progress is not None:
            progress(len(rows))
    return {
        "max_bits": max_bits,
        "timeout_seconds": timeout,
        "rows": rows,
        "differences": differences(rows),
        "repacked": [repacked(machine, splits(max_bits)) for machine in machines.values()],
    }


def row_of(result: Row) -> Row:
    """Return a result without its time, which differs from run to run."""
    return {key: value for key, value in result.items() if key != "seconds"}


def differences(rows: Iterable[Row]) -> list[Row]:
    """Return each language, kind of model and d * p with both answers, and the (d, p) of each answer."""

    def group_key(row: Row) -> tuple[Any, ...]:
        return (*(row[key] for key in KEYS), row["state_dim"] * row["precision_bits"])

    differing: list[Row] = []
    for key, group in groupby(sorted(rows, key=group_key), key=group_key):
        by_answer: dict[str, list[list[int]]] = {"yes": [], "no": []}
        for row in group:
            by_answer.get(row["answer"], []).append([row["state_dim"], row["precision_bits"]])
        if by_answer["yes"] and by_answer["no"]:
            differing.append({**dict(zip((*KEYS, "bits"), key, strict=True)), **by_answer})
    return differing
