"""Each shipped check fails on what it is there to find, with a stream that shows it."""

from __future__ import annotations

from typing import Any

import pytest

from streamssm.algorithms.function_composition import FunctionComposition
from streamssm.algorithms.saturating_counter import SaturatingCounter
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import CheckFailedError, NotEquivalentError, StreamSSMError, TokenError
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from streamssm.testing import CHECKS, Forms, run_checks
from streamssm.testing import memory_regression as memory_checks
from tests.sample_classes import Majority
from tests.wrong_classes import PromisedCounter, RaisingCounter, WideCounter, WrappingCounter

NAMES = {check.__name__: check for check in CHECKS}
OF_THE_PROGRAM = ["interpreter", "kernel", "kernel_in_chunks", "kernel_in_lanes"]
OF_THE_MODEL = ["model_interpreter", "model_by_weights", "model_fused", "program_back"]
SHORTEST = ((1,),) * 5  # a counter that wraps differs from one that saturates at 4 on no shorter stream


def wrong(**forms: Any) -> Forms:
    """Return the forms of a counter, one of them a counter's that wraps."""
    changed = Forms(SaturatingCounter(4))
    changed.__dict__.update(forms)
    return changed


@pytest.mark.parametrize("name", OF_THE_PROGRAM)
def test_a_wrong_program_is_found(name: str) -> None:
    with pytest.raises(CheckFailedError, match=r"plain Python gives \(4,\) and .* \(0,\)") as caught:
        NAMES[f"check_{name}"](wrong(program=WrappingCounter(4).program()))
    if name == "kernel_in_lanes":  # lanes are run together and not one by one again
        assert caught.value.stream.count((1,)) >= 5
    else:
        assert caught.value.stream == SHORTEST


@pytest.mark.parametrize("name", OF_THE_MODEL)
def test_a_wrong_model_is_found(name: str) -> None:
    message = r"plain Python gives \(4,\) and .* \(0,\), 5 tokens in"
    with pytest.raises(CheckFailedError, match=message) as caught:
        NAMES[f"check_{name}"](wrong(model=to_ssm(WrappingCounter(4))))
    assert caught.value.stream == SHORTEST
    assert "SaturatingCounter: " in str(caught.value) and "stream: 1 *5" in str(caught.value)


@pytest.mark.parametrize("form", ["program", "model", "back"])
def test_a_difference_is_searched_for(form: str) -> None:
    program = WrappingCounter(4).program()
    forms = wrong(**{form: to_ssm(program) if form == "model" else program})
    witnesses = []
    for check in (check for name, check in NAMES.items() if "every_short_stream" in name):
        try:
            check(forms)
        except NotEquivalentError as error:
            witnesses.append(error.report.witness.tokens)
    assert witnesses == [SHORTEST]  # the forms that are made from the wrong one agree with it


def test_memory_must_be_equal() -> None:
    message = "memory_bits must be equal in every form, not the class 3, the program 4, the model 4, the prog"
    with pytest.raises(CheckFailedError, match=message):
        NAMES["check_memory"](wrong(program=WideCounter(4).program()))


def test_memory_between_two_processes_must_be_all_there_is() -> None:
    class Remembering(SaturatingCounter):
        """Keeps a word outside its registers."""

        hidden = [0]

        def update(self, event: int) -> None:
            self.hidden[0] = self.hidden[0] + event if self.count else event
            self.count = min(self.hidden[0], self.limit)

    forms = Forms(Remembering(200))
    forms.__dict__["program"] = SaturatingCounter(200).program()
    with pytest.raises(CheckFailedError, match="plain Python does not resume from its registers alone"):
        NAMES["check_snapshots"](forms)


def test_a_snapshot_that_loses_a_bit_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Program, "restore", lambda self, data: tuple(v & ~1 for v in (data[0],)))
    with pytest.raises(CheckFailedError, match="the program does not resume from its snapshot"):
        NAMES["check_snapshots"](Forms(SaturatingCounter(200)))
    monkeypatch.undo()
    monkeypatch.setattr(SSM, "snapshot", lambda self, state: bytes([state[0], 0]))
    with pytest.raises(CheckFailedError, match="a snapshot of the model must take 8 bits, not 2 bytes"):
        NAMES["check_snapshots"](Forms(SaturatingCounter(200)))


def test_a_file_must_hold_what_was_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_checks, "load", lambda path: SaturatingCounter(3).program())
    with pytest.raises(CheckFailedError, match="program.json does not load as it was saved"):
        NAMES["check_files"](Forms(SaturatingCounter(2)))


def test_a_guarantee_that_is_broken_is_cut_to_its_first_bad_end() -> None:
    with pytest.raises(CheckFailedError, match="the guarantee is violated after 5 tokens") as caught:
        run_checks(
            SaturatingCounter(4),
            streams=[((1,),) * 8],
            guarantee=lambda tokens, outputs: not tokens or outputs[-1][0] == sum(map(sum, tokens)),
        )
    assert caught.value.stream == SHORTEST


def test_a_guarantee_that_holds() -> None:
    run_checks(
        SaturatingCounter(4),
        guarantee=lambda tokens, outputs: all(
            row == (min(4, sum(map(sum, tokens[: n + 1]))),) for n, row in enumerate(outputs)
        ),
    )


def test_streams_end_where_an_assumption_does() -> None:
    forms = Forms(PromisedCounter(2), given=(((1,),) * 5,))
    assert forms.streams[0] == ((1,),) * 2
    run_checks(PromisedCounter(2), streams=[((1,),) * 5])


def test_a_class_that_stops_without_an_assumption_is_refused() -> None:
    forms = Forms(RaisingCounter(4))
    forms.__dict__["program"] = SaturatingCounter(4).program()
    with pytest.raises(CheckFailedError, match="plain Python raises where the program continues"):
        NAMES["check_kernel"](forms)


def test_given_streams_are_tokens() -> None:
    with pytest.raises(TokenError, match="token 1: field 'event' must be in .0, 1., not 2"):
        run_checks(SaturatingCounter(4), streams=[[(0,), (2,)]])


def test_streams_repeat_with_their_seed() -> None:
    one, same, other = (Forms(FunctionComposition(9), seed=seed).streams for seed in (1, 1, 2))
    assert one == same != other
    assert len(Forms(Majority()).short_streams) < len(Forms(Majority()).streams)


def test_failures_are_errors_of_ours_and_assertions() -> None:
    assert issubclass(CheckFailedError, StreamSSMError) and issubclass(CheckFailedError, AssertionError)
