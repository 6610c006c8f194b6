"""What is not translated: every reason with its line and exact words, collected and raised once."""

from __future__ import annotations

import textwrap

import pytest

import streamssm as ss
from streamssm.errors import Reason, UnsupportedProgramError
from tests.random_classes import class_from
from tests.sample_classes import LongestRun

HEAD = """\
import math, random
import streamssm as ss
LIST = [1, 2]
def helper(x): return x
class Random(Algorithm):
    def __init__(self):
        self.tokens(x=(-4, 4), b=2)
        self.r = self.register(10)
        self.s = self.register((-4, 4))
        self.none, self.items, self.text = None, [1, 2], "a"
    def method(self, x): return x
    @property
    def prop(self): return 3
    def update(self, x, b):
"""
CLAMP = "clamp or wrap it, or, if it never does, write ss.assume_in_range(value, 0, 9)"
KNOWN = (
    "min, max, abs, int, bool, sum, any, all, len, tuple, range, enumerate, reversed, zip, "
    "ss.assume_in_range, ss.argmin, ss.argmax and functions of yours"
)
OWN = "a method must read its token and registers only, and write registers only"
SAME = "an algorithm must do the same on every run"
COMPREHENSION = "a comprehension must be `... for name in` a range, a tuple or an array"
SEQUENCE = "must be given a tuple, an array or a range"
CALLED = f"must not be called: only {KNOWN} are translated"
NOT_SET = "'y' must be set on every path before it is used, not on some only"
THREE_ARGUMENTS = "must be called with (value, lo, hi), not 2"
RAISE = "clamp the value, or assume its range by ss.assume_in_range(value, lo, hi)"
NO_CONSTANT = "must be a register or a constant that __init__ sets, and it is not"
OUTPUT = "output must return an int, or a tuple of ints of one length, on every path"


def source_of(update: str, output: str) -> str:
    parts = (
        HEAD,
        textwrap.indent(update, " " * 8),
        "\n    def output(self):\n",
        textwrap.indent(output, " " * 8),
    )
    return "".join(parts) + "\n"


def reasons(update: str, output: str = "return self.r") -> list[tuple[int, str]]:
    """The reasons against a class; line 1 is the first of its update."""
    instance = class_from(source_of(update, output))()
    with pytest.raises(UnsupportedProgramError) as caught:
        instance.program()
    return [(reason.line - HEAD.count("\n"), reason.message) for reason in caught.value.reasons]


@pytest.mark.parametrize(
    ("update", "reached"),
    [
        ("self.r += 1", "[1, 10]"),
        ("self.r -= 1", "[-1, 8]"),
        ("self.r = self.r - x", "[-4, 13]"),
        ("self.r = -1", "[-1, -1]"),
        ("if self.r > 0 or b:\n self.r -= 1", "[-1, 8]"),
        ("if self.r < 9:\n b += 1\nself.r += 1", "[1, 10]"),
        ("for i in range(3):\n self.r += 1", "[1, 10]"),
        ("if x > self.r:\n return\nself.r = x * 2", "[-8, 8]"),
    ],
)
def test_assignments_that_may_leave_the_range(update: str, reached: str) -> None:
    found = reasons(update)
    assert [message for _, message in found] == [f"self.r must stay in [0, 9], not reach {reached}: {CLAMP}"]


