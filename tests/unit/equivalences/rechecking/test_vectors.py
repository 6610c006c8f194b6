"""Every operation on vectors is Python's, on all pairs of small integers, within its interval."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from itertools import product

import pytest

from streamssm.equivalences.rechecking.solver_worker import bitwuzla_answer
from streamssm.equivalences.rechecking.vectors import FALSE, TRUE, Bool, Int, Script, TooLargeError
from streamssm.ir.ranges import Range

pytest.importorskip("bitwuzla", reason="the extra prove")

RANGES = (Range(-5, 4), Range(0, 6), Range(-7, -2), Range(3, 3))
PAIRS = [*product(RANGES, RANGES)]
SHIFTS = Range(0, 5)

Binary = Callable[[Script, Int, Int], Int]
Plain = Callable[[int, int], int]

BINARY: dict[str, tuple[Binary, Plain]] = {
    "add": (Script.add, operator.add),
    "sub": (Script.sub, operator.sub),
    "mul": (Script.mul, operator.mul),
    "minimum": (Script.minimum, min),
    "maximum": (Script.maximum, max),
    "and": (lambda s, a, b: s.bitwise("bvand", a, b), operator.and_),
    "or": (lambda s, a, b: s.bitwise("bvor", a, b), operator.or_),
    "xor": (lambda s, a, b: s.bitwise("bvxor", a, b), operator.xor),
    "equal": (lambda s, a, b: s.number(s.equal(a, b)), lambda a, b: int(a == b)),
    "less": (lambda s, a, b: s.number(s.less(a, b)), lambda a, b: int(a < b)),
    "less_equal": (lambda s, a, b: s.number(s.less_equal(a, b)), lambda a, b: int(a <= b)),
    "choose": (lambda s, a, b: s.choose(s.less(a, b), a, b), lambda a, b: a if a < b else b),
    "sum": (lambda s, a, b: s.sum(-3, [(a, 5), (b, -2)]), lambda a, b: -3 + 5 * a - 2 * b),
}
DIVISIONS: dict[str, tuple[Binary, Plain]] = {
    "quotient": (lambda s, a, b: s.floor_divmod(a, b)[0], operator.floordiv),
    "rest": (lambda s, a, b: s.floor_divmod(a, b)[1], operator.mod),
}
SHIFTED: dict[str, tuple[Binary, Plain]] = {
    "shift_left": (Script.shift_left, operator.lshift),
    "shift_right": (Script.shift_right, operator.rshift),
}


def require_python(
    operation: Binary, plain: Plain, first: Range, second: Range, without: Sequence[int] = ()
) -> None:
    """Ask, of variables that have the ranges, whether the result can be another one than Python's."""
    s = Script()
    a, b = s.variable("a", first), s.variable("b", second)
    result, wrong = operation(s, a, b), list[Bool]()
    for x, y in product(range(first.lo, first.hi + 1), range(second.lo, second.hi + 1)):
        if y not in without:
            here = [s.equal(a, s.const(x)), s.equal(b, s.const(y))]
            assert result.lo <= plain(x, y) <= result.hi
            wrong.append(s.both([*here, s.negation(s.equal(result, s.const(plain(x, y))))]))
    assert bitwuzla_answer(s.question((), wrong))["result"] == "unsat"


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize(("first", "second"), PAIRS, ids=str)
def test_operations(name: str, first: Range, second: Range) -> None:
    require_python(*BINARY[name], first, second)


@pytest.mark.parametrize("name", DIVISIONS)
@pytest.mark.parametrize(("first", "second"), PAIRS, ids=str)
def test_division(name: str, first: Range, second: Range) -> None:
    require_python(*DIVISIONS[name], first, second, without=(0,))


@pytest.mark.parametrize("name", SHIFTED)
@pytest.mark.parametrize("first", RANGES, ids=str)
def test_shifts(name: str, first: Range) -> None:
    require_python(*SHIFTED[name], first, SHIFTS)


@pytest.mark.parametrize("first", [0, 3, -4])
def test_entries(first: int) -> None:
    entries = (7, -2, 7, 0, 31)
    inside = Range(first, first + len(entries) - 1)

    def made(s: Script, index: Int, other: Int) -> Int:
        return s.entry([s.const(entry) for entry in entries], index, first)

    require_python(made, lambda index, other: entries[index - first], inside, Range(0, 0))


def test_conditions() -> None:
    s = Script()
    a, b = (s.nonzero(s.variable(name, Range(0, 1))) for name in "ab")
    laws = [
        s.differ(s.both([a, b]), s.negation(s.either([s.negation(a), s.negation(b)]))),
        s.differ(s.differ(a, b), s.both([s.either([a, b]), s.negation(s.both([a, b]))])),
        s.differ(s.both([]), TRUE),
        s.differ(s.either([]), FALSE),
    ]
    assert bitwuzla_answer(s.question((), laws))["result"] == "unsat"
    assert bitwuzla_answer(s.question((), [s.differ(a, b)]))["result"] == "sat"


def test_a_variable_keeps_its_range_and_comes_back_signed() -> None:
    s = Script()
    x = s.variable("x", Range(-3, 2))
    assert bitwuzla_answer(s.question((), [s.outside(x, Range(-3, 2))]))["result"] == "unsat"
    answer = bitwuzla_answer(s.question((), [s.equal(x, s.const(-3))]))
    assert s.signed(answer["values"]) == {"x": -3}
    assert s.signed({}) == {"x": -3}


def test_a_confined_value_is_itself_inside() -> None:
    s = Script()
    x = s.variable("x", Range(-100, 100))
    confined = s.confined(x, Range(0, 6))
    assert (confined.lo, confined.hi, confined.width) == (0, 6, 4)
    inside = s.negation(s.outside(x, Range(0, 6)))
    assert bitwuzla_answer(s.question([inside], [s.negation(s.equal(confined, x))]))["result"] == "unsat"


def test_a_question_holds_no_more_than_it_needs() -> None:
    s = Script()
    x, y = s.variable("x", Range(0, 9)), s.variable("y", Range(0, 9))
    s.add(y, y)
    text = s.question((), [s.less(x, s.const(3))])
    assert "declare-const x" in text and " y" not in text


def test_what_is_too_large_is_refused() -> None:
    s = Script(max_definitions=3)
    x = s.variable("x", Range(0, 9))
    with pytest.raises(TooLargeError, match="more than 3 definitions"):
        for number in range(4):
            x = s.add(x, s.const(number + 1))
    with pytest.raises(TooLargeError, match="bits"):
        Script().const(1 << 5000)
