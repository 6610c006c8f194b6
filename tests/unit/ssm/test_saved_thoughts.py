"""The number of thoughts of a saved model is bounded, when it is written as when it is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import streamssm as ss
from streamssm.ssm.load_ssm import load_ssm
from streamssm.ssm.save_ssm import MAX_THOUGHTS
from tests.offline_models import collatz


def test_more_thoughts_than_a_file_may_hold_are_refused_when_saved(tmp_path: Path) -> None:
    model = collatz(init=7)
    path = tmp_path / "model.safetensors"
    most = replace(model, thoughts=replace(model.thoughts, max_per_token=MAX_THOUGHTS))
    most.save(str(path))
    assert load_ssm(str(path)).thoughts.max_per_token == MAX_THOUGHTS
    more = replace(model, thoughts=replace(model.thoughts, max_per_token=MAX_THOUGHTS + 1))
    with pytest.raises(ss.ParameterError, match="at most 1,048,576 thoughts per token, not 1,048,577"):
        more.save(str(tmp_path / "more.safetensors"))
    assert [file.name for file in tmp_path.iterdir()] == ["model.safetensors"]
