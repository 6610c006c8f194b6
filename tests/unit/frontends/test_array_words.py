"""Array registers in plain Python: declarations, indices, values, state, copies."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import streamssm as ss
from streamssm.errors import ParameterError, PrecisionError
from streamssm.frontends.algorithm import registers_of, set_state, state_of
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word


class Slots(ss.Algorithm):
    """Keep the last value of each key; an array is declared between two scalars."""

    def __init__(self, init: Any = 0, length: Any = 3, values: Any = (-2, 7)) -> None:
        self.tokens(key=3, value=8)
        self.first = self.register(2)
        self.slots = self.array(values, length, init=init)
        self.last = self.register(8, init=5)

    def update(self, key: Any, value: Any) -> None:
        self.slots[key] = value
        self.last = value

    def output(self) -> Any:
        return max(self.slots)


def test_words_of_arrays_follow_the_scalars() -> None:
    slots = Slots(init=(1, -2, 3))
    scalars = (Word("first", Range(0, 1)), Word("last", Range(0, 7), 5))
    words = tuple(Word(f"slots[{i}]", Range(-2, 7), value) for i, value in enumerate((1, -2, 3)))
    assert registers_of(slots) == (*scalars, *words)
    slots.update(2, 7)
    assert state_of(slots) == (0, 7, 1, -2, 7) and slots.output() == 7
    set_state(slots, (1, 2, 4, 5, 6))
    assert state_of(slots) == (1, 2, 4, 5, 6) and list(slots.slots) == [4, 5, 6]
    with pytest.raises(PrecisionError, match=r"register 'slots\[1\]' must stay in \[-2, 7\], not become 8"):
        set_state(slots, (1, 2, 4, 8, 6))


def test_words_can_be_read_and_changed_like_those_of_a_list() -> None:
    words = Slots(init=2).slots
    words[1] += 3
    words[np.int64(0)] = np.int8(-1)
    words[True] = words[1] + True
    assert list(words) == [-1, 6, 2] and type(words[0]) is int
    assert (len(words), sum(words), min(words), 6 in words, 3 in words) == (3, 7, -1, True, False)
    assert (ss.argmin(words), ss.argmax(words)) == (0, 1)


@pytest.mark.parametrize("index", [3, -1, 10**30])
def test_an_index_must_lie_inside(index: int) -> None:
    slots = Slots()
    message = rf"^index {index} is out of range for array 'slots' \(\[0, 2\]\)$"
    with pytest.raises(PrecisionError, match=message):
        slots.slots[index]
    with pytest.raises(PrecisionError, match=message):
        slots.slots[index] = 0


@pytest.mark.parametrize(
    ("index", "value", "message"),
    [
        (1.0, 0, "an index of array 'slots' must be an int in [0, 2], not 1.0"),
        (slice(0, 1), 0, "an index of array 'slots' must be an int in [0, 2], not slice(0, 1, None)"),
        (1, 8, "register 'slots[1]' must stay in [-2, 7], not become 8"),
        (1, 0.5, "register 'slots[1]' must hold an int in [-2, 7], not 0.5"),
        (1, None, "register 'slots[1]' must hold an int in [-2, 7], not None"),
    ],
)
def test_bad_words(index: Any, value: Any, message: str) -> None:
    slots = Slots()
    with pytest.raises(PrecisionError) as caught:
        slots.slots[index] = value
    assert str(caught.value) == message
    assert state_of(slots)[2:] == (0, 0, 0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"length": 0}, "array 'slots' must have a length of at least 1, not 0"),
        ({"length": "3"}, "array 'slots' must have an int as its length, not '3'"),
        ({"init": (1, 2)}, "array 'slots' must have 3 initial values, or one for all words, not 2"),
        ({"values": 0}, "array 'slots' must have at least 1 value, not 0"),
        ({"values": 1 << 61}, "register 'slots[0]' must fit 60 bits, not hold [0, 2305843009213693951]"),
        ({"init": 8}, "register 'slots[0]' must stay in [-2, 7], not become 8"),
        ({"init": (0, 0, 8)}, "register 'slots[2]' must stay in [-2, 7], not become 8"),
        ({"init": None}, "register 'slots[0]' must hold an int in [-2, 7], not None"),
    ],
)
def test_bad_declarations(settings: dict[str, Any], message: str) -> None:
    with pytest.raises((ParameterError, PrecisionError)) as caught:
        Slots(**settings)
    assert str(caught.value) == message


def test_an_array_is_declared_once_and_never_replaced() -> None:
    slots = Slots()
    with pytest.raises(ParameterError, match=r"can call self.array\(...\) only in __init__"):
        slots.array(2, 2)
    for name in ("slots", "first"):
        with pytest.raises(ParameterError, match=f"cannot assign an array as a whole, to '{name}'"):
            setattr(slots, name, slots.slots)

    class Unnamed(Slots):
        def __init__(self) -> None:
            super().__init__()
            self.array(2, 2)

    with pytest.raises(ParameterError, match=r"assign every array to an attribute: self.x = self.array\("):
        Unnamed()

    class Twice(Slots):
        def __init__(self) -> None:
            super().__init__()
            self.slots = self.array(2, 2)

    with pytest.raises(ParameterError, match="array 'slots' is declared twice or under two names"):
        Twice()


def test_init_may_fill_an_array() -> None:
    class Filled(Slots):
        def __init__(self) -> None:
            super().__init__()
            for index in range(3):
                self.slots[index] = 2 * index

    assert [word.init for word in registers_of(Filled())[2:]] == [0, 2, 4]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_has_words_of_its_own(copied: Any) -> None:
    first = Slots()
    second = copied(first)
    second.update(1, 4)
    assert (list(first.slots), list(second.slots)) == ([0, 0, 0], [0, 4, 0])
    with pytest.raises(PrecisionError):
        second.slots[0] = 9


@pytest.mark.parametrize("name", ["argmin", "argmax"])
def test_extremes_of_nothing(name: str) -> None:
    with pytest.raises(ParameterError, match=f"{name} of an empty sequence"):
        getattr(ss, name)(())