@pytest.mark.parametrize(
    ("update", "message"),
    [
        ("self.r = 9 % x", "the divisor of % must be at least 1, not reach [-4, 4]"),
        ("self.r = 9 // b", "the divisor of // must be at least 1, not reach [0, 1]"),
        ("self.r = self.r % -3", "the divisor of % must be at least 1, not reach [-3, -3]"),
        ("self.r = 1 << x", "a shift must be by 0 to 62 places, not reach [-4, 4]"),
        ("self.r = (1, 2, 3)[b + 2]", "an index of this tuple must be in [0, 2], not reach [2, 3]"),
        ("self.r = ()[b]", "an empty tuple must not be indexed"),
        ("self.r = (1, 2)[0:1]", "a sequence must be indexed by one int, not sliced"),
        ("self.r = self.items[0]", "only a tuple or an array must be indexed, not list [1, 2]"),
        ("self.r = LIST[0]", "only a tuple or an array must be indexed, not list [1, 2]"),
        ("self.r = 2 ** b", "the exponent of ** must be a constant of at least 0, not reach [0, 1]"),
        ("self.r = self.r / 2", "a division must be // or %, not /"),
        (
            "self.r = (b << 62) & 1",
            "an intermediate value (shl) must stay below 2^62, not reach [0, 4611686018427387904]",
        ),
        ("self.r = 1.5", "a constant must be an int, not float 1.5"),
        ("self.r = 'a'", "a constant must be an int, not str 'a'"),
        ("self.r = math.pi", "this must be an int, not float 3.141592653589793"),
        ("self.r = self.none", "this must be an int, not None"),
        ("self.r = self.text", "this must be an int, not str 'a'"),
        ("self.r = (x, b)", "this must be an int, not a tuple"),
        ("self.r = self", "this must be an int, not self"),
        ("self.r = 1 if b else None", "this must be of one kind on every path, not an int or None"),
        ("self.r = self.prop", f"self.prop {NO_CONSTANT}"),
        ("self.r = self.no", f"self.no {NO_CONSTANT}"),
        ("self.r = x.real", "x.real must be a register or a constant, and it is not"),
        ("self.r = nothing", "'nothing' must be a name that is known, and it is not"),
        ("y = y + 1", "'y' must be set before it is used"),
        ("self.r = 3()", "3 must be a function to be called, not an int"),
        ("print(x)", f"print must not be called: {OWN}"),
        ("self.r = input()", f"input must not be called: {OWN}"),
        ("y = set()", "set must not be called: a sequence must be a tuple"),
        ("self.r = float(x)", "float must not be called: all numbers must be ints"),
        ("self.r = hash(x)", f"hash {CALLED}"),
        ("self.r = random.random()", f"random.random must not be called: {SAME}"),
        ("self.r = random.randrange(2)", f"random.randrange must not be called: {SAME}"),
        ("LIST.append(x)", "LIST.append must not be used: memory must be registers, not a list"),
        ("self.items.append(x)", "self.items.append must not be used: memory must be registers, not a list"),
        ("self.q = self.register(3)", "self.register must be used in __init__, not in update"),
        ("self.q = self.array(3, 3)", "self.array must be used in __init__, not in update"),
        ("self.r = sum(i for i in range(b))", "range must be called with 1 to 3 constant ints"),
        ("self.r = sum(i for i in (1, 2) if b)", COMPREHENSION),
        ("self.r = sum(i for i in x)", COMPREHENSION),
        ("self.r = max(*(1, 2))", "max must be called with plain arguments, not * or **"),
        ("self.r = max(1, 2, key=None)", "max must be called with arguments by position"),
        ("self.r = max()", "max must be called with at least 1 int, not 0"),
        ("self.r = min(3)", "min must be called with a tuple, an array or several ints, not 1"),
        ("self.r = int()", "int must be called with 1 argument, not 0"),
        ("self.r = sum(x)", f"sum {SEQUENCE}"),
        ("for i in enumerate(x):\n    pass", f"enumerate {SEQUENCE}"),
        ("self.r = len(x)", f"len {SEQUENCE}"),
        ("self.r = ss.assume_in_range(x, 3)", f"ss.assume_in_range {THREE_ARGUMENTS}"),
        ("self.r = ss.assume_in_range(x, 0, b)", "assume_in_range must be given constants lo <= hi"),
        ("self.r = ss.assume_in_range(x, 3, 2)", "assume_in_range must be given constants lo <= hi"),
        ("self.q = 3", "self.q must be a register to be assigned, and it is not"),
        ("x.q = 3", "x.q must be a register to be assigned, and it is not"),
        ("LIST[0] = 3", "LIST[0] must not be assigned: only registers, words of arrays and local names are"),
        ("a, *c = 1, 2", "(a, *c) must not be assigned: only registers, words of arrays and local names are"),
        ("a, c = 1, 2, 3", "2 names must be assigned from as many values, not from 3 values"),
        ("a, c = x", "2 names must be assigned from as many values, not from an int"),
        ("for i in range(b):\n    pass", "range must be called with 1 to 3 constant ints"),
        ("for i in range(0, 3, 0):\n    pass", "range must be called with 1 to 3 constant ints"),
        ("for i in x:\n    pass", "a loop must go over range(constant), a tuple or an array, not an int"),
        ("while b:\n    self.r = 1", "a loop must be `for ... in range(constant)`, not while"),
        ("try:\n    self.r = 1\nfinally:\n    pass", "a method must not use try"),
        ("with b:\n    pass", "a method must not use with"),
        ("assert b", "a bound must be assumed by ss.assume_in_range(value, lo, hi), not by assert"),
        ("raise ValueError", f"a method must not raise: {RAISE}"),
        ("import os", "an import must stand outside the method"),
        ("from os import path", "an import must stand outside the method"),
        ("global LIST", "a method must keep its state in registers, not in globals"),
        ("del x", "a method must not delete"),
        ("def f():\n    pass", "a function must not be defined inside the method"),
        ("async def f():\n    pass", "a function must not be defined inside the method"),
        ("class C:\n    pass", "a class must not be defined inside the method"),
        ("match b:\n    case 1:\n        pass", "cases must be told apart by if and elif, not match"),
        ("return 3", "update must return nothing, not an int"),
        ("yield 1", "a method must return, not yield"),
        ("self.r = (lambda: 1)()", "a lambda must be written out as statements"),
        ("self.r = [1, 2][b]", "a sequence must be a tuple, not a list"),
        ("self.r = {0: 1, 1: 2}[b]", "a sequence must be a tuple, not a dict"),
        ("self.r = b in {1, 2}", "a sequence must be a tuple, not a set"),
        ("self.r = {i for i in range(3)}", "a comprehension must be a loop over range(constant)"),
        ("self.r = (y := 3)", "an assignment must be a statement, not part of an expression"),
        ("self.r = f'{x}'", "a value must be an int, not a string"),
        ("self.r = b is x", "`is` must compare with None; ints are compared by =="),
        ("self.r = b in LIST", "`in` must be followed by a tuple, an array or a range, not list [1, 2]"),
        ("if LIST:\n    pass", "this must be an int, not list [1, 2]"),
    ],
)  # fmt: skip
def test_every_reason_stands_alone(update: str, message: str) -> None:
    assert reasons(update) == [(1, message)]


