"""A run that goes on in a new process finds the package it started with, not a folder of that name."""

from __future__ import annotations

from pathlib import Path

import pytest

from streamssm.bench.memory import all_correct, measure


def test_a_folder_named_streamssm_is_no_trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "streamssm").mkdir()
    (tmp_path / "streamssm" / "__init__.py").write_text("raise ImportError('the wrong package')\n")
    monkeypatch.chdir(tmp_path)
    assert all_correct(measure("function_composition", [8], k=2))
