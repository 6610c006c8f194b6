"""Laws of proofs on random pairs: what differs on one rare token, value or state is never proved equal, and
what is equal is never told apart.
"""

from __future__ import annotations

from collections import Counter

import pytest

from streamssm.equivalences.assumptions.assumption_report import AssumptionVerdict
from streamssm.equivalences.check_assumptions import check_assumptions
from tests.proofs_of_pairs import pooled_solvers, tally_of
from tests.proofs_of_translations import TRANSLATIONS, Translation, against_translation
from tests.random_assumptions import promising
from tests.soak import examples

pytest.importorskip("bitwuzla", reason="the extra prove")

SHARDS = 4  # runs of seeds, so that several processes can share them


@pytest.mark.soak
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_false_proof_of_programs(shard: int, capsys: pytest.CaptureFixture[str]) -> None:
    found = tally_of(range(shard, examples(40 * SHARDS), SHARDS))
    with capsys.disabled():
        print(f"\npairs of programs: {found}")
    assert not found.wrong, "\n".join(found.wrong)
    assert found.counts["differs", "different"] and found.counts["is equal", "equal"]


@pytest.mark.soak
@pytest.mark.parametrize("translated", TRANSLATIONS, ids=lambda made: made.__name__)
def test_no_false_proof_of_translations(translated: Translation, capsys: pytest.CaptureFixture[str]) -> None:
    """A translation of one program of a pair against the other one."""
    counts, wrong = Counter[tuple[bool | None, str]](), list[str]()
    with pooled_solvers():
        for seed in range(examples(12)):
            said = against_translation(seed, translated, wrong)
            if said is not None:
                counts[said] += 1
    shown = {True: "differs", False: "is equal", None: "may differ"}
    with capsys.disabled():
        print("\n" + ", ".join(f"{n} {said} ({shown[truth]})" for (truth, said), n in counts.items()))
    assert not wrong, "\n".join(wrong)
    assert counts[False, "equal"]


@pytest.mark.soak
def test_no_broken_promise_is_proved(capsys: pytest.CaptureFixture[str]) -> None:
    counts = Counter[tuple[bool, AssumptionVerdict]]()
    for seed in range(examples(10)):
        made = promising(seed)
        if made is not None:
            program, is_broken = made
            report = check_assumptions(program, timeout=0.5, max_transitions=500, tokens=500)
            said = report.findings[0].verdict
            assert not (is_broken and said is AssumptionVerdict.PROVED), f"seed {seed}: {report.findings[0]}"
            counts[is_broken, said] += 1
    with capsys.disabled():
        print(
            "\npromises: "
            + ", ".join(
                f"{n} {said.value} ({'broken' if b else 'maybe kept'})" for (b, said), n in counts.items()
            )
        )
    assert counts[True, AssumptionVerdict.REFUTED] and counts[False, AssumptionVerdict.PROVED]
