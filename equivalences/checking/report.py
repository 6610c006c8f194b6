"""The report of a check: the verdict, the covered streams, both memories, and a witness of a difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from streamssm.equivalences.checking.ledger import Ledger
from streamssm.equivalences.checking.sides import ExecutionMode, Side
from streamssm.equivalences.checking.witness import Witness
from streamssm.errors import NotEquivalentError
from streamssm.ir.displayed import Displayed, amount, short

EVERY_STREAM = "every stream"
# details of a proof that only its readers need; `proof_basis` sums them up
PROVER_INTERNALS = (
    "solver",
    "relation",
    "obligations",
    "lemmas",
    "ranges_shown",
    "cut_points",
    "dropped",
    "spot check",
)


def every_stream_up_to(length: int) -> str:
    return f"every stream up to length {length}"


def sampled_streams(count: int) -> str:
    return f"{count} sampled streams"


def given_stream(length: int) -> str:
    return f"the stream of {length} tokens that was given"


@dataclass(frozen=True)
class Finding:
    """The result of one method: a differing stream with the ways to run both sides, or None.

    ``complete`` is False if a search stopped at its limit before it covered every stream. ``shrinkable`` is
    True if the stream may have a shorter differing part, as a sampled one.
    """

    covers: str
    stream: tuple[tuple[int, ...], ...] | None = None
    ways: tuple[ExecutionMode, ExecutionMode] | None = None
    shortest: bool = False
    shrinkable: bool = False
    complete: bool = True
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SideSummary:
    """The name and kind of a side, and the ways it was run."""

    name: str
    kind: str
    ran: tuple[str, ...]


@dataclass(frozen=True)
class Report(Displayed):
    """The report of a check.

    Attributes
    ----------
    equal : True if the outputs agree on all covered streams, False if a witness shows that they differ, None
        if the check was inconclusive
    covers : "every stream", "every stream up to length T", or "n sampled streams"
    method : "exhaust", "sample" or "replay"
    memory : both memories, word by word
    witness : a differing stream, or None
    details : statistics of the method: states, transitions, tokens, seed, ReLUs not seen on both sides of 0
    """

    equal: bool | None
    covers: str
    method: str
    a: SideSummary
    b: SideSummary
    memory: Ledger
    witness: Witness | None
    seconds: float
    details: dict[str, Any]

    def __repr__(self) -> str:
        verdict = {True: "equal", False: "different", None: "undecided"}[self.equal]
        stream = "" if self.witness is None else f" after {amount(self.witness.position, 'token')}"
        a, b = self.memory.bits_a, self.memory.bits_b
        memory = f"equal ({amount(a, 'bit')})" if self.memory_equal else f"different ({a:,} and {b:,} bits)"
        covers = "" if self.equal is False else f" on {short(self.covers)}"
        return f"<Report: outputs {verdict}{stream}{covers}; memory {memory}>"

    @property
    def memory_equal(self) -> bool:
        return self.memory.equal

    def raise_if_different(self) -> None:
        """Raise NotEquivalentError if the outputs or the memories differ."""
        if self.equal is False or not self.memory_equal:
            raise NotEquivalentError(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        return {
            "equal": self.equal,
            "covers": self.covers,
            "method": self.method,
            "sides": {
                label: {"name": side.name, "kind": side.kind, "ran": list(side.ran)}
                for label, side in (("a", self.a), ("b", self.b))
            },
            "memory": {
                "equal": self.memory_equal,
                "bits": {"a": self.memory.bits_a, "b": self.memory.bits_b},
                "words": [_row_dict(row) for row in self.memory.rows],
            },
            "witness": None if self.witness is None else self.witness.to_dict(),
            "seconds": self.seconds,
            "details": self.details,
        }

    def __str__(self) -> str:
        verdict = {True: "equal", False: "different", None: "unknown"}[self.equal]
        memory = "equal" if self.memory_equal else "different"
        lines = [
            f"outputs: {verdict} ({self.method}: {self.covers}, {self.seconds:.2f} s)",
            f"memory: {memory} ({self.memory.bits_a} bits, {self.memory.bits_b} bits)",
            f"a: {_describe(self.a)}",
            f"b: {_describe(self.b)}",
            str(self.memory),
        ]
        lines.extend(_detail_lines(self.details))
        if self.witness is not None:
            lines.append(str(self.witness))
        return "\n".join(lines)


def proof_basis(details: dict[str, Any]) -> str | None:
    """Return one line on the evidence of a proof; None for other methods.

    >>> proof_basis({"relation": ["a.x = b.x"], "obligations": [1, 2], "lemmas": [], "solver": "bitwuzla"})
    'an inductive relation of 1 claim; 2 obligations and 0 lemmas, decided by bitwuzla'
    """
    if "relation" not in details:
        return None
    claims = amount(len(details["relation"]), "claim")
    kind = "a candidate" if "not shown" in details else "an inductive"
    obligations, lemmas = len(details["obligations"]), len(details["lemmas"])
    shown = f"{amount(obligations, 'obligation')} and {amount(lemmas, 'lemma')}"
    recheck = details.get("re-check")
    again = "" if recheck is None else f"; re-check {recheck['summary']}"
    return f"{kind} relation of {claims}; {shown}, decided by {details['solver']}{again}"


def summary_of(side: Side, name: str | None = None) -> SideSummary:
    return SideSummary(name or side.name, side.kind, tuple(str(way) for way in side.ways))


def _describe(side: SideSummary) -> str:
    return f"{side.name}, a {side.kind} run as {' and '.join(side.ran)}"


def _row_dict(row: Any) -> dict[str, Any]:
    sides = (("a", row.range_a), ("b", row.range_b))
    ranges = {label: range_ for label, range_ in sides if range_ is not None}
    return {
        "name": row.name,
        "range": {label: [range_.lo, range_.hi] for label, range_ in ranges.items()},
        "bits": {"a": row.bits_a, "b": row.bits_b},
    }


def _detail_lines(details: dict[str, Any]) -> Iterator[str]:
    basis = proof_basis(details)
    if basis is not None:
        yield f"proof: {basis}"
    for name, value in details.items():
        if name in PROVER_INTERNALS or (name == "re-check" and basis is not None):
            continue
        if name == "searches":
            for search in value:
                a, b = search["ran"]
                reached = f"{search['states']} joint states, {search['transitions']} transitions"
                yield f"searched {a} with {b}: {reached}"
        elif isinstance(value, dict):
            yield f"{name}: {value['summary']}"
        else:
            shown = ", ".join(map(str, value)) or "none" if isinstance(value, list) else value
            yield f"{name.replace('_', ' ')}: {shown}"
