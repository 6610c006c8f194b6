"""The base class in plain Python: declarations, checks of tokens and registers, state."""

from __future__ import annotations

import copy
import inspect
from typing import Any

import numpy as np
import pytest

import streamssm as ss
from streamssm.errors import ParameterError, PrecisionError, TokenError
from streamssm.frontends.algorithm import fields_of, outputs_of, registers_of, set_state, state_of
from streamssm.frontends.assume_in_range import assume_in_range, within
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from tests.sample_classes import Calculator, LongestRun


class Held(ss.Algorithm):
    """Keep the last value, negated on demand."""

    def __init__(self) -> None:
        self.tokens(x=(-3, 5), flip=2)
        self.held = self.register((-5, 5), init=2)
        self.limit = 5

    def update(self, x: Any, flip: Any) -> None:
        self.held = -x if flip else x

    def output(self) -> int:
        return self.held


def test_the_public_names_are_four() -> None:
    public = {name for name in vars(ss.Algorithm) if not name.startswith("_")}
    assert public == {"tokens", "register", "array", "program"}


def test_tokens_by_position_and_by_name() -> None:
    held = Held()
    calls: list[tuple[tuple[Any, ...], dict[str, int]]] = [
        ((4, 1), {}),
        ((4,), {"flip": 1}),
        ((), {"flip": 1, "x": 4}),
        ((np.int8(4), True), {}),
    ]
    for token, named in calls:
        held.update(0, 0)
        held.update(*token, **named)
        assert state_of(held) == (-4,) and type(held.held) is int


@pytest.mark.parametrize(
    ("token", "named", "message"),
    [
        ((6, 0), {}, "field 'x' must be in [-3, 5], not 6"),
        ((0, -1), {}, "field 'flip' must be in [0, 1], not -1"),
        ((0,), {"flip": 2}, "field 'flip' must be in [0, 1], not 2"),
        ((1.0, 0), {}, "field 'x' must be an int in [-3, 5], not 1.0"),
        ((None, 0), {}, "field 'x' must be an int in [-3, 5], not None"),
        ((0,), {}, "a token must have the fields (x, flip), not (0)"),
        ((0, 0, 0), {}, "a token must have the fields (x, flip), not (0, 0, 0)"),
        ((0,), {"x": 0}, "a token must have the fields (x, flip), not (0, x=0)"),
        ((), {"x": 0, "flap": 1}, "a token must have the fields (x, flip), not (x=0, flap=1)"),
    ],
)
def test_bad_tokens(token: tuple[Any, ...], named: dict[str, Any], message: str) -> None:
    held = Held()
    with pytest.raises(TokenError) as caught:
        held.update(*token, **named)
    assert str(caught.value) == message
    assert state_of(held) == (2,)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (6, "register 'held' must stay in [-5, 5], not become 6"),
        (1.0, "register 'held' must hold an int in [-5, 5], not 1.0"),
        (None, "register 'held' must hold an int in [-5, 5], not None"),
    ],
)
def test_bad_assignments(value: Any, message: str) -> None:
    held = Held()
    with pytest.raises(PrecisionError) as caught:
        held.held = value
    assert str(caught.value) == message
    assert held.held == 2


def test_comparison_results_are_stored_as_ints() -> None:
    held = Held()
    held.held = True
    assert held.held == 1 and type(held.held) is int


def test_parameters_cannot_change_after_init() -> None:
    with pytest.raises(ParameterError, match="cannot assign Held.limit after __init__: declare it there"):
        Held().limit = 4


def test_words_and_state() -> None:
    held = Held()
    assert fields_of(held) == (Word("x", Range(-3, 5), -3), Word("flip", Range(0, 1), 0))
    assert registers_of(held) == (Word("held", Range(-5, 5), 2),)
    set_state(held, (-5,))
    assert state_of(held) == outputs_of(held) == (-5,)
    with pytest.raises(ParameterError, match="a state must have 1 values, not 2"):
        set_state(held, (1, 2))
    with pytest.raises(PrecisionError):
        set_state(held, (7,))


def test_a_copy_is_independent_and_still_checked() -> None:
    first = Held()
    second = copy.deepcopy(first)
    second.update(5, 0)
    assert (first.held, second.held) == (2, 5)
    with pytest.raises(PrecisionError):
        second.held = 6


def test_init_may_compute_initial_values() -> None:
    class Started(Held):
        def __init__(self) -> None:
            super().__init__()
            self.held = self.held - 4

    assert Started().program().initial == (-2,) == state_of(Started())


