"""The claims table: every row is run, evidence alone makes a verdict, and a false claim turns red."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import streamssm as ss
from streamssm.algorithms import FunctionComposition
from streamssm.claims import experiment as experiment_module
from streamssm.claims.claims import CLAIMS, ClaimVerdict, PaperClaim, claim_of
from streamssm.claims.evidence import Covers, Evidence, checked, verdict_of
from streamssm.claims.experiment import Experiment, all_experiments
from streamssm.claims.reproduce import reproduce, total_seconds
from streamssm.cli import main
from streamssm.equivalences.check import check
from streamssm.report.claims_page import claims_page

THEORY = Path(__file__).parents[3] / "docs" / "THEORY.md"
PLANTED = PaperClaim("X1", "nobody", "composition in one bit", ClaimVerdict.SHOWN)


@pytest.mark.parametrize("experiment", all_experiments(), ids=lambda e: e.name)
def test_every_experiment_comes_out_as_claimed(experiment: Experiment) -> None:
    evidence = list(experiment.run(False))
    assert evidence
    assert [part.seen for part in evidence if not part.holds] == []


def test_every_claim_has_an_experiment_and_every_experiment_a_claim() -> None:
    ids = [claim.id for claim in CLAIMS]
    assert len(set(ids)) == len(ids)
    assert {claim for e in all_experiments() for claim in e.claims} == set(ids)


@pytest.mark.skipif(not THEORY.exists(), reason="needs the documentation")
def test_the_statements_of_the_documentation_are_the_claims() -> None:
    text = THEORY.read_text().partition("## Statements")[2].partition("## Terms")[0]
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")][1:]
    ids = [part.strip() for cell in cells for part in cell.split(",")]
    assert sorted(ids) == sorted(claim.id for claim in CLAIMS)


def test_no_evidence_is_no_verdict() -> None:
    (row,) = reproduce(claims=[PLANTED], experiments=[])
    assert row.verdict is ClaimVerdict.NOTHING_RUN


def test_a_planted_false_claim_turns_red() -> None:
    """One bit does not compose: the check finds it, and neither the verdict nor the page hides it."""

    def one_bit_composes(full: bool) -> Iterator[Evidence]:
        report = check(FunctionComposition(3).program(), FunctionComposition(2).program(), method="exhaust")
        yield checked("N = 3 in one bit", report)

    def differs(full: bool) -> Iterator[Evidence]:
        class Wrong(ss.Algorithm):
            def __init__(self) -> None:
                self.tokens(key=3, image=3, last=2)
                self.value = self.register(2)

            def update(self, key: int, image: int, last: int) -> None:
                self.value = min(image, 1) if last else self.value

            def output(self) -> int:
                return self.value

        yield checked("N = 3 in one bit", check(FunctionComposition(3).program(), Wrong().program()))

    (stopped,) = reproduce(claims=[PLANTED], experiments=[Experiment(("X1",), "N = 3", one_bit_composes)])
    (different,) = reproduce(claims=[PLANTED], experiments=[Experiment(("X1",), "N = 3", differs)])
    for row in (stopped, different):
        assert row.verdict is ClaimVerdict.CONTRADICTED
        assert "contradicted" in claims_page([row], "0") and "class=fails" in claims_page([row], "0")
    assert "stopped with an error" in stopped.evidence[0].seen


@pytest.mark.parametrize(
    ("best", "covers", "verdict"),
    [
        (ClaimVerdict.SHOWN, Covers.ALL, ClaimVerdict.SHOWN),
        (ClaimVerdict.SHOWN, Covers.SOME, ClaimVerdict.CONSISTENT),
        (ClaimVerdict.CONSISTENT, Covers.ALL, ClaimVerdict.CONSISTENT),
        (ClaimVerdict.NOT_HERE, Covers.ALL, ClaimVerdict.NOT_HERE),
        (ClaimVerdict.SHOWN, Covers.MEASURED, ClaimVerdict.SHOWN),
    ],
)
def test_a_verdict_is_never_better_than_what_was_run(
    best: ClaimVerdict, covers: Covers, verdict: ClaimVerdict
) -> None:
    claim = PaperClaim("X2", "nobody", "something", best)
    assert verdict_of(claim, [Evidence("seen", True), Evidence("seen", True, covers)]) is verdict
    assert verdict_of(claim, [Evidence("seen", True), Evidence("not", False)]) is ClaimVerdict.CONTRADICTED


def test_a_figure_beside_a_claim_shows_nothing() -> None:
    claim = PaperClaim("X3", "nobody", "something", ClaimVerdict.SHOWN)
    assert verdict_of(claim, [Evidence("figure", True, Covers.MEASURED)]) is ClaimVerdict.CONSISTENT
    assert verdict_of(claim, [Evidence("figure", False, Covers.MEASURED)]) is ClaimVerdict.CONTRADICTED


def test_runs_stand_with_their_claims_and_are_timed_once() -> None:
    rows = reproduce(
        claims=[PLANTED, PaperClaim("X4", "nobody", "else", ClaimVerdict.SHOWN)],
        experiments=[
            Experiment(("X1", "X4"), "both", lambda full: iter([Evidence("seen by both", True)])),
            Experiment(("X4",), "one", lambda full: iter([Evidence("drawn", True, Covers.SOME)])),
        ],
    )
    assert [row.instances for row in rows] == [("both",), ("both", "one")]
    assert rows[0].runs[0] is rows[1].runs[0]
    assert total_seconds(rows) == rows[1].seconds
    page = claims_page(rows, "0")
    assert page.count("seen by both") == 2 and "drawn <span class='note'>some cases</span>" in page


def test_asymptotic_and_conditional_claims_are_never_shown() -> None:
    assert claim_of("A1").best is ClaimVerdict.CONSISTENT
    assert claim_of("B4").best is ClaimVerdict.CONSISTENT
    assert claim_of("D1").best is ClaimVerdict.NOT_HERE


def test_command_line_exits_1_on_red(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("streamssm.claims.reproduce.all_experiments", tuple)
    page = tmp_path / "claims.html"
    run = CliRunner().invoke(main, ["reproduce", "--only", "A2", "--json", "-", "--html", str(page)])
    assert run.exit_code == 1
    assert json.loads(run.stdout)[0]["verdict"] == "nothing was run"
    assert page.read_text().startswith("<!doctype html>")


def test_unknown_ids_are_refused() -> None:
    run = CliRunner().invoke(main, ["reproduce", "--only", "A2,Z9"])
    assert run.exit_code == 2 and "not 'Z9'" in run.output


def test_pages_escape_what_they_show() -> None:
    row = reproduce(
        claims=[PaperClaim("<b>", "s", "<script>", ClaimVerdict.SHOWN)],
        experiments=[Experiment(("<b>",), "<i>", lambda full: iter([Evidence("<u>", True)]))],
    )
    page = claims_page(row, "0")
    assert "<script>" not in page and "<u>" not in page and "&lt;u&gt;" in page
    assert experiment_module.all_experiments() == all_experiments()
