"""A copy of a register's old value may have a wider range than the register; both are one word then."""

from __future__ import annotations

from random import Random

import streamssm as ss
from tests.random_layered import random_layered


def test_a_copy_with_a_wider_range() -> None:
    program = random_layered(Random(402))
    model = ss.to_ssm(program, cot="none")
    assert ss.check(program, model, method="exhaust").covers == "every stream"
