"""A certificate may negate a word that is no bit; its relation then means one thing at first and later on.

Such a choice was ``1 - a.level`` as a term, and 1 where the state was known, so that a relation held of the
initial states by the one meaning and was kept by every step in the other.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import streamssm as ss
from streamssm.errors import ParameterError

pytest.importorskip("bitwuzla", reason="the extra prove")

RARE = 123_456_789


class Three(ss.Algorithm):
    """The output is 3 from one rare token on."""

    def __init__(self):
        self.tokens(x=2**30)
        self.level = self.register(4, init=3)
        self.seen = self.register(2)

    def update(self, x):
        if x == RARE:
            self.seen = 1

    def output(self):
        return self.level if self.seen else 0


class Zero(ss.Algorithm):
    """The output is always 0, since the level stays 1."""

    def __init__(self):
        self.tokens(x=2**30)
        self.level = self.register((-2, 1), init=1)
        self.seen = self.register(2)

    def update(self, x):
        if x == RARE:
            self.seen = 1

    def output(self):
        return 1 - self.level if self.seen else 0


def test_a_choice_by_a_negated_word_has_one_meaning(tmp_path: Path) -> None:
    a, b = Three().program(), Zero().program()
    assert ss.check(a, b, stream=[[RARE]]).equal is False
    path = tmp_path / "forged.json"
    sides = {"a": {"name": "Three", "digest": a.digest}, "b": {"name": "Zero", "digest": b.digest}}
    negated = ["same", ["b", 0], ["when", ["not", ["a", 0]], 1]]
    content = {"relation": [negated, ["same", ["a", 1], ["b", 1]]], "obligations": [], "sides": sides}
    path.write_text(json.dumps({"format": "streamssm proof", "version": 1, **content}), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"the initial states do not satisfy the claim b\.level = "):
        ss.check(a, b, method="certificate", certificate=str(path))