def test_within() -> None:
    assert assume_in_range(3, 3, 3) == 3 and within is assume_in_range
    with pytest.raises(PrecisionError, match=r"a value must lie within \[0, 3\], not be 4"):
        assume_in_range(4, 0, 3)


DECLARED = "must be declared by an int n or a pair (lo, hi) of ints"
TWICE = "declares its tokens twice: call self.tokens(...) once, with all fields"
ONCE = "is declared twice or under two names: assign every self.register(...) to one attribute of its own"
TAKEN = "is reserved and cannot be assigned: use another name"
NAMED = "must assign every register to an attribute: self.x = self.register(...)"


def make(
    init: str, update: str = "def update(self, x): pass", output: str = "def output(self): return 0"
) -> Any:
    """Return an instance of a class with this ``__init__``."""
    body = "\n ".join((f"def __init__(self):\n  {init}", update, output))
    space: dict[str, Any] = {"Algorithm": ss.Algorithm, "__name__": "made"}
    exec(f"class Made(Algorithm):\n {body}\n", space)
    return space["Made"]()


@pytest.mark.parametrize(
    ("init", "message"),
    [
        ("pass", "Made declares no token: call self.tokens(...) in __init__"),
        ("self.tokens(x=0)", "field 'x' must have at least 1 value, not 0"),
        ("self.tokens(x=(3, 2))", "field 'x' must have lo <= hi, not (3, 2)"),
        ("self.tokens(x='a')", f"field 'x' {DECLARED}, not 'a'"),
        ("self.tokens(x=(0, 1.5))", f"field 'x' {DECLARED}, not 1.5"),
        ("self.tokens(x=1 << 61)", "field 'x' must fit 60 bits, not hold [0, 2305843009213693951]"),
        ("self.tokens(x=2); self.tokens(x=2)", f"Made {TWICE}"),
        ("self.tokens(y=2)", "Made.update must take the token's fields (y), not (x)"),
        ("self.tokens(x=2, y=2)", "Made.update must take the token's fields (x, y), not (x)"),
        ("self.tokens(x=2); self.r = self.register(0)", "register 'r' must have at least 1 value, not 0"),
        ("self.r = self.register((1, 2))", "register 'r' must stay in [1, 2], not become 0"),
        ("self.tokens(x=2); self.register(2)", f"Made {NAMED}"),
        ("self.tokens(x=2); self.a = self.b = self.register(2)", f"register 'b' {ONCE}"),
        ("self.a = self.register(2); self.a = self.register(2)", f"register 'a' {ONCE}"),
        ("self.array = 3", f"attribute 'array' {TAKEN}"),
        ("self.output = self.register(3)", f"attribute 'output' {TAKEN}"),
    ],
)  # fmt: skip
def test_bad_declarations(init: str, message: str) -> None:
    with pytest.raises(ss.StreamSSMError) as caught:
        make(init)
    assert str(caught.value) == message


@pytest.mark.parametrize("parameter", ["*x", "*, x", "**x", "y"])
def test_update_takes_plain_parameters(parameter: str) -> None:
    with pytest.raises(ParameterError, match=r"Made.update must take the token's fields \(x\), not"):
        make("self.tokens(x=2)", f"def update(self, {parameter}): pass")


def test_missing_methods_and_reserved_names() -> None:
    with pytest.raises(ParameterError, match=r"Made must define update\(self, ...\)"):
        make("self.tokens(x=2)", update="pass")
    with pytest.raises(ParameterError, match=r"Made must define output\(self\)"):
        make("self.tokens(x=2)", output="pass")
    with pytest.raises(
        ParameterError, match="Made cannot define 'program', which ss.Algorithm reserves: rename it"
    ):
        make("self.tokens(x=2)", output="def program(self): pass")


def test_declarations_end_with_init() -> None:
    for name in ("tokens", "register"):
        with pytest.raises(ParameterError, match=rf"Calculator can call self.{name}\(...\) only in __init__"):
            getattr(Calculator(), name)(*([2] if name == "register" else []))


def test_no_fields_and_no_registers() -> None:
    instance = make("self.tokens()", "def update(self): pass")
    instance.update()
    assert state_of(instance) == () and outputs_of(instance) == (0,)


def test_the_signature_is_that_of_init() -> None:
    assert list(inspect.signature(LongestRun).parameters) == ["limit"]
    assert list(inspect.signature(Calculator).parameters) == []


def test_two_instances_do_not_share_ranges() -> None:
    small, large = LongestRun(2), LongestRun(9)
    for _ in range(5):
        small.update(1)
        large.update(1)
    assert (small.output(), large.output()) == (2, 5)
