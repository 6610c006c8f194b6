"""The re-check of an inductive invariant that implies an assumption.

See `streamssm.equivalences.check_assumptions` for the theorem.

The invariant holds of the initial registers; every step that starts in it, stops with no error and violates
no assumption, ends in it; and the assumption holds wherever the invariant does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streamssm.equivalences.rechecking.deciding import (
    Deciding,
    Recheck,
    RecheckVerdict,
    SolverEffort,
    Stopped,
)
from streamssm.equivalences.rechecking.obligations import RestatedObligation, declared
from streamssm.equivalences.rechecking.solver_pool import SolverPool
from streamssm.equivalences.rechecking.vector_claims import condition, holds
from streamssm.equivalences.rechecking.vector_graphs import VectorLeaves, written
from streamssm.equivalences.rechecking.vector_programs import program_step
from streamssm.equivalences.rechecking.vectors import Bool, Int, Script, TooLargeError
from streamssm.program.program import Assumption, Program, RangeClaim


def recheck_invariant(
    program: Program, rows: Sequence[Any], assumption: Assumption, effort: SolverEffort | None = None
) -> Recheck:
    """Re-check that an assumption follows from an invariant, given as the rows of a certificate."""
    with SolverPool() as pool:
        deciding = Deciding(pool, effort or SolverEffort())
        try:
            _require_initial(program, rows)
            script, obligations = _questions(program, rows, assumption, deciding.effort.definitions)
            for obligation in obligations:
                deciding.require_impossible(script, obligation)
        except Stopped as stopped:
            return deciding.stopped(stopped)
        except TooLargeError as error:
            return deciding.report(RecheckVerdict.SKIPPED, str(error))
        return deciding.report(RecheckVerdict.CONFIRMED)


def _require_initial(program: Program, rows: Sequence[Any]) -> None:
    for row in rows:
        # Claims are about two sides; an invariant has side a only.
        if not holds(row, {"a": program.initial, "b": ()}):
            raise Stopped(RecheckVerdict.REFUTED, f"the invariant does not hold at the start: {row}")


def _questions(
    program: Program, rows: Sequence[Any], assumption: Assumption, max_definitions: int
) -> tuple[Script, list[RestatedObligation]]:
    s = Script(max_definitions)
    state, token = declared(s, "a", program.registers), declared(s, "x", program.fields)
    # The induction hypothesis.
    held = tuple(condition(s, row, {"a": state, "b": ()}) for row in rows)
    step = program_step(s, program, state, token)
    claims = [
        other.claim for other in program.assumptions if other.claim is not None and not other.claim.after
    ]
    fails = [part for claim in claims for part in _failures(s, claim, state, token)]
    # The run ends at the first assumption that fails, so the invariant need not survive such a step. Claims
    # about values after the step are not used: that may make the obligation harder, never wrong.
    going = tuple(s.negation(part) for part in (*fails, step.failed, *step.traps))
    broken = tuple(s.negation(condition(s, row, {"a": step.state, "b": ()})) for row in rows)
    assert assumption.claim is not None
    wrong = tuple(_failures(s, assumption.claim, state, token))
    obligations = [
        RestatedObligation("the invariant is kept", (*held, *going), broken),
        RestatedObligation("the assumption follows from the invariant", held, wrong),
    ]
    return s, [obligation for obligation in obligations if obligation.wrong]


def _failures(s: Script, claim: RangeClaim, state: Sequence[Int], token: Sequence[Int]) -> list[Bool]:
    """Return the conditions under which a claim fails at one of its sites, or cannot be evaluated."""
    leaves = VectorLeaves(token, state, begin=s.flag("begin"))
    roots = [node for site in claim.sites for node in site]
    values = written(s, claim.graph.nodes, roots, leaves)
    out_of_range = [
        s.both([s.nonzero(values[test]), s.outside(values[node], claim.range)]) for test, node in claim.sites
    ]
    return [*out_of_range, *leaves.traps]
