"""Unsupported code: every reason with its line and exact text, collected and raised together."""

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
CLAMP = "clamp or wrap it, or, if it can never leave this range, write ss.assume_in_range(value, 0, 9)"
KNOWN = (
    "min, max, abs, int, bool, sum, any, all, len, tuple, range, enumerate, reversed, zip, "
    "ss.assume_in_range, ss.argmin, ss.argmax and your own functions"
)
OWN = "a method can only read its token and registers, and write registers"
SAME = "an algorithm must be deterministic; keep a pseudorandom generator in a register instead"
COMPREHENSION = "a comprehension must be `... for name in` a range, a tuple or an array, without `if`"
SEQUENCE = "takes a tuple, an array or a range"
RANGE = "range takes 1 to 3 ints, which must be constants, and a nonzero step"
NOT_SET = "'y' is set on some paths only: set it on every path before its use"
GUARD = "clamp it, or guard it by an if"
NO_REGISTER = "it is not a register; declare it in __init__ to make it one"
ONLY = "only to registers, words of arrays and local names"
KIND = "this must be of one kind on every path"
FLOAT = "all numbers must be ints; scale them for fixed-point arithmetic"
STATE = "keep state in registers or arrays, not in a list"
WHILE = "while is not supported: write `for ... in range(constant)`, with break"
SET_COMPREHENSION = "set comprehensions are not supported: write a list comprehension or a loop"
METHOD = "functions inside a method are not supported: define them outside"
IMPORT = "imports are not supported in a method: move them to the top of the file"
RAISE = "clamp the value, or write ss.assume_in_range(value, lo, hi)"
NO_CONSTANT = "is neither a register nor a constant: set it in __init__"
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
    """Return the reasons against a class; line 1 is the first of its update."""
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
    assert [message for _, message in reasons(update)] == [
        f"self.r must stay in [0, 9], not reach {reached}: {CLAMP}"
    ]


