"""Chains of copies around the longest delay that fits one word, which has 60 slots."""

from __future__ import annotations

import pytest

import streamssm as ss
from streamssm.errors import UnsupportedProgramError

LENGTHS = [2, 58, 59, 60, 61, 62, 119, 120, 121, 122]


class ShiftRegister(ss.Algorithm):
    """The token of ``length`` steps ago, of ``values`` values."""

    def __init__(self, length: int, values: int = 2) -> None:
        self.tokens(x=values)
        self.length = length
        self.past = self.array(values, length)

    def update(self, x: int) -> None:
        for i in range(self.length - 1, 0, -1):
            self.past[i] = self.past[i - 1]
        self.past[0] = x

    def output(self) -> int:
        return self.past[self.length - 1]


class ReadsTheEnd(ShiftRegister):
    """A shift register whose last word is compared, before the step, with the token."""

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.equal = self.register(2)

    def update(self, x: int) -> None:
        self.equal = int(self.past[self.length - 1] == x)
        for i in range(self.length - 1, 0, -1):
            self.past[i] = self.past[i - 1]
        self.past[0] = x

    def output(self) -> int:
        return self.equal


@pytest.mark.parametrize("values", [1, 2, 3])
@pytest.mark.parametrize("length", LENGTHS)
def test_shift_registers_of_every_length(length: int, values: int) -> None:
    shift = ShiftRegister(length, values)
    model = ss.to_ssm(shift, cot="none")
    assert ss.check(shift.program(), model, method="sample", tokens=3_000).equal
    bits = (values - 1).bit_length()
    # a line longer than a word continues in another one, which holds one value twice
    assert model.memory_bits <= bits * (length + length // 59)
    assert model.num_layers == 1 or length > 60


@pytest.mark.parametrize("length", [58, 59, 60, 61])
def test_the_old_value_of_the_last_slot(length: int) -> None:
    """A reader of the last copy's old value needs one slot more than the copies."""
    reader = ReadsTheEnd(length)
    model = ss.to_ssm(reader, cot="none")
    assert ss.check(reader.program(), model, method="sample", tokens=3_000).equal


class BelowACycle(ss.Algorithm):
    """Two registers that swap under a condition, one that squares itself, and readers of both."""

    def __init__(self, n: int) -> None:
        self.tokens(x=n)
        self.a, self.b = self.register(n), self.register(n, init=1)
        self.square = self.register(n, init=2)
        self.reader = self.register(n)

    def update(self, x: int) -> None:
        if x == self.a:
            self.a, self.b = self.b, self.a
        self.square = self.square * self.square % 5 if x else x
        self.reader = self.reader * self.a % 5

    def output(self) -> int:
        return self.reader


def test_what_reads_a_cycle_is_no_reason_of_its_own() -> None:
    """``reader`` cannot be placed above the cycle of a and b; ``square`` stands alone, and is a reason."""
    with pytest.raises(UnsupportedProgramError) as caught:
        ss.to_ssm(BelowACycle(5), cot="none")
    messages = [reason.message for reason in caught.value.reasons]
    assert len(messages) == 2
    assert any(
        "depend on each other in a cycle" in message and "a <- b <- a" in message for message in messages
    )
    assert any("'square'" in message and "is not A * h + B" in message for message in messages)
