"""A model with offline thoughts on the command line: shown, run, translated and checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.offline_models import ONES, Summed, countdown, popcount
from tests.unit.cli.command_line import streamssm, succeeds

TOKENS = b"3\n4\n8\n1\n"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "popcount.safetensors"
    popcount(init=1).save(str(path))
    return path


def test_show_says_when_it_thinks(model: Path) -> None:
    assert "up to 4 thoughts of 6 bits before an answer (offline)" in succeeds("show", model)
    assert json.loads(succeeds("show", model, "--json"))["cot"] == "offline"


@pytest.mark.parametrize("by", ["fused", "weights"])
def test_run_answers_after_every_token(model: Path, by: str) -> None:
    run = ("run", model, "--stream", "-", "--by", by)
    assert succeeds(*run, "--begin", given=TOKENS) == "1\n1\n1\n0\n1\n"
    assert succeeds(*run, "--last", given=b"6\n8\n") == "4\n"


def test_translate_and_check(model: Path, tmp_path: Path) -> None:
    by_hand, back = tmp_path / "by_hand.json", tmp_path / "back.json"
    Summed(ONES, 1).program().save(str(by_hand))
    succeeds("translate", model, "-o", back)
    for other in (by_hand, back):
        assert "every stream" in succeeds("check", model, other, "--method", "exhaust")
    Summed(ONES, 0).program().save(str(by_hand))
    assert streamssm("check", model, by_hand).exit_code == 1


@pytest.mark.parametrize("by", ["fused", "weights"])
def test_the_last_answer_takes_as_many_thoughts_as_it_needs(tmp_path: Path, by: str) -> None:
    path = tmp_path / "countdown.safetensors"
    countdown(14).save(str(path))
    assert succeeds("run", path, "--stream", "-", "--by", by, "--last", given=b"9000\n5\n1000\n") == "10005\n"