@pytest.mark.parametrize(
    ("update", "message"),
    [
        ("self.r = 9 % x", f"the divisor of % must be at least 1, not reach [-4, 4]: {GUARD}"),
        ("self.r = 9 // b", f"the divisor of // must be at least 1, not reach [0, 1]: {GUARD}"),
        ("self.r = self.r % -3", f"the divisor of % must be at least 1, not reach [-3, -3]: {GUARD}"),
        ("self.r = 1 << x", f"a shift must be by 0 to 62 bits, not reach [-4, 4]: {GUARD}"),
        ("self.r = (1, 2, 3)[b + 2]", f"an index of this tuple must be in [0, 2], not reach [2, 3]: {GUARD}"),
        ("self.r = ()[b]", "cannot index an empty tuple"),
        ("self.r = (1, 2)[0:1]", "slices are not supported: index one element at a time"),
        ("self.r = self.items[0]", "cannot index list [1, 2]: use a tuple or an array"),
        ("self.r = LIST[0]", "cannot index list [1, 2]: use a tuple or an array"),
        ("self.r = 2 ** b", "the exponent of ** must be a constant of at least 0, not in [0, 1]"),
        ("self.r = self.r / 2", "/ is not supported: use // or %"),
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
        ("self.r = 1 if b else None", f"{KIND}, not an int on one and None on another"),
        ("self.r = self.prop", "self.prop is a property, which is not supported: make it a method"),
        ("self.r = self.no", f"self.no {NO_CONSTANT}"),
        ("self.r = x.real", "x.real is neither a register nor a constant"),
        ("self.r = nothing", "unknown name 'nothing'"),
        ("y = y + 1", "'y' is used before it is set"),
        ("self.r = 3()", "cannot call 3: it is an int, not a function"),
        ("print(x)", f"cannot call print: {OWN}"),
        ("self.r = input()", f"cannot call input: {OWN}"),
        ("y = set()", "cannot call set: use a tuple"),
        ("self.r = float(x)", f"cannot call float: {FLOAT}"),
        ("self.r = hash(x)", f"cannot call hash: only {KNOWN} are translated"),
        ("self.r = random.random()", f"cannot call random.random: {SAME}"),
        ("self.r = random.randrange(2)", f"cannot call random.randrange: {SAME}"),
        ("LIST.append(x)", f"cannot use LIST.append: {STATE}"),
        ("self.items.append(x)", f"cannot use self.items.append: {STATE}"),
        ("self.q = self.register(3)", "self.register can be called only in __init__, not in update"),
        ("self.q = self.array(3, 3)", "self.array can be called only in __init__, not in update"),
        ("self.r = sum(i for i in range(b))", RANGE),
        ("self.r = sum(i for i in (1, 2) if b)", COMPREHENSION),
        ("self.r = sum(i for i in x)", COMPREHENSION),
        ("self.r = max(*(1, 2))", "max: * and ** in calls are not supported; pass each argument by itself"),
        ("self.r = max(1, 2, key=None)", "max: pass arguments by position; keywords are not supported here"),
        ("self.r = max()", "max of an empty sequence"),
        ("self.r = min(3)", "min takes a tuple, an array or several ints, not an int"),
        ("self.r = int()", "int takes 1 argument, not 0 arguments"),
        ("self.r = sum(x)", f"sum {SEQUENCE}"),
        ("for i in enumerate(x):\n    pass", f"enumerate {SEQUENCE}"),
        ("self.r = len(x)", f"len {SEQUENCE}"),
        ("self.r = ss.assume_in_range(x, 3)", "ss.assume_in_range takes (value, lo, hi), not 2 arguments"),
        ("self.r = ss.assume_in_range(x, 0, b)", "ss.assume_in_range takes constants lo <= hi"),
        ("self.r = ss.assume_in_range(x, 3, 2)", "ss.assume_in_range takes constants lo <= hi"),
        ("self.q = 3", f"cannot assign to self.q: {NO_REGISTER}"),
        ("x.q = 3", f"cannot assign to x.q: {NO_REGISTER}"),
        ("LIST[0] = 3", f"cannot assign to LIST[0]: {ONLY}"),
        ("a, *c = 1, 2", f"cannot assign to (a, *c): {ONLY}"),
        ("a, c = 1, 2, 3", "cannot unpack 3 values into 2 names"),
        ("a, c = x", "cannot unpack an int into 2 names"),
        ("for i in range(b):\n    pass", RANGE),
        ("for i in range(0, 3, 0):\n    pass", RANGE),
        ("for i in x:\n    pass", "a loop must go over range(constant), a tuple or an array, not an int"),
        ("while b:\n    self.r = 1", WHILE),
        ("try:\n    self.r = 1\nfinally:\n    pass", "try is not supported"),
        ("with b:\n    pass", "with is not supported"),
        ("assert b", "assert is not supported: write ss.assume_in_range(value, lo, hi)"),
        ("raise ValueError", f"raise is not supported: {RAISE}"),
        ("import os", IMPORT),
        ("from os import path", IMPORT),
        ("global LIST", "global is not supported: keep state in registers"),
        ("del x", "del is not supported"),
        ("def f():\n    pass", METHOD),
        ("async def f():\n    pass", METHOD),
        ("class C:\n    pass", "classes inside a method are not supported: define them outside"),
        ("match b:\n    case 1:\n        pass", "match is not supported: use if and elif"),
        ("return 3", "update must return nothing, not an int"),
        ("yield 1", "yield is not supported: return the value"),
        ("self.r = (lambda: 1)()", "lambda is not supported: write a function with def outside the method"),
        ("self.r = [1, 2][b]", "lists are not supported: use a tuple"),
        ("self.r = {0: 1, 1: 2}[b]", "dicts are not supported: use a tuple"),
        ("self.r = b in {1, 2}", "sets are not supported: use a tuple"),
        ("self.r = {i for i in range(3)}", SET_COMPREHENSION),
        ("self.r = (y := 3)", "`:=` is not supported: assign in a statement of its own"),
        ("self.r = f'{x}'", "strings are not supported: values must be ints"),
        ("self.r = b is x", "`is` can only compare with None: compare ints by =="),
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
    ("output", "expected"),
    [
        ("pass", [(2, OUTPUT)]),
        ("return", [(2, OUTPUT)]),
        ("return ()", [(2, OUTPUT)]),
        ("if self.r:\n    return 1", [(2, OUTPUT)]),
        ("if self.r:\n    return 1, 2\nreturn 3", [(2, OUTPUT)]),
        ("if self.r:\n    return 1, 2\nreturn 1, 2, 3", [(2, OUTPUT)]),
        ("return 1, (2, 3)", [(2, "this must be an int, not a tuple")]),
        ("return x", [(3, "unknown name 'x'")]),
        ("self.r = 1\nreturn 1", [(3, "cannot assign to self.r in output: assign it in update")]),
    ],
)
def test_outputs(output: str, expected: list[tuple[int, str]]) -> None:
    assert reasons("pass", output) == expected


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
        (1, "assert is not supported: write ss.assume_in_range(value, lo, hi)"),
        (2, f"cannot call print: {OWN}"),
        (6, f"cannot assign to self.q: {NO_REGISTER}"),
        (10, "cannot assign to self.s in output: assign it in update"),
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
    assert caught.value.reasons == (Reason(__file__, line, "/ is not supported: use // or %"),)


def test_a_decorated_update() -> None:
    instance = class_from(
        source_of("pass", "return 0").replace("    def update", "    @helper\n    def update")
    )()
    with pytest.raises(UnsupportedProgramError, match="update is decorated, which is not supported"):
        instance.program()


def test_a_class_without_source() -> None:
    space = {"Algorithm": ss.Algorithm, "__name__": "nowhere"}
    exec(compile(source_of("pass", "return 0"), "<typed>", "exec"), space)
    instance = space["Random"]()  # type: ignore[operator]
    with pytest.raises(
        UnsupportedProgramError, match="<typed>:14: cannot read the source of update: define it in a file"
    ):
        instance.program()


def test_an_expression_that_is_nested_too_deeply() -> None:
    assert reasons("self.r = (x" + " + x" * 2000 + ") % 10") == [
        (0, "update is nested too deeply: split its expressions or blocks")
    ]
