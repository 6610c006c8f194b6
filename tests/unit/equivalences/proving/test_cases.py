"""Weights run for all inputs at once are weights run one by one, in 64 bits and beyond."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from streamssm.equivalences.proving.cases import by_weights, equal_by_cases
from streamssm.equivalences.proving.lemmas import meaning_of
from streamssm.ir.ranges import Range
from streamssm.ssm.gadgets import make_gadget
from streamssm.ssm.network import Gadget, Neuron


def random_gadget(draw: Random, inputs: int, size: int) -> Gadget:
    def neuron(width: int) -> Neuron:
        terms = tuple((draw.randint(-size, size), source) for source in range(width) if draw.random() < 0.8)
        return Neuron(draw.randint(-size, size), terms)

    lows = [draw.randint(-size, 0) for _ in range(inputs)]
    ranges = tuple(Range(low, low + draw.randint(0, 4)) for low in lows)
    hidden = tuple(neuron(inputs) for _ in range(draw.randint(0, 4)))
    return Gadget("ge", (), tuple(range(inputs)), ranges, hidden, neuron(inputs + len(hidden)))


@pytest.mark.parametrize("size", [3, 1 << 20, 1 << 31, (1 << 62) - 1])
def test_all_inputs_at_once(size: int) -> None:
    draw = Random(size)
    for _ in range(40):
        gadget = random_gadget(draw, draw.randint(0, 3), size)
        cases = [[draw.randint(r.lo, r.hi) for r in gadget.input_ranges] for _ in range(12)]
        columns = np.array(cases, dtype=object).reshape(len(cases), -1).T
        assert by_weights(gadget, columns) == [gadget(values) for values in cases]


@pytest.mark.parametrize("changed", range(0, 600, 41))
def test_one_wrong_entry_of_a_table_is_found(changed: int) -> None:
    values = tuple(Random(7).randint(0, 9) for _ in range(600))
    wrong = tuple(v + (i == changed) for i, v in enumerate(values))
    right, other = (
        make_gadget("table", (0, *entries), (0,), (Range(0, 599),)) for entries in (values, wrong)
    )
    meaning = meaning_of(right)
    assert meaning is not None
    assert equal_by_cases(right, meaning.graph, meaning.root)
    assert not equal_by_cases(other, meaning.graph, meaning.root)
