"""Wrong code and wrong arguments are refused, by the kernel and by its twin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from streamssm.cext import program_vm as kernel
from streamssm.errors import ParameterError
from streamssm.reference import program_vm as twin
from tests.unit.cext.random_code import ADD, EQ, LOAD, MAX, NEURON, SELECT, TABLE, arguments, counter

BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("opcode", dict(instructions=[(22, 0, 0, 0, 0, 0)])),
    ("opcode below 0", dict(instructions=[(-1, 0, 0, 0, 0, 0)])),
    ("operand out of bounds", dict(instructions=[(ADD, 0, 0, 6, 0, 0)])),
    ("negative operand", dict(instructions=[(SELECT, 0, 0, 0, -1, 0)])),
    ("temporary read first", dict(instructions=[(MAX, 0, 0, 4, 0, 0)])),
    ("dst out of bounds", dict(instructions=[(ADD, 6, 0, 0, 0, 0)])),
    ("dst a constant", dict(instructions=[(ADD, 3, 0, 0, 0, 0)])),
    ("terms too long", dict(instructions=[(NEURON, 0, 1, 2, 0, 0)])),
    ("terms negative", dict(instructions=[(NEURON, 0, -1, 1, 0, 0)])),
    ("no such bias", dict(instructions=[(NEURON, 0, 0, 1, 0, 1)])),
    ("no such term", dict(instructions=[(NEURON, 0, 0, 2, 0, 0)], terms=[0, 9])),
    ("next slot in the state", dict(next_slots=[1, 1])),
    ("next slot unwritten", dict(next_slots=[0, 5])),
    ("next slots missing", dict(next_slots=[0])),
    ("output out of bounds", dict(output_slots=[6])),
    ("output unwritten", dict(output_slots=[5])),
    ("error slot out of bounds", dict(error_slot=6)),
    ("error slot below -1", dict(error_slot=-2)),
    ("too few slots", dict(num_slots=3)),
    ("weights missing", dict(weights=[1])),
    ("field bounds missing", dict(field_lo=[0, 0])),
    ("word bits", dict(word_bits=16)),
]


@pytest.mark.parametrize("module", [kernel, twin])
@pytest.mark.parametrize(("_name", "changes"), BROKEN, ids=[name for name, _ in BROKEN])
def test_code_is_checked(module: Any, _name: str, changes: dict[str, Any]) -> None:
    good = dict(
        instructions=[(EQ, 4, 0, 1, 0, 0)],
        constants=[8],
        terms=[0, 1],
        weights=[1, 2],
        biases=[3],
        num_state=2,
        num_slots=6,
        next_slots=[0, 1],
        output_slots=[0],
        field_lo=[0],
        field_hi=[1],
    )
    module.VirtualMachine(**arguments(**good))
    with pytest.raises(ParameterError):
        module.VirtualMachine(**arguments(**(good | changes)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (dict(constants=np.array([1.5])), "constants must be an array of int64"),
        (dict(field_lo=np.array([2])), "field_lo must not exceed field_hi"),
        (dict(constants=np.array([2**31]), word_bits=32), "constants must fit 32 bits"),
        (dict(num_state=True), "num_state must be an integer"),
        (dict(instructions=np.zeros((1, 5), np.int32)), "6 columns"),
        (dict(instructions=np.array([[TABLE, 2, 0, 0, 0, 0]], np.int32)), "tables must not be empty"),
        (dict(instructions=np.array([[LOAD, 2, 0, 0, 0, 0]], np.int32)), "num_state must be positive"),
    ],
)
def test_kernel_says_what_is_wrong(changes: dict[str, Any], message: str) -> None:
    good = arguments(constants=[0], num_slots=3, field_lo=[0], field_hi=[1])
    with pytest.raises(ParameterError, match=message):
        kernel.VirtualMachine(**(good | changes))


@pytest.mark.parametrize(
    ("columns", "state", "out", "message"),
    [
        ([], np.zeros(1, np.int64), None, "columns must be a sequence of 1 arrays"),
        ([np.zeros(3)], np.zeros(1, np.int64), None, r"columns\[0\] must be an integer array"),
        ([np.zeros((3, 1), int)], np.zeros(1, np.int64), None, r"columns\[0\] must be an integer array"),
        ([np.zeros(3, int)], np.zeros(2, np.int64), None, r"state must be an array of int64 of shape \(1\)"),
        ([np.zeros(3, int)], np.zeros(1, np.int32), None, "state must be an array of int64"),
        ([np.zeros(3, int)], np.zeros(1, np.int64), np.zeros((3, 2), np.int64), r"shape \(any, 1\)"),
        ([np.zeros(3, int)], np.zeros(1, np.int64), np.zeros((4, 1), np.int64), "number of tokens"),
        ([np.zeros(3, int)], np.zeros(1, np.int64), np.zeros((6, 1), np.int64)[::2], "C-contiguous"),
    ],
)
def test_call_says_what_is_wrong(columns: Any, state: Any, out: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        kernel.VirtualMachine(**counter()).run(columns, state, out)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(isa="sparc"), "isa must be one of baseline"),
        (dict(state=np.full((1, 4), 2**31)), "state must fit 32 bits"),
        (dict(state=np.zeros((1, 5), np.int64)), "columns must have 5 lanes"),
        (dict(out=np.zeros((3, 4, 1))), "out must be an array of int8"),
        (dict(coverage=np.zeros(1, np.uint8)), r"coverage must be an array of uint8 of shape \(2\)"),
    ],
)
def test_call_of_lanes_says_what_is_wrong(options: dict[str, Any], message: str) -> None:
    machine = kernel.VirtualMachine(**counter(word_bits=32))
    call: dict[str, Any] = dict(columns=[np.zeros((3, 4), np.int8)], state=np.zeros((1, 4), np.int64))
    with pytest.raises(ParameterError, match=message):
        machine.run_lanes(**(call | options))
