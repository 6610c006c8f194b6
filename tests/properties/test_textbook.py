"""Programs nobody tuned for: each is translated and equal on every stream, or told what to change."""

from __future__ import annotations

import pytest

import streamssm as ss
import tests.sample_textbook as textbook
from streamssm.equivalences.check import check
from streamssm.equivalences.ssm_to_program import ssm_to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import UnsupportedProgramError
from streamssm.frontends.algorithm import Algorithm

TRANSLATED = (
    textbook.MaximumSubarray,
    textbook.CircularQueue,
    textbook.Relaxation,
    textbook.HeapOfLargest,
    textbook.Horner,
    textbook.StackMachine,
    textbook.Rule110,
)

REFUSED = (
    (
        textbook.QuickFind,
        "self.count must stay in [1, 4], not reach [0, 3]: clamp or wrap it, or",
    ),
    (
        textbook.CountingMedian,
        "self.total must stay in [0, 12], not reach [1, 13]: clamp or wrap it, or",
    ),
    (textbook.BinaryCounter, "while is not supported: write `for ... in range(constant)`"),
    (textbook.RunningMean, "/ is not supported: use // or %"),
    (
        textbook.CommonDivisor,
        "recursion is not supported (euclid -> euclid): write a loop over range(constant)",
    ),
    (
        textbook.AlgorithmR,
        "cannot call random.randrange: an algorithm must be deterministic; keep a pseudorandom",
    ),
)


@pytest.mark.parametrize("make", TRANSLATED)
def test_what_is_translated_is_equal_on_every_stream(make: type[Algorithm]) -> None:
    model = to_ssm(make())
    for other in (model, ssm_to_program(model)):
        report = check(make(), other, method="exhaust")
        assert (report.equal, report.covers, report.memory_equal) == (True, "every stream", True), str(report)


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_what_is_refused_says_what_to_change(make: type[Algorithm], message: str) -> None:
    with pytest.raises(UnsupportedProgramError) as caught:
        make().program()
    (reason,) = caught.value.reasons
    assert reason.message.startswith(message)
    assert reason.file.endswith("sample_textbook.py") and reason.line > 0


class QuickFindWithin(textbook.QuickFind):
    """Quick-find as the refusal advises: its count is assumed to stay in its range."""

    def update(self, p: int, q: int) -> None:
        p_id = self.find(p)
        q_id = self.find(q)
        if p_id == q_id:
            return
        for i in range(self.n):
            if self.id[i] == p_id:
                self.id[i] = q_id
        self.count = ss.within(self.count - 1, 1, self.n)


def test_the_advice_leads_to_a_translation() -> None:
    report = check(QuickFindWithin(), to_ssm(QuickFindWithin()), method="exhaust")
    assert (report.equal, report.covers) == (True, "every stream")
