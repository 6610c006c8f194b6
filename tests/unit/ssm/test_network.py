"""Networks: evaluation by weights, counts, and refusal of anything that is no network."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from streamssm.errors import ParameterError
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.gadgets import make_gadget
from streamssm.ssm.network import Gadget, Neuron, ReluNet, Signal
from streamssm.ssm.range_analysis import analyze

X = Signal("x", Range(0, 9))
LARGE = make_gadget("ge", (5, 1), (0,), (X.range,), "large")
BOTH = make_gadget("select_const", (0, 1), (1, 0), (BIT, X.range), "both")
NAN: Any = float("nan")
FLOAT: Any = 0.0
NONE: Any = None
NET = ReluNet((X,), (LARGE, BOTH), (("large", 1), ("kept", 2)))


def test_outputs_follow_the_weights():
    assert [NET.evaluate([x]) for x in (4, 5, 9)] == [(0, 0), (1, 5), (1, 9)]
    assert NET.signals([7]) == [7, 1, 7]


def test_evaluation_is_exact_beyond_64_bits():
    steep = Gadget("linear", (), (0,), (X.range,), (), Neuron(0, ((1 << 61, 0),)))
    net = ReluNet((X,), (steep,), (("y", 1),))
    assert net.evaluate([1 << 70]) == (1 << 131,)


def test_counts():
    assert (NET.num_relus, NET.num_nonzeros, NET.num_signals) == (3, 7, 3)
    zeroed = replace(LARGE, output=Neuron(0, ((0, 1), (-1, 2))))
    assert zeroed.num_nonzeros == LARGE.num_nonzeros - 1


def test_depth_is_the_longest_path_to_an_output_in_hidden_layers():
    linear = make_gadget("linear", (0, 1), (2,), (X.range,))
    net = replace(NET, gadgets=(LARGE, BOTH, linear), outputs=(("large", 1), ("kept", 3)))
    assert (net.depth, replace(net, outputs=(("large", 1),)).depth, ReluNet((X,)).depth) == (2, 1, 0)


def test_the_number_of_inputs_is_checked():
    with pytest.raises(ParameterError, match="takes 1 values, not 2"):
        NET.evaluate([1, 2])


@pytest.mark.parametrize(
    ("gadget", "message"),
    [
        (replace(LARGE, inputs=(1,)), "'large' .ge. at signal 1 must refer to one of 1 earlier signals"),
        (replace(LARGE, inputs=(-1,)), "earlier signals, not to -1"),
        (replace(LARGE, inputs=(True,)), "earlier signals, not to True"),
        (replace(LARGE, inputs=(FLOAT,)), "earlier signals, not to 0.0"),
        (replace(LARGE, inputs=(0, 0)), "must claim 2 input ranges, not 1"),
        (replace(LARGE, hidden=(Neuron(0, ((1, 1),)),)), "must refer to one of 1 earlier signals, not to 1"),
        (replace(LARGE, output=Neuron(0, ((1, 3),))), "must refer to one of 3 earlier signals, not to 3"),
        (replace(LARGE, output=Neuron(1 << 62)), r"must be an integer below 2\^62, not 4611686018427387904"),
        (replace(LARGE, output=Neuron(0, ((NAN, 0),))), "must be an integer .* not nan"),
        (replace(LARGE, params=(NONE, 1)), r"a parameter of gadget .* an integer below 2\^62, not None"),
    ],
)
def test_what_is_no_gadget_is_refused(gadget, message):
    with pytest.raises(ParameterError, match=message):
        ReluNet((X,), (gadget,))


def test_an_output_that_is_no_signal_is_refused():
    with pytest.raises(ParameterError, match="output 'y' must refer to one of 3 earlier signals, not to 3"):
        replace(NET, outputs=(("y", 3),))


def test_ranges_come_from_the_weights_where_a_claim_fails():
    assert analyze(NET).ranges == (X.range, BIT, X.range)
    changed = replace(LARGE, output=Neuron(0, ((2, 1), (-1, 2))))
    analysis = analyze(replace(NET, gadgets=(changed, BOTH)))
    assert analysis.holds == (False, False)
    assert analysis.ranges[1] == Range(-4, 10)


def test_a_value_that_could_pass_62_bits_is_refused_by_name():
    wide = Signal("x", Range(0, 1 << 59))
    steep = make_gadget("linear", (0, 8), (0,), (wide.range,), "steep")
    with pytest.raises(ParameterError, match=r"gadget 'steep' \(linear\) must stay below 2\^62"):
        analyze(ReluNet((wide,), (steep,)))
