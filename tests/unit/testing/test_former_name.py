"""`streamssm.checks`, the former name of `streamssm.testing`, works and warns."""

from __future__ import annotations

import importlib

import pytest

import streamssm.testing as testing


def test_the_former_name_warns_and_gives_the_same() -> None:
    with pytest.warns(DeprecationWarning, match=r"streamssm\.checks is now streamssm\.testing"):
        former = importlib.reload(importlib.import_module("streamssm.checks"))
    assert {name: getattr(former, name) for name in former.__all__} == {
        name: getattr(testing, name) for name in testing.__all__
    }
