"""Inlined methods and functions: scopes, arguments, effects, refusals."""

from __future__ import annotations

import textwrap

import pytest

from streamssm.errors import UnsupportedProgramError
from streamssm.frontends.algorithm import Algorithm
from tests.exhaustive import require_same
from tests.random_classes import class_from

HEAD = """\
import random
import streamssm as ss
LIST = [1, 2]
def double(v, by=2, *, less=0):
    y = v * by
    return y - less
def first(*values): return values[0]
def factorial(n): return 1 if n < 2 else n * factorial(n - 1)
def even(n): return n == 0 or odd(n - 1)
def odd(n): return n != 0 and even(n - 1)
def loose(**named): return 0
def decorated(function): return function
@decorated
def dressed(v): return v
def mixed(v):
    if v: return 1
def remember(v):
    global LIST
    LIST = v
    return v
class Random(Algorithm):
    def __init__(self):
        self.tokens(x=4, b=2)
        self.r = self.register(10)
        self.s = self.register((-4, 4))
    def take(self, by=1):
        self.r = (self.r + by) % 10
        return self.r
    def again(self, v): return self.again(v)
    def push(self, v): self.q = v
    def over(self): self.r = self.r + 1
    def update(self, x, b):
"""
RECURSION = "recursion is not supported"
NO_REGISTER = "it is not a register; declare it in __init__ to make it one"
LOOP = "write a loop over range(constant)"
CALL = "cannot translate the call of"


def instance_of(update: str, output: str) -> Algorithm:
    text = HEAD + textwrap.indent(update, " " * 8) + "\n    def output(self):\n        " + output + "\n"
    return class_from(text)()


@pytest.mark.parametrize(
    "update",
    [
        "self.r = double(x)",
        "self.r = double(x, 3) - double(less=x, v=x, by=2)",
        "y = 1\nself.r = double(x) + y",
        "self.r = first(x, b, 3)",
        "self.take()",
        "self.take(self.take(x))",
        "self.s = (self.take() > 3) + (self.take(by=b) > 4)",
        "b and self.take()",
        "if b or self.take() > 4:\n    self.s = self.take() // 4",
        "self.s = self.take() // 5 if b else self.take(2) // 6",
        "if 1 < self.take() < self.take(x) < 9:\n    self.s = 1",
        "self.r, self.s = self.take() // 2, self.r // 3",
        "self.r = self.r // 2 + (self.take() > 3)",
        "me = self\nself.r = me.take()",
        "more = self.take\nself.r = more(3)",
        "self.s = self.s and self.take() and 3",
    ],
)
def test_calls_do_what_plain_python_does(update: str) -> None:
    instance = instance_of(update, "return self.r, self.s")
    require_same(instance, instance.program())


@pytest.mark.parametrize(
    ("update", "line", "message"),
    [
        ("self.r = factorial(x)", 8, f"{RECURSION} (factorial -> factorial): {LOOP}"),
        ("self.r = even(x)", 10, f"{RECURSION} (even -> odd -> even): {LOOP}"),
        ("self.r = self.again(x)", 29, f"{RECURSION} (again -> again): {LOOP}"),
        ("self.update(x, b)", 33, f"{RECURSION} (update -> update): {LOOP}"),
        ("self.push(x)", 30, f"cannot assign to self.q: {NO_REGISTER}"),
        (
            "self.over()",
            31,
            "self.r must stay in [0, 9], not reach [1, 10]: "
            "clamp or wrap it, or, if it can never leave this range, write ss.assume_in_range(value, 0, 9)",
        ),
        ("self.r = double()", 33, f"{CALL} double: missing a required argument: 'v'"),
        (
            "self.r = loose()",
            33,
            f"{CALL} loose: its parameter **named is not supported; name the parameters one by one",
        ),
        ("self.r = dressed(x)", 33, f"{CALL} dressed: dressed is decorated, which is not supported"),
        ("self.r = mixed(x)", 33, "mixed must return one kind of value on every path"),
        ("self.r = remember(x)", 18, "global is not supported: keep state in registers"),
    ],
)  # fmt: skip
def test_refusals_name_the_line(update: str, line: int, message: str) -> None:
    with pytest.raises(UnsupportedProgramError) as caught:
        instance_of(update, "return self.r").program()
    assert [(reason.line, reason.message) for reason in caught.value.reasons] == [(line, message)]