@pytest.mark.parametrize(
    ("update", "line"),
    [
        ("if b:\n    y = 1\nself.r = y", 3),
        ("if b:\n    pass\nelse:\n    y = 1\nif not b:\n    self.r = y", 6),
        ("for i in range(3):\n    if b:\n        break\n    y = 1\nself.r = y", 5),
    ],
)
def test_local_set_on_one_path_only(update: str, line: int) -> None:
    assert reasons(update) == [(line, NOT_SET)]


@pytest.mark.parametrize(
    ("output", "found"),
    [
        ("pass", [(2, OUTPUT)]),
        ("return", [(2, OUTPUT)]),
        ("return ()", [(2, OUTPUT)]),
        ("if self.r:\n    return 1", [(2, OUTPUT)]),
        ("if self.r:\n    return 1, 2\nreturn 3", [(2, OUTPUT)]),
        ("if self.r:\n    return 1, 2\nreturn 1, 2, 3", [(2, OUTPUT)]),
        ("return 1, (2, 3)", [(2, "this must be an int, not a tuple")]),
        ("return x", [(3, "'x' must be a name that is known, and it is not")]),
        ("self.r = 1\nreturn 1", [(3, "self.r must be assigned in update, not in output")]),
    ],
)
def test_outputs(output: str, found: list[tuple[int, str]]) -> None:
    assert reasons("pass", output) == found


def test_all_reasons_are_collected_in_order_and_nothing_follows_from_them() -> None:
    update = """\
assert b
y = print(x) + 1
for i in range(4):
    if y > i:
        self.r = y
        self.q = y
self.r += 1
self.s = self.r // 2"""
    assert reasons(update, "self.s = 3\nreturn 1.5") == [
        (1, "a bound must be assumed by ss.assume_in_range(value, lo, hi), not by assert"),
        (2, f"print must not be called: {OWN}"),
        (6, "self.q must be a register to be assigned, and it is not"),
        (10, "self.s must be assigned in update, not in output"),
        (11, "a constant must be an int, not float 1.5"),
    ]


def test_a_refused_assignment_is_reported_once() -> None:
    update = "self.r += 1\nself.s = self.r - 5\nself.r = self.r"
    assert reasons(update) == [(1, f"self.r must stay in [0, 9], not reach [1, 10]: {CLAMP}")]


def test_a_branch_that_cannot_be_taken_gives_no_reason() -> None:
    update = "if self.r > 9:\n    self.r += 1\nif x > 3:\n    if x < 3:\n        print(x)\n"
    assert class_from(source_of(update, "return 0"))().program().assumptions == ()


def test_the_message_names_file_and_line() -> None:
    with pytest.raises(ss.UnsupportedProgramError) as caught:
        class_from(source_of("assert b\nself.r = 1.5", "return self.r"), name="two")().program()
    (file, first, one), (_, second, two) = ((r.file, r.line, r.message) for r in caught.value.reasons)
    assert file.startswith("<two ") and (first, second) == (HEAD.count("\n") + 1, HEAD.count("\n") + 2)
    assert str(caught.value) == (
        f"Random cannot be translated, for 2 reasons:\n  {file}:{first}: {one}\n  {file}:{second}: {two}"
    )


def test_lines_are_those_of_the_file() -> None:
    class Counts(LongestRun):
        def output(self) -> int:
            return self.run / 2  # type: ignore[return-value]

    with pytest.raises(UnsupportedProgramError) as caught:
        Counts().program()
    line = Counts.output.__code__.co_firstlineno + 1
    assert caught.value.reasons == (Reason(__file__, line, "a division must be // or %, not /"),)


def test_a_decorated_update() -> None:
    instance = class_from(
        source_of("pass", "return 0").replace("    def update", "    @helper\n    def update")
    )()
    with pytest.raises(UnsupportedProgramError, match="update must be a plain method, not decorated"):
        instance.program()


def test_a_class_without_source() -> None:
    space = {"Algorithm": ss.Algorithm, "__name__": "nowhere"}
    exec(compile(source_of("pass", "return 0"), "<typed>", "exec"), space)
    instance = space["Random"]()  # type: ignore[operator]
    with pytest.raises(UnsupportedProgramError, match="<typed>:14: the source of update must be readable"):
        instance.program()


def test_an_expression_that_is_nested_too_deeply() -> None:
    found = reasons("self.r = (x" + " + x" * 2000 + ") % 10")
    assert found == [(0, "update must be nested less deeply to be translated")]
