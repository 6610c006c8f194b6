"""The spot check finds proofs that are wrong: it takes rare branches, from the start and elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

import streamssm as ss
from streamssm.algorithms import FunctionComposition
from streamssm.equivalences.checking.report import EVERY_STREAM, Finding
from streamssm.equivalences.checking.sides import Side, side_of
from streamssm.equivalences.rechecking.branch_check import BranchCheck
from streamssm.equivalences.rechecking.confirm import confirmed
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ProofError
from streamssm.program.program import Program
from streamssm.ssm.model import SSM

pytest.importorskip("bitwuzla", reason="the extra prove")

WIDE, FACTOR, MET = 1 << 30, 265443575, 40503111
RARE = MET * pow(FACTOR, -1, WIDE) % WIDE
SAME = [["same", ["a", 0], ["b", 0]]]


class Rare(ss.Algorithm):
    """One token in 2^30 is special."""

    special = 1

    def __init__(self) -> None:
        self.tokens(x=WIDE)
        self.seen = self.register(4)

    def update(self, x: int) -> None:
        if x * FACTOR % WIDE == MET:
            self.seen = self.special

    def output(self) -> int:
        return self.seen


class Other(Rare):
    special = 2


class Late(Rare):
    """Differs in a state that takes three special tokens to reach, and is related to itself."""

    def update(self, x: int) -> None:
        if x * FACTOR % WIDE == MET:
            self.seen = min(self.seen + 1, 3)


class Later(Late):
    def output(self) -> int:
        return 0 if self.seen == 3 else self.seen


class Unreached(Rare):
    """Differs from `Rare` in a state that no stream reaches."""

    def output(self) -> int:
        return 0 if self.seen == 2 else self.seen


def spot(a: Program | SSM, b: Program | SSM, claims: list[Any], seconds: float = 10.0) -> BranchCheck:
    return BranchCheck(*sides(a, b), (a, b), claims, seconds=seconds)


def sides(a: Program | SSM, b: Program | SSM) -> tuple[Side, Side]:
    return side_of(a, ("weights",)), side_of(b, ("weights",))


def test_a_rare_token_is_solved_for() -> None:
    contradiction = spot(Rare().program(), Other().program(), SAME).run()
    assert contradiction is not None and contradiction.stream == ((RARE,),)


def test_rare_tokens_in_a_row() -> None:
    contradiction = spot(Late().program(), Later().program(), SAME).run()
    assert contradiction is not None and contradiction.difference == "the outputs differ"


@pytest.mark.parametrize("changed", [Other, Later])
def test_models_by_their_weights(changed: type[ss.Algorithm]) -> None:
    base = Rare if changed is Other else Late
    pair = to_ssm(base().program()), to_ssm(changed().program())
    assert spot(*pair, SAME, seconds=30.0).run() is not None


def test_related_states_that_no_stream_reaches() -> None:
    """The relation is wrong there, so the proof is, whatever streams say."""
    artefacts = Rare().program(), Unreached().program()
    contradiction = spot(*artefacts, SAME).run()
    assert contradiction is not None and contradiction.stream is None and contradiction.states is not None
    with pytest.raises(
        ProofError, match="were proven equal, but from the related states .* the outputs differ"
    ):
        confirmed(sides(*artefacts), artefacts, SAME, Finding(EVERY_STREAM), effort=None)


def test_a_relation_that_a_step_breaks() -> None:
    same = Rare().program()
    contradiction = spot(same, same, [*SAME, ["within", ["a", 0], 0, 0]]).run()
    assert contradiction is not None and contradiction.difference == "the states after it are not related"


def test_a_stream_refutes_a_proof() -> None:
    artefacts = Rare().program(), Other().program()
    finding = confirmed(sides(*artefacts), artefacts, SAME, Finding(EVERY_STREAM), effort=None)
    assert finding.stream == ((RARE,),) and finding.covers != EVERY_STREAM
    assert "a spot check refutes a proof" in finding.details["contradicted"]


def test_what_is_equal_stays_so() -> None:
    program = FunctionComposition(16).program()
    check = spot(program, to_ssm(program), _by_name(2))
    assert check.run() is None
    assert check.figures["streams"] > 0 and check.figures["related states"] > 0
    assert check.figures["branches"] == "6 of 6 outcomes of comparisons and tables met"


def _by_name(count: int) -> list[Any]:
    return [["same", ["a", i], ["b", i]] for i in range(count)]
