"""Check: do two artefacts give the same outputs on every stream, and keep the same memory?

A check looks at the two artefacts and at nothing else: it knows no translation.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from streamssm.equivalences.checking.check_options import CheckOptions, Options, options_of, require_at_least
from streamssm.equivalences.checking.exhaust import MAX_TRANSITIONS, exhaust, search_pair
from streamssm.equivalences.checking.ledger import ledger
from streamssm.equivalences.checking.report import (
    EVERY_STREAM,
    Finding,
    Report,
    every_stream_up_to,
    given_stream,
    summary_of,
)
from streamssm.equivalences.checking.sample import sample
from streamssm.equivalences.checking.shrink import shrink
from streamssm.equivalences.checking.sides import (
    ExecutionMode,
    Side,
    Token,
    require_comparable,
    side_of,
    state_names_of,
)
from streamssm.equivalences.checking.spot_check import spot_check
from streamssm.equivalences.checking.witness import Witness, differs, legends_of, make_witness, walk
from streamssm.equivalences.proving.certificate import Certificate, read_certificate, write_certificate
from streamssm.equivalences.proving.prove import Proving, provable, require_initial, system_of
from streamssm.equivalences.rechecking.confirm import confirmed, effort_of, recheck_of
from streamssm.equivalences.rechecking.deciding import Recheck, RecheckVerdict, SolverEffort
from streamssm.errors import StreamSSMError
from streamssm.ir.words import require_tokens

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["Report", "Witness", "check"]

Progress = Callable[[int, int], None]

# transitions for a search that may not end: (plain Python on a side, kernels on both)
FITTING = (5 * 10**6, MAX_TRANSITIONS)  # `auto` searches state spaces of up to this size to the end
PROBING = (2 * 10**5, 2 * 10**7)  # and this far into larger ones, of which little may be reachable
CERTIFYING = (10**6, 10**7)  # to find out whether a sampled witness is a shortest one


@dataclass(frozen=True)
class _Request:
    """Two sides, and how to look for a difference."""

    a: Side
    b: Side
    options: Options
    seed: int
    progress: Progress | None
    artefacts: tuple[Any, Any]

    def bound(self, bounds: tuple[int, int]) -> int:
        in_python = self.a.instance is not None or self.b.instance is not None
        return min(self.options.search.limit, bounds[0 if in_python else 1])


def check(
    a: Any,
    b: Any,
    *,
    method: str = "auto",
    by: Sequence[str] = ("weights", "fused"),
    stream: Sequence[Sequence[int]] | None = None,
    seed: int = 0,
    names: tuple[str, str] | None = None,
    command: Sequence[str] | None = None,
    progress: Progress | None = None,
    **options: Unpack[CheckOptions],
) -> Report:
    """Compare the outputs and the memory of two artefacts: algorithms (instances), programs, models.

    ============= =========================================================================================
    method        what it covers, and its options
    ============= =========================================================================================
    "exhaust"     every stream, by a search over joint states; every stream up to a length where it meets
                  ``max_transitions``
    "sample"      random and adversarial streams of ``tokens`` tokens or more
    "auto"        "exhaust" if the state space is small enough, otherwise "sample"; ``max_transitions``,
                  ``tokens``
    "prove"       every stream, by induction: each step preserves a relation between the two states, models
                  by their weights and classes by their programs; ``timeout``, ``certificate``, ``recheck``,
                  ``on_obligation``
    "certificate" every stream, by the proof in the file ``certificate``, which is established again; the
                  other options are those of "prove"
    ============= =========================================================================================

    Parameters
    ----------
    by : how models are run: by their weights, fused by the semantics of their gadgets, or both
    stream : check this stream alone, on the reference interpreters
    seed : of the sampled streams; the same seed samples the same streams
    names : what to call the two sides in the report
    command : the words of a command line that makes this check, for the replay line of a witness
    progress : called with the work done and an estimate of the whole
    options : those of the method; `streamssm.equivalences.checking.check_options` describes them

    Returns
    -------
    Report
        ``equal`` is about outputs, ``memory_equal`` about memory bits.

    Raises
    ------
    ParameterError
        If the sides read different tokens or give different numbers of output words, or if an option is
        not one of the method's.
    ProofError
        If a proof does not withstand its re-check or its spot check.

    Examples
    --------
    >>> from streamssm.algorithms import FunctionComposition
    >>> algorithm = FunctionComposition(3)
    >>> report = check(algorithm, algorithm.program())
    >>> report.equal, report.covers, report.memory_equal
    (True, 'every stream', True)
    """
    start = time.perf_counter()
    chosen = options_of(method, options)
    require_at_least("seed", 0, seed)
    by_solver = method in PROOFS and stream is None
    artefacts = (provable(a), provable(b)) if by_solver else (a, b)
    sides = _sides_of(artefacts, ("weights",) if by_solver else by)
    if by_solver:  # the program of an automaton does not know the names of states
        sides = (
            replace(sides[0], state_names=state_names_of(a)),
            replace(sides[1], state_names=state_names_of(b)),
        )
    request = _Request(*sides, chosen, seed, progress, artefacts)
    used, finding = _found(request, method, stream)
    witness = _witness_of(request, finding, command)
    return _report(request, used, finding, witness, names or (None, None), time.perf_counter() - start)


def _sides_of(artefacts: tuple[Any, Any], by: Sequence[str]) -> tuple[Side, Side]:
    """Return what is compared; ParameterError unless it can be."""
    a, b = (side_of(artefact, by) for artefact in artefacts)
    require_comparable(a, b)
    return a, b


def _report(
    request: _Request,
    method: str,
    finding: Finding,
    witness: Witness | None,
    names: tuple[str | None, str | None],
    seconds: float,
) -> Report:
    a, b = request.a, request.b
    return Report(
        equal=False if witness else (True if finding.complete else None),
        covers=finding.covers,
        method=method,
        a=summary_of(a, names[0]),
        b=summary_of(b, names[1]),
        memory=ledger(a.words, b.words),
        witness=witness,
        seconds=seconds,
        details=finding.details,
    )


def _found(request: _Request, method: str, stream: Sequence[Sequence[int]] | None) -> tuple[str, Finding]:
    """Return the method that was used, and what it found."""
    if stream is not None:
        return "replay", _replay(request, stream)
    used, finding = METHODS[method](request)
    return used, _spot_checked(request, finding)


# methods


def _exhaust(request: _Request) -> tuple[str, Finding]:
    limit = request.options.search.limit
    return "exhaust", exhaust(request.a, request.b, max_transitions=limit, progress=request.progress)


def _sample(request: _Request) -> tuple[str, Finding]:
    a, b, tokens = request.a, request.b, request.options.sampling.tokens
    return "sample", sample(a, b, tokens=tokens, seed=request.seed, progress=request.progress)


def _prove(request: _Request) -> tuple[str, Finding]:
    options = request.options.proof
    proof = _proving(request).run()
    if not proof.holds:
        return "prove", proof.finding
    finding = _confirmed(request, options.recheck, proof.relation.to_list(), proof.finding)
    if options.certificate is not None and finding.stream is None:
        write_certificate(options.certificate, proof, *request.artefacts)
    return "prove", finding


def _confirmed(request: _Request, recheck: bool | None, claims: Sequence[Any], finding: Finding) -> Finding:
    return confirmed(
        (request.a, request.b),
        request.artefacts,
        claims,
        finding,
        effort=effort_of(recheck),
        seed=request.seed,
    )


def _certified_again(request: _Request) -> tuple[str, Finding]:
    options = request.options.proof
    assert options.certificate is not None
    known = read_certificate(options.certificate, *request.artefacts)
    require_initial(known.relation, request.a, request.b)
    claims = known.relation.to_list()
    found = recheck_of(request.artefacts, claims, effort_of(options.recheck) or SolverEffort())
    if found.verdict is RecheckVerdict.CONFIRMED:
        finding = Finding(EVERY_STREAM, details={"certificate": "established", "re-check": found.to_dict()})
        return "certificate", _confirmed(request, False, claims, finding)
    if found.verdict is RecheckVerdict.REFUTED:
        details = {"certificate": f"not established: {found.reason}"}
        return "certificate", Finding(every_stream_up_to(0), complete=False, details=details)
    return "certificate", _proven_again(request, known, found)


def _proven_again(request: _Request, known: Certificate, found: Recheck) -> Finding:
    """Have the prover show a relation again, where a re-check of it has no answer."""
    proof = _proving(request).run(known.relation)
    asked = [(o.name, o.digest) for o in proof.obligations]
    as_written = "the same questions" if asked == list(known.obligations) else "other questions than before"
    details = {
        **proof.finding.details,
        "certificate": f"by the prover alone, {as_written}",
        "re-check": found.to_dict(),
    }
    finding = replace(proof.finding, details=details)
    return _confirmed(request, False, known.relation.to_list(), finding) if proof.holds else finding


def _proving(request: _Request) -> Proving:
    first, second = (system_of(artefact) for artefact in request.artefacts)
    options = request.options.proof
    proving = Proving(request.a, request.b, (first, second), options.seconds, request.seed)
    if options.on_obligation is not None:
        proving.on_obligation = options.on_obligation
    return proving


def _auto(request: _Request) -> tuple[str, Finding]:
    """Search while that fits, else sample; a search without an answer still counts for short streams."""
    work = max(request.a.num_states, request.b.num_states) * request.a.num_tokens
    fits = work <= request.bound(FITTING)
    if not fits and request.a.num_tokens > request.bound(PROBING):
        return _sample(request)
    limit = request.bound(FITTING if fits else PROBING)
    _, searched = _exhaust(replace(request, options=request.options.with_limit(limit)))
    if searched.complete or searched.stream is not None:
        return "exhaust", searched
    method, sampled = _sample(request)
    return method, replace(sampled, details={**sampled.details, "searched": searched.covers})


METHODS: dict[str, Callable[[_Request], tuple[str, Finding]]] = {
    "auto": _auto,
    "sample": _sample,
    "exhaust": _exhaust,
    "prove": _prove,
    "certificate": _certified_again,
}
PROOFS = ("prove", "certificate")  # methods that need a solver


def _spot_checked(request: _Request, finding: Finding) -> Finding:
    """Have the last word from the reference interpreters where no difference was found."""
    found = None if finding.stream is not None else spot_check(request.a, request.b, request.seed)
    if found is None:
        return finding
    stream, ways = found
    return replace(finding, stream=stream, ways=ways, shrinkable=True)


def _replay(request: _Request, stream: Sequence[Sequence[int]]) -> Finding:
    """Run one stream on the reference interpreters, for every way to run either side."""
    a, b = request.a, request.b
    require_tokens(a.fields, stream)
    tokens = tuple(tuple(int(value) for value in token) for token in stream)
    for ways in ((x, y) for x in a.ways for y in b.ways):
        if differs(walk(a, b, ways, tokens)):
            return Finding(given_stream(len(tokens)), tokens, ways)
    return Finding(given_stream(len(tokens)))


# witnesses


def _witness_of(request: _Request, finding: Finding, command: Sequence[str] | None) -> Witness | None:
    """Return the differing stream as short as it gets, run again on the reference interpreters."""
    if finding.stream is None or finding.ways is None:
        return None
    a, b, ways = request.a, request.b, finding.ways
    stream, shortest = finding.stream, finding.shortest
    if finding.shrinkable:
        stream = shrink(a, b, ways, stream) or stream
        stream, shortest = _certified(request, ways, stream)
    steps = walk(a, b, ways, stream)
    if not differs(steps):
        raise StreamSSMError(
            f"the kernels tell {a.name} by {ways[0]} from {b.name} by {ways[1]} on {list(stream)}, "
            "and the reference interpreters do not: one of them is wrong"
        )
    vocabulary = a.vocabulary or b.vocabulary
    return make_witness(
        steps,
        ways,
        shortest=shortest,
        command=command,
        vocabulary=vocabulary,
        legends=legends_of(a, b),
    )


def _certified(
    request: _Request, ways: tuple[ExecutionMode, ExecutionMode], stream: tuple[Token, ...]
) -> tuple[tuple[Token, ...], bool]:
    """Look for a shorter witness; return the best one and whether it is a shortest."""
    if len(stream) <= 1:  # outputs before the first token were compared
        return stream, True
    limit = request.bound(CERTIFYING)
    if request.a.num_tokens > limit:  # not even the first tokens could all be tried
        return stream, False
    searched = search_pair(request.a, request.b, ways, limit)
    if searched.stream is not None:
        return searched.stream, True
    return stream, searched.depth >= len(stream) - 1
